"""Every way in which a message can be lost shows, and nothing else does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.stream.accounts import Accounts


@given(st.integers(0, 50), st.integers(1, 40), st.data())
def test_what_ends_in_order_balances_however_commits_trail(first: int, number: int, data: st.DataObject) -> None:
    accounts = Accounts(gaps_count=True)
    for offset in range(first, first + number):
        accounts.taken("p", offset)
        if data.draw(st.booleans()):
            assert accounts.unreconciled({"p": first}) == 0
    for offset in range(first, first + number):
        accounts.ended("p", offset)
        committed = data.draw(st.integers(0, offset + 1))
        assert accounts.unreconciled({"p": committed, "of another worker": 10**6}) == 0


def test_committed_before_the_end() -> None:
    accounts = Accounts(gaps_count=True)
    for offset in (7, 8, 9):
        accounts.taken("p", offset)
    accounts.ended("p", 7)
    assert accounts.unreconciled({"p": 8}) == 0
    assert accounts.unreconciled({"p": 10}) == 2


def test_never_taken() -> None:
    for gaps_count, lost in ((True, 3), (False, 0)):
        accounts = Accounts(gaps_count=gaps_count)
        accounts.taken("p", 0)
        accounts.taken("p", 4)
        assert accounts.unreconciled({"p": 0}) == lost


def test_taken_without_an_end() -> None:
    accounts = Accounts(gaps_count=False)
    for offset in (0, 1, 5):
        accounts.taken("p", offset)
    accounts.ended("p", 5)
    assert accounts.unreconciled({"p": 6}) == 2


def test_a_rebalance_starts_again_where_it_likes_and_forgives_nothing() -> None:
    accounts = Accounts(gaps_count=True)
    accounts.taken("p", 3)
    accounts.taken("p", 5)
    accounts.forget()
    assert accounts.unreconciled({"p": 100}) == 1
    accounts.taken("p", 2)
    accounts.ended("p", 2)
    assert accounts.unreconciled({"p": 3}) == 1

"""Which claims are withdrawn, and that no kill at any moment changes what is left in the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import ArticleClaimIds
from services.stream.ledger import Edition, Ledger, Row, settle

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
IDS = {name: str(uuid5(NAMESPACE_URL, name)) for name in "abcdefgh"}


def edition(version: int, seconds: float = 0) -> Edition:
    return Edition.of(version, NOON + timedelta(seconds=seconds))


def message(article_id: str, row: Row) -> bytes:
    return (
        ArticleClaimIds(
            article_id=article_id,
            article_version=row.edition.version,
            raw_time=row.edition.raw_time,
            claim_ids=list(row.live),
            withdrawn=list(row.withdrawn),
        )
        .model_dump_json()
        .encode()
    )


def test_a_newer_version_withdraws_what_it_drops() -> None:
    first = settle(None, edition(1), "abc")
    assert first == Row(edition(1), ("a", "b", "c"))
    second = settle(first, edition(2), "bd")
    assert second == Row(edition(2), ("b", "d"), ("a", "c"))
    assert settle(second, edition(3), "abd") == Row(edition(3), ("a", "b", "d")), "what comes back is not withdrawn"


def test_the_same_edition_again_withdraws_the_same() -> None:
    second = settle(settle(None, edition(1), "ab"), edition(2), "b")
    assert settle(second, edition(2), "b") == second
    other_model = settle(second, edition(2), "c")
    assert other_model == Row(edition(2), ("c",), ("b", "a"))


def test_an_older_edition_changes_nothing() -> None:
    second = settle(settle(None, edition(1), "ab"), edition(2, 5), "b")
    assert settle(second, edition(1, 9), "ab") is None
    assert settle(second, edition(2, 4), "ab") is None, "under the same number the later text is the newer one"
    assert settle(second, edition(2, 6), "a") == Row(edition(2, 6), ("a",), ("b",))


def test_rows_survive_their_packing() -> None:
    ledger = Ledger(days=7)
    assert ledger.get("x") is None
    rows = [
        Row(Edition.of(10**30, datetime.max.replace(tzinfo=UTC)), tuple(IDS.values()), ()),
        Row(Edition.of(1, datetime(1, 1, 1, tzinfo=UTC)), (), (IDS["a"],)),
        Row(edition(3, 0.123456), (IDS["b"],), (IDS["a"], IDS["c"])),
    ]
    for row in rows:
        ledger = Ledger(days=7)
        ledger.put("x", row)
        assert ledger.get("x") == row


def test_a_row_of_an_older_edition_is_not_restored() -> None:
    """Such a row was written by a worker that had lost the partition."""
    ledger, newer, older = Ledger(days=7), Row(edition(3), (IDS["a"],)), Row(edition(2), (IDS["b"],))
    ledger.restore(message("x", newer))
    ledger.restore(message("x", older))
    assert ledger.get("x") == newer
    with pytest.raises(ValueError):
        ledger.restore(b"{}")


def test_rows_are_dropped_with_the_days() -> None:
    ledger = Ledger(days=7)
    for day in range(30):
        ledger.put(str(day), Row(edition(1, day * 86400), (IDS["a"],)))
    assert len(ledger) == 8 and ledger.get("21") is None and ledger.get("22") is not None
    ledger.put("23", Row(edition(2, 40 * 86400), ()))
    assert len(ledger) == 1


@dataclass
class World:
    """Kafka and a worker of one article, reduced to what counts: what is on the topics, what is committed."""

    messages: list[tuple[Edition, frozenset[str]]]
    kills: list[int]  # steps that each life of the worker makes before it is killed
    lag: list[int]  # how far the committed offset is behind when it is killed
    rows: list[bytes] = field(default_factory=list)
    out: set[str] = field(default_factory=set)

    def run(self) -> None:
        offset = 0
        for steps, lag in zip(self.kills, self.lag, strict=True):
            offset = max(0, self.live(offset, steps) - lag)
        self.live(offset, None)

    def live(self, offset: int, steps: int | None) -> int:
        """One life of a worker from an offset; returns where it was killed."""
        ledger = Ledger(days=7)
        for row in self.rows[-1:]:  # compaction may have left no more
            ledger.restore(row)
        left = steps
        while offset < len(self.messages):
            edition, claims = self.messages[offset]
            row = settle(ledger.get("x"), edition, sorted(claims))
            if row is not None:
                actions = [("row", ""), *(("out", id) for id in row.live), *(("gone", id) for id in row.withdrawn)]
                for kind, id in actions:
                    if left is not None and (left := left - 1) < 0:
                        return offset
                    match kind:
                        case "row":
                            self.rows.append(message("x", row))
                        case "out":
                            self.out.add(id)
                        case "gone":
                            self.out.discard(id)
                ledger.put("x", row)
            offset += 1
        return offset


@st.composite
def worlds(draw: st.DrawFn) -> World:
    numbers = draw(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 2)), min_size=1, max_size=5, unique=True))
    editions = {edition(*number): draw(st.frozensets(st.sampled_from(sorted(IDS.values())))) for number in numbers}
    arrivals = draw(st.permutations([*editions, *draw(st.lists(st.sampled_from(sorted(editions)), max_size=4))]))
    lives = draw(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), max_size=5))
    return World([(key, editions[key]) for key in arrivals], [k for k, _ in lives], [lag for _, lag in lives])


@given(worlds())
def test_in_the_end_the_newest_version_has_its_claims_and_no_others(world: World) -> None:
    """Any order of versions and duplicates, any number of kills, each between any two writes."""
    world.run()
    newest = max(key for key, _ in world.messages)
    assert world.out == dict(world.messages)[newest]

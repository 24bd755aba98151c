"""The same claim in other articles: who said it first, how often, and what is another claim."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas import Attribution, DetectedClaim, MatchedClaim, Processor, Span
from schemas.claims import Actor, AttributionMode, ClaimType
from schemas.entities import Quantity
from schemas.matches import Match
from services.claims.traits import fingerprint
from services.matching.index import ClaimIndex

DAY_ONE = datetime(2026, 3, 1, 12, tzinfo=UTC)
CABLE = "Sweden cut the power cable between Gotland and Norland in the night."


def claim(text: str, article: str, day: float = 0, **more: Any) -> DetectedClaim:
    speaker, target = more.pop("speaker", None), more.pop("target", None)
    fields = {
        "claim_id": f"{article}/{fingerprint(text)[:8]}",
        "fingerprint": fingerprint(text),
        "span": Span(exact=text, start=0, end=len(text)),
        "text": text,
        "sentence": 0,
        "language": "en",
        "types": [],
        "primary_type": ClaimType.EVENT,
        "checkable": True,
        "check_worthiness": 0.5,
        "attribution": Attribution(mode=AttributionMode.INDIRECT, speaker=speaker and Actor(name=speaker)),
        "target": target and Actor(name=target),
        "article_id": article,
        "article_version": 1,
        "source": f"Wire {article}",
        "published_at": DAY_ONE + timedelta(days=day),
        "processed_at": DAY_ONE + timedelta(days=400),
        "processor": Processor(name="claims", version="0"),
    }
    return DetectedClaim(**(fields | more))


def number(text: str, value: float) -> list[Quantity]:
    word = f"{value:g}"
    start = text.index(word)
    return [Quantity(span=Span(exact=word, start=start, end=start + len(word)), sentence=0, value=value)]


@pytest.fixture
def index() -> ClaimIndex:
    return ClaimIndex(days=30, limit=1000)


def test_said_so_often_and_first_by_whom_published_first(index: ClaimIndex) -> None:
    founded = index.add(claim(CABLE, "b", day=2, speaker="Berg"))
    assert (founded.match, founded.claims, founded.first.article_id) == (Match.FIRST, 1, "b")
    again = index.add(claim(CABLE, "a", day=1, speaker="Holm"))
    assert (again.match, again.similarity, again.cluster_id) == (Match.EXACT, 1.0, founded.cluster_id)
    third = index.add(claim("In the night Sweden has cut the power cable between Gotland and Norland.", "c", day=3))
    assert (third.match, third.cluster_id) == (Match.NEAR, founded.cluster_id)
    assert (third.claims, third.articles, third.article_ids) == (3, 3, ["c", "a", "b"])
    assert (third.first.article_id, third.first.speaker, third.first.source) == ("a", "Holm", "Wire a")
    assert third.first.at == DAY_ONE + timedelta(days=1)


def test_the_same_message_again_counts_once(index: ClaimIndex) -> None:
    assert [index.add(claim(CABLE, "a")).claims for _ in range(3)] == [1, 1, 1]
    assert index.add(claim(CABLE, "b")).claims == 2
    assert index.add(claim(CABLE, "a")).match is Match.FIRST  # as it was told before


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("Sweden did not cut the power cable between Gotland and Norland in the night.", {"negated": True}),
        ("Sweden cut the power cable between Gotland and Estonia in the night.", {}),
        ("Norland cut the power cable between Gotland and Sweden in the night.", {}),
        ("Sweden will cut the power cable between Gotland and Norland in the night.", {}),
        ("Sweden refused to cut the power cable between Gotland and Norland in the night.", {}),
        ("Sweden cut 3 power cables between Gotland and Norland in the night.", {"number": 3}),
        (CABLE, {"language": "sv"}),
    ],
)
def test_what_differs_in_one_fact_is_another_claim(index: ClaimIndex, text: str, more: dict[str, Any]) -> None:
    value = more.pop("number", None)
    founded = index.add(claim(CABLE, "a"))
    other = index.add(claim(text, "b", **more, quantities=number(text, value) if value else []))
    assert other.match is Match.FIRST and other.cluster_id != founded.cluster_id and other.claims == 1


def test_numbers_must_be_the_same(index: ClaimIndex) -> None:
    texts = {n: f"The flood in Grindavik destroyed {n} homes near the harbour." for n in (12, 21)}
    found = [index.add(claim(text, f"a{n}", quantities=number(text, n))) for n, text in texts.items()]
    assert found[0].cluster_id != found[1].cluster_id
    assert index.add(claim(texts[12], "b", quantities=number(texts[12], 12))).cluster_id == found[0].cluster_id


@pytest.mark.parametrize(("speaker", "target", "same"), [("Berg", "Sweden", True), ("Holm", "Sweden", False),
                                                         (None, "Sweden", False), ("Berg", "Denmark", False)])  # fmt: skip
def test_an_accusation_is_its_speakers(index: ClaimIndex, speaker: str | None, target: str, same: bool) -> None:
    kind = {"primary_type": ClaimType.ACCUSATION}
    founded = index.add(claim(CABLE, "a", speaker="Berg", target="Sweden", **kind))
    other = index.add(claim(CABLE, "b", speaker=speaker, target=target, **kind))
    assert (other.cluster_id == founded.cluster_id) is same


def test_a_pronoun_means_somebody_else_in_another_article(index: ClaimIndex) -> None:
    text = "He ordered the attack on the power cable near Gotland."
    assert index.add(claim(text, "a", speaker="Berg")).claims == 1
    assert index.add(claim(text, "b", speaker="Holm")).claims == 1
    assert index.add(claim(text, "c")).claims == 1
    assert index.add(claim(text, "d", speaker="Berg")).claims == 2


def test_other_languages_only_by_the_whole_sentence(index: ClaimIndex) -> None:
    text = "Schweden hat das Stromkabel zwischen Gotland und Norland gekappt."
    founded = index.add(claim(text, "a", language="de", places=["e1"]))
    assert index.add(claim(text, "b", language="de", places=["e1"])).cluster_id == founded.cluster_id
    other = text.replace("gekappt", "zerschnitten")
    assert index.add(claim(other, "c", language="de", places=["e1"])).match is Match.FIRST


def test_a_withdrawn_claim_no_longer_counts(index: ClaimIndex) -> None:
    first, second = claim(CABLE, "a", day=1, speaker="Berg"), claim(CABLE, "b", day=2)
    index.add(first)
    index.add(second)
    index.remove(first.claim_id)
    index.remove(first.claim_id)
    index.remove("never seen")
    left = index.add(claim(CABLE, "c", day=3))
    assert (left.claims, left.first.article_id) == (2, "b")
    for gone in (second.claim_id, f"c/{fingerprint(CABLE)[:8]}"):
        index.remove(gone)
    assert len(index) == 0
    assert index.add(claim(CABLE, "d")).claims == 1


def test_the_window_goes_by_publication_and_no_future_date_moves_it(index: ClaimIndex) -> None:
    index.add(claim(CABLE, "a", day=0))
    index.add(claim(CABLE, "from the future", day=9000, processed_at=DAY_ONE))
    assert index.add(claim(CABLE, "b", day=29)).claims == 3
    late = index.add(claim(CABLE, "c", day=35))
    assert (late.claims, late.first.article_id) == (2, "b")
    assert index.add(claim(CABLE, "an old one", day=-100)).claims == 1
    assert len(index) == 2


def test_memory_is_bounded() -> None:
    index = ClaimIndex(days=30, limit=50)
    for place in range(400):
        index.add(claim(f"{CABLE[:-1]} at place {place % 90}.", f"a{place}", day=place / 100))
        if place % 3 == 0:
            index.remove(f"a{place}/{fingerprint(f'{CABLE[:-1]} at place {place % 90}.')[:8]}")
    assert len(index) <= 50
    sizes = [len(index._order), len(index._clusters), len(index._by_number)]
    assert max(sizes) <= 100, sizes


def test_the_id_of_a_sentence_that_stands_alone_is_the_same_in_an_empty_window(index: ClaimIndex) -> None:
    assert index.add(claim(CABLE, "a")).cluster_id == ClaimIndex(30, 10).add(claim(CABLE, "b")).cluster_id
    vague = "He ordered the attack."
    one, other = (ClaimIndex(30, 10).add(claim(vague, name)) for name in ("a", "b"))
    assert one.cluster_id != other.cluster_id


@pytest.mark.parametrize("seed", range(5))
def test_what_is_read_back_goes_on_as_if_nothing_had_happened(seed: int) -> None:
    """Messages of several partitions come back in any order, some claims twice, withdrawn ones not at all."""
    chance = random.Random(seed)
    texts = [CABLE, "In the night Sweden has cut the power cable between Gotland and Norland.",
             "The mayor of Visby closed the harbour.", "The harbour was closed by the mayor of Visby."]  # fmt: skip
    whole, told = ClaimIndex(30, 1000), {}
    claims = [claim(chance.choice(texts), f"a{n}", day=chance.uniform(0, 40)) for n in range(60)]
    for each in [*claims, *claims[:10]]:
        told[each.claim_id] = MatchedClaim(
            **dict(each), cluster=whole.add(each), matcher=each.processor, matched_at=DAY_ONE
        )
        if chance.random() < 0.1:
            whole.remove(each.claim_id)
            del told[each.claim_id]
    messages = list(told.values())
    chance.shuffle(messages)
    again = ClaimIndex(30, 1000)
    for message in messages:
        again.restore(message)
    assert len(again) == len(whole)
    for text in texts:
        new = claim(text, "new", day=39)
        assert again.add(new).model_dump(exclude={"article_ids"}) == whole.add(new).model_dump(exclude={"article_ids"})

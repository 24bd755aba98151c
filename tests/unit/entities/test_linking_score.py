"""The scorer of links and merging counts as training/entities/gold/GUIDELINES.md says."""

from __future__ import annotations

import pytest

from schemas.entities import EntityType
from training.entities.gold import GoldArticle, GoldMention
from training.entities.linking import Found, evaluate, judge

TEXT = "The United Nations met Mary Poe in Paris. Poe left Paris for Xyzzy and the UN stayed."
UN, POE, PARIS, XYZZY = 1, 2, 3, 4


def mention(surface: str, nth: int, kind: str, entity: int, accepted: str = "", *, nil: bool = False) -> GoldMention:
    start = -1
    for _ in range(nth):
        start = TEXT.index(surface, start + 1)
    ids = frozenset({accepted} if accepted else ())
    return GoldMention(start, start + len(surface), EntityType(kind), entity, ids, nil, frozenset(), True, surface)


ARTICLE = GoldArticle(
    "a", "en", len(TEXT), False, TEXT,
    (
        mention("United Nations", 1, "organisation", UN, "Q1065"),
        mention("Mary Poe", 1, "person", POE, nil=True),
        mention("Paris", 1, "place", PARIS, "Q90"),
        mention("Poe", 2, "person", POE, nil=True),
        mention("Paris", 2, "place", PARIS, "Q90"),
        mention("Xyzzy", 1, "place", XYZZY),
        mention("UN", 1, "organisation", UN, "Q1065"),
    ),
)  # fmt: skip


def found(surface: str, nth: int, kind: str, entity: str, wikidata: str | None = None) -> Found:
    start = -1
    for _ in range(nth):
        start = TEXT.index(surface, start + 1)
    return Found(start, start + len(surface), kind, entity, wikidata)


PERFECT = [
    found(
        "The United Nations", 1, "organisation", "e1", "Q1065"
    ),  # an article before a name is no difference for links
    found("Mary Poe", 1, "person", "e2"),
    found("Paris", 1, "place", "e3", "Q90"),
    found("Poe", 2, "person", "e2"),
    found("Paris", 2, "place", "e3", "Q90"),
    found("Xyzzy", 1, "place", "e4"),
    found("UN", 1, "organisation", "e1", "Q1065"),
]


def test_a_perfect_answer() -> None:
    counts, errors = judge(ARTICLE, PERFECT)
    assert not errors
    assert (counts["linked"], counts["link right"], counts["linkable"], counts["linkable linked"]) == (4, 4, 4, 4)
    assert counts["pairs gold"] == counts["pairs found"] == counts["pairs right"] == 3


@pytest.mark.parametrize(
    ("replaced", "by", "verdict"),
    [
        (1, found("Mary Poe", 1, "person", "e2", "Q7"), "has no item"),
        (2, found("Paris", 1, "place", "e3", "Q167646"), "wrong item"),
        (3, found("Poe left", 1, "person", "e2", "Q7"), "wrong span"),
    ],
)
def test_wrong_links(replaced: int, by: Found, verdict: str) -> None:
    answer = [by if place == replaced else each for place, each in enumerate(PERFECT)]
    counts, errors = judge(ARTICLE, answer)
    assert [error.verdict for error in errors] == [verdict]
    assert counts["linked"] - counts["link right"] == 1


def test_a_link_of_unknown_worth_counts_neither_way() -> None:
    answer = [*PERFECT[:5], found("Xyzzy", 1, "place", "e4", "Q5"), PERFECT[6]]
    counts, _ = judge(ARTICLE, answer)
    assert counts["linked"] == counts["link right"] == 4 and counts["link unjudged"] == 1


def test_what_is_missed_and_what_is_taken_for_two() -> None:
    counts, errors = judge(ARTICLE, [*PERFECT[:6], found("UN", 1, "organisation", "e9")])
    assert counts["linkable linked"] == 3 and [error.verdict for error in errors] == ["not linked"]
    assert counts["pairs right"] == 2 and counts["pairs gold"] == 3


def test_languages_that_are_not_served_are_counted_apart() -> None:
    results, _ = evaluate([ARTICLE, ARTICLE], lambda _: None)
    assert results == {"scores": {}, "abstained": {"en": 2}}

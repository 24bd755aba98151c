"""Quantities and dates in other languages than English, against sentences marked for this project (`marks/`).

A line of `marks/dev.tsv` and `marks/test.tsv` is a sentence: language, key (`training.entities.data.digest`), and for each mark
its place (code points), `quantity` or `date`, value, and unit or noun. The texts stay in the shared sets. The rules were made
with dev alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from schemas.entities import DateMention, Quantity
from services.entities.numbers import numbers
from training.claims.labels import contracted, plain_texts, wikinews_sentences
from training.claims.scores import Score, bootstrapped
from training.entities.data import digest

HERE = Path(__file__).parent / "marks"

Found = tuple[list[Quantity], list[DateMention]]
Finder = Callable[[str, str], Found]


@dataclass(frozen=True, slots=True)
class Mark:
    """A quantity or date of a sentence; `value` as written in the table: a number, an ISO date, or nothing."""

    start: int
    end: int
    kind: str
    value: str
    what: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence and all that it counts and dates."""

    language: str
    text: str
    marks: tuple[Mark, ...]


def marked(shared: Path, part: str) -> list[Marked]:
    """The sentences of a part, "dev" or "test"."""
    rows = [line.split("\t") for line in (HERE / f"{part}.tsv").read_text(encoding="utf-8").splitlines()]
    texts = {language: _texts(shared, language) for language in {row[0] for row in rows}}
    return [Marked(language, texts[language][key], tuple(map(_mark, marks))) for language, key, *marks in rows]


def _texts(shared: Path, language: str) -> dict[str, str]:
    source = [*plain_texts(shared, language), *(wikinews_sentences(shared, language) if language == "fr" else ())]
    texts = (" ".join((contracted(text) if language == "pt" else text).split()) for text in source)
    return {digest(text): text for text in texts}


def _mark(field: str) -> Mark:
    place, kind, value, what = field.split(" ", 3)
    start, end = map(int, place.split("-"))
    return Mark(start, end, kind, "" if value == "-" else value, what)


def _finder(rules: str = "") -> Finder:
    """What the entities stage finds by a language's own rules, or by those of another."""
    return lambda language, text: numbers(text, [(0, len(text))], None, rules or language)


FINDERS = {"claimstream": _finder(), "English rules": _finder("en")}
"""The English rules read every language before."""


def scores(sentences: Sequence[Marked], finder: Finder) -> dict[str, Score]:
    """F1 of quantities and of dates, right where place and value are; `n` counts the marks."""
    counts = [_counts(each, finder(each.language, each.text)) for each in sentences]
    names = [str(place) for place in range(len(sentences))]
    found = {}
    for kind in ("quantity", "date"):
        rows = [count[kind] for count in counts]
        score = bootstrapped(names, lambda at, rows=rows: _f1([rows[place] for place in at]))  # type: ignore[misc]
        found[kind] = Score(score.value, score.low, score.high, sum(row[2] for row in rows))
    return found


def _f1(rows: Sequence[tuple[int, int, int]]) -> float:
    right, all_of_both = sum(row[0] for row in rows), sum(row[1] + row[2] for row in rows)
    return 2 * right / max(1, all_of_both)


def _counts(sentence: Marked, found: Found) -> dict[str, tuple[int, int, int]]:
    """Right, found and marked ones by kind."""
    kinds: dict[str, Sequence[Quantity | DateMention]] = {"quantity": found[0], "date": found[1]}
    rows = {}
    for kind, ours in kinds.items():
        theirs = [mark for mark in sentence.marks if mark.kind == kind]
        right = sum(any(_agrees(each, mark) for each in ours) for mark in theirs)
        rows[kind] = (right, len(ours), len(theirs))
    return rows


def _agrees(found: Quantity | DateMention, mark: Mark) -> bool:
    if not (found.span.start < mark.end and mark.start < found.span.end):
        return False
    if isinstance(found, DateMention):
        return (found.value or "") == mark.value
    return bool(mark.value) and abs(float(mark.value) - found.value) <= 1e-6 * abs(found.value)

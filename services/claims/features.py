"""What the linear claims model sees of a sentence: kinds of its words, its shape, and hashed pieces of its letters.

The first `DENSE` features mean the same in every language, which is what lets one language learn from another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from zlib import crc32

from services.claims.cues import KINDS
from services.claims.passage import SentenceView

PAIRED = (
    "say", "deny", "accuse", "accused", "harm", "crime", "intent", "predict", "future", "conditional", "if", "cause", "rule",
    "position", "amount", "change", "compare", "dead", "feel", "opinion", "question", "negation", "first", "happen", "group",
    "office", "by", "poll",
)  # fmt: skip
PAIRS = tuple(combinations(PAIRED, 2))
_VIEWS = 5  # of each kind: anywhere, in what is said, in quotation marks, twice, among the first words
SHAPES = 34
DENSE = _VIEWS * len(KINDS) + len(PAIRS) + SHAPES
HASHED = 1 << 15
SIZE = DENSE + HASHED
"""Number of features."""

_PLACE = {kind: place for place, kind in enumerate(KINDS)}
_FIRST = 3
_LETTERS = 2.0  # weight of words and letters beside the kinds: chosen by cross-validation
_LONGEST_WORDS = 120
_NUMBER = re.compile(r"\d")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_GRAMS = (3, 4, 5)


@dataclass(frozen=True, slots=True)
class Features:
    """Indices, rising and without repeats, and their values."""

    indices: list[int]
    values: list[float]


def features(text: str, sentence: SentenceView) -> Features:
    """The features of one sentence; `text` is the article's. Raises ValueError for a sentence without marks (English)."""
    if sentence.marks is None:
        raise ValueError("no marks: the sentence was laid out for English")
    found = dict.fromkeys(_kinds(sentence), 1.0)
    base = _VIEWS * len(KINDS) + len(PAIRS)
    found |= {base + place: value for place, value in enumerate(_shape(text, sentence)) if value}
    for part in (_words(sentence), _letters(sentence)):
        hashed = {DENSE + crc32(each.encode("utf-8", "surrogatepass")) % HASHED for each in part}
        weight = _LETTERS / max(4.0, len(hashed)) ** 0.5
        for index in hashed:
            found[index] = found.get(index, 0.0) + weight
    indices = sorted(found)
    return Features(indices, [found[index] for index in indices])


def _kinds(sentence: SentenceView) -> Iterator[int]:
    marks = sentence.marks
    assert marks is not None
    told = [(min(f.cue[0], f.subject[0] if f.subject else f.cue[0]), f.cue[1]) for f in sentence.frames if f.strong]
    seen: dict[str, int] = {}
    for place, (word, kinds) in enumerate(zip(sentence.words, marks.at, strict=True)):
        for kind in kinds:
            seen[kind] = seen.get(kind, 0) + 1
            index = _PLACE[kind] * _VIEWS
            if word.quoted:
                yield index + 2
            elif not any(start <= word.start < end for start, end in told):
                yield index + 1
            if place < _FIRST:
                yield index + 4
    for kind, count in seen.items():
        yield _PLACE[kind] * _VIEWS
        if count > 1:
            yield _PLACE[kind] * _VIEWS + 3
    base = _VIEWS * len(KINDS)
    yield from (base + place for place, (one, other) in enumerate(PAIRS) if one in seen and other in seen)


def _shape(text: str, sentence: SentenceView) -> list[float]:
    """Yes-or-no properties of the sentence as it is written."""
    words = [word for word in sentence.words if word.is_word]
    marks = [word.text for word in sentence.words if not word.is_word]
    count = len(words)
    numbers = [word for word in words if _NUMBER.search(word.text)]
    figures = [word for word in numbers if not _YEAR.fullmatch(word.text)]
    end = text[sentence.end - 1 : sentence.end] if sentence.end > sentence.start else ""
    capitals = sum(word.text[0].isupper() for word in words)
    frames = [frame for frame in sentence.frames if not frame.hidden]
    strong = [frame for frame in frames if frame.strong]
    given = [
        count <= 3, 4 <= count <= 6, 7 <= count <= 10, 11 <= count <= 18, 19 <= count <= 30, count > 30,
        not numbers, len(figures) == 1, len(figures) == 2, len(figures) > 2, len(numbers) > len(figures),
        any("%" in word.text for word in sentence.words), any(len(word.text) > 3 for word in figures),
        bool(set(marks) & set("€$£¥₽")), end in ".…", end in "?؟", end == "!", end == ":", end.isalnum(),
        "?" in marks or "؟" in marks, "¿" in marks, ":" in marks, ";" in marks, "(" in marks, "—" in marks or "–" in marks,
        0 < sentence.quoted < 0.3, 0.3 <= sentence.quoted < 0.9, sentence.quoted >= 0.9, bool(strong), bool(frames),
        any(frame.clause for frame in frames), any(frame.base == "accord" for frame in frames),
        any(frame.hidden for frame in sentence.frames), count > 2 and capitals > 0.6 * count,
    ]  # fmt: skip
    assert len(given) == SHAPES
    return [float(bool(each)) for each in given]


def _words(sentence: SentenceView) -> Iterator[str]:
    lower = [_YEAR.sub("Y", word.lower) for word in sentence.words[:_LONGEST_WORDS]]
    lower = [_NUMBER.sub("0", word) for word in lower]
    yield from lower
    yield from map(" ".join, pairwise(lower))


def _letters(sentence: SentenceView) -> Iterator[str]:
    for word in sentence.words[:_LONGEST_WORDS]:
        if word.is_word and not word.text[0].isdigit():
            padded = f"<{word.lower}>"
            for length in _GRAMS:
                yield from (padded[place : place + length] for place in range(max(0, len(padded) - length + 1)))

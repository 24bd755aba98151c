"""A text cut where annotations begin and end, so that overlapping ones can be shown in place.

Offsets are Unicode code points. A browser's strings are UTF-16, so the cutting is done here: the page only puts the
pieces one after another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

A = TypeVar("A")

_PARAGRAPH_END = re.compile(r"(?:\r\n|\r|\n)[\r\n]*")


@dataclass(frozen=True)
class Annotation(Generic[A]):
    """Something said about `text[start:end]`."""

    start: int
    end: int
    what: A


@dataclass(frozen=True)
class Segment(Generic[A]):
    """A piece of the text and everything said about all of it, in the order in which it was given."""

    start: int
    text: str
    about: tuple[A, ...]


def segments(text: str, annotations: Iterable[Annotation[A]], cuts: Iterable[int] = ()) -> list[Segment[A]]:
    """Pieces that joined are the text, cut at every border of an annotation and at `cuts`.

    An empty annotation, or one that does not lie in the text, is left out.
    """
    valid = [note for note in annotations if 0 <= note.start < note.end <= len(text)]
    borders = {0, len(text), *(cut for cut in cuts if 0 <= cut <= len(text))}
    borders |= {border for note in valid for border in (note.start, note.end)}
    opening: dict[int, list[int]] = {}
    closing: dict[int, list[int]] = {}
    for number, note in enumerate(valid):
        opening.setdefault(note.start, []).append(number)
        closing.setdefault(note.end, []).append(number)
    found, current = [], set[int]()
    ordered = sorted(borders)
    for start, end in pairwise(ordered):
        current.difference_update(closing.get(start, ()))
        current.update(opening.get(start, ()))
        found.append(Segment(start, text[start:end], tuple(valid[number].what for number in sorted(current))))
    return found


def paragraphs(text: str, annotations: Sequence[Annotation[A]]) -> list[list[Segment[A]]]:
    """The segments of each paragraph, its line ends included; together they are the text."""
    ends = [match.end() for match in _PARAGRAPH_END.finditer(text)]
    found: list[list[Segment[A]]] = [[]]
    borders = set(ends)
    for segment in segments(text, annotations, ends):
        if segment.start in borders:
            found.append([])
        found[-1].append(segment)
    return [paragraph for paragraph in found if paragraph]

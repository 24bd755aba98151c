"""Where the article quotes: stretches between quotation marks of any house style, broken ones included."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# What closes each opening mark. Curly marks also open where a house (or a machine) sets them the wrong way round.
_CLOSES = {
    "“": "”\"“", "”": "”“\"", "„": "“”\"", "«": "»", "»": "«", "‹": "›", "「": "」", "『": "』", '"': '"”“', "``": "''", "‘": "’",
    "《": "》",
}  # fmt: skip
_NEVER_OPENED = tuple(",;:!?)")  # no quotation begins with these: a mark between a space and them closes one
_REACH = 4  # paragraphs in which a quotation left open may still be closed
_MARK = re.compile(r"``|''|[“”„«»‹›「」『』《》\"‘’]")


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quoted stretch, marks included. `chain` is shared by the paragraphs of one quotation; `closed` where it ends."""

    start: int
    end: int
    chain: int
    closed: bool


def quotations(text: str, paragraphs: Sequence[tuple[int, int]]) -> list[Quotation]:
    """All quotations of the article, in order, never overlapping.

    A paragraph that ends inside a quotation while the next one opens with a mark, or a close one's first mark closes it,
    is one quotation over both; a mark that is never closed quotes to the end of its paragraph.
    """
    found: list[Quotation] = []
    chain, unclosed = 0, ""
    for place, (start, end) in enumerate(paragraphs):
        repeated = bool(unclosed) and _opens_at(text, start)
        silent = bool(unclosed) and not repeated and _closes_soon(text, paragraphs[place : place + _REACH], unclosed)
        if not (repeated or silent):
            chain += 1
        pieces = _paragraph(text, start, end, unclosed if silent else "")
        for first, after, mark in pieces:
            found.append(Quotation(first, after, chain, closed=not mark))
            if not mark:
                chain += 1
        unclosed = pieces[-1][2] if pieces and pieces[-1][1] == end else ""
    return found


def _opens_at(text: str, place: int) -> bool:
    return text[place : place + 1] in '“”"„«»「『‘' or text.startswith("``", place)


def _closes_soon(text: str, paragraphs: Sequence[tuple[int, int]], mark: str) -> bool:
    """True where the next mark in these paragraphs can only close a quotation that `mark` has opened."""
    for start, end in paragraphs:
        match = _MARK.search(text, start, end)
        if match is not None:
            here, after = match.group(), text[match.end() : match.end() + 1]
            stuck = match.start() > start and not text[match.start() - 1].isspace() and not after.isalnum()
            return here in _CLOSES[mark] and (stuck or here == "''")
    return False


def _paragraph(text: str, start: int, end: int, mark: str) -> list[tuple[int, int, str]]:
    """Quotations of one paragraph: start, end, and the mark that is still open ("" where closed).

    `mark`, where given, opened a quotation in a paragraph before that goes on here.
    """
    found: list[tuple[int, int, str]] = []
    opened, inner = (start, start) if mark else (-1, -1)
    for match in _MARK.finditer(text, start, end):
        here, place = match.group(), match.start()
        if opened < 0:
            if _can_open(text, match, start):
                opened, inner, mark = place, match.end(), here
        elif here == mark == '"' and _opens_again(text, match, start):
            found.append((opened, place, mark))  # the one before was never closed
            opened, inner = place, match.end()
        elif here in _CLOSES[mark] and _can_close(text, match, mark, start):
            if text[inner:place].strip():
                found.append((opened, match.end(), ""))
            opened = -1
    if opened >= 0 and opened < end:
        found.append((opened, end, mark))
    return found


def _opens_again(text: str, match: re.Match[str], start: int) -> bool:
    place = match.start()
    return place > start and text[place - 1].isspace() and text[match.end() : match.end() + 1].isalnum()


def _can_open(text: str, match: re.Match[str], start: int) -> bool:
    mark, place = match.group(), match.start()
    before = text[place - 1] if place > start else " "
    after = text[match.end() : match.end() + 1]
    if mark not in _CLOSES or (before.isspace() and place > start and after in _NEVER_OPENED):
        return False
    if mark == "‘":
        return not before.isalnum() and after.isalpha()
    if mark in "”»":  # an opening mark only in houses that open with it
        return before.isspace() and bool(after) and not after.isspace()
    if mark == '"':
        return not (before.isalnum() and not after.isalnum()) and not before.isdigit()
    return True


def _can_close(text: str, match: re.Match[str], mark: str, start: int) -> bool:
    here, place = match.group(), match.start()
    after = text[match.end() : match.end() + 1]
    if here == "’":
        return not after.isalnum()
    if here == "“" and mark in '“"':  # a second opening mark is nested or a new try, unless nothing else can close
        return not after.isalnum() and place > start and not text[place - 1].isspace()
    if here == '"' and mark != '"':
        return not (text[place - 1].isspace() and after.isalnum())
    return True

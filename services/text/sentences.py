"""Sentences of an article: spans that keep a quotation whole, so that a quoted claim stays with the one who says it.

The rules within a paragraph are `sentencex`'s (Wikimedia); paragraphs, debris and limits are settled here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from statistics import median

import sentencex

Piece = tuple[int, int]

LONGEST_SENTENCE = 1_000
"""Code points. Longer ones (lists, broken quotations, text without full stops) are cut, best at a full stop."""

LONGEST_PARAGRAPH = 4_000
"""Code points given to sentencex at once: its time grows with the square of a paragraph's sentences."""

_BREAK = r"(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])"
_BLOCK_BREAK = re.compile(rf"{_BREAK}[^\S\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*{_BREAK}\s*|[\u2029\f]\s*")
_LINE_BREAK = re.compile(_BREAK)
_FULL_STOP = re.compile(r"[.!?…。！？؟۔।][\"'”’»）)\]」』]*(?=\s)|[。！？][”’」』）]*")
_ENDS_SENTENCE = re.compile(r"[.!?…:;。！？：；؟۔।][\"'”’»）)\]」』]*\s*$")
_WORD = re.compile(r"\w")
_MONSIEUR = re.compile(r"\bMM?\.\s*$")  # an address, where sentencex sees the end of a French sentence

# A block of lines is one hard-wrapped paragraph when its lines are about this wide and seldom end in a full stop.
_WRAP_WIDTHS = range(40, 131)
_WRAPPED_LINES = 3


def split(text: str, language: str) -> list[Piece]:
    """Sentence spans of `text`, code points, end-exclusive, in order, trimmed of white space.

    Every character that is not white space lies in exactly one span. A blank line always ends a sentence, a line break
    does unless the lines are one hard-wrapped paragraph. `language` is a BCP 47 code; unknown ones follow English
    rules. Takes any text without error, in linear time.
    """
    subtag = language.split("-")[0].lower()
    code = subtag if subtag.isascii() and subtag.isalpha() and subtag != "und" else "en"
    sentences: list[Piece] = []
    for paragraph in _paragraphs(text):
        sentences.extend(_paragraph(text, paragraph, code))
    return sentences


def _paragraphs(text: str) -> Iterator[Piece]:
    for block in _between(text, (0, len(text)), _BLOCK_BREAK):
        lines = list(_between(text, block, _LINE_BREAK))
        if len(lines) < 2 or _hard_wrapped(text, lines):
            yield block
        else:
            yield from _joined(text, lines)


def _between(text: str, piece: Piece, separator: re.Pattern[str]) -> Iterator[Piece]:
    position, end = piece
    for match in separator.finditer(text, position, end):
        yield position, match.start()
        position = match.end()
    yield position, end


def _hard_wrapped(text: str, lines: list[Piece]) -> bool:
    full = lines[:-1]
    if len(lines) < _WRAPPED_LINES or round(median(end - start for start, end in full)) not in _WRAP_WIDTHS:
        return False
    if max(end - start for start, end in lines) >= _WRAP_WIDTHS.stop:
        return False
    stops = sum(bool(_ENDS_SENTENCE.search(text, max(start, end - 8), end)) for start, end in full)
    return stops * 2 < len(full)


def _joined(text: str, lines: list[Piece]) -> Iterator[Piece]:
    """Lines as paragraphs, a line that goes on in lower case joined to the one before it."""
    start, end = lines[0]
    for line_start, line_end in lines[1:]:
        goes_on = text[line_start:line_end].lstrip()[:1].islower()
        if not goes_on or _ENDS_SENTENCE.search(text, max(start, end - 8), end):
            yield start, end
            start = line_start
        end = line_end
    yield start, end


def _paragraph(text: str, paragraph: Piece, code: str) -> list[Piece]:
    sentences: list[Piece] = []
    for chunk in _cut(text, paragraph, LONGEST_PARAGRAPH):
        for piece in _boundaries(text, chunk, code):
            for cut in _cut(text, piece, LONGEST_SENTENCE):
                start, end = _trimmed(text, cut)
                if start == end:
                    continue
                if sentences and not _WORD.search(text, start, end) and end - sentences[-1][0] <= LONGEST_SENTENCE:
                    sentences[-1] = sentences[-1][0], end  # a stray quotation mark belongs to the sentence it closes
                else:
                    sentences.append((start, end))
    return sentences


def _boundaries(text: str, chunk: Piece, code: str) -> Iterator[Piece]:
    start, end = chunk
    # Line breaks of a wrapped paragraph and lone surrogates, one for one: neither is sentencex's to judge.
    clean = _LINE_BREAK.sub(lambda match: " " * len(match.group()), text[start:end])
    clean = clean.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if not clean.isascii() else clean
    position = start
    if len(clean) == end - start:
        for boundary in sentencex.get_sentence_boundaries(code, clean):
            after = start + int(boundary["end_index"])
            if position < after <= end and not (code == "fr" and _MONSIEUR.search(text, position, after)):
                yield position, after
                position = after
    if position < end:
        yield position, end


def _cut(text: str, piece: Piece, longest: int) -> Iterator[Piece]:
    """`piece` in parts of at most `longest`: cut after the last full stop in reach, else at white space, else anywhere."""
    start, end = piece
    while end - start > longest:
        reach = start + longest
        stop = max((match.end() for match in _FULL_STOP.finditer(text, start + longest // 4, reach)), default=0)
        if not stop:
            stop = next((place for place in range(reach, start + longest // 2, -1) if text[place].isspace()), reach)
        yield start, stop
        start = stop
    yield start, end


def _trimmed(text: str, piece: Piece) -> Piece:
    start, end = piece
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end

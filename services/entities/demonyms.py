"""Nationality adjectives and nouns: they point to a country but name no place ("Russian troops", "two Ukrainians")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

_CAPITALISED = re.compile(r"(?<![^\W_])[A-Z][a-z]+(?:[-–][A-Z][a-z]+)*(?![^\W_\d])")
_PARTS = re.compile(r"[A-Za-z]+")

TABLE = Path(__file__).parent / "data" / "demonyms.tsv"


@cache
def demonyms() -> dict[str, str | None]:
    """Lower-cased adjective or noun, singular or plural, to its country's ISO 3166-1 alpha-2 code, None without one."""
    table: dict[str, str | None] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        code, *words = line.split("\t")
        for word in words:
            for form in _forms(word.lower()):
                table[form] = None if code == "-" else code
    return table


def _forms(word: str) -> Iterator[str]:
    yield word
    if not word.endswith(("s", "sh", "ch", "ese", "men")):
        yield f"{word}s"


def nationalities(
    text: str, sentences: Sequence[tuple[int, int]], taken: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int, int, str]]:
    """Start, end, sentence number and country code of each adjective or noun of nationality outside `taken` spans.

    "Franco-German" gives nothing: its first half names no country by itself; "Russian-Ukrainian" gives two.
    """
    table = demonyms()
    for number, (start, end) in enumerate(sentences):
        for word in _CAPITALISED.finditer(text, start, end):
            if any(begin < word.end() and word.start() < stop for begin, stop in taken):
                continue
            parts = [(part, table.get(part.group().lower())) for part in _PARTS.finditer(text, *word.span())]
            if all(code for _, code in parts):
                yield from ((part.start(), part.end(), number, str(code)) for part, code in parts)

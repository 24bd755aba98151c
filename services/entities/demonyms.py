"""Nationality adjectives and nouns: they point to a country but name no place ("Russian troops", "two Ukrainians")."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

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

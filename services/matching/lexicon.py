"""What matching knows of the words of a language: which say the same, which say nothing, which turn a claim round."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import snowballstemmer

_DATA = Path(__file__).parent / "data"
_STEMMERS = {"en": "english"}  # by the names of Snowball
_LONGEST_PHRASE = 4
_CACHED_STEMS = 200_000


@dataclass(frozen=True)
class Lexicon:
    """The words of one language."""

    language: str
    canonical: dict[tuple[str, ...], str]
    stems: dict[str, str]
    names: frozenset[str]
    adjectives: frozenset[tuple[str, ...]]
    light: frozenset[str]
    turning: frozenset[str]
    future: frozenset[str]

    def terms(self, words: Sequence[str]) -> Iterator[tuple[str, int, int]]:
        """Case-folded words as terms with their places: phrases joined, synonyms made one, the rest stemmed."""
        place = 0
        while place < len(words):
            for length in range(min(_LONGEST_PHRASE, len(words) - place), 0, -1):
                term = self.canonical.get(tuple(words[place : place + length]))
                if term is not None:
                    break
            else:
                length, root = 1, stem(self.language, words[place])
                term = self.stems.get(root, words[place] if root in self.light else root)  # mines are not "mine"
            yield term, place, place + length
            place += length


@cache
def lexicon(language: str) -> Lexicon | None:
    """The lexicon of a language, from its file; None where there is none."""
    path = _DATA / f"{language}.txt"
    if language not in _STEMMERS:
        return None
    canonical: dict[tuple[str, ...], str] = {}
    kinds: dict[str, set[str]] = {"@": set(), "-": set(), "!": set(), ">": set()}
    adjectives: set[tuple[str, ...]] = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        mark, *words = line.split() or ["#"]
        bar = words.index("|") if "|" in words else len(words)
        phrases = [tuple(word.split("_")) for word in words if word != "|"]
        adjectives |= set(phrases[bar:])
        if mark in ("=", "@"):
            canonical |= {phrase: words[0] for phrase in phrases if phrase not in canonical}
        elif mark in kinds:
            canonical |= {phrase: "_".join(phrase) for phrase in phrases if phrase not in canonical}
        if mark in kinds:
            kinds[mark] |= {canonical[phrase] for phrase in phrases}
    stems: dict[str, str] = {}
    for phrase, term in canonical.items():
        if len(phrase) == 1 and term not in kinds["-"] | kinds[">"]:
            stems.setdefault(stem(language, phrase[0]), term)
    names, light, turning, future = (frozenset(kinds[mark]) for mark in "@-!>")
    return Lexicon(language, canonical, stems, names, frozenset(adjectives), light, turning, future)


@lru_cache(_CACHED_STEMS)
def stem(language: str, word: str) -> str:
    """The stem of a word of a language with a lexicon, by Snowball."""
    root: str = _stemmer(language).stemWord(word)
    return root


@cache
def _stemmer(language: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(_STEMMERS[language])

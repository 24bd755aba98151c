"""Small properties of a claim, with the words that show them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence

from services.claims import lexicon
from services.claims.passage import SentenceView
from services.claims.tokens import Token

Piece = tuple[int, int]

_WORD = re.compile(r"\w+")
_NUMBER_WORDS = re.compile(r"^\d")


def fingerprint(text: str) -> str:
    """SHA-256 of the sentence's words, NFKC, case folded: equal for equal sentences whatever their punctuation."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return hashlib.sha256(" ".join(words).encode("utf-8", "surrogatepass")).hexdigest()


def hedges(sentence: SentenceView) -> Iterator[Piece]:
    """Words that soften the claim: reportedly, alleged, may, is believed to."""
    yield from _hedges(sentence.words) if sentence.marks is None else _of_kind(sentence, "hedge")


def negations(sentence: SentenceView) -> Iterator[Piece]:
    """not, n't, never …, "no" before a noun; "not only" denies nothing."""
    yield from _negations(sentence.words) if sentence.marks is None else _of_kind(sentence, "negation")


def predictions(sentence: SentenceView) -> Iterator[Piece]:
    """Words about the future."""
    kinds = ("predict", "future", "conditional")
    yield from _predictions(sentence.words) if sentence.marks is None else _of_kind(sentence, *kinds)


def _of_kind(sentence: SentenceView, *kinds: str) -> Iterator[Piece]:
    marks = sentence.marks
    assert marks is not None
    for place, word in enumerate(sentence.words):
        kind = next((kind for kind in kinds if marks.has(place, kind)), None)
        if kind is not None:
            yield word.start, sentence.words[marks.after(place, kind) - 1].end


def _hedges(words: Sequence[Token]) -> Iterator[Piece]:
    for place, word in enumerate(words):
        following = words[place + 1].lower if place + 1 < len(words) else ""
        if (word.lower, following) in lexicon.HEDGE_PHRASES:
            yield word.start, words[place + 1].end
        elif word.lower in lexicon.HEDGES and not (word.lower == "may" and word.text != "may"):
            yield word.start, word.end


def _negations(words: Sequence[Token]) -> Iterator[Piece]:
    for place, word in enumerate(words):
        following = words[place + 1].lower if place + 1 < len(words) else ""
        if (word.lower in lexicon.NEGATIONS and following not in {"only", "just", "least"}) or (
            word.lower in {"no", "without"} and following.isalpha() and following not in {"longer", "doubt", "matter"}
        ):
            yield word.start, word.end


def _predictions(words: Sequence[Token]) -> Iterator[Piece]:
    for word in words:
        if word.lower in lexicon.PREDICTING and not (word.lower == "may" and word.text != "may"):
            yield word.start, word.end


def says_something(words: Sequence[Token]) -> bool:
    """False for debris of scraping and translation: "release.", "(I)", a bare number."""
    return sum(word.is_word and not _NUMBER_WORDS.match(word.text) and len(word.text) > 1 for word in words) >= 3

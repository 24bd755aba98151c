"""What the multilingual tagger sees of a text: words, hashed letter n-grams, case shapes, and lists of names.

Without a pretrained encoder of free licence, spelling carries the knowledge: a word is the set of its letter n-grams
(Bojanowski et al. 2017), so that inflected and unseen names share most of theirs with known ones. In scripts that put
no spaces between words, and in Korean, whose particles stick to names, each character is a word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
import regex

from services.text.encoder import shape

IntArray = npt.NDArray[np.int64]

BUCKETS = 1 << 17
GRAMS = 24  # features a word at most; the row is padded with 0
LISTS = ("forename", "surname", "place", "country", "stem")
LONGEST_NAME = 3  # words of a name in the lists
LONGEST_UNSPACED = 8  # the same in characters, where each is a word

_SINGLE = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}ー"
_WORD = regex.compile(rf"[{_SINGLE}]|(?:(?![{_SINGLE}])[\p{{L}}\p{{M}}\u200c\u200d])+|\p{{N}}+|[^\s\p{{Cf}}]")
_ALONE = regex.compile(rf"[{_SINGLE}]")


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The words of one sentence: `spans` (words x 2, code points of the sentence) and, row by row, what is seen.

    `keys` are what `grams` takes; `shapes` are those of services.text.encoder; `listed` (words x len(LISTS)) is 0 or 1.
    """

    spans: IntArray
    keys: tuple[str, ...]
    shapes: IntArray
    listed: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, part: slice) -> Words:
        return Words(self.spans[part], self.keys[part], self.shapes[part], self.listed[part])


class NameLists:
    """Sets of names as sorted 32-bit hashes: forenames, surnames, places, countries, and stems of the last two."""

    def __init__(self, hashes: Sequence[npt.NDArray[np.uint32]]) -> None:
        """One sorted array a list of LISTS."""
        self._sets = [frozenset(map(int, each)) for each in hashes]

    @classmethod
    def load(cls, path: Path) -> NameLists:
        """Read what training/entities/multilingual/lists.py wrote. Raises OSError or KeyError."""
        with np.load(path, allow_pickle=False) as arrays:
            return cls([arrays[name] for name in LISTS])

    def of(self, words: Sequence[str]) -> npt.NDArray[np.float32]:
        """For folded words, which lists they or the longer names they are part of stand in."""
        found = np.zeros((len(words), len(LISTS)), dtype=np.float32)
        for start, word in enumerate(words):
            alone = bool(_ALONE.match(word))
            longest = LONGEST_UNSPACED if alone else LONGEST_NAME
            for end in range(start + 1 + alone, min(len(words), start + longest) + 1):
                code = _code(("" if alone else " ").join(words[start:end]))
                for place, names in enumerate(self._sets[:-1]):
                    if code in names:
                        found[start:end, place] = 1.0
            if any(_code(stem) in self._sets[-1] for stem in stems(word)):
                found[start, -1] = 1.0
        return found


def _code(name: str) -> int:
    return crc32(name.encode("utf-8", "replace"))


def stems(word: str) -> list[str]:
    """What may be left of an inflected name without its ending: the word, and less one to three letters, four at least."""
    return [word[: len(word) - cut] for cut in range(4) if len(word) - cut >= 4]


def folded(word: str) -> str:
    """Lower case, composed: as the lists have it."""
    return unicodedata.normalize("NFC", word).lower()


def read_words(sentence: str, lists: NameLists) -> Words:
    """The words of a sentence, in order; format characters and spaces belong to none."""
    matches = list(_WORD.finditer(sentence))
    composed = [unicodedata.normalize("NFC", match.group()) for match in matches]
    plain = [word.lower() for word in composed]
    keys = []  # a character that is a word has its neighbours in its key
    for place, word in enumerate(plain):
        if _ALONE.match(word):
            before, after = plain[place - 1] if place else "<", plain[place + 1] if place + 1 < len(plain) else ">"
            word = f"{before[-1]} {word} {after[0]}"
        keys.append(word)
    spans = np.array([match.span() for match in matches], dtype=np.int64).reshape(len(matches), 2)
    shapes = np.array([shape(word) for word in composed], dtype=np.int64)
    return Words(spans, tuple(keys), shapes, lists.of(plain))


@lru_cache(maxsize=1 << 16)
def grams(key: str) -> tuple[int, ...]:
    """The buckets (1 to BUCKETS - 1) of a word's features, GRAMS at most: itself, its beginnings and ends, its trigrams."""
    if " " in key:
        before, character, after = key.split(" ")
        features = [character, f"-{before}{character}", f"{character}{after}-", f"{before}{character}{after}--"]
    else:
        features = [f"<{key}>"]
        for size in range(1, 6):
            features += [f"<{key[:size]}", f"{key[-size:]}>"]
        features += [key[start : start + 3] for start in range(len(key) - 2)]
        features = list(dict.fromkeys(features))[:GRAMS]
    return tuple(crc32(feature.encode("utf-8", "replace")) % (BUCKETS - 1) + 1 for feature in features)


def gram_rows(keys: Sequence[str]) -> IntArray:
    """`grams` of each key as one row of GRAMS numbers, 0 where there are fewer."""
    rows = np.zeros((len(keys), GRAMS), dtype=np.int64)
    for row, key in enumerate(keys):
        found = grams(key)
        rows[row, : len(found)] = found
    return rows


def collate(sentences: Sequence[Words], languages: Sequence[int]) -> dict[str, npt.NDArray[Any]]:
    """The graph's inputs for one batch, padded on the right; each distinct word's n-grams are given once.

    `grams` (distinct words x GRAMS, row 0 the padding), `words` (batch x length, row of `grams`), `shapes` (batch x
    length), `listed` (batch x length x len(LISTS)), `lengths` (batch), `languages` (batch, 0 for one not learnt).
    """
    order: dict[str, int] = {}
    width = max(map(len, sentences))
    words = np.zeros((len(sentences), width), dtype=np.int64)
    shapes = np.zeros_like(words)
    listed = np.zeros((len(sentences), width, len(LISTS)), dtype=np.float32)
    for row, sentence in enumerate(sentences):
        words[row, : len(sentence)] = [order.setdefault(key, len(order) + 1) for key in sentence.keys]
        shapes[row, : len(sentence)] = sentence.shapes
        listed[row, : len(sentence)] = sentence.listed
    return {
        "grams": np.concatenate([np.zeros((1, GRAMS), dtype=np.int64), gram_rows(list(order))]),
        "words": words,
        "shapes": shapes,
        "listed": listed,
        "lengths": np.array([len(sentence) for sentence in sentences], dtype=np.int64),
        "languages": np.array(languages, dtype=np.int64),
    }

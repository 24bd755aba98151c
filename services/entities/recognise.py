"""Names in sentences: the tagger's BIO tags decoded to spans with a probability, and their edges put right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from services.entities.demonyms import demonyms
from services.entities.titles import title_length
from services.text.encoder import Encoder, FloatArray, ModelInfo, Outputs, Window, softmax

_words = str.split

OUTPUT = "tags"
Tagged = tuple[int, npt.NDArray[np.int64], FloatArray]
"""(sentence, spans of its words in the text, words x 2, scores of their tags, words x labels)."""

SURE_WITHOUT_CAPITALS = 0.75
_FUNCTION_WORDS = frozenset(
    _words("the a an and or of in on at to for from by with as his her their its our this that")
)

_OPENING = "([{«“„‘\"'"
_CLOSING = ")]}»”’\"'"
_STRAY = frozenset(_OPENING + _CLOSING + " \t\r\n,;:!?*_<>|/\\–—-#@")


@dataclass(frozen=True, slots=True)
class Name:
    """A name found: `text[start:end]`, its type, the sentence's index, the probability that span and type are right."""

    start: int
    end: int
    type: str
    sentence: int
    confidence: float


class Tagger(Protocol):
    """What scores the words of sentences; `info.labels["tags"]` names the scores, "O", "B-person" …"""

    info: ModelInfo

    def tag(self, text: str, sentences: Sequence[tuple[int, int]], language: str) -> Iterator[Tagged]:
        """For each sentence, or part of a very long one, its words and their scores, in text order."""


class PieceTagger:
    """A tagger over the shared encoder's word pieces: English, and the languages in which claims are read."""

    def __init__(self, encoder: Encoder) -> None:
        self.info = encoder.info
        self._encoder = encoder

    @classmethod
    def load(cls, directory: Path) -> PieceTagger:
        """Read a model directory. Raises services.text.encoder.ModelError."""
        return cls(Encoder.load(directory))

    def tag(self, text: str, sentences: Sequence[tuple[int, int]], language: str) -> Iterator[Tagged]:
        """See `Tagger`; the language says nothing here."""
        windows = self._encoder.windows(text, sentences)
        return _by_sentence(windows, self._encoder.run(windows))


def recognise(tagger: Tagger, text: str, sentences: Sequence[tuple[int, int]], language: str = "en") -> list[Name]:
    """All names, in text order, none overlapping. Every word of every sentence is read, however long it is.

    The model's settings: `temperature` softens its probabilities, names less sure than `threshold` are left out.
    """
    labels = tagger.info.labels[OUTPUT]
    temperature = tagger.info.settings.get("temperature", 1.0)
    threshold = tagger.info.settings.get("threshold", 0.0)
    names: list[Name] = []
    for number, words, logits in tagger.tag(text, sentences, language):
        tags = decode(softmax(logits), labels)
        for first, after, kind, confidence in spans(tags, softmax(logits / temperature), labels):
            found = Name(int(words[first, 0]), int(words[after - 1, 1]), kind, number, confidence)
            tidied = tidy(text, found)
            if tidied and tidied.confidence >= threshold:
                names.append(tidied)
    return names


def _by_sentence(windows: Sequence[Window], outputs: Sequence[Outputs]) -> Iterator[Tagged]:
    """(sentence, spans of its words, scores of their tags), each word read at its first piece."""
    start = 0
    while start < len(windows):
        number = windows[start].sentence
        after = start
        while after < len(windows) and windows[after].sentence == number:
            after += 1
        parts = [(window, window.owned) for window in windows[start:after]]
        words = np.concatenate([window.words[owned] for window, owned in parts])
        offsets = np.concatenate([window.offsets[owned] for window, owned in parts])
        logits = np.concatenate(
            [output[OUTPUT][owned] for (_, owned), output in zip(parts, outputs[start:after], strict=True)]
        )
        heads = np.flatnonzero(np.diff(words, prepend=-2))
        tails = np.append(heads[1:], len(words)) - 1
        yield number, np.stack([offsets[heads, 0], offsets[tails, 1]], axis=1), logits[heads]
        start = after


def decode(probabilities: FloatArray, labels: Sequence[str]) -> list[int]:
    """The likeliest tags (Viterbi) in which I-x only follows B-x or I-x."""
    best: list[int] = [int(tag) for tag in probabilities.argmax(axis=-1)]
    legal = _legal(tuple(labels))
    if legal[0, best[0] + 1] and all(legal[before + 1, after + 1] for before, after in pairwise(best)):
        return best
    scores = np.log(probabilities + 1e-12)
    forbidden = np.where(legal, 0.0, -np.inf)[:, 1:]
    total = scores[0] + forbidden[0]
    back: list[npt.NDArray[Any]] = []
    for row in scores[1:]:
        paths = total[:, None] + forbidden[1:]
        back.append(paths.argmax(axis=0))
        total = paths.max(axis=0) + row
    tags = [int(total.argmax())]
    for pointers in reversed(back):
        tags.append(int(pointers[tags[-1]]))
    return tags[::-1]


def _legal(labels: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Row: tag before, shifted by one (row 0: start of sentence); column likewise."""
    names = ("", *labels)
    return np.array(
        [[not after.startswith("I-") or before[1:] == after[1:] for after in names] for before in names], dtype=bool
    )


def spans(
    tags: Sequence[int], probabilities: FloatArray, labels: Sequence[str]
) -> Iterator[tuple[int, int, str, float]]:
    """(first word, word after, type, probability): that of its least sure word, stopping where it stops included."""
    first, kind = 0, ""
    for place in range(len(tags) + 1):
        label = labels[tags[place]] if place < len(tags) else "O"
        if kind and label != f"I-{kind}":
            least = min(float(probabilities[word, tags[word]]) for word in range(first, place))
            if place < len(tags):
                least = min(least, 1.0 - float(probabilities[place, labels.index(f"I-{kind}")]))
            yield first, place, kind, least
            kind = ""
        if label.startswith("B-"):
            first, kind = place, label[2:]


def tidy(text: str, name: Name) -> Name | None:
    """The name without stray quotes, and a person's without titles and nationality; None when nothing is left."""
    start, end = name.start, name.end
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1  # the accent of a decomposed letter belongs to it
    start, end = _without_function_words(text, *_stripped(text, start, end))
    surface = text[start:end]
    if name.type == "person":
        start += _surplus(surface)
        surface = text[start:end]
    if not any(character.isalpha() for character in surface) or surface.lower() in demonyms():
        return None
    if surface.islower() and name.confidence < SURE_WITHOUT_CAPITALS:
        return None
    return replace(name, start=start, end=end)


def _without_function_words(text: str, start: int, end: int) -> tuple[int, int]:
    """A name neither begins nor ends with "the", "and", "of" … in lower case, nor is it such a word alone."""
    words = list(re.finditer(r"\S+", text[start:end]))
    while words and (
        words[0].group() in _FUNCTION_WORDS or (len(words) == 1 and words[0].group().lower() in _FUNCTION_WORDS)
    ):
        words.pop(0)
    while words and words[-1].group() in _FUNCTION_WORDS:
        words.pop()
    return (start + words[0].start(), start + words[-1].end()) if words else (end, end)


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start] in _STRAY or unicodedata.category(text[start]) in ("Cf", "Cc")):
        if text[start] in "([" and _closed(text[start:end]):
            break
        start += 1
    while start < end and (text[end - 1] in _STRAY or unicodedata.category(text[end - 1]) in ("Cf", "Cc")):
        if text[end - 1] in ")]" and _closed(text[start:end]):
            break
        end -= 1
    return start, end


def _closed(surface: str) -> bool:
    return surface.count("(") == surface.count(")") and surface.count("[") == surface.count("]")


def _surplus(surface: str) -> int:
    """Code points of leading titles and nationality ("Russian Foreign Minister ") before a person's own name."""
    words = surface.split()
    count = 0
    while count < len(words) - 1 and (words[count].lower() in demonyms() or title_length(words[count : count + 1])):
        count += 1
    if count == len(words) - 1 and title_length(words[count:]):
        return len(surface)
    place = 0
    for word in words[:count]:
        place = surface.index(word, place) + len(word)
    while place < len(surface) and surface[place].isspace():
        place += 1
    return place

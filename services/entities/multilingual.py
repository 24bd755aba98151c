"""Names in other languages than English: the tagger over words and letter n-grams (training/entities/multilingual)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnxruntime as ort

from services.entities.recognise import OUTPUT, Tagged
from services.entities.words import NameLists, Words, collate, read_words
from services.text.encoder import FloatArray, ModelError, ModelInfo, open_session

LONGEST = 256  # words read at once: longer sentences are cut
BATCH_WORDS = 1024


class WordTagger:
    """A loaded model; see `services.entities.recognise.Tagger`. Holds no state between calls."""

    def __init__(self, info: ModelInfo, lists: NameLists, graph: ort.InferenceSession) -> None:
        """`info.learnt` are in the order of the model's language numbers, from 1."""
        self.info = info
        self._numbers = {language: number for number, language in enumerate(info.learnt, 1)}
        self._lists = lists
        self._graph = graph

    @classmethod
    def load(cls, directory: Path) -> WordTagger:
        """Read a model directory. Raises ModelError when a file is missing or the hash is not the stated one."""
        info = ModelInfo.read(directory / "model.json")
        if not info.learnt:
            raise ModelError(f"{directory / 'model.json'}: `learnt` is missing, the languages by number")
        try:
            lists = NameLists.load(directory / "lists.npz")
            weights = (directory / "model.onnx").read_bytes()
        except (OSError, KeyError, ValueError) as error:
            raise ModelError(f"{directory}: {error!r}") from error
        digest = hashlib.sha256(weights).hexdigest()
        if digest != info.sha256:
            raise ModelError(f"{directory / 'model.onnx'}: sha256 {digest}, but model.json says {info.sha256}")
        return cls(info, lists, open_session(weights))

    def tag(self, text: str, sentences: Sequence[tuple[int, int]], language: str) -> Iterator[Tagged]:
        """The words of each sentence and the scores of their tags, in text order."""
        parts: list[tuple[int, int, Words]] = []
        for number, (start, end) in enumerate(sentences):
            words = read_words(text[start:end], self._lists)
            parts += [(number, start, words[place : place + LONGEST]) for place in range(0, len(words), LONGEST)]
        scores: dict[int, FloatArray] = {}
        for batch in _batches([len(words) for _, _, words in parts]):
            inputs = collate([parts[index][2] for index in batch], [self._numbers.get(language, 0)] * len(batch))
            (tags,) = self._graph.run([OUTPUT], inputs)
            for row, index in enumerate(batch):
                scores[index] = tags[row, : len(parts[index][2])]
        for index, (number, start, words) in enumerate(parts):
            yield number, words.spans + start, np.asarray(scores[index], dtype=np.float32)


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Indices, longest first (the graph asks for it), of about BATCH_WORDS words."""
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda index: (-lengths[index], index)):
        if batch and lengths[batch[0]] * (len(batch) + 1) > BATCH_WORDS:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch

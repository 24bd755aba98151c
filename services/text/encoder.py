"""The sentence encoder that several processors share: offsets, case shapes, windows, batches, ONNX inference.

A model is a directory of three files: `model.onnx` (inputs `input_ids`, `attention_mask`, `shape_ids`, each int64 of
shape batch x pieces; any outputs), `tokenizer.json` (Hugging Face `tokenizers`) and `model.json` (see `ModelInfo`).
English word pieces are uncased, so what capitals say is given to the graph beside them, as one of seven shapes a word.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
from tokenizers import Tokenizer

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]
Outputs = dict[str, FloatArray]

# Order is part of the trained models: the row of the shape embedding.
NO_SHAPE, LOWER, CAPITALISED, UPPER, DIGIT, MIXED, UNCASED = range(7)
SHAPE_COUNT = 7

SPECIAL = (("[CLS]", "[SEP]"), ("<s>", "</s>"))
"""What opens and closes a sentence: BERT's pieces, and XLM-R's."""

# One core wins nothing by larger batches, and loses what their padding costs: 2.2 times the time at 16 windows of any length.
BATCH_WINDOWS = 4
SHORTEST = 0.8  # of the longest window of its batch


class ModelError(ValueError):
    """A model directory is incomplete, damaged or of another format."""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What `model.json` says: `sha256` is of `model.onnx`, `labels` names each output's last axis; `languages` are served,
    `learnt`, where it is given, those that it was trained for.
    """

    name: str
    version: str
    sha256: str
    max_pieces: int
    labels: dict[str, tuple[str, ...]]
    languages: tuple[str, ...] = ("en",)
    settings: dict[str, float] = field(default_factory=dict)
    learnt: tuple[str, ...] = ()

    @classmethod
    def read(cls, path: Path) -> ModelInfo:
        """Raises ModelError when the file is missing, not JSON, or lacks a field."""
        try:
            raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                name=str(raw["name"]),
                version=str(raw["version"]),
                sha256=str(raw["sha256"]),
                max_pieces=int(raw["max_pieces"]),
                labels={str(output): tuple(map(str, names)) for output, names in raw["labels"].items()},
                languages=tuple(map(str, raw.get("languages", ("en",)))),
                settings={str(key): float(value) for key, value in raw.get("settings", {}).items()},
                learnt=tuple(map(str, raw.get("learnt", ()))),
            )
        except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise ModelError(f"{path}: not a model description ({error!r})") from error


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A sentence, or a part of a long one, as the graph reads it: special pieces first and last.

    `offsets` (pieces x 2) are code points of the whole text; special pieces have an empty span. `words` numbers the
    word of each piece within the sentence, -1 for special pieces. `context` counts the pieces at the start and end that
    belong to the neighbouring window, so that each piece is owned by exactly one window.
    """

    sentence: int
    ids: IntArray
    shapes: IntArray
    offsets: IntArray
    words: IntArray
    context: tuple[int, int]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def owned(self) -> slice:
        """The pieces whose result is read from this window: neither special nor mere context."""
        return slice(1 + self.context[0], len(self.ids) - 1 - self.context[1])


def shape(word: str) -> int:
    """The case shape of one word, one of the seven constants above."""
    if any(character.isdigit() for character in word):
        return DIGIT
    if word.islower():
        return LOWER
    if word.isupper():
        return UPPER
    if word.istitle() and word[:1].isupper():
        return CAPITALISED
    has_case = any(character.isupper() or character.islower() for character in word)
    return MIXED if has_case else UNCASED


class Encoding:
    """Text to windows. Pure apart from the tokenizer it holds; safe to share between threads."""

    def __init__(self, tokenizer: Tokenizer, max_pieces: int, overlap: int = 24) -> None:
        """`max_pieces` includes the two special pieces; `overlap` is the context given on each side of a cut."""
        if max_pieces < 4 * overlap:
            raise ModelError(f"max_pieces {max_pieces} leaves no room beside an overlap of {overlap}")
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer
        self._first, self._last = _special(tokenizer)
        self._room, self._overlap = max_pieces - 2, overlap

    def windows(self, text: str, sentences: Sequence[tuple[int, int]]) -> list[Window]:
        """The windows of `sentences` (spans of `text`), in order; a sentence without a piece has none."""
        windows: list[Window] = []
        for number, (start, end) in enumerate(sentences):
            windows.extend(self._sentence(number, start, end, text))
        return windows

    def after(self, text: str, before: tuple[int, int], sentence: tuple[int, int], number: int = 0) -> Window | None:
        """A sentence with as much of the text before it as there is room for, a special piece between them.

        None where the sentence has no piece. Its first pieces are read where it is too long; only they are owned.
        """
        own = self._pieces(text, *sentence)[: self._room]
        if not len(own):
            return None
        room = max(0, self._room - 1 - len(own))
        known = self._pieces(text, *before)
        known = known[max(0, len(known) - room) :]
        return self._window(number, [known, own] if len(known) else [own], (len(known) + 1 if len(known) else 0, 0))

    def _sentence(self, number: int, start: int, end: int, text: str) -> Iterator[Window]:
        pieces = self._pieces(text, start, end)
        if len(pieces):
            for first, after, context in self._cuts(len(pieces)):
                yield self._window(number, [pieces[first:after]], context)

    def _pieces(self, text: str, start: int, end: int) -> IntArray:
        """A row a piece: id, shape, start, end, word."""
        part = text[start:end]
        encoded = self._tokenizer.encode(_encodable(part), add_special_tokens=False)
        pieces = np.empty((len(encoded.ids), 5), dtype=np.int64)
        pieces[:, 0] = encoded.ids
        offsets = np.array(encoded.offsets, dtype=np.int64).reshape(-1, 2)
        pieces[:, 4] = [-1 if word is None else word for word in encoded.word_ids]
        pieces[:, 1] = _shapes(part, offsets, pieces[:, 4])
        pieces[:, 2:4] = offsets + start
        return pieces

    def _window(self, number: int, parts: Sequence[IntArray], context: tuple[int, int]) -> Window:
        """The parts, a special piece before the first and after each."""
        place = int(parts[0][0, 2])
        special = np.array([[self._last, NO_SHAPE, place, place, -1]])
        rows = np.concatenate([special, *(row for part in parts for row in (part, special))])
        rows[0, 0] = self._first
        return Window(number, rows[:, 0], rows[:, 1], rows[:, 2:4], rows[:, 4], context)

    def _cuts(self, count: int) -> Iterator[tuple[int, int, tuple[int, int]]]:
        """(start, end, context) of each window over `count` pieces: owned parts tile them, contexts overlap."""
        start = 0
        while True:
            left = self._overlap if start else 0
            end = min(count, start + self._room)
            right = self._overlap if end < count else 0
            yield start, end, (left, right)
            if end == count:
                return
            start = end - 2 * self._overlap


def _special(tokenizer: Tokenizer) -> tuple[int, int]:
    """The pieces that open and close a sentence."""
    for names in SPECIAL:
        first, last = map(tokenizer.token_to_id, names)
        if first is not None and last is not None:
            return first, last
    raise ModelError(f"the tokenizer has none of {', '.join(' and '.join(names) for names in SPECIAL)}")


def _encodable(sentence: str) -> str:
    """Lone surrogates (legal in a Python string and in JSON) cannot cross into Rust; one for one keeps the offsets."""
    if sentence.isascii():
        return sentence
    return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in sentence)


def _shapes(sentence: str, offsets: IntArray, words: IntArray) -> IntArray:
    shapes = np.zeros(len(words), dtype=np.int64)
    edges = np.flatnonzero(np.diff(words, prepend=-2, append=-2))
    for first, after in pairwise(edges):
        shapes[first:after] = shape(sentence[offsets[first, 0] : offsets[after - 1, 1]])
    return shapes


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Indices grouped so that items of like length share a batch, longest first; every index exactly once."""
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda index: (-lengths[index], index)):
        if batch and (len(batch) == BATCH_WINDOWS or lengths[index] < SHORTEST * lengths[batch[0]]):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def collate(windows: Sequence[Window]) -> dict[str, IntArray]:
    """The graph's three inputs, padded with zeros on the right."""
    shape_of_batch = (len(windows), max(map(len, windows)))
    names = ("input_ids", "attention_mask", "shape_ids")
    inputs = {name: np.zeros(shape_of_batch, dtype=np.int64) for name in names}
    for row, window in enumerate(windows):
        inputs["input_ids"][row, : len(window)] = window.ids
        inputs["attention_mask"][row, : len(window)] = 1
        inputs["shape_ids"][row, : len(window)] = window.shapes
    return inputs


class Encoder:
    """A loaded model: `windows` then `run`. One thread a call, by design: workers scale by processes."""

    def __init__(self, info: ModelInfo, encoding: Encoding, session: ort.InferenceSession) -> None:
        self.info = info
        self._encoding = encoding
        self._session = session
        self._outputs: list[str] = [output.name for output in session.get_outputs()]

    @classmethod
    def load(cls, directory: Path) -> Encoder:
        """Read a model directory. Raises ModelError when a file is missing or the hash is not the stated one."""
        info = ModelInfo.read(directory / "model.json")
        try:
            weights = (directory / "model.onnx").read_bytes()
            tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        except Exception as error:  # tokenizers raises bare Exception
            raise ModelError(f"{directory}: {error}") from error
        digest = hashlib.sha256(weights).hexdigest()
        if digest != info.sha256:
            raise ModelError(f"{directory / 'model.onnx'}: sha256 {digest}, but model.json says {info.sha256}")
        return cls(info, Encoding(tokenizer, info.max_pieces), open_session(weights))

    def windows(self, text: str, sentences: Sequence[tuple[int, int]]) -> list[Window]:
        """See `Encoding.windows`."""
        return self._encoding.windows(text, sentences)

    def after(self, text: str, before: tuple[int, int], sentence: tuple[int, int], number: int = 0) -> Window | None:
        """See `Encoding.after`."""
        return self._encoding.after(text, before, sentence, number)

    def run(self, windows: Sequence[Window]) -> list[Outputs]:
        """Each window's outputs, in the order given: pieces x n (padding cut) for an output by piece, else n."""
        results: list[Outputs] = [{} for _ in windows]
        for batch in batches([len(window) for window in windows]):
            arrays = self._session.run(self._outputs, collate([windows[index] for index in batch]))
            for row, index in enumerate(batch):
                results[index] = {
                    name: array[row, : len(windows[index])] if array.ndim == 3 else array[row]
                    for name, array in zip(self._outputs, arrays, strict=True)
                }
        return results


def open_session(weights: bytes) -> ort.InferenceSession:
    """A session of one thread that keeps little memory."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    # Batches vary in shape: a growing arena and remembered memory patterns would keep the largest of each for ever.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    # The fused operator takes eight times as long as the addition and the normalisation that it joins (1.32, x86).
    return ort.InferenceSession(
        weights, options, providers=["CPUExecutionProvider"], disabled_optimizers=["SkipLayerNormFusion"]
    )


def softmax(logits: Iterable[Any] | FloatArray) -> FloatArray:
    """Probabilities over the last axis, as float32."""
    values = np.asarray(logits, dtype=np.float32)
    exponentials = np.exp(values - values.max(axis=-1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=-1, keepdims=True), dtype=np.float32)

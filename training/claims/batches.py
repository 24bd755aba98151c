"""Sentences to tensors: pieces with case shapes, labels with masks for what is not annotated."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from services.text.encoder import Encoding, Window, collate
from training.claims.data import MODES, ROLES, TYPES, Sentence, places_of, readable_alone, restyled, role_spans
from training.encoder import pretrained_directory

MAX_PIECES = 128
BEFORE = 1000  # characters before a sentence: more than there is room for
IGNORED = -100
UNKNOWN = -1.0  # in a yes-or-no label: not annotated


@dataclass(frozen=True, slots=True)
class Example:
    """A window of pieces and what is known of it."""

    window: Window
    primary: int
    types: list[float]
    mode: int
    worthy: float
    hedged: float
    roles: list[int]


class Reader:
    """Makes examples with the tokenizer that is shipped: MiniLM's in English."""

    def __init__(self, path: Path | None = None) -> None:
        tokenizer = Tokenizer.from_file(str(path or pretrained_directory() / "tokenizer.json"))
        self._encoding = Encoding(tokenizer, MAX_PIECES)

    def example(self, sentence: Sentence, chance: random.Random | None = None) -> Example:
        """An example; with `chance`, its quotation marks may be restyled."""
        if chance is not None:
            sentence = replace(sentence, text=restyled(sentence.text, chance))
        window = self._encoding.windows(sentence.text, [(0, len(sentence.text))])[0]
        known = readable_alone(sentence)
        return Example(
            window=window,
            primary=TYPES.index(known.types[0]) if known.types else IGNORED,
            types=[float(label in known.types) for label in TYPES] if known.types else [UNKNOWN] * len(TYPES),
            mode=MODES.index(known.mode) if known.mode else IGNORED,
            worthy=UNKNOWN if known.worthy is None else float(known.worthy),
            hedged=UNKNOWN if known.hedged is None else float(known.hedged),
            roles=_roles(sentence, window),
        )

    def in_context(self, sentence: Sentence) -> Example | None:
        """The sentence after the text before it, with the pieces that name the accused; None where none does."""
        before = sentence.before[-BEFORE:]
        text, start = f"{before} {sentence.text}", len(before) + 1
        window = self._encoding.after(text, (0, len(before)), (start, len(text)))
        if window is None:
            return None
        own = role_spans(sentence).get("target")
        named = [*places_of(sentence.target, text), *([(own[0] + start, own[1] + start)] if own else [])]
        roles = [0 if word >= 0 else IGNORED for word in window.words]
        for place, (first, after) in enumerate(window.offsets.tolist()):
            if roles[place] == 0 and any(first < end and after > begin for begin, end in named):
                roles[place] = ROLES.index("target")
        if ROLES.index("target") not in roles:
            return None
        return Example(window, IGNORED, [UNKNOWN] * len(TYPES), IGNORED, UNKNOWN, UNKNOWN, roles)


def _roles(sentence: Sentence, window: Window) -> list[int]:
    """A role a piece. An annotated name that is not found leaves the whole sentence unlabelled."""
    spans = role_spans(sentence)
    if sentence.types is None or any(span is None for span in spans.values()):
        return [IGNORED] * len(window)
    labels = [0] * len(window)
    labels[0] = labels[-1] = IGNORED
    for role, span in spans.items():
        for place, (start, end) in enumerate(window.offsets[1:-1].tolist(), 1):
            if span and start < span[1] and end > span[0]:
                labels[place] = ROLES.index(role)
    return labels


@dataclass(frozen=True, slots=True)
class Batch:
    """Inputs of the model and labels, as tensors."""

    inputs: dict[str, Tensor]
    primary: Tensor
    types: Tensor
    mode: Tensor
    worthy: Tensor
    hedged: Tensor
    roles: Tensor

    def to(self, device: torch.device) -> Batch:
        """The same on another device."""
        inputs = {name: tensor.to(device) for name, tensor in self.inputs.items()}
        labels = ("primary", "types", "mode", "worthy", "hedged", "roles")
        return Batch(inputs, *(getattr(self, name).to(device) for name in labels))


def batch(examples: Sequence[Example]) -> Batch:
    """Examples side by side, padded."""
    inputs = {name: torch.from_numpy(array) for name, array in collate([item.window for item in examples]).items()}
    roles = np.full(inputs["input_ids"].shape, IGNORED, dtype=np.int64)
    for row, item in enumerate(examples):
        roles[row, : len(item.roles)] = item.roles
    return Batch(
        inputs=inputs,
        primary=torch.tensor([item.primary for item in examples]),
        types=torch.tensor([item.types for item in examples]),
        mode=torch.tensor([item.mode for item in examples]),
        worthy=torch.tensor([item.worthy for item in examples]),
        hedged=torch.tensor([item.hedged for item in examples]),
        roles=torch.from_numpy(roles),
    )


def shuffled(examples: Sequence[Example], size: int, chance: random.Random) -> Iterator[Batch]:
    """Batches of like length in random order: lengths are jittered, so that batches differ from epoch to epoch."""
    order = sorted(range(len(examples)), key=lambda place: len(examples[place].window) * chance.uniform(0.85, 1.15))
    groups = [order[start : start + size] for start in range(0, len(order), size)]
    chance.shuffle(groups)
    for group in groups:
        yield batch([examples[place] for place in group])

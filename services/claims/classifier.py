"""The claims model: types, mode, check-worthiness, hedging, speakers and accused of each sentence; a second pass finds who
is accused in the text before it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from schemas.claims import AttributionMode, ClaimType
from services.text.encoder import Encoder, FloatArray, Outputs, Window, softmax

Piece = tuple[int, int]


@dataclass(frozen=True, slots=True)
class RoleSpan:
    """Words that the model takes for a speaker or target: a span of the article and the mean probability."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model sees in one sentence. Probabilities; `worthy` is calibrated."""

    primary: dict[ClaimType, float]
    types: dict[ClaimType, float]
    mode: dict[AttributionMode, float]
    worthy: float
    hedged: float
    speakers: tuple[RoleSpan, ...] = ()
    targets: tuple[RoleSpan, ...] = ()


class Classifier:
    """A loaded model. Deterministic; one thread."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.info = encoder.info
        self._settings = encoder.info.settings

    @classmethod
    def load(cls, directory: Path) -> Classifier:
        """Raises `services.text.encoder.ModelError` when the directory is no model."""
        return cls(Encoder.load(directory))

    def threshold(self, label: ClaimType) -> float:
        """The probability from which a type counts."""
        return self._settings.get(f"threshold.{label}", 0.5)

    def read(self, text: str, sentences: Sequence[Piece]) -> list[Reading | None]:
        """A reading a sentence; None where it holds nothing that the model can read. Long ones: their first window."""
        windows: list[Window] = []
        for window in self._encoder.windows(text, sentences):
            if not windows or windows[-1].sentence != window.sentence:
                windows.append(window)
        readings: list[Reading | None] = [None] * len(sentences)
        for window, outputs in zip(windows, self._encoder.run(windows), strict=True):
            readings[window.sentence] = self._reading(window, outputs)
        return readings

    def accused(self, text: str, sentences: Sequence[tuple[Piece, Piece]]) -> list[tuple[RoleSpan, ...]]:
        """Whom each accusing sentence accuses, in its own words or in those of the text before it: (before, sentence)."""
        windows = [
            window
            for number, (before, sentence) in enumerate(sentences)
            if (window := self._encoder.after(text, before, sentence, number)) is not None
        ]
        role = self.info.labels["roles"].index("target")
        found: list[tuple[RoleSpan, ...]] = [()] * len(sentences)
        for window, outputs in zip(windows, self._encoder.run(windows), strict=True):
            found[window.sentence] = _spans(window, softmax(outputs["roles"]), role)
        return found

    def _reading(self, window: Window, outputs: Outputs) -> Reading:
        labels, settings = self.info.labels, self._settings
        weighed = both(outputs["primary"], outputs["types"], settings.get("primary.types", 0.0))
        primary = softmax(weighed / settings.get("primary.temperature", 1.0))
        mode = softmax(outputs["mode"] / settings.get("mode.temperature", 1.0))
        slope, intercept = settings.get("worthy.slope", 1.0), settings.get("worthy.intercept", 0.0)
        roles = softmax(outputs["roles"])
        return Reading(
            primary={ClaimType(label): float(p) for label, p in zip(labels["primary"], primary, strict=True)},
            types={
                ClaimType(label): _sigmoid(float(x)) for label, x in zip(labels["types"], outputs["types"], strict=True)
            },
            mode={AttributionMode(label): float(p) for label, p in zip(labels["mode"], mode, strict=True)},
            worthy=_sigmoid(slope * float(outputs["worthy"][0]) + intercept),
            hedged=_sigmoid(float(outputs["hedged"][0])),
            speakers=_spans(window, roles, labels["roles"].index("speaker")),
            targets=_spans(window, roles, labels["roles"].index("target")),
        )


def both(primary: npt.NDArray[Any], types: npt.NDArray[Any], weight: float) -> npt.NDArray[Any]:
    """Logits of the primary type to which what the other head says of each type is added: its log probability, weighed.

    The heads have the same labels in the same order, and err in different sentences.
    """
    return np.asarray(primary - weight * np.logaddexp(0.0, -types))


def _spans(window: Window, roles: FloatArray, role: int) -> tuple[RoleSpan, ...]:
    """Runs of whole words in which any piece is the role's, in order of the text; a gap of one short piece is bridged."""
    chosen = (roles.argmax(axis=1) == role) & (window.words >= 0)
    for place in range(1, len(window) - 1):
        same_word = window.words[place] >= 0 and window.words[place] == window.words[place - 1]
        bridges = window.words[place] >= 0 and chosen[place - 1] and chosen[place + 1]
        chosen[place] |= bool((same_word and chosen[place - 1]) or bridges)
    found: list[RoleSpan] = []
    edges = np.flatnonzero(np.diff(chosen.astype(np.int8), prepend=0, append=0))
    for first, after in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        while first > 1 and window.words[first] == window.words[first - 1]:
            first -= 1
        score = float(roles[first:after, role].mean())
        found.append(RoleSpan(int(window.offsets[first, 0]), int(window.offsets[after - 1, 1]), score))
    return tuple(found)


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, value))))

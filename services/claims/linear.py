"""The claims model of the languages with cue words: linear over `features`, in numpy; see training/claims/languages."""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from schemas.claims import AttributionMode, ClaimType
from services.claims.classifier import Reading
from services.claims.features import SIZE, features
from services.claims.passage import Passage, SentenceView
from services.text.encoder import FloatArray, ModelError, ModelInfo, softmax

MODEL = Path(__file__).parent / "model-languages"
"""The model that ships with the project."""


class LinearClassifier:
    """A loaded model. Deterministic, without state."""

    def __init__(self, info: ModelInfo, weights: npt.NDArray[np.int8], scale: FloatArray, bias: FloatArray) -> None:
        """`weights` (features x outputs) are in steps of `scale`, one an output."""
        self.info = info
        self._weights = weights
        self._scale = scale
        self._bias = bias
        self._columns: dict[str, slice] = {}
        start = 0
        for head, labels in info.labels.items():
            self._columns[head] = slice(start, start + len(labels))
            start += len(labels)
        if weights.shape != (SIZE, start) or scale.shape != (start,) or bias.shape != (start,):
            raise ModelError(f"weights of shape {weights.shape}, wanted {(SIZE, start)}")

    @classmethod
    def load(cls, directory: Path) -> LinearClassifier:
        """Reads `model.json` and `weights.npz`. Raises ModelError when one is missing or damaged."""
        info = ModelInfo.read(directory / "model.json")
        try:
            raw = (directory / "weights.npz").read_bytes()
            digest = hashlib.sha256(raw).hexdigest()
            if digest != info.sha256:
                raise ModelError(f"{directory / 'weights.npz'}: sha256 {digest}, but model.json says {info.sha256}")
            with np.load(io.BytesIO(raw)) as arrays:
                return cls(info, arrays["weights"], arrays["scale"], arrays["bias"])
        except (OSError, KeyError) as error:
            raise ModelError(f"{directory}: {error!r}") from error

    def threshold(self, label: ClaimType) -> float:
        """The probability from which a type counts."""
        return self.info.settings.get(f"threshold.{label}", 0.5)

    def logits(self, text: str, sentence: SentenceView) -> FloatArray:
        """Every output for one sentence, in the order of the labels."""
        found = features(text, sentence)
        rows = self._weights[found.indices].astype(np.float32)
        return np.asarray(np.array(found.values, np.float32) @ rows * self._scale + self._bias, dtype=np.float32)

    def read(self, passage: Passage) -> Sequence[Reading | None]:
        """A reading a sentence; None where it has no word."""
        return [
            self._reading(self.logits(passage.text, sentence)) if any(word.is_word for word in sentence.words) else None
            for sentence in passage.sentences
        ]

    def _reading(self, logits: FloatArray) -> Reading:
        labels, settings = self.info.labels, self.info.settings
        primary = softmax(logits[self._columns["primary"]] / settings.get("primary.temperature", 1.0))
        mode = softmax(logits[self._columns["mode"]] / settings.get("mode.temperature", 1.0))
        slope, intercept = settings.get("worthy.slope", 1.0), settings.get("worthy.intercept", 0.0)
        return Reading(
            primary={ClaimType(label): float(p) for label, p in zip(labels["primary"], primary, strict=True)},
            types={
                ClaimType(label): _sigmoid(float(x))
                for label, x in zip(labels["types"], logits[self._columns["types"]], strict=True)
            },
            mode={AttributionMode(label): float(p) for label, p in zip(labels["mode"], mode, strict=True)},
            worthy=_sigmoid(slope * float(logits[self._columns["worthy"]][0]) + intercept),
            hedged=_sigmoid(float(logits[self._columns["hedged"]][0])),
        )


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, value))))

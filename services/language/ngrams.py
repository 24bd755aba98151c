"""A linear classifier over hashed character n-grams: 75 languages, trained in `training/language`."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

ORDERS = (1, 2, 3, 4, 5)
BUCKET_BITS = 17
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: Fibonacci hashing (Knuth, vol. 3, 6.4)
_NO_LETTER = re.compile(r"[^\w'’]+|[\d_]+")


def letters(text: str) -> str:
    """`text` in lower case and NFC, all but letters and apostrophes made one space, a space at either end."""
    normal = unicodedata.normalize("NFC", text).lower().replace("’", "'")
    return f" {' '.join(_NO_LETTER.sub(' ', normal).split())} "


def buckets(text: str) -> npt.NDArray[np.int64]:
    """The n-grams of 1 to 5 characters of `letters(text)`, each hashed to a number below 2^17; shape (n-grams,)."""
    points = np.frombuffer(letters(text).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    found = []
    value = np.zeros_like(points)
    for order in range(1, max(ORDERS) + 1):
        if len(points) < order:
            break
        value = (value[: len(points) - order + 1] + points[order - 1 :]) * _MULTIPLIER + np.uint64(order)
        found.append(value >> np.uint64(64 - BUCKET_BITS))
    return np.concatenate(found).astype(np.int64)


@dataclass(frozen=True)
class NgramClassifier:
    """Weights, int8 with a scale a language, and what turns a mean of them into a calibrated probability."""

    name: str
    languages: tuple[str, ...]
    weights: npt.NDArray[np.int8]  # (2^17, languages)
    scale: npt.NDArray[np.float32]  # (languages,)
    bias: npt.NDArray[np.float32]  # (languages,)
    sharpness: tuple[float, float]  # a, b: logits are multiplied by a + b log(n-grams)

    @classmethod
    def load(cls, folder: Path) -> NgramClassifier:
        """Reads `ngrams.npz` and `model.json` of a model directory."""
        card = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        with np.load(folder / "ngrams.npz") as arrays:
            return cls(
                name=f"{card['name']}-{card['version']}",
                languages=tuple(card["languages"]),
                weights=arrays["weights"],
                scale=arrays["scale"],
                bias=arrays["bias"],
                sharpness=(card["sharpness"][0], card["sharpness"][1]),
            )

    def probabilities(self, text: str) -> npt.NDArray[np.float32]:
        """Shape (languages,), sums to 1. One n-gram's bucket may be another's too: the classifier has learnt with that."""
        grams = buckets(text)
        mean = self.weights[grams].mean(axis=0, dtype=np.float32) * self.scale
        a, b = self.sharpness
        logits = (mean + self.bias) * (a + b * np.log(len(grams)))
        powers = np.exp(logits - logits.max())
        return np.asarray(powers / powers.sum(), dtype=np.float32)

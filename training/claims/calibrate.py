"""Thresholds and calibration of the claims model, chosen on development documents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from training.claims.batches import Reader, batch
from training.claims.data import MODES, TYPES, Sentence
from training.claims.model import OUTPUTS, SENTENCE_OUTPUTS, ClaimsModel

FloatArray = npt.NDArray[np.float64]

GRID = np.arange(0.1, 0.81, 0.02)
RARE = 15  # development sentences under which a type keeps the common threshold
SHRINK = 30  # sentences that a type must have for its own threshold to weigh as much as .5


def logits(model: ClaimsModel, sentences: Sequence[Sentence], reader: Reader | None = None) -> dict[str, FloatArray]:
    """The sentence outputs' logits, sentences x labels, in the order given."""
    reader = reader or Reader()
    examples = [reader.example(sentence) for sentence in sentences]
    order = sorted(range(len(examples)), key=lambda place: len(examples[place].window))
    found: dict[str, list[npt.NDArray[np.float32]]] = {name: [np.empty(0, np.float32)] * len(order) for name in OUTPUTS}
    with torch.inference_mode():
        for start in range(0, len(order), 32):
            places = order[start : start + 32]
            results = model(**batch([examples[place] for place in places]).inputs)
            for name, result in zip(OUTPUTS, results, strict=True):
                for row, place in enumerate(places):
                    found[name][place] = result[row].float().numpy()
    return {name: np.stack(found[name]).astype(np.float64) for name in SENTENCE_OUTPUTS}


def calibrated(model: ClaimsModel, news: Sequence[Sentence], debates: Sequence[Sentence]) -> dict[str, float]:
    """The `settings` of model.json: a threshold a type, Platt scaling of check-worthiness, temperatures.

    Check-worthiness is fitted on news and debates together, each source weighing the same.
    """
    of_news, of_debates = logits(model, news), logits(model, debates)
    truth = np.array([[label in (s.types or ()) for label in TYPES] for s in news])
    settings = thresholds(sigmoid(of_news["types"]), truth)
    worthy = np.concatenate((of_news["worthy"], of_debates["worthy"]))
    labels = np.array([bool(s.worthy) for s in (*news, *debates)])
    weights = np.concatenate((np.full(len(news), 1 / len(news)), np.full(len(debates), 1 / len(debates))))
    platt = LogisticRegression(C=1e6).fit(worthy, labels, weights * len(labels))
    settings |= {"worthy.slope": float(platt.coef_[0, 0]), "worthy.intercept": float(platt.intercept_[0])}
    primary = np.array([TYPES.index((s.types or ("not_claim",))[0]) for s in news])
    mode = np.array([MODES.index(s.mode or "author") for s in news])
    settings["primary.temperature"] = temperature(of_news["primary"], primary)
    settings["mode.temperature"] = temperature(of_news["mode"], mode)
    return {name: round(value, 4) for name, value in settings.items()}


def thresholds(scores: FloatArray, truth: npt.NDArray[np.bool_]) -> dict[str, float]:
    """For each type the threshold of best F1, drawn to .5 the more the fewer it has: not to follow the noise of a small set."""
    found = {}
    for place, label in enumerate(TYPES):
        values = [f1_score(truth[:, place], scores[:, place] >= cut, zero_division=0) for cut in GRID]
        best = float(np.mean(GRID[np.array(values) >= max(values) - 1e-3]))
        n = int(truth[:, place].sum())
        found[f"threshold.{label}"] = (n * best + SHRINK * 0.5) / (n + SHRINK) if n >= RARE else 0.5
    return found


def temperature(values: FloatArray, labels: npt.NDArray[np.int_]) -> float:
    """The temperature that makes the labels likeliest."""
    grid = np.arange(0.5, 3.01, 0.05)
    losses = [-log_softmax(values / heat)[np.arange(len(labels)), labels].mean() for heat in grid]
    return float(grid[int(np.argmin(losses))])


def log_softmax(values: FloatArray) -> FloatArray:
    """Over the last axis."""
    shifted = values - values.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def sigmoid(values: FloatArray) -> FloatArray:
    """Element by element."""
    return np.asarray(1 / (1 + np.exp(-values)))

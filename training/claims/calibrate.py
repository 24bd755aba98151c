"""Thresholds and calibration of the claims model, chosen on development documents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from services.claims.classifier import both
from training.claims.batches import Reader, batch
from training.claims.data import MODES, TYPES, Sentence
from training.claims.model import OUTPUTS, SENTENCE_OUTPUTS, ClaimsModel

FloatArray = npt.NDArray[np.float64]
Outputs = dict[str, FloatArray]
"""Logits by head: sentences x labels."""

TYPES_WEIGHT = 0.5  # of what the head of all types says, in the primary type
GRID = np.arange(0.1, 0.81, 0.02)
RARE = 15  # development sentences under which a type keeps the common threshold
SHRINK = 60  # sentences of a type with which its own threshold, that resampling moves by .1, weighs as much as .5


def logits(model: ClaimsModel, sentences: Sequence[Sentence], reader: Reader) -> Outputs:
    """The sentence outputs' logits in the order given, those of the primary type as the service takes them: of both heads."""
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
    outputs = {name: np.stack(found[name]).astype(np.float64) for name in SENTENCE_OUTPUTS}
    return outputs | {"primary": both(outputs["primary"], outputs["types"], TYPES_WEIGHT)}


def summary(sentences: Sequence[Sentence], found: Outputs) -> str:
    """Primary accuracy and macro-F1, accusation F1, mode accuracy, check-worthy F1."""
    truth = [label_of(sentence, "primary") for sentence in sentences]
    guess = [TYPES[place] for place in found["primary"].argmax(axis=1)]
    blames = ["accusation" in (sentence.types or ()) for sentence in sentences]
    blamed = found["types"][:, TYPES.index("accusation")] > -0.5
    mode = [
        MODES[place] == label_of(s, "mode") for s, place in zip(sentences, found["mode"].argmax(axis=1), strict=True)
    ]
    worthy = [bool(sentence.worthy) for sentence in sentences]
    return (
        f"n={len(truth):5} primary {np.mean([t == g for t, g in zip(truth, guess, strict=True)]):.3f}"
        f" macro {f1_score(truth, guess, average='macro', labels=sorted(set(truth)), zero_division=0):.3f}"
        f" accusation {f1_score(blames, blamed, zero_division=0):.3f} mode {np.mean(mode):.3f}"
        f" worthy {f1_score(worthy, found['worthy'][:, 0] > 0, zero_division=0):.3f}"
    )


def label_of(sentence: Sentence, head: str) -> str:
    """The primary type (`head` "primary") or the mode."""
    return (sentence.types or ("not_claim",))[0] if head == "primary" else sentence.mode or "author"


def calibrated(
    sentences: Sequence[Sentence], found: Outputs, *others: tuple[Sequence[Sentence], Outputs]
) -> dict[str, float]:
    """The `settings` of model.json: a threshold a type, Platt scaling of check-worthiness, temperatures.

    `found` are the outputs of `logits`. Check-worthiness is fitted on `others` too, each source weighing the same.
    """
    truth = np.array([[label in (sentence.types or ()) for label in TYPES] for sentence in sentences])
    settings = thresholds(sigmoid(found["types"]), truth)
    settings |= _platt([(sentences, found), *others])
    for head, names in (("primary", TYPES), ("mode", MODES)):
        places = np.array([names.index(label_of(sentence, head)) for sentence in sentences])
        settings[f"{head}.temperature"] = temperature(found[head], places)
    settings["primary.types"] = TYPES_WEIGHT
    return {name: round(value, 4) for name, value in settings.items()}


def _platt(sources: Sequence[tuple[Sequence[Sentence], Outputs]]) -> dict[str, float]:
    """Slope and intercept of check-worthiness, from the sentences that have it annotated."""
    known = [[place for place, each in enumerate(sentences) if each.worthy is not None] for sentences, _ in sources]
    parts = list(zip(sources, known, strict=True))
    worthy = np.concatenate([found["worthy"][places] for (_, found), places in parts])
    labels = np.array([bool(sentences[place].worthy) for (sentences, _), places in parts for place in places])
    weights = np.concatenate([np.full(len(places), len(labels) / len(places)) for places in known])
    platt = LogisticRegression(C=1e6).fit(worthy, labels, weights)
    return {"worthy.slope": float(platt.coef_[0, 0]), "worthy.intercept": float(platt.intercept_[0])}


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

"""Scores with 95 % intervals."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BootstrapSample = Callable[[Sequence[int]], float]


@dataclass(frozen=True, slots=True)
class Score:
    """A value in [0, 1], its 95 % interval and the number of cases."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}] n={self.n}"


def plain(scores: dict[str, Score]) -> dict[str, dict[str, object]]:
    """Scores by name, as docs/accuracy.json has them."""
    return {
        name: {"value": round(each.value, 4), "interval": [round(each.low, 4), round(each.high, 4)], "n": each.n}
        for name, each in scores.items()
    }


def proportion(right: int, n: int) -> Score:
    """Share of right cases, Wilson interval."""
    if not n:
        return Score(0.0, 0.0, 1.0, 0)
    z, p = 1.96, right / n
    middle, half = (p + z * z / (2 * n)), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return Score(p, (middle - half) / scale, (middle + half) / scale, n)


def bootstrapped(documents: Sequence[str], score: BootstrapSample, rounds: int = 400) -> Score:
    """`score(indices)` over all cases, with an interval from resampling whole documents."""
    by_document: dict[str, list[int]] = {}
    for place, document in enumerate(documents):
        by_document.setdefault(document, []).append(place)
    groups, chance = list(by_document.values()), random.Random(0)
    samples = sorted(
        score([place for group in chance.choices(groups, k=len(groups)) for place in group]) for _ in range(rounds)
    )
    low, high = samples[int(0.025 * rounds)], samples[int(0.975 * rounds) - 1]
    return Score(score(range(len(documents))), low, high, len(documents))


def f1(truth: Sequence[bool], found: Sequence[bool]) -> float:
    """F1 of the positive class; 0 where nothing is right."""
    right = sum(t and f for t, f in zip(truth, found, strict=True))
    wrong = sum(t != f for t, f in zip(truth, found, strict=True))
    return 2 * right / (2 * right + wrong) if right else 0.0


def macro_f1(truth: Sequence[str], found: Sequence[str]) -> float:
    """Mean F1 over the labels that occur in `truth`."""
    labels = sorted(set(truth))
    return float(np.mean([f1([t == label for t in truth], [f == label for f in found]) for label in labels]))


def reliability(
    probabilities: npt.NDArray[np.float64], truth: npt.NDArray[np.bool_], bins: int = 10
) -> list[dict[str, float]]:
    """The reliability diagram: for each bin of equal width that holds any, n, mean probability and share that is true."""
    places = np.minimum((probabilities * bins).astype(int), bins - 1)
    return [
        {
            "n": int(inside.sum()),
            "predicted": round(float(probabilities[inside].mean()), 3),
            "observed": round(float(truth[inside].mean()), 3),
        }
        for inside in (places == place for place in range(bins))
        if inside.any()
    ]


def calibration_error(probabilities: npt.NDArray[np.float64], truth: npt.NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error over bins of equal width."""
    places = np.minimum((probabilities * bins).astype(int), bins - 1)
    error = 0.0
    for place in range(bins):
        inside = places == place
        if inside.any():
            error += inside.mean() * abs(probabilities[inside].mean() - truth[inside].mean())
    return float(error)


def best_cut(scores: npt.NDArray[np.float64], truth: npt.NDArray[np.bool_]) -> float:
    """The score, in hundredths, from which F1 is best: for sentences other than those that it is then used on."""
    cuts = [cut / 100 for cut in range(5, 96)]
    return max(cuts, key=lambda cut: f1(truth.tolist(), (scores >= cut).tolist()))

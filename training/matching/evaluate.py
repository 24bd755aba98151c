"""Scores matching on pairs of sentences, each run through all services: `python -m training.matching.evaluate [split]`.

The pairs in `pairs.tsv` were written for this project, the test ones before the word lists of matching were; see README.md.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from schemas import Article, ClaimsEvent, DetectedClaim
from services.claims.service import detected
from services.cli.enrich import pipeline
from services.matching.same import similarity
from services.matching.statement import statement
from services.stream.settings import Settings
from training.claims.scores import Score, proportion

PAIRS = Path(__file__).parent / "pairs.tsv"
Same = Callable[[DetectedClaim, DetectedClaim], float]


@dataclass(frozen=True)
class Pair:
    """Two sentences, and whether they make the same claim."""

    same: bool
    first: str
    second: str


def pairs(split: str) -> list[Pair]:
    """The pairs of a split, `dev` or `test`."""
    with PAIRS.open(encoding="utf-8") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Pair(row["same"] == "1", row["first"], row["second"]) for row in rows if row["split"] == split]


def claims(run: Callable[[Article], ClaimsEvent], text: str) -> list[DetectedClaim]:
    """The claims of a sentence that stands alone."""
    return [claim for _, claim in detected(run(Article(article_id=text, text=text, language="en")))]


def near(first: DetectedClaim, second: DetectedClaim) -> float:
    """As matching judges."""
    return similarity(statement(first), statement(second))


def exact(first: DetectedClaim, second: DetectedClaim) -> float:
    """The baseline: the same words."""
    return float(first.fingerprint == second.fingerprint)


def overlap(first: DetectedClaim, second: DetectedClaim) -> float:
    """The other baseline: Jaccard of the words, where it is at least 0.6."""
    some, others = (set(claim.text.casefold().strip(".").split()) for claim in (first, second))
    alike = len(some & others) / len(some | others)
    return alike if alike >= 0.6 else 0.0


def judged(split: str, same: Same) -> Iterator[tuple[Pair, float]]:
    """Each pair with the similarity that `same` finds: that of its most similar claims."""
    run = pipeline(Settings())
    for pair in pairs(split):
        first, second = claims(run, pair.first), claims(run, pair.second)
        yield pair, max((same(a, b) for a in first for b in second), default=0.0)


def scored(found: list[tuple[Pair, float]]) -> dict[str, Score]:
    """Precision over the pairs found the same, recall over those that are, wrongly joined of those that are not."""
    hits = sum(pair.same for pair, alike in found if alike)
    same, joined = sum(pair.same for pair, _ in found), sum(alike > 0 for _, alike in found)
    return {
        "precision": proportion(hits, joined),
        "recall": proportion(hits, same),
        "different, but joined": proportion(joined - hits, len(found) - same),
    }


def scores(split: str) -> dict[str, dict[str, Score]]:
    """The figures of matching and of both baselines."""
    systems = {"claimstream": near, "exact fingerprint alone": exact, "Jaccard of words ≥ 0.6": overlap}
    return {name: scored(list(judged(split, same))) for name, same in systems.items()}


def main() -> None:
    """Prints what of `dev` was missed and what wrongly found, then the figures."""
    split = sys.argv[1] if len(sys.argv) > 1 else "dev"
    for pair, found in judged(split, near) if split == "dev" else ():
        if pair.same is not (found > 0):
            print(f"{'missed' if pair.same else 'WRONG '} {found:.2f}  {pair.first}\n             {pair.second}")
    for name, figures in scores(split).items():
        print(f"{split} {name}: {', '.join(f'{what} {value}' for what, value in figures.items())}")


if __name__ == "__main__":
    main()

"""Score the multilingual tagger by language, from raw text, and say which languages it serves.

    python -m training.entities.multilingual.evaluate --data SHARED/data/ner --model services/entities/model-multilingual

Exact spans and types (person, organisation, place). With --serve F1, model.json names the languages that reach it;
the others abstain. Needs only the run-time environment.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from services.entities.gazetteer import Gazetteer
from services.entities.multilingual import WordTagger
from training.entities.data import Sentence
from training.entities.evaluate import (
    calibration_error,
    gazetteer_finder,
    judged,
    majority_finder,
    model_finder,
    score,
)
from training.entities.multilingual.data import Corpus, corpus

SERVED_FROM = 70.0  # F1
SYSTEM = "claimstream"


def by_language(found: Corpus) -> dict[str, list[Sentence]]:
    """All held-out sentences of each language."""
    held_out: dict[str, list[Sentence]] = {}
    for language, sentences in found.held_out.values():
        held_out.setdefault(language, []).extend(sentences)
    return held_out


def scores(tagger: WordTagger, found: Corpus, gazetteer: Gazetteer) -> dict[str, dict[str, dict[str, object]]]:
    """Language to system to what `training.entities.evaluate.score` gives."""
    return {
        language: {
            SYSTEM: score(sentences, model_finder(tagger, language)),
            "names seen in training": score(sentences, majority_finder(found.train[language])),
            "table of names only": score(sentences, gazetteer_finder(gazetteer)),
        }
        for language, sentences in by_language(found).items()
    }


def served(results: dict[str, dict[str, dict[str, object]]], least: float) -> list[str]:
    """Languages whose F1 reaches `least`."""
    return sorted(language for language, rows in results.items() if float(str(rows[SYSTEM]["f1"])) >= least)


def main() -> None:
    """Print a table; with --serve, write model.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--serve", type=float, help=f"least F1 of a language that is served ({SERVED_FROM:.0f})")
    arguments = parser.parse_args()
    found, tagger = corpus(arguments.data), WordTagger.load(arguments.model)
    results = scores(tagger, found, Gazetteer.load())
    for language, rows in results.items():
        for system, row in rows.items():
            print(f"{language} {system:24} {row}", flush=True)
    pairs = [pair for language, sentences in by_language(found).items() for pair in judged(tagger, sentences, language)]
    print(f"calibration error {calibration_error(pairs):.3f}, n={len(pairs)}")
    reached = served(results, SERVED_FROM if arguments.serve is None else arguments.serve)
    mean = sum(float(str(results[language][SYSTEM]["f1"])) for language in reached) / max(1, len(reached))
    print(f"{len(reached)} languages, mean F1 {mean:.1f}: {' '.join(reached)}")
    if arguments.serve is not None:
        path = arguments.model / "model.json"
        described = json.loads(path.read_text(encoding="utf-8")) | {"languages": reached}
        path.write_text(json.dumps(described, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

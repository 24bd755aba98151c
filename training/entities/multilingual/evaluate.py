"""Score the taggers of other languages than English, from raw text, and say which languages they serve.

    python -m training.entities.multilingual.evaluate --data SHARED/data/ner

Exact spans and types (person, organisation, place). The tagger over word pieces is scored in the languages in which claims
are read, the one over words and letters in the others. With --serve F1 their model.json name the languages that reach it;
the others abstain. Needs only the run-time environment.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from services.claims.cues import languages
from services.entities.gazetteer import Gazetteer
from services.entities.multilingual import WordTagger
from services.entities.read import LANGUAGES, MULTILINGUAL
from services.entities.recognise import PieceTagger, Tagger
from training.entities.data import Sentence
from training.entities.evaluate import (
    calibration_error,
    gazetteer_finder,
    judged,
    majority_finder,
    model_finder,
    score,
)
from training.entities.multilingual.data import SOURCES, Corpus, corpus

SERVED_FROM = 65.0  # F1
SYSTEM = "claimstream"


def by_language(found: Corpus) -> dict[str, list[Sentence]]:
    """All held-out sentences of each language."""
    held_out: dict[str, list[Sentence]] = {}
    for language, sentences in found.held_out.values():
        held_out.setdefault(language, []).extend(sentences)
    return held_out


def taggers(pieces: Path = LANGUAGES, words: Path = MULTILINGUAL) -> dict[str, Tagger]:
    """The tagger of each language that is scored, whether it serves it or not."""
    others, own = WordTagger.load(words), PieceTagger.load(pieces)
    return {source.language: others for source in SOURCES} | dict.fromkeys(languages(), own)


def scores(found: Corpus, by: Mapping[str, Tagger], gazetteer: Gazetteer) -> dict[str, dict[str, dict[str, object]]]:
    """Language to system to what `training.entities.evaluate.score` gives."""
    return {
        language: {
            SYSTEM: score(sentences, model_finder(by[language], language)),
            "names seen in training": score(sentences, majority_finder(found.train[language])),
            "table of names only": score(sentences, gazetteer_finder(gazetteer)),
        }
        for language, sentences in by_language(found).items()
    }


def served(results: dict[str, dict[str, dict[str, object]]], least: float) -> list[str]:
    """Languages whose F1 reaches `least`."""
    return sorted(language for language, rows in results.items() if float(str(rows[SYSTEM]["f1"])) >= least)


def main() -> None:
    """Print a table; with --serve, write both model.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pieces", type=Path, default=LANGUAGES, help="model directory of the tagger over word pieces")
    parser.add_argument("--words", type=Path, default=MULTILINGUAL, help="and of the one over words and letters")
    parser.add_argument("--serve", type=float, help=f"least F1 of a language that is served ({SERVED_FROM:.0f})")
    arguments = parser.parse_args()
    found, by = corpus(arguments.data), taggers(arguments.pieces, arguments.words)
    results = scores(found, by, Gazetteer.load())
    for language, rows in results.items():
        for system, row in rows.items():
            print(f"{language} {system:24} {row}", flush=True)
    pairs = [pair for language, group in by_language(found).items() for pair in judged(by[language], group, language)]
    print(f"calibration error {calibration_error(pairs):.3f}, n={len(pairs)}")
    reached = served(results, SERVED_FROM if arguments.serve is None else arguments.serve)
    mean = sum(float(str(results[language][SYSTEM]["f1"])) for language in reached) / max(1, len(reached))
    print(f"{len(reached)} languages, mean F1 {mean:.1f}: {' '.join(reached)}")
    if arguments.serve is not None:
        for directory in (arguments.pieces, arguments.words):
            path = directory / "model.json"
            described = json.loads(path.read_text(encoding="utf-8"))
            own = [language for language in reached if by[language].info.name == described["name"]]
            text = json.dumps(described | {"languages": own}, ensure_ascii=False, indent=1)
            path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

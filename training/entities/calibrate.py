"""Set the temperature that makes a model's probabilities honest, and the probability under which a name is left out.

    python -m training.entities.calibrate --data SHARED/data/ner --model MODEL_DIR [--multilingual]

The temperature (Guo et al. 2017) with the least calibration error: English on EWT's and GUM's dev sets, the multilingual
model on sentences kept from its training. Writes model.json.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from services.entities.multilingual import WordTagger
from services.entities.recognise import PieceTagger
from training.entities import data
from training.entities.data import Sentence
from training.entities.evaluate import calibration_error, judged
from training.entities.multilingual import data as multilingual

TEMPERATURES = (1.0, 1.3, 1.6, 1.9, 2.2, 2.6, 3.0)
FITTED_ON = ("web (EWT dev)", "news (GUM dev)", "other genres (GUM dev)")


def best_temperature(tagger: PieceTagger | WordTagger, sets: Sequence[tuple[str, Sequence[Sentence]]]) -> float:
    """Over (language, sentences); names under no threshold."""
    errors = {}
    for temperature in TEMPERATURES:
        tagger.info = replace(tagger.info, settings={"temperature": temperature})
        pairs = [pair for language, sentences in sets for pair in judged(tagger, sentences, language)]
        errors[temperature] = calibration_error(pairs)
        print(f"temperature {temperature:.1f}: calibration error {errors[temperature]:.3f}", flush=True)
    best = min(errors, key=lambda each: errors[each])
    tagger.info = replace(tagger.info, settings={"temperature": best})
    pairs = [pair for language, sentences in sets for pair in judged(tagger, sentences, language)]
    gold = sum(len(sentence.gold(("person", "organisation", "place"))) for _, part in sets for sentence in part)
    for threshold in (0.0, 0.3, 0.4, 0.5, 0.6):
        kept = [right for sure, right in pairs if sure >= threshold]
        precision, recall = sum(kept) / len(kept), sum(kept) / gold
        print(f"threshold {threshold}: F1 {200 * sum(kept) / (len(kept) + gold):.1f}, {precision:.3f}, {recall:.3f}")
    return best


def main() -> None:
    """Parse arguments, try the temperatures, write the best."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--multilingual", action="store_true")
    parser.add_argument("--threshold", type=float, default=0.4, help="names less sure are left out: precision first")
    arguments = parser.parse_args()
    if arguments.multilingual:
        best = best_temperature(WordTagger.load(arguments.model), [*multilingual.corpus(arguments.data).tuning.items()])
    else:
        held_out = data.corpus(arguments.data).held_out
        best = best_temperature(PieceTagger.load(arguments.model), [("en", held_out[name]) for name in FITTED_ON])
    path = arguments.model / "model.json"
    described = json.loads(path.read_text(encoding="utf-8"))
    described["settings"] = {"temperature": best, "threshold": arguments.threshold}
    path.write_text(json.dumps(described, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Set the temperature that makes a model's probabilities honest, and the probability under which a name is left out.

    python -m training.entities.calibrate --data SHARED/data/ner --model MODEL_DIR

The temperature (Guo et al. 2017) with the least calibration error on EWT's and GUM's dev sets. Writes model.json.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

from services.text.encoder import Encoder
from training.entities.data import corpus
from training.entities.evaluate import calibration, model_finder, score

TEMPERATURES = (1.0, 1.3, 1.6, 1.9, 2.2, 2.6, 3.0)
FITTED_ON = ("web (EWT dev)", "news (GUM dev)", "other genres (GUM dev)")


def main() -> None:
    """Parse arguments, try the temperatures, write the best."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--threshold", type=float, default=0.4, help="names less sure are left out: precision first")
    arguments = parser.parse_args()
    encoder = Encoder.load(arguments.model)
    held_out = corpus(arguments.data).held_out
    sentences = [sentence for name in FITTED_ON for sentence in held_out[name]]
    errors = {}
    for temperature in TEMPERATURES:
        encoder.info = replace(encoder.info, settings={"temperature": temperature})
        errors[temperature] = calibration(encoder, sentences)
        print(f"temperature {temperature:.1f}: calibration error {errors[temperature]:.3f}", flush=True)
    settings = {"temperature": min(errors, key=lambda each: errors[each]), "threshold": arguments.threshold}
    for threshold in (0.0, 0.3, 0.4, 0.5, 0.6):
        encoder.info = replace(encoder.info, settings={**settings, "threshold": threshold})
        row = score(sentences, model_finder(encoder))
        print(
            f"threshold {threshold}: F1 {row['f1']}, precision {row['precision']}, recall {row['recall']}", flush=True
        )
    path = arguments.model / "model.json"
    described = {**json.loads(path.read_text(encoding="utf-8")), "settings": settings}
    path.write_text(json.dumps(described, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

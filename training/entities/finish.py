"""Average two runs' weights, export, and set the temperature that makes the spans' probabilities honest.

    python -m training.entities.finish --data SHARED/data/ner --first a.pt --second b.pt --share 0.7 --out MODEL_DIR

Averaging the weights of one run and of its continuation gains about half a point at no cost in speed
(Wortsman et al. 2022, "Model soups"). The temperature (Guo et al. 2017) is fitted on GUM's and half of EWT's dev sets.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import torch

from services.text.encoder import Encoder
from training.encoder import export
from training.entities.data import LABELS, corpus
from training.entities.evaluate import calibration
from training.entities.model import Tagger
from training.entities.train import MAX_PIECES

TEMPERATURES = [1.0 + 0.2 * step for step in range(11)]


def main() -> None:
    """Parse arguments, average, export, calibrate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--first", type=Path, required=True, help="float32 weights of the first run")
    parser.add_argument("--second", type=Path, required=True, help="float32 weights of the run that went on from it")
    parser.add_argument("--share", type=float, default=0.7, help="share of the second")
    parser.add_argument("--out", type=Path, required=True, help="model directory to write")
    parser.add_argument("--version", default="1.0")
    arguments = parser.parse_args()
    first, second = torch.load(arguments.first), torch.load(arguments.second)
    model = Tagger(len(LABELS))
    model.load_state_dict({key: torch.lerp(first[key], second[key], arguments.share) for key in first})
    description = {
        "name": "claimstream-entities-en-minilm6",
        "version": arguments.version,
        "max_pieces": MAX_PIECES,
        "labels": {"tags": LABELS},
        "languages": ["en"],
    }
    export(model, arguments.out, {"tags": True}, description)
    encoder = Encoder.load(arguments.out)
    held_out = corpus(arguments.data).held_out
    sentences = held_out["web (EWT dev)"][:1000] + held_out["news (GUM dev)"] + held_out["other genres (GUM dev)"]
    errors = {}
    for temperature in TEMPERATURES:
        encoder.info = replace(encoder.info, settings={"temperature": temperature})
        errors[temperature] = calibration(encoder, sentences)
        print(f"temperature {temperature:.1f}: calibration error {errors[temperature]:.3f}", flush=True)
    best = min(errors, key=lambda temperature: errors[temperature])
    path = arguments.out / "model.json"
    described = {**json.loads(path.read_text(encoding="utf-8")), "settings": {"temperature": round(best, 1)}}
    path.write_text(json.dumps(described, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Train the claims model of all languages with cue words: the lower six layers of multilingual-e5-small.

    python -m training.claims.languages.train --shared ../shared --start start [--check]

`start` is what `training.multilingual_e5` wrote. The model learns from English and from what was written for this project in
its languages, then from news in them with a part of the rest. Thresholds and calibration are fitted on dev documents, whose
scores are printed. `--check` ends there.
"""

from __future__ import annotations

import argparse
import copy
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from services.claims.reader import LANGUAGES as MODEL
from training.claims.batches import Reader
from training.claims.calibrate import FloatArray, logits, sigmoid, temperature, thresholds
from training.claims.data import MODES, TYPES, Part, Sentence, annotated, extra
from training.claims.data import articles as english_articles
from training.claims.data import written as english_written
from training.claims.labels import labelled, web
from training.claims.languages.data import LANGUAGES, articles, news, written
from training.claims.model import LABELS, OUTPUTS, ClaimsModel
from training.claims.train import train
from training.encoder import LAYERS, ShapeEncoder, export

PARTS: tuple[Part, ...] = ("train", "dev")
NAME = "claimstream-claims-languages"
NEWS = 2  # times that a sentence of news is seen in an epoch of the second step
ENGLISH = (0.6, 0.2)  # of the English sentences, drawn once a step
EPOCHS, RATE, SEED = (2, 2), 1.5e-4, 7


def english(shared: Path) -> list[Sentence]:
    """English sentences with labels; dev and test parts stay out."""
    annotations = [sentence for sentence in annotated(shared) if sentence.part == "train"]
    return [*annotations, *labelled(shared), *web(shared), *extra(), *english_written(), *english_articles()]


def step(model: ClaimsModel, sentences: Sequence[Sentence], epochs: int, reader: Reader) -> ClaimsModel:
    """One of the steps, from a copy of `model`. The table of words stays: so do words that no sentence here has."""
    started = copy.deepcopy(model)
    started.encoder.words.weight.requires_grad_(False)
    options = argparse.Namespace(epochs=epochs, rate=RATE, debates=0)
    return train(sentences, [], started, options, SEED, reader=reader, in_context=False)


def summary(sentences: Sequence[Sentence], found: dict[str, FloatArray]) -> str:
    """Primary accuracy and macro-F1, accusation F1, mode accuracy, check-worthy F1."""
    truth = [_label(sentence, "primary") for sentence in sentences]
    guess = [TYPES[place] for place in found["primary"].argmax(axis=1)]
    blames = ["accusation" in (sentence.types or ()) for sentence in sentences]
    blamed = found["types"][:, TYPES.index("accusation")] > -0.5
    mode = [MODES[place] == _label(s, "mode") for s, place in zip(sentences, found["mode"].argmax(axis=1), strict=True)]
    worthy = [bool(sentence.worthy) for sentence in sentences]
    return (
        f"n={len(truth):5} primary {np.mean([t == g for t, g in zip(truth, guess, strict=True)]):.3f}"
        f" macro {f1_score(truth, guess, average='macro', labels=sorted(set(truth)), zero_division=0):.3f}"
        f" accusation {f1_score(blames, blamed, zero_division=0):.3f} mode {np.mean(mode):.3f}"
        f" worthy {f1_score(worthy, found['worthy'][:, 0] > 0, zero_division=0):.3f}"
    )


def report(title: str, groups: dict[str, list[Sentence]], found: dict[str, dict[str, FloatArray]]) -> None:
    """Print the summary of all languages, then of each."""
    together = [sentence for group in groups.values() for sentence in group]
    print(title, "all", summary(together, _joined(found)))
    for language, group in groups.items():
        print(title, language, summary(group, found[language]), flush=True)


def _joined(found: dict[str, dict[str, FloatArray]]) -> dict[str, FloatArray]:
    return {head: np.concatenate([each[head] for each in found.values()]) for head in next(iter(found.values()))}


def _label(sentence: Sentence, head: str) -> str:
    return (sentence.types or ("not_claim",))[0] if head == "primary" else sentence.mode or "author"


def calibrated(sentences: Sequence[Sentence], found: dict[str, FloatArray]) -> dict[str, float]:
    """The `settings` of model.json, from logits of news that the models had not seen."""
    truth = np.array([[label in (s.types or ()) for label in TYPES] for s in sentences])
    settings = thresholds(sigmoid(found["types"]), truth)
    known = [place for place, sentence in enumerate(sentences) if sentence.worthy is not None]
    worthy = np.array([bool(sentences[place].worthy) for place in known])
    platt = LogisticRegression(C=1e6).fit(found["worthy"][known], worthy)
    settings |= {"worthy.slope": float(platt.coef_[0, 0]), "worthy.intercept": float(platt.intercept_[0])}
    for head, labels in (("primary", TYPES), ("mode", MODES)):
        places = np.array([labels.index(_label(sentence, head)) for sentence in sentences])
        settings[f"{head}.temperature"] = temperature(found[head], places)
    return {name: round(value, 4) for name, value in settings.items()}


def save(model: ClaimsModel, settings: dict[str, float], options: argparse.Namespace) -> Path:
    """Write what `services.claims.reader` loads."""
    description = {
        "name": NAME,
        "version": options.version,
        "languages": options.languages,
        "max_pieces": 128,
        "labels": {name: list(labels) for name, labels in LABELS.items()},
        "settings": settings,
    }
    return export(model, options.output, OUTPUTS, description, tokenizer=options.start / "tokenizer.json")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--start", type=Path, required=True)
    parser.add_argument("--weights", type=Path, help="also keep the float32 weights in this file")
    parser.add_argument("--output", type=Path, default=MODEL)
    parser.add_argument("--version", default="1")
    parser.add_argument("--languages", nargs="+", default=list(LANGUAGES), help="those that the model serves")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    reader, chance = Reader(options.start / "tokenizer.json"), random.Random(0)
    parts = {
        part: {name: [s for s in news(options.shared, name) if s.part == part] for name in LANGUAGES} for part in PARTS
    }
    own, known = [s for name in LANGUAGES for s in (*written(name), *articles(name))], english(options.shared)
    seen = [sentence for group in parts["train"].values() for sentence in group]
    held_out = {name: group for name, group in parts["dev"].items() if group}
    torch.manual_seed(0)
    model = ClaimsModel(ShapeEncoder.of(torch.load(options.start / "encoder.pt"), range(LAYERS)))
    for number, learnt in enumerate((own, [*own, *NEWS * seen])):
        again = chance.sample(known, int(ENGLISH[number] * len(known)))
        model = step(model, [*again, *learnt], EPOCHS[number], reader)
        found = {name: logits(model, group, reader) for name, group in held_out.items()}
        report(f"step {number + 1}", held_out, found)
    if options.weights:
        torch.save(model.state_dict(), options.weights)
    if not options.check:
        settings = calibrated([s for group in held_out.values() for s in group], _joined(found))
        print(save(model, settings, options), settings)


if __name__ == "__main__":
    main()

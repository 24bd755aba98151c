"""Train the claims model of all languages with cue words: the lower six layers of multilingual-e5-small.

    python -m training.claims.languages.train --shared ../shared --start start [--check]

`start` is what `training.multilingual_e5` wrote. The model learns English and the sentences written for this project, then
the articles as well, then annotated news as well. The last step is also taken without each half of the news: what those two
models say of the half that they have not seen is printed, and gives thresholds and calibration. `--check` ends there.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
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
from training.claims.data import MODES, TYPES, Sentence, annotated, articles, extra
from training.claims.data import written as english_written
from training.claims.labels import labelled
from training.claims.languages.data import ANNOTATED, LANGUAGES, news, written
from training.claims.model import LABELS, OUTPUTS, ClaimsModel
from training.claims.train import train
from training.encoder import LAYERS, ShapeEncoder, export

NAME = "claimstream-claims-languages"
# Times that a written sentence is seen in an epoch of the first step, and one of news in one of the last.
OWN, NEWS = 2, 3
AGAIN = 0.3  # of the English sentences, drawn once, that the last step sees again
EPOCHS, RATE, SEED = (3, 2, 2), 1.5e-4, 7


def english(shared: Path) -> list[Sentence]:
    """English sentences with labels; dev and test parts stay out."""
    return [*(s for s in annotated(shared) if s.part == "train"), *labelled(shared), *extra(), *english_written()]


def halves(sentences: Sequence[Sentence]) -> list[list[Sentence]]:
    """By document."""
    places = [int(hashlib.sha256(each.document.encode()).hexdigest(), 16) % 2 for each in sentences]
    return [[s for s, place in zip(sentences, places, strict=True) if place == half] for half in (0, 1)]


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
    platt = LogisticRegression(C=1e6).fit(found["worthy"], np.array([bool(s.worthy) for s in sentences]))
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
    parser.add_argument("--first", type=Path, help="weights before the last step: read where they are, else written")
    parser.add_argument("--output", type=Path, default=MODEL)
    parser.add_argument("--version", default="1")
    parser.add_argument("--languages", nargs="+", default=list(LANGUAGES), help="those that the model serves")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    reader = Reader(options.start / "tokenizer.json")
    others = {language: [s for s in news(options.shared, language) if s.part != "test"] for language in ANNOTATED}
    own, known = [s for language in LANGUAGES for s in written(language)], english(options.shared)
    told = articles()
    torch.manual_seed(0)
    model = ClaimsModel(ShapeEncoder.of(torch.load(options.start / "encoder.pt"), range(LAYERS)))
    if options.first and options.first.exists():
        model.load_state_dict(torch.load(options.first))
    else:
        model = step(model, [*known, *OWN * own], EPOCHS[0], reader)
        model = step(model, [*known, *told, *own], EPOCHS[1], reader)
        if options.first:
            torch.save(model.state_dict(), options.first)
    report("no news", others, {name: logits(model, group, reader) for name, group in others.items()})
    chance = random.Random(0)
    again = [*chance.sample([*known, *told], int(AGAIN * len([*known, *told]))), *own]
    parts = {name: halves(group) for name, group in others.items()}
    unseen: dict[str, list[dict[str, FloatArray]]] = {name: [] for name in parts}
    for half in (0, 1):
        seen = [sentence for group in parts.values() for sentence in group[1 - half]]
        partial = step(model, [*again, *NEWS * seen], EPOCHS[2], reader)
        for name, group in parts.items():
            unseen[name].append(logits(partial, group[half], reader))
    ordered = {name: [s for half in group for s in half] for name, group in parts.items()}
    found = {name: _joined(dict(enumerate(each))) for name, each in unseen.items()}  # type: ignore[arg-type]
    report("other half", ordered, found)
    if options.check:
        return
    settings = calibrated([s for group in ordered.values() for s in group], _joined(found))
    everything = [sentence for group in others.values() for sentence in group]
    print(save(step(model, [*again, *NEWS * everything], EPOCHS[2], reader), settings, options), settings)


if __name__ == "__main__":
    main()

"""Train the claims model of all languages with cue words: the lower six layers of multilingual-e5-small.

    python -m training.claims.languages.train --shared ../shared --pretrained start [--teacher 7.pt] [--check]

`start` is what `training.multilingual_e5` wrote. The model learns from news in its languages, from what was written for this
project, and from English; with a teacher also from texts without labels. Thresholds and calibration are fitted on dev documents,
whose scores are printed. `--check` ends there.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from services.claims.reader import LANGUAGES as MODEL
from training.claims.batches import Reader
from training.claims.calibrate import Outputs, calibrated, logits, summary
from training.claims.data import Sentence
from training.claims.epochs import Material
from training.claims.labels import unlabelled
from training.claims.languages.data import LANGUAGES, articles, news, written
from training.claims.model import OUTPUTS, ClaimsModel
from training.claims.train import Course, description, labelled_english, load, soup, train
from training.encoder import LAYERS, ShapeEncoder, export

NAME = "claimstream-claims-languages"
NEWS = 2  # times that a sentence of news is seen in an epoch
TEACHER_LAYERS = 12


def report(title: str, groups: dict[str, list[Sentence]], found: dict[str, Outputs]) -> None:
    """Print the summary of all languages, then of each."""
    together = [sentence for group in groups.values() for sentence in group]
    print(title, "all", summary(together, _joined(found)))
    for language, group in groups.items():
        print(title, language, summary(group, found[language]), flush=True)


def _joined(found: dict[str, Outputs]) -> Outputs:
    return {head: np.concatenate([each[head] for each in found.values()]) for head in next(iter(found.values()))}


def material(shared: Path, english: float, plain: float) -> Material:
    """News and what was written in all languages, and a share of English and of what nobody labelled."""
    own = [sentence for name in LANGUAGES for sentence in (*written(name), *articles(name))]
    seen = [sentence for name in LANGUAGES for sentence in news(shared, name) if sentence.part == "train"]
    drawn = [(labelled_english(shared), english)]
    drawn += [(unlabelled(shared, name), plain) for name in LANGUAGES] if plain else []
    return Material([*own, *NEWS * seen], drawn, in_context=False)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--pretrained", type=Path, required=True, help="folder that training.multilingual_e5 wrote")
    parser.add_argument("--layers", type=int, nargs="+", default=list(range(LAYERS)), help="kept of twelve, from 0")
    parser.add_argument("--start", type=Path, help="go on from these weights, float32 or a model.onnx")
    parser.add_argument("--teacher", type=Path, nargs="+", default=[], help="weights of twelve layers to learn from")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--size", type=int, default=32, help="of a batch")
    parser.add_argument(
        "--english", type=float, default=0.5, help="share of the English sentences, drawn anew each epoch"
    )
    parser.add_argument(
        "--unlabelled", type=float, default=1.0, help="share of the texts without labels, with a teacher"
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[7])
    parser.add_argument("--weights", type=Path, help="also keep each seed's float32 weights in this folder")
    parser.add_argument("--output", type=Path, default=MODEL)
    parser.add_argument("--version", default="1")
    parser.add_argument("--languages", nargs="+", default=list(LANGUAGES), help="those that the model serves")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu", help="of PyTorch: cpu, cuda")
    parser.add_argument("--check", action="store_true")
    return parser.parse_args()


def started(pretrained: Path, layers: Sequence[int], weights: Path | None = None) -> ClaimsModel:
    """Layers of the pretrained encoder, or with `weights` a model as it was left, or the lower layers of one.

    The table of words stays as it is: so do words that no sentence here has.
    """
    model = ClaimsModel(ShapeEncoder.of(torch.load(pretrained / "encoder.pt"), layers))
    if weights:
        load(model, weights)
    model.encoder.words.weight.requires_grad_(False)
    return model


def main() -> None:
    """Command line."""
    options = _options()
    torch.set_num_threads(options.threads)
    reader = Reader(options.pretrained / "tokenizer.json")
    held_out = {name: [s for s in news(options.shared, name) if s.part == "dev"] for name in LANGUAGES}
    held_out = {name: group for name, group in held_out.items() if group}
    lessons, models = material(options.shared, options.english, options.unlabelled if options.teacher else 0.0), []
    for seed in options.seeds:
        torch.manual_seed(0)  # the same start for all: only then can their weights be averaged
        course = Course(options.epochs, options.rate, seed, options.size, options.device)
        teachers = [started(options.pretrained, range(TEACHER_LAYERS), path) for path in options.teacher]
        model = started(options.pretrained, options.layers, options.start)
        models.append(train(lessons, model, course, reader, teachers))
        if options.weights:
            torch.save(models[-1].state_dict(), options.weights / f"{seed}.pt")
    model = soup(models)
    found = {name: logits(model, group, reader) for name, group in held_out.items()}
    report("dev", held_out, found)
    if not options.check:
        settings = calibrated([s for group in held_out.values() for s in group], _joined(found))
        about = description(NAME, options.version, options.languages, settings)
        print(export(model, options.output, OUTPUTS, about, tokenizer=options.pretrained / "tokenizer.json"))


if __name__ == "__main__":
    main()

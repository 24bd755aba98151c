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
from training.claims.data import Sentence, with_context
from training.claims.epochs import Material
from training.claims.labels import unlabelled, wikinews
from training.claims.languages.data import LANGUAGES, articles, news, written
from training.claims.model import OUTPUTS, ClaimsModel
from training.claims.train import add_course, courses, description, labelled_english, load, soup
from training.encoder import ShapeEncoder, export

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
    own = [sentence for name in LANGUAGES for sentence in (*written(name), *with_context(articles(name)))]
    seen = [s for name in LANGUAGES for s in with_context(each for each in news(shared, name) if each.part == "train")]
    seen += [sentence for name in LANGUAGES for sentence in wikinews(shared, name)]
    drawn = [(labelled_english(shared), english)]
    drawn += [(unlabelled(shared, name), plain) for name in LANGUAGES] if plain else []
    return Material([*own, *NEWS * seen], drawn)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_course(parser, epochs=4, seeds=[7])
    parser.add_argument("--output", type=Path, default=MODEL)
    parser.add_argument("--pretrained", type=Path, required=True, help="folder that training.multilingual_e5 wrote")
    parser.add_argument(
        "--english", type=float, default=0.5, help="share of the English sentences, drawn anew each epoch"
    )
    parser.add_argument("--languages", nargs="+", default=list(LANGUAGES), help="those that the model serves")
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
    lessons = material(options.shared, options.english, options.unlabelled if options.teacher else 0.0)
    teachers = [started(options.pretrained, range(TEACHER_LAYERS), path) for path in options.teacher]

    def start() -> ClaimsModel:
        return started(options.pretrained, options.layers, options.start)

    model = soup(list(courses(options, lessons, start, reader, teachers)))
    found = {name: logits(model, group, reader) for name, group in held_out.items()}
    report("dev", held_out, found)
    if not options.check:
        settings = calibrated([s for group in held_out.values() for s in group], _joined(found))
        about = description(NAME, options.version, options.languages, settings)
        print(export(model, options.output, OUTPUTS, about, tokenizer=options.pretrained / "tokenizer.json"))


if __name__ == "__main__":
    main()

"""Train the claims model and write it where the service reads it.

    python -m training.claims.train --shared ../shared --output services/claims/model

Each seed shuffles and drops out anew from the same start; the averages of their weights are averaged (Wortsman et al. 2022,
arXiv 2203.05482) and calibrated on the development documents. Test documents are not touched.
"""

from __future__ import annotations

import argparse
import copy
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader

from training.claims.batches import Reader
from training.claims.calibrate import calibrated, logits, summary
from training.claims.data import Sentence, annotated, articles, claimbuster, extra, with_context, written
from training.claims.epochs import Epochs, Material
from training.claims.labels import labelled, unlabelled, web, wikinews
from training.claims.losses import class_weights, distance, loss, taught
from training.claims.model import LABELS, OUTPUTS, ClaimsModel
from training.encoder import BFLOAT16, LAYERS, ShapeEncoder, export, shipped_weights
from training.large import LargeEncoder

MODEL = "claimstream-claims-en"
REPORT = 200  # steps
EXTRA = 2  # times that the project's own sentences are seen in an epoch
AVERAGING = 0.99  # of the weights, a step


@dataclass(frozen=True, slots=True)
class Course:
    """How a model is trained: batches of `size`, `rate` the highest of the learning rates."""

    epochs: int
    rate: float
    seed: int
    size: int = 32
    device: str = "cpu"


def train(
    material: Material, model: ClaimsModel, course: Course, reader: Reader, teachers: Sequence[ClaimsModel] = ()
) -> ClaimsModel:
    """Fine-tune, learning rate with warm-up and linear fall; returns the averaged weights, on the CPU."""
    torch.manual_seed(course.seed)
    device = torch.device(course.device)
    model = model.to(device)
    teachers = [teacher.to(device).eval() for teacher in teachers]
    weights = class_weights(material.sentences).to(device)
    steps = course.epochs * -(-len(material) // course.size)
    optimiser = torch.optim.AdamW(model.parameters(), lr=course.rate, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(step / (0.06 * steps), max(0.0, 1 - (step - 0.06 * steps) / (0.94 * steps)))
    )
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(AVERAGING))
    epochs = Epochs(material, reader, course.epochs, course.size, course.seed)
    beside = device.type != "cpu"  # batches are made in a process of their own
    halved = beside or BFLOAT16
    began, total = time.monotonic(), torch.zeros((), device=device)
    model.train()
    for step, made in enumerate(
        DataLoader(epochs, None, num_workers=int(beside), prefetch_factor=16 if beside else None)
    ):
        data = made.to(device)
        with torch.autocast(device.type, torch.bfloat16, enabled=halved):
            found = dict(zip(OUTPUTS, model(**data.inputs), strict=True))
            answers = taught(teachers, data.inputs) if teachers else None
        found = {name: logits.float() for name, logits in found.items()}
        value = loss(found, data, weights)
        if answers:
            value = value + distance(found, answers, data.inputs["attention_mask"])
        optimiser.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        average.update_parameters(model)
        total += value.detach()
        if (step + 1) % REPORT == 0:
            print(
                f"  step {step + 1}/{steps}, loss {float(total) / REPORT:.3f}, {time.monotonic() - began:.0f} s",
                flush=True,
            )
            total.zero_()
    finished: ClaimsModel = average.module
    return finished.cpu().eval()


def soup(models: Sequence[ClaimsModel]) -> ClaimsModel:
    """The mean of the models' weights."""
    mean = copy.deepcopy(models[0])
    with torch.no_grad():
        for weights in zip(mean.parameters(), *(model.parameters() for model in models), strict=True):
            weights[0].copy_(torch.stack(weights[1:]).mean(0))
    return mean.eval()


def started(options: argparse.Namespace) -> ClaimsModel:
    """A model to train: as it was left, or the lower layers of one that was, or a pretrained encoder."""
    if options.large:
        encoder: ShapeEncoder | LargeEncoder = LargeEncoder.pretrained(options.large)
    elif options.start:
        encoder = ShapeEncoder(len(options.layers))
    else:
        encoder = ShapeEncoder.pretrained(options.layers, source=options.pretrained)
    model = ClaimsModel(encoder)
    if options.start:
        load(model, options.start)
    return model


def load(model: ClaimsModel, path: Path) -> None:
    """Weights for all of the model's layers, from float32 weights or from a model.onnx as it ships."""
    left = shipped_weights(path) if path.suffix == ".onnx" else torch.load(path)
    model.load_state_dict({name: left[name] for name in model.state_dict()})


def teachers(options: argparse.Namespace) -> list[ClaimsModel]:
    """The models whose outputs are learnt as well."""
    found = []
    for path in options.teacher:
        empty = LargeEncoder.empty(options.teacher_large) if options.teacher_large else ShapeEncoder(LAYERS)
        found.append(ClaimsModel(empty))
        load(found[-1], path)
    return found


def labelled_english(shared: Path) -> list[Sentence]:
    """All labelled English sentences for training; dev and test parts stay out."""
    news = [sentence for sentence in annotated(shared) if sentence.part == "train"]
    own = with_context([sentence for sentence in news if sentence.source == "documents"] + articles())
    own += [sentence for sentence in news if sentence.source != "documents"]
    return own + labelled(shared) + web(shared) + wikinews(shared) + EXTRA * extra() + written()


def add_course(parser: argparse.ArgumentParser, epochs: int, seeds: list[int]) -> None:
    """The options that `courses` reads, and those of where and how it runs; `epochs` and `seeds` unless said otherwise."""
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--epochs", type=int, default=epochs)
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--size", type=int, default=32, help="of a batch")
    parser.add_argument("--seeds", type=int, nargs="+", default=seeds)
    parser.add_argument("--layers", type=int, nargs="+", default=list(range(LAYERS)), help="layers kept, from 0")
    parser.add_argument(
        "--start",
        type=Path,
        help="go on from these weights, float32 or a model.onnx: all their layers, or the lower ones",
    )
    parser.add_argument(
        "--teacher", type=Path, nargs="+", default=[], help="weights of teachers whose outputs are learnt as well"
    )
    parser.add_argument(
        "--unlabelled", type=float, default=1.0, help="share of the texts without labels, with a teacher"
    )
    parser.add_argument("--weights", type=Path, help="keep each seed's float32 weights in this folder")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu", help="of PyTorch: cpu, cuda")
    parser.add_argument("--version", default="1")


def courses(
    options: argparse.Namespace,
    material: Material,
    start: Callable[[], ClaimsModel],
    reader: Reader,
    teachers: Sequence[ClaimsModel],
) -> Iterator[ClaimsModel]:
    """A trained model a seed, all from the same start: only then can their weights be averaged."""
    for seed in options.seeds:
        torch.manual_seed(0)
        course = Course(options.epochs, options.rate, seed, options.size, options.device)
        model = train(material, start(), course, reader, teachers)
        if options.weights:
            torch.save(model.state_dict(), options.weights / f"{seed}.pt")
        yield model


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    add_course(parser, epochs=6, seeds=[7, 8])
    parser.add_argument("--output", type=Path, default=Path("services/claims/model"))
    parser.add_argument("--pretrained", type=Path, help="ONNX file of a BERT to start from; else MiniLM-L6")
    parser.add_argument("--large", type=Path, help="train a teacher: folder of all-mpnet-base-v2")
    parser.add_argument("--teacher-large", type=Path, help="folder of all-mpnet-base-v2: the teachers are of its shape")
    parser.add_argument("--debates", type=float, default=1.0, help="share of ClaimBuster seen in an epoch, drawn anew")
    return parser.parse_args()


def main() -> None:
    """Command line."""
    options = _options()
    torch.set_num_threads(options.threads)
    news, debates = annotated(options.shared), claimbuster(options.shared)
    dev, reader = [s for s in news if s.part == "dev"], Reader()
    drawn = [([sentence for sentence in debates if sentence.part == "train"], options.debates)]
    if options.teacher:
        drawn.append((unlabelled(options.shared), options.unlabelled))
    material, models = Material(labelled_english(options.shared), drawn), []
    for model in courses(options, material, lambda: started(options), reader, teachers(options)):
        print("dev:", summary(dev, logits(model, dev, reader)), flush=True)
        models.append(model)
    if options.large:
        return  # a teacher is too large for the service
    model = soup(models)
    debated = [sentence for sentence in debates if sentence.part == "dev"]
    settings = calibrated(dev, logits(model, dev, reader), (debated, logits(model, debated, reader)))
    print(export(model, options.output, OUTPUTS, description(MODEL, options.version, ["en"], settings)))


def description(name: str, version: str, languages: Sequence[str], settings: dict[str, float]) -> dict[str, object]:
    """What model.json says beside the hash."""
    return {
        "name": name,
        "version": version,
        "languages": list(languages),
        "max_pieces": 128,
        "labels": {name: list(labels) for name, labels in LABELS.items()},
        "settings": settings,
    }


if __name__ == "__main__":
    main()

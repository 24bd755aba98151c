"""Train the claims model and write it where the service reads it.

    python -m training.claims.train --shared ../shared --output services/claims/model

Each seed shuffles and drops out anew from the same start; the averages of their weights are averaged (Wortsman et al. 2022,
arXiv 2203.05482) and calibrated on the development documents. Test documents are not touched.
"""

from __future__ import annotations

import argparse
import copy
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from training.claims.batches import IGNORED, UNKNOWN, Batch, Example, Reader, shuffled
from training.claims.calibrate import calibrated
from training.claims.data import TYPES, Sentence, annotated, articles, claimbuster, extra, quoted, with_context, written
from training.claims.labels import labelled, web
from training.claims.model import LABELS, OUTPUTS, ClaimsModel
from training.encoder import LAYERS, ShapeEncoder, export, shipped_weights
from training.large import LargeEncoder

MODEL = "claimstream-claims-en"
WEIGHTS = {"primary": 1.0, "types": 2.0, "mode": 0.5, "worthy": 1.0, "hedged": 0.25, "roles": 0.7}
SMOOTHING = 0.05
QUOTED = 0.15  # of the plain sentences, drawn anew each epoch
EXTRA = 2  # times that the project's own sentences are seen in an epoch
ALONE = 0.5  # of the accusations outside documents: how many stand after sentences that have nothing to do with them
AVERAGING = 0.99  # of the weights, a step


def loss(model: ClaimsModel, data: Batch, class_weights: Tensor, teacher: ClaimsModel | None = None) -> Tensor:
    """The weighted sum of the heads' losses over what is annotated, and the distance from a teacher's outputs."""
    found = model(**data.inputs)
    outputs = dict(zip(OUTPUTS, found, strict=True))
    outputs = {name: logits.float() for name, logits in outputs.items()}
    role_weights = torch.tensor([1.0, 1.0, 2.0])
    total = WEIGHTS["primary"] * _one_of(outputs["primary"], data.primary, class_weights)
    total = total + WEIGHTS["mode"] * _one_of(outputs["mode"], data.mode)
    total = total + WEIGHTS["roles"] * _one_of(outputs["roles"].flatten(0, 1), data.roles.flatten(), role_weights)
    total = total + WEIGHTS["types"] * _yes_no(outputs["types"], data.types)
    total = total + WEIGHTS["worthy"] * _yes_no(outputs["worthy"][:, 0], data.worthy)
    total = total + WEIGHTS["hedged"] * _yes_no(outputs["hedged"][:, 0], data.hedged)
    if teacher is None:
        return total
    with torch.no_grad():
        taught = teacher(**data.inputs)
    return total + distance(found, taught, data.inputs["attention_mask"].bool())


def _one_of(logits: Tensor, labels: Tensor, weights: Tensor | None = None) -> Tensor:
    if bool((labels == IGNORED).all()):
        return logits.sum() * 0.0
    return functional.cross_entropy(logits, labels, weights, ignore_index=IGNORED, label_smoothing=SMOOTHING)


def _yes_no(logits: Tensor, labels: Tensor) -> Tensor:
    known = labels != UNKNOWN
    if not bool(known.any()):
        return logits.sum() * 0.0
    return functional.binary_cross_entropy_with_logits(logits[known], labels[known])


def class_weights(sentences: Sequence[Sentence]) -> Tensor:
    """Rare primary types weigh more, by the cube root of their rarity; the mean over sentences is 1."""
    counts = torch.tensor([sum(s.types is not None and s.types[0] == label for s in sentences) for label in TYPES])
    weights = counts.clamp(min=1).float() ** (-1 / 3)
    return weights * counts.sum() / (weights * counts).sum()


def distance(found: Sequence[Tensor], taught: Sequence[Tensor], mask: Tensor) -> Tensor:
    """How far the outputs are from the teacher's probabilities, weighed as the losses (Hinton et al. 2015)."""
    total = found[0].new_zeros(())
    for name, student, teacher in zip(OUTPUTS, found, taught, strict=True):
        logits, target = (values[mask] if OUTPUTS[name] else values for values in (student.float(), teacher.float()))
        if name in ("primary", "mode", "roles"):
            near = functional.cross_entropy(logits, torch.softmax(target, dim=-1))
        else:
            near = functional.binary_cross_entropy_with_logits(logits, torch.sigmoid(target))
        total = total + WEIGHTS[name] * near
    return total


def train(
    sentences: Sequence[Sentence],
    debates: Sequence[Sentence],
    model: ClaimsModel,
    options: argparse.Namespace,
    seed: int,
    teacher: ClaimsModel | None = None,
    reader: Reader | None = None,
    in_context: bool = True,
) -> ClaimsModel:
    """Fine-tune for `epochs`, learning rate with warm-up and linear fall; returns the averaged weights.

    `in_context`: accusations are read after the text before them as well.
    """
    epochs, rate, reader = options.epochs, options.rate, reader or Reader()
    torch.manual_seed(seed)
    chance = random.Random(seed)
    average = copy.deepcopy(model)
    weights, drawn = class_weights(sentences), int(options.debates * len(debates))
    per_epoch = len(sentences) + drawn + (len(contexts(sentences, reader, chance)) if in_context else 0)
    steps = epochs * -(-per_epoch // 32)
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(step / (0.06 * steps), max(0.0, 1 - (step - 0.06 * steps) / (0.94 * steps)))
    )
    began, step = time.monotonic(), 0
    for epoch in range(epochs):
        chosen = [*(varied(sentence, chance) for sentence in sentences), *chance.sample(list(debates), drawn)]
        examples: list[Example] = [reader.example(sentence, chance) for sentence in chosen]
        examples += contexts(sentences, reader, chance) if in_context else []
        total = 0.0
        model.train()
        for data in shuffled(examples, 32, chance):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                value = loss(model, data, weights, teacher)
            optimiser.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            step += 1
            total += float(value.detach())
            _average(average, model, min(AVERAGING, step / (step + 10)))
            if step % 50 == 0:
                print(f"  step {step}/{steps} {time.monotonic() - began:.0f} s", flush=True)
        print(f"epoch {epoch + 1}: loss {total / (steps / epochs):.3f}, {time.monotonic() - began:.0f} s", flush=True)
    return average.eval()


def varied(sentence: Sentence, chance: random.Random) -> Sentence:
    """Now and then a reporter's plain sentence as someone's quotation, so that quoting alone says nothing of the type."""
    plain = sentence.mode == "author" and not set("\"“”«»'‘’") & set(sentence.text) and sentence.text.endswith(".")
    claims = sentence.types is not None and sentence.types[0] not in {"not_claim", "personal_experience"}
    return quoted(sentence, chance) if plain and claims and chance.random() < QUOTED else sentence


def contexts(sentences: Sequence[Sentence], reader: Reader, chance: random.Random) -> list[Example]:
    """Accusations after the text before them, from which the pieces that name the accused are learnt."""
    found = []
    for sentence in sentences:
        if "accusation" in (sentence.types or ()) and sentence.target:
            if not sentence.before and chance.random() < ALONE:
                sentence = replace(sentence, before=" ".join(other.text for other in chance.sample(sentences, 3)))
            example = reader.in_context(sentence)
            found += [example] if example else []
    return found


def _average(average: ClaimsModel, model: ClaimsModel, keep: float) -> None:
    with torch.no_grad():
        for mean, value in zip(average.parameters(), model.parameters(), strict=True):
            if value.requires_grad:
                mean.lerp_(value, 1 - keep)


def soup(models: Sequence[ClaimsModel]) -> ClaimsModel:
    """The mean of the models' weights."""
    mean = copy.deepcopy(models[0])
    with torch.no_grad():
        for weights in zip(mean.parameters(), *(model.parameters() for model in models), strict=True):
            weights[0].copy_(torch.stack(weights[1:]).mean(0))
    return mean.eval()


def _model(options: argparse.Namespace) -> ClaimsModel:
    """A model to train: as it was left, or the lower layers of one that was, or a pretrained encoder."""
    if options.large:
        encoder: ShapeEncoder | LargeEncoder = LargeEncoder.pretrained(options.large)
    else:
        encoder = ShapeEncoder.pretrained(options.layers, source=options.pretrained)
    model = ClaimsModel(encoder)
    if options.start:
        _load(model, options.start)
    return model


def _load(model: ClaimsModel, path: Path) -> None:
    """Weights for all of the model's layers, from float32 weights or from a model.onnx as it ships."""
    left = shipped_weights(path) if path.suffix == ".onnx" else torch.load(path)
    model.load_state_dict({name: left[name] for name in model.state_dict()})


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--output", type=Path, default=Path("services/claims/model"))
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--seeds", type=int, nargs="+", default=[7, 8])
    parser.add_argument("--pretrained", type=Path, help="ONNX file of a BERT to start from; else MiniLM-L6")
    parser.add_argument("--layers", type=int, nargs="+", default=list(range(6)), help="layers kept of it, from 0")
    parser.add_argument("--large", type=Path, help="train a teacher: folder of all-mpnet-base-v2")
    parser.add_argument("--teacher", type=Path, help="weights of a teacher whose outputs are learnt as well")
    parser.add_argument("--teacher-large", type=Path, help="folder of all-mpnet-base-v2: the teacher is of its shape")
    parser.add_argument(
        "--start",
        type=Path,
        help="go on from these weights, float32 or a model.onnx: all their layers, or the lower ones",
    )
    parser.add_argument("--debates", type=float, default=1.0, help="share of ClaimBuster seen in an epoch, drawn anew")
    parser.add_argument("--weights", type=Path, help="keep each seed's float32 weights in this folder")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--version", default="1")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    news, debates = annotated(options.shared), claimbuster(options.shared)
    own = with_context([s for s in news if s.part == "train" and s.source == "documents"] + articles())
    own += [s for s in news if s.part == "train" and s.source != "documents"]
    own += labelled(options.shared) + web(options.shared) + EXTRA * extra() + written()
    teacher = None
    if options.teacher:
        empty = LargeEncoder.empty(options.teacher_large) if options.teacher_large else ShapeEncoder(LAYERS)
        teacher = ClaimsModel(empty).eval()
        _load(teacher, options.teacher)
    models = []
    for seed in options.seeds:
        torch.manual_seed(0)  # the same start for all: only then can their weights be averaged
        model = _model(options)
        models.append(train(own, [s for s in debates if s.part == "train"], model, options, seed, teacher))
        if options.weights:
            torch.save(models[-1].state_dict(), options.weights / f"{seed}.pt")
    if options.large:
        return  # a teacher is too large for the service
    model = soup(models)
    settings = calibrated(model, [s for s in news if s.part == "dev"], [s for s in debates if s.part == "dev"])
    description = {
        "name": MODEL,
        "version": options.version,
        "languages": ["en"],
        "max_pieces": 128,
        "labels": {name: list(labels) for name, labels in LABELS.items()},
        "settings": settings,
    }
    print(export(model, options.output, OUTPUTS, description))


if __name__ == "__main__":
    main()

"""Train the entity tagger and export it.

    python -m training.entities.train --data SHARED/data/ner --out services/entities/model

Run in the training environment (training/README.md). Prints a line every hundred steps.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from services.text.encoder import CAPITALISED, LOWER, MIXED, UPPER, Encoding, Window, collate
from training.encoder import BFLOAT16, ShapeEncoder, export, pretrained_directory
from training.entities.data import ANY, LABELS, Corpus, Sentence, allowed, corpus
from training.entities.model import Tagger

_words = str.split

MAX_PIECES = 128
CASED = (LOWER, CAPITALISED, UPPER, MIXED)


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A window and, for each piece, the allowed labels as a 0/1 row (all ones where nothing is to be learnt)."""

    window: Window
    allowed: np.ndarray[Any, np.dtype[np.bool_]]


def examples(encoding: Encoding, sentences: Sequence[Sentence]) -> list[Example]:
    """One or more windows a sentence; continuation pieces and context learn nothing."""
    index = {label: number for number, label in enumerate(LABELS)}
    found = []
    for sentence in sentences:
        for window in encoding.windows(sentence.text, [(0, len(sentence.text))]):
            words = _words(window)
            rows = np.ones((len(window), len(LABELS)), dtype=bool)
            for piece, tags in zip(words, allowed(sentence, [words[piece] for piece in words]), strict=True):
                if tags != ANY:
                    rows[piece] = False
                    rows[piece, [index[tag] for tag in tags]] = True
            found.append(Example(window, rows))
    return found


def _words(window: Window) -> dict[int, tuple[int, int]]:
    """First piece of each word to the word's span."""
    words: dict[int, tuple[int, int]] = {}
    first: dict[int, int] = {}
    for piece, (word, (start, end)) in enumerate(zip(window.words, window.offsets, strict=True)):
        if word < 0:
            continue
        head = first.setdefault(int(word), piece)
        words[head] = (words[head][0] if head in words else int(start), int(end))
    return words


def batches(lengths: Sequence[int], pieces: int, shuffle: random.Random) -> Iterator[list[int]]:
    """Indices in batches of like length and about `pieces` pieces, in random order."""
    order = sorted(range(len(lengths)), key=lambda index: lengths[index] + shuffle.random() * 3)
    groups: list[list[int]] = [[]]
    for index in order:
        if (len(groups[-1]) + 1) * lengths[index] > pieces:
            groups.append([])
        groups[-1].append(index)
    shuffle.shuffle(groups)
    yield from groups


def recased(window: Window, chance: random.Random) -> Window:
    """Now and then a sentence loses its capitals or shouts: scraped and translated news does both."""
    draw = chance.random()
    if draw >= 0.09:
        return window
    target = LOWER if draw < 0.05 else UPPER if draw < 0.075 else CAPITALISED
    shapes = np.where(np.isin(window.shapes, CASED), target, window.shapes)
    return Window(window.sentence, window.ids, shapes, window.offsets, window.words, window.context)


def loss_of(logits: Tensor, rows: Tensor) -> Tensor:
    """Mean over taught pieces of -log P(allowed labels): ordinary cross-entropy where one label is allowed."""
    logits = logits.float()
    kept = torch.logsumexp(logits.masked_fill(~rows, float("-inf")), dim=-1)
    taught = ~rows.all(dim=-1)
    losses: Tensor = (torch.logsumexp(logits, dim=-1) - kept)[taught]
    return losses.mean()


def distance(logits: Tensor, taught: Tensor, heads: Tensor) -> Tensor:
    """Mean over the words' first pieces of the Kullback-Leibler divergence from the teacher's tags (Hinton et al. 2015)."""
    target = torch.log_softmax(taught.float()[heads], dim=-1)
    found = torch.log_softmax(logits.float()[heads], dim=-1)
    return torch.nn.functional.kl_div(found, target, reduction="batchmean", log_target=True)


def train(model: Tagger, data: Sequence[Example], arguments: argparse.Namespace, teacher: Tagger | None = None) -> None:
    """AdamW, linear warm-up and decay, bfloat16 matrix products where the machine has them."""
    chance = random.Random(arguments.seed)
    lengths = [len(example.window) for example in data]
    optimiser = torch.optim.AdamW(model.parameters(), lr=arguments.rate, weight_decay=0.01, fused=True)
    per_epoch = sum(1 for _ in batches(lengths, arguments.pieces, random.Random(0)))
    total = max(1, int(per_epoch * arguments.epochs))
    warm = max(1, total // 20)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, max(0.0, (total - step) / max(1, total - warm)))
    )
    step, started, recent = 0, time.monotonic(), 0.0
    model.train()
    while step < total:
        for batch in batches(lengths, arguments.pieces, chance):
            loss = _step(model, [data[index] for index in batch], chance, arguments.bfloat16, teacher)
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            schedule.step()
            step, recent = step + 1, 0.98 * recent + 0.02 * loss
            if step % 100 == 0:
                seconds = time.monotonic() - started
                shown = recent / (1 - 0.98**step)
                print(f"step {step}/{total} loss {shown:.4f} {seconds:.0f} s", flush=True)
            if step == total:
                break


def _step(
    model: Tagger, batch: Sequence[Example], chance: random.Random, bfloat16: bool, teacher: Tagger | None
) -> float:
    inputs = {
        name: torch.from_numpy(array) for name, array in collate([recased(e.window, chance) for e in batch]).items()
    }
    rows = torch.ones((*inputs["input_ids"].shape, len(LABELS)), dtype=torch.bool)
    for place, example in enumerate(batch):
        rows[place, : len(example.window)] = torch.from_numpy(example.allowed)
    with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
        logits = model(**inputs)
        with torch.no_grad():
            taught = teacher(**inputs) if teacher else None
    loss = loss_of(logits, rows)
    if taught is not None:
        loss = loss + distance(logits, taught, _heads([example.window for example in batch], rows.shape[1]))
    loss.backward()  # type: ignore[no-untyped-call]
    return float(loss.detach())


def _heads(windows: Sequence[Window], pieces: int) -> Tensor:
    """Which pieces begin a word, batch x pieces."""
    heads = torch.zeros((len(windows), pieces), dtype=torch.bool)
    for place, window in enumerate(windows):
        words = window.words
        heads[place, : len(words)] = torch.from_numpy((words >= 0) & (np.diff(words, prepend=-2) != 0))
    return heads


def add_course(parser: argparse.ArgumentParser, name: str) -> None:
    """The options that `train` reads, and those of where it reads and writes."""
    parser.add_argument("--data", type=Path, required=True, help="directory of the .iob.gz sets")
    parser.add_argument("--out", type=Path, required=True, help="model directory to write")
    parser.add_argument("--weights", type=Path, help="also keep the float32 weights in this file")
    parser.add_argument("--epochs", type=float, default=3.0)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--pieces", type=int, default=1024, help="pieces a batch, padding included")
    parser.add_argument("--name", default=name)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--version", default="1")
    parser.add_argument("--bfloat16", action=argparse.BooleanOptionalAction, default=BFLOAT16)


def ship(
    model: Tagger, arguments: argparse.Namespace, languages: dict[str, Sequence[str]], tokenizer: Path | None = None
) -> None:
    """Keep the float32 weights where that is asked, and write the model directory; `languages` is what model.json says of them."""
    if arguments.weights:
        torch.save(model.state_dict(), arguments.weights)
    description = {
        "name": arguments.name,
        "version": arguments.version,
        "max_pieces": MAX_PIECES,
        "labels": {"tags": LABELS},
        **languages,
    }
    export(model, arguments.out, {"tags": True}, description, tokenizer=tokenizer)


def main() -> None:
    """Parse arguments, train, export."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_course(parser, "claimstream-entities-en")
    parser.add_argument("--start", type=Path, help="go on from these float32 weights")
    parser.add_argument("--pretrained", type=Path, help="ONNX file of a BERT to start from; else MiniLM-L6")
    parser.add_argument("--layers", type=int, nargs="+", default=list(range(6)), help="layers kept of it, from 0")
    parser.add_argument("--teacher", type=Path, help="float32 weights of a larger tagger whose tags are learnt as well")
    parser.add_argument("--teacher-layers", type=int, default=12)
    parser.add_argument("--quick", action="store_true", help="a fraction of the data, to try the pipeline")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    found: Corpus = corpus(arguments.data, quick=arguments.quick)
    tokenizer = Tokenizer.from_file(str(pretrained_directory() / "tokenizer.json"))
    data = examples(Encoding(tokenizer, MAX_PIECES), found.train)
    print(f"{len(found.train)} sentences, {sum(len(e.window) for e in data)} pieces", flush=True)
    model = Tagger(len(LABELS), ShapeEncoder.pretrained(arguments.layers, source=arguments.pretrained))
    if arguments.start:
        model.load_state_dict(torch.load(arguments.start))
    teacher = None
    if arguments.teacher:
        encoder = ShapeEncoder.pretrained(range(arguments.teacher_layers), source=arguments.pretrained)
        teacher = Tagger(len(LABELS), encoder).eval()
        teacher.load_state_dict(torch.load(arguments.teacher))
    train(model, data, arguments, teacher)
    ship(model, arguments, {"languages": ["en"]})


if __name__ == "__main__":
    main()

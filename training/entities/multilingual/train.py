"""Train the multilingual tagger and export it.

    python -m training.entities.multilingual.train --data SHARED/data/ner --lists MODEL/lists.npz --out MODEL

Run in the training environment (training/README.md). Prints a line every two hundred steps, and F1 by language after
each round.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from services.entities.recognise import decode, spans
from services.entities.words import NameLists, Words, collate, read_words
from services.text.encoder import CAPITALISED, LOWER, MIXED, UPPER, softmax
from training.entities.data import ANY, LABELS, Sentence, allowed
from training.entities.multilingual.data import LANGUAGES, Corpus, corpus
from training.entities.multilingual.model import Tagger, export
from training.entities.train import batches, loss_of

LONGEST = 160  # words; longer sentences are cut for training
CASED = (LOWER, CAPITALISED, UPPER, MIXED)
UNKNOWN = 0.15  # share of sentences whose language is not told: what is left to read languages never learnt


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A sentence as read, the allowed labels of each word, the language's number."""

    words: Words
    allowed: np.ndarray[Any, np.dtype[np.bool_]]
    language: int


def examples(sentences: Sequence[Sentence], language: str, lists: NameLists, limit: int) -> list[Example]:
    """Of `limit` words in all or somewhat more."""
    index = {label: number for number, label in enumerate(LABELS)}
    number, found, total = LANGUAGES.index(language) + 1, [], 0
    for sentence in sentences:
        words = read_words(sentence.text, lists)
        if total > limit:
            break
        if not 0 < len(words) <= LONGEST:
            continue
        rows = np.ones((len(words), len(LABELS)), dtype=bool)
        for place, tags in enumerate(allowed(sentence, [(int(a), int(b)) for a, b in words.spans])):
            if tags != ANY:
                rows[place] = False
                rows[place, [index[tag] for tag in tags]] = True
        found.append(Example(words, rows, number))
        total += len(words)
    return found


def epoch(by_language: dict[str, list[Example]], cap: int, chance: random.Random) -> list[Example]:
    """One round: about `cap` words a language, a small one at most three times over."""
    taken: list[Example] = []
    for found in by_language.values():
        total = sum(len(each.words) for each in found)
        rounds = min(3, max(1, cap // (total or 1)))
        order = [*found]
        chance.shuffle(order)
        count = 0
        for each in order * rounds:
            if count > cap:
                break
            count += len(each.words)
            taken.append(each)
    chance.shuffle(taken)
    return taken


def recased(words: Words, chance: random.Random) -> Words:
    """Now and then a sentence loses its capitals or shouts."""
    draw = chance.random()
    if draw >= 0.06:
        return words
    target = LOWER if draw < 0.03 else UPPER if draw < 0.05 else CAPITALISED
    return replace(words, shapes=np.where(np.isin(words.shapes, CASED), target, words.shapes))


def train(model: Tagger, found: Corpus, arguments: argparse.Namespace, lists: NameLists) -> Tagger:
    """Adam (sparse for the n-grams), warm-up and linear decay; returns the moving average of the weights."""
    by_language = {
        language: examples(sentences, language, lists, arguments.words) for language, sentences in found.train.items()
    }
    for language, kept in by_language.items():
        print(language, len(kept), "sentences", sum(len(each.words) for each in kept), "words", flush=True)
    averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.998))
    dense = [weight for name, weight in model.named_parameters() if not name.startswith("grams")]
    optimisers = [
        torch.optim.AdamW(dense, lr=arguments.rate, weight_decay=0.01),
        torch.optim.SparseAdam([model.grams.weight], lr=arguments.rate),
    ]
    chance = random.Random(arguments.seed)
    rounds = [epoch(by_language, arguments.cap, chance) for _ in range(arguments.epochs)]
    plans = [[*batches([len(e.words) for e in part], arguments.batch, chance)] for part in rounds]
    total, step, recent, started = sum(map(len, plans)), 0, 0.0, time.monotonic()
    for number, (part, plan) in enumerate(zip(rounds, plans, strict=True), 1):
        model.train()
        for batch in plan:
            for optimiser in optimisers:
                for group in optimiser.param_groups:
                    group["lr"] = arguments.rate * min((step + 1) / 500, (total - step) / total)
            loss = _step(model, [part[index] for index in batch], chance)
            torch.nn.utils.clip_grad_norm_(dense, 1.0)
            for optimiser in optimisers:
                optimiser.step()
                optimiser.zero_grad(set_to_none=True)
            averaged.update_parameters(model)
            step, recent = step + 1, 0.98 * recent + 0.02 * loss
            if step % 200 == 0:
                print(
                    f"step {step}/{total} loss {recent / (1 - 0.98**step):.4f} {time.monotonic() - started:.0f} s",
                    flush=True,
                )
        if number % arguments.every == 0 or number == arguments.epochs:
            score(averaged.module, found, lists, arguments.sample if number < arguments.epochs else 10**9)
        torch.save(averaged.module.state_dict(), arguments.weights)
    tagger: Tagger = averaged.module
    return tagger


def _step(model: Tagger, batch: list[Example], chance: random.Random) -> float:
    batch = sorted(batch, key=lambda each: -len(each.words))
    languages = [0 if chance.random() < UNKNOWN else each.language for each in batch]
    inputs = collate([recased(each.words, chance) for each in batch], languages)
    rows = torch.ones((*inputs["words"].shape, len(LABELS)), dtype=torch.bool)
    for place, each in enumerate(batch):
        rows[place, : len(each.words)] = torch.from_numpy(each.allowed)
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(**{name: torch.from_numpy(array) for name, array in inputs.items()})
    loss = loss_of(logits, rows)
    loss.backward()  # type: ignore[no-untyped-call]
    return float(loss.detach())


def score(model: Tagger, found: Corpus, lists: NameLists, limit: int) -> None:
    """Print exact-span F1 of each held-out set's first `limit` sentences."""
    model.eval()
    kinds = ("person", "organisation", "place")
    results = defaultdict(list)
    for name, (language, sentences) in found.held_out.items():
        right = found_count = gold_count = 0
        number = LANGUAGES.index(language) + 1
        for sentence in sentences[:limit]:
            words = read_words(sentence.text, lists)
            gold = sentence.gold(kinds)
            unclear = [(start, end) for start, end, kind in sentence.spans if kind not in kinds]
            kept: set[tuple[int, int, str]] = set()
            if len(words):
                inputs = {key: torch.from_numpy(array) for key, array in collate([words], [number]).items()}
                with torch.no_grad():
                    probabilities = softmax(model(**inputs)[0].numpy())
                for first, after, kind, _ in spans(decode(probabilities, LABELS), probabilities, LABELS):
                    span = (int(words.spans[first, 0]), int(words.spans[after - 1, 1]), kind)
                    if kind in kinds and not any(s < span[1] and span[0] < e for s, e in unclear):
                        kept.add(span)
            right, found_count, gold_count = right + len(kept & gold), found_count + len(kept), gold_count + len(gold)
        results[language].append(200 * right / max(1, found_count + gold_count))
        print(f"  {name:32} F1 {results[language][-1]:.1f} n={gold_count}", flush=True)


def main() -> None:
    """Parse arguments, train, export."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="directory of the .iob.gz sets")
    parser.add_argument("--lists", type=Path, required=True, help="lists.npz (training.entities.multilingual.lists)")
    parser.add_argument("--out", type=Path, required=True, help="model directory to write")
    parser.add_argument("--weights", type=Path, required=True, help="float32 weights, after each round")
    parser.add_argument("--start", type=Path, help="go on from these float32 weights")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--cap", type=int, default=70_000, help="words a language and round")
    parser.add_argument("--words", type=int, default=300_000, help="words a language at most, in all")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--batch", type=int, default=1500, help="words a batch, padding included")
    parser.add_argument("--every", type=int, default=2, help="rounds between scores")
    parser.add_argument("--sample", type=int, default=300, help="sentences of each set scored on the way")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--version", default="1")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    lists = NameLists.load(arguments.lists)
    model = Tagger(len(LABELS), len(LANGUAGES))
    if arguments.start:
        model.load_state_dict(torch.load(arguments.start))
    model = train(model, corpus(arguments.data), arguments, lists)
    description = {
        "name": "claimstream-entities-multilingual",
        "version": arguments.version,
        "labels": {"tags": LABELS},
        "max_pieces": LONGEST,
        "learnt": LANGUAGES,
        "languages": [],  # served: those whose scores allow it (evaluate.py)
    }
    export(model, arguments.out, arguments.lists, description)


if __name__ == "__main__":
    main()

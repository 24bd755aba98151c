"""Trains the n-gram language classifier: a softmax over the mean of hashed n-grams' weights (fastText without the hidden layer).

python -m training.language.train --data SHARED/data/langid/lingua-sentences.tar.gz --out services/language/model
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from pathlib import Path

import numpy as np
import torch

from services.language.ngrams import BUCKET_BITS, buckets
from training.language.data import Example, split, with_serbian_in_latin


class Classifier(torch.nn.Module):
    """As `services.language.ngrams.NgramClassifier`, to be learnt."""

    def __init__(self, languages: int):
        super().__init__()
        self.weights = torch.nn.EmbeddingBag(2**BUCKET_BITS, languages, mode="mean", sparse=True)
        torch.nn.init.zeros_(self.weights.weight)
        self.bias = torch.nn.Parameter(torch.zeros(languages))
        self.sharpness = torch.nn.Parameter(torch.tensor([1.0, 0.5]))

    def forward(self, grams: torch.Tensor, offsets: torch.Tensor, counts: torch.Tensor) -> torch.Tensor:
        a, b = self.sharpness
        return (self.weights(grams, offsets) + self.bias) * (a + b * counts.log()).unsqueeze(1)


def vary(example: Example, chosen: random.Random) -> Example:
    """The sentence, or a part of it: what is short must be learnt as well, and less surely."""
    words = example.text.split()
    if chosen.random() < 0.5 or len(words) < 2:
        return example
    count = min(len(words), chosen.choice((1, 2, 3, 5, 8)))
    start = chosen.randrange(len(words) - count + 1)
    return Example(" ".join(words[start : start + count]), example.language)


def batch(examples: list[Example], index: dict[str, int]) -> tuple[torch.Tensor, ...]:
    found = [buckets(example.text) for example in examples]
    counts = torch.tensor([len(grams) for grams in found])
    offsets = torch.cat([torch.zeros(1, dtype=torch.long), counts.cumsum(0)[:-1]])
    labels = torch.tensor([index[example.language] for example in examples])
    return torch.from_numpy(np.concatenate(found)), offsets, counts.float(), labels


def train(examples: list[Example], index: dict[str, int], epochs: int, rate: float, seed: int = 1) -> Classifier:
    torch.manual_seed(seed)
    chosen = random.Random(seed)
    model = Classifier(len(index))
    sparse = torch.optim.SparseAdam(model.weights.parameters(), lr=rate)
    dense = torch.optim.Adam([model.bias, model.sharpness], lr=0.01)
    for epoch in range(epochs):
        chosen.shuffle(examples)
        total = 0.0
        for group in sparse.param_groups:
            group["lr"] = rate * (1 - epoch / epochs)
        for start in range(0, len(examples), 128):
            *inputs, labels = batch([vary(each, chosen) for each in examples[start : start + 128]], index)
            loss = torch.nn.functional.cross_entropy(model(*inputs), labels)
            sparse.zero_grad()
            dense.zero_grad()
            loss.backward()
            sparse.step()
            dense.step()
            total += loss.item() * len(labels)
        print(f"epoch {epoch + 1}: loss {total / len(examples):.3f}", flush=True)
    return model


def save(model: Classifier, languages: list[str], out: Path) -> None:
    weights = model.weights.weight.detach().numpy()
    scale = np.abs(weights).max(axis=0) / 127
    out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        out / "ngrams.npz",
        weights=np.round(weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=model.bias.detach().numpy(),
    )
    card = {
        "name": "claimstream-language-ngrams",
        "version": "1.0",
        "sha256": hashlib.sha256((out / "ngrams.npz").read_bytes()).hexdigest(),
        "languages": languages,
        "sharpness": [round(value, 5) for value in model.sharpness.tolist()],
    }
    (out / "model.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rate", type=float, default=0.02)
    args = parser.parse_args()
    examples, tune, _ = split(args.data)
    languages = sorted({example.language for example in examples})
    index = {language: number for number, language in enumerate(languages)}
    model = train(with_serbian_in_latin(examples), index, args.epochs, args.rate)
    with torch.no_grad():
        *inputs, labels = batch(tune, index)
        print("tune accuracy", (model(*inputs).argmax(1) == labels).float().mean().item())
    save(model, languages, args.out)


if __name__ == "__main__":
    main()

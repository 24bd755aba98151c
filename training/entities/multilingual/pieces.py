"""Train the tagger of the languages in which claims are read, on an encoder of word pieces, and export it.

    python -m training.entities.multilingual.pieces --data SHARED/data/ner --pretrained start --start CLAIMS/model.onnx --out MODEL

`start` is what `training.multilingual_e5` wrote, CLAIMS the claims model of other languages, whose six layers know their news.
Run in the training environment (training/README.md). Prints a line every hundred steps.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import torch
from tokenizers import Tokenizer

from services.claims.cues import languages
from services.text.encoder import Encoding
from training.claims.languages.train import started
from training.encoder import LAYERS
from training.entities import data as english
from training.entities.data import LABELS, Sentence
from training.entities.model import Tagger
from training.entities.multilingual.data import corpus
from training.entities.train import MAX_PIECES, add_course, examples, ship, train

WORDS = {
    "ar": 130_000, "de": 100_000, "en": 130_000, "es": 80_000, "fr": 40_000, "it": 80_000, "pt": 130_000, "ru": 150_000,
    "uk": 40_000, "ro": 70_000, "hr": 40_000, "sr": 30_000, "nb": 40_000, "da": 30_000, "sv": 30_000, "pl": 15_000,
}  # fmt: skip
"""Words an epoch. What the last seven teach carries over to languages that have little of their own."""
ROUNDS = 4  # times that a sentence is seen in an epoch, at most


def drawn(sentences: list[Sentence], words: int, chance: random.Random) -> list[Sentence]:
    """Sentences of about so many words in all, none more than ROUNDS times."""
    found: list[Sentence] = []
    left = words
    for _ in range(ROUNDS):
        for sentence in chance.sample(sentences, len(sentences)):
            if left <= 0:
                return found
            found.append(sentence)
            left -= sentence.text.count(" ") + 1
    return found


def lessons(directory: Path, epochs: int, seed: int) -> list[Sentence]:
    """The sentences of all epochs."""
    chance, train_by_language = random.Random(seed), corpus(directory).train
    train_by_language["en"] = english.corpus(directory).train
    return [
        sentence
        for _ in range(epochs)
        for language, words in WORDS.items()
        for sentence in drawn(train_by_language[language], words, chance)
    ]


def main() -> None:
    """Parse arguments, train, export."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_course(parser, name="claimstream-entities-languages")
    parser.add_argument("--pretrained", type=Path, required=True, help="folder that training.multilingual_e5 wrote")
    parser.add_argument("--start", type=Path, required=True, help="model.onnx of the claims model of other languages")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    tokenizer = arguments.pretrained / "tokenizer.json"
    sentences = lessons(arguments.data, round(arguments.epochs), arguments.seed)
    data = examples(Encoding(Tokenizer.from_file(str(tokenizer)), MAX_PIECES), sentences)
    print(f"{len(sentences)} sentences, {sum(len(each.window) for each in data)} pieces", flush=True)
    model = Tagger(len(LABELS), started(arguments.pretrained, range(LAYERS), arguments.start).encoder)
    arguments.epochs = 1  # those drawn are in the data
    train(model, data, arguments)
    # Served are those whose scores allow it (evaluate.py).
    ship(model, arguments, {"learnt": languages(), "languages": []}, tokenizer)


if __name__ == "__main__":
    main()

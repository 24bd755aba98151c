"""The sentences of lingua (75 languages, 1,000 each, Apache-2.0), split once and for all by their place in the file."""

from __future__ import annotations

import random
import tarfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Example:
    """A text and its language (ISO 639-1)."""

    text: str
    language: str


def split(archive: Path) -> tuple[list[Example], list[Example], list[Example]]:
    """Train, tune and held-out: in each language, of every ten sentences the last is held out, the one before tunes."""
    train: list[Example] = []
    tune: list[Example] = []
    held_out: list[Example] = []
    with tarfile.open(archive) as tar:
        for member in sorted(tar.getmembers(), key=lambda each: each.name):
            file = tar.extractfile(member)
            if file is None:
                continue
            lines = list(dict.fromkeys(filter(None, map(str.strip, file.read().decode().splitlines()))))
            for number, line in enumerate(lines):
                part = held_out if number % 10 == 9 else tune if number % 10 == 8 else train
                part.append(Example(line, Path(member.name).stem))
    return train, tune, held_out


_SERBIAN_CYRILLIC = "абвгдђежзијклљмнњопрстћуфхцчџш"
_SERBIAN_LATIN = "a b v g d đ e ž z i j k l lj m n nj o p r s t ć u f h c č dž š"
_SERBIAN = dict(zip(_SERBIAN_CYRILLIC, _SERBIAN_LATIN.split(), strict=True))
_TO_LATIN = str.maketrans(_SERBIAN | {letter.upper(): latin.capitalize() for letter, latin in _SERBIAN.items()})


def with_serbian_in_latin(examples: list[Example]) -> list[Example]:
    """Every Serbian sentence a second time in Latin script, which half of the Serbian press writes; the set has none."""
    return examples + [Example(each.text.translate(_TO_LATIN), "sr") for each in examples if each.language == "sr"]


def words(examples: list[Example], each: int, seed: int = 0, shortest: int = 6) -> list[Example]:
    """Up to `each` single words a language, of `shortest` or more letters, drawn from the sentences."""
    chosen = random.Random(seed)
    by_language: dict[str, set[str]] = {}
    for example in examples:
        found = by_language.setdefault(example.language, set())
        found.update(word for word in example.text.split() if word.isalpha() and len(word) >= shortest)
    return [
        Example(word, language)
        for language, found in sorted(by_language.items())
        for word in chosen.sample(sorted(found), min(each, len(found)))
    ]

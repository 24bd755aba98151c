"""Labels of this project on sentences of the shared entity sets: more news to learn claims from.

`labels/LANGUAGE.tsv` holds labels only, under the guidelines of the shared annotations: the first 16 hexadecimal digits of
the text's SHA-256, types, check-worthiness, mode, hedged, and where speaker and target are named (code points). The texts
stay where they are; a sentence is found there again by its hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from training.claims.data import Sentence
from training.entities.data import blocks, detokenise

HERE = Path(__file__).parent / "labels"
SETS = {
    "en": "gmb-partial.en.all", "ru": "factrueval.ru.devset", "ar": "newsfane-gold.ar.all", "pt": "uner-bosque.pt.train",
    "de": "germeval14.de.dev",
}  # fmt: skip


def digest(text: str) -> str:
    """The key of a sentence in the tables."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def texts(shared: Path, language: str) -> Iterator[str]:
    """The sentences of a language's set as raw text, in order."""
    for tokens, _ in blocks(shared / f"data/ner/{SETS[language]}.iob.gz"):
        yield detokenise(tokens)[0]


def labelled(shared: Path, language: str = "en") -> list[Sentence]:
    """The labelled sentences of a language, each a document of its own; none where there is no table.

    English ones are for training. The others are all held out as a test: the linear model gained nothing from them.
    """
    source = "label" if language == "en" else "label, held out"
    path = HERE / f"{language}.tsv"
    if not path.exists():
        return []
    rows = dict(line.split("\t", 1) for line in path.read_text(encoding="utf-8").splitlines())
    found = []
    for text in texts(shared, language):
        key = digest(text)
        if row := rows.pop(key, None):
            found.append(_sentence(key, text, row, source))
    return found


def _sentence(key: str, text: str, row: str, source: str) -> Sentence:
    types, worth, mode, hedged, speaker, target = row.split("\t")
    words = [text[slice(*map(int, span.split("-")))] if span else "" for span in (speaker, target)]
    return Sentence(
        f"label/{key}", 0, text, tuple(types.split(",")), mode, worth == "2", hedged == "1", words[0], *words, source=source
    )  # fmt: skip

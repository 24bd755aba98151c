"""The gold set for linking and merging: stand-off annotations (GUIDELINES.md), and the texts that they point into."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from schemas.entities import EntityType

FOLDER = Path(__file__).parent
SAMPLES = "samples/"
"""Files whose name begins so lie in this repository, all others in the shared folder."""


class GoldError(ValueError):
    """An annotation file that cannot be read, or that does not fit the text it points into."""


@dataclass(frozen=True, slots=True)
class GoldMention:
    """A name at `text[start:end]` (code points).

    `accepted`: right Wikidata ids; empty where the annotator knows none. `nil`: surely no item, so any link is wrong.
    `rejected`: ids known to be wrong. `required` False: neither missed nor invented, yet a link there is judged.
    """

    start: int
    end: int
    type: EntityType
    entity: int
    accepted: frozenset[str]
    nil: bool
    rejected: frozenset[str]
    required: bool
    surface: str


@dataclass(frozen=True, slots=True)
class GoldArticle:
    """An article, annotated in `text[:until]`. `seen`: its text was among the training data of the tagger shipped."""

    identity: str
    language: str
    until: int
    seen: bool
    text: str
    mentions: tuple[GoldMention, ...]


def read_gold(split: str, shared: Path, repository: Path) -> list[GoldArticle]:
    """The articles of `dev` or `test`, in the order of the file. Raises GoldError, OSError."""
    texts = _Texts(shared, repository)
    blocks: list[tuple[list[str], list[list[str]]]] = []
    for line in (FOLDER / f"{split}.tsv").read_text(encoding="utf-8").splitlines():
        fields = line.split("\t")
        if line.startswith("@"):
            blocks.append((fields[1:], []))
        elif line and not line.startswith("#"):
            blocks[-1][1].append(fields)
    return [_article(head, rows, texts) for head, rows in blocks]


def _article(head: list[str], rows: Iterable[list[str]], texts: _Texts) -> GoldArticle:
    identity, file, digest, language, until, seen = head
    text = texts.find(file, identity)
    if hashlib.sha256(text.encode()).hexdigest() != digest:
        raise GoldError(f"{identity}: the text of {file} is not the one that was annotated")
    mentions = tuple(_mention(row, text, identity) for row in rows)
    for before, after in pairwise(mentions):
        if after.start < before.end:
            raise GoldError(f"{identity}: {before.surface!r} and {after.surface!r} overlap")
    if mentions and mentions[-1].end > int(until):
        raise GoldError(f"{identity}: a mention lies beyond the annotated part")
    return GoldArticle(identity, language, int(until), seen == "seen", text, mentions)


def _mention(row: list[str], text: str, identity: str) -> GoldMention:
    start, end, required, kind, entity, link, surface, *rejected = row
    if text[int(start) : int(end)] != surface:
        raise GoldError(f"{identity}: {surface!r} is not at {start}-{end}")
    return GoldMention(
        start=int(start),
        end=int(end),
        type=EntityType(kind),
        entity=int(entity),
        accepted=frozenset(link.split(",")) if link.startswith("Q") else frozenset(),
        nil=link == "NIL",
        rejected=frozenset(rejected[0].removeprefix("not ").split(",")) if rejected else frozenset(),
        required=required == "+",
        surface=surface,
    )


class _Texts:
    """Texts by file and article."""

    def __init__(self, shared: Path, repository: Path) -> None:
        self._shared = shared
        self._repository = repository
        self._collections: dict[str, dict[str, str]] = {}

    def find(self, file: str, identity: str) -> str:
        path = (self._repository if file.startswith(SAMPLES) else self._shared) / file
        if file.endswith(".jsonl.gz"):
            if file not in self._collections:
                self._collections[file] = _collection(path)
            return self._collections[file][identity]
        text = path.read_bytes().decode()
        return str(json.loads(text)["text"]) if file.endswith(".json") else text


def _collection(path: Path) -> dict[str, str]:
    """Texts by identity: whole articles, or documents given sentence by sentence, joined by spaces."""
    texts: dict[str, str] = {}
    sentences: dict[str, list[tuple[int, str]]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if "article_id" in row:
                texts[row["article_id"]] = row["text"]
            else:
                sentences.setdefault(row["document"], []).append((row["sentence"], row["text"]))
    return texts | {name: " ".join(text for _, text in sorted(rows)) for name, rows in sentences.items()}

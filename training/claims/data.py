"""Training material for the claims model: sentences with labels, split by document.

Reads the shared folder's `data/claims` (see README.md for sources and licences); nothing of it is kept here.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

TYPES = (
    "quantity", "causation", "rule", "prediction", "event", "accusation", "position", "personal_experience",
    "other_claim", "not_claim",
)  # fmt: skip
MODES = ("author", "direct", "indirect", "unknown")
ROLES = ("none", "speaker", "target")

Part = Literal["train", "dev", "test"]
EXPERTS = "claimbuster, experts"
EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
"""When evaluation says that it has read."""

# ClaimBuster: whole debates held out, the latest ones among them (percent of debates by hash).
_SHARES = {
    "documents": (18, 18),
    "voa": (10, 10),
    "claimbuster": (12, 15),
    EXPERTS: (12, 15),
    "label": (0, 0),
    "label, news": (0, 15),
    "label, held out": (100, 0),
}
_ENDS = re.compile(r"[.!?…]['\"”’)\]]*$")
_MARKS = re.compile(r"[\"“”„«»]|``|''")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A labelled sentence. None means not annotated (ClaimBuster) or not to be told from the sentence alone.

    `target_text` are the words of the sentence that stand for the target where that is known; `before` is the document's text
    before it.
    """

    document: str
    number: int
    text: str
    types: tuple[str, ...] | None
    mode: str | None
    worthy: bool | None
    hedged: bool | None
    speaker: str = ""
    speaker_text: str = ""
    target: str = ""
    target_text: str = ""
    before: str = ""
    source: str = ""

    @property
    def part(self) -> Part:
        """Which part its document belongs to: fixed by a hash of the document's name."""
        return part_of(self.document, self.source)


def part_of(document: str, source: str) -> Part:
    """Train, dev or test. Depends on nothing but the names, so adding data never moves a document."""
    place = int(hashlib.sha256(f"claims {document}".encode()).hexdigest(), 16) % 100
    test, dev = _SHARES[source]
    return "test" if place < test else "dev" if place < test + dev else "train"


def annotated(shared: Path, language: str = "en") -> list[Sentence]:
    """The project's own annotations, in document order."""
    with gzip.open(shared / "data/claims/annotated.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        _sentence(row, "voa" if row["document"].startswith("voa/") else "documents")
        for row in rows
        if row["language"] == language and re.search(r"\w", row["text"])
    ]


def written() -> list[Sentence]:
    """Sentences written and labelled for this project under the same guidelines (`written.jsonl`), for training only."""
    lines = (Path(__file__).parent / "written.jsonl").read_text(encoding="utf-8").splitlines()
    return [_sentence(json.loads(line), "written") for line in lines]


def articles(path: Path = Path(__file__).parent / "articles.tsv") -> list[Sentence]:
    """Articles written and labelled for this project, for training only."""
    found: list[Sentence] = []
    document, number = "", 0
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            document, number = f"article/{path.stem}/{line[2:]}", 0
        elif line:
            types, worth, mode, hedged, speaker, speaker_text, target, target_text, text = line.split("\t")
            found.append(
                Sentence(
                    document, number, text, tuple(types.split(",")), mode, worth == "2", hedged == "1",
                    speaker, speaker_text, target, target_text, source="article",
                )
            )  # fmt: skip
            number += 1
    return found


def _sentence(row: dict[str, Any], source: str) -> Sentence:
    return Sentence(
        document=row["document"] or row["id"],
        number=int(row["sentence"]),
        text=row["text"],
        types=tuple(row["types"]),
        mode=row["mode"],
        worthy=row["check_worthiness"] == 2,
        hedged=bool(row["hedged"]),
        speaker=row["speaker"],
        speaker_text=row["speaker_text"],
        target=row["target"],
        source=source,
    )


def extra() -> list[Sentence]:
    """Sentences written for this project (`extra.tsv`), for training only."""
    sentences = []
    lines = (Path(__file__).parent / "extra.tsv").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(line for line in lines if not line.startswith("#")):
        types, worth, mode, speaker, target, hedged, text = (field.strip() for field in line.split("\t"))
        labels = tuple(types.split(","))
        row = Sentence(
            "extra", number, text, labels, mode, worth == "2", hedged == "1", speaker, speaker, target, source="extra"
        )
        sentences.append(row)
    return sentences


def claimbuster(shared: Path) -> list[Sentence]:
    """Sentences of US presidential debates: only `worthy` is annotated, by the crowd or by experts. A document is a debate."""
    sentences = []
    for name, source in (("crowdsourced", "claimbuster"), ("groundtruth", EXPERTS)):
        with gzip.open(shared / f"data/claims/claimbuster-{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                number, worthy = int(row["Sentence_id"]), int(row["Verdict"]) == 1
                text, debate = row["Text"].strip(), row["File_id"]
                if re.search(r"\w", text):
                    sentences.append(Sentence(debate, number, text, None, None, worthy, None, source=source))
    return sentences


def documents(sentences: Iterable[Sentence]) -> dict[str, list[Sentence]]:
    """Sentences by document, in order."""
    grouped: dict[str, list[Sentence]] = {}
    for sentence in sentences:
        grouped.setdefault(sentence.document, []).append(sentence)
    return {name: sorted(group, key=lambda sentence: sentence.number) for name, group in grouped.items()}


def text_of(sentences: Sequence[Sentence]) -> tuple[str, list[tuple[int, int]]]:
    """A document as raw text, headings on lines of their own, and the place of each annotated sentence in it."""
    text, places = "", []
    for sentence in sentences:
        if text:
            text += " " if _ENDS.search(text) else "\n\n"
        places.append((len(text), len(text) + len(sentence.text)))
        text += sentence.text
    return text, places


def lines_of(sentences: Iterable[Sentence]) -> tuple[str, list[tuple[int, int]]]:
    """Sentences that have nothing to do with each other, a line each, and the place of each in the text."""
    text, places = "", []
    for sentence in sentences:
        places.append((len(text), len(text) + len(sentence.text)))
        text += sentence.text + "\n"
    return text, places


def with_context(sentences: Iterable[Sentence]) -> list[Sentence]:
    """The sentences, each with the text before it in its document."""
    found = []
    for group in documents(sentences).values():
        text, places = text_of(group)
        found += [replace(each, before=text[:start]) for each, (start, _) in zip(group, places, strict=True)]
    return found


def readable_alone(sentence: Sentence) -> Sentence:
    """Without the mode where only the sentences around it tell: the middle of a quotation has no marks."""
    if sentence.mode == "direct" and not sentence.speaker_text and not _MARKS.search(sentence.text):
        return replace(sentence, mode=None)
    return sentence


def role_spans(sentence: Sentence) -> dict[str, tuple[int, int] | None]:
    """Where speaker and target are named in the sentence; None where the annotated name is not found as such.

    A role that nobody fills is absent from the result.
    """
    spans: dict[str, tuple[int, int] | None] = {}
    for role, name in (("speaker", sentence.speaker_text), ("target", sentence.target_text or sentence.target)):
        if name:
            spans[role] = next(places_of(name, sentence.text), None)
    return spans


def places_of(name: str, text: str) -> Iterator[tuple[int, int]]:
    """Where the name stands in the text, whatever its capitals and without its article."""
    bare = re.sub(r"^(?:the|a|an)\s+", "", name, flags=re.IGNORECASE)
    for match in re.finditer(rf"(?<!\w){re.escape(bare)}(?!\w)", text, re.IGNORECASE):
        yield match.span()


# Quotation marks of other houses: the training texts are nearly all in straight ones.
_STYLES = (("“", "”"), ("“", "”"), ("«", "»"), ("„", "“"), ("”", "”"), ("``", "''"))


# Ways of quoting, written for this project: {S} is the sentence, {N} who says it. A quotation keeps its sentence's types.
_QUOTING = (
    "“{S},” {N} said.", "“{S},” said {N}.", "“{S},” {N} said in a statement.", "{N} said: “{S}.”", "{N} added: “{S}”.",
    "{N} told reporters: “{S}.”", "“{S},” {N} stressed on Tuesday.", "“{S}”, {N} declared.", "“{S}, ”{N} said.",
    "According to {N}, “{S}.”", "In this regard, {N} noted, “{S}.”", "“{S},” {N} warned.", "«{S}», {N} said.",
    "“{S},” {N} wrote.", "“{S},” {N} told the agency.", "{N} insisted that “{S}”.",
)  # fmt: skip
_SPEAKERS = (
    "he", "she", "he", "she", "Foreign Minister Anton Berisha", "Prime Minister Lucía Ferreyra", "spokeswoman Maryam Nazari",
    "Kovalenko", "General Thomas Adeyemi", "the ministry", "the spokesman", "Senator Whitfield", "Ambassador Li Wenhua",
    "Chancellor Greta Lindqvist", "opposition leader Juan Pablo Ortega", "the report", "Defence Secretary Owen Clarke",
    "Ivanova", "Haddad", "the head of the mission, Pierre Lacroix,", "a government official", "President Tamar Beridze",
    "Russian presidential aide Gleb Sorokin", "US envoy Daniel Brooks", "Mr. Yilmaz", "EU commissioner Eva Novotná",
)  # fmt: skip


def quoted(sentence: Sentence, chance: random.Random) -> Sentence:
    """The sentence as someone's quotation: what it claims stays, whose it is changes."""
    bare = sentence.text.rstrip(".").rstrip()
    before, after = chance.choice(_QUOTING).split("{S}")
    speaker = chance.choice(_SPEAKERS)
    if before.startswith("{N}"):
        speaker = speaker[0].upper() + speaker[1:]
    text = before.replace("{N}", speaker) + bare + after.replace("{N}", speaker)
    name = speaker.rstrip(",")
    return replace(sentence, text=text, mode="direct", speaker=name, speaker_text=name)


def restyled(text: str, chance: random.Random) -> str:
    """`text` with its straight double quotation marks in another style; as it is half of the time."""
    if '"' not in text or chance.random() < 0.5:
        return text
    opening, closing = chance.choice(_STYLES)
    pieces = text.split('"')
    marks = [opening if place % 2 == 0 else closing for place in range(len(pieces) - 1)]
    return "".join(piece + mark for piece, mark in zip(pieces, [*marks, ""], strict=True))

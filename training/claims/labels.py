"""Labels of this project on sentences of the shared sets: more news to learn claims from, and tests in other languages.

The tables in `labels/` hold labels only, under the guidelines of the shared annotations: the first 16 hexadecimal digits of
the text's SHA-256, types, check-worthiness (`-`: not used, its readers were stricter than the others), mode, hedged, and
where speaker and target are named (code points). The texts stay where they are; a sentence is found there again by its
hash. In `web.tsv` and those of Wikinews (`*-wikinews.tsv`, `fr-news.tsv`) a line `# NAME` begins a document, and the names of
speaker and target, from anywhere in it, end a line.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

from services.text.sentences import split
from training.claims.data import Sentence, annotated, claimbuster, with_context
from training.entities.data import blocks, detection_texts, detokenise, digest

HERE = Path(__file__).parent / "labels"
SETS = {
    "en": "gmb-partial.en.all", "ru": "factrueval.ru.devset", "ar": "newsfane-gold.ar.all", "pt": "uner-bosque.pt.train",
    "de": "germeval14.de.dev",
}  # fmt: skip
"""The entity set that the English sentences, and the test ones of other languages, are from."""
WEB = ("uner-ewt.en.train", "gum-news.en.train", "gum-other.en.train")
TWEETS = ("btc-", "wnut17")  # English; left out of training, since there is other text enough
PROTESTS = ("train_subtask1.csv", "dev_subtask1.csv")
"""News of protests and violence: the Causal News Corpus (Tan et al. 2022), whose own labels are not used."""
# The Portuguese set has its contractions taken apart: "de o", "em aquela".
_APART = re.compile(
    r"\b(de|em|por|a) (o|a|os|as|est[ea]s?|ess[ea]s?|aquel[ea]s?|isto|isso|aquilo|el[ea]s?)\b", re.IGNORECASE
)
_CONTRACTED = {"de": "d", "em": "n", "por": "pel", "a": "a"}


def texts(shared: Path, language: str) -> Iterator[str]:
    """The sentences of a language's set as raw text, in order."""
    yield from _texts(shared, SETS[language])


def _texts(shared: Path, name: str) -> Iterator[str]:
    for tokens, _ in blocks(shared / f"data/ner/{name}.iob.gz"):
        yield detokenise(tokens)[0]


def _protests(shared: Path) -> Iterator[str]:
    for name in PROTESTS:
        with (shared / "data/claims" / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield detokenise(row["text"].split())[0]


def labelled(shared: Path, language: str = "en") -> list[Sentence]:
    """Single sentences, each a document of its own: English ones for training, those of other languages held out as a test."""
    if language != "en":
        return (
            _singles(f"{language}.tsv", _texts(shared, SETS[language]), "label, held out") if language in SETS else []
        )
    found = _singles("en.tsv", texts(shared, "en"), "label") + _singles("protests.tsv", _protests(shared), "label")
    debates = [sentence.text for sentence in claimbuster(shared) if sentence.part == "train"]
    return found + _singles("thin.tsv", chain(debates, _all_texts(shared, "en")), "label")


def more(shared: Path, language: str) -> list[Sentence]:
    """Single sentences of another language for train and dev, from other documents than the test's; none without a table."""
    return _singles(f"{language}-train.tsv", _all_texts(shared, language), "label, news")


def web(shared: Path) -> list[Sentence]:
    """English documents for training, whole or in part: weblogs and newsgroups on war and politics, interviews, hearings."""
    found = _documents("web.tsv", (text for name in WEB for text in _texts(shared, name)), "label", "web/")
    return with_context(found)


def wikinews(shared: Path, language: str = "en") -> list[Sentence]:
    """Articles on business, technology or culture, whole, for training; none of them stands in the annotations or a test."""
    found = _documents(f"{language}-wikinews.tsv", wikinews_sentences(shared, language), "label", "news/")
    return with_context(found)


def articles(shared: Path, language: str) -> list[Sentence]:
    """Whole articles of Wikinews, held out as a test; none without a table."""
    return _documents(f"{language}-news.tsv", wikinews_sentences(shared, language), "label, held out")


def wikinews_sentences(shared: Path, language: str) -> Iterator[str]:
    """Those of the shared articles in a language."""
    with gzip.open(shared / "articles/articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        for article in map(json.loads, lines):
            if article["language"] == language:
                text = article["text"]
                yield from (" ".join(text[start:end].split()) for start, end in split(text, language))


def _documents(table: str, source: Iterator[str], kind: str, prefix: str = "") -> list[Sentence]:
    path = HERE / table
    if not path.exists():
        return []
    by_key = {digest(text): text for text in source}
    found: list[Sentence] = []
    document, number = "", 0
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            document, number = prefix + line[2:], 0
            continue
        key, *row, speaker, target = line.split("\t")
        found.append(_sentence(document, number, by_key[key], row, kind, speaker, target))
        number += 1
    return found


def unlabelled(shared: Path, language: str = "en") -> list[Sentence]:
    """Texts of the entity sets and of language detection that nobody labelled, for learning from a teacher.

    None is the same, but for marks and spaces, as a sentence of the annotations or of the tables of labels.
    """
    own = [*annotated(shared, language), *labelled(shared, language), *more(shared, language)]
    seen = {_letters(sentence.text) for sentence in [*own, *(web(shared) if language == "en" else ())]}
    found = []
    for raw in _all_texts(shared, language):
        text = contracted(raw) if language == "pt" else raw
        key = _letters(text)
        if key not in seen:
            seen.add(key)
            found.append(Sentence(f"text/{language}/{len(found)}", 0, text, None, None, None, None, source="text"))
    return found


def _all_texts(shared: Path, language: str) -> Iterator[str]:
    return plain_texts(shared, language, but=TWEETS)


def plain_texts(shared: Path, language: str, but: tuple[str, ...] = ()) -> Iterator[str]:
    """Sentences of a language in the entity sets, but for those whose names begin so, and in the set of language detection."""
    for path in sorted((shared / "data/ner").glob(f"*.{language}.*.iob.gz")):
        if not path.name.startswith(but):
            yield from _texts(shared, path.name.removesuffix(".iob.gz"))
    yield from detection_texts(shared, language)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()


def _singles(table: str, source: Iterator[str], kind: str) -> list[Sentence]:
    path = HERE / table
    if not path.exists():
        return []
    rows = dict(line.split("\t", 1) for line in path.read_text(encoding="utf-8").splitlines())
    found = []
    for text in map(str.strip, source):
        key = digest(text)
        if row := rows.pop(key, None):
            found.append(_sentence(f"label/{key}", 0, text, row.split("\t"), kind))
    return [_as_written(sentence) for sentence in found] if table.startswith("pt") else found


def _as_written(sentence: Sentence) -> Sentence:
    names = ("text", "speaker", "speaker_text", "target", "target_text")
    return replace(sentence, **{name: contracted(getattr(sentence, name)) for name in names})


def contracted(text: str) -> str:
    """Portuguese as it is written: "do", "naquela", "pelos", "à"."""

    def join(match: re.Match[str]) -> str:
        first, second = match[1].lower(), match[2].lower()
        if first in ("a", "por") and second not in ("o", "a", "os", "as"):
            return match[0]
        word = _CONTRACTED[first] + second
        word = word.replace("aa", "à") if first == "a" else word
        return word.capitalize() if match[1][0].isupper() else word

    return _APART.sub(join, text)


def _sentence(
    document: str, number: int, text: str, row: list[str], source: str, speaker: str = "", target: str = ""
) -> Sentence:
    types, worth, mode, hedged, *spans = row
    words = [text[slice(*map(int, span.split("-")))] if span else "" for span in spans]
    return Sentence(
        document, number, text, tuple(types.split(",")), mode, None if worth == "-" else worth == "2", hedged == "1",
        speaker or words[0], words[0], target or words[1], words[1], source=source,
    )  # fmt: skip

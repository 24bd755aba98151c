"""The sets of other languages, and the sentences written for this project, in the scheme of training/entities/data.py."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from training.entities.data import TYPES, Sentence, _spans, blocks, detection_texts, detokenise, digest, marks

_CORE = {"PER": "person", "ORG": "organisation", "LOC": "place"}
_CORE_TYPES = ("person", "organisation", "place")
_LONG = {"PERSON": "person", "ORG": "organisation", "LOC": "place", "GPE": "place", "FAC": "place"}
_IGNORED = {"DATE", "TIME", "MONEY", "PERCENT", "TITLE", "CARDINAL", "ORDINAL", "QUANTITY", "NORP", "LANGUAGE"}


@dataclass(frozen=True, slots=True)
class Source:
    """A data set: which files (stem without .iob.gz) train and which are held out, and what its labels mean.

    A label that `kinds` lacks is no name; None marks one whose meaning is unclear, from which nothing is learnt.
    `tail`: where there is one file only, the last share of its sentences that is held out.
    """

    language: str
    kinds: dict[str, str | None]
    train: tuple[str, ...] = ()
    held_out: str | None = None
    tail: float = 0.0
    marked: tuple[str, ...] = _CORE_TYPES
    joined: bool = False  # tokens are written without spaces between them


def _uner(name: str, language: str, *, joined: bool = False) -> Source:
    stem = f"uner-{name}.{language}"
    return Source(language, {**_CORE}, (f"{stem}.train",), f"{stem}.dev", joined=joined)


_NORNE: dict[str, str | None] = {
    **_CORE, "GPE_LOC": "place", "GPE_ORG": "place", "EVT": "event", "PROD": "other", "MISC": None,
}  # fmt: skip
_ONTO: dict[str, str | None] = {**_LONG, "EVENT": "event", "PRODUCT": "other", "WORK_OF_ART": "other", "LAW": "other"}
_WITH_EVENTS = (*_CORE_TYPES, "event")
_NEWSFANE: dict[str, str | None] = {
    **dict.fromkeys(
        ("Politician", "Athlete", "Artist", "Other_PER", "Religious_PER", "Scientist", "Businessperson", "Lawyer",
         "Engineer", "Police"), "person"),
    **dict.fromkeys(
        ("Non-Governmental", "Sports", "Government", "Media", "Commercial", "Educational", "Medical-Science",
         "Entertainment", "Religious_ORG"), "organisation"),
    **dict.fromkeys(
        ("Nation", "Population-Center", "Building-Grounds", "State-or-Province", "GPE-Cluster", "Water-Body", "Land",
         "Continent", "County-or-District", "Path", "Land-Region-Natural", "Airport", "Subarea-Facility"), "place"),
    "Group": None, "Book": "other", "Movie": "other",
}  # fmt: skip

SOURCES = (
    _uner("bosque", "pt"), _uner("set", "hr"), _uner("set", "sr"), _uner("ddt", "da"), _uner("snk", "sk"),
    _uner("talbanken", "sv"), _uner("gsd", "zh", joined=True),
    Source("sv", {**_CORE, "MISC": None}, ("swedish-webbnyheter.sv.train",), tail=0.15),
    Source("nb", _NORNE, ("norne-train.nb.train",), "norne-ud.nb.dev", marked=TYPES),
    Source("nn", _NORNE, ("norne-train.nn.train",), "norne-ud.nn.dev", marked=TYPES),
    Source(
        "ro",
        {"PERSON": "person", "ORGANIZATION": "organisation", "ORG": "organisation", "GPE": "place", "LOC": "place",
         "FACILITY": "place", "EVENT": "event", "PRODUCT": "other", "WORK_OF_ART": "other"},
        ("ronec1-minus-v2devtest.ro.train",), "ronec2.ro.valid", marked=TYPES),
    Source("hu", {**_CORE, "MISC": None}, ("nerkor.hu.train",), "nerkor.hu.devel"),
    Source("fi", {**_CORE, "EVENT": "event", "PRO": "other"}, ("turku.fi.train",), "turku.fi.dev", marked=TYPES),
    Source("tr", {**_ONTO, "TITLE": None}, ("turkish-wiki.tr.train",), "turkish-wiki.tr.dev", marked=TYPES),
    Source(
        "ja",
        {"人名": "person", "法人名": "organisation", "政治的組織名": "organisation", "その他の組織名": "organisation",
         "地名": "place", "施設名": "place", "製品名": "other", "イベント名": "event"},
        ("stockmark-wiki.ja.all",), tail=0.15, marked=TYPES, joined=True),
    Source("ar", _NEWSFANE, ("newsfane-gold.ar.all",), tail=0.15),
    Source("ru", {**_CORE, "MISC": None}, ("linspector-wikiner.ru.train", "linspector-wikiner.ru.dev")),
    Source(
        "ru", {"Person": "person", "Org": "organisation", "Location": "place", "LocOrg": "place"},
        ("factrueval.ru.devset",), tail=0.35),
    Source(
        "de", {**_CORE, "OTH": None, "LOCpart": None, "ORGpart": None, "PERpart": None, "OTHpart": None},
        ("germeval14.de.dev",), tail=0.3),
    *(
        Source(language, {"PERSON": "person", "LOCATION": "place", "ORG": "organisation", "MISC": None},
               (f"xlime-tweets.{language}.all",))
        for language in ("de", "es", "it")
    ),
    Source(
        "kk",
        {"PERSON": "person", "ORGANISATION": "organisation", "GPE": "place", "LOCATION": "place", "FACILITY": "place",
         "EVENT": "event", "PROJECT": "other", "ART": "other", "PRODUCT": "other", "LAW": "other"},
        ("kaznerd.kk.valid",), tail=0.15, marked=TYPES),
    Source("hi", {"PERSON": "person", "LOCATION": "place", "ORGANIZATION": "organisation"}, ("hiner.hi.valid",), tail=0.15),
    Source("ko", {"PS": "person", "OG": "organisation", "LC": "place"}, ("klue.ko.dev",), tail=0.15, joined=True),
    Source(
        "et", {**_CORE, "GPE": "place", "EVENT": "event", "PROD": "other"}, ("estner.et.dev",), tail=0.2, marked=TYPES),
    Source(
        "lv",
        {"person": "person", "GPE": "place", "location": "place", "organization": "organisation", "event": "event",
         "product": "other", "entity": None},
        ("fullstack.lv.all",), tail=0.15, marked=TYPES),
    Source(
        "he", {**_CORE, "GPE": "place", "FAC": "place", "EVE": "event", "WOA": "other", "ANG": None, "DUC": None},
        ("nemo-spmrl.he.train",), "nemo-spmrl.he.dev", marked=_WITH_EVENTS),
    Source(
        "id", {"PLACE": "place", "PERSON": "person", "ORGANISATION": "organisation"},
        ("indonlu-nergrit.id.train",), "indonlu-nergrit.id.valid"),
    Source("en", {**_CORE}, ("uner-ewt.en.train",)),
    Source(
        "en", {"person": "person", "organization": "organisation", "place": "place", "event": "event",
               **dict.fromkeys(("abstract", "object", "animal", "plant", "substance", "time"))},
        ("gum-news.en.train", "gum-other.en.train"), marked=_WITH_EVENTS),
)  # fmt: skip

TUNING = 200  # sentences a language at most
WRITTEN = Path(__file__).parent / "written"
MARKED = Path(__file__).parent / "marked"
HELD_OUT = {"ar": 100, "de": 100, "es": 40, "fr": 40, "it": 40, "uk": 40}
"""Per cent of the sentences marked for this project that are a test: all where there is a set to learn from."""
_BRACKETED = re.compile(r"\[([^\[\]]+)\]\((\w+)\)")
LANGUAGES = tuple(sorted({source.language for source in SOURCES} | {"fr", "uk", "pl"}))
"""Order is part of the trained model: number 0 is any other language, the first of these 1."""


@dataclass(slots=True)
class Corpus:
    """Training sentences by language, some kept from training for calibration, and held-out ones by set name."""

    train: dict[str, list[Sentence]] = field(default_factory=dict)
    tuning: dict[str, list[Sentence]] = field(default_factory=dict)
    held_out: dict[str, tuple[str, list[Sentence]]] = field(default_factory=dict)


def corpus(directory: Path) -> Corpus:
    """Everything in `directory`, and the written sentences. No held-out sentence is left in training."""
    found = Corpus(train={language: [] for language in LANGUAGES})
    for source in SOURCES:
        train = [each for stem in source.train for each in read(directory / f"{stem}.iob.gz", source)]
        if source.held_out:
            held_out, name = read(directory / f"{source.held_out}.iob.gz", source), source.held_out
        else:
            cut = len(train) - int(len(train) * source.tail)
            train, held_out, name = train[:cut], train[cut:], source.train[-1]
        if held_out:
            found.held_out[name] = (source.language, held_out)
        found.train[source.language] += train
    for path in sorted(WRITTEN.glob("*.txt")):
        lines = path.read_text(encoding="utf-8").splitlines()
        found.train[path.stem] = [parse(line) for line in lines if line.strip()] + found.train[path.stem]
    for language, share in HELD_OUT.items():
        test, train = marked_here(directory.parents[1], language, share)
        found.train[language] = train + found.train[language]
        found.held_out[f"detection.{language}"] = language, test
    seen = {sentence.text for _, sentences in found.held_out.values() for sentence in sentences}
    for language, sentences in found.train.items():
        kept = [each for each in sentences if each.text.strip() and each.text not in seen]
        cut = max(len(kept) - TUNING, len(kept) * 19 // 20)
        found.train[language], found.tuning[language] = kept[:cut], kept[cut:]
    return found


def marked_here(shared: Path, language: str, share: int) -> tuple[list[Sentence], list[Sentence]]:
    """Sentences of the set of language detection with the names that `marked/` has for them: `share` per cent, and the rest."""
    rows = marks(MARKED / f"{language}.tsv")
    test: list[Sentence] = []
    train: list[Sentence] = []
    for text in map(str.strip, detection_texts(shared, language)):
        key = digest(text)
        spans = rows.pop(key, None)
        if spans is not None:
            (test if int(key, 16) % 100 < share else train).append(Sentence(text, spans, _CORE_TYPES))
    return test, train


def read(path: Path, source: Source) -> list[Sentence]:
    """The sentences of one file, as raw text."""
    sentences = []
    for tokens, tags in blocks(path):
        tokens, tags = as_written(tokens, tags, source.language)
        text, offsets = joined(tokens) if source.joined else detokenise(tokens)
        spans = tuple(
            (offsets[start][0], offsets[end - 1][1], source.kinds[label])
            for start, end, label in _spans(tags)
            if label in source.kinds
        )
        sentences.append(Sentence(text, spans, source.marked))
    return sentences


_BEFORE = frozenset("وفبلكس")
_AFTER = frozenset({"ه", "ها", "هم", "هما", "هن", "ي", "نا", "ك", "كم", "ني"})
_CONTRACTED = {
    **{("de", word): f"d{word}" for word in ("o", "a", "os", "as", "este", "esta", "esse", "essa", "ele", "ela", "eles")},
    **{("em", word): f"n{word}" for word in ("o", "a", "os", "as", "este", "esta", "esse", "essa", "ele", "ela", "eles")},
    **{("por", word): f"pel{word}" for word in ("o", "a", "os", "as")},
    ("a", "o"): "ao", ("a", "a"): "à", ("a", "os"): "aos", ("a", "as"): "às",
}  # fmt: skip


def as_written(tokens: Sequence[str], tags: Sequence[str], language: str) -> tuple[list[str], list[str]]:
    """Tokens that the Arabic and Portuguese sets take apart, as news has them: one word, a name where it holds one."""
    words: list[str] = []
    labels: list[str] = []
    before = False  # the last word is an Arabic "and", "to", "by" that stands at its word
    for token, tag in zip(tokens, tags, strict=True):
        pair = (words[-1].lower(), token.lower()) if words else ("", "")
        if language == "ar" and words and before:
            words[-1] = words[-1] + (token[1:] if words[-1].endswith("ل") and token.startswith("ال") else token)
            labels[-1] = tag
            before = False
        elif language == "ar" and words and token in _AFTER and words[-1].isalpha():
            words[-1] = (words[-1][:-1] + "ت" if words[-1].endswith("ة") else words[-1]) + token
        elif (
            language == "pt" and pair in _CONTRACTED and not tag.startswith("B") and (labels[-1] == "O") == (tag == "O")
        ):
            written = _CONTRACTED[pair]
            words[-1] = written.capitalize() if words[-1][0].isupper() and labels[-1] == "O" else written
        else:
            words.append(token)
            labels.append(tag)
            before = language == "ar" and token in _BEFORE
    return words, labels


def joined(tokens: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """Tokens one after another, with a space between two of Latin letters."""
    text, offsets = "", []
    for token in tokens:
        if (
            text
            and text[-1].isascii()
            and text[-1].isalnum()
            and token[0].isascii()
            and token[0].isalnum()
            and len(token) > 1
        ):
            text += " "
        offsets.append((len(text), len(text) + len(token)))
        text += token
    return text, offsets


def parse(line: str) -> Sentence:
    """A written sentence, `[Name](type)` its names. Raises ValueError for a type that is none of ours."""
    text, spans, place = "", [], 0
    for match in _BRACKETED.finditer(line):
        name, kind = match.groups()
        if kind not in TYPES:
            raise ValueError(f"{kind!r} is no type of names, in {line!r}")
        text += line[place : match.start()]
        spans.append((len(text), len(text) + len(name), kind))
        text, place = text + name, match.end()
    return Sentence(text + line[place:], tuple(spans), TYPES)

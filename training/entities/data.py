"""The public sets of named entities, read into one scheme: raw text, spans, and what each set leaves unsaid.

The sets disagree on what they mark. Rather than teach contradictions, a label is a *set of allowed tags* for each word:
where a set marks no events, its `O` means "nothing, or an event, or something other", and the loss (see train.py) only
asks that the probability lies somewhere in that set.
"""

from __future__ import annotations

import gzip
import hashlib
import random
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.entities.demonyms import demonyms
from services.entities.gazetteer import Gazetteer
from services.entities.titles import title_length

_words = str.split

TYPES = ("person", "organisation", "place", "event", "other")
LABELS = ("O", *(f"{prefix}-{kind}" for kind in TYPES for prefix in "BI"))
ANY = frozenset(LABELS)
OUTSIDE = frozenset({"O"})

CORE = {
    "PER": "person", "ORG": "organisation", "LOC": "place",
}  # fmt: skip

# None: the set marks it, but what it means here is unclear; the words are not learnt from.
SCHEMES: dict[str, dict[str, str | None]] = {
    "uner-ewt": {**CORE},
    "btc": {**CORE},
    "wnut17": {
        "person": "person", "location": "place", "corporation": "organisation", "group": "organisation",
        "product": "other", "creative-work": "other",
    },
    "gum": {
        "person": "person", "organization": "organisation", "place": "place", "event": "event",
        "abstract": None, "object": None, "animal": None, "plant": None, "substance": None, "time": None,
    },
    "gmb": {
        "per": "person", "org": "organisation", "geo": "place", "eve": "event", "art": "other",
        "nat": None, "gpe": None, "tim": "",
    },
    "crossner": {
        "politician": "person", "person": "person", "politicalparty": "organisation", "organisation": "organisation",
        "location": "place", "country": "place", "event": "event", "election": "event", "misc": None,
    },
    "redocred": {**CORE, "MISC": None, "TIME": "", "NUM": ""},
    "re3d": {"Person": "person", "Organisation": "organisation", "Location": "place", "Weapon": "other"},
}  # fmt: skip

# Types that a set marks throughout: only for these is its `O` a no.
MARKED: dict[str, tuple[str, ...]] = {
    "uner-ewt": ("person", "organisation", "place"),
    "btc": ("person", "organisation", "place"),
    "wnut17": ("person", "organisation", "place", "other"),
    "gum": ("person", "organisation", "place", "event"),
    "gmb": ("person", "organisation", "place", "event", "other"),
    "crossner": ("person", "organisation", "place", "event"),
    "redocred": ("person", "organisation", "place"),
    "re3d": ("person", "organisation", "place"),
}

SILVER = frozenset({"gmb"})

REGION_WORDS = frozenset(
    _words(
        """
    the northern southern eastern western central north south east west northwest northeast
    """
    )
)

NO_SPACE_BEFORE = frozenset(_words(". , ; : ! ? % ) ] } ' ” ’ 's ’s 'S n't 're 've 'll 'd 'm ... … /"))
NO_SPACE_AFTER = frozenset(_words("( [ { “ ‘ $ £ € # / @"))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as raw text; `spans` are (start, end, type) in code points, type None where nothing is learnt."""

    text: str
    spans: tuple[tuple[int, int, str | None], ...]
    marked: tuple[str, ...]

    def gold(self, types: Sequence[str]) -> set[tuple[int, int, str]]:
        """The spans of the given types."""
        return {(start, end, kind) for start, end, kind in self.spans if kind in types}


def read(path: Path, adjectives: frozenset[str], gazetteer: Gazetteer) -> list[Sentence]:
    """All sentences of `NAME.LANG.SPLIT.iob.gz`; nationality adjectives (`adjectives`, lower case) are never places.

    The silver sets call a country an organisation in one sentence and a place in the next: the table decides there.
    """
    scheme = next(name for name in SCHEMES if path.name.startswith(name))
    sentences = []
    for tokens, tags in blocks(path):
        text, offsets = detokenise(tokens)
        spans = []
        for start, end, label in _spans(tags):
            kind = _kind(scheme, label, " ".join(tokens[start:end]), adjectives)
            if scheme in SILVER:
                kind = _cleaned(" ".join(tokens[start:end]), kind, adjectives, gazetteer)
            start += _surplus(tokens[start:end], kind)
            if start < end and kind != "":
                handle = text[max(0, offsets[start][0] - 1) : offsets[start][0]] == "@"
                spans.append((offsets[start][0], offsets[end - 1][1], None if handle else kind))
        sentences.append(Sentence(text, tuple(spans), MARKED[scheme]))
    return sentences


def read_with_tables(path: Path) -> list[Sentence]:
    """`read`, with the tables of the running project."""
    return read(path, frozenset(demonyms()), _gazetteer())


@cache
def _gazetteer() -> Gazetteer:
    return Gazetteer.load()


def _kind(scheme: str, label: str, words: str, adjectives: frozenset[str]) -> str | None:
    """Our type of a span, '' for none, None for unclear."""
    kind = SCHEMES[scheme].get(label, None)
    if words.lower() in adjectives and kind in ("place", None):
        return ""
    if scheme == "gmb" and label == "gpe":
        return "place"  # the countries among them: the adjectives are gone by now, bar rare ones
    if scheme == "btc" and words.startswith("@"):
        return None  # handles of tweets: marked as persons there, no names in news
    return kind


def _cleaned(words: str, kind: str | None, adjectives: frozenset[str], gazetteer: Gazetteer) -> str | None:
    """A machine-made label put right: by the table of names, and nothing learnt from what cannot be a name."""
    if words.lower() in adjectives:
        return ""
    if not kind or not _may_name(words) or words[0].isdigit() or words.split()[0] in ("'s", "and", "of"):
        return kind if kind == "" else None
    entry = gazetteer.find(words)
    if entry and entry.kind in ("country", "capital", "body") and (kind != "person" or entry.kind != "capital"):
        return "organisation" if entry.kind == "body" else "place"
    return kind


def _surplus(words: list[str], kind: str | None) -> int:
    """Leading words that some sets count in and others do not: titles, "the", "southern"."""
    if kind == "person":
        return title_length(words)
    return next((n for n, word in enumerate(words) if word not in REGION_WORDS), 0) if kind == "place" else 0


def blocks(path: Path) -> Iterator[tuple[list[str], list[str]]]:
    """Tokens and tags of each sentence of a file."""
    tokens: list[str] = []
    tags: list[str] = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            token, _, tag = line.rstrip("\n").partition("\t")
            if not tag:
                if tokens:
                    yield tokens, tags
                tokens, tags = [], []
                continue
            tokens.append(token)
            tags.append(tag)
    if tokens:
        yield tokens, tags


def _spans(tags: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    start, kind = 0, ""
    for place, tag in enumerate([*tags, "O"]):
        prefix, _, label = tag.partition("-")
        if kind and (prefix != "I" or label != kind):
            yield start, place, kind
            kind = ""
        if prefix in ("B", "I") and not kind:
            start, kind = place, label


def detokenise(tokens: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """Tokens to text as a reader would write it, and the span of each: models must learn from text, not from tokens."""
    text, offsets, glue, quoted = "", [], True, False
    for place, token in enumerate(tokens):
        opening = token == '"' and not quoted
        hyphen = token in "-–" and 0 < place < len(tokens) - 1 and tokens[place - 1].isalnum() and len(token) == 1
        joins = token in NO_SPACE_BEFORE or (token == '"' and quoted) or hyphen
        if text and not glue and not joins:
            text += " "
        offsets.append((len(text), len(text) + len(token)))
        text += token
        glue = token in NO_SPACE_AFTER or opening or hyphen
        if token == '"':
            quoted = not quoted
    return text, offsets


def allowed(sentence: Sentence, words: Sequence[tuple[int, int]]) -> list[frozenset[str]]:
    """The tags allowed for each word (a span of the sentence's text)."""
    unmarked = {kind for kind in TYPES if kind not in sentence.marked}
    vague = OUTSIDE | {f"{prefix}-{kind}" for kind in unmarked for prefix in "BI"}
    # Names have capitals or digits: without this, nothing would teach that "the" is no name of an unmarked type.
    tags = [vague if _may_name(sentence.text[start:end]) else OUTSIDE for start, end in words]
    for start, end, kind in sentence.spans:
        first = True
        for place, (word_start, word_end) in enumerate(words):
            if word_start < end and word_end > start:
                tags[place] = ANY if kind is None else frozenset({f"{'B' if first else 'I'}-{kind}"})
                first = False
    return tags


def _may_name(word: str) -> bool:
    return any(character.isupper() or character.isdigit() for character in word)


def marked_anew(sentences: Sequence[Sentence]) -> list[Sentence]:
    """The sentences with the names that a reader marked in them (`gold/gum-news-dev.tsv`): GUM's own are silver.

    The table has the text's `digest`, then `start-end type` in code points.
    """
    found = marks(Path(__file__).parent / "gold/gum-news-dev.tsv")
    return [Sentence(each.text, found[digest(each.text)], ("person", "organisation", "place")) for each in sentences]


def marks(path: Path) -> dict[str, tuple[tuple[int, int, str], ...]]:
    """A table of marked names: a text's `digest` to the start, end (code points) and type of each name in it."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return {key: tuple(map(_marked, names)) for key, *names in rows}


def _marked(name: str) -> tuple[int, int, str]:
    place, kind = name.split()
    start, end = place.split("-")
    return int(start), int(end), kind


def detection_texts(shared: Path, language: str) -> Iterator[str]:
    """The sentences of a language in the shared set of language detection, if it is there."""
    with tarfile.open(shared / "data/langid/lingua-sentences.tar.gz") as archive:
        for member in archive.getmembers():
            file = archive.extractfile(member) if Path(member.name).stem == language else None
            yield from file.read().decode().splitlines() if file else ()


def digest(text: str) -> str:
    """The key of a sentence in the tables of labels, which hold no texts."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Training sentences, and held-out sets by name."""

    train: list[Sentence]
    held_out: dict[str, list[Sentence]]


TRAIN = (
    "uner-ewt.en.train", "gum-news.en.train", "gum-other.en.train", "crossner-politics.en.train", "wnut17.en.train",
)  # fmt: skip
HELD_OUT = {
    "web (EWT dev)": "uner-ewt.en.dev",
    "news (GUM dev)": "gum-news.en.dev",
    "other genres (GUM dev)": "gum-other.en.dev",
    "politics (CrossNER dev)": "crossner-politics.en.dev",
    "tweets (WNUT17 dev)": "wnut17.en.dev",
    "Wikipedia (Re-DocRED dev)": "redocred.en.dev",
    "defence (re3d)": "re3d-nonNC.en.all",
}
GMB = "gmb-partial.en.all"
GMB_TAIL = 1000


def corpus(directory: Path, *, quick: bool = False) -> Corpus:
    """Everything, seeded. `quick` keeps a part: no tweets, half of the rest."""

    def load(name: str) -> list[Sentence]:
        return read_with_tables(directory / f"{name}.iob.gz")

    held_out = {name: load(file) for name, file in HELD_OUT.items()}
    held_out["news (GUM dev), names marked anew"] = marked_anew(held_out["news (GUM dev)"])
    gmb = load(GMB)
    held_out["VOA news (GMB tail, silver)"] = gmb[-GMB_TAIL:]
    parts = [load(name) for name in (TRAIN[:4] if quick else TRAIN)] + [gmb[:-GMB_TAIL]]
    train = [sentence for part in parts for sentence in part if sentence.text.strip()]
    random.Random(7).shuffle(train)
    return Corpus(train[: len(train) // 2] if quick else train, held_out)

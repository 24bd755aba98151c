"""Cue words of a language other than English: kinds of words that show a claim's type, its source and its speaker.

A language is a file `cues/<language>.toml`: how it writes apostrophes, its endings, and lists of words by kind.
An entry is a word, `stem/ending` (every form with the endings of that name), `stem*`, `*ending`, or `several_words`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from services.claims.tokens import Token

FOLDER = Path(__file__).parent / "cues"

KINDS = (
    # saying
    "say", "report", "deny", "doubt", "according", "postposed", "so", "that", "told",
    # blame
    "accuse", "accused", "blame", "harm", "crime", "intent", "by",
    # types
    "predict", "future", "conditional", "if", "cause", "rule", "position", "amount", "change", "compare", "poll", "define",
    "happen", "dead", "feel", "opinion", "greet", "question",
    # small properties
    "hedge", "negation",
    # grammar
    "first", "second", "pronoun", "determiner", "preposition", "of", "relative", "conjunction", "auxiliary", "be", "adverb",
    "time", "office", "statement", "group", "oblique", "hearer", "place_of_speech", "as", "pronoun_oblique", "definite",
    "body", "impersonal", "relay", "from",
)  # fmt: skip
"""Every kind of word that a cue file may list."""

_MARKS = r"\u0300-\u036f\u064b-\u0655\u0670\u0901-\u0903\u093e-\u094d"  # combining letters that `\w` leaves out
_INNER = rf"[\w{_MARKS}]+"
_ALIF = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ـ": None, "ё": "е", "’": "'", "ʼ": "'"})
_VOWELS = re.compile("[\u064b-\u0655\u0670]")
_SHORTEST_STEM = 2
HONORIFICS = frozenset(
    {
        "m.",
        "mm.",
        "mme",
        "mlle",
        "mr.",
        "sr.",
        "sra.",
        "srta.",
        "dr.",
        "dra.",
        "prof.",
        "herr",
        "frau",
        "sig.",
        "dott.",
        "г.",
    }
)
"""Folded words of address before a name."""
_NOTHING: frozenset[str] = frozenset()


def fold(word: str) -> str:
    """Lower case; Arabic without vowel signs and with one form of alif, Russian ё as е, one apostrophe."""
    return _VOWELS.sub("", unicodedata.normalize("NFC", word).lower().translate(_ALIF))


@dataclass(slots=True)
class Marks:
    """Kinds of each word of a sentence. `ends` says where a cue of several words stops: (place, kind) → place after."""

    at: list[frozenset[str]]
    ends: dict[tuple[int, str], int] = field(default_factory=dict)

    def has(self, place: int, *kinds: str) -> bool:
        """True where the word at `place` is of one of the kinds; places outside the sentence have none."""
        return 0 <= place < len(self.at) and not self.at[place].isdisjoint(kinds)

    def after(self, place: int, kind: str) -> int:
        """The place after the cue of that kind that begins at `place`."""
        return self.ends.get((place, kind), place + 1)


class Cues:
    """The cue words of one language."""

    def __init__(self, language: str, source: str) -> None:
        """`source` is the text of the file. Raises ValueError where it names an unknown kind or ending."""
        raw = tomllib.loads(source)
        self.language = language
        self.verb_first: bool = raw.get("verb_first", False)
        self.articles: bool = raw.get("articles", True)
        self.cased: bool = raw.get("cased", True)
        self.nouns: bool = raw.get("capital_nouns", False)
        self.bracket: bool = raw.get("verb_bracket", False)
        self.plurals: tuple[str, ...] = tuple(raw.get("plural_verbs", "").split())
        self.compounds: tuple[str, ...] = tuple(raw.get("source_compounds", "").split())
        self._prefixes: tuple[str, ...] = tuple(raw.get("prefixes", "").split())
        self.pattern = _pattern(raw.get("apostrophe", "joins"), raw.get("clitics", ""))
        self._words: dict[str, set[str]] = {}
        self._stems: dict[str, set[str]] = {}
        self._endings: dict[str, set[str]] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._known: dict[str, frozenset[str]] = {}
        for kind, entries in raw["words"].items():
            if kind not in KINDS:
                raise ValueError(f"{language}: unknown kind of cue {kind!r}")
            for entry in entries.split():
                self._add(kind, fold(entry), raw.get("endings", {}))
        self._lengths = sorted({len(stem) for stem in self._stems})
        self._tails = sorted({len(ending) for ending in self._endings})

    def _add(self, kind: str, entry: str, endings: dict[str, str]) -> None:
        if "/" in entry:
            stem, _, rest = entry.partition("/")
            name, joint, last = rest.partition("_")
            if name not in endings:
                raise ValueError(f"{self.language}: {entry!r} names unknown endings")
            for ending in endings[name].split():
                self._add(kind, stem + ("" if ending == "0" else fold(ending)) + joint + last, endings)
        elif "_" in entry:
            first, *others = entry.split("_")
            self._phrases.setdefault(first, []).append((tuple(others), kind))
        elif entry.startswith("*"):
            self._endings.setdefault(entry[1:], set()).add(kind)
        elif entry.endswith("*"):
            self._stems.setdefault(entry[:-1], set()).add(kind)
        else:
            self._words.setdefault(entry, set()).add(kind)

    def forms(self, *kinds: str) -> frozenset[str]:
        """The single words listed for these kinds."""
        return frozenset(word for word, of in self._words.items() if not of.isdisjoint(kinds))

    def kinds(self, word: str) -> frozenset[str]:
        """The kinds of one folded word."""
        found = self._known.get(word)
        if found is None:
            found = self._look_up(word)
            for prefix in self._prefixes if not found else ():
                if word.startswith(prefix) and len(word) >= len(prefix) + _SHORTEST_STEM:
                    found |= self._look_up(word[len(prefix) :])
            if len(self._known) < 50_000:
                self._known[word] = found
        return found

    def _look_up(self, word: str) -> frozenset[str]:
        found = set(self._words.get(word, _NOTHING))
        for length in self._lengths:
            if length > len(word):
                break
            found |= self._stems.get(word[:length], _NOTHING)
        for length in self._tails:
            if length + _SHORTEST_STEM > len(word):
                break
            found |= self._endings.get(word[-length:], _NOTHING)
        return frozenset(found)

    def marks(self, words: Sequence[Token]) -> Marks:
        """The kinds of every word of a sentence, cues of several words included."""
        marks = Marks([self.kinds(word.lower) for word in words])
        for place, word in enumerate(words):
            for rest, kind in self._phrases.get(word.lower, ()):
                after = place + 1 + len(rest)
                if after <= len(words) and all(map(_fits, rest, words[place + 1 : after])):
                    marks.at[place] |= {kind}
                    marks.ends[place, kind] = max(after, marks.ends.get((place, kind), 0))
        return marks


def _fits(wanted: str, word: Token) -> bool:
    if wanted.startswith("*"):
        return word.lower.endswith(wanted[1:])
    return word.lower.startswith(wanted[:-1]) if wanted.endswith("*") else word.lower == wanted


def _pattern(apostrophe: str, clitics: str) -> re.Pattern[str]:
    """Words and marks: an apostrophe parts two words (l'eau) or stands inside one (п'ять); clitics part (dit-il)."""
    bound = rf"(?!-(?:t-)?(?:{clitics})\b)" if clitics else ""
    address = r"(?:MM?|Mr|Mrs|Sra?|Srta|Dra?|Profa?|Hr|Fr|Sig|Dott|On)\.(?=\s+[^\W\d_])"
    parts = [r"(?:[^\W\d_]\.){2,}", address, r"\d+(?:[.,:]\d+)*%?"]
    if apostrophe == "splits":
        parts.append(r"[^\W\d_]{1,7}['’](?=\w)")
    if clitics:
        parts.append(rf"(?<=\w)-(?:t-)?({clitics})\b")
    inner = "-‐‑" if apostrophe == "splits" else "-‐‑'’ʼ"
    parts += [rf"{_INNER}(?:{bound}[{inner}]{_INNER})*", r"[^\w\s]"]
    return re.compile("|".join(parts))


@cache
def cues(language: str) -> Cues:
    """The cues of a language that has them. Raises FileNotFoundError for others."""
    if language not in languages():
        raise FileNotFoundError(f"no cue words of {language!r}")
    return Cues(language, (FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def languages() -> tuple[str, ...]:
    """Languages with cues."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))

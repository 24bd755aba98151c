"""The compiled table of names (training/entities/gazetteer.py): countries, capitals, cities, bodies, politicians."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.entities.endings import bare, nominatives
from services.entities.names import fold, script

_words = str.split

TABLE = Path(__file__).parent / "data" / "gazetteer.tsv.gz"
TRANSLATIONS = Path(__file__).parent / "data" / "translations.tsv.gz"
_MARKS = "=~?"
_ALPHABETS = {
    **dict.fromkeys(_words("ru uk be bg mk sr kk"), "CYRILLIC"), "el": "GREEK", "hy": "ARMENIAN", "ka": "GEORGIAN",
}  # fmt: skip
WELL_KNOWN = 60  # weight of the entries kept by hand
LARGE_CITY = 100  # weight, in 10,000 people
LONGEST = 7  # words of the longest name looked for in running text

# What English hangs on a name with a hyphen: "Chicago-based", "US-led", "Iran-linked".
HYPHENED = frozenset(
    _words(
        """
    based led backed owned controlled held occupied run made born funded linked aligned allied style era wide
    bound sponsored supported trained supplied built installed appointed inspired friendly related affiliated
    imposed administered annexed governed brokered mediated drafted proposed dominated majority speaking like
    """
    )
)

_WORD = re.compile(rf"[^\W_]+(?:[.'’][^\W_]+|-(?!(?:{'|'.join(HYPHENED)})\b)[^\W_]+)*\.?")

# Lower-cased by careless typists or machine translation, these are still no English word.
_LOWERABLE = frozenset({"country", "capital"})
_SCANNED = frozenset({"country", "capital", "region", "body", "event"})
_ENGLISH_WORDS = frozenset(
    _words(
        """
    china turkey jordan chad guinea georgia mali niger benin togo oman cuba peru chile bermuda panama jersey
    guernsey lima male roseau apia nice sofia vienna victoria santiago bath split hague reunion america
    dominica grenada man polish emirates holland manila samoa tonga palau macao bern berne brunei malta monaco
    """
    )
)
# Capitalised too, these are everyday words or forenames.
_EVERYDAY = frozenset(
    _words("turkey jordan chad georgia victoria male nice split bath polish reunion emirates man dominica grenada")
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. Wikidata None for cities without a known id; weight in 10,000 people for cities.

    `kind` is country, capital, region, city, body, firm, event or person. A body's name is its own; a firm's may be a
    surname or a common word ("Ford", "Apple"), and means the firm only where the text shows an organisation.
    """

    kind: str
    wikidata: str | None
    name: str
    country: str | None
    latitude: float | None
    longitude: float | None
    weight: int

    @property
    def identity(self) -> str:
        """Distinguishes entries."""
        return self.wikidata or f"{self.name}/{self.country}"


@dataclass(frozen=True, slots=True)
class Match:
    """A gazetteer name in running text, at `text[start:end]`."""

    start: int
    end: int
    entry: Entry


Keys = dict[str, tuple[str, Entry]]
"""Folded name to (condition, entry), condition '', '=', '~' or '?'."""


class Gazetteer:
    """Names to entries, as one language has them."""

    def __init__(
        self, keys: Keys, countries: dict[str, Entry], translations: dict[str, Keys], language: str = "en"
    ) -> None:
        """`countries`: alpha-2 code to entry; `translations`: names by language, or by `*` and script for those of no known one."""
        self._keys = keys
        self._countries = countries
        self._translations = translations
        self._language = language
        self._views = {language: self}  # tables of other languages, made when first asked for
        english = language == "en"
        self._layers = [keys] if english else [translations.get(language, {}), keys]
        self._scanned = keys if english else self._capitals() | self._layers[0]
        self._first_words = frozenset(key.split(" ", 1)[0] for key in self._scanned)

    def _capitals(self) -> Keys:
        """Names of capitals in scripts of their own: in Latin letters one language's is another's common word."""
        return {
            key: found
            for alphabet in _ALPHABETS.get(self._language, "").split()
            for key, found in self._translations.get(f"*{alphabet}", {}).items()
            if found[1].kind == "capital"
        }

    @classmethod
    def load(cls, path: Path = TABLE, translations: Path = TRANSLATIONS) -> Gazetteer:
        """Read the tables (about 0.1 s)."""
        keys: Keys = {}
        countries: dict[str, Entry] = {}
        items: dict[str, Entry] = {}
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                kind, code, name, country, latitude, longitude, weight, names = line.rstrip("\n").split("\t")
                entry = Entry(
                    kind, code or None, name, country or None,
                    float(latitude) if latitude else None, float(longitude) if longitude else None, int(weight),
                )  # fmt: skip
                items[code] = entry
                if kind == "country":
                    countries[country] = entry
                for key in names.split("|"):
                    keys[key.lstrip(_MARKS)] = (key[0] if key[0] in _MARKS else "", entry)
        return cls(keys, countries, _translated(translations, items) if translations.exists() else {})

    def in_language(self, language: str) -> Gazetteer:
        """The same table for texts in another language: its own names first, inflected ones too."""
        if language not in self._views:
            view = Gazetteer(self._keys, self._countries, self._translations, language)
            view._views = self._views
            self._views[language] = view
        return self._views[language]

    @property
    def language(self) -> str:
        """Whose names are looked up (BCP 47)."""
        return self._language

    def entries(self) -> list[Entry]:
        """All entries that have a name."""
        return list({id(entry): entry for _, entry in self._keys.values()}.values())

    def country(self, code: str) -> Entry | None:
        """The country of an ISO 3166-1 alpha-2 code."""
        return self._countries.get(code)

    def find(self, surface: str) -> Entry | None:
        """The entry that `surface` names by itself; abbreviations in capitals only, little-known ones never."""
        found = self._found(surface)
        if found is None or found[0] == "~" or (found[0] == "=" and not _capitals(bare(surface, self._language))):
            return None
        if self._language != "en" and surface[0].islower() and " " not in surface:
            return None  # "reunião" is no Réunion
        return found[1]

    def needs_country(self, surface: str) -> bool:
        """Whether the name means its entry only in a text that speaks of the entry's country ("Birmingham")."""
        found = self._found(surface)
        if not found or self._language == "en" or found[0] != "=" or found[1].country is None:
            return bool(found and found[0] == "?")
        national = found[1].kind in ("body", "firm")
        return national and fold(bare(surface, self._language)) not in self._layers[0]  # CDU: of which country?

    def abbreviation(self, surface: str) -> Entry | None:
        """The entry that a little-known abbreviation may mean: to be believed beside its full name only."""
        found = self._found(surface)
        return found[1] if found and found[0] == "~" and _capitals(surface) else None

    def _found(self, surface: str) -> tuple[str, Entry] | None:
        folded = fold(surface)
        for keys in self._layers:
            if folded in keys:
                return keys[folded]
        if self._language == "en":
            return None
        others = self._translations.get(f"*{script(surface)}", {})
        return self._inflected(surface, self._layers) or others.get(folded) or self._inflected(surface, [others])

    def _inflected(self, surface: str, layers: list[Keys]) -> tuple[str, Entry] | None:
        """By the forms that a name may have without its ending, where all that the table knows are one entry."""
        forms = {fold(bare(surface, self._language)), *nominatives(fold(surface), self._language)} - {""}
        for keys in layers:
            found = {keys[form][1].identity: keys[form] for form in sorted(forms) if form in keys}
            if found:
                return next(iter(found.values())) if len(found) == 1 else None
        return None

    def scan(self, text: str, start: int, end: int) -> Iterator[Match]:
        """Names in `text[start:end]` that no model need see, longest first from the left, none overlapping.

        Single words must be capitalised, unless no English word is spelt like them ("kyiv").
        """
        words = list(_WORD.finditer(text, start, end))
        shouting = text[start:end].isupper()
        place = 0
        while place < len(words):
            match = self._at(text, words, place, shouting)
            if match is None:
                place += 1
                continue
            yield match
            while place < len(words) and words[place].start() < match.end:
                place += 1

    def _at(self, text: str, words: list[re.Match[str]], place: int, shouting: bool) -> Match | None:
        first = fold(words[place].group())
        if not first or first.split(" ", 1)[0] not in self._first_words:
            return None
        for count in range(min(LONGEST, len(words) - place), 0, -1):
            begin, end = words[place].start(), words[place + count - 1].end()
            surface = text[begin:end]
            if surface.endswith(".") and "." not in surface[:-1]:
                surface, end = surface[:-1], end - 1
            found = self._scanned.get(fold(surface))
            if found and _looked_for(found[1], count) and self._written(surface, found, shouting):
                owner = re.search(r"['’]s$", surface)
                return Match(begin, end - (len(owner.group()) if owner else 0), found[1])
        return None

    @staticmethod
    def _written(surface: str, found: tuple[str, Entry], shouting: bool) -> bool:
        condition, entry = found
        if condition:
            return condition == "=" and _capitals(surface) and not shouting
        if surface[0].isupper():
            return True
        if not surface[0].islower():  # a script without capitals
            return " " in surface or entry.kind in _LOWERABLE
        return entry.kind in _LOWERABLE and fold(surface) not in _ENGLISH_WORDS and len(surface) > 3


def _translated(path: Path, items: dict[str, Entry]) -> dict[str, Keys]:
    tables: dict[str, Keys] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            language, item, names = line.rstrip("\n").split("\t")
            if entry := items.get(item):
                keys = tables.setdefault(language, {})
                keys.update(
                    (key.lstrip(_MARKS), (key[0] if key[0] in _MARKS else "", entry)) for key in names.split("|")
                )
    return tables


def _looked_for(entry: Entry, words: int) -> bool:
    """Whether a name may be believed where no model saw one: short names of people and small towns are not."""
    if entry.kind == "person":
        return words > 1 and entry.weight >= WELL_KNOWN
    if entry.kind == "city":
        return entry.wikidata is not None and (words > 1 or entry.weight >= LARGE_CITY)
    return entry.kind in _SCANNED


def is_english_word(surface: str) -> bool:
    """Whether the name is spelt like an everyday word or a forename: by itself no evidence of the place."""
    return fold(surface) in _EVERYDAY


def _capitals(surface: str) -> bool:
    letters = [character for character in surface if character.isalpha()]
    return all(character.isupper() for character in letters) or (len(letters) > 3 and surface[0].isupper())

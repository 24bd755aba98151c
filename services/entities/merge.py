"""Which names in one article are one thing? Linked ones by id, people by surname and evidence, others by spelling."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

from services.entities.demonyms import demonyms
from services.entities.endings import nominatives
from services.entities.gazetteer import Entry
from services.entities.names import distance, fold, initials, script, similar

_words = str.split

GENERIC_TAILS = frozenset(
    _words(
        """
    group company corporation corp inc ltd llc plc party movement organization organisation
    """
    )
)
_PARTICLES = frozenset(_words("al el bin ibn abu van von der de la le da di"))


@dataclass(slots=True)
class Reading:
    """A mention as understood so far. `entry` is what it is linked to, `acting` whether it stands for a government."""

    start: int
    end: int
    surface: str
    type: str
    sentence: int
    confidence: float
    entry: Entry | None = None
    link_confidence: float = 0.0
    acting: bool = False
    country: str | None = None

    @property
    def words(self) -> list[str]:
        """Folded words of the surface."""
        return fold(self.surface).split()


@dataclass(slots=True, eq=False)
class Cluster:
    """Mentions of one entity, in text order."""

    type: str
    readings: list[Reading] = field(default_factory=list)

    @property
    def entry(self) -> Entry | None:
        """What the cluster is linked to."""
        return next((reading.entry for reading in self.readings if reading.entry), None)

    @property
    def spellings(self) -> list[list[str]]:
        """Distinct spellings as folded words."""
        return [list(words) for words in dict.fromkeys(tuple(reading.words) for reading in self.readings)]


def cluster(readings: Sequence[Reading], language: str = "en") -> list[Cluster]:
    """Every reading in exactly one cluster; clusters by first mention. `language`: of the text, for its endings."""
    clusters: list[Cluster] = []
    linked: dict[str, Cluster] = {}
    # Full names first, so that a surname before its full name still finds its person.
    for reading in sorted(readings, key=lambda reading: (reading.entry is None, -len(reading.words), reading.start)):
        if reading.entry:
            home = linked.get(reading.entry.identity)
            if home is None:
                home = linked[reading.entry.identity] = Cluster(reading.type)
                clusters.append(home)
        else:
            home = _home(reading, clusters, language)
            if home is None:
                home = Cluster(reading.type)
                clusters.append(home)
        home.readings.append(reading)
    for each in clusters:
        each.readings.sort(key=lambda reading: reading.start)
    return sorted(clusters, key=lambda each: each.readings[0].start)


def _home(reading: Reading, clusters: Sequence[Cluster], language: str) -> Cluster | None:
    rivals = [each for each in clusters if each.type == reading.type]
    exact = [each for each in rivals if reading.words in each.spellings]
    if exact:
        return exact[0]
    same: Callable[[Reading, Cluster, str], bool] = {
        "person": _same_person, "organisation": _same_organisation, "place": _same_place,
    }.get(reading.type, lambda *_: False)  # fmt: skip
    fitting = [each for each in rivals if same(reading, each, language)]
    if len(fitting) > 1:
        # Two of that name: a reader takes the last one named in full, if there was one.
        before = [each for each in fitting if min(other.start for other in each.readings) < reading.start]
        fitting = before if len(before) == 1 else []
    return fitting[0] if fitting else _surname_mistyped(reading, clusters, language)


def _surname_mistyped(reading: Reading, clusters: Sequence[Cluster], language: str) -> Cluster | None:
    """The one person of that surname, where a tagger took the surname for a place or a body."""
    if reading.type not in ("place", "organisation") or len(reading.words) != 1:
        return None
    word = reading.words[0]
    people = [
        each
        for each in clusters
        if each.type == "person"
        and any(
            len(full) > 1 and (word == full[-1] or full[-1] in nominatives(word, language)) for full in each.spellings
        )
    ]
    return people[0] if len(people) == 1 else None


def _same_person(reading: Reading, each: Cluster, language: str) -> bool:
    return any(_people_match(reading.words, words, language) for words in each.spellings)


def _people_match(words: list[str], full: list[str], language: str) -> bool:
    """`words` is no longer than `full`. A surname, alone or with a first name or initial that agrees; a first name."""
    if len(words) == 1:
        if words[0] in full:
            return True
        return any(_one_word(words[0], part, language) for part in (full[-1], *_family_first(full)))
    if words == full[-len(words) :]:
        return True
    if not _one_word(words[-1], full[-1], language):
        return words == [part for part in full if part in words] and words[0] == full[0]
    first, other = words[0], full[0]
    if first in _PARTICLES or other in _PARTICLES:
        return " ".join(words) in " ".join(full)
    return first[:1] == other or first == other[:1] or _one_word(first, other, language)


def _one_word(left: str, right: str, language: str) -> bool:
    """May they spell one word? In languages that inflect names, with different endings too."""
    if similar(left, right):
        return True
    forms, others = {left, *nominatives(left, language)}, {right, *nominatives(right, language)}
    return not forms.isdisjoint(others)


def _family_first(full: list[str]) -> list[str]:
    """The first word, where it is short: Xi Jinping and Kim Jong Un are called Xi and Kim."""
    return [full[0]] if len(full) > 1 and len(full[0]) <= 5 else []


def _same_organisation(reading: Reading, each: Cluster, language: str) -> bool:
    surface = reading.surface.replace(".", "")
    for other in each.readings:
        if " ".join(other.words) in nominatives(" ".join(reading.words), language):
            return True
        if len(surface) > 2 and surface.isupper() and surface in (initials(other.surface), initials(other.surface)[1:]):
            return True
        longer, shorter = other.words, reading.words
        if shorter and longer[: len(shorter)] == shorter and set(longer[len(shorter) :]) <= GENERIC_TAILS:
            return True
        if shorter and longer[-len(shorter) :] == shorter and " ".join(longer[: -len(shorter)]) in _states():
            return True
    return False


@cache
def _states() -> frozenset[str]:
    """What may be left out before a body's name: "Russian", "US"; "the Senate" is the United States Senate."""
    return frozenset([*demonyms(), "us", "united states", "uk", "united kingdom", "un", "eu"])


def _same_place(reading: Reading, each: Cluster, language: str) -> bool:
    """Spellings one letter apart with the same consonants (Donbas, Donbass). Linked places keep to their own names."""
    name = " ".join(reading.words)
    if each.entry or len(name) < 6:
        return False
    others = [" ".join(words) for words in each.spellings]
    if language != "en" and any(name in nominatives(other, language) for other in others):
        return True
    return any(distance(name, other) == 1 and similar(name, other) for other in others)


def canonical(each: Cluster) -> str:
    """The table's name where linked, else the fullest one seen, its surname in the commonest, plainest spelling."""
    if each.entry:
        return each.entry.name
    surfaces = [re.sub(r"\s+", " ", reading.surface).removesuffix("’s").removesuffix("'s") for reading in each.readings]
    often = Counter(surfaces)
    fullest = max(
        often, key=lambda surface: (len(surface.split()), often[surface], surface.isascii(), -surfaces.index(surface))
    )
    if each.type != "person" or " " not in fullest:
        return fullest
    *given, surname = fullest.split()
    last = [surface.split()[-1] for surface in surfaces if script(surface) == script(fullest)]
    surnames = Counter(word for word in last if similar(fold(word), fold(surname)))
    best = max(surnames or [surname], key=lambda word: (surnames[word], word.isascii(), word == surname))
    return " ".join([*given, best])

"""From names to readings: which entry of the table each one means, and on what evidence. No evidence, no link."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from services.entities.actors import METONYMS, acts, names_rulers
from services.entities.complete import TYPE_OF_KIND
from services.entities.demonyms import demonyms
from services.entities.gazetteer import LARGE_CITY, WELL_KNOWN, Entry, Gazetteer, is_english_word
from services.entities.merge import Reading
from services.entities.names import fold
from services.entities.recognise import Name
from services.entities.titles import OFFICE

# How sure a link is, by its evidence. Set on the project's own reading of news; see training/entities/README.md.
CERTAIN = 0.98
CONTEXT = 0.93
LIKELY = 0.85

LEADER = 30  # weight

# Names that a country shares with a better-known thing: the countries that must also be spoken of.
CONTESTED = {
    "georgia": frozenset({"RU", "AM", "AZ", "TR", "UA"}),
    "jordan": frozenset({"IL", "SY", "IQ", "PS", "SA", "EG"}),
}
# Capitals whose name, as an actor, means another than their country.
ACTOR_OF_CAPITAL = {"Q239": "european union"}

# Cities that share their name with a state of their country, which a town before it tells: "Seattle, Washington".
STATE_OF_NAME = {"Q61": "washington state", "Q60": "new york state"}

_TOWN = re.compile(r"([A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,2}), \Z")
_WORDS = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")


def countries_named(text: str, names: Sequence[Name], gazetteer: Gazetteer) -> frozenset[str]:
    """Alpha-2 codes of the countries that the text speaks of, by name, capital or adjective."""
    table = demonyms()
    codes = {table.get(word.group().lower()) for word in _WORDS.finditer(text) if word.group()[0].isupper()}
    for name in names:
        surface = text[name.start : name.end]
        entry = gazetteer.find(surface) if name.type in ("place", "organisation") else None
        if entry is None or entry.kind not in ("country", "capital", "region"):
            continue
        if fold(surface) not in CONTESTED and not gazetteer.needs_country(surface):
            codes.add(entry.country)
    return frozenset(code for code in codes if code)


def read_names(text: str, names: Sequence[Name], gazetteer: Gazetteer) -> list[Reading]:
    """Each name with its link, where there is evidence for one."""
    spoken_of = countries_named(text, names, gazetteer)
    readings = []
    for name in names:
        surface = text[name.start : name.end]
        reading = Reading(name.start, name.end, surface, name.type, name.sentence, name.confidence)
        readings.append(_linked(text, reading, gazetteer, spoken_of))
    _link_abbreviations(readings, gazetteer)
    return readings


def _linked(text: str, reading: Reading, gazetteer: Gazetteer, spoken_of: frozenset[str]) -> Reading:
    folded = fold(reading.surface)
    if folded in METONYMS and reading.type in ("organisation", "place"):
        return replace(reading, country=METONYMS[folded], acting=True)
    entry = gazetteer.find(reading.surface)
    if entry is None:
        return reading
    sure = _evidence(text, reading, entry, spoken_of, gazetteer)
    if not sure:
        return reading
    entry = _state_of_town(text, reading, entry, gazetteer)
    linked = replace(reading, entry=entry, link_confidence=sure, type=TYPE_OF_KIND[entry.kind])
    return _as_actor(text, linked, gazetteer) if entry.kind in ("country", "capital") else linked


def _state_of_town(text: str, reading: Reading, entry: Entry, gazetteer: Gazetteer) -> Entry:
    name = STATE_OF_NAME.get(entry.wikidata or "")
    town = _TOWN.search(text, max(0, reading.start - 50), reading.start) if name else None
    state = gazetteer.find(name) if town and name else None
    if town is None or state is None:
        return entry
    before = gazetteer.find(town.group(1))
    known = before is not None and before.kind == "city" and before.country == entry.country
    return state if known or (before is None and text[reading.end : reading.end + 1] == ",") else entry


def _evidence(text: str, reading: Reading, entry: Entry, spoken_of: frozenset[str], gazetteer: Gazetteer) -> float:
    """How sure it is that the name means the entry; 0 where evidence is wanting."""
    if entry.kind == "person":
        return _person_evidence(text, reading, entry, spoken_of) if reading.type == "person" else 0.0
    if entry.kind == "event":
        return CERTAIN
    if reading.type not in ("place", "organisation"):
        taken_for_person = (
            entry.kind == "country" and gazetteer.language != "en" and not is_english_word(reading.surface)
        )
        return LIKELY if taken_for_person and reading.type == "person" else 0.0
    at_home = entry.country in spoken_of
    needed = CONTESTED.get(fold(reading.surface))
    if needed is not None and not at_home and not spoken_of & needed:
        return 0.0
    if not at_home and gazetteer.needs_country(reading.surface):
        return 0.0
    if entry.kind in ("country", "body"):
        return CERTAIN if needed is None else CONTEXT
    if entry.kind == "firm":
        return _firm_evidence(reading, at_home)
    known_place = entry.kind == "region" or (entry.kind == "city" and entry.wikidata)
    if reading.type != "place" and not (known_place and " " in reading.surface):
        return (
            CONTEXT if entry.kind == "capital" and acts(text, reading.start, reading.end, gazetteer.language) else 0.0
        )
    if at_home:
        return CONTEXT
    if entry.kind == "capital":
        return CONTEXT
    return (
        LIKELY
        if entry.kind == "region" or entry.weight >= (LARGE_CITY if entry.wikidata is None else WELL_KNOWN)
        else 0.0
    )


def _firm_evidence(reading: Reading, at_home: bool) -> float:
    if reading.type != "organisation":
        return 0.0
    return CONTEXT if at_home or " " in reading.surface else LIKELY


def _person_evidence(text: str, reading: Reading, entry: Entry, spoken_of: frozenset[str]) -> float:
    at_home = entry.country in spoken_of
    before = _WORDS.findall(text[max(0, reading.start - 60) : reading.start])[-4:]
    in_office = any(word.lower() in OFFICE for word in before)
    if entry.weight >= WELL_KNOWN:
        return CERTAIN if at_home or in_office else CONTEXT
    if entry.weight >= LEADER:
        return CONTEXT if at_home else 0.0
    return LIKELY if at_home and in_office else 0.0


def _as_actor(text: str, reading: Reading, gazetteer: Gazetteer) -> Reading:
    """A country that acts is marked; a capital that acts is its country (Brussels: the European Union)."""
    assert reading.entry is not None
    if reading.entry.kind == "capital" and gazetteer.language == "en" and names_rulers(text, reading.end):
        return replace(reading, acting=True)
    if not acts(text, reading.start, reading.end, gazetteer.language):
        return reading
    if reading.entry.kind == "country":
        return replace(reading, acting=True)
    other = ACTOR_OF_CAPITAL.get(reading.entry.wikidata or "")
    meant = gazetteer.find(other) if other else gazetteer.country(reading.entry.country or "")
    if meant is None:
        return replace(reading, acting=True)
    return replace(reading, entry=meant, link_confidence=LIKELY, acting=True, type=TYPE_OF_KIND[meant.kind])


def _link_abbreviations(readings: list[Reading], gazetteer: Gazetteer) -> None:
    """Little-known abbreviations, where the article also gives the full name."""
    named = {reading.entry.identity for reading in readings if reading.entry}
    for place, reading in enumerate(readings):
        entry = gazetteer.abbreviation(reading.surface) if reading.entry is None else None
        if entry and entry.identity in named:
            readings[place] = replace(reading, entry=entry, link_confidence=CONTEXT, type=TYPE_OF_KIND[entry.kind])

"""Names to entries of the table: only on evidence."""

from __future__ import annotations

import pytest

from services.entities.gazetteer import Gazetteer
from services.entities.link import read_names
from services.entities.merge import Reading
from services.entities.recognise import Name


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.load()


def linked(gazetteer: Gazetteer, text: str, *given: tuple[str, str]) -> dict[str, Reading]:
    """What each name, given with its type, is read as."""
    names = [Name(text.index(name), text.index(name) + len(name), kind, 0, 0.9) for name, kind in given]
    return {reading.surface: reading for reading in read_names(text, names, gazetteer)}


def wikidata(reading: Reading) -> str | None:
    return reading.entry.wikidata if reading.entry else None


def test_regions_and_cities_have_ids(gazetteer: Gazetteer) -> None:
    text = "Fighting near Kharkiv, floods in Texas and fires around Mecca."
    found = linked(gazetteer, text, ("Kharkiv", "place"), ("Texas", "place"), ("Mecca", "place"))
    assert [wikidata(reading) for reading in found.values()] == ["Q42308", "Q1439", "Q5806"]
    assert all(0.5 < reading.link_confidence < 1 for reading in found.values())
    mecca = found["Mecca"].entry
    assert mecca and mecca.country == "SA" and mecca.latitude == pytest.approx(21.4, abs=0.1)


def test_a_shared_name_needs_its_country(gazetteer: Gazetteer) -> None:
    alone = linked(gazetteer, "She was born in Birmingham.", ("Birmingham", "place"))
    at_home = linked(gazetteer, "The British police searched Birmingham.", ("Birmingham", "place"))
    assert wikidata(alone["Birmingham"]) is None and wikidata(at_home["Birmingham"]) == "Q2256"


def test_a_region_tells_the_country(gazetteer: Gazetteer) -> None:
    text = "Between Queensland and Victoria lies New South Wales."
    found = linked(gazetteer, text, ("Queensland", "place"), ("Victoria", "place"))
    assert wikidata(found["Victoria"]) == "Q36687"
    assert wikidata(linked(gazetteer, text, ("Victoria", "person"))["Victoria"]) is None


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("The plant in Seattle, Washington closed.", "Q1223"),
        ("She was born in Hoquiam, Washington, in 1950.", "Q1223"),
        ("Talks in London, Washington and Moscow ended.", "Q61"),
        ("He lives in Washington.", "Q61"),
    ],
)
def test_a_town_before_it_makes_washington_the_state(gazetteer: Gazetteer, text: str, item: str) -> None:
    assert wikidata(linked(gazetteer, text, ("Washington", "place"))["Washington"]) == item

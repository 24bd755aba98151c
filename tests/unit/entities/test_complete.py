"""What the table of names and the whole article mend."""

from __future__ import annotations

import pytest

from services.entities.complete import complete
from services.entities.gazetteer import Gazetteer
from services.entities.recognise import Name


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.load()


def completed(gazetteer: Gazetteer, text: str, *given: tuple[str, str]) -> dict[str, str]:
    """Surfaces to types, the tagger having found `given` once each."""
    names = [
        Name(text.index(surface), text.index(surface) + len(surface), kind, 0, 0.9)
        for surface, kind in sorted(given, key=lambda item: text.index(item[0]))
    ]
    return {text[name.start : name.end]: name.type for name in complete(text, [(0, len(text))], names, gazetteer)}


@pytest.mark.parametrize("sum_of_money", ["US$14 billion", "US $2.63 billion", "US$ 5"])
def test_money_is_no_mention_of_a_state(gazetteer: Gazetteer, sum_of_money: str) -> None:
    assert completed(gazetteer, f"A package of {sum_of_money} was agreed.") == {}
    assert completed(gazetteer, f"A package of {sum_of_money} was agreed.", ("US", "place")) == {}
    assert completed(gazetteer, "They left the US in May.") == {"US": "place"}


def test_forces_and_offices_are_bodies_of_their_own(gazetteer: Gazetteer) -> None:
    text = "The US State Department thanked the Indonesian Navy, said the Ukrainian Ministry of Defence."
    assert completed(gazetteer, text, ("US", "place"), ("Navy", "organisation")) == {
        "US State Department": "organisation",
        "Indonesian Navy": "organisation",
        "Ukrainian Ministry of Defence": "organisation",
    }
    assert completed(gazetteer, "The Old Navy shop closed.") == {}


def test_hyphens_end_places_and_go_on_in_given_names(gazetteer: Gazetteer) -> None:
    assert completed(gazetteer, "The Moscow-backed and US-led talks failed.") == {"Moscow": "place", "US": "place"}
    assert completed(gazetteer, "Then Lee Jun-ho spoke.", ("Lee Jun", "person")) == {"Lee Jun-ho": "person"}
    assert completed(gazetteer, "The Ann Lee-led team.", ("Ann Lee", "person")) == {"Ann Lee": "person"}


def test_schools_and_newspapers_hold_a_place(gazetteer: Gazetteer) -> None:
    text = "The University of Sheffield told the New Zealand Herald and Texas State University."
    found = completed(gazetteer, text, ("University", "organisation"), ("Sheffield", "place"))
    assert found == {
        "University of Sheffield": "organisation",
        "New Zealand Herald": "organisation",
        "Texas State University": "organisation",
    }

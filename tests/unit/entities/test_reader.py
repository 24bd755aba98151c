"""Whole articles through the shipped model: recognised, merged, linked."""

from __future__ import annotations

from datetime import datetime

import pytest

from schemas.entities import Entities, Entity
from services.entities.read import EntityReader
from services.text.sentences import split

ARTICLE = """\
Georgia's foreign minister Tamar Beridze on Monday accused the European Union of delaying talks, as at least \
40,000 people marched through Tbilisi.

“We have waited nine years,” Beridze told reporters in Brussels. Moscow rejected the charge, and Brussels said it \
would answer by 3 June. Russian President Vladimir Putin and his Turkish counterpart Recep Tayyip Erdogan \
will meet in Sochi.

The North Atlantic Alliance sent two frigates to the Black Sea. NATO spokesman Pieter de Wit said the ships had left \
odesa and kyiv was informed. De Wit added that Nato's budget grew by 12%.
"""


def read(reader: EntityReader, text: str) -> Entities:
    return reader.read(text, split(text, "en"), datetime(2024, 5, 15))


@pytest.fixture(scope="module")
def found(reader: EntityReader) -> Entities:
    return read(reader, ARTICLE)


def entity(found: Entities, surface: str, nth: int = 0) -> Entity:
    identity = [mention.entity for mention in found.mentions if mention.span.exact == surface][nth]
    return next(each for each in found.entities if each.id == identity)


def test_countries_and_bodies_are_linked(found: Entities) -> None:
    assert entity(found, "European Union").wikidata == "Q458"
    assert entity(found, "Tbilisi").wikidata == "Q994"
    assert entity(found, "Tbilisi").country == "GE"


def test_all_names_of_the_alliance_are_one(found: Entities) -> None:
    nato = entity(found, "North Atlantic Alliance")
    assert nato.wikidata == "Q7184" and {"NATO", "Nato"} <= {name[:4] for name in nato.aliases_seen}


def test_a_surname_belongs_to_its_person(found: Entities) -> None:
    assert entity(found, "Beridze").id == entity(found, "Tamar Beridze").id
    assert entity(found, "Beridze").wikidata is None


def test_known_people_are_linked(found: Entities) -> None:
    assert entity(found, "Vladimir Putin").wikidata == "Q7747"
    assert entity(found, "Recep Tayyip Erdogan").wikidata == "Q39259"


def test_a_capital_that_speaks_is_its_government(found: Entities) -> None:
    moscow = entity(found, "Moscow")
    assert (moscow.wikidata, moscow.acts_as_government) == ("Q159", True)
    assert entity(found, "Brussels", 0).wikidata == "Q239"
    assert entity(found, "Brussels", 1).wikidata == "Q458"


def test_lower_case_capital(found: Entities) -> None:
    kyiv = next(mention for mention in found.mentions if mention.span.exact == "kyiv")
    assert kyiv.type.value == "place" and entity(found, "kyiv").country == "UA"


def test_adjectives_of_nationality_are_no_names(found: Entities) -> None:
    assert not {"Russian", "Turkish"} & {mention.span.exact for mention in found.mentions}


def test_ids_sentences_and_salience(found: Entities) -> None:
    assert [mention.id for mention in found.mentions] == [f"m{n}" for n in range(1, len(found.mentions) + 1)]
    assert {mention.entity for mention in found.mentions} == {each.id for each in found.entities}
    for mention in found.mentions:
        sentence = found.sentences[mention.sentence]
        assert sentence.start <= mention.span.start < mention.span.end <= sentence.end
    assert sum(each.salience for each in found.entities) == pytest.approx(1.0, abs=0.01)


def test_quantities_and_dates(found: Entities) -> None:
    quantities = {each.of_what or each.span.exact: each.value for each in found.quantities}
    assert quantities["people"] == 40_000 and quantities["frigates"] == 2 and quantities["12%"] == 12
    assert {date.span.exact: date.value for date in found.dates} == {"Monday": "2024-05-13", "3 June": "2024-06-03"}


def test_no_link_without_evidence(reader: EntityReader) -> None:
    found = read(reader, "The band Jordan played in Georgia, said Michael Martin of Birmingham, a baker.")
    assert {each.wikidata for each in found.entities} == {None}


def test_same_text_same_answer(reader: EntityReader) -> None:
    assert read(reader, ARTICLE) == read(reader, ARTICLE)


def test_nothing_beyond_the_piece_limit_is_dropped(reader: EntityReader) -> None:
    text = "; ".join(f"item {n} of the very long list" for n in range(200)) + " went to Angela Merkel in Budapest"
    found = reader.read(text, [(0, len(text))], None)
    assert {"Angela Merkel", "Budapest"} <= {mention.span.exact for mention in found.mentions}


@pytest.mark.parametrize("text", ["", " \n ", "…", "🙂🙂", "\u200b\u200f", "12"])
def test_nothing_to_find(reader: EntityReader, text: str) -> None:
    found = read(reader, text)
    assert not found.mentions and not found.entities


def test_a_nationality_points_to_its_country(reader: EntityReader) -> None:
    text = "Russian troops left, said Ukraine. Two Poles and a Ukrainian general stayed in the French quarter."
    found = read(reader, text)
    assert [(each.span.exact, each.country) for each in found.nationalities] == [
        ("Russian", "RU"), ("Poles", "PL"), ("Ukrainian", "UA"), ("French", "FR"),
    ]  # fmt: skip
    ukraine = next(each for each in found.entities if each.wikidata == "Q212")
    assert [each.entity for each in found.nationalities] == [None, None, ukraine.id, None]
    assert found.nationalities[0].wikidata == "Q159"

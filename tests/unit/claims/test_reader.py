"""The reader on short articles written for these tests."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.claims import Claim, ClaimType
from schemas.entities import EntityType
from services.claims.reader import ClaimReader

PERSON, PLACE, ORGANISATION = EntityType.PERSON, EntityType.PLACE, EntityType.ORGANISATION

NAMES = {
    "Karim Belhaj": ("Karim Belhaj", PERSON),
    "Belhaj": ("Karim Belhaj", PERSON),
    "Vera Lindqvist": ("Vera Lindqvist", PERSON),
    "Lindqvist": ("Vera Lindqvist", PERSON),
    "Norway": ("Norway", PLACE),
    "Iceland": ("Iceland", PLACE),
    "Oslo": ("Oslo", PLACE),
    "the Fisheries Union": ("Fisheries Union", ORGANISATION),
    "Fisheries Union": ("Fisheries Union", ORGANISATION),
}
ARTICLE = """Iceland on Friday accused Norway of emptying the northern waters, where 300 trawlers were counted last week.

“Norway has lied to its partners for years,” Foreign Minister Vera Lindqvist said in a statement. statement.

Lindqvist added: “The stocks will collapse within ten years if nothing changes”.

“Nobody in Oslo wants to listen. They count on our silence,” he said.

Norwegian minister Karim Belhaj warned that new patrols would lead to clashes at sea.

At the same time, blamed Iceland for the failure of the talks.

(II)
"""


@pytest.fixture(scope="module")
def claims(reader: ClaimReader, make_event: Any) -> list[Claim]:
    return reader.read(make_event(ARTICLE, NAMES))


def with_words(claims: list[Claim], words: str) -> Claim:
    return next(claim for claim in claims if words in claim.text)


def speaker(claim: Claim) -> str | None:
    return claim.attribution.speaker.name if claim.attribution.speaker else None


def test_country_accuses_country(claims: list[Claim]) -> None:
    claim = with_words(claims, "emptying")
    assert claim.primary_type is ClaimType.ACCUSATION
    assert (speaker(claim), claim.target and claim.target.name) == ("Iceland", "Norway")


@pytest.mark.parametrize(
    ("words", "mode", "name"),
    [
        ("lied to its partners", "direct", "Vera Lindqvist"),
        ("stocks will collapse", "direct", "Vera Lindqvist"),
        ("wants to listen", "direct", "Vera Lindqvist"),  # the pronoun of the translation lies
        ("new patrols", "indirect", "Karim Belhaj"),
        ("failure of the talks", "indirect", "Karim Belhaj"),  # its subject is missing
    ],
)
def test_speakers(claims: list[Claim], words: str, mode: str, name: str) -> None:
    claim = with_words(claims, words)
    assert (claim.attribution.mode.value, speaker(claim)) == (mode, name)


def test_blame_has_its_target(claims: list[Claim]) -> None:
    claim = with_words(claims, "failure of the talks")
    assert claim.target is not None and claim.target.name == "Iceland"


def test_predictions(claims: list[Claim]) -> None:
    assert with_words(claims, "new patrols").primary_type is ClaimType.PREDICTION


def test_debris_is_no_claim(claims: list[Claim]) -> None:
    assert not [claim for claim in claims if claim.text in {"statement.", "(II)"}]


def test_spans_are_exact_and_ids_stable(reader: ClaimReader, make_event: Any, claims: list[Claim]) -> None:
    for claim in claims:
        cues = [cue.span for cue in claim.explanation]
        assert all(ARTICLE[span.start : span.end] == span.exact for span in [claim.span, *cues])
    again = reader.read(make_event(ARTICLE, NAMES))
    assert [claim.model_dump() for claim in again] == [claim.model_dump() for claim in claims]
    other = reader.read(make_event(ARTICLE, NAMES, article_id="a2"))
    assert {claim.claim_id for claim in other}.isdisjoint(claim.claim_id for claim in claims)
    assert [claim.fingerprint for claim in other] == [claim.fingerprint for claim in claims]


def test_a_sentence_said_twice_has_two_ids(reader: ClaimReader, make_event: Any) -> None:
    text = "The dam broke on Monday and flooded two villages. The dam broke on Monday and flooded two villages."
    first, second = reader.read(make_event(text))
    assert first.fingerprint == second.fingerprint and first.claim_id != second.claim_id


def test_unquoted_statement_keeps_its_speaker(reader: ClaimReader, make_event: Any) -> None:
    text = (
        "Foreign Minister Vera Lindqvist said:\n\nThe attack on the harbour killed four people. "
        "We condemn the attack on the harbour in the strongest terms.\n\nThe government will send two ships."
    )
    found = reader.read(make_event(text, NAMES))
    assert len(found) >= 2
    assert {(claim.attribution.mode.value, speaker(claim)) for claim in found} == {("direct", "Vera Lindqvist")}


def test_quotation_over_paragraphs_keeps_its_speaker(reader: ClaimReader, make_event: Any) -> None:
    text = (
        "“The factory was closed in March and 900 people lost their work,” Karim Belhaj said. "
        "“The owners moved the machines abroad.\n\n“The province lost a tenth of its income in one year.”"
    )
    found = reader.read(make_event(text, NAMES))
    assert len(found) == 3
    assert {speaker(claim) for claim in found} == {"Karim Belhaj"}


def test_office_means_who_held_it(reader: ClaimReader, make_event: Any) -> None:
    text = (
        "Prime Minister Vera Lindqvist met trade minister Karim Belhaj in Oslo on Monday. "
        "The prime minister said exports had fallen by 12 percent."
    )
    assert speaker(reader.read(make_event(text, NAMES))[-1]) == "Vera Lindqvist"


def test_hedge_negation_and_denial(reader: ClaimReader, make_event: Any) -> None:
    hedged = reader.read(make_event("The general was reportedly killed in an air strike near the border on Sunday."))[0]
    assert hedged.hedged and "hedge" in {cue.role for cue in hedged.explanation}
    denied = reader.read(make_event("Karim Belhaj denied that the ministry had paid the contractor.", NAMES))[0]
    assert denied.attribution.stance.value == "denies" and denied.negated


@pytest.mark.parametrize(
    "text", ["", "\n\n", "\x00\x01\x02 .", "…", "😀" * 50, "\ud800 broken", "“" * 200, "a" * 5_000]
)
def test_odd_texts(reader: ClaimReader, make_event: Any, text: str) -> None:
    for claim in reader.read(make_event(text)):
        assert text[claim.span.start : claim.span.end] == claim.span.exact


def test_quotation_of_two_sentences_has_no_sentence_for_a_target(reader: ClaimReader, make_event: Any) -> None:
    text = (
        "“Every week without an agreement costs lives. We have seen that in this valley before, and Norway has lied to us,” "
        "Vera Lindqvist said."
    )
    for claim in reader.read(make_event(text, NAMES)):
        assert claim.target is None or "." not in claim.target.name


@pytest.mark.parametrize(
    ("text", "accused"),
    [
        ("The Taleban later claimed responsibility for the blast that killed nine people in Kandahar.", "Taleban"),
        ("No group has claimed responsibility for the abduction of the two engineers.", None),
        ("The minister is blaming a series of deadly bombings in the capital on the Tamil Tigers.", "Tamil Tigers"),
        ("Police blamed the attack of last week on the Orange Volunteers.", "Orange Volunteers"),
        ("The attack on the convoy was blamed on the Orange Volunteers.", "Orange Volunteers"),
        ("Officials have blamed the killings on the main rebel group, the Orange Volunteers.", "Orange Volunteers"),
    ],
)
def test_who_is_blamed(reader: ClaimReader, make_event: Any, text: str, accused: str | None) -> None:
    names = {
        name: (name, EntityType.ORGANISATION)
        for name in ("Taleban", "Tamil Tigers", "Orange Volunteers")
        if name in text
    }
    (claim,) = reader.read(make_event(text, names))
    assert (claim.target and claim.target.name) == accused


@pytest.mark.parametrize(
    ("text", "words", "accused"),
    [
        (
            "The Fisheries Union attacked the village of Belen on Monday, officials in Oslo said. "
            "They also shelled the clinic of Belen and killed two nurses.",
            "shelled",
            "Fisheries Union",
        ),
        (
            "Karim Belhaj has ruled the island since 2004. The regime has jailed forty journalists and tortured their families, "
            "the Fisheries Union said.",
            "jailed",
            "Karim Belhaj",
        ),
    ],
)
def test_the_accused_is_named_before_the_sentence(
    reader: ClaimReader, make_event: Any, text: str, words: str, accused: str
) -> None:
    claim = with_words(reader.read(make_event(text, NAMES)), words)
    assert claim.primary_type is ClaimType.ACCUSATION
    assert (claim.target and claim.target.name) == accused

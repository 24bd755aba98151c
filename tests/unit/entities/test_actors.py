"""A capital that speaks is its government; one that is visited is a city."""

from __future__ import annotations

import re

import pytest

from services.entities.actors import acts, names_rulers


def at(text: str) -> tuple[str, int, int]:
    match = re.search(r"\[(.*?)\]", text)
    assert match
    start = match.start()
    return text.replace("[", "").replace("]", ""), start, start + len(match[1])


@pytest.mark.parametrize(
    "text",
    [
        "[Ankara] said it would wait.", "[Moscow] has repeatedly denied it.", "the regime's loyalty to [Beijing]",
        "[London], which is not in the bloc, imposed duties.", "She blamed [Tehran] for the raid.",
        "talks between Riyadh and [Tehran]", "[Paris]'s policy on migration", "[Seoul] and Tokyo agreed to meet.",
        "[Cairo] is now demanding an answer.",
    ],
)  # fmt: skip
def test_acts(text: str) -> None:
    assert acts(*at(text))


@pytest.mark.parametrize(
    "text",
    [
        "He arrived in [Ankara] on foot.", "They marched from [Moscow] to the sea.", "the [Paris] metro is old",
        "a flat near [London] was searched", "She moved to [Vienna] and said nothing.",
        "on the second day of the [Cairo] meeting", "Shop owners in the city of [Cairo] say sales fell.",
    ],
)  # fmt: skip
def test_is_a_city(text: str) -> None:
    assert not acts(*at(text))


def test_rulers() -> None:
    text, _, end = at("the [Kyiv] government")
    assert names_rulers(text, end)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "[Moscú] acusó a la OTAN."), ("es", "Según el texto, [Caracas] no ha respondido."),
        ("fr", "[Pékin] a condamné l'attaque."),
        ("de", "[Moskau] warf dem Westen vor, zu lügen."), ("pt", "[Brasília] pediu calma."), ("it", "[Roma] ha chiesto aiuto."),
        ("ru", "[Анкара] обвинила соседей."), ("uk", "[Мінськ] заявив про це."), ("pl", "[Berlin] odrzucił propozycję."),
    ],
)  # fmt: skip
def test_acts_in_other_languages(language: str, text: str) -> None:
    assert acts(*at(text), language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "El ministro en [Moscú] dijo que no."), ("ru", "Мэр в [Анкаре] заявил об этом."),
        ("de", "Der Bürgermeister von [Wien] sagte nichts."),
        ("fr", "Le métro de [Paris] annonce un retard."), ("es", "[Madrid] es grande."), ("fi", "[Helsinki] sanoi ei."),
    ],
)  # fmt: skip
def test_is_a_city_in_other_languages(language: str, text: str) -> None:
    assert not acts(*at(text), language)

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

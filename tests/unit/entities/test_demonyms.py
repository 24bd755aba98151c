"""Adjectives and nouns of nationality point to a country."""

from __future__ import annotations

from services.entities.demonyms import nationalities


def found(text: str, *taken: str) -> list[tuple[str, str]]:
    spans = [(text.index(name), text.index(name) + len(name)) for name in taken]
    return [(text[start:end], code) for start, end, _, code in nationalities(text, [(0, len(text))], spans)]


def test_adjectives_and_peoples() -> None:
    text = "Two Ukrainians met the Russian and British envoys."
    assert found(text) == [("Ukrainians", "UA"), ("Russian", "RU"), ("British", "GB")]


def test_parts_of_names_are_left_out() -> None:
    assert found("The French Open and a French cook.", "French Open") == [("French", "FR")]


def test_compounds() -> None:
    assert found("Russian-Ukrainian talks") == [("Russian", "RU"), ("Ukrainian", "UA")]
    assert found("Franco-German talks, Anglicans, polish and turkish") == []

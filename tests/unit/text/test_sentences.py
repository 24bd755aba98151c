"""Sentences: every character once, quotations whole, any input."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.text.sentences import LONGEST_SENTENCE, split


def pieces(text: str, language: str = "en") -> list[str]:
    return [text[start:end] for start, end in split(text, language)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\t ", []),
        ("One came. Two left.", ["One came.", "Two left."]),
        (
            "“It failed. They knew it,” Mr. Osei said. Nobody replied.",
            ["“It failed. They knew it,” Mr. Osei said.", "Nobody replied."],
        ),
        ("She spoke in a statement. release.", ["She spoke in a statement.", "release."]),
        ("The end.\n\n(I)", ["The end.", "(I)"]),
        ("A heading\nThe text starts here.", ["A heading", "The text starts here."]),
        ("The line is cut\nand goes on here.", ["The line is cut\nand goes on here."]),
        ("No stop here\n\nand a new paragraph", ["No stop here", "and a new paragraph"]),
        ("The U.S. army left. It rained.", ["The U.S. army left.", "It rained."]),
        ("\U0001f600 Hi there. \U0001f600 Bye.", ["\U0001f600 Hi there.", "\U0001f600 Bye."]),
    ],
)
def test_splits(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    text = (
        "The harbour of the old town was closed on Monday after a storm had torn\n"
        "Three cranes from their tracks and thrown them on the quay. Ships had to\n"
        "wait outside until the wreckage was cleared by the port authority.\n"
    )
    assert [piece.split()[0] for piece in pieces(text)] == ["The", "Ships"]


@pytest.mark.parametrize("language", ["en", "und", "xx", "", "zh-Hans", "ar", "ja"])
@settings(max_examples=60, deadline=None)
@given(text=st.text(st.sampled_from("aB c.\n\r!?“”\"'。»\u2028\ud800\U0001f600\x00\x85\u200b1\t"), max_size=120))
def test_covers_every_character_once(language: str, text: str) -> None:
    position = 0
    for start, end in split(text, language):
        assert position <= start < end
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    assert "".join("".join(pieces(text)).split()) == "".join(text.split())


@pytest.mark.parametrize("unit", ["a", "word ", "Hi. ", '"a ', "(", "。あ", "? ", "\n ", "“Hi. ", "!”"])
def test_long_lines_take_linear_time_and_are_cut(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    began = time.perf_counter()
    spans = split(text, "en")
    assert time.perf_counter() - began < 2
    assert all(end - start <= LONGEST_SENTENCE for start, end in spans)

"""Decoding and edges, without a model."""

from __future__ import annotations

import numpy as np
import pytest

from services.entities.recognise import Name, decode, spans, tidy

LABELS = ("O", "B-person", "I-person", "B-place", "I-place")


def probabilities(*rows: str) -> np.ndarray:
    """Each row names the likeliest label, and perhaps the second."""
    table = np.full((len(rows), len(LABELS)), 0.02, dtype=np.float32)
    for place, row in enumerate(rows):
        for rank, label in enumerate(row.split()):
            table[place, LABELS.index(label)] = (0.6, 0.34)[rank]
    return table / table.sum(axis=1, keepdims=True)


def test_likeliest_tags_where_they_are_legal() -> None:
    assert [LABELS[tag] for tag in decode(probabilities("O", "B-person", "I-person"), LABELS)] == [
        "O",
        "B-person",
        "I-person",
    ]


def test_no_inside_without_a_beginning() -> None:
    tags = [LABELS[tag] for tag in decode(probabilities("O B-person", "I-person"), LABELS)]
    assert tags == ["B-person", "I-person"]
    assert LABELS[decode(probabilities("I-place B-place"), LABELS)[0]] == "B-place"


def test_confidence_is_that_of_the_least_sure_word_and_of_stopping() -> None:
    table = probabilities("B-place", "I-place", "O")
    ((first, after, kind, confidence),) = spans(decode(table, LABELS), table, LABELS)
    expected = min(table[0, 3], table[1, 4], 1 - table[2, 4])
    assert (first, after, kind) == (0, 2, "place") and confidence == pytest.approx(float(expected))


@pytest.mark.parametrize(
    ("text", "kind", "left"),
    [
        ("Peruvian Prime Minister Ana Ruiz", "person", "Ana Ruiz"),
        ("“Ana Ruiz”,", "person", "Ana Ruiz"),
        ("Prime Minister", "person", None),
        ("Peruvian", "place", None),
        ("the Red Crescent and", "organisation", "Red Crescent"),
        ("Harbour Union (South)", "organisation", "Harbour Union (South)"),
        ("…", "place", None),
        ("André", "person", "André"),
    ],
)
def test_tidy(text: str, kind: str, left: str | None) -> None:
    name = tidy(text, Name(0, len(text), kind, 0, 0.99))
    assert (text[name.start : name.end] if name else None) == left


def test_combining_accent_stays_with_its_letter() -> None:
    text = "Jose\u0301 left"
    name = tidy(text, Name(0, 4, "person", 0, 0.99))
    assert name and text[name.start : name.end] == "Jose\u0301"

"""Spellings: what folds together, what may be one name, what must not be."""

from __future__ import annotations

import pytest

from services.entities.names import distance, fold, initials, script, similar


@pytest.mark.parametrize(
    ("surface", "folded"),
    [("The U.S.", "us"), ("Zajárova’s", "zajarova"), ("Côte d'Ivoire", "cote divoire"), ("Київ", "kiiv"), ("…", "")],
)
def test_fold(surface: str, folded: str) -> None:
    assert fold(surface) == folded


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("zajarova", "zakharova"),
        ("sergei", "sergey"),
        ("lukashenko", "lukashenka"),
        ("zelensky", "zelenskyy"),
        ("jodorkovsky", "khodorkovsky"),
        ("gaddafi", "ghaddafi"),
    ],
)
def test_romanisations_of_one_name(left: str, right: str) -> None:
    assert similar(left, right) and similar(right, left)


@pytest.mark.parametrize(
    ("left", "right"),
    [("karimov", "karimova"), ("biden", "baden-baden"), ("putin", "patton"), ("hussein", "hassan"), ("lee", "leo")],
)
def test_other_names(left: str, right: str) -> None:
    assert not similar(left, right)


def test_distance_and_initials() -> None:
    assert distance("kitten", "sitting") == 3
    assert initials("Islamic Revolutionary Guard Corps") == "IRGC"


def test_script_of_first_letter() -> None:
    assert [script(name) for name in ("Kyiv", "«Київ»", "بغداد", "9/11", "")] == ["LATIN", "CYRILLIC", "ARABIC", "", ""]

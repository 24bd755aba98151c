"""Russian names in their first case: "по словам Павла Гринева" is Павел Гринев, "в Росгидромете" is Росгидромет.

Endings alone, no dictionary: a phrase is left as it is where its ending may be of more than one word's.
"""

from __future__ import annotations

import re

_FIRST_NAMES = {"павла": "Павел", "павлу": "Павел", "льва": "Лев", "льву": "Лев", "петра": "Пётр", "петру": "Пётр"}
_CONSONANT = "бвгджзклмнпрстфхцчшщ"
_VOWEL = "аеёиоуыэюя"

# Ending → first case, the longest first: adjectives and surnames of men, then of women.
_MAN = (
    ("ского", "ский"), ("скому", "ский"), ("цкого", "цкий"), ("цкому", "цкий"),
    ("ова", "ов"), ("ову", "ов"), ("ева", "ев"), ("еву", "ев"), ("ёва", "ёв"), ("ёву", "ёв"), ("ина", "ин"), ("ину", "ин"),
)  # fmt: skip
_WOMAN = (
    ("ской", "ская"),
    ("цкой", "цкая"),
    ("овой", "ова"),
    ("евой", "ева"),
    ("ёвой", "ёва"),
    ("иной", "ина"),
    ("ой", "ая"),
)
_OF_MEN = ("ова", "ову", "ева", "еву", "ёва", "ёву", "ина", "ину", "ского", "скому", "цкого", "цкому")
_UNSURE = ("того", "тому", "лого", "лому", "рого", "рому", "его", "ему")  # Толстой, but Белый
# Bodies: what cannot be anything else.
_BODY = (
    ("ства", "ство"), ("ству", "ство"), ("стве", "ство"), ("ения", "ение"), ("ению", "ение"), ("ении", "ение"),
    ("ания", "ание"), ("анию", "ание"), ("ании", "ание"), ("ции", "ция"), ("ссии", "ссия"), ("уры", "ура"), ("уре", "ура"),
)  # fmt: skip
_MASCULINE = re.compile(
    r"(?:штаб|суд|зор|стат|мет|комитет|банк|центр|институт|здрав|фонд|союз|департамент|совет|комстат|маш|пром)[ауе]$"
)
_ADJECTIVE = {
    "n": (("ского", "ское"), ("скому", "ское"), ("ском", "ское"), ("ного", "ное"), ("ному", "ное"), ("ном", "ное")),
    "m": (("ского", "ский"), ("скому", "ский"), ("ском", "ский"), ("ного", "ный"), ("ному", "ный"), ("ном", "ный")),
    "f": (("ской", "ская"), ("ной", "ная")),
}  # fmt: skip


def person(name: str) -> str:
    """The first case of a first name and a surname in the genitive or dative; the name itself where unsure."""
    words = name.split()
    if len(words) < 2 or not all(re.fullmatch(r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?", word) for word in words):
        return name
    first, woman = _first_name(words[0])
    surname = words[-1].lower()
    if not first or surname.endswith(_UNSURE):
        return name
    woman = woman and not surname.endswith(_OF_MEN)  # Никиты Михалкова
    return " ".join([first, *(_surname(word, woman) for word in words[1:])])


def _first_name(word: str) -> tuple[str, bool]:
    """A first name in its first case ("" where the ending tells nothing), and whether it is a woman's."""
    low = word.lower()
    if low in _FIRST_NAMES:
        return _FIRST_NAMES[low], False
    if low.endswith(("ии", "ье")):
        return word[:-1] + ("я" if low.endswith("ии") else ""), True
    if low.endswith("ы"):
        return word[:-1] + "а", True
    if low[-1] in "ау" and low[-2] in _CONSONANT:
        return word[:-1], False
    if low[-1] in "яю" and len(low) > 3:
        return word[:-1] + ("й" if low[-2] in _VOWEL else "ь"), False
    return "", False


def _surname(word: str, woman: bool) -> str:
    low = word.lower()
    for ending, first in _WOMAN if woman else _MAN:
        if low.endswith(ending) and len(low) > len(ending) + 1:
            return word[: -len(ending)] + first
    if not woman and low[-1] in "ау" and low[-2] in _CONSONANT:
        return word[:-1]
    return word


def body(name: str) -> str:
    """The first case of an office or organisation of which the first noun's ending leaves no doubt."""
    words = name.split()
    head = next((place for place, word in enumerate(words) if not _adjective(word)), None)
    if head is None:
        return name
    first, gender = _noun(words[head])
    if not first:
        return name
    led = [_agree(word, gender) for word in words[:head]]
    return " ".join([*led, first, *words[head + 1 :]])


def _adjective(word: str) -> bool:
    return word.lower().endswith(("ого", "ому", "ом", "ой", "его", "ей")) and len(word) > 5


def _agree(word: str, gender: str) -> str:
    for ending, first in _ADJECTIVE[gender]:
        if word.lower().endswith(ending):
            return word[: -len(ending)] + first
    return word


def _noun(word: str) -> tuple[str, str]:
    low = word.lower()
    for ending, first in _BODY:
        if low.endswith(ending) and len(low) > len(ending) + 1:
            return word[: -len(ending)] + first, "f" if first.endswith(("я", "а")) else "n"
    if _MASCULINE.search(low):
        return word[:-1], "m"
    return "", ""

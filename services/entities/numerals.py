"""How a language other than English writes numbers, what it counts, and its days: tables, and what a number comes to.

A language is a file `numerals/<language>.toml`, whose keys `numerals/README.md` explains. A language without a file has digits
alone: its numbers count with a sign (%, €) or not at all.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "numerals"

SIGNS = {
    "US$": "USD", "A$": "AUD", "C$": "CAD", "HK$": "HKD", "NZ$": "NZD", "R$": "BRL", "$": "USD", "€": "EUR", "£": "GBP",
    "¥": "JPY", "₽": "RUB", "₴": "UAH", "₹": "INR", "₺": "TRY", "₩": "KRW", "₪": "ILS",
}  # fmt: skip
"""Currency signs and the currency's code (ISO 4217)."""
SIGN = r"(?:US|A|C|HK|NZ|R)?\$|[€£¥₽₴₹₺₩₪]"
DIGITS = r"\d{1,3}(?:[.,\s'’٬]\d{3})+(?:[.,٫]\d+)?(?!\d)|\d+(?:[.,٫]\d+)?"
"""A number in digits: thousands apart by a point, a comma, a space or an apostrophe."""

_NOTHING = r"(?!)"
_PARTS = re.compile(r"[^\W\d_]+")
_FOLDED = str.maketrans("’أإآى", "'اااي")
_UNFOLDED = {"'": "['’]", "ا": "[اأإآ]", "ي": "[يى]"}


@dataclass(frozen=True, slots=True)
class Numerals:
    """A language's table. Words are folded; the patterns match words as they stand in a text, whatever their capitals."""

    decimal: str
    number: re.Pattern[str]
    """Groups: modifier, sign, digits with scale and half ("2 millones y medio"), or words."""
    about: re.Pattern[str]
    """A modifier at the end of a text."""
    unit: re.Pattern[str]
    ordinal: re.Pattern[str]
    goals: frozenset[str]
    """Modifiers that say where a change led after what `changed` matches at the end of a text: "fell to 21 percent"."""
    changed: re.Pattern[str]
    clock: re.Pattern[str]
    naming: re.Pattern[str]
    link: re.Pattern[str]
    adjective: re.Pattern[str]
    noun: re.Pattern[str]
    after: re.Pattern[str]
    capital_nouns: bool
    values: dict[str, float]
    scales: dict[str, float]
    alone: frozenset[str]
    """Scales that are a number by themselves: "mille"."""
    ambiguous: frozenset[str]
    """Numbers that are another word as well: Italian "sei"."""
    known: frozenset[str]
    """All words of numbers and scales."""
    first: frozenset[str]
    """What the numbers in words begin with."""
    units: dict[str, str]
    stop: frozenset[str]
    people: frozenset[str]
    conjunction: str
    prefixes: str
    """Letters that are written together with the next word, as is the article beside them (Arabic "and", "to")."""
    calendar: dict[str, Any]

    @property
    def begin(self) -> str:
        """A pattern of where a number or a day may begin: at no word, or after one of the prefixes."""
        return _begin(self.prefixes)

    def counts_in(self, text: str) -> bool:
        """False where the text holds neither a digit nor the beginning of a number in words: most sentences, at little cost."""
        if any(map(str.isdigit, text)):
            return True
        words = _PARTS.findall(fold(text))
        return not self.first.isdisjoint(words) or (
            bool(self.prefixes) and not self.first.isdisjoint(word[1:] for word in words)
        )

    def unit_of(self, words: str) -> str | None:
        """The unit that the pattern `unit` matched; None for letters that only look alike ("ſ" for "s")."""
        found = fold(words)
        forms = (found, *(f"{found[:end]}*" for end in range(len(found), 0, -1)))
        return next((self.units[form] for form in forms if form in self.units), None)


@cache
def numerals(language: str) -> Numerals:
    """The table of a language (BCP 47), or one of digits and signs alone."""
    path = FOLDER / f"{language.partition('-')[0]}.toml"
    return _compiled(tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {})


def fold(words: str) -> str:
    """Lower case, one space between words, one apostrophe, one form of Arabic alif and ya."""
    return " ".join(words.lower().translate(_FOLDED).split())


def value(table: Numerals, match: re.Match[str], *, measured: bool) -> float | None:
    """What a match of `table.number` comes to; `measured`: it has a unit or a scale, so that three digits may be decimals.

    None for words that are no definite number ("thousands"), and for what no float holds.
    """
    if match["words"]:
        return _words_value(table, match["words"])
    scales = [table.scales.get(word) for word in _parts(table, match["scale"] or "")]
    scale = math.prod(each for each in scales if each is not None)
    amount = _digits_value(match["digits"], table.decimal, measured or scale > 1)
    found = round((amount + (0.5 if match["half"] else 0)) * scale, 6)
    return found if math.isfinite(found) else None


def _digits_value(digits: str, decimal: str, measured: bool) -> float:
    """Two kinds of marks: the last begins the decimals. One before three digits: it does where the language says so."""
    bare = re.sub(r"[\s'’٬]", "", digits).replace("٫", decimal)
    marks = [character for character in bare if character in ".,"]
    if len(set(marks)) == 2:
        whole, fraction = bare.rsplit(marks[-1], 1)
    elif len(marks) == 1 and not _groups(bare, marks[0], decimal, measured):
        whole, fraction = bare.split(marks[0])
    else:
        whole, fraction = bare, ""
    return float(re.sub("[.,]", "", whole) + (f".{fraction}" if fraction else ""))


def _groups(bare: str, mark: str, decimal: str, measured: bool) -> bool:
    """Whether the one mark of a number sets thousands apart: 1.500 soldiers, but 2,125 million."""
    whole, rest = bare.split(mark)
    return len(rest) == 3 and len(whole) <= 3 and whole != "0" and (mark != decimal or not measured)


def _words_value(table: Numerals, words: str) -> float | None:
    parts = _parts(table, words)
    total = current = 0.0
    for place, word in enumerate(parts):
        scale = table.scales.get(word)
        if word in table.values:
            current += table.values[word]
        elif scale is None or (place == 0 and word not in table.alone):
            return None
        elif scale < 1e3:
            current = (current or 1.0) * scale
        elif 0 < total < scale:
            total, current = (total + current) * scale, 0.0  # "tres mil quinientos millones"
        else:
            total, current = total + (current or 1.0) * scale, 0.0
    found = total + current
    return found if math.isfinite(found) else None


def _parts(table: Numerals, words: str) -> list[str]:
    """The number's words, folded; of two that make one, the one."""
    found: list[str] = []
    for word in re.split(r"[\s-]+", fold(words)):
        bare = word.removeprefix(table.conjunction) if table.prefixes and word not in table.known else word
        if found and f"{found[-1]} {bare}" in table.known:
            found[-1] += f" {bare}"
        elif found and f"{found[-1]}-{bare}" in table.known:
            found[-1] += f"-{bare}"
        elif bare and bare != table.conjunction:
            found.append(bare)
    return found


def _compiled(raw: dict[str, Any]) -> Numerals:
    values = {word: float(amount) for amount, words in raw.get("numbers", {}).items() for word in listed(words)}
    scales = {word: float(amount) for amount, words in raw.get("scales", {}).items() for word in listed(words)}
    numbers = values | dict.fromkeys(entry(raw, "one"), 1.0)
    units = {word: unit for unit, words in raw.get("units", {}).items() for word in listed(words)}
    return Numerals(
        decimal=raw.get("decimal", ","),
        number=_number(raw, values, scales),
        about=_pattern(rf"(?<!\w)(?:{choice(entry(raw, 'modifiers'))})\s\Z"),
        unit=_pattern(rf"\s?(?P<sign>%|٪|{SIGN})|[\s-]?(?:{_link(raw)})?(?P<word>{choice(units)})(?!\w)"),
        ordinal=_pattern(rf"(?:{raw.get('ordinal', _NOTHING)})|[:.]\d|[-–/]\d|[-–]?[^\W\d_]"),
        goals=frozenset(entry(raw, "goals")),
        changed=_pattern(rf"(?<!\w)(?:{choice(entry(raw, 'changed'))})(?:\s[\w.,%]+){{0,4}}\s\Z"),
        clock=_pattern(rf"(?<!\w)(?:{choice(entry(raw, 'clock'))})\s\Z"),
        naming=_pattern(rf"(?<!\w)(?:{choice(entry(raw, 'naming'))})\s\Z"),
        link=_pattern(rf"\s+(?:{_link(raw)})"),
        adjective=re.compile(raw.get("adjective") or _NOTHING),
        noun=re.compile(raw.get("noun", _NOTHING)),
        after=re.compile(raw.get("after") or _NOTHING),
        capital_nouns=bool(raw.get("capital_nouns")),
        values=numbers,
        scales=scales,
        known=frozenset(numbers | scales),
        alone=frozenset(entry(raw, "alone")),
        ambiguous=frozenset(entry(raw, "ambiguous")),
        first=frozenset(_PARTS.findall(word)[0] for word in numbers | scales),
        units=units,
        stop=frozenset(entry(raw, "stop")),
        people=frozenset(entry(raw, "people")),
        conjunction=raw.get("and", ""),
        prefixes=raw.get("prefixes", ""),
        calendar=raw.get("calendar", {}),
    )


def _number(raw: dict[str, Any], values: Iterable[str], scales: Iterable[str]) -> re.Pattern[str]:
    prefixes = raw.get("prefixes", "")
    gap = rf"(?:\s+(?:{choice(entry(raw, 'and'))})\s{'*' if prefixes else '+'}|\s+|-)"
    scale, word, one = choice(scales), choice([*values, *scales]), choice(entry(raw, "one"))
    return _pattern(
        rf"""{_begin(prefixes)}
        (?P<modifier>(?:{choice(entry(raw, "modifiers"))})\s+(?:{_link(raw)})?)?
        (?:(?P<sign>{SIGN})\s?)?
        (?:(?P<digits>{DIGITS})(?P<scale>(?:[\s-]?(?:{scale})(?!\w))*)
            (?P<half>\s(?:{choice(entry(raw, "half"))})(?!\w))?
        |(?P<words>(?:(?:{one})\s+(?=(?:{scale})(?!\w)))?(?:{word})(?!\w)(?:{gap}(?:{word}|{one})(?!\w))*))""",
        re.VERBOSE,
    )


def _begin(prefixes: str) -> str:
    free = r"(?<![\w.,:/#§№’'&+\u200d-])"
    attached = (
        rf"|(?<=(?<!\w)[{prefixes}])|(?<=(?<!\w)[{prefixes}]ـ)|(?<=(?<!\w)ال)|(?<=(?<!\w)الـ)" if prefixes else ""
    )
    return rf"(?:{free}|(?<=[^\W\d_]['’]){attached})"


def _link(raw: dict[str, Any]) -> str:
    """Words between a number and its noun: "de ", "d'"."""
    return "|".join(_as_pattern(word) + ("" if word.endswith("'") else r"\s+") for word in entry(raw, "link"))


def choice(words: Iterable[str]) -> str:
    """A pattern of one of the words, the longest first; one that never matches where there is none."""
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(map(_as_pattern, ordered)) or _NOTHING


def _as_pattern(word: str) -> str:
    stem = "".join(_UNFOLDED.get(letter, re.escape(letter)) for letter in word.removesuffix("*")).replace(r"\ ", r"\s+")
    return stem + (r"\w*" if word.endswith("*") else "")


def entry(raw: dict[str, Any], key: str) -> list[str]:
    """The words of a key, folded; none without it."""
    return listed(raw.get(key, ""))


def listed(words: str) -> list[str]:
    """The words of a string of a table, folded."""
    return [fold(word.replace("_", " ")) for word in words.split()]


def _pattern(pattern: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(pattern, flags | re.IGNORECASE)

"""Numbers in text of other languages than English, by their tables (`numerals.py`): how many of what, how much, what share."""

from __future__ import annotations

import re
from collections.abc import Sequence

from schemas.entities import Quantity
from schemas.span import Span
from services.entities.numerals import SIGNS, Numerals, fold, numerals, value
from services.entities.quantities import clipped, overlaps

_VOWELS = "\u064b-\u0655\u0670"  # Arabic marks, which `\w` leaves out
_WORD = re.compile(rf"\s*([^\W\d_][\w’'{_VOWELS}-]*)")
_ADJECTIVES = 3  # before a noun, at most
_YEARS = range(1800, 2101)
_AGE = re.compile(r"(?:\(|[,،]\s)(?:de\s)?\Z")  # "Anna, 34 ans,"
_NAME = re.compile(r"(?:^|[.!?\n“\"«(]\s*)?(?P<word>[^\W\d_][\w.-]*)\s\Z")


def find_counted(
    text: str, sentences: Sequence[tuple[int, int]], language: str, taken: Sequence[tuple[int, int]] = ()
) -> list[Quantity]:
    """Quantities in text order; a number inside a span of `taken` (dates, names) is none."""
    table, blocked = numerals(language), sorted(taken)
    found = []
    for number, (start, end) in enumerate(sentences):
        reached = start
        if not table.counts_in(text[start:end]):
            continue
        for match in table.number.finditer(text, start, end):
            core = _core(match)
            if match.start() < reached or overlaps(blocked, core):
                continue
            quantity = _quantity(table, text, match, (start, end), number)
            if quantity:
                found.append(clipped(text, quantity, blocked))
                reached = quantity.span.end
    return found


def _core(match: re.Match[str]) -> tuple[int, int]:
    """The number itself, without its modifier."""
    return (match.start("digits"), match.end()) if match["digits"] else match.span("words")


def _quantity(
    table: Numerals, text: str, match: re.Match[str], sentence: tuple[int, int], number: int
) -> Quantity | None:
    end = _core(match)[1]
    unit = table.unit.match(text, end, sentence[1])
    sign = match["sign"] or (unit and unit["sign"])
    bare = match["digits"] and not (match["scale"] or unit or sign)
    if bare and _no_count(table, text, match, sentence[0]):
        return None
    amount = value(table, match, measured=bool(unit or sign))
    if amount is None:
        return None
    name = what = None
    if sign:
        name, end = "%" if sign in ("%", "٪") else SIGNS[sign.upper()], unit.end() if unit else end
    elif unit:
        name, end = table.unit_of(unit["word"]), unit.end()
        if name is None or _says_when_or_who(table, text, match, name, end):
            return None
    else:
        noun = _noun(table, text, end, sentence[1])
        if not _counts(table, match, noun):
            return None
        if noun:
            what, end = text[slice(*noun)], noun[1]
    modifier = _modifier(table, text, match, sentence[0])
    begin = match.start() if modifier else max(match.start(), match.end("modifier"))
    return Quantity(
        span=Span.of(text, begin, end),
        sentence=number,
        value=amount,
        unit=name,
        modifier=modifier,
        of_what=what,
    )


def _modifier(table: Numerals, text: str, match: re.Match[str], start: int) -> str | None:
    """As written, in lower case; none where it says what a change has come to ("снизил до 21 процента")."""
    if not match["modifier"]:
        return None
    before = text[max(start, match.start() - 60) : match.start()]
    if fold(match["modifier"]) in table.goals and table.changed.search(before):
        return None
    return " ".join(match["modifier"].lower().split())


def _no_count(table: Numerals, text: str, match: re.Match[str], start: int) -> bool:
    """Bare digits of a time, a score or an ordinal, or such as name the word before them ("Article 5", "Boeing 737")."""
    if table.ordinal.match(text, match.end("digits")):
        return True
    if match["modifier"]:
        return False
    before = text[max(start, match.start() - 40) : match.start("digits")]
    name = None if table.capital_nouns else _NAME.search(before)
    capital = name and name["word"][0].isupper() and name.start() == name.start("word") and name.start() > 0
    return bool(capital or table.naming.search(before))


def _says_when_or_who(table: Numerals, text: str, match: re.Match[str], unit: str, end: int) -> bool:
    """ "à 14 heures", and an age between commas."""
    before = text[max(0, match.start() - 20) : match.start()]
    return (unit == "h" and bool(table.clock.search(before))) or (
        unit == "year" and not match["modifier"] and bool(_AGE.search(before)) and text[end : end + 1] in ",،)"
    )


def _counts(table: Numerals, match: re.Match[str], noun: tuple[int, int] | None) -> bool:
    """Whether a number without a unit counts something, rather than dating it."""
    if match["words"] and fold(match["words"]) in table.ambiguous:
        return noun is not None and fold(match.string[slice(*noun)]) in table.people
    scaled = bool(match["scale"])
    bare = match["digits"] or ""
    if not scaled and bare.isdigit() and len(bare) == 4 and int(bare) in _YEARS and not (match["modifier"] and noun):
        return noun is not None and fold(match.string[slice(*noun)]) in table.people
    return bool(noun or scaled or (match["modifier"] and match["digits"] and table.values))


def _noun(table: Numerals, text: str, end: int, limit: int) -> tuple[int, int] | None:
    """The noun phrase after a number: adjectives before the noun, the noun, one adjective after it."""
    link = table.link.match(text, end, limit)
    place, start, last = link.end() if link else end, None, None
    for _ in range(_ADJECTIVES + 1):
        match = _WORD.match(text, place, limit)
        if match is None or not _may_be_counted(table, match[1]):
            break
        start, place = match.start(1) if start is None else start, match.end()
        word = re.sub(f"[{_VOWELS}]", "", match[1])
        if table.noun.fullmatch(word):
            last = place
        if not table.adjective.fullmatch(word) or (table.noun.fullmatch(word) and fold(word) in table.people):
            break
    if start is None or last is None:
        return None
    further = _WORD.match(text, last, limit)
    if further and further[1].islower() and fold(further[1]) not in table.stop and table.after.fullmatch(further[1]):
        last = further.end()
    return start, last


def _may_be_counted(table: Numerals, word: str) -> bool:
    return fold(word) not in table.stop and (table.capital_nouns or not word[0].isupper())

"""Numbers in English text: how many of what, how much money, what share. A number that names something is left out."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.entities import Quantity
from schemas.span import Span
from services.entities.demonyms import demonyms
from services.entities.numerals import SIGN, SIGNS

_words = str.split

_UNITS_OF_TEN = {
    word: value for value, word in enumerate(
        _words("""zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen""")
    )
}  # fmt: skip
_UNITS_OF_TEN |= {
    word: 10 * value for value, word in enumerate(_words("twenty thirty forty fifty sixty seventy eighty ninety"), 2)
}
_MAGNITUDES = {
    "hundred": 1e2, "dozen": 12.0, "thousand": 1e3, "k": 1e3, "million": 1e6, "mln": 1e6, "mn": 1e6, "m": 1e6,
    "billion": 1e9, "bln": 1e9, "bn": 1e9, "b": 1e9, "trillion": 1e12, "tn": 1e12, "trn": 1e12,
}  # fmt: skip
_CURRENCIES = {
    "dollar": "USD", "us dollar": "USD", "u.s. dollar": "USD", "usd": "USD", "euro": "EUR", "eur": "EUR",
    "pound": "GBP",
    "pound sterling": "GBP", "gbp": "GBP", "ruble": "RUB", "rouble": "RUB", "rub": "RUB", "hryvnia": "UAH",
    "hryvnias": "UAH", "uah": "UAH", "yuan": "CNY", "renminbi": "CNY", "cny": "CNY", "yen": "JPY", "zloty": "PLN",
    "zlotys": "PLN", "shekel": "ILS", "swiss franc": "CHF", "chf": "CHF", "cent": "USD cents",
}  # fmt: skip
_PERCENT = ("%", "percent", "per cent", "pct", "percentage point", "percentage points")
_MEASURES = {
    "kilometer": "km", "kilometre": "km", "km": "km", "mile": "mi", "meter": "m", "metre": "m",
    "foot": "ft", "feet": "ft",
    "centimeter": "cm", "centimetre": "cm", "millimeter": "mm", "millimetre": "mm", "cm": "cm", "mm": "mm",
    "ton": "t", "tonne": "t", "metric ton": "t", "kilogram": "kg", "kg": "kg", "gram": "g", "kiloton": "kt",
    "megaton": "Mt", "hectare": "ha", "acre": "acre", "square kilometer": "km2", "square kilometre": "km2",
    "sq km": "km2", "square mile": "mi2", "square meter": "m2", "square metre": "m2", "cubic meter": "m3",
    "cubic metre": "m3", "barrel": "bbl", "liter": "L", "litre": "L", "gallon": "gal", "megawatt": "MW",
    "gigawatt": "GW", "kilowatt": "kW", "terawatt-hour": "TWh", "second": "s", "minute": "min", "hour": "h", "day": "d",
    "week": "week", "month": "month", "year": "year", "decade": "decade", "degree": "°", "knot": "kn", "mph": "mph",
}  # fmt: skip
_MODIFIERS = r"\s+".join(
    _words("""at least|at most|about|around|approximately|nearly|almost|more than|less than|fewer than|over|under|some
    |up to
    |as many as|as much as|as few as|roughly|an estimated|estimated|no more than|no fewer than|no less than|only|just
    |close to|well over|upwards of|exactly|an additional|another|a further|a total of|an average of|circa""")
).replace(r"\s+|", "|")

_WORD_NUMBER = "|".join(sorted(_UNITS_OF_TEN, key=len, reverse=True))
_SCALE = "|".join(word for word in sorted(_MAGNITUDES, key=len, reverse=True) if len(word) > 3)
_LETTER_SCALE = "mln|bln|trn|bn|tn|mn|m|b|k"
_NUMBER = re.compile(
    rf"""(?<![\w.,:/#§№’'&+\u200d-])
    (?P<modifier>(?:{_MODIFIERS})\s+)?
    (?P<sign>{SIGN})?\s?
    (?:
      (?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)
        (?:(?P<letter>(?:{_LETTER_SCALE}))(?!\w)|[\s-]?(?P<scale>(?:{_SCALE}))(?!\w)|\s(?P<spaced>{_LETTER_SCALE})(?!\w))?
      |(?P<words>(?:(?:an?|half(?:\s+an?)?)\s+(?=(?:{_SCALE})\b))?
        (?:(?:{_WORD_NUMBER}|{_SCALE})\b(?:(?:(?:(?<=hundred)|(?<=thousand))\s+and\s+|\s+|-)(?=(?:{_WORD_NUMBER}|{_SCALE})\b))?)+)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_COMPOUND = re.compile(r"[-–](?:year|day|month|week|hour|minute|mile|km|kilomet(?:er|re)|met(?:er|re))", re.IGNORECASE)
_ORDINAL_OR_TIME = re.compile(
    r"(?:st|nd|rd|th)\b|:\d|[-–/]\d|\s?(?:[ap]\.?m\b|o['’]clock|GMT|UTC)|[-–](?=[A-Za-z])", re.IGNORECASE
)

_STOP = frozenset(
    _words("""
    a an the this that these those and or but nor so than then as at by for from in into of off on onto out over
    per to up upon via with within without after before since until till during while when where which who whom
    whose what why how if because although though whether is are was were be been being am has have had having
    do does did will would shall should may might can could must not no also only just even still yet already
    ever never more less most least very said says say told tells he she it they we you i him her them us his
    its their our your my there here again ago later earlier away each every all both such same other others
    another between among against about around under above below across along near inside outside through
    throughout toward towards like unlike despite amid including according due killed wounded injured dead died
    hurt missing displaced arrested detained captured destroyed fled took taken came went got made became began
    left found gave showed remain remained remains reported seen lost won held sent hit fell rose compared now
    today yesterday tomorrow tonight monday tuesday wednesday thursday friday saturday sunday
    """)
)
_CASUALTIES = frozenset(_words("killed wounded injured dead missing displaced arrested detained captured"))
_PEOPLE = frozenset(
    _words(
        "person people civilian soldier child woman man girl boy officer policeman death body journalist worker student"
        " prisoner missile rocket drone"
    )
)
_PLURALS = frozenset(
    _words("people children men women troops personnel police aircraft lives mice feet staff cattle media data")
)
_NOUN = re.compile(
    r"[\s\u00a0]+(?:of\s+(?P<of>(?:the|its|their|his|our|all|these|those)\s+)?)?(?P<word>[^\W\d_]+(?:[-’'][^\W_]+)*)"
)
_LONGEST_NOUN = 5


@dataclass(frozen=True, slots=True)
class _Reading:
    end: int
    unit: str | None
    of_what: str | None


def find_quantities(
    text: str, sentences: Sequence[tuple[int, int]], taken: Sequence[tuple[int, int]] = ()
) -> list[Quantity]:
    """Quantities in text order; a number inside a span of `taken` (dates, names) is none."""
    blocked = sorted(taken)
    found = []
    for number, (start, end) in enumerate(sentences):
        reached = start
        for match in _NUMBER.finditer(text, start, end):
            quantity = _quantity(text, match, end, number) if match.start() >= reached else None
            if quantity and not overlaps(blocked, _core(match)):
                found.append(clipped(text, quantity, blocked))
                reached = quantity.span.end
    return found


def _core(match: re.Match[str]) -> tuple[int, int]:
    """The number itself, without its modifier."""
    group = "digits" if match["digits"] else "words"
    return match.start(group), match.end(group)


def clipped(text: str, quantity: Quantity, blocked: Sequence[tuple[int, int]]) -> Quantity:
    """The quantity without a date of `blocked` that its noun runs into."""
    place = bisect_right(blocked, (quantity.span.start, len(text)))
    cut = [start for start, _ in blocked[place : place + 1] if start < quantity.span.end]
    stops = [start for start in cut if text[start:].partition(" ")[0].isdigit()]
    if not stops:
        return quantity
    end = len(text[: stops[0]].rstrip())
    return quantity.model_copy(update={"span": Span.of(text, quantity.span.start, end), "of_what": None})


def overlaps(blocked: Sequence[tuple[int, int]], span: tuple[int, int]) -> bool:
    """Whether the span touches one of those `blocked`, which are in text order."""
    place = bisect_right(blocked, (span[0], span[0]))
    return any(start < span[1] and span[0] < end for start, end in blocked[max(0, place - 2) : place + 2])


def _quantity(text: str, match: re.Match[str], limit: int, sentence: int) -> Quantity | None:
    core = _core(match)
    surface = text[core[0] : core[1]].strip()
    if not surface:
        return None
    value = _value(match)
    end = core[0] + len(surface) if match["words"] else match.end()
    if re.compile(r"[-–]years?[-–]old", re.I).match(text, end):
        return None  # an age says who, not how many
    if value is None or (match["digits"] and _ORDINAL_OR_TIME.match(text, end) and not _COMPOUND.match(text, end)):
        return None
    modifier = match["modifier"].strip().lower() if match["modifier"] else None
    begin = match.start("modifier") if modifier else match.start("sign") if match["sign"] else core[0]
    if match["sign"]:
        reading = _Reading(end, SIGNS[match["sign"].upper()], _purpose(text, end, limit))
    else:
        reading = _unit(text, end, limit) or _Reading(end, None, None)
        if reading.unit is None:
            noun = _counted(text, end, limit)
            if noun is None and not (modifier or match["scale"] or match["letter"]):
                return None
            reading = noun or reading
            if not _counts(text, core[0], match, surface, modifier, reading):
                return None
    span = Span.of(text, begin, reading.end)
    return Quantity(
        span=span, sentence=sentence, value=value, unit=reading.unit, modifier=modifier, of_what=reading.of_what
    )


def _counts(text: str, start: int, match: re.Match[str], surface: str, modifier: str | None, reading: _Reading) -> bool:
    """Whether a number without a unit counts something, rather than naming it or dating it."""
    scaled = match["scale"] or match["letter"] or match["spaced"]
    noun = (reading.of_what or "").split()
    if match["letter"] or match["spaced"]:
        return False  # "5m" alone: metres or millions
    if surface.lower() == "one":
        return bool(noun) and noun[-1].lower() in _PEOPLE
    if surface.isdigit() and len(surface) == 4 and 1800 <= int(surface) <= 2100 and not (modifier or scaled):
        return bool(noun) and _plural(noun[-1]) and len(noun) == 1 and noun[0] in _PLURALS
    if match["digits"] and not modifier and not scaled and _names_something(text, start):
        return False
    return bool(noun) or bool(scaled) or bool(modifier and match["digits"])


def _names_something(text: str, start: int) -> bool:
    """'Article 5', 'Boeing 737': a word before that the number belongs to. A sentence's first capital says nothing."""
    before = re.search(
        r"(?:(?P<gap>^|[.!?\n“\"(]\s*))?(?P<word>[^\W\d_][\w.-]*)[\s\u00a0]\Z", text[max(0, start - 40) : start]
    )
    if before is None:
        return False
    word = before["word"]
    naming = re.fullmatch(
        r"(?i:no|nos|article|chapter|section|resolution|page|paragraph|line|channel|highway|route|room|flight|form|figure|table"
        r"|part|phase|level|grade|version|type|model|reactor|number|aged|age)\.?", word
    )  # fmt: skip
    capital = word[0].isupper() and before["gap"] is None and word.lower() not in demonyms()
    return bool(naming) or capital


def _value(match: re.Match[str]) -> float | None:
    if match["digits"]:
        scale = match["letter"] or match["scale"] or match["spaced"]
        value = float(match["digits"].replace(",", "")) * (_MAGNITUDES[scale.lower()] if scale else 1.0)
        return round(value, 6) if math.isfinite(value) else None
    return _words_value(match["words"].lower())


def _words_value(phrase: str) -> float | None:
    """'two hundred and fifty thousand' is 250000; 'a dozen' 12; 'half a million' 500000; None for no number."""
    words = [word for word in re.split(r"[\s-]+", phrase) if word and word != "and"]
    if not words or not any(word in _UNITS_OF_TEN or word in _MAGNITUDES for word in words):
        return None
    if words in (["hundred"], ["thousand"], ["dozen"], ["million"], ["billion"], ["trillion"]):
        return None  # "hundred thousand" starts elsewhere; alone it is no number
    half = words[0] == "half"
    total = current = 0.0
    for word in words:
        if word in _UNITS_OF_TEN:
            current += _UNITS_OF_TEN[word]
        elif word in _MAGNITUDES:
            current = (current or 1.0) * _MAGNITUDES[word]
            if _MAGNITUDES[word] >= 1e3:
                total, current = total + current, 0.0
    return (total + current) * (0.5 if half else 1.0)


def _unit(text: str, end: int, limit: int) -> _Reading | None:
    """Per cent, a currency or a measure right after the number."""
    percent = re.compile(r"\s?%|[\s-](?:percentage\s+points?|percent|per\s+cent|pct)\b", re.I).match(text, end, limit)
    if percent:
        return _Reading(percent.end(), "%", _share(text, percent.end(), limit))
    word = re.compile(r"[\s-]?((?:square|sq|cubic|metric|us|u\.s\.|swiss|pound)\s+)?([a-z]+(?:-hour)?)\b", re.I).match(
        text, end, limit
    )
    if word is None:
        return None
    for name in (f"{word[1] or ''}{word[2]}".lower(), word[2].lower()):
        for form in (name, name.removesuffix("s")):
            form = re.sub(r"\s+", " ", form)
            if form in _CURRENCIES:
                return _Reading(word.end(), _CURRENCIES[form], _purpose(text, word.end(), limit))
            if form in _MEASURES:
                return _Reading(word.end(), _MEASURES[form], None)
    return None


def _share(text: str, end: int, limit: int) -> str | None:
    after = re.compile(r"\s+of\s").match(text, end, limit)
    noun = _counted(text, end, limit) if after else None
    return noun.of_what if noun else None


def _purpose(text: str, end: int, limit: int) -> str | None:
    """'$2.5bn in military aid': what the money is."""
    after = re.compile(r"\s+(?:worth\s+of|in|of)(?=\s+[a-z])").match(text, end, limit)
    noun = _counted(text, after.end(), limit) if after else None
    return noun.of_what if noun and not re.match(r"\d", noun.of_what or "") else None


def _counted(text: str, end: int, limit: int) -> _Reading | None:
    """The noun phrase after a number: words up to the first plural, or to a word that no noun phrase holds."""
    words = list(_noun_words(text, end, limit))
    while words and (words[-1][0][0].isupper() or words[-1][0].lower() in demonyms()) and not _people(words[-1][0]):
        words.pop()  # "14 Shahed drones", but no "14 Shahed"
    if not words:
        return None
    for count, (word, _, _) in enumerate(words, 1):
        if _plural(word):
            words = words[:count]
            break
    first, last = words[0], words[-1]
    if first[0].lower() in _CASUALTIES:
        return _Reading(first[2], None, first[0])
    return _Reading(last[2], None, text[first[1] : last[2]])


def _noun_words(text: str, end: int, limit: int) -> Iterator[tuple[str, int, int]]:
    for count in range(_LONGEST_NOUN):
        match = _NOUN.match(text, end, limit)
        if match is None or (count and match.group().lstrip().startswith("of ")):
            return
        word = match["word"]
        if word.lower() in _STOP and not (count == 0 and word.lower() in _CASUALTIES):
            return
        yield word, match.start("word"), match.end()
        end = match.end()
        if word.lower() in _CASUALTIES:
            return


def _people(word: str) -> bool:
    """'Ukrainians', as against 'Ukrainian'."""
    return word.lower() in demonyms() and word.endswith("s")


def _plural(word: str) -> bool:
    low = word.lower()
    return low in _PLURALS or (
        low.endswith("s") and not low.endswith(("ss", "us", "is", "ous")) and len(low) > 3 and low not in demonyms()
    )

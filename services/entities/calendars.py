"""Dates in text of other languages than English, by the calendars of their tables (`numerals.py`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from schemas.entities import DateMention
from schemas.span import Span
from services.entities.days import NONE, NUMERIC, YEAR, iso, month_value, named, numeric, weekday
from services.entities.numerals import Numerals, choice, entry, fold, listed, numerals

_DIGITS = {
    base + digit: str(digit) for base in (0x660, 0x6F0, 0x966) for digit in range(10)
}  # Arabic, Persian, Devanagari
_DEICTIC = {"yesterday": -1, "today": 0, "tomorrow": 1}


@dataclass(frozen=True, slots=True)
class _Calendar:
    pattern: re.Pattern[str]
    ahead: re.Pattern[str]
    months: dict[str, int]
    weekdays: dict[str, int]
    days: dict[str, int]


def find_calendar_dates(
    text: str, sentences: Sequence[tuple[int, int]], published_at: datetime | None, language: str
) -> list[DateMention]:
    """Dates in text order. Value `2022-03-24`, `2022-03`, `2022`; None where the day of publication is needed and unknown."""
    table, calendar = numerals(language), _calendar(language)
    day, plain = published_at.date() if published_at else None, text.translate(_DIGITS)
    found = []
    for number, (start, end) in enumerate(sentences):
        ahead = bool(calendar.ahead.search(text, start, end))
        for match in calendar.pattern.finditer(plain, start, end):
            value = _value(calendar, match, day, ahead)
            if value is not NONE and not _is_none(table, match, start):
                group = next((name for name in ("year", "in_month") if match[name]), 0)
                found.append(DateMention(span=Span.of(text, *match.span(group)), sentence=number, value=value))
    return found


def _is_none(table: Numerals, match: re.Match[str], start: int) -> bool:
    """German "am Morgen", "Santo Domingo", and the number of "más de 2000"."""
    if match["year"]:
        return bool(table.about.search(match.string, max(start, match.start() - 30), match.start("year")))
    small = match["deictic"] if table.capital_nouns else match["weekday"]
    return bool(small) and small[0].isupper() and match.start() > start + 1


def _value(calendar: _Calendar, match: re.Match[str], day: date | None, ahead: bool) -> str | None:
    if match["iso_y"]:
        return iso(match, day, ahead)
    if match["n1"]:
        return numeric(match, day, ahead)
    if match["dm_d"]:
        return named(None, int(match["dm_m"]), int(match["dm_d"]), day, ahead)
    if match["deictic"] or match["weekday"]:
        return _near(calendar, match, day, ahead)
    name = match["df_m"] or match["my_m"] or match["in_month"]
    month = calendar.months.get(_key(name)) if name else None
    if month is None:  # a year alone, or letters that only look alike ("ſ" for "s")
        return NONE if name else match["year"] or match["dated"] or match["bare"]
    if match["df_m"]:
        return named(match["df_y"], month, int(re.sub(r"\D", "", match["df_d"])), day, ahead)
    return f"{match['my_y']}-{month:02}" if match["my_m"] else month_value(month, day)


def _near(calendar: _Calendar, match: re.Match[str], day: date | None, ahead: bool) -> str | None:
    """Yesterday, today, tomorrow, and weekdays."""
    shift, place = calendar.days.get(fold(match[0])), calendar.weekdays.get(fold(match[0]))
    if shift is not None:
        return (day + timedelta(days=shift)).isoformat() if day else None
    return NONE if place is None else weekday(place, day, 1 if ahead else -1)


def _key(month: str) -> str:
    return fold(month).rstrip(".")


@cache
def _calendar(language: str) -> _Calendar:
    table = numerals(language)
    raw = table.calendar
    weekdays = {word: place for place, words in enumerate(raw.get("weekdays", ())) for word in listed(words)}
    days = {word: shift for name, shift in _DEICTIC.items() for word in entry(raw, name)}
    near = rf"(?P<weekday>{choice(weekdays)})(?!\w)", rf"(?P<deictic>{choice(days)})(?!\w)"
    pattern = "|".join((*NUMERIC, *_patterns(table, choice(weekdays)), *near))
    return _Calendar(
        re.compile(f"{table.begin}(?:{pattern})", re.IGNORECASE),
        re.compile(raw.get("ahead", "(?!)"), re.IGNORECASE),
        {_key(word): place for place, words in enumerate(raw.get("months", ()), 1) for word in listed(words)},
        weekdays,
        days,
    )


def _patterns(table: Numerals, weekday: str) -> Iterator[str]:
    """Days and months by name, years after what makes them one ("since", a bracket, a dash) or before it ("года")."""
    raw = table.calendar
    month = rf"(?:{choice(word for words in raw.get('months', ()) for word in listed(words))})"
    of = rf"(?:(?:{choice(entry(raw, 'of'))})\s+)?"
    named_year = rf"\s*(?:{choice(entry(raw, 'year'))})(?!\w)"
    year_ends = rf"(?:{named_year}|(?!\w))"
    since = rf"(?:\(|[–—]\s?|--?\s|(?:{choice(entry(raw, 'since'))})\s+)"
    no_count = rf"(?![\w%]|[.,]\d|-[^\W\d_]|\s?(?:{choice([*table.people, *table.units])})(?!\w))"
    yield (
        rf"(?:(?:{weekday}),?\s+)?(?P<df_d>{raw.get('day', '(?!)')})\s+{of}(?P<df_m>{month})(?!\w)"
        rf"(?:,?\s+{of}(?P<df_y>{YEAR}){year_ends})?"
    )
    yield r"(?P<dm_d>\d{1,2})\.\s?(?P<dm_m>0[1-9]|1[0-2])\.(?!\s?\d)"
    yield rf"(?P<my_m>{month}),?\s+{of}(?P<my_y>{YEAR}){year_ends}"
    yield rf"(?P<dated>{YEAR}){named_year}"
    yield rf"{since}(?:(?P<year>{YEAR}){no_count}|(?P<in_month>{month})(?![\w/]|\s+{of}{YEAR}))"
    yield rf"(?P<bare>{raw.get('bare_year', '(?!)')}){no_count}"

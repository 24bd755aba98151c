"""Dates in English text, as exact as they are written, relative ones against the day of publication."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from schemas.entities import DateMention
from schemas.span import Span
from services.entities.days import NONE, NUMERIC, YEAR, iso, month_value, named, numeric, shifted, weekday

_words = str.split

_MONTHS = _words("january february march april may june july august september october november december")
_DAYS = _words("monday tuesday wednesday thursday friday saturday sunday")
_SMALL = {
    word: value
    for value, word in enumerate(_words("one two three four five six seven eight nine ten eleven twelve"), 1)
}
_SMALL |= {"a": 1, "an": 1, "couple of": 2}

_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?"
    r"|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_DAY = r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_UNIT = r"(?:day|week|month|year)"
_COUNT = r"(?:\d{1,3}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:a\s+)?couple\s+of)"

_PATTERNS = (
    *NUMERIC,
    rf"(?:{_DAY},?\s+)?(?P<mf_m>{_MONTH})\s+(?P<mf_d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|[:,]\d)(?:,?\s+(?P<mf_y>{YEAR}))?",
    rf"(?:{_DAY},?\s+)?(?:the\s+)?(?P<df_d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<df_m>{_MONTH})(?:,?\s+(?P<df_y>{YEAR}))?",
    rf"(?P<my_m>{_MONTH}),?\s+(?:of\s+)?(?P<my_y>{YEAR})",
    r"(?:the\s+)?(?P<decade>(?:1[5-9]|20)\d0)s",
    rf"(?P<ago_n>{_COUNT})\s+(?P<ago_u>{_UNIT})s?\s+(?:ago|earlier)",
    rf"(?P<rel>[Ll]ast|[Tt]his|[Nn]ext|[Pp]ast|coming)\s+(?P<rel_u>week|month|year|{_DAY}|{_MONTH}(?![\w.]))",
    r"(?P<deictic>(?:[Tt]he\s+)?day\s+(?:before\s+yesterday|after\s+tomorrow)|[Tt]oday|[Yy]esterday|[Tt]omorrow|[Tt]onight)",
    rf"(?P<weekday>{_DAY})",
)
# Only the first letters of months and days are fixed: names of months are words too ("may", "march").
_DATE = re.compile(
    r"(?<![\w.,/$€£-])(?:" + "|".join(_PATTERNS) + r")(?![\w%])"
)  # fmt: skip
_LOOSE = re.compile(
    rf"(?:\b(?:[Ii]n|[Oo]f|[Ss]ince|[Uu]ntil|[Bb]y|[Ff]rom|[Dd]uring|[Bb]efore|[Aa]fter|[Ee]arly|[Ll]ate|[Mm]id|and|to|the)[\s-]+|\()"
    rf"(?:(?P<in_month>{_MONTH})(?![\w.-])|(?P<year>{YEAR})(?![\w%,.-]*\d)(?!\s+(?:people|soldiers|troops|men|women|tons|tonnes|km|dollars)))"
)
_AHEAD = re.compile(
    r"\b(?:will|would|shall|is\s+to|are\s+to|due|scheduled|plans?|planned|expected|upcoming|going\s+to|set\s+to)\b"
)


def find_dates(text: str, sentences: Sequence[tuple[int, int]], published_at: datetime | None) -> list[DateMention]:
    """Dates in text order. Value `2022-03-24`, `2022-03`, `2022`, `2022-W12`; None for decades."""
    day = published_at.date() if published_at else None
    found: list[DateMention] = []
    for number, (start, end) in enumerate(sentences):
        spans: list[tuple[int, int, str | None]] = []
        for match in _DATE.finditer(text, start, end):
            ahead = bool(_AHEAD.search(text, max(start, match.start() - 80), match.start()))
            readable = _value(match, day, ahead)
            if readable is not NONE:
                spans.append((match.start(), match.end(), readable))
        for match in _LOOSE.finditer(text, start, end):
            group = "year" if match["year"] else "in_month"
            if not any(s < match.end() and match.start() < e for s, e, _ in spans):
                value = match["year"] or month_value(_month(match["in_month"]), day)
                spans.append((match.start(group), match.end(group), value))
        for begin, after, value in sorted(spans):
            found.append(DateMention(span=Span.of(text, begin, after), sentence=number, value=value))
    return found


def _value(match: re.Match[str], day: date | None, ahead: bool) -> str | None:
    """ISO 8601; None where the day of publication is needed and unknown; NONE where the match is no date at all."""
    return _READERS[next(group for group in _READERS if match[group])](match, day, ahead)


def _month(name: str) -> int:
    return next(place for place, month in enumerate(_MONTHS, 1) if month.startswith(name.lower().rstrip(".")[:3]))


def _ago(match: re.Match[str], day: date | None, _ahead: bool) -> str | None:
    words = (
        re.sub(r"\s+", " ", match["ago_n"].lower()).removeprefix("a ")
        if " " in match["ago_n"]
        else match["ago_n"].lower()
    )
    count = int(words) if words.isdigit() else _SMALL[words]
    if day is None or (match["ago_u"] == "year" and count >= day.year):
        return None
    return shifted(day, match["ago_u"], -count)


def _relative(match: re.Match[str], day: date | None, _ahead: bool) -> str | None:
    which, unit = match["rel"].lower(), match["rel_u"].lower()
    step = {"last": -1, "past": -1, "this": 0, "next": 1, "coming": 1}[which]
    if day is None:
        return None
    if unit in ("week", "month", "year"):
        return shifted(day, unit, step)
    if unit in _DAYS:
        return weekday(_DAYS.index(unit), day, 1 if step > 0 else 0 if step < 0 else -1)
    month = _month(unit)
    passed = month < day.month if step < 0 else month <= day.month
    year = day.year + (0 if step == 0 else (0 if passed else -1) if step < 0 else (1 if passed else 0))
    return f"{year:04}-{month:02}"


def _deictic(match: re.Match[str], day: date | None, _ahead: bool) -> str | None:
    phrase = match["deictic"].lower()
    shift = -2 if "before" in phrase else 2 if "after" in phrase else {"yesterday": -1, "tomorrow": 1}.get(phrase, 0)
    return (day + timedelta(days=shift)).isoformat() if day else None


_READERS: dict[str, Callable[[re.Match[str], date | None, bool], str | None]] = {
    "iso_y": iso,
    "n1": numeric,
    "mf_m": lambda match, day, ahead: named(match["mf_y"], _month(match["mf_m"]), int(match["mf_d"]), day, ahead),
    "df_m": lambda match, day, ahead: named(match["df_y"], _month(match["df_m"]), int(match["df_d"]), day, ahead),
    "my_m": lambda match, _day, _ahead: f"{match['my_y']}-{_month(match['my_m']):02}",
    "decade": lambda _match, _day, _ahead: None,
    "ago_n": _ago,
    "rel": _relative,
    "deictic": _deictic,
    "weekday": lambda match, day, ahead: weekday(_DAYS.index(match["weekday"].lower()), day, 1 if ahead else -1),
}

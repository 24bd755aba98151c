"""Dates in English text, as exact as they are written, relative ones against the day of publication."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from schemas.entities import DateMention
from schemas.span import Span

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
_YEAR = r"(?:1[5-9]\d\d|20\d\d)"
_UNIT = r"(?:day|week|month|year)"
_COUNT = r"(?:\d{1,3}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:a\s+)?couple\s+of)"

_PATTERNS = (
    rf"(?P<iso_y>{_YEAR})-(?P<iso_m>0[1-9]|1[0-2])-(?P<iso_d>0[1-9]|[12]\d|3[01])",
    rf"(?P<n1>\d{{1,2}})(?P<sep>[./])(?P<n2>\d{{1,2}})(?P=sep)(?P<n_y>{_YEAR})",
    rf"(?:{_DAY},?\s+)?(?P<mf_m>{_MONTH})\s+(?P<mf_d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|[:,]\d)(?:,?\s+(?P<mf_y>{_YEAR}))?",
    rf"(?:{_DAY},?\s+)?(?:the\s+)?(?P<df_d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<df_m>{_MONTH})(?:,?\s+(?P<df_y>{_YEAR}))?",
    rf"(?P<my_m>{_MONTH}),?\s+(?:of\s+)?(?P<my_y>{_YEAR})",
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
    rf"(?:(?P<in_month>{_MONTH})(?![\w.-])|(?P<year>{_YEAR})(?![\w%,.-]*\d)(?!\s+(?:people|soldiers|troops|men|women|tons|tonnes|km|dollars)))"
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
            if readable is not _NONE:
                spans.append((match.start(), match.end(), readable))
        for match in _LOOSE.finditer(text, start, end):
            group = "year" if match["year"] else "in_month"
            if not any(s < match.end() and match.start() < e for s, e, _ in spans):
                value = match["year"] or _month_value(_month(match["in_month"]), day)
                spans.append((match.start(group), match.end(group), value))
        for begin, after, value in sorted(spans):
            found.append(DateMention(span=Span.of(text, begin, after), sentence=number, value=value))
    return found


_NONE = "no date"


def _value(match: re.Match[str], day: date | None, ahead: bool) -> str | None:
    """ISO 8601; None where the day of publication is needed and unknown; _NONE where the match is no date at all."""
    return _READERS[next(group for group in _READERS if match[group])](match, day, ahead)


def _full(year: int, month: int, number: int) -> str | None:
    return (
        f"{year:04}-{month:02}-{number:02}" if 1 <= month <= 12 and 1 <= number <= monthrange(year, month)[1] else _NONE
    )


def _month(name: str) -> int:
    return next(place for place, month in enumerate(_MONTHS, 1) if month.startswith(name.lower().rstrip(".")[:3]))


def _named(year: str | None, month: int, number: int, day: date | None, ahead: bool) -> str | None:
    """Without a year: the nearest such day not long after publication; the next one where the sentence looks ahead."""
    if year:
        return _full(int(year), month, number)
    if day is None:
        return _NONE if _full(2024, month, number) is _NONE else None
    values = [value for shift in (-1, 0, 1) if (value := _full(day.year + shift, month, number)) and value is not _NONE]
    dates = [date.fromisoformat(value) for value in values]
    fitting = [each for each in dates if timedelta(days=-300) <= each - day <= timedelta(days=300 if ahead else 60)]
    if not fitting:
        return _NONE
    key: Callable[[date], object] = (
        (lambda each: (each < day, abs(each - day))) if ahead else (lambda each: abs(each - day))
    )
    return min(fitting, key=key).isoformat()  # type: ignore[arg-type]


def _month_value(month: int, day: date | None) -> str | None:
    """A month without a year: the last one begun."""
    if day is None:
        return None
    return f"{day.year if month <= day.month else day.year - 1:04}-{month:02}"


def _numeric(match: re.Match[str], _day: date | None, _ahead: bool) -> str | None:
    first, second, year = int(match["n1"]), int(match["n2"]), int(match["n_y"])
    if first > 12 or match["sep"] == ".":
        return _full(year, second, first)
    if second > 12:
        return _full(year, first, second)
    return _full(year, first, second) if first == second else None  # day or month first: nobody can tell


def _shifted(day: date, unit: str, count: int) -> str:
    """`count` units from `day`, as exact as the unit."""
    if unit == "day":
        return (day + timedelta(days=count)).isoformat()
    if unit == "week":
        year, week, _ = (day + timedelta(weeks=count)).isocalendar()
        return f"{year:04}-W{week:02}"
    if unit == "month":
        months = day.year * 12 + day.month - 1 + count
        return f"{months // 12:04}-{months % 12 + 1:02}"
    return f"{day.year + count:04}"


def _ago(match: re.Match[str], day: date | None, _ahead: bool) -> str | None:
    words = (
        re.sub(r"\s+", " ", match["ago_n"].lower()).removeprefix("a ")
        if " " in match["ago_n"]
        else match["ago_n"].lower()
    )
    count = int(words) if words.isdigit() else _SMALL[words]
    if day is None or (match["ago_u"] == "year" and count >= day.year):
        return None
    return _shifted(day, match["ago_u"], -count)


def _weekday(name: str, day: date | None, step: int) -> str | None:
    """step -1: before publication or on it; 0: strictly before; 1: after."""
    if day is None:
        return None
    back = (day.weekday() - _DAYS.index(name.lower())) % 7
    if step > 0:
        return (day + timedelta(days=(7 - back) if back else 7)).isoformat()
    return (day - timedelta(days=back or (7 if step == 0 else 0))).isoformat()


def _relative(match: re.Match[str], day: date | None, _ahead: bool) -> str | None:
    which, unit = match["rel"].lower(), match["rel_u"].lower()
    step = {"last": -1, "past": -1, "this": 0, "next": 1, "coming": 1}[which]
    if day is None:
        return None
    if unit in ("week", "month", "year"):
        return _shifted(day, unit, step)
    if unit in _DAYS:
        return _weekday(unit, day, 1 if step > 0 else 0 if step < 0 else -1)
    month = _month(unit)
    passed = month < day.month if step < 0 else month <= day.month
    year = day.year + (0 if step == 0 else (0 if passed else -1) if step < 0 else (1 if passed else 0))
    return f"{year:04}-{month:02}"


def _deictic(match: re.Match[str], day: date | None, _ahead: bool) -> str | None:
    phrase = match["deictic"].lower()
    shift = -2 if "before" in phrase else 2 if "after" in phrase else {"yesterday": -1, "tomorrow": 1}.get(phrase, 0)
    return (day + timedelta(days=shift)).isoformat() if day else None


_READERS: dict[str, Callable[[re.Match[str], date | None, bool], str | None]] = {
    "iso_y": lambda match, _day, _ahead: _full(int(match["iso_y"]), int(match["iso_m"]), int(match["iso_d"])),
    "n1": _numeric,
    "mf_m": lambda match, day, ahead: _named(match["mf_y"], _month(match["mf_m"]), int(match["mf_d"]), day, ahead),
    "df_m": lambda match, day, ahead: _named(match["df_y"], _month(match["df_m"]), int(match["df_d"]), day, ahead),
    "my_m": lambda match, _day, _ahead: f"{match['my_y']}-{_month(match['my_m']):02}",
    "decade": lambda _match, _day, _ahead: None,
    "ago_n": _ago,
    "rel": _relative,
    "deictic": _deictic,
    "weekday": lambda match, day, ahead: _weekday(match["weekday"], day, 1 if ahead else -1),
}

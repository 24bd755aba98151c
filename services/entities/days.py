"""What the parts of a date come to as ISO 8601, those without a year against the day of publication; of any language."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

NONE = "no date"
"""Instead of a value: what was matched is no date at all."""


YEAR = r"(?:1[5-9]\d\d|20\d\d)"
NUMERIC = (
    rf"(?P<iso_y>{YEAR})-(?P<iso_m>0[1-9]|1[0-2])-(?P<iso_d>0[1-9]|[12]\d|3[01])",
    rf"(?P<n1>\d{{1,2}})(?P<sep>[./])(?P<n2>\d{{1,2}})(?P=sep)(?P<n_y>{YEAR})",
)
"""Patterns of dates in digits; `iso` and `numeric` read what they match."""


def full(year: int, month: int, number: int) -> str:
    """A day, or NONE where the calendar has none such."""
    return (
        f"{year:04}-{month:02}-{number:02}" if 1 <= month <= 12 and 1 <= number <= monthrange(year, month)[1] else NONE
    )


def named(year: str | None, month: int, number: int, day: date | None, ahead: bool) -> str | None:
    """Without a year: the nearest such day not long after publication; the next one where the sentence looks ahead."""
    if year:
        return full(int(year), month, number)
    if day is None:
        return NONE if full(2024, month, number) is NONE else None
    values = [value for shift in (-1, 0, 1) if (value := full(day.year + shift, month, number)) is not NONE]
    dates = [date.fromisoformat(value) for value in values]
    fitting = [each for each in dates if timedelta(days=-300) <= each - day <= timedelta(days=300 if ahead else 60)]
    if not fitting:
        return NONE
    key: Callable[[date], object] = (
        (lambda each: (each < day, abs(each - day))) if ahead else (lambda each: abs(each - day))
    )
    return min(fitting, key=key).isoformat()  # type: ignore[arg-type]


def month_value(month: int, day: date | None) -> str | None:
    """A month without a year: the last one begun."""
    if day is None:
        return None
    return f"{day.year if month <= day.month else day.year - 1:04}-{month:02}"


def iso(match: re.Match[str], _day: date | None, _ahead: bool) -> str:
    """2022-03-24."""
    return full(int(match["iso_y"]), int(match["iso_m"]), int(match["iso_d"]))


def numeric(match: re.Match[str], _day: date | None, _ahead: bool) -> str | None:
    """24.03.2022; None for 3/4/2022."""
    first, second, year = int(match["n1"]), int(match["n2"]), int(match["n_y"])
    if first > 12 or match["sep"] == ".":
        return full(year, second, first)
    if second > 12:
        return full(year, first, second)
    return full(year, first, second) if first == second else None  # day or month first: nobody can tell


def shifted(day: date, unit: str, count: int) -> str:
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


def weekday(place: int, day: date | None, step: int) -> str | None:
    """The weekday (0: Monday) before publication or on it (`step` -1), strictly before it (0), after it (1)."""
    if day is None:
        return None
    back = (day.weekday() - place) % 7
    if step > 0:
        return (day + timedelta(days=(7 - back) if back else 7)).isoformat()
    return (day - timedelta(days=back or (7 if step == 0 else 0))).isoformat()

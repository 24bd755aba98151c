"""Dates: as exact as written, relative to the day of publication, None rather than a guess."""

from __future__ import annotations

from datetime import datetime

import pytest

from services.entities.dates import find_dates

THURSDAY = datetime(2023, 6, 15, 9, 30)


def read(text: str, published: datetime | None = THURSDAY) -> list[tuple[str, str | None]]:
    return [(each.span.exact, each.value) for each in find_dates(text, [(0, len(text))], published)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("signed on 4 May 2019", ("4 May 2019", "2019-05-04")),
        ("on Monday, March 1, 2021, they", ("Monday, March 1, 2021", "2021-03-01")),
        ("in October 1962", ("October 1962", "1962-10")),
        ("since 1991,", ("1991", "1991")),
        ("dated 2020-02-29.", ("2020-02-29", "2020-02-29")),
        ("by 31.12.2024 at the latest", ("31.12.2024", "2024-12-31")),
        ("on Tuesday he said", ("Tuesday", "2023-06-13")),
        ("he will leave on Tuesday", ("Tuesday", "2023-06-20")),
        ("next Friday", ("next Friday", "2023-06-16")),
        ("yesterday", ("yesterday", "2023-06-14")),
        ("last month", ("last month", "2023-05")),
        ("this week", ("this week", "2023-W24")),
        ("three years ago", ("three years ago", "2020")),
        ("on 3 January", ("3 January", "2023-01-03")),
    ],
)
def test_date(text: str, expected: tuple[str, str]) -> None:
    assert read(text) == [expected]


@pytest.mark.parametrize("text", ["on Tuesday", "yesterday", "last year", "on 3 January", "two weeks ago"])
def test_relative_to_an_unknown_day(text: str) -> None:
    assert [value for _, value in read(text, published=None)] == [None]


def test_day_and_month_that_nobody_can_tell_apart() -> None:
    assert read("on 03/04/2022 or 25/04/2022") == [("03/04/2022", None), ("25/04/2022", "2022-04-25")]


@pytest.mark.parametrize("text", ["They may march on.", "31 February 2020", "2,019 men", "room 1984b", "", "$2020"])
def test_no_date(text: str) -> None:
    assert read(text) == []

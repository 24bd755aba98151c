"""Numbers that count, and numbers that name."""

from __future__ import annotations

import pytest

from services.entities.dates import find_dates
from services.entities.quantities import find_quantities


def read(text: str) -> list[tuple[str, float, str | None, str | None, str | None]]:
    dates = [(date.span.start, date.span.end) for date in find_dates(text, [(0, len(text))], None)]
    found = find_quantities(text, [(0, len(text))], dates)
    return [(each.span.exact, each.value, each.unit, each.modifier, each.of_what) for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Some 2.4 million farmers lost land.", ("Some 2.4 million farmers", 2.4e6, None, "some", "farmers")),
        ("They sent three old patrol boats north.", ("three old patrol boats", 3, None, None, "old patrol boats")),
        ("The bill came to $4.5bn in fuel subsidies.", ("$4.5bn", 4.5e9, "USD", None, "fuel subsidies")),
        ("A loan of 300 million euros.", ("300 million euros", 3e8, "EUR", None, None)),
        ("Turnout was about 62% of voters.", ("about 62%", 62, "%", "about", "voters")),
        ("At least 17 miners were trapped.", ("At least 17 miners", 17, None, "at least", "miners")),
        ("In all, 41 wounded were flown out.", ("41 wounded", 41, None, None, "wounded")),
        ("more than 1,200 km of pipeline", ("more than 1,200 km", 1200, "km", "more than", None)),
        ("two hundred and ten thousand homes", ("two hundred and ten thousand homes", 210000, None, None, "homes")),
        ("half a million letters", ("half a million letters", 5e5, None, None, "letters")),
        ("She lost 6 Lancet drones there.", ("6 Lancet drones", 6, None, None, "Lancet drones")),
    ],
)
def test_quantity(text: str, expected: tuple[str, float, str | None, str | None, str | None]) -> None:
    assert read(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "Article 7 of the pact", "an Airbus 320", "the F-35 and the T-90", "COVID-19", "at 10:30 and 6 a.m.", "on 9/11",
        "One of them left.", "a 34-year-old baker", "the 21st century", "the 1970s", "since 2011", "No. 4 in the line",
        "", "…", "Resolution 1973",
    ],
)  # fmt: skip
def test_numbers_that_count_nothing(text: str) -> None:
    assert read(text) == []


def test_spans_are_exact_and_in_order() -> None:
    text = "🙂 12 ships, 3 e\u0301tudes and €5m; ٣ cars; ½ a litre; 1e5 ants; 10,000,000,000,000,000 stars."
    found = find_quantities(text, [(0, len(text))])
    assert [text[each.span.start : each.span.end] for each in found] == [each.span.exact for each in found]
    assert found == sorted(found, key=lambda each: each.span.start)

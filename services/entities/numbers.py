"""Quantities and dates of a text in any language: English by its own rules, others by their tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from schemas.entities import DateMention, Quantity
from services.entities.calendars import find_calendar_dates
from services.entities.counted import find_counted
from services.entities.dates import find_dates
from services.entities.quantities import find_quantities


def numbers(
    text: str,
    sentences: Sequence[tuple[int, int]],
    published_at: datetime | None,
    language: str,
    named: Sequence[tuple[int, int]] = (),
) -> tuple[list[Quantity], list[DateMention]]:
    """In text order. They need no model; a number inside a name (`named`) or a date is no quantity."""
    if language == "en":
        dates = find_dates(text, sentences, published_at)
    else:
        dates = find_calendar_dates(text, sentences, published_at, language)
    taken = [*((date.span.start, date.span.end) for date in dates), *named]
    if language == "en":
        return find_quantities(text, sentences, taken), dates
    return find_counted(text, sentences, language, taken), dates

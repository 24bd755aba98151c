"""The table of formats."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from schemas import ClaimsEvent
from services.export import claimreview, ninjs, rows, web_annotations


class Kind(StrEnum):
    """Names of formats."""

    JSON = "json"
    CSV = "csv"
    NINJS = "ninjs"
    ANNOTATIONS = "annotations"
    CLAIMREVIEW = "claimreview"


@dataclass(frozen=True)
class Format:
    """A row of the table. `write` gives the pieces of one document about all of the articles, as these come."""

    label: str
    what: str
    media_type: str
    suffix: str
    write: Callable[[Iterable[ClaimsEvent]], Iterator[str]]


def _events(events: Iterable[ClaimsEvent]) -> Iterator[str]:
    return (event.model_dump_json() + "\n" for event in events)


def _items(events: Iterable[ClaimsEvent]) -> Iterator[str]:
    return (json.dumps(ninjs.item(event), ensure_ascii=False) + "\n" for event in events)


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        Kind.JSON: Format("JSON", "the event, all of it", "application/json", ".json", _events),
        Kind.CSV: Format("CSV", "a row a claim, for spreadsheets", "text/csv", ".csv", rows.write),
        Kind.NINJS: Format("ninjs", "IPTC ninjs 3.3, for newsrooms", "application/json", ".ninjs.json", _items),
        Kind.ANNOTATIONS: Format(
            "Annotations",
            "W3C Web Annotations of claims and names",
            "application/ld+json",
            ".annotations.jsonld",
            web_annotations.write,
        ),
        Kind.CLAIMREVIEW: Format(
            "ClaimReview",
            "schema.org stubs, for fact-checkers to complete",
            "application/ld+json",
            ".claimreview.jsonld",
            claimreview.write,
        ),
    }
)


def file_name(article_id: str, suffix: str) -> str:
    """A name for a file about an article, safe on any system: letters, digits, dots, hyphens."""
    stem = re.sub(r"[^\w.-]+", "_", article_id)[:80].strip("._")
    return (stem or "article") + suffix

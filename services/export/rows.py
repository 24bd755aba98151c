"""CSV (RFC 4180): one row a claim."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain

from schemas import Claim, ClaimsEvent

COLUMNS = (
    "claim_id",
    "article_id",
    "article_version",
    "url",
    "title",
    "source",
    "published_at",
    "language",
    "primary_type",
    "types",
    "check_worthiness",
    "checkable",
    "mode",
    "stance",
    "speaker",
    "speaker_wikidata",
    "target",
    "target_wikidata",
    "start",
    "end",
    "text",
)
FORMULA = tuple("=+-@＝＋－＠")
CONTROL = tuple("\t\r\n")

Row = list[str | int | float | None]


def inert(value: str) -> str:
    """The text, behind an apostrophe where a spreadsheet would take it for a formula (OWASP, CSV injection)."""
    return f"'{value}" if value.startswith(CONTROL) or value.lstrip().startswith(FORMULA) else value


def row(event: ClaimsEvent, claim: Claim) -> Row:
    """The cells of a claim, in the order of COLUMNS."""
    article, attribution = event.article, claim.attribution
    speaker, target = attribution.speaker, claim.target
    cells: Row = [
        claim.claim_id,
        article.article_id,
        article.version,
        article.url,
        article.title,
        article.source,
        article.published_at.isoformat() if article.published_at else None,
        claim.language,
        claim.primary_type.value,
        "; ".join(kind.label.value for kind in claim.types),
        claim.check_worthiness,
        "yes" if claim.checkable else "no",
        attribution.mode.value,
        attribution.stance.value,
        speaker.name if speaker else None,
        speaker.wikidata if speaker else None,
        target.name if target else None,
        target.wikidata if target else None,
        claim.span.start,
        claim.span.end,
        claim.text,
    ]
    return [inert(cell) if isinstance(cell, str) else cell for cell in cells]


def table(parts: Iterable[Iterable[Row]]) -> Iterator[str]:
    """The header, then the rows of each part."""
    header: Row = list(COLUMNS)
    for rows in chain([[header]], parts):
        written = io.StringIO()
        csv.writer(written).writerows(rows)
        yield written.getvalue()


def write(events: Iterable[ClaimsEvent]) -> Iterator[str]:
    """All claims of the articles, under one header."""
    return table([row(event, claim) for claim in event.claims] for event in events)

"""An enriched article in a few lines, and its claims as rows of a table."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from schemas import ClaimsEvent
from services.console.view.article import View, heading

ENTITIES, TOP_CLAIMS, TEXT_LENGTH = 12, 2, 400


def short(text: str, length: int = TEXT_LENGTH) -> str:
    """The text, cut with an ellipsis where it is longer than `length` code points."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def summary(event: ClaimsEvent, at: datetime, seconds: float | None) -> View:
    """What a line of the live view needs. `seconds`: from the raw article to this event."""
    rows = claim_rows(event, at)
    names = sorted(event.entities.entities, key=lambda entity: -entity.salience)[:ENTITIES]
    return {
        "id": event.article.article_id,
        "title": short(heading(event.article), 200),
        "source": event.article.source,
        "language": event.language.language,
        "status": event.status.value,
        "at": at.isoformat(),
        "seconds": seconds,
        "claims": len(rows),
        "types": dict(Counter(row["type"] for row in rows)),
        "speakers": sorted({row["speaker"] for row in rows if row["speaker"]}),
        "entities": [entity.name for entity in names],
        "top": sorted(rows, key=lambda row: -row["worth"])[:TOP_CLAIMS],
    }


def claim_rows(event: ClaimsEvent, at: datetime) -> list[View]:
    """Each claim of an article, with what it takes to rank, group and date it. `when`: published, else processed."""
    article = event.article
    when = (article.published_at or at).isoformat()
    return [
        {
            "article": article.article_id,
            "n": number,
            "id": claim.claim_id,
            "title": short(heading(article), 120),
            "source": article.source,
            "language": claim.language,
            "when": when,
            "type": claim.primary_type.value,
            "worth": claim.check_worthiness,
            "text": short(claim.text),
            "speaker": claim.attribution.speaker.name if claim.attribution.speaker else None,
            "target": claim.target.name if claim.target else None,
            "mode": claim.attribution.mode.value,
            "stance": claim.attribution.stance.value,
            "fingerprint": claim.fingerprint,
        }
        for number, claim in enumerate(event.claims)
    ]

"""schema.org: a ClaimReview stub a claim. Never a reviewRating: the fact-checker fills that in, with author and url.

https://schema.org/ClaimReview, https://schema.org/Claim
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from schemas import Claim, ClaimsEvent
from schemas.claims import Actor, AttributionMode
from schemas.entities import Entity, EntityType
from services.export.names import article_uri, claim_uri, entities, language, present, web_uri, wikidata_uri

TYPES = {
    EntityType.PERSON: "Person",
    EntityType.ORGANISATION: "Organization",
    EntityType.PLACE: "Place",
    EntityType.EVENT: "Event",
    EntityType.OTHER: "Thing",
}


def appearance(event: ClaimsEvent) -> dict[str, Any]:
    """The article, as the work in which a claim appears."""
    article = event.article
    return present(
        {
            "@type": "NewsArticle",
            "@id": article_uri(article.article_id),
            "url": web_uri(article.url),
            "headline": article.title,
            "inLanguage": language(event),
            "datePublished": article.published_at.isoformat() if article.published_at else None,
            "author": [{"@type": "Person", "name": name} for name in article.authors],
            "publisher": {"@type": "Organization", "name": article.source} if article.source else None,
        }
    )


def claim_object(event: ClaimsEvent, claim: Claim, work: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A schema.org Claim: its words, who says so (`author`), whom it accuses (`about`), where it appears."""
    known, work = entities(event), work or appearance(event)
    author: Any = _agent(claim.attribution.speaker, known)
    if claim.attribution.mode is AttributionMode.AUTHOR:  # the article's own voice
        author = work.get("publisher") or work.get("author")
    return present(
        {
            "@type": "Claim",
            "@id": claim_uri(claim),
            "text": claim.text,
            "inLanguage": claim.language,
            "keywords": [kind.label.value for kind in claim.types],
            "author": author,
            "about": _node(claim.target, known),
            "appearance": work,
        }
    )


def stubs(event: ClaimsEvent) -> Iterator[dict[str, Any]]:
    """A ClaimReview for each claim of an article, with all that is known before anybody has checked it."""
    work = appearance(event)
    for claim in event.claims:
        yield {
            "@type": "ClaimReview",
            "claimReviewed": claim.text,
            "itemReviewed": claim_object(event, claim, work),
        }


def write(events: Iterable[ClaimsEvent]) -> Iterator[str]:
    """One JSON-LD document, a list of all stubs."""
    yield '{"@context": "https://schema.org", "@graph": ['
    between = "\n"
    for event in events:
        for stub in stubs(event):
            yield between + json.dumps(stub, ensure_ascii=False)
            between = ",\n"
    yield "\n]}\n"


def _node(actor: Actor | None, known: Mapping[str, Entity]) -> dict[str, Any] | None:
    """Somebody named. Without a type where it isn't known what they are."""
    if actor is None:
        return None
    entity = known.get(actor.entity or "")
    kind = TYPES[entity.type] if entity else None
    return present({"@type": kind, "name": actor.name, "sameAs": wikidata_uri(actor.wikidata)})


def _agent(actor: Actor | None, known: Mapping[str, Entity]) -> dict[str, Any] | None:
    """Somebody who speaks: a person or an organisation, as `author` wants; a country speaks as its government."""
    node = _node(actor, known)
    return node | {"@type": "Organization"} if node and node.get("@type") in ("Place", "Event", "Thing") else node

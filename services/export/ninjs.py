"""IPTC ninjs 3.3: an article with its names and, as associated items, its claims.

ninjs takes no properties but its own, so all of it is said in these; places in the text can't be
(https://iptc.org/std/ninjs/ninjs-schema_3.3.json). `from_ninjs` reads items back.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schemas import Claim, ClaimsEvent, Entity
from schemas.claims import Actor
from schemas.entities import EntityType
from services.export.names import article_uri, claim_uri, language, maker, present, web_uri, wikidata_uri

STANDARD = {
    "name": "ninjs",
    "version": "3.3",
    "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.3.json#",
}
ID_ROLE = "claimstream:article_id"
AUTHOR, PUBLISHER, SPEAKER = "https://schema.org/author", "https://schema.org/publisher", "urn:claimstream:role:speaker"
EXTRA = "ninjs"  # where `article.extra` keeps what else an item said
LISTS = {
    EntityType.PERSON: "people",
    EntityType.ORGANISATION: "organisations",
    EntityType.PLACE: "places",
    EntityType.EVENT: "events",
}
GIVEN_BACK: dict[str, type] = {
    "firstCreated": str,
    "embargoedUntil": str,
    "expires": str,
    "pubStatus": str,
    "urgency": int,
    "copyrightHolder": str,
    "copyrightNotice": str,
    "usageTerms": str,
    "rightsInfo": dict,
    "edNote": str,
    "slugline": str,
    "located": str,
    "descriptions": list,
    "genres": list,
    "objects": list,
    "trustIndicators": list,
    "digitalSourceType": dict,
}
"""What an item that came as ninjs said and we say nothing of: it goes out again as it came in."""

Item = dict[str, Any]


def item(event: ClaimsEvent) -> Item:
    """The article as a ninjs item."""
    article = event.article
    said = article.extra.get(EXTRA)
    given: Item = said if isinstance(said, dict) else {}
    published = article.published_at.isoformat() if article.published_at else None
    url = web_uri(article.url)
    made: Item = {
        "uri": article_uri(article.article_id),
        "standard": STANDARD,
        "type": "text",
        "representationType": "full",
        "version": str(article.version),
        "versionCreated": event.processed_at.isoformat(),
        "contentCreated": published,
        "language": language(event),
        "by": ", ".join(article.authors),
        "headlines": [{"role": "main", "value": article.title}] if article.title else [],
        "bodies": [
            {"role": "main", "contentType": "text/plain", "charCount": len(article.text), "value": article.text}
        ],
        "altIds": [{"role": ID_ROLE, "value": article.article_id}],
        "renditions": [{"name": "web", "href": url, "contentType": "text/html"}] if url else [],
        "infoSources": [
            *({"name": name, "role": AUTHOR} for name in article.authors),
            *([{"name": article.source, "role": PUBLISHER}] if article.source else []),
        ],
        **_names(event),
        "associations": [_claim(event, number, claim) for number, claim in enumerate(event.claims, 1)],
    }
    for name in ("people", "organisations", "places", "events", "subjects", "associations"):
        made[name] = _joined(made[name], given.get(name))
    kept = {name: given[name] for name, kind in GIVEN_BACK.items() if isinstance(given.get(name), kind)}
    return present(kept | made)


def _names(event: ClaimsEvent) -> dict[str, list[Item]]:
    """Each entity in the list for its type; and in `subjects`, the only one that has room for how sure and relevant."""
    lists: dict[str, list[Item]] = {name: [] for name in (*LISTS.values(), "subjects")}
    creator = _maker(event, "entities")
    for entity in sorted(event.entities.entities, key=lambda entity: -entity.salience):
        named = {"name": entity.name, "rel": "mentions", "uri": wikidata_uri(entity.wikidata)}
        if entity.type in LISTS:
            lists[LISTS[entity.type]].append(present(named | {"geoJSON": _point(entity)}))
        lists["subjects"].append(
            present(
                named
                | {
                    "creator": creator,
                    "relevance": _percent(entity.salience),
                    "confidence": _percent(entity.link_confidence),
                }
            )
        )
    return lists


def _point(entity: Entity) -> Item | None:
    if entity.type is not EntityType.PLACE or entity.coordinates is None:
        return None
    return {"type": "Point", "coordinates": [entity.coordinates.longitude, entity.coordinates.latitude]}


def _claim(event: ClaimsEvent, number: int, claim: Claim) -> Item:
    """A claim as an item of its own: its words, who says it, what kind it is, whether it is worth checking, its target."""
    creator, speaker, target = _maker(event, "claims"), claim.attribution.speaker, claim.target
    subjects = [
        _subject(kind.label.value, "claimType", creator, kind.score, f"urn:claimstream:claim-type:{kind.label.value}")
        for kind in claim.types
    ]
    subjects.append(_subject("worth checking", "checkWorthiness", creator, claim.check_worthiness))
    if target is not None:
        subjects.append(_subject(target.name, "target", creator, None, wikidata_uri(target.wikidata)))
    return present(
        {
            "name": f"Claim {number}: {claim.primary_type.value}",
            "rel": "claim",
            "uri": claim_uri(claim),
            "type": "text",
            "language": claim.language,
            "bodies": [{"contentType": "text/plain", "value": claim.text}],
            "infoSources": [_speaker(speaker)] if speaker else [],
            "subjects": subjects,
        }
    )


def _speaker(actor: Actor) -> Item:
    return present({"name": actor.name, "role": SPEAKER, "uri": wikidata_uri(actor.wikidata)})


def _subject(name: str, rel: str, creator: str, confidence: float | None, uri: str | None = None) -> Item:
    return present({"name": name, "rel": rel, "uri": uri, "creator": creator, "confidence": _percent(confidence)})


def _percent(value: float | None) -> int | None:
    """ninjs counts confidence and relevance from 0 to 100."""
    return None if value is None else round(100 * value)


def _maker(event: ClaimsEvent, stage: str) -> str:
    for processor in (event.processor, *event.earlier):
        if processor.name == stage:
            return maker(processor)
    return "Claimstream"


def _joined(ours: list[Item], given: object) -> list[Item]:
    """What the publisher gave, and of ours what that lacks. What we gave to an earlier version is not the publisher's."""
    items = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    theirs = [one for one in items if not _made_here(one)]
    known = set(_keys(theirs))
    return [*theirs, *(one for one in ours if known.isdisjoint(_keys([one])))]


def _made_here(one: Item) -> bool:
    return str(one.get("creator")).startswith("Claimstream") or str(one.get("uri")).startswith("urn:claimstream:")


def _keys(items: Iterable[Item]) -> Iterable[tuple[str, str]]:
    for one in items:
        if isinstance(uri := one.get("uri"), str):
            yield "uri", uri
        elif isinstance(name := one.get("name"), str):
            yield "name", name.casefold()

"""W3C Web Annotations: one a claim and one a mention of an entity, in one collection.

Positions count Unicode code points of the article's text exactly as received, end-exclusive, as the standard has it
(https://www.w3.org/TR/annotation-model/#text-position-selector). Their `source` is therefore that text, not the web
page, which is the `scope`; in a page, look for the quotation.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from schemas import Claim, ClaimsEvent, Entity, Mention, Span
from schemas.event import Processor
from services.export.names import article_uri, claim_uri, entities, language, maker, present, web_uri, wikidata_uri

CONTEXT = ["http://www.w3.org/ns/anno.jsonld", {"claimstream": "urn:claimstream:vocabulary:"}]


def notes(event: ClaimsEvent) -> Iterator[dict[str, Any]]:
    """Of an article: its claims, then its mentions."""
    known = entities(event)
    makers = {processor.name: processor for processor in (*event.earlier, event.processor)}
    for claim in event.claims:
        yield _annotation(event, claim.claim_id, claim.span, "classifying", makers.get("claims"), _claim(claim))
    for mention in event.entities.mentions:
        entity = known.get(mention.entity)
        motivation = "identifying" if entity and entity.wikidata else "tagging"
        bodies = _mention(mention, entity)
        yield _annotation(event, mention.id, mention.span, motivation, makers.get("entities"), bodies)


def write(events: Iterable[ClaimsEvent]) -> Iterator[str]:
    """One AnnotationCollection. Its id follows from what is in it."""
    yield f'{{"@context": {json.dumps(CONTEXT)}, "type": "AnnotationCollection", "label": "Claims and entities", '
    yield '"first": {"type": "AnnotationPage", "startIndex": 0, "items": ['
    total, ids = 0, hashlib.sha256()
    for event in events:
        for annotation in notes(event):
            yield (",\n" if total else "\n") + json.dumps(annotation, ensure_ascii=False)
            total += 1
            ids.update(annotation["id"].encode())
    id = f"urn:claimstream:annotations:{ids.hexdigest()[:32]}"
    yield f'\n], "id": "{id}:1", "partOf": "{id}"}}, "id": "{id}", "total": {total}}}\n'


def _annotation(
    event: ClaimsEvent, id: str, span: Span, motivation: str, processor: Processor | None, bodies: list[dict[str, Any]]
) -> dict[str, Any]:
    article = event.article
    name = quote(article.article_id, safe="")
    text = {
        "id": article_uri(article.article_id),
        "type": "Text",
        "format": "text/plain",
        "language": language(event),
    }
    selectors = [
        {"type": "TextQuoteSelector", "exact": span.exact, "prefix": span.prefix, "suffix": span.suffix},
        {"type": "TextPositionSelector", "start": span.start, "end": span.end},
    ]
    target = {
        "type": "SpecificResource",
        "source": present(text),
        "scope": web_uri(article.url),
        "selector": selectors,
    }
    return present(
        {
            "id": f"urn:claimstream:annotation:{name}:{article.version}:{quote(id, safe='')}",
            "type": "Annotation",
            "motivation": motivation,
            "created": event.processed_at.isoformat(),
            "generator": _generator(processor),
            "body": bodies,
            "target": present(target),
        }
    )


def _generator(processor: Processor | None) -> dict[str, Any] | None:
    if processor is None:
        return None
    return {
        "id": f"urn:claimstream:processor:{quote(processor.name, safe='')}:{quote(processor.version, safe='')}",
        "type": "Software",
        "name": maker(processor),
    }


def _text(purpose: str, value: str) -> dict[str, Any]:
    return {"type": "TextualBody", "purpose": purpose, "format": "text/plain", "value": value}


def _claim(claim: Claim) -> list[dict[str, Any]]:
    """Its types, a line for people, and the same for programs, under the names of the schema."""
    attribution, speaker, target = claim.attribution, claim.attribution.speaker, claim.target
    line = f"{claim.primary_type.value}, check-worthiness {claim.check_worthiness:.2f}"
    line += f"; speaker: {speaker.name if speaker else 'none named'} ({attribution.mode.value})"
    line += f"; target: {target.name}" if target else ""
    fields = {
        "primary_type": claim.primary_type.value,
        "check_worthiness": claim.check_worthiness,
        "checkable": claim.checkable,
        "mode": attribution.mode.value,
        "stance": attribution.stance.value,
        "speaker": speaker.name if speaker else None,
        "speaker_wikidata": speaker.wikidata if speaker else None,
        "target": target.name if target else None,
        "target_wikidata": target.wikidata if target else None,
    }
    data = {f"claimstream:{name}": value for name, value in fields.items() if value is not None}
    return [
        *(_text("classifying", kind.label.value) for kind in claim.types),
        _text("describing", line),
        {"id": claim_uri(claim), "type": "claimstream:Claim", **data},
    ]


def _mention(mention: Mention, entity: Entity | None) -> list[dict[str, Any]]:
    """Its type, its entity's name, and the Wikidata item where that is known."""
    bodies = [_text("classifying", (entity or mention).type.value)]
    if entity is not None:
        bodies.append(_text("tagging", entity.name))
        if uri := wikidata_uri(entity.wikidata):
            bodies.append({"type": "SpecificResource", "purpose": "identifying", "source": uri})
    return bodies

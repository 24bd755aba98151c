"""An article as the page shows it: its text in pieces, its entities, its claims, and why they are claims."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from schemas import Article, ArticleEvent, Claim, ClaimsEvent, EntitiesEvent, LanguageEvent
from schemas.claims import Actor
from services.console.view.segments import Annotation, paragraphs
from services.export.formats import FORMATS

View = dict[str, Any]

TITLE_LENGTH = 140  # of a heading made of the text, in code points


def heading(article: Article) -> str:
    """Its title, else its first line."""
    title = (article.title or "").strip()
    return title or article.text.strip().partition("\n")[0][:TITLE_LENGTH] or "(no text)"


def web_link(url: str | None) -> str | None:
    """The url where it leads to a web page; None for `javascript:` and whatever else a feed may say."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def raw_view(article: Article) -> View:
    """An article of which nothing is known yet. `paragraphs`: lists of `{t: text, c: claims, m: mention, w: cues}`."""
    return {
        "id": article.article_id,
        "version": article.version,
        "title": heading(article),
        "url": article.url,
        "link": web_link(article.url),
        "source": article.source,
        "authors": article.authors,
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "declared": article.language,
        "status": None,
        "warnings": [],
        "processors": [],
        "language": None,
        "entities": None,
        "claims": None,
        "paragraphs": _paragraphs(article.text, []),
    }


def article_view(event: ArticleEvent) -> View:
    """What any stage's event says of its article. `entities` and `claims` are None where no stage has looked yet."""
    view = raw_view(event.article) | {
        "status": event.status.value,
        "warnings": event.warnings,
        "processors": [processor.model_dump() for processor in (*event.earlier, event.processor)],
    }
    notes: list[Annotation[View]] = []
    if isinstance(event, LanguageEvent):
        view["language"] = event.language.model_dump(exclude={"paragraphs", "quotations"})
    if isinstance(event, EntitiesEvent):
        view["entities"] = _entities(event)
        types = {entity.id: entity.type.value for entity in event.entities.entities}
        notes += [
            Annotation(
                mention.span.start,
                mention.span.end,
                {"m": mention.id, "entity": mention.entity, "type": types.get(mention.entity, mention.type.value)},
            )
            for mention in event.entities.mentions
        ]
    if isinstance(event, ClaimsEvent):
        view["claims"] = [_claim(number, claim) for number, claim in enumerate(event.claims)]
        view["exports"] = [{"as": name, "label": one.label, "what": one.what} for name, one in FORMATS.items()]
        for number, claim in enumerate(event.claims):
            notes.append(Annotation(claim.span.start, claim.span.end, {"c": number}))
            notes += [
                Annotation(cue.span.start, cue.span.end, {"w": number, "role": cue.role}) for cue in claim.explanation
            ]
    view["paragraphs"] = _paragraphs(event.article.text, notes)
    return view


def _paragraphs(text: str, notes: list[Annotation[View]]) -> list[list[View]]:
    return [[_piece(piece.text, piece.about) for piece in paragraph] for paragraph in paragraphs(text, notes)]


def _piece(text: str, about: tuple[View, ...]) -> View:
    piece: View = {"t": text}
    if claims := [note["c"] for note in about if "c" in note]:
        piece["c"] = claims
    if mentions := [note for note in about if "m" in note]:
        piece["m"] = mentions
    if cues := [[note["w"], note["role"]] for note in about if "w" in note]:
        piece["w"] = cues
    return piece


def _entities(event: EntitiesEvent) -> list[View]:
    counts: dict[str, int] = {}
    for mention in event.entities.mentions:
        counts[mention.entity] = counts.get(mention.entity, 0) + 1
    found = [
        {
            "id": entity.id,
            "name": entity.name,
            "aliases": [alias for alias in entity.aliases_seen if alias != entity.name],
            "type": entity.type.value,
            "wikidata": entity.wikidata,
            "country": entity.country,
            "salience": entity.salience,
            "mentions": counts.get(entity.id, 0),
        }
        for entity in event.entities.entities
    ]
    return sorted(found, key=lambda entity: (-float(str(entity["salience"])), str(entity["name"])))


def _claim(number: int, claim: Claim) -> View:
    return {
        "n": number,
        "id": claim.claim_id,
        "text": claim.text,
        "language": claim.language,
        "type": claim.primary_type.value,
        "types": [{"label": kind.label.value, "score": kind.score} for kind in claim.types],
        "checkable": claim.checkable,
        "worth": claim.check_worthiness,
        "mode": claim.attribution.mode.value,
        "stance": claim.attribution.stance.value,
        "cue": claim.attribution.cue.exact if claim.attribution.cue else None,
        "speaker": _actor(claim.attribution.speaker),
        "target": _actor(claim.target),
        "hedged": claim.hedged,
        "negated": claim.negated,
        "quantities": [quantity.span.exact for quantity in claim.quantities],
        "dates": [{"text": date.span.exact, "value": date.value} for date in claim.dates],
        "why": [{"role": cue.role, "text": cue.span.exact} for cue in claim.explanation],
    }


def _actor(actor: Actor | None) -> View | None:
    if actor is None:
        return None
    words = actor.span.exact if actor.span else None
    return {"name": actor.name, "entity": actor.entity, "wikidata": actor.wikidata, "words": words}

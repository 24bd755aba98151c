"""URIs of what is exported: the same thing has the same one in every format. And what else formats share."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlsplit

from schemas import Claim, ClaimsEvent
from schemas.entities import Entity
from schemas.event import Processor

_PART = r"(?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})"
_URI = re.compile(rf"[A-Za-z][A-Za-z0-9+.-]*:{_PART}+(?:#{_PART}*)?")


def article_uri(article_id: str) -> str:
    """The id where it is a URI already (that of a ninjs item), else one made of it."""
    return article_id if _URI.fullmatch(article_id) else f"urn:claimstream:article:{quote(article_id, safe='')}"


def claim_uri(claim: Claim) -> str:
    """Of a claim."""
    return f"urn:claimstream:claim:{quote(claim.claim_id, safe='')}"


def maker(processor: Processor) -> str:
    """Which service and model found something, for people."""
    return f"Claimstream {processor.name} {processor.version}" + (f" ({processor.model})" if processor.model else "")


def wikidata_uri(item: str | None) -> str | None:
    """Of a Wikidata item, as Wikidata itself names it."""
    return f"http://www.wikidata.org/entity/{item}" if item else None


def web_uri(url: str | None) -> str | None:
    """The address of a web page as a URI; None for `javascript:` and whatever else a feed may say."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    uri = quote(url or "", safe="%/:?#@!$&'()*+,;=~")
    return uri if _URI.fullmatch(uri) else None


def entities(event: ClaimsEvent) -> dict[str, Entity]:
    """The entities of an article by their ids."""
    return {entity.id: entity for entity in event.entities.entities}


def language(event: ClaimsEvent) -> str | None:
    """The language found, else the declared one (BCP 47)."""
    found = event.language.language
    return found if found != "und" else event.article.language


def present(fields: dict[str, Any]) -> dict[str, Any]:
    """Those that have something in them."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}

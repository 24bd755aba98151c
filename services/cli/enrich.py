"""`enrich`: the pure functions of all services one after another in this process, without a broker."""

from __future__ import annotations

from collections.abc import Callable

from schemas import Article, ArticleEvent, ClaimsEvent
from services.stream.service import registry
from services.stream.settings import Settings
from services.stream.stage import Stage


def pipeline(settings: Settings) -> Callable[[Article], ClaimsEvent]:
    """Loads every model and returns what enriches one article, just as the services do."""
    first, *others = [Stage(service, settings) for service in registry().values()]

    def enrich(article: Article) -> ClaimsEvent:
        event: ArticleEvent = first.apply(article)
        for stage in others:
            event = stage.apply(event)
        assert isinstance(event, ClaimsEvent)
        return event

    return enrich

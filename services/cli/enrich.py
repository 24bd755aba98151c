"""`enrich`: the pure functions of all services one after another in this process, without a broker."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel

from schemas import Article, ClaimsEvent
from schemas.topics import ARTICLES_CLAIMS, ARTICLES_RAW, Topic
from services.stream.service import registry
from services.stream.settings import Settings
from services.stream.stage import Stage


def pipeline(settings: Settings) -> Callable[[Article], ClaimsEvent]:
    """Loads every model and returns what enriches one article, just as the services do."""
    stages = [Stage(service, settings) for service in registry().values() if service.memory is None]

    def enrich(article: Article) -> ClaimsEvent:
        events: dict[Topic, BaseModel] = {ARTICLES_RAW: article}
        for stage in stages:
            if stage.service.reads in events:
                events[stage.service.writes] = stage.apply(events[stage.service.reads])
        result = events[ARTICLES_CLAIMS]
        assert isinstance(result, ClaimsEvent)
        return result

    return enrich

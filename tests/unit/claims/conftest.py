"""The reader as it ships, and articles with entities named by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from schemas.article import Article
from schemas.entities import Entities, EntitiesEvent, Entity, EntityType, Mention, SentenceSpan
from schemas.event import Processor
from schemas.language import Language
from schemas.span import Span
from services.claims.reader import ClaimReader
from services.text.sentences import split

Names = dict[str, tuple[str, EntityType]]
MakeEvent = Callable[..., EntitiesEvent]


@pytest.fixture(scope="session")
def reader() -> ClaimReader:
    return ClaimReader.load()


@pytest.fixture(scope="session")
def make_event() -> MakeEvent:
    """`make_event(text, names)`: names map what is written to (canonical name, type)."""

    def make(text: str, names: Names | None = None, article_id: str = "a1") -> EntitiesEvent:
        sentences = split(text, "en")
        entities: dict[str, Entity] = {}
        mentions: list[Mention] = []
        taken: set[int] = set()
        for written in sorted(names or {}, key=len, reverse=True):
            name, kind = (names or {})[written]
            entity = entities.setdefault(name, Entity(id=f"e{len(entities) + 1}", name=name, type=kind))
            for number, (start, end) in enumerate(sentences):
                place = text.find(written, start, end)
                while place >= 0:
                    stretch = set(range(place, place + len(written)))
                    if not stretch & taken:
                        taken |= stretch
                        span = Span.of(text, place, place + len(written))
                        identity = f"m{len(mentions) + 1}"
                        mention = Mention(
                            id=identity, type=kind, span=span, sentence=number, confidence=1, entity=entity.id
                        )
                        mentions.append(mention)
                    place = text.find(written, place + 1, end)
        found = Entities(
            sentences=[SentenceSpan(start=start, end=end) for start, end in sentences],
            mentions=mentions,
            entities=list(entities.values()),
        )
        return EntitiesEvent(
            article=Article(article_id=article_id, text=text),
            processor=Processor(name="test", version="0"),
            processed_at=datetime(2024, 1, 1, tzinfo=UTC),
            language=Language(language="en", confidence=1.0),
            entities=found,
        )

    return make

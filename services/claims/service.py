"""claims: reads articles with their entities, writes them with their claims, and every claim as a message of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas import ClaimsEvent, DetectedClaim, EntitiesEvent, Processor, Status
from schemas.topics import ARTICLES_CLAIM_IDS, ARTICLES_CLAIMS, ARTICLES_ENTITIES, CLAIMS_DETECTED
from services.stream.service import Service
from services.stream.settings import Settings

if TYPE_CHECKING:
    from services.claims.reader import ClaimReader


@dataclass(frozen=True)
class Tool:
    """The reader."""

    reader: ClaimReader

    def processor(self, language: str) -> Processor:
        """Which model reads the language."""
        model = self.reader.model(language)
        return Processor(name="claims", version=model.version, model=model.name, model_sha256=model.sha256)


def load(settings: Settings) -> Tool:
    """Once a process, and only in the one that reads: the model's libraries are imported here."""
    from services.claims.reader import LANGUAGES, MODEL, ClaimReader

    models = settings.models
    return Tool(
        ClaimReader.load(models.claims or MODEL, models.multilingual_claims or LANGUAGES, models.also_in_claims)
    )


def process(tool: Tool, event: EntitiesEvent) -> ClaimsEvent:
    """The article with its claims; without any in a language that the model does not serve."""
    language = event.language.language
    processor = tool.processor(language)
    if event.status is Status.SKIPPED:
        return ClaimsEvent.after(event, processor)
    if language not in tool.reader.languages:
        return ClaimsEvent.after(event, processor, **event.unsupported("claims", language))
    return ClaimsEvent.after(event, processor, claims=tool.reader.read(event))


def detected(event: ClaimsEvent) -> Iterator[tuple[str, DetectedClaim]]:
    """Every claim of an article as a message that stands alone, with its key."""
    article = event.article
    for claim in event.claims:
        yield (
            claim.claim_id,
            DetectedClaim(
                **dict(claim),
                article_id=article.article_id,
                article_version=article.version,
                url=article.url,
                title=article.title,
                source=article.source,
                published_at=article.published_at,
                processor=event.processor,
                processed_at=event.processed_at,
            ),
        )


service = Service(
    name="claims",
    summary="Finds claims: their type, speaker, target and check-worthiness",
    reads=ARTICLES_ENTITIES,
    writes=ARTICLES_CLAIMS,
    also_writes=CLAIMS_DETECTED,
    split=detected,
    ledger=ARTICLES_CLAIM_IDS,
    load=load,
    process=process,
)

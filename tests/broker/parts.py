"""A processor that cuts an article into its words, one part each, run as a real worker: `python -m tests.broker.parts`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid5

from pydantic import BaseModel

from schemas import Article, ArticleEvent, Processor
from schemas.article import NAMESPACE
from schemas.topics import ARTICLES_CLAIM_IDS, ARTICLES_CLAIMS, ARTICLES_RAW, CLAIMS_DETECTED
from services.stream.run import run
from services.stream.service import Service
from services.stream.settings import Settings


class Part(BaseModel):
    """A word of an article."""

    word: str
    version: int


def part_id(article_id: str, word: str) -> str:
    return str(uuid5(NAMESPACE, f"{article_id}\n{word}"))


def load(settings: Settings) -> None:
    pass


def process(tool: None, article: Article) -> ArticleEvent:
    time.sleep(0.002)
    return ArticleEvent(article=article, processor=Processor(name="parts", version="1"), processed_at=datetime.now(UTC))


def split(event: ArticleEvent) -> Iterator[tuple[str, Part]]:
    article = event.article
    for word in article.text.split():
        yield part_id(article.article_id, word), Part(word=word, version=article.version)


service = Service(
    name="parts",
    summary="Cuts articles into words",
    reads=ARTICLES_RAW,
    writes=ARTICLES_CLAIMS,
    also_writes=CLAIMS_DETECTED,
    split=split,
    ledger=ARTICLES_CLAIM_IDS,
    load=load,
    process=process,
)

if __name__ == "__main__":
    from tests.broker import parts  # under its real name, so that the reading process can import it

    settings = Settings()
    run(parts.service, settings, settings.metrics.port or 9460)

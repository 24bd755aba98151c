"""Raw articles into Kafka, each acknowledged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError

from schemas import Article
from schemas.topics import ARTICLES_RAW
from services.stream.clients import ACK_SECONDS, producer
from services.stream.envelope import cloud_event, event_id, new_trace
from services.stream.settings import Settings

WINDOW = 500  # messages on the way to the broker at once


def produce(settings: Settings, articles: Iterable[Article]) -> Iterator[tuple[str, str | None]]:
    """Sends articles to articles.raw; yields (article id, None) for each that Kafka has, (id, why) for each it has not.

    Raises BrokerAway.
    """
    client = producer(settings)
    limit = settings.processing.max_article_bytes
    waiting: list[tuple[str, Any]] = []
    try:
        for article in articles:
            value = article.model_dump_json(exclude_defaults=True).encode()
            if len(value) > limit:
                yield article.article_id, f"too large: {len(value)} bytes, limit {limit}"
                continue
            waiting.append((article.article_id, _send(client, settings, article, value)))
            if len(waiting) >= WINDOW:
                yield from _settled(waiting)
                waiting.clear()
        yield from _settled(waiting)
    finally:
        client.close()


def _send(client: KafkaProducer, settings: Settings, article: Article, value: bytes) -> Any:
    id = event_id("produce", article)
    trace = new_trace(settings.traces.ratio)
    headers = cloud_event(ARTICLES_RAW, "produce", article.article_id, id, trace, None)
    name = settings.kafka.topic_prefix + ARTICLES_RAW.name
    return client.send(name, key=article.article_id.encode(), value=value, headers=headers)


def _settled(waiting: list[tuple[str, Any]]) -> Iterator[tuple[str, str | None]]:
    for article_id, future in waiting:
        try:
            future.get(timeout=ACK_SECONDS)
            yield article_id, None
        except KafkaError as error:
            yield article_id, f"not acknowledged: {error!r}"

"""`produce` and `replay`: messages into Kafka, each acknowledged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError

from schemas import Article
from schemas.topics import ARTICLES_DEAD, ARTICLES_RAW
from services.cli.articles import Refused
from services.stream.clients import consumer, producer
from services.stream.dead_letters import Cause
from services.stream.envelope import cloud_event, event_id, header, new_trace
from services.stream.settings import Settings

ACK_SECONDS = 60
WINDOW = 500  # messages on the way to the broker at once


@dataclass
class Report:
    """What became of the articles that were to be produced."""

    accepted: int = 0
    refused: list[Refused] = field(default_factory=list)


def produce(settings: Settings, articles: Iterable[Article | Refused]) -> Iterator[Report]:
    """Sends articles to articles.raw, waiting for acks; yields the running report after each."""
    report = Report()
    client = producer(settings)
    waiting: list[tuple[str, Any]] = []
    try:
        for article in articles:
            if isinstance(article, Refused):
                report.refused.append(article)
            else:
                value = article.model_dump_json(exclude_defaults=True).encode()
                limit = settings.processing.max_article_bytes
                if len(value) > limit:
                    report.refused.append(Refused(article.article_id, f"{len(value)} bytes, limit {limit}"))
                else:
                    waiting.append((article.article_id, _send(client, settings, article, value)))
            if len(waiting) >= WINDOW:
                _settle(waiting, report)
            yield report
        _settle(waiting, report)
        yield report
    finally:
        client.close()


def _send(client: KafkaProducer, settings: Settings, article: Article, value: bytes) -> Any:
    id = event_id("produce", article)
    headers = cloud_event(ARTICLES_RAW, "produce", article.article_id, id, new_trace(), None)
    name = settings.kafka.topic_prefix + ARTICLES_RAW.name
    return client.send(name, key=article.article_id.encode(), value=value, headers=headers)


def _settle(waiting: list[tuple[str, Any]], report: Report) -> None:
    for article_id, future in waiting:
        try:
            future.get(timeout=ACK_SECONDS)
            report.accepted += 1
        except KafkaError as error:
            report.refused.append(Refused(article_id, f"not acknowledged: {error!r}"))
    waiting.clear()


@dataclass(frozen=True)
class DeadLetter:
    """A message of articles.dead."""

    partition: int
    offset: int
    at: datetime
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]
    cause: Cause

    @property
    def article_id(self) -> str | None:
        """The article's id where the message had a key or subject."""
        return header(self.headers, "ce_subject") or (self.key.decode(errors="replace") if self.key else None)


def dead_letters(settings: Settings) -> Iterator[DeadLetter]:
    """All dead letters that are there now, oldest first in each partition."""
    client = consumer(settings, ARTICLES_DEAD, beginning=True)
    try:
        ends = client.end_offsets(list(client.assignment()))
        left = {tp for tp, end in ends.items() if client.position(tp) < end}
        while left:
            for tp, records in client.poll(timeout_ms=1000).items():
                for record in records:
                    if record.offset < ends[tp]:
                        headers = list(record.headers)
                        at = datetime.fromtimestamp(record.timestamp / 1000).astimezone()
                        cause = Cause.of(headers)
                        yield DeadLetter(tp.partition, record.offset, at, record.key, record.value, headers, cause)
            left = {tp for tp in left if client.position(tp) < ends[tp]}
    finally:
        client.close()


def replay(settings: Settings, letters: Iterable[DeadLetter]) -> Counter[str]:
    """Sends dead letters back to the topics where they died: same key, same bytes. Returns how many by topic."""
    known = {settings.kafka.topic_prefix + name for name in ("articles.raw", "articles.language", "articles.entities")}
    client = producer(settings)
    sent: list[tuple[str, Any]] = []
    try:
        for letter in letters:
            if letter.cause.topic not in known:
                raise LookupError(f"dead letter {letter.partition}@{letter.offset} names no input topic: {letter.cause.topic!r}")
            kept = [(name, value) for name, value in letter.headers if not name.startswith("dead_")]
            origin = ("replay_of", f"{ARTICLES_DEAD.name}/{letter.partition}/{letter.offset}".encode())
            key = letter.key if letter.value is not None else letter.key or b""  # the client wants one of the two
            future = client.send(letter.cause.topic, key=key, value=letter.value, headers=[*kept, origin])
            sent.append((letter.cause.topic, future))
        for _, future in sent:
            future.get(timeout=ACK_SECONDS)
    finally:
        client.close()
    return Counter(topic for topic, _ in sent)

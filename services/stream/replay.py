"""Dead letters: what there are, and back to the topic where they died."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

from kafka import TopicPartition
from kafka.errors import KafkaError

from schemas.topics import ARTICLES_DEAD, TOPICS
from services.stream.clients import ACK_SECONDS, BrokerAway, consumer, producer
from services.stream.dead_letters import Cause
from services.stream.envelope import header
from services.stream.settings import Settings


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
                yield from (_letter(record) for record in records if record.offset < ends[tp])
            left = {tp for tp in left if client.position(tp) < ends[tp]}
    finally:
        client.close()


def letters_at(settings: Settings, places: Iterable[tuple[int, int]]) -> list[DeadLetter]:
    """The dead letters at these (partition, offset). Raises LookupError where one is no longer kept,
    and BrokerAway.
    """
    client = consumer(settings, ARTICLES_DEAD, beginning=True)
    topic = settings.kafka.topic_prefix + ARTICLES_DEAD.name
    found = []
    try:
        for partition, offset in places:
            place = TopicPartition(topic, partition)
            there = partition in (client.partitions_for_topic(topic) or ())
            if there:
                client.assign([place])
                there = client.beginning_offsets([place])[place] <= offset < client.end_offsets([place])[place]
            if not there:
                raise LookupError(f"there is no dead letter {partition}@{offset} any more")
            client.seek(place, offset)
            end = monotonic() + ACK_SECONDS
            while not (records := client.poll(timeout_ms=1000, max_records=1).get(place)) and monotonic() < end:
                pass
            if not records or records[0].offset != offset:
                raise LookupError(f"there is no dead letter {partition}@{offset} any more")
            found.append(_letter(records[0]))
    except KafkaError as error:
        raise BrokerAway(f"Kafka does not give them: {error!r}") from error
    finally:
        client.close()
    return found


def _letter(record: Any) -> DeadLetter:
    headers = list(record.headers)
    at = datetime.fromtimestamp(record.timestamp / 1000).astimezone()
    return DeadLetter(record.partition, record.offset, at, record.key, record.value, headers, Cause.of(headers))


def replay(settings: Settings, letters: Iterable[DeadLetter]) -> Counter[str]:
    """Sends dead letters back to the topics where they died: same key, same bytes. Returns how many by topic. Raises
    LookupError where a letter does not say where it died, and BrokerAway.
    """
    known = {settings.kafka.topic_prefix + name for name in TOPICS}
    client = producer(settings)
    sent: list[tuple[str, Any]] = []
    try:
        for letter in letters:
            if letter.cause.topic not in known:
                raise LookupError(
                    f"dead letter {letter.partition}@{letter.offset} names no input topic: {letter.cause.topic!r}"
                )
            kept = [(name, value) for name, value in letter.headers if not name.startswith("dead_")]
            origin = ("replay_of", f"{ARTICLES_DEAD.name}/{letter.partition}/{letter.offset}".encode())
            key = letter.key if letter.value is not None else letter.key or b""  # the client wants one of the two
            future = client.send(letter.cause.topic, key=key, value=letter.value, headers=[*kept, origin])
            sent.append((letter.cause.topic, future))
        for _, future in sent:
            future.get(timeout=ACK_SECONDS)
    except KafkaError as error:
        raise BrokerAway(f"Kafka did not take all of them: {error!r}; sending them again does no harm") from error
    finally:
        client.close()
    return Counter(topic for topic, _ in sent)

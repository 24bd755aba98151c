"""Several topics read together by a program that only watches: no group, nothing committed, nobody disturbed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from schemas.topics import MAX_MESSAGE_BYTES, Topic
from services.stream.clients import BrokerAway, connected
from services.stream.envelope import Headers
from services.stream.settings import Settings

log = logging.getLogger("claimstream.follow")

RETRY_SECONDS = 1.0


@dataclass(frozen=True)
class Message:
    """A message of one of the followed topics. `at` is its time in Kafka."""

    topic: Topic
    partition: int
    offset: int
    at: datetime
    key: str | None
    value: bytes | None
    headers: Headers


class Follower:
    """A thread that hands over what comes, in the order of each partition, after some of what came before.

    `topics` maps each topic to how many of its messages to begin with, at most. Where Kafka is away or topics are
    missing it tries again, and goes on where it was. An exception of `deliver` is logged, and its batch is past.
    """

    def __init__(
        self, settings: Settings, topics: Mapping[Topic, int], deliver: Callable[[list[Message]], None]
    ) -> None:
        self._settings = settings
        self._topics = {settings.kafka.topic_prefix + topic.name: topic for topic in topics}
        self._backlog = {settings.kafka.topic_prefix + topic.name: number for topic, number in topics.items()}
        self._deliver = deliver
        self._next: dict[TopicPartition, int] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)

    def start(self) -> None:
        """Begins to read."""
        self._thread.start()

    def close(self) -> None:
        """Ends the thread; waits a moment for it."""
        self._stop.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._follow()
            except (BrokerAway, KafkaError, LookupError) as error:
                log.info("can't follow the topics yet: %s", error)
                self._stop.wait(RETRY_SECONDS)

    def _follow(self) -> None:
        client = connected(
            KafkaConsumer,
            self._settings,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_bytes=4 * MAX_MESSAGE_BYTES,
            allow_auto_create_topics=False,
        )
        try:
            self._place(client)
            while not self._stop.is_set():
                batches = client.poll(timeout_ms=250)
                records = [record for records in batches.values() for record in records]
                for place, of_place in batches.items():
                    self._next[place] = of_place[-1].offset + 1
                if records:
                    self._hand_over([self._message(record) for record in sorted(records, key=lambda r: r.timestamp)])
        finally:
            client.close()

    def _place(self, client: KafkaConsumer) -> None:
        places = []
        for name in self._topics:
            partitions = client.partitions_for_topic(name)
            if not partitions:
                raise LookupError(f"there is no topic {name}")
            places += [TopicPartition(name, partition) for partition in sorted(partitions)]
        client.assign(places)
        starts, ends = client.beginning_offsets(places), client.end_offsets(places)
        for place in places:
            first = max(starts[place], ends[place] - self._backlog[place.topic])
            client.seek(place, max(first, min(self._next.get(place, first), ends[place])))

    def _hand_over(self, messages: list[Message]) -> None:
        try:
            self._deliver(messages)
        except Exception:
            log.exception("a bug in reading %d messages", len(messages))

    def _message(self, record: Any) -> Message:
        return Message(
            topic=self._topics[record.topic],
            partition=record.partition,
            offset=record.offset,
            at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
            key=record.key.decode(errors="replace") if record.key is not None else None,
            value=record.value,
            headers=list(record.headers),
        )

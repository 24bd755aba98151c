"""Watches a worker from a thread of its own: lag, commits, balance and what makes it not ready.

It asks Kafka, not the worker: a stuck event loop must not hide that it is stuck.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Hashable, Iterable
from time import time

from faust.types import TP
from kafka import KafkaConsumer
from kafka.admin import KafkaAdminClient

from schemas.topics import ARTICLES_DEAD
from services.stream import metrics
from services.stream.accounts import Accounts
from services.stream.clients import admin, peeker
from services.stream.health import Health
from services.stream.lag import Position, positions, timestamp
from services.stream.service import Service
from services.stream.settings import Settings

log = logging.getLogger("claimstream.watch")

INTERVAL_SECONDS = 5


class Watch:
    """Sets metrics and `health.troubles` every few seconds, from `start` to `stop`."""

    def __init__(self, service: Service, settings: Settings, health: Health) -> None:
        self.accounts = Accounts(gaps_count=not service.reads.compacted)
        self._settings, self._health = settings, health
        self._stage, self._topic = service.name, service.reads.name
        self._name = settings.kafka.topic_prefix + service.reads.name
        self._dead = settings.kafka.topic_prefix + ARTICLES_DEAD.name
        self._group = service.group(settings.kafka.topic_prefix)
        self._held: frozenset[int] = frozenset()
        self._committed: dict[int, int] = {}
        self._oldest: dict[int, tuple[int, float]] = {}  # by partition: committed offset, time of the message there
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        health.troubles["assigned"] = "has been given no partitions yet"
        metrics.begin(service.name, settings.metrics.restarts)
        metrics.READY.labels(self._stage).set_function(lambda: health.ready)

    def revoked(self) -> None:
        """A rebalance has begun, and nothing is in flight."""
        self._held = frozenset()
        self.accounts.forget()
        metrics.PARTITIONS.labels(self._stage).set(0)
        self._health.troubles["assigned"] = "waits for its partitions: the group is being rebalanced"

    def assigned(self, partitions: Iterable[TP]) -> None:
        """A rebalance has ended. More workers than partitions leave some with none: spares, and ready."""
        self._held = frozenset(tp.partition for tp in partitions)
        metrics.PARTITIONS.labels(self._stage).set(len(self._held))
        metrics.REBALANCES.labels(self._stage).inc()
        self._health.troubles.pop("assigned", None)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread; it may be in the middle of a question."""
        self._end.set()

    def _run(self) -> None:
        client: KafkaAdminClient | None = None
        peek: KafkaConsumer | None = None
        while not self._end.is_set():
            try:
                client = client or admin(self._settings)
                peek = peek or peeker(self._settings)
                self._look(client, peek)
                self._tell("kafka", None)
            except Exception as error:  # Kafka away, a topic gone: told, and asked again
                self._tell("kafka", f"can't ask Kafka: {error!r}")
            self._end.wait(INTERVAL_SECONDS)

    def _look(self, client: KafkaAdminClient, peek: KafkaConsumer) -> None:
        held = self._held
        found = {p: at for p, at in positions(client, self._group, self._name).items() if p in held}
        committed = {p: at.committed for p, at in found.items()}
        if any(offset > self._committed.get(p, offset) for p, offset in committed.items()):
            metrics.LAST_COMMIT.labels(self._stage).set_to_current_time()
        self._committed = committed
        places: dict[Hashable, int] = {TP(self._name, p): offset for p, offset in committed.items()}
        metrics.UNRECONCILED.labels(self._stage).set(self.accounts.unreconciled(places))
        metrics.LAG.labels(self._stage, self._topic).set(sum(at.lag for at in found.values()))
        age = self._age(peek, found)
        metrics.LAG_SECONDS.labels(self._stage, self._topic).set(age)
        limit = self._settings.metrics.ready_lag_seconds
        self._tell("late", f"its oldest message waits for {age:.0f} s, limit {limit:g} s" if age > limit else None)
        self._tell("dead_letters", self._unpublishable(client))

    def _age(self, peek: KafkaConsumer, found: dict[int, Position]) -> float:
        """Age in seconds of the oldest message not committed; 0 where all are."""
        oldest = {}
        for partition, at in found.items():
            if not at.lag:
                continue
            known = self._oldest.get(partition)
            if known is None or known[0] != at.committed:
                sent = timestamp(peek, self._name, partition, at.committed)
                if sent is None:
                    continue
                known = at.committed, sent
            oldest[partition] = known
        self._oldest = oldest
        return max((time() - sent for _, sent in oldest.values()), default=0.0)

    def _unpublishable(self, client: KafkaAdminClient) -> str | None:
        """Why a dead letter could not be sent now."""
        for topic in client.describe_topics([self._dead]):
            if topic["error_code"]:
                return f"dead letters can't be sent: {self._dead} does not exist or may not be used"
            if any(partition["leader_id"] < 0 for partition in topic["partitions"]):
                return f"dead letters can't be sent: a partition of {self._dead} has no leader"
        return None

    def _tell(self, trouble: str, why: str | None) -> None:
        if why is None:
            self._health.troubles.pop(trouble, None)
            return
        if trouble not in self._health.troubles:
            log.warning("%s is not ready: %s", self._stage, why)
        self._health.troubles[trouble] = why

"""The ledgers of the partitions that a worker holds, read back from Kafka when one is first asked for."""

from __future__ import annotations

import asyncio
import logging
from time import monotonic

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.topics import MAX_MESSAGE_BYTES, Topic
from services.stream.ledger import Ledger
from services.stream.settings import Settings

log = logging.getLogger("claimstream.ledger")

_POLL_MS = 1000
_METADATA_SECONDS = 30


class Ledgers:
    """The ledger of each partition. Rows of partition p are on partition p of the ledger's topic, whatever their keys."""

    def __init__(self, topic: Topic, settings: Settings) -> None:
        self._topic = topic
        self._name = settings.kafka.topic_prefix + topic.name
        self._addresses = settings.kafka.address.split(",")
        self._held: dict[int, Ledger] = {}

    def forget(self) -> None:
        """Drops all: after a rebalance another worker may have written more."""
        self._held.clear()

    async def of(self, partition: int) -> Ledger:
        """The ledger of a partition, with all that is on its topic now. Raises KafkaError, TimeoutError."""
        if partition not in self._held:
            self._held[partition] = await self._read(partition)
        return self._held[partition]

    async def _read(self, partition: int) -> Ledger:
        started, ledger, tp = monotonic(), Ledger(self._topic.retention_days), TopicPartition(self._name, partition)
        client = AIOKafkaConsumer(
            bootstrap_servers=self._addresses,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_bytes=2 * MAX_MESSAGE_BYTES,
            max_partition_fetch_bytes=MAX_MESSAGE_BYTES,
        )
        await client.start()
        try:
            client.assign([tp])
            # of a partition that does not exist aiokafka waits for ever
            end = (await asyncio.wait_for(client.end_offsets([tp]), _METADATA_SECONDS))[tp]
            await client.seek_to_beginning(tp)
            while await client.position(tp) < end:
                for record in (await client.getmany(tp, timeout_ms=_POLL_MS)).get(tp, ()):
                    _restore(ledger, record.value, f"{self._name}[{partition}]@{record.offset}")
        finally:
            await client.stop()
        log.info("%s[%d]: %d articles in %.1f s", self._name, partition, len(ledger), monotonic() - started)
        return ledger


def _restore(ledger: Ledger, value: bytes | None, place: str) -> None:
    try:
        if value is not None:
            ledger.restore(value)
    except ValueError as error:
        log.error("%s is no row of a ledger, left out: %s", place, error)

"""How far a consumer group is behind."""

from __future__ import annotations

from dataclasses import dataclass

from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient, OffsetSpec

_FETCH_SECONDS = 5


@dataclass(frozen=True)
class Position:
    """Where a group stands in a partition: the next offset it will read after a restart, and the partition's end."""

    committed: int
    end: int

    @property
    def lag(self) -> int:
        """Messages not committed."""
        return max(0, self.end - self.committed)


def positions(client: KafkaAdminClient, group: str, topic: str) -> dict[int, Position]:
    """By partition. Where nothing was committed, all that is kept is still to be read."""
    # Committed first: read the other way round, a group that moves on in between has a negative lag.
    committed = client.list_group_offsets([group]).get(group, {})
    partitions = [
        TopicPartition(topic, partition["partition_index"])
        for found in client.describe_topics([topic])
        for partition in found["partitions"]
    ]
    ends = client.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
    starts = client.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.EARLIEST))
    return {
        tp.partition: Position(committed[tp].offset if tp in committed else starts[tp].offset, ends[tp].offset)
        for tp in partitions
    }


def lag(client: KafkaAdminClient, group: str, topic: str) -> int:
    """Messages of `topic` that `group` has not committed."""
    return sum(position.lag for position in positions(client, group, topic).values())


def timestamp(client: KafkaConsumer, topic: str, partition: int, offset: int) -> float | None:
    """Unix time, in seconds, of the first message from `offset` on; None where none came in time."""
    tp = TopicPartition(topic, partition)
    client.assign([tp])
    client.seek(tp, offset)
    records = client.poll(timeout_ms=_FETCH_SECONDS * 1000, max_records=1).get(tp, ())
    return records[0].timestamp / 1000 if records else None

"""How far a consumer group is behind."""

from __future__ import annotations

from kafka import TopicPartition
from kafka.admin import KafkaAdminClient, OffsetSpec


def lag(client: KafkaAdminClient, group: str, topic: str) -> int:
    """Messages of `topic` that `group` has not committed. Where nothing was committed all that is kept counts."""
    # Committed first: read the other way round, a group that moves on in between has a negative lag.
    committed = client.list_group_offsets([group]).get(group, {})
    partitions = [
        TopicPartition(topic, partition["partition_index"])
        for found in client.describe_topics([topic])
        for partition in found["partitions"]
    ]
    ends = client.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
    starts = client.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.EARLIEST))
    return sum(
        max(0, ends[tp].offset - (committed[tp].offset if tp in committed else starts[tp].offset)) for tp in partitions
    )

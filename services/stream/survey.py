"""How much lies on every topic, and how far each service has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kafka import TopicPartition
from kafka.admin import KafkaAdminClient, OffsetSpec
from kafka.errors import KafkaError

from schemas.topics import TOPICS
from services.stream.clients import BrokerAway, admin
from services.stream.service import registry
from services.stream.settings import Settings


@dataclass(frozen=True)
class Survey:
    """`produced`: messages ever put on a topic; `kept`: those still there (about, where compacted); `lag`: by service."""

    produced: Mapping[str, int]
    kept: Mapping[str, int]
    lag: Mapping[str, int]


class Surveyor:
    """Surveys one Kafka again and again with the same client. Not for several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: KafkaAdminClient | None = None

    def survey(self) -> Survey:
        """What is there now. Raises BrokerAway."""
        try:
            self._client = self._client or admin(self._settings)
            return self._survey(self._client)
        except (KafkaError, KeyError) as error:
            self.close()
            raise BrokerAway(f"Kafka does not answer: {error!r}") from error

    def close(self) -> None:
        """Lets the connection go."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _survey(self, client: KafkaAdminClient) -> Survey:
        prefix = self._settings.kafka.topic_prefix
        groups = {service.group(prefix): service for service in registry().values()}
        # Committed first: read the other way round, a group that moves on in between has a negative lag.
        committed = client.list_group_offsets(list(groups))
        names = {prefix + name: name for name in TOPICS}
        there = [name for name in client.list_topics() if name in names]
        places = [
            TopicPartition(found["name"], partition["partition_index"])
            for found in client.describe_topics(there)
            for partition in found["partitions"]
        ]
        ends = client.list_partition_offsets(dict.fromkeys(places, OffsetSpec.LATEST))
        starts = client.list_partition_offsets(dict.fromkeys(places, OffsetSpec.EARLIEST))
        produced, kept, lag = dict.fromkeys(TOPICS, 0), dict.fromkeys(TOPICS, 0), dict.fromkeys(registry(), 0)
        for place in places:
            produced[names[place.topic]] += ends[place].offset
            kept[names[place.topic]] += ends[place].offset - starts[place].offset
            for group, service in groups.items():
                if prefix + service.reads.name == place.topic:
                    own = committed.get(group, {})
                    done = own[place].offset if place in own else starts[place].offset
                    lag[service.name] += max(0, ends[place].offset - done)
        return Survey(produced, kept, lag)

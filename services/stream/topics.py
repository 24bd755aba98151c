"""Creates the topics of the table where they are missing, and says where one differs."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import TopicAlreadyExistsError

from schemas.topics import TOPICS, Topic
from services.stream.clients import admin
from services.stream.settings import Settings


@dataclass(frozen=True)
class TopicState:
    """What was found or done for one topic."""

    topic: Topic
    name: str
    created: bool
    partitions: int
    differences: tuple[str, ...] = ()


def ensure(settings: Settings, *, create: bool = True) -> list[TopicState]:
    """Creates what is missing and checks what is there; running it again changes nothing.

    An existing topic is never altered: its owner may have reasons; `differences` tells what it has otherwise.
    With `create` false a missing topic has 0 partitions in the answer. Raises BrokerAway.
    """
    client = admin(settings)
    try:
        wanted = {settings.kafka.topic_prefix + topic.name: topic for topic in TOPICS.values()}
        existing = set(client.list_topics()) & set(wanted)
        missing = sorted(set(wanted) - existing)
        if create and missing:
            options = {
                name: {
                    "num_partitions": settings.kafka.partitions,
                    "replication_factor": settings.kafka.replication,
                    "configs": wanted[name].config(),
                }
                for name in missing
            }
            with suppress(TopicAlreadyExistsError):  # another process was faster
                client.create_topics(options, wait_for_metadata=True)
        present = sorted(wanted) if create else sorted(existing)
        partitions = {found["name"]: len(found["partitions"]) for found in client.describe_topics(present)}
        configs = _configs(client, present)
        return [
            TopicState(
                topic,
                name,
                created=create and name in missing,
                partitions=partitions.get(name, 0),
                differences=_differences(topic, configs.get(name, {})),
            )
            for name, topic in wanted.items()
        ]
    finally:
        client.close()


def _configs(client: KafkaAdminClient, names: list[str]) -> dict[str, dict[str, str]]:
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    described = client.describe_configs(resources, config_filter="All") if resources else {}
    topics: dict[str, Any] = next(iter(described.values()), {})
    return {name: {key: str(data["value"]) for key, data in values.items()} for name, values in topics.items()}


def _differences(topic: Topic, actual: dict[str, str]) -> tuple[str, ...]:
    return tuple(
        f"{key} is {actual[key]}, not {value}"
        for key, value in topic.config().items()
        if key in actual and actual[key] != value
    )

"""kafka-python clients with the project's settings, for the command line and the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from schemas.topics import MAX_MESSAGE_BYTES, TOPICS, Topic
from services.stream.settings import Settings

ACK_SECONDS = 60  # longest wait for the acknowledgement of one message


class BrokerAway(Exception):
    """No Kafka answers where one should be."""


def connected(make: type, settings: Settings, **options: Any) -> Any:
    """A client of that kind. Raises BrokerAway."""
    try:
        return make(bootstrap_servers=settings.kafka.address.split(","), bootstrap_timeout_ms=5000, **options)
    except KafkaError as error:
        hint = "is it up?" if settings.kafka.bootstrap else "start it with `claimstream up`"
        raise BrokerAway(f"no Kafka answers at {settings.kafka.address} ({type(error).__name__}): {hint}") from error


def admin(settings: Settings) -> KafkaAdminClient:
    """An admin client. Raises BrokerAway."""
    return connected(KafkaAdminClient, settings)


def producer(settings: Settings) -> KafkaProducer:
    """A producer that waits for all replicas. Raises BrokerAway."""
    compression = None if settings.kafka.compression == "none" else settings.kafka.compression
    return connected(
        KafkaProducer,
        settings,
        acks="all",
        linger_ms=0,
        batch_size=1024 * 1024,
        compression_type=compression,
        max_request_size=2 * MAX_MESSAGE_BYTES,
        max_block_ms=30_000,
    )


def consumer(settings: Settings, topic: Topic, *, beginning: bool) -> KafkaConsumer:
    """A consumer of all partitions of a topic, without a group: it commits nothing and disturbs nobody.

    Raises BrokerAway, or LookupError where the topic does not exist.
    """
    name = settings.kafka.topic_prefix + topic.name
    client = connected(
        KafkaConsumer,
        settings,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_bytes=4 * MAX_MESSAGE_BYTES,
        allow_auto_create_topics=False,
    )
    partitions = client.partitions_for_topic(name)
    if not partitions:
        client.close()
        raise LookupError(f"there is no topic {name}; make it with `claimstream topics`")
    assigned = [TopicPartition(name, partition) for partition in sorted(partitions)]
    client.assign(assigned)
    if beginning:
        client.seek_to_beginning(*assigned)
    else:
        client.seek_to_end(*assigned)
        for partition in assigned:
            client.position(partition)  # fixes `now` here, not at the first poll
    return client


def peeker(settings: Settings) -> KafkaConsumer:
    """A consumer to read single messages with; it fetches as little as Kafka gives. Raises BrokerAway."""
    return connected(
        KafkaConsumer,
        settings,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=1,  # Kafka gives the first batch even so
        fetch_max_bytes=MAX_MESSAGE_BYTES,
    )


def messages(
    client: KafkaConsumer, timeout: float | None = None, going: Callable[[], bool] = lambda: True
) -> Iterator[Any]:
    """Records as they come, as long as `going`, asked about once a second. Closes the client at the end.

    Raises TimeoutError after `timeout` seconds.
    """
    end = None if timeout is None else monotonic() + timeout
    try:
        while going():
            left = 1.0 if end is None else end - monotonic()
            if left <= 0:
                raise TimeoutError
            for records in client.poll(timeout_ms=int(min(left, 1.0) * 1000) + 1).values():
                yield from records
    finally:
        client.close()


def named(topic: str) -> Topic:
    """The row of the table for a topic's name. Raises LookupError."""
    try:
        return TOPICS[topic]
    except KeyError:
        raise LookupError(f"no topic {topic!r}; there are {', '.join(TOPICS)}") from None

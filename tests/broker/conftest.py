"""A real Apache Kafka for the tests that need one, and workers as real processes."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from deploy.local.broker import EmbeddedBroker
from deploy.local.jars import KafkaFetchError
from deploy.local.ports import free_port
from schemas.topics import TOPICS
from services.stream.clients import admin, producer
from services.stream.lag import lag
from services.stream.settings import Kafka, Settings
from services.stream.topics import ensure

BROKER_FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a broker."""
    for item in items:
        if BROKER_FOLDER in item.path.parents:
            item.add_marker(pytest.mark.broker)


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    try:
        broker = EmbeddedBroker(tmp_path_factory.mktemp("broker"), port=0).start()
    except KafkaFetchError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no Kafka to be had: {error}")
    yield broker
    broker.stop()


class Cluster:
    """The topics and workers of one test, apart from all others by a prefix."""

    def __init__(self, bootstrap: str, log_dir: Path, **kafka: Any) -> None:
        kafka = {"bootstrap": bootstrap, "topic_prefix": f"t{secrets.token_hex(4)}."} | kafka
        self.settings = Settings(kafka=Kafka(**kafka))
        self._log_dir = log_dir
        self._workers: list[subprocess.Popen[bytes]] = []
        ensure(self.settings)
        self.producer: KafkaProducer = producer(self.settings)

    @property
    def environment(self) -> dict[str, str]:
        kafka = {f"CLAIMSTREAM_KAFKA__{k.upper()}": str(v) for k, v in self.settings.kafka if v is not None}
        return os.environ | kafka | {"CLAIMSTREAM_METRICS__PORT": str(free_port())}

    def name(self, topic: str) -> str:
        return self.settings.kafka.topic_prefix + topic

    def send(self, value: bytes | None, key: bytes = b"k", topic: str = "articles.raw", **more: Any) -> None:
        self.producer.send(self.name(topic), key=key, value=value, **more)

    def start(self, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        """Runs `python -m ...`, its output in a log file of the test."""
        log = (self._log_dir / f"{'-'.join(command)}-{len(self._workers)}.log").open("wb")
        env = self.environment | environment
        worker = subprocess.Popen([sys.executable, "-m", *command], env=env, stdout=log, stderr=log)
        self._workers.append(worker)
        return worker

    def service(self, name: str, **environment: str) -> subprocess.Popen[bytes]:
        return self.start("services.cli", "run", name, **environment)

    def records(self, topic: str) -> list[Any]:
        """Everything on a topic now."""
        client = KafkaConsumer(
            bootstrap_servers=self.settings.kafka.address, enable_auto_commit=False, fetch_max_bytes=64 * 1024 * 1024
        )
        name = self.name(topic)
        partitions = [TopicPartition(name, number) for number in sorted(client.partitions_for_topic(name) or ())]
        client.assign(partitions)
        client.seek_to_beginning(*partitions)
        ends = client.end_offsets(partitions)
        found: list[Any] = []
        while any(client.position(tp) < ends[tp] for tp in partitions):
            for records in client.poll(timeout_ms=500).values():
                found += records
        client.close()
        return found

    def wait(self, topic: str, enough: Callable[[list[Any]], bool], seconds: float = 60) -> list[Any]:
        """Records of a topic once there are enough; fails with the logs when there are not in time."""
        end = time.monotonic() + seconds
        while True:
            found = self.records(topic)
            if enough(found):
                return found
            if time.monotonic() > end:
                pytest.fail(f"{topic} has {len(found)} messages after {seconds} s\n{self.logs()}")
            time.sleep(0.3)

    def lag(self, group: str, topic: str) -> int:
        client = admin(self.settings)
        try:
            return lag(client, self.settings.kafka.topic_prefix + group, self.name(topic))
        finally:
            client.close()

    def logs(self) -> str:
        return "\n".join(f"--- {path.name}\n{path.read_text()[-3000:]}" for path in sorted(self._log_dir.glob("*.log")))

    def close(self) -> None:
        for worker in self._workers:
            if worker.poll() is None:
                worker.send_signal(signal.SIGKILL)
            worker.wait()
        self.producer.close()
        client = admin(self.settings)
        client.delete_topics([self.name(topic) for topic in TOPICS])
        client.close()


@pytest.fixture
def cluster(broker: EmbeddedBroker, tmp_path: Path) -> Iterator[Cluster]:
    cluster = Cluster(broker.bootstrap, tmp_path)
    yield cluster
    cluster.close()

"""The embedded Apache Kafka itself, and the whole stack around it."""

import json
import os
import signal
import socket
import sys
import time

import psutil
import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import KafkaError, MessageSizeTooLargeError

from deploy.local import processes
from deploy.local.broker import BrokerError, BrokerRunning, EmbeddedBroker, is_ready
from deploy.local.ports import PortTaken, free_port
from deploy.local.stack import ProcessSpec, Stack

pytestmark = pytest.mark.broker

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with EmbeddedBroker(tmp_path_factory.mktemp("running"), port=0) as broker:
        create_topic(broker, "sizes")
        yield broker


def create_topic(broker, name):
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    admin.close()


def produce(broker, topic, values, **settings):
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap, acks="all", **settings)
    try:
        for future in [producer.send(topic, value) for value in values]:
            future.get(timeout=20)
    finally:
        producer.close(timeout=5)


def consume(broker, topic, count, group=None):
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=broker.bootstrap,
        group_id=group,
        auto_offset_reset="earliest",
        consumer_timeout_ms=15_000,
    )
    values = []
    for record in consumer:
        values.append(record.value)
        if len(values) == count:
            break
    consumer.close()
    return values


def test_messages_and_cluster_survive_a_stop_and_a_kill_without_java_or_maven(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))  # no java, no mvn, nothing
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Xmx4m")  # would keep any Java from starting
    monkeypatch.delenv("JAVA_HOME", raising=False)
    broker = EmbeddedBroker(tmp_path / "an état, d'été; 100%", port=0)
    try:
        broker.start()
        cluster, bootstrap = broker.cluster_id, broker.bootstrap
        create_topic(broker, "news")
        produce(broker, "news", [b"one", b"two"])
        broker.stop()
        assert not is_ready(broker.port)

        broker.start()
        produce(broker, "news", [b"three"])
        broker.kill()
        started = time.monotonic()
        broker.start()
        assert time.monotonic() - started < 20  # by default Kafka waits 9 s for the dead one's session alone
        produce(broker, "news", [b"four"])
        assert consume(broker, "news", 4, group="readers") == [b"one", b"two", b"three", b"four"]
        assert (broker.cluster_id, broker.bootstrap) == (cluster, bootstrap)
    finally:
        broker.stop()
    state = f"-Dclaimstream.state={broker.state_dir}"
    assert not any(processes.has_argument(process, state) for process in psutil.process_iter())


def test_large_messages_pass_up_to_the_limit(running):
    produce(running, "sizes", [b"x" * (15 * MIB)], max_request_size=32 * MIB)
    with pytest.raises(MessageSizeTooLargeError):
        produce(running, "sizes", [b"x" * (17 * MIB)], max_request_size=32 * MIB)


def test_topics_are_not_made_by_asking_for_them(running):
    with pytest.raises(KafkaError):
        produce(running, "misspelt", [b"x"], max_block_ms=1500)
    admin = KafkaAdminClient(bootstrap_servers=running.bootstrap)
    assert "misspelt" not in admin.list_topics()
    admin.close()


def test_it_listens_on_loopback_alone_and_stays_small(running):
    process = psutil.Process(running.pid)
    listening = [c.laddr.ip for c in process.net_connections(kind="tcp") if c.status == psutil.CONN_LISTEN]
    assert len(listening) == 2
    assert {ip.removeprefix("::ffff:") for ip in listening} == {"127.0.0.1"}
    assert process.memory_info().rss < 450 * MIB


def test_the_log_holds_warnings_only(running):
    assert running.log.is_file()
    assert " INFO " not in running.log.read_text()


def test_a_second_start_of_the_same_state_says_so_and_names_no_stranger(running):
    with pytest.raises(BrokerRunning, match=rf"runs already \(process {running.pid}"):
        EmbeddedBroker(running.state_dir, running.port, running.controller_port).start()
    assert is_ready(running.port)


def test_a_taken_port_is_named_with_its_holder_and_setting(running, tmp_path):
    with pytest.raises(PortTaken) as caught:
        EmbeddedBroker(tmp_path, running.port, free_port()).start()
    assert f"Port {running.port} is taken by process {running.pid}" in str(caught.value)
    assert "CLAIMSTREAM_KAFKA__PORT=" in str(caught.value)
    with pytest.raises(PortTaken, match="CLAIMSTREAM_KAFKA__CONTROLLER_PORT="):
        EmbeddedBroker(tmp_path, free_port(), running.controller_port).start()


def test_a_pid_file_of_a_stranger_is_no_broker_of_ours(tmp_path):
    broker = EmbeddedBroker(tmp_path, port=0)
    broker.home.mkdir(parents=True)
    broker.write_pid(os.getpid())
    assert broker.running() is None


def test_a_broker_that_can_not_start_tells_why(tmp_path):
    broker = EmbeddedBroker(tmp_path, port=0)
    (broker.home / "data").mkdir(parents=True)
    (broker.home / "data" / "meta.properties").write_text("version=1\ncluster.id=x\nnode.id=7\n")
    with pytest.raises(BrokerError, match=r"ended at its start.*\n(.*\n)*.*node"):
        broker.start()
    assert broker.pid is None


def test_nothing_answers_where_no_kafka_is():
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not is_ready(server.getsockname()[1], timeout_s=0.2)
    assert not is_ready(free_port(), timeout_s=0.2)


# A service that says whether the broker answers, at its start and at its end.
WITNESS = """
import signal, sys, time
from deploy.local.broker import is_ready
def say(moment): print(moment, is_ready(int(sys.argv[1]), 3), flush=True)
def end(*_): say("end"); raise SystemExit
signal.signal(signal.SIGTERM, end)
say("start")
time.sleep(600)
"""


def wait_for(condition, timeout_s=20.0):
    deadline = time.monotonic() + timeout_s
    while not (result := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return result


def test_the_stack_starts_in_order_restarts_its_broker_and_survives_its_supervisor(tmp_path):
    lines, ready = [], []
    port = free_port()
    stack = Stack(tmp_path / "état 100%", port=port, controller_port=free_port(), progress=lines.append)
    witness = ProcessSpec("witness", [sys.executable, "-c", WITNESS, str(port)])
    log = stack.log_dir / "witness.log"
    try:
        stack.up([witness], detach=True, on_broker_ready=lambda bootstrap: ready.append((bootstrap, is_ready(port))))
        assert ready == [(f"127.0.0.1:{port}", True)]
        wait_for(lambda: log.exists() and log.read_text() == "start True\n")

        pid = next(status.pid for status in stack.status() if status.name == "broker")
        assert EmbeddedBroker(stack.state_dir, port).running().pid == pid  # the supervised process is Java itself
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not is_ready(port))
        wait_for(lambda: is_ready(port))
        assert {status.name: status.restarts for status in stack.status()} == {"broker": 1, "witness": 0}

        os.kill(json.loads((stack.run_dir / "stack.json").read_text())["supervisord"], signal.SIGKILL)
        wait_for(lambda: not stack.running())
        assert {status.name for status in stack.status()} == {"broker", "witness"}
        lines.clear()
        assert stack.up([witness], detach=True)
        assert "supervisor of an earlier run is gone" in lines[0]
        wait_for(lambda: log.read_text().endswith("start True\n") and len(log.read_text().splitlines()) >= 2)

        stack.down()
        assert log.read_text().endswith("start True\nend True\n")  # the broker outlived its last user
        assert not is_ready(port)
        assert processes.of_stack(stack.state_dir) == []
    finally:
        stack.down()


def test_the_stack_reports_a_taken_port_and_starts_nothing(running, tmp_path):
    stack = Stack(tmp_path, port=running.port, controller_port=free_port(), progress=lambda _line: None)
    with pytest.raises(PortTaken, match=str(running.port)):
        stack.up([], detach=True)
    assert processes.of_stack(stack.state_dir) == []

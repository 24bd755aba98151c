"""A worker loses nothing, whatever happens to it or to what it reads."""

from __future__ import annotations

import json
import random
import subprocess
import time
import urllib.error
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from deploy.local.broker import EmbeddedBroker
from deploy.local.ports import free_port
from services.stream.clients import admin
from services.stream.topics import ensure
from services.stream.worker import EXIT_NO_MODEL
from tests.broker.conftest import Cluster

TRIAL = "tests.broker.trial"


def article(id: int, text: str) -> bytes:
    return json.dumps({"article_id": str(id), "text": text}).encode()


def send(cluster: Cluster, texts: list[str], first: int = 0) -> set[str]:
    for number, text in enumerate(texts, first):
        cluster.send(article(number, text), key=str(number).encode())
    cluster.producer.flush()
    return {str(number) for number in range(first, first + len(texts))}


def ids(records: list[Any]) -> set[str]:
    return {record.key.decode() for record in records}


def header(record: Any, name: str) -> str:
    return dict(record.headers)[name].decode()


def wait_ended(cluster: Cluster, worker: subprocess.Popen[bytes], seconds: float = 30) -> int:
    try:
        return worker.wait(seconds)
    except subprocess.TimeoutExpired:
        pytest.fail(f"the worker has not ended\n{cluster.logs()}")


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError as error:  # not up yet
        return 0, str(error)


def metric(port: int, series: str) -> float:
    """A sample of a worker's /metrics; NaN where it is not there."""
    samples = dict(line.rsplit(" ", 1) for line in get(port, "metrics")[1].splitlines() if not line.startswith("#"))
    return float(samples.get(series, "nan"))


def wait_metric(port: int, series: str, good: Callable[[float], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not good(found := metric(port, series)):
        assert time.monotonic() < end, f"{series} is {found}"
        time.sleep(0.5)


def wait_committed(cluster: Cluster, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while (left := cluster.lag("claimstream-trial", "articles.raw")) != 0:
        assert time.monotonic() < end, f"{left} articles are not committed"
        time.sleep(0.3)


def test_order_of_each_partition_is_kept_and_everything_committed(cluster: Cluster) -> None:
    cluster.start(TRIAL)
    # One that needs a second try is ready after those behind it.
    expected = send(cluster, [random.choice(["sleep 0.002", "ok", "flaky 0"]) for _ in range(300)])
    cluster.wait("articles.language", lambda found: ids(found) == expected)
    sources: dict[int, list[str]] = defaultdict(list)
    for record in cluster.records("articles.raw"):
        sources[record.partition].append(record.key.decode())
    outputs: dict[int, list[str]] = defaultdict(list)
    for record in cluster.records("articles.language"):
        outputs[record.partition].append(record.key.decode())
    assert outputs == sources  # same key, same number of partitions: same partition, same order, once
    wait_committed(cluster)


def test_poison_is_dead_lettered_and_the_others_go_on(cluster: Cluster) -> None:
    cluster.start(TRIAL, CLAIMSTREAM_PROCESSING__TIMEOUT_SECONDS="1")
    good = send(cluster, ["ok"] * 20)
    poison = {"100": "raise 0", "101": "exit 3", "102": "hang 0", "103": "grow 0"}
    for number, text in poison.items():
        cluster.send(article(int(number), text), key=number.encode())
    good |= send(cluster, ["ok"] * 20, first=200)
    cluster.wait("articles.language", lambda found: ids(found) >= good)
    dead = cluster.wait("articles.dead", lambda found: ids(found) == set(poison))
    reasons = {record.key.decode(): header(record, "dead_reason") for record in dead}
    assert reasons == {
        "100": "processing_failed",
        "101": "process_crashed",
        "102": "processing_timeout",
        "103": "output_too_large",
    }
    for record in dead:
        number = record.key.decode()
        assert record.value == article(int(number), poison[number])
        assert header(record, "dead_attempts") == ("1" if number == "103" else "2")
    assert "ZeroDivisionError" in {header(record, "dead_error") for record in dead}
    assert len(dead) == len(poison)
    wait_committed(cluster)


def test_sigkill_under_load_loses_nothing(cluster: Cluster) -> None:
    worker = cluster.start(TRIAL)
    expected: set[str] = set()
    for _ in range(4):
        expected |= send(cluster, ["sleep 0.01"] * 150, first=len(expected))
        time.sleep(random.uniform(1.5, 3))
        children = psutil.Process(worker.pid).children()
        worker.kill()
        worker.wait()
        assert not psutil.wait_procs(children, timeout=5)[1], "a reading process outlived its worker"
        worker = cluster.start(TRIAL)
    found = cluster.wait("articles.language", lambda found: ids(found) >= expected, 90)
    assert ids(found) == expected
    seen: dict[str, set[str]] = defaultdict(set)
    for record in found:
        seen[record.key.decode()].add(header(record, "ce_id"))
    assert all(len(event_ids) == 1 for event_ids in seen.values()), "a duplicate must have the same event id"
    wait_committed(cluster)


def test_sigterm_with_a_full_window_finishes_it_and_repeats_nothing(cluster: Cluster) -> None:
    worker = cluster.start(TRIAL)
    expected = send(cluster, ["sleep 0.05"] * 100)
    cluster.wait("articles.language", lambda found: len(found) > 10)
    worker.terminate()
    wait_ended(cluster, worker)
    done = len(cluster.records("articles.language"))
    assert 10 < done < 100
    assert cluster.lag("claimstream-trial", "articles.raw") == 100 - done
    cluster.start(TRIAL)
    found = cluster.wait("articles.language", lambda found: ids(found) == expected)
    assert len(found) == len(expected), "a clean stop must not repeat an article"


def test_rebalance_with_a_full_window_loses_nothing(cluster: Cluster) -> None:
    cluster.start(TRIAL)
    expected = send(cluster, ["sleep 0.02"] * 400)
    cluster.wait("articles.language", lambda found: len(found) > 10)
    second = cluster.start(TRIAL)  # takes partitions away from the first
    time.sleep(4)
    expected |= send(cluster, ["sleep 0.02"] * 200, first=400)
    time.sleep(1)
    second.terminate()  # and gives them back
    found = cluster.wait("articles.language", lambda found: ids(found) >= expected, 90)
    assert ids(found) == expected
    wait_committed(cluster)


def test_a_worker_frozen_out_of_its_group_loses_nothing(cluster: Cluster) -> None:
    """Its partitions go to another while its window is full; what it acknowledges afterwards must harm nobody."""
    frozen = cluster.start(TRIAL)
    expected = send(cluster, ["sleep 0.03"] * 300)
    cluster.wait("articles.language", lambda found: len(found) > 10)
    family = [*psutil.Process(frozen.pid).children(), psutil.Process(frozen.pid)]
    for process in family:
        process.suspend()
    cluster.start(TRIAL)
    cluster.wait("articles.language", lambda found: len(found) > 150, 60)
    for process in family:
        process.resume()
    expected |= send(cluster, ["ok"] * 100, first=300)
    found = cluster.wait("articles.language", lambda found: ids(found) >= expected, 90)
    assert ids(found) == expected
    wait_committed(cluster, 40)


def test_a_lost_broker_is_waited_for(tmp_path_factory: pytest.TempPathFactory) -> None:
    broker = EmbeddedBroker(tmp_path_factory.mktemp("own"), port=free_port()).start()
    cluster = Cluster(broker.bootstrap, tmp_path_factory.mktemp("logs"))
    try:
        cluster.start(TRIAL)
        expected = send(cluster, ["sleep 0.02"] * 200)
        cluster.wait("articles.language", lambda found: len(found) > 10)
        broker.kill()
        time.sleep(3)
        broker.start()
        expected |= send(cluster, ["ok"] * 50, first=200)
        found = cluster.wait("articles.language", lambda found: ids(found) >= expected, 90)
        assert ids(found) == expected
    finally:
        cluster.close()
        broker.stop()


def test_what_can_not_be_published_is_not_acknowledged(cluster: Cluster) -> None:
    """Commits work and publishing does not: the worker holds what it has, and says so."""
    client = admin(cluster.settings)
    client.delete_topics([cluster.name("articles.language")])
    port = free_port()
    worker = cluster.start(TRIAL, CLAIMSTREAM_METRICS__PORT=str(port))
    expected = send(cluster, ["ok"] * 30)
    end = time.monotonic() + 60
    while "can't publish" not in get(port, "readyz")[1]:
        assert time.monotonic() < end, cluster.logs()
        time.sleep(0.5)
    time.sleep(2)  # longer than the commit interval
    assert cluster.lag("claimstream-trial", "articles.raw") == 30
    worker.kill()
    worker.wait()
    ensure(cluster.settings)
    client.close()
    cluster.start(TRIAL)
    found = cluster.wait("articles.language", lambda found: ids(found) >= expected)
    assert ids(found) == expected
    wait_committed(cluster)


def test_too_many_dead_letters_halt_the_worker(cluster: Cluster) -> None:
    for number in range(100):
        cluster.send(b"not json", key=str(number).encode())
    cluster.producer.flush()
    port = free_port()
    worker = cluster.start(TRIAL, CLAIMSTREAM_PROCESSING__DEAD_LETTER_WINDOW="20", CLAIMSTREAM_METRICS__PORT=str(port))
    cluster.wait("articles.dead", lambda found: len(found) >= 20)
    time.sleep(3)
    dead = cluster.records("articles.dead")
    assert 20 <= len(dead) < 60
    assert get(port, "livez")[0] == 200
    status, body = get(port, "readyz")
    assert status == 503
    assert json.loads(body)["reasons"]["halted"] == "halted: over 50% of the last 20 messages were dead letters"
    assert cluster.lag("claimstream-trial", "articles.raw") == 100 - len(dead)
    worker.terminate()
    wait_ended(cluster, worker)
    assert cluster.lag("claimstream-trial", "articles.raw") == 100 - len(cluster.records("articles.dead"))


def test_a_worker_without_its_model_says_so_and_ends(cluster: Cluster) -> None:
    send(cluster, ["ok"])
    worker = cluster.start(TRIAL, TRIAL_BROKEN="/")
    assert wait_ended(cluster, worker) == EXIT_NO_MODEL
    assert "no such model" in cluster.logs()
    assert cluster.lag("claimstream-trial", "articles.raw") == 1
    assert not cluster.records("articles.dead")


def test_a_model_that_is_lost_on_the_way_costs_no_article(cluster: Cluster, tmp_path: Path) -> None:
    """The reading process dies and its successor can't load the model: no message is to blame for that."""
    lost = tmp_path / "lost"
    worker = cluster.start(TRIAL, TRIAL_BROKEN=str(lost))
    expected = send(cluster, ["ok"] * 5)
    cluster.wait("articles.language", lambda found: ids(found) == expected)
    lost.touch()
    send(cluster, ["exit 3"], first=100)
    expected |= send(cluster, ["ok"] * 20, first=5)
    assert wait_ended(cluster, worker) == EXIT_NO_MODEL, cluster.logs()
    assert not cluster.records("articles.dead")
    lost.unlink()
    cluster.start(TRIAL, TRIAL_BROKEN=str(lost))
    found = cluster.wait("articles.language", lambda found: ids(found) >= expected)
    assert ids(found) == expected
    assert ids(cluster.wait("articles.dead", lambda found: len(found) == 1)) == {"100"}


def test_lag_and_its_age_are_seen_and_make_a_worker_not_ready(cluster: Cluster) -> None:
    """An article hangs; those behind it on its partition wait, and Kafka tells for how long."""
    port = free_port()
    limits = {"CLAIMSTREAM_PROCESSING__TIMEOUT_SECONDS": "25", "CLAIMSTREAM_PROCESSING__ATTEMPTS": "1"}
    worker = cluster.start(
        TRIAL, CLAIMSTREAM_METRICS__PORT=str(port), CLAIMSTREAM_METRICS__READY_LAG_SECONDS="8", **limits
    )
    lag, age = (f'claimstream_lag_{of}{{stage="trial",topic="articles.raw"}}' for of in ("messages", "seconds"))
    send(cluster, ["ok"] * 20)
    wait_metric(port, age, lambda found: found == 0)
    sent = time.time()
    cluster.producer.send(cluster.name("articles.raw"), article(50, "hang 0"), partition=0)
    for number in range(60, 66):
        cluster.producer.send(cluster.name("articles.raw"), article(number, "ok"), partition=0)
    cluster.producer.flush()
    wait_metric(port, age, lambda found: found > 10)
    assert metric(port, age) == pytest.approx(time.time() - sent, abs=7)
    assert metric(port, lag) == 7
    status, body = get(port, "readyz")
    assert status == 503 and list(json.loads(body)["reasons"]) == ["late"], body
    assert metric(port, 'claimstream_ready{stage="trial"}') == 0
    wait_metric(port, age, lambda found: found == 0, 40)
    assert metric(port, lag) == 0 and get(port, "readyz")[0] == 200
    client = admin(cluster.settings)
    client.delete_topics([cluster.name("articles.dead")])
    wait_metric(port, 'claimstream_ready{stage="trial"}', lambda ready: ready == 0)
    assert list(json.loads(get(port, "readyz")[1])["reasons"]) == ["dead_letters"]
    ensure(cluster.settings)
    client.close()
    wait_metric(port, 'claimstream_ready{stage="trial"}', lambda ready: ready == 1)
    worker.terminate()
    assert wait_ended(cluster, worker) == 0


def test_health_and_metrics(cluster: Cluster) -> None:
    port = free_port()
    cluster.start(TRIAL, CLAIMSTREAM_METRICS__PORT=str(port), CLAIMSTREAM_LOG__FORMAT="json")
    send(cluster, ["ok"] * 5)
    trace = "0af7651916cd43dd8448eb211c80319c"
    cluster.send(b"{", key=b"x", headers=[("traceparent", f"00-{trace}-b7ad6b7169203331-01".encode())])
    cluster.wait("articles.dead", lambda found: len(found) == 1)
    cluster.wait("articles.language", lambda found: len(found) == 5)
    assert get(port, "livez")[0] == 200
    assert get(port, "readyz")[0] == 200
    assert get(port, "nowhere")[0] == 404
    logged = [json.loads(line) for line in cluster.logs().splitlines() if line.startswith("{")]
    (dead,) = [line for line in logged if "dead letter" in line["message"]]
    assert (dead["article_id"], dead["trace_id"], dead["process"]) == ("x", trace, "trial")
    metrics = get(port, "metrics")[1]
    assert 'claimstream_articles_total{outcome="ok",stage="trial"} 5.0' in metrics
    assert 'claimstream_articles_total{outcome="dead",stage="trial"} 1.0' in metrics
    assert 'claimstream_dead_letters_total{reason="not_json",stage="trial"} 1.0' in metrics
    wait_metric(port, 'claimstream_last_commit_timestamp_seconds{stage="trial"}', lambda at: at > time.time() - 60)
    assert metric(port, 'claimstream_taken_articles_total{stage="trial"}') == 6
    assert metric(port, 'claimstream_unreconciled_articles{stage="trial"}') == 0
    assert metric(port, 'claimstream_rebalances_total{stage="trial"}') == 1
    assert metric(port, 'claimstream_assigned_partitions{stage="trial"}') == 4
    assert metric(port, 'claimstream_event_age_seconds_count{stage="trial"}') == 6
    assert metric(port, 'claimstream_confidence_sum{stage="trial"}') == 2.5
    assert metric(port, 'claimstream_ready{stage="trial"}') == 1
    assert 'claimstream_model_info{model="",sha256="",stage="trial",version="1"} 1.0' in metrics
    counts = Counter(line.partition("{")[0] for line in metrics.splitlines())
    assert counts["claimstream_end_to_end_seconds_bucket"] > 5

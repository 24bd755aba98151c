"""A newer version of an article withdraws what it drops, whatever happens to the worker meanwhile."""

from __future__ import annotations

import json
import random
import time
from typing import Any

from services.stream.worker import EXIT_FROZEN
from tests.broker.conftest import Cluster
from tests.broker.parts import part_id
from tests.broker.test_worker import header, ids, wait_ended

PARTS = "tests.broker.parts"
WORDS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]


def send(cluster: Cluster, article_id: str, version: int, words: list[str]) -> None:
    value = {"article_id": article_id, "version": version, "text": " ".join(words)}
    cluster.send(json.dumps(value).encode(), key=article_id.encode())


def left(records: list[Any]) -> set[str]:
    """Keys whose last message is no tombstone: what compaction leaves."""
    last = {record.key.decode(): record.value for record in sorted(records, key=lambda r: (r.partition, r.offset))}
    return {key for key, value in last.items() if value is not None}


def of(article_id: str, words: list[str]) -> set[str]:
    return {part_id(article_id, word) for word in words}


def events(cluster: Cluster, number: int) -> list[Any]:
    return cluster.wait("articles.claims", lambda found: len(found) >= number)


def wait_done(cluster: Cluster, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while cluster.lag("claimstream-parts", "articles.raw") != 0:
        assert time.monotonic() < end, cluster.logs()
        time.sleep(0.3)


def test_a_newer_version_withdraws_what_it_drops_and_an_older_one_nothing(cluster: Cluster) -> None:
    worker = cluster.start(PARTS)
    send(cluster, "a", 1, ["alpha", "beta"])
    cluster.wait("claims.detected", lambda found: len(found) == 2)
    worker.kill()  # what it knew is gone with it
    worker.wait()
    send(cluster, "a", 2, ["beta", "gamma"])
    worker = cluster.start(PARTS)
    found = cluster.wait("claims.detected", lambda found: any(record.value is None for record in found))
    (tombstone,) = [record for record in found if record.value is None]
    assert tombstone.key.decode() == part_id("a", "alpha")
    assert header(tombstone, "ce_subject") == "a" and header(tombstone, "ce_type").endswith("claims.detected.v1")

    send(cluster, "a", 1, ["alpha", "beta"])  # a late duplicate
    send(cluster, "b", 1, ["alpha"])
    events(cluster, 4)
    wait_done(cluster)
    found = cluster.records("claims.detected")
    assert left(found) == of("a", ["beta", "gamma"]) | of("b", ["alpha"])
    assert len([record for record in found if record.value is None and record.key.decode() in of("a", WORDS)]) == 1
    worker.kill()
    worker.wait()

    cluster.start(PARTS)
    send(cluster, "a", 1, ["alpha", "beta"])  # the same after a restart, which reads the ledger back
    send(cluster, "a", 2, ["alpha"])  # corrected under the number it had: the later text is the newer one
    events(cluster, 6)
    wait_done(cluster)
    assert left(cluster.records("claims.detected")) == of("a", ["alpha"]) | of("b", ["alpha"])


def test_what_the_newest_version_has_stays_through_kills_and_rebalances(cluster: Cluster) -> None:
    """60 articles, five versions each, shuffled and with duplicates, while workers are killed, added and stopped."""
    chance = random.Random(5)
    versions = {(str(n), version): chance.sample(WORDS, chance.randrange(len(WORDS))) for n in range(60)
                for version in range(1, 6)}  # fmt: skip
    arrivals = [*versions, *chance.sample(sorted(versions), 150)]
    chance.shuffle(arrivals)
    workers = [cluster.start(PARTS), cluster.start(PARTS)]
    for number, (article_id, version) in enumerate(arrivals):
        send(cluster, article_id, version, versions[article_id, version])
        if number % 75 == 74:
            cluster.producer.flush()
            time.sleep(3)
            victim = workers.pop(0)
            victim.kill() if number % 150 == 74 else victim.terminate()
            victim.wait(60)
            workers.append(cluster.start(PARTS))
    cluster.producer.flush()
    cluster.wait("articles.claims", lambda found: ids(found) == {str(n) for n in range(60)}, 90)
    wait_done(cluster, 90)
    assert not cluster.records("articles.dead")
    expected: set[str] = set().union(*(of(str(n), versions[str(n), 5]) for n in range(60)))
    assert left(cluster.records("claims.detected")) == expected
    rows = {record.key.decode(): json.loads(record.value) for record in cluster.records("articles.claim_ids")}
    assert {id for row in rows.values() for id in row["claim_ids"]} == expected


def test_a_frozen_worker_says_nothing_of_what_others_took_over(cluster: Cluster) -> None:
    """Thawed after its partitions went to another, it ends instead of sending what was true before."""
    import psutil

    frozen = cluster.start(PARTS)
    for number in range(20):
        send(cluster, str(number), 1, ["alpha", "beta"])
    cluster.producer.flush()
    cluster.wait("claims.detected", lambda found: len(found) == 40)
    for number in range(2000):  # more than it can do before it is frozen
        send(cluster, str(number % 20), 2 + number, ["beta"] if number % 2 else ["alpha", "beta"])
    cluster.producer.flush()
    time.sleep(0.5)
    family = [*psutil.Process(frozen.pid).children(), psutil.Process(frozen.pid)]
    for process in family:
        process.suspend()
    cluster.start(PARTS)
    wait_done(cluster, 90)
    for process in family:
        process.resume()
    assert wait_ended(cluster, frozen) == EXIT_FROZEN, cluster.logs()
    time.sleep(2)
    final = {str(n): ["beta"] if (1980 + n) % 2 else ["alpha", "beta"] for n in range(20)}
    assert left(cluster.records("claims.detected")) == set().union(*(of(n, words) for n, words in final.items()))

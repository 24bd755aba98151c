"""An article's spans, from workers on a real Kafka to a collector: one trace through all services, and never in the way."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from deploy.local.ports import free_port
from services.stream.service import registry
from tests.broker.conftest import Cluster
from tests.broker.test_worker import TRIAL, article, header, ids, send, wait_ended
from tests.collector import Told, collector

TRACE, PRODUCER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
TEXT = "The minister accused the company of bribery. The company said that exports had risen by 12 percent since May."


def test_an_article_is_one_trace_from_producer_to_matched_claims(cluster: Cluster) -> None:
    with collector() as taker:
        workers = [cluster.service(name, CLAIMSTREAM_TRACES__ENDPOINT=taker.endpoint) for name in registry()]
        for id, flags in ("7", "01"), ("unsampled", "00"):
            traceparent = f"00-{TRACE if id == '7' else 'f' * 32}-{PRODUCER}-{flags}"
            cluster.send(article(id, TEXT), id.encode(), headers=[("traceparent", traceparent.encode())])
        events = cluster.wait("articles.claims", lambda found: len(found) == 2)
        claims = sum(len(json.loads(event.value)["claims"]) for event in events)
        matched = cluster.wait("claims.matched", lambda found: len(found) == claims > 2)
        for worker in workers:
            worker.terminate()
        assert [wait_ended(cluster, worker) for worker in workers] == [0] * 4  # and the last spans are sent

    hops = {span.service.removeprefix("claimstream-"): span for span in taker.spans if span.name.startswith("process ")}
    assert {span.trace for span in taker.spans} == {TRACE}, "the unsampled trace is in none"
    assert set(hops) == set(registry())
    assert hops["language"].parent == PRODUCER
    assert hops["entities"].parent == hops["language"].id
    assert hops["claims"].parent == hops["entities"].id
    assert {span.parent for span in matching(taker.spans)} == {hops["claims"].id}
    own = [record for record in matched if header(record, "ce_subject") == "7"]
    assert len(matching(taker.spans)) == len(own) == len(matched) / 2, "a span for each claim"
    for topic, by in (
        ("articles.language", "language"),
        ("articles.entities", "entities"),
        ("articles.claims", "claims"),
    ):
        sent = [header(record, "traceparent") for record in cluster.records(topic) if record.key == b"7"]
        assert sent == [f"00-{TRACE}-{hops[by].id}-01"]
    for name, hop in hops.items():
        assert hop.attributes["claimstream.article_id"] == "7" and hop.attributes["claimstream.outcome"] == "ok"
        assert hop.attributes["messaging.destination.name"] == cluster.name(registry()[name].reads.name)
        parts = [span for span in taker.spans if span.parent == hop.id and not span.name.startswith("process ")]
        assert [part.name for part in parts] == ["read", "publish"]
        assert 0 < sum(part.seconds for part in parts) <= hop.seconds
    assert not [span for span in taker.spans if span.failed]


def matching(spans: list[Told]) -> list[Told]:
    return [span for span in spans if span.service == "claimstream-matching" and span.name.startswith("process ")]


def test_what_fails_shows_in_its_spans(cluster: Cluster) -> None:
    with collector() as taker:
        worker = cluster.start(TRIAL, CLAIMSTREAM_TRACES__ENDPOINT=taker.endpoint)
        send(cluster, ["flaky 0", "raise 0"])
        cluster.wait("articles.language", lambda found: len(found) == 1)
        cluster.wait("articles.dead", lambda found: len(found) == 1)
        worker.terminate()
        assert wait_ended(cluster, worker) == 0
    spans = Counter((span.name.split()[0], span.failed, span.attributes.get("error.type")) for span in taker.spans)
    assert spans == {
        ("read", True, "ConnectionError"): 1,
        ("read", False, None): 1,
        ("read", True, "ZeroDivisionError"): 2,
        ("publish", False, None): 2,
        ("process", False, None): 1,
        ("process", True, "ZeroDivisionError"): 1,
    }
    (dead,) = [span for span in taker.spans if span.attributes.get("claimstream.outcome") == "dead"]
    assert dead.attributes["claimstream.dead_reason"] == "processing_failed"
    assert dead.parent == "" and dead.attributes["claimstream.article_id"] == "1"


@pytest.mark.parametrize("silent", [False, True])
def test_a_collector_that_is_away_loses_no_article(cluster: Cluster, silent: bool) -> None:
    with collector() as taker:
        taker.answer.clear()
        endpoint = taker.endpoint if silent else f"http://127.0.0.1:{free_port()}"
        worker = cluster.start(TRIAL, CLAIMSTREAM_TRACES__ENDPOINT=endpoint)
        expected = send(cluster, ["sleep 0.01"] * 100)
        found = cluster.wait("articles.language", lambda found: len(found) >= 100)
        assert ids(found) == expected and len(found) == 100
        worker.terminate()
        assert wait_ended(cluster, worker, 15) == 0
    logs = cluster.logs()
    assert logs.count("claimstream.traces") in ((0, 1) if silent else (1,)), logs  # a silent one is given 10 s
    assert " opentelemetry" not in logs and "Traceback" not in logs

"""All three services on a real Kafka: what goes in comes out, whatever it is and whatever happens on the way."""

from __future__ import annotations

import gzip
import json
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from schemas import ClaimsEvent
from services.cli.articles import read
from services.cli.enrich import pipeline
from services.stream.service import registry
from services.stream.settings import Settings
from tests.broker.conftest import Cluster
from tests.broker.test_worker import header, ids

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture
def services(cluster: Cluster) -> Cluster:
    for name in registry():
        cluster.service(name)
    return cluster


def samples() -> list[dict[str, Any]]:
    files = [str(path) for path in sorted(SAMPLES.iterdir()) if path.suffix in (".json", ".txt")]
    return [article.model_dump(mode="json", exclude_defaults=True) for article in read(files)]  # type: ignore[union-attr]


def send(cluster: Cluster, articles: list[dict[str, Any]]) -> set[str]:
    for article in articles:
        cluster.send(json.dumps(article).encode(), key=article["article_id"].encode())
    cluster.producer.flush()
    return {article["article_id"] for article in articles}


def check(records: list[Any]) -> list[ClaimsEvent]:
    """Events of articles.claims; every span in them equals its text."""
    events = [ClaimsEvent.model_validate_json(record.value) for record in records]
    for event, record in zip(events, records, strict=True):
        text = event.article.text
        for span in spans(json.loads(record.value)):
            assert text[span["start"] : span["end"]] == span["exact"]
            assert text[: span["start"]].endswith(span["prefix"]) and text[span["end"] :].startswith(span["suffix"])
        for claim in event.claims:
            known = {entity.id for entity in event.entities.entities}
            for actor in (claim.attribution.speaker, claim.target):
                assert actor is None or actor.entity is None or actor.entity in known
    return events


def spans(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [span for part in value for span in spans(part)]
    if not isinstance(value, dict):
        return []
    own = [value] if {"exact", "start", "end"} <= set(value) else []
    return own + [span for part in value.values() for span in spans(part)]


def test_kill_9_of_each_service_under_load_loses_nothing(cluster: Cluster) -> None:
    workers = {name: cluster.service(name) for name in registry()}
    expected = send(
        cluster, [article | {"article_id": f"{article['article_id']}-{n}"} for n in range(12) for article in samples()]
    )
    cluster.wait("articles.claims", lambda found: len(found) > 5)
    for name in random.sample(sorted(workers), len(workers)):
        workers[name].kill()
        workers[name].wait()
        workers[name] = cluster.service(name)
        time.sleep(2)
    found = cluster.wait("articles.claims", lambda found: ids(found) >= expected, 240)
    assert ids(found) == expected
    assert not cluster.records("articles.dead")
    event_ids: dict[str, set[str]] = {}
    for record in found:
        event_ids.setdefault(record.key.decode(), set()).add(header(record, "ce_id"))
    assert all(len(same) == 1 for same in event_ids.values())
    events = check(found)
    claims = {claim.claim_id for event in events for claim in event.claims}
    assert {record.key.decode() for record in cluster.records("claims.detected")} == claims
    traces = Counter(header(record, "traceparent").split("-")[1] for record in found)
    assert len(traces) >= len(expected), "each article has a trace of its own"


def test_every_article_of_a_real_corpus_goes_through(services: Cluster, shared: Path) -> None:
    with gzip.open(shared / "articles" / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        articles = [json.loads(line) for line in lines]
    expected = send(services, articles)
    assert len(expected) == 644
    found = services.wait("articles.claims", lambda found: len(found) >= len(expected), 400)
    events = check(found)
    statuses = Counter(event.status.value for event in events)
    dead = services.records("articles.dead")
    assert statuses.total() + len(dead) == len(articles)
    assert {event.article.article_id for event in events} | ids(dead) == expected
    assert not dead
    served = [event for event in events if event.article.language == "en"]
    assert len(served) > 100 and all(event.status == "ok" and event.claims for event in served)
    for article, event in zip(
        sorted(articles, key=lambda a: a["article_id"]), sorted(events, key=lambda e: e.article.article_id), strict=True
    ):
        assert event.article.text == article["text"]


def test_the_model_case(services: Cluster, shared: Path) -> None:
    """The article that the issue names: its claims, speakers and targets, the same from Kafka and from `enrich`."""
    (article,) = read([str(shared / "articles" / "nato-ukraine-en-mt.txt")])
    send(services, [article.model_dump(mode="json", exclude_defaults=True)])  # type: ignore[union-attr]
    (event,) = check(services.wait("articles.claims", lambda found: len(found) == 1))
    local = pipeline(Settings())(article)  # type: ignore[arg-type]
    assert [claim.model_dump() for claim in local.claims] == [claim.model_dump() for claim in event.claims]

    claims = event.claims
    speakers = {claim.attribution.speaker.name for claim in claims if claim.attribution.speaker}
    assert any("Zakharova" in name or "Zajárova" in name for name in speakers)
    assert any("Lavrov" in name for name in speakers)
    accused = {
        claim.target.name for claim in claims if "accusation" in {t.label.value for t in claim.types} and claim.target
    }
    assert {"NATO", "United States"} <= accused
    assert any("prediction" in {t.label.value for t in claim.types} for claim in claims)
    quantities = [quantity for claim in claims for quantity in claim.quantities]
    assert any(q.value == 3_500_000 and q.of_what and "refugees" in q.of_what for q in quantities)
    assert not [claim for claim in claims if claim.text in ("release.", "(I)")]
    detected = services.wait("claims.detected", lambda found: len(found) == len(claims))
    assert ids(detected) == {claim.claim_id for claim in claims}
    alone = json.loads(detected[0].value)
    assert alone["article_id"] == event.article.article_id and alone["language"] == "en"


LONG = "Ministers agreed on a new budget. " * 30
BAD = {
    "not-json": (b"{'text': 'no'}", "not_json"),
    "not-an-object": (b"[1, 2]", "invalid_field"),
    "not-utf8": (b'{"text": "caf\xe9"}', "not_utf8"),
    "null": (None, "null_value"),
    "ten-megabytes": (json.dumps({"text": "x" * 10_000_000}).encode(), "too_large"),
    "wrong-type": (b'{"text": 5}', "invalid_field"),
    "no-text": (b'{"title": "only a title"}', "invalid_field"),
    "lone-surrogate": (b'{"text": "\\ud800"}', "not_json"),
    "future-version": (b'{"schema_version": 2, "text": "x"}', "future_schema_version"),
}
ODD = {
    "empty": ("", "skipped"),
    "blank": (" \n\t\u200b\u2060 ", "unsupported_language"),
    "unknown-field": (LONG, "ok"),
    "control-characters": (f"\x00\x01\x1b[31m{LONG}\x7f\u0085", "ok"),
    "emoji": (f"👩‍👩‍👧‍👦🇺🇦 NATO said on Monday that 40 soldiers had left Poland. {LONG}", "ok"),
    "right-to-left": ("\u202eقالت الوزارة إن أربعين شخصا قتلوا في الهجوم على المدينة أمس.", "ok"),
    "long": (LONG * 250, "truncated"),
}


def test_bad_input_ends_with_a_reason_and_the_next_one_goes_through(services: Cluster) -> None:
    for name, (value, _) in BAD.items():
        services.send(value, key=name.encode())
    services.send(
        b'{"text": "header"}',
        key=b"future-header",
        headers=[("ce_dataschema", b"urn:claimstream:schema:articles.raw:9")],
    )
    for name, (text, _) in ODD.items():
        services.send(json.dumps({"article_id": name, "text": text, "desk": "x"}).encode(), key=name.encode())
    twice = json.dumps({"article_id": "twice", "text": LONG}).encode()
    services.send(twice, key=b"twice")
    services.send(twice, key=b"twice")
    for partition in range(services.settings.kafka.partitions):  # one behind the bad ones on every partition
        last = json.dumps({"article_id": f"last-{partition}", "text": LONG}).encode()
        services.producer.send(services.name("articles.raw"), value=last, partition=partition)
    services.producer.flush()

    found = services.wait("articles.claims", lambda found: len(found) >= len(ODD) + 6, 90)
    events = {event.article.article_id: event for event in check(found)}
    assert {name: events[name].status.value for name in ODD} == {name: status for name, (_, status) in ODD.items()}
    assert set(events) == {*ODD, "twice", *(f"last-{n}" for n in range(services.settings.kafka.partitions))}
    for name, (text, _) in ODD.items():
        assert events[name].article.text == text
        assert events[name].article.extra == {"desk": "x"}
        assert events[name].status == "ok" or events[name].warnings
    dead = services.wait("articles.dead", lambda found: len(found) >= len(BAD) + 1)
    reasons = {record.key.decode(): header(record, "dead_reason") for record in dead}
    expected = {name: reason for name, (_, reason) in BAD.items()}
    assert reasons == expected | {"future-header": "future_schema_version"}
    for record in dead:
        assert header(record, "dead_message") and header(record, "dead_service") == "language"
        if record.key.decode() in BAD:
            assert record.value == BAD[record.key.decode()][0], "a dead letter keeps the original bytes"
    repeated = [header(record, "ce_id") for record in found if record.key == b"twice"]
    assert len(repeated) == 2 and len(set(repeated)) == 1

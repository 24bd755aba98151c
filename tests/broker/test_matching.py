"""The matching worker on a real Kafka: every claim comes out, whatever happens, and the same claim is recognised."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

from schemas import MatchedClaim
from services.claims.traits import fingerprint
from tests.broker.conftest import Cluster
from tests.broker.test_withdrawal import left
from tests.broker.test_worker import header

EXAMPLE = Path(__file__).parents[2] / "schemas" / "examples" / "claims.detected" / "statement.json"
PLACES = ["Gotland", "Visby", "Narva", "Odesa", "Lviv", "Chad", "Peru"]


def claim(number: int) -> dict[str, Any]:
    """One of seven claims, in an article of its own."""
    text = f"The army of Norland closed the old harbour near {PLACES[number % len(PLACES)]} with mines."
    span = {"exact": text, "start": 0, "end": len(text), "prefix": "", "suffix": ""}
    plain = {"quantities": [], "dates": [], "target": None, "attribution": {"mode": "author"}, "explanation": []}
    example = json.loads(EXAMPLE.read_text(encoding="utf-8")) | plain
    own = {"claim_id": f"c{number}", "article_id": f"a{number}", "text": text, "fingerprint": fingerprint(text)}
    return example | own | {"primary_type": "event", "types": [], "span": span}


def send(cluster: Cluster, numbers: range) -> None:
    for number in numbers:
        value = json.dumps(claim(number)).encode()
        cluster.send(value, key=f"c{number}".encode(), topic="claims.detected")
    cluster.producer.flush()


def wait_done(cluster: Cluster, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while cluster.lag("claimstream-matching", "claims.detected") != 0:
        assert time.monotonic() < end, cluster.logs()
        time.sleep(0.3)


def newest(records: list[Any]) -> dict[str, MatchedClaim]:
    """The last message of each claim."""
    last = {record.key.decode(): record.value for record in records}
    return {key: MatchedClaim.model_validate_json(value) for key, value in last.items() if value is not None}


def test_kill_9_loses_no_claim_and_no_cluster(cluster: Cluster) -> None:
    """Killed with claims in flight, twice; what it knew is read back from its own topic."""
    worker = cluster.service("matching")
    send(cluster, range(300))
    for enough in (40, 350):
        cluster.wait("claims.matched", lambda found, enough=enough: len(found) > enough)
        worker.kill()
        worker.wait()
        send(cluster, range(300 + enough, 350 + enough))
        worker = cluster.service("matching")
        send(cluster, range(350 + enough, 400 + enough))
    sent = {f"c{n}" for n in [*range(300), *range(340, 440), *range(650, 750)]}
    found = cluster.wait("claims.matched", lambda found: {record.key.decode() for record in found} >= sent)
    wait_done(cluster)
    matched = newest(found)
    assert set(matched) == sent and not cluster.records("articles.dead")
    clusters = Counter((each.text, each.cluster.cluster_id) for each in matched.values())
    assert len(clusters) == len(PLACES)
    for (text, cluster_id), number in clusters.items():
        told = max((each for each in matched.values() if each.text == text), key=lambda each: each.cluster.claims)
        assert told.cluster.claims == told.cluster.articles == number, (text, cluster_id)
        assert len(told.cluster.article_ids) == 50


def test_tombstones_pass_and_are_forgotten_also_over_a_kill(cluster: Cluster) -> None:
    worker = cluster.service("matching")
    send(cluster, range(28))
    cluster.wait("claims.matched", lambda found: len(found) >= 28)
    subject = [("ce_subject", b"a0"), ("ce_rawtime", b"2026-03-03T10:00:00+00:00")]
    for number in (0, 7):
        cluster.send(None, key=f"c{number}".encode(), topic="claims.detected", headers=subject)
    cluster.producer.flush()
    found = cluster.wait("claims.matched", lambda found: len([r for r in found if r.value is None]) >= 2)
    assert left(found) == {f"c{n}" for n in range(28) if n not in (0, 7)}
    tombstone = next(record for record in found if record.value is None)
    assert header(tombstone, "ce_subject") == "a0" and header(tombstone, "ce_type").endswith("claims.matched.v1")
    assert header(tombstone, "ce_rawtime").startswith("2026-03-03")
    wait_done(cluster)  # else the withdrawn claims come again and count until their tombstones do
    worker.kill()
    worker.wait()
    cluster.service("matching")
    send(cluster, range(70, 71))
    cluster.wait("claims.matched", lambda found: any(record.key == b"c70" for record in found))
    assert newest(cluster.records("claims.matched"))["c70"].cluster.claims == 3  # c14, c21 and itself


def test_what_is_no_claim_is_a_dead_letter_and_the_next_goes_on(cluster: Cluster) -> None:
    cluster.send(b"{", key=b"x", topic="claims.detected")
    cluster.send(b'{"claim_id": 1}', key=b"y", topic="claims.detected")
    send(cluster, range(1))
    cluster.service("matching")
    cluster.wait("claims.matched", lambda found: len(found) == 1)
    dead = cluster.wait("articles.dead", lambda found: len(found) == 2)
    assert {header(record, "dead_service") for record in dead} == {"matching"}
    assert {header(record, "dead_topic") for record in dead} == {cluster.name("claims.detected")}


def test_articles_through_all_services_share_a_cluster(cluster: Cluster) -> None:
    for name in ("language", "entities", "claims", "matching"):
        cluster.service(name)
    texts = {
        "first": "Shelling near the border with Lebanon wounded two journalists of the agency in Tyre.",
        "second": "Two journalists of the agency in Tyre were injured by shelling near the Lebanese border.",
    }
    for article_id, text in texts.items():
        article = {
            "article_id": article_id,
            "text": f"{text} The mayor resigned.",
            "published_at": "2026-03-03T10:00:00Z",
        }
        cluster.send(json.dumps(article).encode(), key=article_id.encode())
    cluster.producer.flush()
    found = cluster.wait(
        "claims.matched", lambda found: {"first", "second"} <= {each.article_id for each in newest(found).values()}, 120
    )
    wait_done(cluster)
    matched = [each for each in newest(cluster.records("claims.matched")).values() if "journalists" in each.text]
    assert len({each.cluster.cluster_id for each in matched}) == 1, [each.cluster for each in matched]
    assert max(each.cluster.articles for each in matched) == 2
    assert all(header(record, "ce_rawtime") for record in found)

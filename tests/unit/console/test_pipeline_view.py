"""Rates, percentiles and states from what was seen of the pipeline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import inf

import pytest
from prometheus_client import CollectorRegistry, Histogram
from pydantic import ValidationError

from schemas.topics import TOPICS
from services.console.pipeline import Snapshot, WorkerState, ask, stages, worker_addresses
from services.console.view.pipeline import pipeline_view, quantile
from services.stream.service import registry
from services.stream.settings import Console, Settings
from services.stream.survey import Survey

ADDRESS = "http://127.0.0.1:9460"


def snapshot(clock: float, articles: float | None, produced: int = 0, lag: int = 0, **reasons: str) -> Snapshot:
    labels = frozenset({("stage", "language"), ("outcome", "ok")})
    values = {("claimstream_articles_total", labels): articles} if articles is not None else {}
    workers = [WorkerState("language", ADDRESS, articles is not None, reasons, values)]
    workers += [WorkerState(name, f"http://{name}", up=True) for name in registry() if name != "language"]
    survey = Survey(dict.fromkeys(TOPICS, produced), dict.fromkeys(TOPICS, produced), dict.fromkeys(registry(), lag))
    return Snapshot(datetime.now(UTC) + timedelta(seconds=clock), clock, survey, None, tuple(workers))


def language(*snapshots: Snapshot) -> dict[str, object]:
    stage: dict[str, object] = pipeline_view(stages(), snapshots)["stages"][0]
    return stage


def test_nothing_seen_yet_is_told() -> None:
    assert pipeline_view(stages(), [])["state"] == "warn"


def test_rates_pass_over_restarts() -> None:
    assert language(snapshot(0, 100), snapshot(10, 150))["rate"] == 5
    assert language(snapshot(0, 100), snapshot(10, 20), snapshot(20, 40))["rate"] == 2  # began again: 20 + 20
    assert language(snapshot(0, 100))["rate"] is None
    view = pipeline_view(stages(), [snapshot(0, 1, produced=10), snapshot(4, 1, produced=18, lag=3)])
    assert {topic["rate"] for topic in view["topics"]} == {2} and {stage["lag"] for stage in view["stages"]} == {3}


def test_states() -> None:
    assert pipeline_view(stages(), [snapshot(0, 1)])["state"] == "up"
    down = pipeline_view(stages(), [snapshot(0, None, down="does not answer: refused")])
    assert down["state"] == "down" and down["why"] == "language: does not answer: refused"
    waiting = pipeline_view(stages(), [snapshot(0, 1, starting="the worker is starting")])
    assert waiting["state"] == "warn" and "starting" in waiting["why"]
    away = Snapshot(datetime.now(UTC), 0, None, "Kafka does not answer", ())
    view = pipeline_view(stages(), [away])
    assert view["state"] == "down" and view["why"].startswith("Kafka does not answer") and view["topics"] == []
    assert all(stage["why"] == "no worker is known" and stage["lag"] is None for stage in view["stages"])


def test_quantiles_as_prometheus_reckons_them() -> None:
    buckets = {0.1: 0.0, 0.5: 10.0, 1.0: 20.0, inf: 20.0}
    assert quantile(buckets, 0.5) == pytest.approx(0.5)
    assert quantile(buckets, 0.75) == pytest.approx(0.75)
    assert quantile(buckets, 0.25) == pytest.approx(0.3)
    assert quantile({1.0: 0.0, inf: 5.0}, 0.5) == 1.0
    assert quantile({}, 0.5) is None and quantile({1.0: 0.0, inf: 0.0}, 0.5) is None
    own = CollectorRegistry()
    histogram = Histogram("x", "x", buckets=(1, 2, 4), registry=own)
    for value in (0.5, 1.5, 1.6, 3):
        histogram.observe(value)
    counts = {
        float(sample.labels["le"]): sample.value
        for family in own.collect()
        for sample in family.samples
        if sample.name == "x_bucket"
    }
    assert quantile(counts, 0.5) == pytest.approx(1.5)


def test_a_worker_that_is_not_there_is_down() -> None:
    state = ask("claims", "http://127.0.0.1:9")
    assert not state.up and state.reasons["down"].startswith("does not answer")


def test_addresses_of_workers() -> None:
    assert [name for name, _ in worker_addresses(Settings())] == list(registry())
    own = Settings(console=Console(workers="claims=http://127.0.0.1:1,claims=http://127.0.0.1:2"))
    assert worker_addresses(own) == [("claims", "http://127.0.0.1:1"), ("claims", "http://127.0.0.1:2")]
    with pytest.raises(ValidationError):
        Console(workers="claims=localhost:1")

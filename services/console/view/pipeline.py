"""The pipeline as the page shows it: what is up, how far behind, how fast, how late."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import inf, isnan

from schemas.topics import TOPICS
from services.console.pipeline import Snapshot, StageInfo, WorkerState
from services.console.view.article import View

RATE_SECONDS = 60.0
QUANTILES = (0.5, 0.95, 0.99)
LATENCY = "claimstream_end_to_end_seconds_bucket"


def pipeline_view(known: Sequence[StageInfo], snapshots: Sequence[Snapshot]) -> View:
    """Of the stages known, and snapshots, oldest first. Rates are per second over the last minute, latencies over all snapshots."""
    if not snapshots:
        return {"state": "warn", "why": "looking for the first time", "at": None, "stages": [], "topics": []}
    now = snapshots[-1]
    stages = [_stage(stage, snapshots) for stage in known]
    troubles = [now.trouble] if now.trouble else []
    troubles += [f"{stage['name']}: {stage['why']}" for stage in stages if stage["why"]]
    worst = max((stage["state"] for stage in stages), key=("up", "warn", "down").index, default="up")
    return {
        "state": "down" if now.survey is None else worst,
        "why": "; ".join(troubles) or None,
        "at": now.at.isoformat(),
        "kafka": now.trouble,
        "stages": stages,
        "topics": _topics(snapshots),
    }


def _stage(stage: StageInfo, snapshots: Sequence[Snapshot]) -> View:
    name, now = stage.name, snapshots[-1]
    workers = [_worker(worker) for worker in now.workers if worker.service == name]
    states = Counter(worker["state"] for worker in workers)
    state = "down" if not states["up"] + states["warn"] else "warn" if states["down"] + states["warn"] else "up"
    whys = sorted({why for worker in workers for why in worker["reasons"]})
    done = _increase(snapshots, name, "claimstream_articles_total", RATE_SECONDS)
    buckets = _increase(snapshots, name, LATENCY)
    by_limit: defaultdict[float, float] = defaultdict(float)
    for labels, count in buckets.items():
        by_limit[float(dict(labels)["le"])] += count
    return {
        "name": name,
        "summary": stage.summary,
        "reads": stage.reads,
        "writes": stage.writes,
        "state": state,
        "why": "; ".join(whys) or (None if workers else "no worker is known"),
        "workers": workers,
        "lag": now.survey.lag[name] if now.survey else None,
        "lag_seconds": _most(now, name, "claimstream_lag_seconds"),
        "rate": sum(done.values()) / _span(snapshots, RATE_SECONDS) if _span(snapshots, RATE_SECONDS) else None,
        "latency": {f"p{q * 100:g}": quantile(by_limit, q) for q in QUANTILES},
    }


def _worker(worker: WorkerState) -> View:
    restarts = sum(value for (name, _), value in worker.values.items() if name == "claimstream_restarts_total")
    return {
        "address": worker.address,
        "state": "down" if not worker.up else "warn" if worker.reasons else "up",
        "reasons": list(worker.reasons.values()),
        "restarts": int(restarts),
    }


def _most(snapshot: Snapshot, service: str, metric: str) -> float | None:
    found = [
        value
        for worker in snapshot.workers
        if worker.service == service
        for (name, _), value in worker.values.items()
        if name == metric and not isnan(value)
    ]
    return max(found, default=None)


def _recent(snapshots: Sequence[Snapshot], seconds: float) -> list[Snapshot]:
    return [one for one in snapshots if one.clock >= snapshots[-1].clock - seconds]


def _span(snapshots: Sequence[Snapshot], seconds: float) -> float:
    recent = _recent(snapshots, seconds)
    return recent[-1].clock - recent[0].clock


def _increase(
    snapshots: Sequence[Snapshot], service: str, metric: str, seconds: float = inf
) -> Mapping[frozenset[tuple[str, str]], float]:
    """How much a service's counters rose, by labels. A counter that fell began again with its worker."""
    total: defaultdict[frozenset[tuple[str, str]], float] = defaultdict(float)
    last: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}
    for place, snapshot in enumerate(_recent(snapshots, seconds)):
        for worker in snapshot.workers:
            if worker.service != service:
                continue
            for (name, labels), value in worker.values.items():
                if name != metric:
                    continue
                key = (worker.address, labels)
                before = last.get(key, 0.0 if place else value)
                total[labels] += value - before if value >= before else value
                last[key] = value
    return total


def quantile(buckets: Mapping[float, float], share: float) -> float | None:
    """The value under which `share` of the observations lie, from cumulative counts by upper bound, as Prometheus
    reckons it: evenly spread within a bucket; the last finite bound where it lies beyond. None without observations.
    """
    limits = sorted(buckets)
    if not limits or buckets[limits[-1]] <= 0:
        return None
    wanted = share * buckets[limits[-1]]
    for below, limit in pairwise([0.0, *limits]):
        if buckets[limit] >= wanted:
            if limit == inf:
                return below
            less = buckets.get(below, 0.0) if below else 0.0
            inside = buckets[limit] - less
            return below + (limit - below) * (wanted - less) / inside if inside else limit
    return limits[-1]


def _topics(snapshots: Sequence[Snapshot]) -> list[View]:
    surveyed = [one for one in _recent(snapshots, RATE_SECONDS) if one.survey is not None]
    if not surveyed:
        return []
    first, last = surveyed[0], surveyed[-1]
    assert first.survey is not None and last.survey is not None
    span = last.clock - first.clock
    return [
        {
            "name": name,
            "summary": topic.description,
            "produced": last.survey.produced[name],
            "kept": last.survey.kept[name],
            "rate": (last.survey.produced[name] - first.survey.produced[name]) / span if span else None,
        }
        for name, topic in TOPICS.items()
    ]

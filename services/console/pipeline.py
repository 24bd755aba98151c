"""Watches the pipeline for the console: Kafka's offsets, and what each worker says of itself."""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections import deque
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPException
from time import monotonic
from urllib.error import HTTPError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import ProxyHandler, build_opener

from prometheus_client.parser import text_string_to_metric_families

from services.stream.clients import BrokerAway
from services.stream.service import registry
from services.stream.settings import Settings
from services.stream.survey import Survey, Surveyor

log = logging.getLogger("claimstream.pipeline")

POLL_SECONDS, ANSWER_SECONDS, WINDOW_SECONDS = 2.0, 2.0, 300.0
BYTES = 4 * 1024 * 1024
DOWN = "does not answer"

Sample = tuple[str, frozenset[tuple[str, str]]]
_web = build_opener(ProxyHandler({}))  # workers are near: never by way of a proxy


@dataclass(frozen=True)
class WorkerState:
    """A worker as it answered: `reasons` why it is not ready; `values` of its metrics, by name and labels."""

    service: str
    address: str
    up: bool
    reasons: dict[str, str] = field(default_factory=dict)
    values: dict[Sample, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """The pipeline at one moment. `survey` is None where Kafka does not answer; `trouble` says why."""

    at: datetime
    clock: float
    survey: Survey | None
    trouble: str | None
    workers: tuple[WorkerState, ...]


@dataclass(frozen=True)
class StageInfo:
    """What a stage is: its name, what it does, the topics that it reads and writes."""

    name: str
    summary: str
    reads: str
    writes: str


def stages() -> list[StageInfo]:
    """All stages, in the order of the flow."""
    return [
        StageInfo(name, service.summary, service.reads.name, service.writes.name)
        for name, service in registry().items()
    ]


def worker_addresses(settings: Settings) -> list[tuple[str, str]]:
    """(service, http address) of every worker to ask; a host name of several machines gives all of them."""
    if settings.console.workers:
        named = [(name, url) for name, _, url in (one.partition("=") for one in settings.console.workers.split(","))]
    else:
        from services.stream.run import metrics_port  # brings the stream library, which is slow to load

        named = [(name, f"http://127.0.0.1:{metrics_port(settings, name)}") for name in registry()]
    return [(name, address) for name, url in named for address in _machines(url)]


def _machines(url: str) -> list[str]:
    parts = urlsplit(url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 80, socket.AF_INET, socket.SOCK_STREAM)
    except OSError:
        return [url]
    hosts = sorted({str(where[0]) for *_, where in found})
    return [urlunsplit(parts._replace(netloc=f"{host}:{parts.port or 80}")) for host in hosts] if hosts[1:] else [url]


def ask(service: str, address: str) -> WorkerState:
    """What a worker says of itself; `up` is false where it does not answer in time."""
    try:
        reasons = _reasons(address)
        with _web.open(address + "/metrics", timeout=ANSWER_SECONDS) as answer:
            text = answer.read(BYTES).decode()
        values = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            if family.name.startswith("claimstream_")
            for sample in family.samples
        }
    except (OSError, ValueError, HTTPException) as error:
        return WorkerState(service, address, up=False, reasons={"down": f"{DOWN}: {getattr(error, 'reason', error)}"})
    return WorkerState(service, address, up=True, reasons=reasons, values=values)


def _reasons(address: str) -> dict[str, str]:
    try:
        with _web.open(address + "/readyz", timeout=ANSWER_SECONDS) as answer:
            state = json.loads(answer.read(BYTES))
    except HTTPError as error:  # 503: it answers, and says why it is not ready
        with error:
            state = json.loads(error.read(BYTES))
    return {str(kind): str(why) for kind, why in dict(state["reasons"]).items()} if "reasons" in state else {}


class Pipeline:
    """A thread that takes a snapshot every two seconds and keeps those of the last five minutes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._kept: deque[Snapshot] = deque(maxlen=int(WINDOW_SECONDS / POLL_SECONDS))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pipeline", daemon=True)

    def start(self) -> None:
        """Begins to watch."""
        self._thread.start()

    def close(self) -> None:
        """Ends the thread; waits a moment for it."""
        self._stop.set()
        self._thread.join(timeout=2)

    def snapshots(self) -> list[Snapshot]:
        """Those of the last minutes, oldest first; empty until the first one is taken."""
        return list(self._kept)

    def _run(self) -> None:
        surveyor = Surveyor(self._settings)
        with ThreadPoolExecutor(8, thread_name_prefix="worker-state") as pool:
            while not self._stop.is_set():
                try:
                    self._kept.append(self._look(surveyor, pool))
                except Exception:
                    log.exception("a bug in watching the pipeline")
                self._stop.wait(POLL_SECONDS)
        surveyor.close()

    def _look(self, surveyor: Surveyor, pool: ThreadPoolExecutor) -> Snapshot:
        answers: Iterable[WorkerState] = pool.map(lambda one: ask(*one), worker_addresses(self._settings))
        survey, trouble = None, None
        try:
            survey = surveyor.survey()
        except BrokerAway as error:
            trouble = str(error)
        return Snapshot(datetime.now(UTC), monotonic(), survey, trouble, tuple(answers))

"""`up`, `down`, `status`: everything on this machine."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

from deploy.local import prometheus
from deploy.local.stack import ProcessSpec, Stack
from services.stream.clients import admin
from services.stream.lag import lag
from services.stream.run import metrics_port
from services.stream.service import registry
from services.stream.settings import Settings


def stack(settings: Settings) -> Stack:
    """The processes of this state directory."""
    kafka = settings.kafka
    return Stack(settings.state_dir, bootstrap=kafka.bootstrap, port=kafka.port, controller_port=kafka.controller_port)


def processes(settings: Settings, copies: int) -> list[ProcessSpec]:
    """A worker for every service, `copies` of each (one of a service with a memory), and the console."""
    # What a worker may hold when told to stop: the articles in flight, the slowest of which may be tried to the end.
    stop = int(settings.processing.timeout_seconds * settings.processing.attempts) + 10
    environment = {"CLAIMSTREAM_STATE_DIR": str(settings.state_dir.resolve())}
    workers = [
        ProcessSpec(
            name if copies == 1 else f"{name}-{copy + 1}",
            [sys.executable, "-m", "services.cli", "run", name, "--copy", str(copy)],
            environment,
            stop_timeout_s=stop,
        )
        for name in registry()
        for copy in _copies(name, copies)
    ]
    everywhere = ",".join(
        f"{name}=http://{settings.metrics.host}:{metrics_port(settings, name, copy)}"
        for name in registry()
        for copy in _copies(name, copies)
    )
    watched = environment | {"CLAIMSTREAM_CONSOLE__WORKERS": settings.console.workers or everywhere}
    return [*workers, ProcessSpec("console", [sys.executable, "-m", "services.cli", "console"], watched)]


def _copies(service: str, copies: int) -> range:
    return range(copies if registry()[service].memory is None else 1)


def monitoring(settings: Settings, copies: int) -> list[ProcessSpec]:
    """Prometheus, where it can be had; it scrapes every worker."""
    port = settings.metrics.prometheus_port
    if prometheus.missing(port):
        return []
    host = settings.metrics.host if settings.metrics.host != "0.0.0.0" else "127.0.0.1"
    targets = {
        name: [f"{host}:{metrics_port(settings, name, copy)}" for copy in _copies(name, copies)] for name in registry()
    }
    return [prometheus.process(settings.state_dir, port, targets)]


def places(settings: Settings, started: list[ProcessSpec]) -> list[str]:
    """Where everything is, a line each, given the processes of `monitoring`."""
    lines = [f"Kafka    {settings.kafka.address}"]
    lines += [f"{name:<8} http://{settings.metrics.host}:{metrics_port(settings, name)}/metrics" for name in registry()]
    lines.append(f"console  {settings.console.url}")
    port = settings.metrics.prometheus_port
    watched = f"http://127.0.0.1:{port}/alerts" if started else prometheus.missing(port)
    return [*lines, f"Prometheus {watched}", f"logs     {os.path.relpath(settings.state_dir / 'logs')}"]


@dataclass(frozen=True)
class Backlog:
    """What a service has still to read: messages between its committed offsets and the end of its topic."""

    service: str
    topic: str
    lag: int


def backlog(settings: Settings) -> list[Backlog]:
    """The lag of every service. Raises BrokerAway."""
    client, prefix = admin(settings), settings.kafka.topic_prefix
    try:
        return [
            Backlog(service.name, service.reads.name, lag(client, service.group(prefix), prefix + service.reads.name))
            for service in registry().values()
        ]
    finally:
        client.close()

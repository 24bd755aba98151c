"""Runs one worker until it is told to stop."""

from __future__ import annotations

import sys

import faust

from services.stream import logs
from services.stream.health import serve
from services.stream.service import Service, registry
from services.stream.settings import Settings
from services.stream.worker import Worker

PORTS_A_COPY = 10  # copies of a service take base_port + place + 10, + 20 …


def metrics_port(settings: Settings, service: str, copy: int = 0) -> int:
    """Where a worker serves /metrics."""
    if settings.metrics.port is not None:
        return settings.metrics.port + copy
    return settings.metrics.base_port + list(registry()).index(service) + PORTS_A_COPY * copy


def run(service: Service, settings: Settings, port: int) -> None:
    """Blocks until SIGTERM or SIGINT; articles in flight are finished first. May exit the process with a code."""
    logs.configure(settings, service.name)
    worker = Worker(service, settings)
    try:
        stop = serve(worker.health, settings.metrics.host, port)
    except OSError as error:
        sys.exit(f"port {port} for metrics is taken ({error}); set CLAIMSTREAM_METRICS__PORT")
    try:
        runner = faust.Worker(worker.app, quiet=True, redirect_stdouts=False, override_logging=False)
        runner.spinner = None  # it writes cursor codes even into a log file
        runner.execute_from_commandline()
    finally:
        worker.close()
        stop()

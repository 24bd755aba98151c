"""The configuration of supervisord for a stack, and a small extension that supervisord loads.

The extension counts restarts, and ends what a dead process leaves of its process group: supervisord itself signals the
group of a process that it stops, but not of one that was killed.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from supervisor import events  # type: ignore[import-untyped]

BROKER = "broker"
SERVICES = "services"
LOG_BYTES = "5MB"
# A process that lives shorter than this is restarted after 1 s, then 2 s, then 3 s ... and given up after RETRIES.
HEALTHY_AFTER_S = 10
RETRIES = 60


def configuration(
    *,
    socket: Path,
    services: Sequence[tuple[str, int]],
    broker_stop_s: int | None,
) -> str:
    """supervisord's settings. `services`: (name, seconds to stop in); `broker_stop_s`: None for an outside broker.

    Nothing starts by itself: the caller starts the broker, and the services when it is ready. At the end supervisord
    stops the services first, all at once, then the broker (groups of higher priority number first). Paths are relative
    to the state directory, supervisord's working directory: it expands some of them twice, so none can be escaped.
    """
    sections = [
        _section(
            "supervisord",
            nodaemon="true",
            silent="true",
            logfile="logs/supervisor.log",
            logfile_maxbytes=LOG_BYTES,
            logfile_backups=1,
            pidfile="run/supervisord.pid",
            childlogdir="logs",
        ),
        _section("unix_http_server", file=socket, chmod="0700"),
        _section(
            "rpcinterface:supervisor",
            **{"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"},
        ),
        _section(
            "rpcinterface:claimstream", **{"supervisor.rpcinterface_factory": f"{__name__}:make_claimstream_interface"}
        ),
    ]
    if broker_stop_s is not None:
        sections.append(_program(BROKER, log="NONE", stop_s=broker_stop_s, priority=1))
    sections += [_program(name, log=f"logs/{name}.log", stop_s=stop_s, priority=100) for name, stop_s in services]
    if services:
        sections.append(_section(f"group:{SERVICES}", programs=",".join(name for name, _ in services), priority=100))
    return "\n".join(sections)


def _program(name: str, *, log: str, stop_s: int, priority: int) -> str:
    return _section(
        f"program:{name}",
        command=shlex.join([sys.executable, "-m", "deploy.local.launch", "run/processes.json", name]),
        autostart="false",
        autorestart="true",
        startsecs=HEALTHY_AFTER_S,
        startretries=RETRIES,
        stopsignal="TERM",
        stopwaitsecs=stop_s,
        # SIGTERM to the process alone, which ends its own workers in order; a SIGKILL, if need be, to its whole group.
        stopasgroup="false",
        killasgroup="true",
        redirect_stderr="true",
        stdout_logfile=log,
        stdout_logfile_maxbytes=LOG_BYTES,
        stdout_logfile_backups=1,
        priority=priority,
    )


def _section(title: str, **values: object) -> str:
    """One section; `%` begins an expansion in supervisord's configuration, and ` ;` a comment."""
    lines = [f"[{title}]"]
    for key, value in values.items():
        text = str(value)
        if "\n" in text or " ;" in text:
            raise ValueError(f"supervisord's configuration can't hold this {key}: {text!r}")
        lines.append(f"{key} = {text.replace('%', '%%')}")
    return "\n".join(lines) + "\n"


class ClaimstreamInterface:
    """The `claimstream` namespace of supervisord's XML-RPC interface."""

    def __init__(self) -> None:
        self._starts: Counter[str] = Counter()
        events.subscribe(events.ProcessStateStartingEvent, self._count)
        for ended in (events.ProcessStateExitedEvent, events.ProcessStateBackoffEvent, events.ProcessStateStoppedEvent):
            events.subscribe(ended, self._end_group)

    def restarts(self) -> dict[str, int]:
        """How often each process was started again, by name.

        @return struct restarts
        """
        return {name: starts - 1 for name, starts in self._starts.items()}

    def _count(self, event: Any) -> None:
        self._starts[event.process.config.name] += 1

    def _end_group(self, event: Any) -> None:
        """Kill what the process left behind; it was the leader of its group, so its id is the group's."""
        if event.process.pid:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(event.process.pid, signal.SIGKILL)


def make_claimstream_interface(supervisord: Any, **_options: str) -> ClaimstreamInterface:
    """Called by supervisord when it starts."""
    return ClaimstreamInterface()

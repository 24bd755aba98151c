"""The whole of Claimstream on one machine: the embedded broker and any number of services under supervisord.

supervisord restarts what dies, keeps a bounded log for each process and stops them in order; `Stack` starts it, talks
to it over a unix socket, and clears up after one that was killed itself.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

import psutil
from supervisor.xmlrpc import SupervisorTransport  # type: ignore[import-untyped]

from deploy.local import processes
from deploy.local.broker import (
    DEFAULT_CONTROLLER_PORT,
    DEFAULT_PORT,
    START_TIMEOUT_S,
    STOP_TIMEOUT_S,
    BrokerError,
    EmbeddedBroker,
    is_ready,
)
from deploy.local.control import StackError, exclusive, signals_interrupt, socket_path
from deploy.local.jars import KAFKA_VERSION, Progress, print_progress
from deploy.local.supervision import BROKER, SERVICES, configuration

SUPERVISOR_START_TIMEOUT_S = 15.0
PROJECT_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class ProcessSpec:
    """A service process: its name (also its log's), command line, additions to the environment, seconds to stop in."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    stop_timeout_s: int = 30


@dataclass(frozen=True)
class ProcessStatus:
    """One process as `status` shows it.

    `state`: running, backoff (died young, restarted in a moment), fatal (given up after many tries), stopping, stopped,
    exited, or orphaned (its supervisor is gone). `restarts`: how often it was started again since `up`.
    """

    name: str
    state: str
    pid: int | None
    uptime_s: float
    restarts: int
    log: Path


class Stack:
    """The processes of one state directory. Two stacks run side by side with different directories and ports.

    `bootstrap` names an outside Kafka; then no broker is started. `progress` takes a line of text at a time.
    """

    def __init__(
        self,
        state_dir: Path | str = ".claimstream",
        *,
        bootstrap: str | None = None,
        port: int = DEFAULT_PORT,
        controller_port: int = DEFAULT_CONTROLLER_PORT,
        cache_dir: Path | None = None,
        progress: Progress = print_progress,
    ) -> None:
        self.state_dir = Path(state_dir).resolve()
        self.run_dir = self.state_dir / "run"
        self.log_dir = self.state_dir / "logs"
        self._say = progress
        self._supervisord: subprocess.Popen[bytes] | None = None
        self._broker: EmbeddedBroker | None = None
        if bootstrap is None:
            self._broker = EmbeddedBroker(self.state_dir, port, controller_port, cache_dir=cache_dir, progress=progress)
        self.bootstrap = bootstrap or f"127.0.0.1:{port}"

    def up(
        self,
        services: Sequence[ProcessSpec],
        *,
        detach: bool = False,
        on_broker_ready: Callable[[str], None] | None = None,
        while_up: Callable[[], None] | None = None,
    ) -> bool:
        """Start the broker, wait until it is ready, then start the services. False: the stack ran already.

        `on_broker_ready(bootstrap)` runs between the two (to create topics). Detached, it returns when all were
        started; else it runs `while_up` (or waits) until that returns or SIGINT, SIGTERM or SIGHUP comes, then stops
        everything: call it from the main thread. Raises KafkaFetchError, PortTaken, BrokerError, StackError; nothing
        is left running then.
        """
        with signals_interrupt(active=not detach) as calm:
            try:
                with exclusive(self.run_dir, self._say):
                    if self._running_supervisord():
                        self._say(f"Claimstream is up already ({self.state_dir}); see `claimstream status`.")
                        return False
                    self._end_orphans()
                    self._start(services, on_broker_ready)
                if not detach:
                    (while_up or self.wait)()
            except BaseException as error:
                calm.set()
                self._stop()
                if not isinstance(error, KeyboardInterrupt) or detach:
                    raise
                return True
            if not detach:
                calm.set()
                self._stop()
        return True

    def wait(self) -> None:
        """Wait until a signal comes, or `down` in another terminal; StackError when the supervisor ends by itself."""
        if self._supervisord and self._supervisord.wait() == 0:
            self._say("Stopped by `claimstream down`.")
            return
        raise StackError(f"The supervisor ended unexpectedly, see {self.log_dir / 'supervisor.log'}.")

    def down(self) -> bool:
        """Stop the services, then the broker. False: nothing ran."""
        with exclusive(self.run_dir, self._say):
            stopped = self._stop()
        if not stopped:
            self._say(f"Claimstream is not running ({self.state_dir}).")
        return stopped

    def running(self) -> bool:
        """Whether the stack's supervisor is alive."""
        return self._running_supervisord() is not None

    def status(self) -> list[ProcessStatus]:
        """The broker and the services; empty when the stack is down."""
        if self._running_supervisord():
            try:
                with self._rpc() as rpc:
                    infos, restarts = rpc.supervisor.getAllProcessInfo(), rpc.claimstream.restarts()
                return [self._process_status(info, restarts) for info in infos]
            except (OSError, HTTPException, Fault) as error:
                raise StackError(f"The supervisor does not answer ({error}); `claimstream down` ends it.") from error
        return [
            ProcessStatus(
                processes.describe(orphan), "orphaned", orphan.pid, time.time() - orphan.create_time(), 0, self.log_dir
            )
            for orphan in processes.of_stack(self.state_dir)
        ]

    def _process_status(self, info: Mapping[str, Any], restarts: Mapping[str, int]) -> ProcessStatus:
        name = info["name"]
        pid = info["pid"] or None
        return ProcessStatus(
            name=name,
            state="running" if info["statename"] == "STARTING" and pid else info["statename"].lower(),
            pid=pid,
            uptime_s=float(info["now"] - info["start"]) if pid else 0.0,
            restarts=restarts.get(name, 0),
            log=self.log_dir / f"{name}.log",
        )

    def _start(self, services: Sequence[ProcessSpec], on_broker_ready: Callable[[str], None] | None) -> None:
        if self._broker:
            self._broker.prepare()  # fetches, checks the ports and formats here, where its errors reach the user
        self._write_files(services)
        self._start_supervisord()
        if self._broker:
            started = time.monotonic()
            self._say(f"Starting Apache Kafka {KAFKA_VERSION} at {self.bootstrap}")
            with self._rpc() as rpc:
                rpc.supervisor.startProcess(BROKER, False)
            self._wait_broker(self._broker)
            self._say(f"Kafka is ready after {time.monotonic() - started:.1f} s")
        if on_broker_ready:
            on_broker_ready(self.bootstrap)
        if services:
            with self._rpc() as rpc:
                rpc.supervisor.startProcessGroup(SERVICES, False)
            self._say(f"Started {', '.join(spec.name for spec in services)}; logs in {self.log_dir}")

    def _write_files(self, services: Sequence[ProcessSpec]) -> None:
        for folder in (self.run_dir, self.log_dir):
            folder.mkdir(parents=True, exist_ok=True)
        self.run_dir.chmod(0o700)
        table: dict[str, Any] = {
            spec.name: {
                "argv": list(spec.argv),
                "env": dict(spec.env),
                "cwd": str(Path.cwd()),
                "stop_timeout_s": spec.stop_timeout_s,
            }
            for spec in services
        }
        if self._broker:
            table[BROKER] = self._broker_process(self._broker)
        (self.run_dir / "processes.json").write_text(json.dumps(table, indent=1), encoding="utf-8")
        text = configuration(
            socket=socket_path(self.state_dir),
            services=[(spec.name, spec.stop_timeout_s) for spec in services],
            broker_stop_s=int(STOP_TIMEOUT_S) if self._broker else None,
        )
        self._configuration.write_text(text, encoding="utf-8")

    def _broker_process(self, broker: EmbeddedBroker) -> dict[str, Any]:
        module = [sys.executable, "-m", processes.BROKER_MODULE, "--to-log", "--state-dir", str(self.state_dir)]
        return {
            "argv": [*module, "--port", str(broker.port), "--controller-port", str(broker.controller_port)],
            "env": {"CLAIMSTREAM_CACHE_DIR": str(broker.cache_dir)} if broker.cache_dir else {},
            "cwd": str(self.state_dir),
            "stop_timeout_s": STOP_TIMEOUT_S,
        }

    @property
    def _configuration(self) -> Path:
        return self.run_dir / "supervisord.conf"

    def _start_supervisord(self) -> None:
        environment = {
            **os.environ,
            processes.MARKER: str(self.state_dir),
            "PYTHONPATH": os.pathsep.join(filter(None, [str(PROJECT_ROOT), os.environ.get("PYTHONPATH")])),
        }
        output = self.run_dir / "supervisord.out"
        with output.open("wb") as out:
            self._supervisord = subprocess.Popen(
                [sys.executable, "-m", processes.SUPERVISOR_MODULE, "-c", str(self._configuration)],
                cwd=self.state_dir,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,  # the terminal's Ctrl-C comes to us alone, and we stop all in order
            )
        (self.run_dir / "stack.json").write_text(
            json.dumps({"supervisord": self._supervisord.pid, "socket": str(socket_path(self.state_dir))})
        )
        deadline = time.monotonic() + SUPERVISOR_START_TIMEOUT_S
        while time.monotonic() < deadline and self._supervisord.poll() is None:
            with contextlib.suppress(OSError, HTTPException), self._rpc() as rpc:
                rpc.supervisor.getState()
                return
            time.sleep(0.05)
        raise StackError(f"supervisord did not start:\n{output.read_text(errors='replace')[-2000:]}")

    def _wait_broker(self, broker: EmbeddedBroker) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not is_ready(broker.port):
            with self._rpc() as rpc:
                info = rpc.supervisor.getProcessInfo(BROKER)
            if info["statename"] in ("BACKOFF", "FATAL", "EXITED") or time.monotonic() > deadline:
                raise BrokerError(f"The broker did not start ({info['description']}).\n{broker.log_tail()}")
            time.sleep(0.1)

    def _stop(self) -> bool:
        """End supervisord, which stops the services and then the broker; then whatever is left."""
        supervisord = self._running_supervisord()
        started = time.monotonic()
        if supervisord:
            self._say("Stopping the services, then the broker")
            # supervisord itself kills what overruns its time; only a hung supervisord is killed by this grace.
            processes.end([supervisord], grace_s=self._longest_stop_s() + STOP_TIMEOUT_S + 10)
        ended = processes.end_stack(self.state_dir, self._say, "Processes left behind")
        if self._supervisord:
            self._supervisord.wait()
            self._supervisord = None
        if supervisord or ended:
            self._say(f"Claimstream stopped in {time.monotonic() - started:.1f} s")
        self._clear()
        return bool(supervisord or ended)

    def _end_orphans(self) -> None:
        """End what a supervisor that was killed left running, so that its ports and data are free again."""
        why = "The supervisor of an earlier run is gone, its processes are not"
        processes.end_stack(self.state_dir, self._say, why)
        self._clear()

    def _clear(self) -> None:
        """Remove the traces of a run that has ended."""
        self._socket().unlink(missing_ok=True)
        for name in ("run/stack.json", "run/supervisord.pid", "kafka/broker.pid"):
            (self.state_dir / name).unlink(missing_ok=True)

    def _longest_stop_s(self) -> float:
        try:
            table = json.loads((self.run_dir / "processes.json").read_text(encoding="utf-8"))
            return max((float(process["stop_timeout_s"]) for process in table.values()), default=0.0)
        except (OSError, ValueError, KeyError):
            return 30.0

    def _state(self) -> dict[str, Any]:
        """What the last `up` wrote of its supervisord: process id and socket; empty when the stack is down."""
        try:
            state: dict[str, Any] = json.loads((self.run_dir / "stack.json").read_text(encoding="utf-8"))
            return state
        except (OSError, ValueError):
            return {}

    def _running_supervisord(self) -> psutil.Process | None:
        """The live supervisord of this stack, and never a stranger that was given its process id."""
        try:
            process = psutil.Process(self._state()["supervisord"])
            mine = processes.has_argument(process, str(self._configuration))
            return process if mine and processes.alive(process) else None
        except (KeyError, psutil.Error):
            return None

    def _socket(self) -> Path:
        recorded = self._state().get("socket")
        return Path(recorded) if recorded else socket_path(self.state_dir)

    @contextlib.contextmanager
    def _rpc(self) -> Iterator[Any]:
        """supervisord's XML-RPC interface."""
        transport = SupervisorTransport(serverurl=f"unix://{self._socket()}")
        try:
            yield ServerProxy("http://localhost", transport=transport)
        finally:
            transport.close()

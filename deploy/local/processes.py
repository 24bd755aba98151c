"""Finding and ending the processes of one stack, also when the supervisor that knew them is gone.

Every process of a stack, and every process that those start, carries the stack's state directory in its environment.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil

MARKER = "CLAIMSTREAM_STACK"
SUPERVISOR_MODULE = "supervisor.supervisord"
BROKER_CLASS = "kafka.Kafka"
BROKER_MODULE = "deploy.local.broker"


def of_stack(state_dir: Path) -> list[psutil.Process]:
    """Live processes that belong to the stack, this one and its ancestors excepted."""
    me = psutil.Process()
    spared = {me.pid, *(parent.pid for parent in me.parents())}
    found = []
    for process in psutil.process_iter():
        try:
            if (
                process.pid not in spared
                and process.uids().real == os.getuid()
                and process.environ().get(MARKER) == str(state_dir)
                and alive(process)
            ):
                found.append(process)
        except (psutil.Error, OSError):  # ended meanwhile, or not ours to see
            continue
    return found


def has_argument(process: psutil.Process, *wanted: str) -> bool:
    """Whether the process's command line holds one of the arguments."""
    try:
        return any(argument in wanted for argument in process.cmdline())
    except psutil.Error:
        return False


def end(processes: Iterable[psutil.Process], grace_s: float) -> None:
    """SIGTERM to all, SIGKILL to those that live after the grace; returns when none is left."""
    told = list(processes)
    _signal(told, signal.SIGTERM)
    left = _left(told, grace_s)
    _signal(left, signal.SIGKILL)
    _left(left, 5)


def end_stack(state_dir: Path, say: Callable[[str], None], why: str) -> int:
    """End what is left of a stack (supervisor, services, broker, in this order), naming each; how many were ended."""
    left = of_stack(state_dir)
    if not left:
        return 0
    names = ", ".join(f"{process.pid} ({describe(process)})" for process in left)
    say(f"{why}: {names}. Ending them.")
    # A supervisor told to end stops its own services and broker in order: give it the time to.
    end([process for process in left if has_argument(process, SUPERVISOR_MODULE)], grace_s=60)
    brokers = [process for process in left if has_argument(process, BROKER_CLASS, BROKER_MODULE)]
    end([process for process in left if process not in brokers], grace_s=10)
    end(brokers, grace_s=20)
    end(of_stack(state_dir), grace_s=2)  # what was started meanwhile
    return len(left)


def describe(process: psutil.Process) -> str:
    """A few words that tell a person which process it is."""
    try:
        name: str = process.environ().get("SUPERVISOR_PROCESS_NAME", process.name())
        return "supervisor" if has_argument(process, SUPERVISOR_MODULE) else name
    except psutil.Error:
        return "ended"


def _left(processes: Iterable[psutil.Process], timeout_s: float) -> list[psutil.Process]:
    """Those that live after the timeout. A dead one whose parent has not noticed counts as ended; psutil's own wait would wait."""
    deadline = time.monotonic() + timeout_s
    while (left := [process for process in processes if alive(process)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def alive(process: psutil.Process) -> bool:
    """Whether the process still runs: one that has ended and waits for its parent to notice does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _signal(processes: Iterable[psutil.Process], number: int) -> None:
    for process in processes:
        try:
            process.send_signal(number)
        except psutil.Error:
            continue

"""The process that does the reading: models are loaded there once, and it can be killed when an article hangs it.

The worker's event loop stays free for Kafka. A thread would do for speed, but a thread can't be killed.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import TimeoutError as ProcessTimeout
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from services.stream.errors import Reason
from services.stream.memory import restore
from services.stream.service import Service
from services.stream.settings import Settings
from services.stream.stage import Processed, Stage

T = TypeVar("T")

REBUILDS = 3

_stage: Stage | Exception  # of the child process: what its initializer made, or why it could not


class Poison(Exception):
    """The message hung or crashed the process that read it; that process is gone and another takes its place."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class NoReader(Exception):
    """No process can be had that reads: the model no longer loads. No message is to blame."""


class ReadingPool:
    """One child process that reads articles for one service."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self._timeout = settings.processing.timeout_seconds
        self._arguments = (service, settings)
        self._pool = self._new_pool()
        self._closed = False

    def _new_pool(self) -> ProcessPool:
        spawn = multiprocessing.get_context("spawn")
        return ProcessPool(max_workers=1, context=spawn, initializer=_initialize, initargs=self._arguments)

    async def start(self) -> None:
        """Waits until the model is loaded. Raises NoReader where it does not load."""
        try:
            await self._run(_ready, [], None)
        except ProcessExpired as error:
            raise NoReader(f"the process ended with code {error.exitcode} while it loaded its model") from error

    async def read(self, value: bytes | None, key: bytes | None) -> Processed:
        """What to publish for one message. Raises Reject, Poison, NoReader, or what the processor raised."""
        try:
            return await self._run(_read, [value, key], self._timeout)
        except ProcessTimeout as error:
            raise Poison(Reason.PROCESSING_TIMEOUT, f"took longer than {self._timeout:g} s") from error
        except ProcessExpired as error:
            raise Poison(Reason.PROCESS_CRASHED, f"the reading process ended with code {error.exitcode}") from error

    async def _run(self, function: Callable[..., T], arguments: list[Any], seconds: float | None) -> T:
        """Pebble takes the whole pool for broken when its process dies with no message in work, or so early in one that
        this was not told yet: no message is to blame, so another pool reads it."""
        cause: Exception | None = None
        for _ in range(REBUILDS):
            pool = self._pool
            try:
                future = pool.schedule(function, args=arguments, timeout=seconds)
            except RuntimeError as error:  # it broke while nothing was asked of it, or is closed
                cause = error
            else:
                try:
                    return await asyncio.wrap_future(future)
                except BrokenProcessPool as error:
                    cause = error
            if self._closed:
                break
            if pool is self._pool:  # else another article has put it right
                self._pool = self._new_pool()
                await asyncio.to_thread(_end, pool)
        raise NoReader(f"the pool is broken: {cause}") from cause

    def close(self) -> None:
        """Ends the child process."""
        self._closed = True
        _end(self._pool)


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


def _initialize(service: Service, settings: Settings) -> None:
    global _stage
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the worker decides when to end
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        _stage = Stage(service, settings)
        restore(_stage, settings)
    except Exception as error:  # told by `_ready`: an exception here would only break the pool, without its cause
        _stage = error


def _end_with_parent() -> None:
    """A worker killed with SIGKILL leaves no orphan holding its model in memory."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _ready() -> None:
    """Runs after the initializer: when it returns the model is loaded."""
    _loaded()


def _read(value: bytes | None, key: bytes | None) -> Processed:
    return _loaded()(value, key)


def _loaded() -> Stage:
    if isinstance(_stage, Exception):
        raise NoReader(f"can't load its model: {type(_stage).__name__}: {_stage}")
    return _stage

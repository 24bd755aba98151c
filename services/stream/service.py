"""What a processor is, as far as the plumbing is concerned."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import services
from schemas import topics
from schemas.topics import Topic
from services.stream.settings import Settings


@dataclass(frozen=True)
class Memory:
    """What a service knows of earlier messages, held by what its `load` gave: so it has one worker, and no other.

    At the start `restore` is given what the service wrote in the last `days`, read back from its compacted topic.
    `forget` takes the key of a tombstone, which is passed on; without a memory a null value is a dead letter.
    """

    days: Callable[[Settings], int]
    restore: Callable[[Any, Any], None]
    forget: Callable[[Any, str], None]


@dataclass(frozen=True)
class Service:
    """A processor: reads one topic, writes another.

    `load` runs once in the process that does the work and gives what `process` needs (a model);
    `process` is pure: (that, event in) -> event out. `split` cuts an event out into keyed messages for `also_writes`;
    with a `ledger`, a topic that keeps their keys (UUIDs) by article, a newer version of an article withdraws those that
    it no longer has, with tombstones.
    """

    name: str
    summary: str
    reads: Topic
    writes: Topic
    load: Callable[[Settings], Any]
    process: Callable[[Any, Any], BaseModel]
    also_writes: Topic | None = None
    split: Callable[[Any], Iterable[tuple[str, BaseModel]]] | None = None
    ledger: Topic | None = None
    memory: Memory | None = None

    @property
    def outputs(self) -> tuple[Topic, ...]:
        """The topics that it writes."""
        return tuple(topic for topic in (self.writes, self.also_writes, self.ledger) if topic is not None)

    def group(self, prefix: str) -> str:
        """Its consumer group."""
        return f"{prefix}claimstream-{self.name}"


@cache
def registry() -> Mapping[str, Service]:
    """Every `services/<name>/service.py`, in the order in which an article passes them."""
    modules = (f"services.{path.parent.name}.service" for path in Path(services.__path__[0]).glob("*/service.py"))
    declared = [getattr(importlib.import_module(module), "service", None) for module in sorted(modules)]
    waiting = [service for service in declared if isinstance(service, Service)]
    ordered: dict[str, Service] = {}
    written = {topics.ARTICLES_RAW}
    while waiting:
        ready = [service for service in waiting if service.reads in written]
        if not ready:
            raise LookupError(f"nothing writes what these read: {[service.name for service in waiting]}")
        for service in ready:
            waiting.remove(service)
            ordered[service.name] = service
            written |= set(service.outputs)
    return ordered

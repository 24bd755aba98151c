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
class Service:
    """A processor: reads one topic, writes another.

    `load` runs once in the process that does the work and gives what `process` needs (a model);
    `process` is pure: (that, event in) -> event out. `split` cuts an event out into keyed messages for `also_writes`.
    """

    name: str
    summary: str
    reads: Topic
    writes: Topic
    load: Callable[[Settings], Any]
    process: Callable[[Any, Any], BaseModel]
    also_writes: Topic | None = None
    split: Callable[[Any], Iterable[tuple[str, BaseModel]]] | None = None

    def group(self, prefix: str) -> str:
        """Its consumer group."""
        return f"{prefix}claimstream-{self.name}"


@cache
def registry() -> Mapping[str, Service]:
    """Every `services/<name>/service.py`, in the order in which an article passes them."""
    found: dict[str, Service] = {}
    for path in Path(services.__path__[0]).glob("*/service.py"):
        service = getattr(importlib.import_module(f"services.{path.parent.name}.service"), "service", None)
        if isinstance(service, Service):
            found[service.reads.name] = service
    ordered: dict[str, Service] = {}
    frontier = [topics.ARTICLES_RAW.name]
    while frontier:
        service = found.pop(frontier.pop(0), None)
        if service is not None:
            ordered[service.name] = service
            frontier.append(service.writes.name)
    if found:
        raise LookupError(f"no service writes what these read: {sorted(found)}")
    return ordered

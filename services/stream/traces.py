"""A message's way through a service, as a part of its article's trace (W3C trace context).

The trace goes on whether or not anyone records it; spans are made, in `services.stream.spans`, where an endpoint is set.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any, Self

from faust.types import Message

from services.stream.dead_letters import Cause
from services.stream.envelope import TRACEPARENT, Headers, header, next_hop
from services.stream.service import Service
from services.stream.settings import Settings
from services.stream.stage import Processed


class Hop:
    """One message at one service, from entering to leaving it as a context manager.

    What is made of it goes out with `traceparent`, and so is its child.
    """

    def __init__(self, traceparent: str) -> None:
        self.traceparent = traceparent

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        """The message left, or was given up."""

    def part(self, name: str) -> AbstractContextManager[Any]:
        """Around one part of the work, `read` or `publish`."""
        return nullcontext()

    def became(self, result: Processed | Cause) -> None:
        """Tells what was published."""


class Traces:
    """Continues traces, and records nothing."""

    def hop(self, message: Message, headers: Headers, article_id: str) -> Hop:
        """A message that was taken; `article_id` as far as it is known by now."""
        return Hop(next_hop(header(headers, TRACEPARENT)))

    def close(self) -> None:
        """Sends what is recorded, for a few seconds at most."""


def traces_of(service: Service, settings: Settings) -> Traces:
    """What the settings ask for."""
    if settings.traces.url is None:
        return Traces()
    from services.stream.spans import Spans  # takes 12 MB and time, so only where it is wanted

    return Spans(service, settings, settings.traces.url)

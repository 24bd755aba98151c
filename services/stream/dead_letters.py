"""What can't be processed: kept as it came, with the cause beside it, and stopped when there is too much of it.

A dead letter has the key and the bytes of the original message; the cause is in its headers, so a replay only has to
send the same bytes again.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from services.stream.envelope import Headers, header

MESSAGE_LENGTH = 500  # code points of a header, of which the error message alone is ever so long


@dataclass(frozen=True)
class Cause:
    """Why and where a message died."""

    service: str
    topic: str
    partition: int
    offset: int
    reason: str
    error: str
    message: str
    attempts: int

    def headers(self, original: Headers) -> Headers:
        """The original headers and the cause. A cause from an earlier life of the message is replaced."""
        cause = {f"dead_{name}": str(value)[:MESSAGE_LENGTH] for name, value in vars(self).items()}
        kept = [(name, value) for name, value in original if name not in cause]
        return kept + [(name, value.encode(errors="replace")) for name, value in cause.items()]

    @classmethod
    def of(cls, headers: Headers) -> Cause:
        """The cause that the headers of a dead letter tell."""

        def text(name: str) -> str:
            return header(headers, f"dead_{name}") or ""

        def number(name: str) -> int:
            value = text(name)
            return int(value) if value.isdigit() else -1

        return cls(
            text("service"), text("topic"), number("partition"), number("offset"),
            text("reason"), text("error"), text("message"), number("attempts"),
        )  # fmt: skip


class Breaker:
    """Trips when the share of dead letters among the last `window` messages exceeds `limit`.

    A wrong deployment must not empty the input topic into the dead letters.
    (As Arroyo's DLQ limit: https://getsentry.github.io/arroyo/dlqs.html)
    """

    def __init__(self, limit: float, window: int) -> None:
        self._limit = limit
        self._last: deque[bool] = deque(maxlen=window)
        self._dead = 0

    def count(self, dead: bool) -> None:
        """Counts one message that left the stage."""
        if len(self._last) == self._last.maxlen:
            self._dead -= self._last[0]
        self._last.append(dead)
        self._dead += dead

    @property
    def tripped(self) -> bool:
        """Whether the window is full and too much of it is dead."""
        return len(self._last) == self._last.maxlen and self._dead > self._limit * len(self._last)

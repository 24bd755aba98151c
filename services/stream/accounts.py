"""Whether every message of a worker's input has an outcome. The worker tells what it takes and ends; Kafka, what is committed."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Mapping


class Accounts:
    """Counts messages that were lost on the way: never taken, taken without an end, or committed before their end.

    Told in the order of offsets, partition by partition. Where `gaps_count` is false (a compacted topic) an offset
    that never comes is no loss.
    """

    def __init__(self, *, gaps_count: bool) -> None:
        self._gaps_count = gaps_count
        self._lost = 0
        self._next: dict[Hashable, int] = {}  # the offset after the last one taken
        self._ended: dict[Hashable, int] = {}  # the offset after the last one that ended
        self._open: dict[Hashable, deque[int]] = {}  # taken, not ended

    def forget(self) -> None:
        """On a rebalance, with nothing under way: reading starts again at what is committed. Losses stay counted."""
        self._next.clear()
        self._ended.clear()
        self._open.clear()

    def taken(self, partition: Hashable, offset: int) -> None:
        """A message was taken."""
        if partition not in self._next:
            self._ended[partition], self._open[partition] = offset, deque()
        elif self._gaps_count:
            self._lost += max(0, offset - self._next[partition])
        self._open[partition].append(offset)
        self._next[partition] = offset + 1

    def ended(self, partition: Hashable, offset: int) -> None:
        """A message was acknowledged with its outcome. Those before it that were not never will be."""
        waiting = self._open.get(partition)
        while waiting and waiting[0] <= offset:
            self._lost += waiting.popleft() != offset
        self._ended[partition] = offset + 1

    def unreconciled(self, committed: Mapping[Hashable, int]) -> int:
        """Messages lost so far, given the committed offsets."""
        ended = dict(self._ended)  # in one step: the worker's loop goes on while another thread asks
        early = (max(0, offset - ended[partition]) for partition, offset in committed.items() if partition in ended)
        return self._lost + sum(early)

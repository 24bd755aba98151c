"""News to every open page: server-sent events, a few batches a second, and what a slow page can't take is counted."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator

from services.console.store import Changes
from services.console.view.article import View

BATCH_SECONDS = 0.2
PENDING = 400  # articles waiting for one page; older ones are dropped, it shows no more of them anyway


class Feed:
    """The pages that listen. Used by the event loop alone."""

    def __init__(self) -> None:
        self._listeners: set[_Listener] = set()

    def publish(self, changes: Changes) -> None:
        """To all pages."""
        for listener in self._listeners:
            listener.add(changes)

    async def listen(self) -> AsyncIterator[str]:
        """Batches for one page: `{articles, missed, journeys, dead}` as JSON. Ends when the page goes."""
        listener = _Listener()
        self._listeners.add(listener)
        try:
            while True:
                await listener.news.wait()
                yield json.dumps(listener.batch(), ensure_ascii=False)
                await asyncio.sleep(BATCH_SECONDS)
        finally:
            self._listeners.discard(listener)


class _Listener:
    def __init__(self) -> None:
        self.news = asyncio.Event()
        self._articles: deque[View] = deque(maxlen=PENDING)
        self._missed = 0
        self._journeys: set[str] = set()
        self._dead = 0

    def add(self, changes: Changes) -> None:
        self._missed += max(0, len(self._articles) + len(changes.articles) - PENDING)
        self._articles.extend(changes.articles)
        self._journeys.update(changes.journeys)
        self._dead += len(changes.dead)
        self.news.set()

    def batch(self) -> View:
        batch = {
            "articles": list(self._articles),
            "missed": self._missed,
            "journeys": sorted(self._journeys),
            "dead": self._dead,
        }
        self._articles.clear()
        self._journeys.clear()
        self._missed = self._dead = 0
        self.news.clear()
        return batch

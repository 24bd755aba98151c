"""What the console remembers: recent articles, the journey of those sent from its page, recent dead letters.

All of it is bounded and in memory; Kafka keeps the rest. Written by the thread that follows Kafka, read by the web
server, hence the lock.
"""

from __future__ import annotations

import threading
import zlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from schemas import Article, ArticleEvent, ClaimsEvent
from schemas.matches import MatchedClaim
from schemas.topics import ARTICLES_CLAIMS, ARTICLES_DEAD, CLAIMS_MATCHED, Topic
from services.console.view.article import View, article_view, raw_view
from services.console.view.live import claim_rows, short, summary
from services.stream.dead_letters import Cause
from services.stream.envelope import RAW_TIME, header
from services.stream.follow import Message
from services.stream.service import Service, registry

JOURNEYS, DEAD_LETTERS, PREVIEW, CLAIMS_AN_ARTICLE = 200, 200, 2000, 20


@dataclass(frozen=True)
class Kept:
    """An enriched article: the event's bytes (deflated), its line in the live view, its claims as rows."""

    packed: bytes
    version: int
    summary: View
    rows: list[View]

    def bytes(self) -> bytes:
        """The event as it was on the topic."""
        return zlib.decompress(self.packed)


@dataclass
class Journey:
    """An article sent from the page, and what the stages have made of it so far."""

    article: Article
    sent: datetime
    stages: list[View] = field(default_factory=list)
    latest: ArticleEvent | None = None
    dead: View | None = None


@dataclass
class Changes:
    """What some messages changed: lines for the live view, ids of journeys, dead letters."""

    articles: list[View] = field(default_factory=list)
    journeys: list[str] = field(default_factory=list)
    dead: list[View] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.articles or self.journeys or self.dead)


def stages() -> dict[Topic, Service]:
    """The services that an article passes, by what they write; matching reads single claims."""
    return {service.writes: service for service in registry().values() if service.writes.key == "article_id"}


def followed(articles: int, partitions: int) -> dict[Topic, int]:
    """The topics to follow and how many messages of each partition to begin with."""
    share = -(-articles // partitions)
    return dict.fromkeys(stages(), 0) | {
        ARTICLES_CLAIMS: share,
        ARTICLES_DEAD: -(-DEAD_LETTERS // partitions),
        CLAIMS_MATCHED: share * CLAIMS_AN_ARTICLE,
    }


def _renew(kept: OrderedDict[str, Any], key: str, value: object, limit: int) -> None:
    """Sets a value as the latest one; the oldest beyond `limit` go."""
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > limit:
        kept.popitem(last=False)


class Store:
    """The console's memory."""

    def __init__(self, articles: int) -> None:
        self._limit = articles
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._journeys: OrderedDict[str, Journey] = OrderedDict()
        self._dead: OrderedDict[tuple[int, int], View] = OrderedDict()
        self._clusters: OrderedDict[str, str] = OrderedDict()  # of claims, the latest last
        self._said: OrderedDict[str, View] = OrderedDict()  # what the latest claim of a cluster knows
        self._stages = stages()

    def take(self, messages: Iterable[Message]) -> Changes:
        """Reads messages; what can't be read is passed over: it is another program's, or a later schema's."""
        changes = Changes()
        for message in messages:
            if message.topic is ARTICLES_DEAD:
                self._bury(message, changes)
                continue
            if message.topic is CLAIMS_MATCHED:
                self._match(message)
                continue
            journey = self._journeys.get(message.key or "")
            if message.value is None or (journey is None and message.topic is not ARTICLES_CLAIMS):
                continue
            model = message.topic.model
            assert model is not None
            try:
                event = model.model_validate_json(message.value)
            except ValidationError:
                continue
            if isinstance(event, ClaimsEvent):
                self._keep(event, message, changes)
            if journey is not None and isinstance(event, ArticleEvent) and message.at >= journey.sent:
                self._travel(journey, event, message)
                changes.journeys.append(journey.article.article_id)
        return changes

    def _keep(self, event: ClaimsEvent, message: Message, changes: Changes) -> None:
        id, raw_time = event.article.article_id, header(message.headers, RAW_TIME)
        seconds = (message.at - datetime.fromisoformat(raw_time)).total_seconds() if raw_time else None
        line = summary(event, message.at, seconds)
        kept = Kept(zlib.compress(message.value or b"", 1), event.article.version, line, claim_rows(event, message.at))
        with self._lock:
            before = self._kept.get(id)
            if before is not None and before.version > event.article.version:
                return
            _renew(self._kept, id, kept, self._limit)
        changes.articles.append(line)

    def _match(self, message: Message) -> None:
        if message.value is None:
            return
        try:
            claim = MatchedClaim.model_validate_json(message.value)
        except ValidationError:
            return
        cluster, first = claim.cluster, claim.cluster.first
        known = {
            "claims": cluster.claims,
            "articles": cluster.articles,
            "first": {
                "article": first.article_id,
                "by": first.source or first.title,
                "speaker": first.speaker,
                "text": short(first.text),
                "at": first.at.isoformat(),
            },
        }
        limit = CLAIMS_AN_ARTICLE * self._limit
        with self._lock:
            _renew(self._clusters, claim.claim_id, cluster.cluster_id, limit)
            _renew(self._said, cluster.cluster_id, known, limit)

    def said(self, claim_id: str) -> View | None:
        """How often the same was said, in how many articles, and where first; None where that is not known, or once."""
        with self._lock:
            known = self._said.get(self._clusters.get(claim_id, ""))
        return known if known is not None and known["claims"] > 1 else None

    def _travel(self, journey: Journey, event: ArticleEvent, message: Message) -> None:
        service = self._stages[message.topic]
        stage = {
            "stage": service.name,
            "status": event.status.value,
            "seconds": round(max(0.0, (message.at - journey.sent).total_seconds()), 3),
        }
        with self._lock:
            journey.stages = [done for done in journey.stages if done["stage"] != service.name] + [stage]
            if journey.latest is None or len(event.earlier) >= len(journey.latest.earlier):
                journey.latest = event

    def _bury(self, message: Message, changes: Changes) -> None:
        cause = Cause.of(message.headers)
        value = message.value
        letter = {
            "partition": message.partition,
            "offset": message.offset,
            "at": message.at.isoformat(),
            "article": header(message.headers, "ce_subject") or message.key,
            "cause": vars(cause),
            "bytes": None if value is None else len(value),
            "preview": None if value is None else short(value[: 4 * PREVIEW].decode(errors="replace"), PREVIEW),
        }
        with self._lock:
            self._dead[message.partition, message.offset] = letter
            while len(self._dead) > DEAD_LETTERS:
                self._dead.popitem(last=False)
            journey = self._journeys.get(str(letter["article"]))
            if journey is not None and message.at >= journey.sent:
                journey.dead = letter
                changes.journeys.append(journey.article.article_id)
        changes.dead.append(letter)

    def expect(self, articles: Iterable[Article]) -> None:
        """Begins the journeys of articles that are about to be sent."""
        now = datetime.now(UTC)
        # Kafka keeps milliseconds: a message of this very one must not count as earlier.
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        with self._lock:
            for article in articles:
                self._journeys.pop(article.article_id, None)
                self._journeys[article.article_id] = Journey(article, now)
            while len(self._journeys) > JOURNEYS:
                self._journeys.popitem(last=False)

    def journey(self, id: str) -> View | None:
        """How far an article sent from here has come, with its view; None where it is not known."""
        with self._lock:
            journey = self._journeys.get(id)
            if journey is None:
                return None
            latest, stages, dead = journey.latest, list(journey.stages), journey.dead
        view = article_view(latest) if latest is not None else raw_view(journey.article)
        steps = [service.name for service in self._stages.values()]
        done = dead is not None or any(stage["stage"] == steps[-1] for stage in stages)
        return {"steps": steps, "stages": stages, "dead": dead, "done": done, "article": view}

    def event(self, id: str) -> bytes | None:
        """The last event of articles.claims about an article, as it was there."""
        with self._lock:
            kept = self._kept.get(id)
        return kept.bytes() if kept is not None else None

    def lines(self, limit: int) -> list[View]:
        """The newest articles of the live view, newest first."""
        with self._lock:
            return [kept.summary for kept in reversed(self._kept.values())][:limit]

    def rows(self) -> list[View]:
        """Every claim of every article in memory."""
        with self._lock:
            return [row for kept in self._kept.values() for row in kept.rows]

    def dead_letters(self) -> list[dict[str, Any]]:
        """The newest dead letters, newest first."""
        with self._lock:
            return list(reversed(self._dead.values()))

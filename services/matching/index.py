"""The claims of the last days, so that the same claim is recognised when another article makes it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import count, islice
from uuid import uuid5

from rensa import RMinHash, RMinHashLSH

from schemas.article import NAMESPACE
from schemas.claims import DetectedClaim
from schemas.matches import Cluster, FirstSaid, Match, MatchedClaim
from services.matching.same import similarity
from services.matching.statement import Statement, statement

# Two statements that count as one share about 0.8 of their tokens or more: 10 bands of 4 find 99.5 % of such pairs.
_HASHES, _BANDS, _SEED = 40, 10, 1
_ALIKE = 0.8
_CANDIDATES = 256  # compared at most, the latest
_VARIANTS = 16  # wordings of a cluster that are looked up
_ARTICLE_IDS = 50  # told of a cluster

Order = list[tuple[datetime, str]]


@dataclass(eq=False, slots=True)
class _Cluster:
    """Claims of the window that are the same, and the wordings that they came in; the founder's is the first."""

    id: str
    wordings: dict[int, Statement] = field(default_factory=dict)
    founder: Statement | None = None
    members: dict[str, _Member] = field(default_factory=dict)
    order: Order = field(default_factory=list)
    articles: Counter[str] = field(default_factory=Counter)

    def add(self, member: _Member) -> None:
        self.members[member.claim_id] = member
        heappush(self.order, (member.at, member.claim_id))
        self.articles[member.article_id] += 1

    def remove(self, member: _Member) -> None:
        del self.members[member.claim_id]
        self.articles[member.article_id] -= 1
        if not self.articles[member.article_id]:
            del self.articles[member.article_id]

    def told(self, member: _Member) -> Cluster:
        """What there is to tell of a member."""
        first = _earliest(self.order, self.members)
        assert first is not None
        return Cluster(
            cluster_id=self.id,
            match=member.match,
            similarity=member.similarity,
            claims=len(self.members),
            articles=len(self.articles),
            article_ids=list(islice(reversed(self.articles), _ARTICLE_IDS)),
            first=first.said(),
        )


@dataclass(frozen=True, slots=True)
class _Member:
    """A claim of the window."""

    claim_id: str
    article_id: str
    url: str | None
    title: str | None
    source: str | None
    speaker: str | None
    text: str
    at: datetime
    cluster: _Cluster
    match: Match
    similarity: float | None

    def said(self) -> FirstSaid:
        names = ("claim_id", "article_id", "url", "title", "source", "speaker", "text", "at")
        return FirstSaid(**{name: getattr(self, name) for name in names})


class ClaimIndex:
    """The claims of the last `days` by when they were published, and at most `limit` of them; the oldest go first.

    The latest time seen is the present, so an archive is matched as it was published.
    """

    def __init__(self, days: int, limit: int) -> None:
        self._days = timedelta(days=days)
        self._limit = limit
        self._latest = datetime.min.replace(tzinfo=UTC)
        self._members: dict[str, _Member] = {}
        self._order: Order = []
        self._clusters: dict[str, _Cluster] = {}
        self._by_number: dict[int, _Cluster] = {}
        self._numbers = count()
        self._lsh = RMinHashLSH(_ALIKE, _HASHES, _BANDS)

    def __len__(self) -> int:
        return len(self._members)

    def add(self, claim: DetectedClaim) -> Cluster:
        """Where a claim belongs, and what is known there. The same claim again is counted once."""
        at = said_at(claim)
        self._latest = max(self._latest, at)
        self._forget()
        member = self._members.get(claim.claim_id)
        if member is None:
            member = self._placed(claim, at)
        told = member.cluster.told(member)
        self._forget()
        return told

    def remove(self, claim_id: str) -> None:
        """Forgets a claim that was withdrawn. One that is not in the window is nothing."""
        member = self._members.pop(claim_id, None)
        if member is None:
            return
        cluster = member.cluster
        cluster.remove(member)
        if not cluster.members:
            del self._clusters[cluster.id]
            for number in cluster.wordings:
                self._lsh.remove(number)
                del self._by_number[number]

    def restore(self, claim: MatchedClaim) -> None:
        """Takes back what was told of a claim, in any order; the last message of a claim counts."""
        self.remove(claim.claim_id)
        at, told = said_at(claim), claim.cluster
        self._latest = max(self._latest, at)
        self._enter(claim, at, statement(claim), told.cluster_id, told.match, told.similarity)
        self._forget()

    def _placed(self, claim: DetectedClaim, at: datetime) -> _Member:
        parts = statement(claim)
        found = self._same(parts) if at >= self._latest - self._days else None
        if found is None:
            return self._enter(claim, at, parts, self._new_id(claim, parts), Match.FIRST, None)
        cluster, exact, alike = found
        return self._enter(claim, at, parts, cluster.id, Match.EXACT if exact else Match.NEAR, round(alike, 4))

    def _enter(
        self, claim: DetectedClaim, at: datetime, parts: Statement, id: str, match: Match, alike: float | None
    ) -> _Member:
        cluster = self._clusters.setdefault(id, _Cluster(id))
        if cluster.founder is None or match is Match.FIRST:
            cluster.founder = parts
        speaker = claim.attribution.speaker
        member = _Member(
            claim_id=claim.claim_id,
            article_id=claim.article_id,
            url=claim.url,
            title=claim.title,
            source=claim.source,
            speaker=None if speaker is None else speaker.name,
            text=claim.text,
            at=at,
            cluster=cluster,
            match=match,
            similarity=alike,
        )
        cluster.add(member)
        self._members[claim.claim_id] = member
        heappush(self._order, (at, claim.claim_id))
        if parts.comparable and len(cluster.wordings) < _VARIANTS and parts.wording not in _wordings(cluster):
            number = next(self._numbers)
            self._lsh.insert(number, _sketch(parts))
            cluster.wordings[number] = parts
            self._by_number[number] = cluster
        return member

    def _same(self, parts: Statement) -> tuple[_Cluster, bool, float] | None:
        """The cluster with the most similar wording, whether it is the same one, how similar it is.

        It must be like the founder's too: or a cluster would drift from claim to claim.
        """
        if not parts.comparable:
            return None
        best: tuple[_Cluster, bool, float] | None = None
        for number in sorted(self._lsh.query(_sketch(parts)))[-_CANDIDATES:]:
            cluster = self._by_number[number]
            wording = cluster.wordings[number]
            exact, alike = wording.fingerprint == parts.fingerprint, similarity(wording, parts)
            assert cluster.founder is not None
            if alike and (best is None or (exact, alike) > best[1:]) and similarity(cluster.founder, parts):
                best = cluster, exact, alike
        return best

    def _new_id(self, claim: DetectedClaim, parts: Statement) -> str:
        """The id of a new cluster. It follows from the sentence and its dates: the same even if the window was lost.

        A sentence that only its article gives a meaning, or that stands for another claim too, has an id of its own.
        """
        accuser = [parts.speaker or "", parts.target or ""] if parts.accusation else []
        alone = parts.anchored and not parts.bound and not parts.deictic
        id = _id(claim.fingerprint, *sorted(parts.dates), *accuser, *([] if alone else [claim.claim_id]))
        return _id(claim.fingerprint, claim.claim_id) if id in self._clusters else id

    def _forget(self) -> None:
        """Drops what is older than the window, or too much."""
        while (member := _earliest(self._order, self._members)) is not None:
            if len(self._members) <= self._limit and member.at >= self._latest - self._days:
                break
            self.remove(member.claim_id)
        if len(self._order) > 2 * self._limit:  # many were withdrawn
            self._order = [(member.at, member.claim_id) for member in self._members.values()]
            heapify(self._order)


def said_at(claim: DetectedClaim) -> datetime:
    """When a claim was made, as far as that is known: a date in the future is none."""
    return min(claim.published_at or claim.processed_at, claim.processed_at)


def _earliest(order: Order, members: dict[str, _Member]) -> _Member | None:
    """The member at the head of a heap, which is cleared of those that are gone."""
    while order:
        at, claim_id = order[0]
        member = members.get(claim_id)
        if member is not None and member.at == at:
            return member
        heappop(order)
    return None


def _wordings(cluster: _Cluster) -> set[tuple[str, str | None]]:
    return {parts.wording for parts in cluster.wordings.values()}


def _sketch(parts: Statement) -> RMinHash:
    sketch = RMinHash(_HASHES, _SEED)
    sketch.update(parts.tokens)
    return sketch


def _id(*parts: str) -> str:
    return str(uuid5(NAMESPACE, "\n".join(("cluster", *parts))))

"""matching: reads claims, writes them with how often, where and by whom first the same was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from schemas import DetectedClaim, MatchedClaim, Processor
from schemas.topics import CLAIMS_DETECTED, CLAIMS_MATCHED
from services.stream.service import Memory, Service
from services.stream.settings import Settings

if TYPE_CHECKING:
    from services.matching.index import ClaimIndex

PROCESSOR = Processor(name="matching", version="1")


@dataclass(frozen=True)
class Tool:
    """The claims of the last days."""

    index: ClaimIndex


def load(settings: Settings) -> Tool:
    """Once a process: an empty index."""
    from services.matching.index import ClaimIndex

    return Tool(ClaimIndex(settings.matching.days, settings.matching.limit))


def process(tool: Tool, claim: DetectedClaim) -> MatchedClaim:
    """The claim with its cluster; it is remembered."""
    return MatchedClaim(**dict(claim), cluster=tool.index.add(claim), matcher=PROCESSOR, matched_at=datetime.now(UTC))


def days(settings: Settings) -> int:
    """How far back the index goes."""
    return settings.matching.days


def restore(tool: Tool, claim: MatchedClaim) -> None:
    """Remembers a claim that was matched before a restart."""
    tool.index.restore(claim)


def forget(tool: Tool, claim_id: str) -> None:
    """Forgets a claim that its article no longer has."""
    tool.index.remove(claim_id)


service = Service(
    name="matching",
    summary="Finds the same claim in other articles: how often it was said, and by whom first",
    reads=CLAIMS_DETECTED,
    writes=CLAIMS_MATCHED,
    load=load,
    process=process,
    memory=Memory(days, restore, forget),
)

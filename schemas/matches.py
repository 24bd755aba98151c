"""`claims.matched`: every claim with what is known of the same claim in other articles."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime, Field

from schemas.base import Confidence, Model
from schemas.claims import DetectedClaim
from schemas.event import Processor


class Match(StrEnum):
    """How a claim came into its cluster."""

    FIRST = "first"  # none like it was known: it founds the cluster
    EXACT = "exact"  # a sentence with the same words
    NEAR = "near"  # other words, the same names, numbers, dates and negation


class FirstSaid(Model):
    """The earliest claim of a cluster in the window, by when its article was published (else processed)."""

    claim_id: str
    article_id: str
    url: str | None = None
    title: str | None = None
    source: str | None = None
    speaker: str | None = None
    text: str
    at: AwareDatetime


class Cluster(Model):
    """What was known of the same claim elsewhere when this one came; later messages of the cluster know more."""

    cluster_id: str = Field(
        description="Shared by claims that say the same. Follows from the first one's sentence where that stands alone."
    )
    match: Match
    similarity: Confidence | None = Field(
        None, description="To the most similar sentence, by their words; None for the first."
    )
    claims: int = Field(ge=1, description="How often it was said within the window, this one included.")
    articles: int = Field(ge=1, description="In how many articles.")
    article_ids: list[str] = Field(description="The latest 50 of them to come, the last one first.")
    first: FirstSaid


class MatchedClaim(DetectedClaim):
    """A claim with its cluster, as on `claims.matched`. Key: `claim_id`."""

    cluster: Cluster
    matcher: Processor = Field(description="What matched it; `processor` is what found it.")
    matched_at: AwareDatetime

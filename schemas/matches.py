"""`claims.matched`: every claim with what is known of the same claim in other articles."""

from __future__ import annotations

from pydantic import AwareDatetime, Field

from schemas.base import Confidence, Model
from schemas.claims import DetectedClaim
from schemas.event import Processor


class FirstSeen(Model):
    """The earliest claim of a cluster, by when its article was published (else processed)."""

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
        description="The same for claims that say the same. Follows from the first one's sentence, where that stands alone."
    )
    claims: int = Field(ge=1, description="How often it was said so far, this one included.")
    articles: int = Field(ge=1, description="In how many articles.")
    first: FirstSeen
    nearest: str | None = Field(None, description="`claim_id` of the most similar one before; None for the first.")
    similarity: Confidence | None = Field(None, description="To `nearest`, by their words; 1 where they are the same.")


class MatchedClaim(DetectedClaim):
    """A claim with its cluster, as on `claims.matched`. Key: `claim_id`."""

    cluster: Cluster
    matcher: Processor = Field(description="What matched it; `processor` is what found it.")
    matched_at: AwareDatetime

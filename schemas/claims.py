"""`articles.claims` (one message an article), `claims.detected` (one a claim), and which claim ids an article has."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime, Field

from schemas.article import SCHEMA_VERSION, SchemaVersion
from schemas.base import Confidence, Model
from schemas.entities import DateMention, EntitiesEvent, Quantity
from schemas.event import Processor
from schemas.span import Span


class ClaimType(StrEnum):
    """Full Fact's typology (Konstantinovskiy et al. 2018, arXiv 1809.08193), its "other" split for war and politics."""

    QUANTITY = "quantity"
    CAUSATION = "causation"
    RULE = "rule"
    PREDICTION = "prediction"
    EVENT = "event"
    ACCUSATION = "accusation"
    POSITION = "position"
    PERSONAL_EXPERIENCE = "personal_experience"
    OTHER_CLAIM = "other_claim"
    NOT_CLAIM = "not_claim"


class AttributionMode(StrEnum):
    """How a claim is put into the text."""

    DIRECT = "direct"
    INDIRECT = "indirect"
    AUTHOR = "author"
    UNKNOWN = "unknown"


class Stance(StrEnum):
    """What the speaker does with the claim."""

    ASSERTS = "asserts"
    DENIES = "denies"
    REPORTS = "reports"
    DOUBTS = "doubts"


class TypeScore(Model):
    """A claim type and its probability."""

    label: ClaimType
    score: Confidence


class Actor(Model):
    """Who speaks or is spoken against: the resolved name, its entity where known, and the words that name it here."""

    name: str
    entity: str | None = Field(None, description="Id in `entities.entities`.")
    wikidata: str | None = None
    span: Span | None = Field(None, description="The words that name it; None where it is taken from the context.")


class Attribution(Model):
    """Whose claim it is."""

    mode: AttributionMode
    speaker: Actor | None = None
    cue: Span | None = Field(None, description="The verb or phrase of saying.")
    stance: Stance = Stance.ASSERTS
    confidence: Confidence | None = None


class Cue(Model):
    """Words that made a claim what it is: `role` is `attribution`, `accusation`, `prediction`, `hedge`, `negation` …"""

    role: str
    span: Span


class Claim(Model):
    """One sentence that claims something. Never a verdict."""

    claim_id: str = Field(description="UUIDv5 of article id, fingerprint and its occurrence in the article.")
    fingerprint: str = Field(description="Hash of the normalised sentence; equal sentences in other articles share it.")
    span: Span
    text: str = Field(description="The sentence, white space folded.")
    sentence: int = Field(ge=0)
    language: str
    types: list[TypeScore] = Field(description="Types over their thresholds, the primary one first.")
    primary_type: ClaimType
    checkable: bool = Field(description="Could in principle be checked against evidence.")
    check_worthiness: Confidence = Field(
        description="Calibrated probability that a fact-checker would want it checked."
    )
    attribution: Attribution
    target: Actor | None = Field(None, description="Who is accused.")
    quantities: list[Quantity] = Field(default_factory=list)
    dates: list[DateMention] = Field(default_factory=list)
    places: list[str] = Field(default_factory=list, description="Ids of place entities named in the sentence.")
    hedged: bool = False
    negated: bool = False
    explanation: list[Cue] = Field(default_factory=list)


class ClaimsEvent(EntitiesEvent):
    """An article with everything found in it."""

    claims: list[Claim] = Field(default_factory=list)


class DetectedClaim(Claim):
    """A claim that stands alone, as on `claims.detected`. Key: `claim_id`."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    article_id: str
    article_version: int
    url: str | None = None
    title: str | None = None
    source: str | None = None
    published_at: AwareDatetime | None = None
    processor: Processor
    processed_at: AwareDatetime


class ArticleClaimIds(Model):
    """The claims of an article's newest version, as on `articles.claim_ids`. Key: `article_id`.

    It goes out before what it tells of: the claims on `claims.detected`, and tombstones for those `withdrawn`.
    """

    schema_version: SchemaVersion = SCHEMA_VERSION
    article_id: str
    article_version: int
    raw_time: AwareDatetime = Field(
        description="When this version reached `articles.raw`; the later of two with one number is the newer."
    )
    claim_ids: list[str]
    withdrawn: list[str] = Field(default_factory=list, description="Claims of the version before that this one lacks.")

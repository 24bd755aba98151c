"""The one table of topics: what is on each, under which key, how it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pydantic import BaseModel

from schemas.article import SCHEMA_VERSION, RawArticle
from schemas.claims import ArticleClaimIds, ClaimsEvent, DetectedClaim
from schemas.entities import EntitiesEvent
from schemas.language import LanguageEvent
from schemas.matches import MatchedClaim

MAX_MESSAGE_BYTES = 16 * 1024 * 1024
"""Largest message that a topic takes, after compression."""

TOMBSTONE_DAYS = 7
"""How long a consumer may be away and still learn, from a tombstone, what is gone."""

_DAY_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True)
class Topic:
    """A row of the table. `model` is None where the value is bytes of any kind (dead letters).

    A compacted topic keeps the last message of each key, for ever where `retention_days` is 0.
    """

    name: str
    description: str
    key: str
    model: type[BaseModel] | None
    retention_days: int
    compacted: bool = False
    max_message_bytes: int = MAX_MESSAGE_BYTES

    @property
    def schema_id(self) -> str:
        """The `ce_dataschema` of its messages; ends in the major version."""
        return f"urn:claimstream:schema:{self.name}:{SCHEMA_VERSION}"

    @property
    def event_type(self) -> str:
        """The CloudEvents type of its messages."""
        return f"org.claimstream.{self.name}.v{SCHEMA_VERSION}"

    def config(self) -> dict[str, str]:
        """Topic configuration as Kafka names it."""
        policies = ["compact"] * self.compacted + ["delete"] * bool(self.retention_days)
        config = {"cleanup.policy": ",".join(policies), "max.message.bytes": str(self.max_message_bytes)}
        if self.retention_days:
            config["retention.ms"] = str(self.retention_days * _DAY_MS)
        if self.compacted:
            config["delete.retention.ms"] = str(TOMBSTONE_DAYS * _DAY_MS)
        return config


ARTICLES_RAW = Topic("articles.raw", "Raw news articles, as producers give them.", "article_id", RawArticle, 7)
ARTICLES_LANGUAGE = Topic("articles.language", "Articles with their language.", "article_id", LanguageEvent, 3)
ARTICLES_ENTITIES = Topic(
    "articles.entities", "Articles with language, entities, quantities and dates.", "article_id", EntitiesEvent, 3
)
ARTICLES_CLAIMS = Topic(
    "articles.claims", "Articles with everything found in them, claims included.", "article_id", ClaimsEvent, 30
)
CLAIMS_DETECTED = Topic(
    "claims.detected",
    "One message a claim, self-contained; a tombstone for one that a newer version of its article dropped.",
    "claim_id",
    DetectedClaim,
    0,
    compacted=True,
)
CLAIMS_MATCHED = Topic(
    "claims.matched",
    "Claims with how often, where and by whom first the same was said; a tombstone where claims.detected has one.",
    "claim_id",
    MatchedClaim,
    0,
    compacted=True,
)
ARTICLES_CLAIM_IDS = Topic(
    "articles.claim_ids",
    "Which claims the newest version of an article has; what tombstones on claims.detected are made from.",
    "article_id",
    ArticleClaimIds,
    7,
    compacted=True,
)
ARTICLES_DEAD = Topic(
    "articles.dead",
    "Messages that could not be processed: original key and bytes, cause in headers.",
    "as received",
    None,
    30,
    max_message_bytes=MAX_MESSAGE_BYTES + 1024 * 1024,  # the largest message with its cause
)

TOPICS: Mapping[str, Topic] = MappingProxyType(
    {
        topic.name: topic
        for topic in (
            ARTICLES_RAW,
            ARTICLES_LANGUAGE,
            ARTICLES_ENTITIES,
            ARTICLES_CLAIMS,
            CLAIMS_DETECTED,
            CLAIMS_MATCHED,
            ARTICLES_CLAIM_IDS,
            ARTICLES_DEAD,
        )
    }
)

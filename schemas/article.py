"""The raw article: what a producer sends to `articles.raw`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID, uuid5

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

NAMESPACE = UUID("6d1c8f0e-6d5a-5a0e-9b4e-0c1a1f5e7b21")
"""The namespace of every UUIDv5 that this project makes."""

SCHEMA_VERSION = 1
"""Major version of all message schemas. A message with a higher one is refused, not guessed at."""


class FutureSchemaVersion(ValueError):
    """A message says that it follows a later schema version than this program knows."""


def _known_version(value: Any) -> Any:
    if isinstance(value, int) and value > SCHEMA_VERSION:
        raise FutureSchemaVersion(f"schema_version {value} is newer than {SCHEMA_VERSION}, the newest known here")
    return value


SchemaVersion = Annotated[int, BeforeValidator(_known_version), Field(ge=1)]


def _dated(value: Any) -> Any:
    """News feeds often give a bare date or a time without zone: read both as UTC."""
    if isinstance(value, str) and value and not value.isdigit():
        from datetime import UTC, datetime

        try:
            parsed = datetime.fromisoformat(value)
        except ValueError:
            return value
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return value


Timestamp = Annotated[AwareDatetime, BeforeValidator(_dated)]


class RawArticle(BaseModel):
    """An article as a producer gives it. Only `text` is required.

    Fields that are not known here are kept in `extra` and pass through the whole pipeline.
    Names follow IPTC ninjs and schema.org/NewsArticle where these have one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: SchemaVersion = SCHEMA_VERSION
    article_id: str | None = Field(None, min_length=1, max_length=512)
    version: int = Field(1, ge=1, description="Counts up when the publisher corrects the article.")
    url: str | None = None
    title: str | None = None
    text: str = Field(description="The body. Every span indexes this text, in Unicode code points, exactly as sent.")
    language: str | None = Field(None, description="Language declared by the publisher, BCP 47.")
    authors: list[str] = Field(default_factory=list)
    source: str | None = Field(None, description="Publisher or feed.")
    published_at: Timestamp | None = None
    fetched_at: Timestamp | None = None
    extra: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _keep_unknown_fields(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        unknown = {name: value for name, value in data.items() if name not in cls.model_fields}
        if not unknown:
            return data
        given = data.get("extra") or {}
        if not isinstance(given, dict):
            return data  # the field's own validation words the error
        known = {name: value for name, value in data.items() if name in cls.model_fields}
        return known | {"extra": unknown | given}

    def identified(self) -> Article:
        """This article with its id: the given one, else UUIDv5 of the url, else of title and text."""
        identity = self.article_id or str(uuid5(NAMESPACE, self.url or f"{self.title or ''}\n{self.text}"))
        return Article(**self.model_dump(exclude={"article_id"}), article_id=identity)


class Article(RawArticle):
    """A raw article that has its id. It travels in every later event."""

    article_id: str = Field(min_length=1, max_length=512)

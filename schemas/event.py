"""What every event after the raw article carries."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

from pydantic import AwareDatetime, Field

from schemas.article import SCHEMA_VERSION, Article, SchemaVersion
from schemas.base import Model


class Status(StrEnum):
    """What became of an article at a stage. Once it is not `ok` it stays so in the stages after."""

    OK = "ok"
    TRUNCATED = "truncated"  # annotated up to the length limit only
    UNSUPPORTED_LANGUAGE = "unsupported_language"  # passed on without what the stage can't do in this language
    SKIPPED = "skipped"  # nothing to read; the first warning says why


class Processor(Model):
    """Which program and which model made an annotation."""

    name: str
    version: str
    model: str | None = None
    model_sha256: str | None = None


class ArticleEvent(Model):
    """An article with what the stages so far have found. Key: `article.article_id`."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    article: Article
    status: Status = Status.OK
    warnings: list[str] = Field(default_factory=list, description="Reasons, each `code: explanation`.")
    processor: Processor
    processed_at: AwareDatetime
    earlier: list[Processor] = Field(
        default_factory=list, description="Processors of the stages before, first one first."
    )

    @classmethod
    def after(cls, event: ArticleEvent, processor: Processor, **found: Any) -> Self:
        """The event that follows `event`: all it says, what `processor` found, and when."""
        carried = dict(event) | {
            "earlier": [*event.earlier, event.processor],
            "processor": processor,
            "processed_at": datetime.now(UTC),
        }
        return cls(**(carried | found))

    def unsupported(self, stage: str, language: str) -> dict[str, Any]:
        """The fields by which a stage says that it can't serve the article's language."""
        return {
            "status": Status.UNSUPPORTED_LANGUAGE,
            "warnings": [*self.warnings, f"unsupported_language: {stage} does not serve {language}"],
        }

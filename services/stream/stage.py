"""A processor applied to one message, without a broker: bytes in, keyed messages out.

Runs in the worker's child process, and in `claimstream enrich`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from schemas import (
    Article,
    ArticleClaimIds,
    ArticleEvent,
    ClaimsEvent,
    EntitiesEvent,
    LanguageEvent,
    RawArticle,
    Status,
)
from schemas.article import FutureSchemaVersion
from schemas.topics import Topic
from services.stream.envelope import event_id
from services.stream.errors import Reason, Reject, explain
from services.stream.ledger import Row
from services.stream.service import Service
from services.stream.settings import Settings

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Output:
    """A message to publish; a tombstone where `value` is None."""

    topic: Topic
    key: str
    value: bytes | None
    event_id: str


@dataclass(frozen=True)
class Processed:
    """What became of one message: the event, and the parts that it was split into.

    For the worker's metrics: `found` counts by metric and label values, `measured` lists values by metric, `model` is
    name, version and SHA-256 of what read it (empty where unknown).
    """

    article_id: str
    version: int
    status: str
    event: Output
    parts: tuple[Output, ...]
    seconds: float
    found: Mapping[str, Mapping[tuple[str, ...], int]]
    measured: Mapping[str, list[float]]
    model: tuple[str, str, str]


def parse(model: type[M], value: bytes | None) -> M:
    """The message that `value` holds. Raises Reject with the reason where it holds none."""
    if value is None:
        raise Reject(Reason.NULL_VALUE, "the message has a null value")
    try:
        value.decode()
    except UnicodeDecodeError as error:
        raise Reject(Reason.NOT_UTF8, f"byte {error.start} of {len(value)}: {error.reason}") from error
    try:
        return model.model_validate_json(value)
    except ValidationError as error:
        raise Reject(_reason(error), explain(error)) from error


def _reason(error: ValidationError) -> Reason:
    for detail in error.errors(include_url=False, include_input=False):
        if isinstance(detail.get("ctx", {}).get("error"), FutureSchemaVersion):
            return Reason.FUTURE_SCHEMA_VERSION
        if detail["type"] == "json_invalid":
            return Reason.NOT_JSON
    return Reason.INVALID_FIELD


class Stage:
    """A service with its model loaded."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self.service = service
        self._tool = service.load(settings)

    def apply(self, event: BaseModel) -> ArticleEvent:
        """The event after this stage. A raw article gets its id here."""
        if isinstance(event, RawArticle) and not isinstance(event, Article):
            event = event.identified()
        result = self.service.process(self._tool, event)
        assert isinstance(result, ArticleEvent)
        return result

    def __call__(self, value: bytes | None) -> Processed:
        """Reads one message and gives what to publish. Raises Reject for bad input."""
        started = perf_counter()
        model = self.service.reads.model
        assert model is not None
        event = self.apply(parse(model, value))
        article = event.article
        service = self.service
        parts: tuple[Output, ...] = ()
        if service.also_writes is not None and service.split is not None:
            topic = service.also_writes
            parts = tuple(Output(topic, key, _bytes(part), key) for key, part in service.split(event))
        return Processed(
            article.article_id,
            article.version,
            event.status.value,
            Output(service.writes, article.article_id, _bytes(event), event_id(service.name, article)),
            parts,
            perf_counter() - started,
            _found(event),
            _measured(event),
            (event.processor.model or "", event.processor.version, event.processor.model_sha256 or ""),
        )


def row_of(topic: Topic, result: Processed, row: Row) -> Output:
    """The message that keeps a row of the ledger."""
    message = ArticleClaimIds(
        article_id=result.article_id,
        article_version=row.edition.version,
        raw_time=row.edition.raw_time,
        claim_ids=list(row.live),
        withdrawn=list(row.withdrawn),
    )
    return Output(topic, result.article_id, _bytes(message), result.event.event_id)


def _bytes(event: BaseModel) -> bytes:
    return event.model_dump_json().encode()


def _found(event: ArticleEvent) -> dict[str, Counter[tuple[str, ...]]]:
    if isinstance(event, ClaimsEvent):
        language = event.language.language
        return {"claims": Counter((claim.primary_type.value, language) for claim in event.claims)}
    if isinstance(event, EntitiesEvent):
        return {"entities": Counter((mention.type.value,) for mention in event.entities.mentions)}
    if isinstance(event, LanguageEvent):
        return {"languages": Counter([(event.language.language,)])}
    return {}


def _measured(event: ArticleEvent) -> dict[str, list[float]]:
    if isinstance(event, ClaimsEvent):
        return {
            "confidence": [
                kind.score for claim in event.claims for kind in claim.types if kind.label is claim.primary_type
            ],
            "check_worthiness": [claim.check_worthiness for claim in event.claims],
        }
    if isinstance(event, EntitiesEvent):
        return {"confidence": [mention.confidence for mention in event.entities.mentions]}
    if isinstance(event, LanguageEvent) and event.status is not Status.SKIPPED:
        return {"confidence": [event.language.confidence]}
    return {}

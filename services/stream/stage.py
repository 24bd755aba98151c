"""A processor applied to one message, without a broker: bytes in, keyed messages out.

Runs in the worker's child process, and in `claimstream enrich`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import TypeVar
from uuid import uuid5

from pydantic import BaseModel, ValidationError

from schemas import (
    Article,
    ArticleClaimIds,
    ArticleEvent,
    ClaimsEvent,
    EntitiesEvent,
    LanguageEvent,
    MatchedClaim,
    RawArticle,
    Status,
)
from schemas.article import NAMESPACE, FutureSchemaVersion
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
    """What became of one message: the event, and the parts that it was split into. A tombstone has no article id.

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

    def apply(self, event: BaseModel) -> BaseModel:
        """The event after this stage. A raw article gets its id here."""
        if isinstance(event, RawArticle) and not isinstance(event, Article):
            event = event.identified()
        return self.service.process(self._tool, event)

    def __call__(self, value: bytes | None, key: bytes | None = None) -> Processed:
        """Reads one message and gives what to publish. Raises Reject for bad input."""
        started = perf_counter()
        if value is None and key is not None and self.recall(key, value):
            tombstone = Output(self.service.writes, key.decode(), None, key.decode())
            return Processed("", 0, "withdrawn", tombstone, (), perf_counter() - started, {}, {}, ("", "", ""))
        model = self.service.reads.model
        assert model is not None
        event = self.apply(parse(model, value))
        service = self.service
        parts: tuple[Output, ...] = ()
        if service.also_writes is not None and service.split is not None:
            topic = service.also_writes
            parts = tuple(Output(topic, key, _bytes(part), key) for key, part in service.split(event))
        article_id, version, status, name, id = _identity(service.name, event)
        assert isinstance(event, ArticleEvent | MatchedClaim)
        by = event.matcher if isinstance(event, MatchedClaim) else event.processor
        return Processed(
            article_id,
            version,
            status,
            Output(service.writes, name, _bytes(event), id),
            parts,
            perf_counter() - started,
            _found(event),
            _measured(event),
            (by.model or "", by.version, by.model_sha256 or ""),
        )

    def recall(self, key: bytes | None, value: bytes | None) -> bool:
        """Gives the service's memory a message that it wrote; forgets where the value is null. False without a memory.

        Raises Reject for what is none.
        """
        memory, model = self.service.memory, self.service.writes.model
        if memory is None or model is None:
            return False
        if value is not None:
            memory.restore(self._tool, parse(model, value))
        elif key is not None:
            try:
                memory.forget(self._tool, key.decode())
            except UnicodeDecodeError as error:
                raise Reject(Reason.NOT_UTF8, f"the key of a tombstone: {error.reason}") from error
        return True


def _identity(stage: str, event: BaseModel) -> tuple[str, int, str, str, str]:
    """Article id, version and status of what a stage made, its key, and its event id."""
    if isinstance(event, MatchedClaim):
        id = str(uuid5(NAMESPACE, f"{stage}/{event.claim_id}/{event.article_version}"))
        return event.article_id, event.article_version, Status.OK.value, event.claim_id, id
    assert isinstance(event, ArticleEvent)
    article = event.article
    return article.article_id, article.version, event.status.value, article.article_id, event_id(stage, article)


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


def _found(event: BaseModel) -> dict[str, Counter[tuple[str, ...]]]:
    if isinstance(event, ClaimsEvent):
        language = event.language.language
        return {"claims": Counter((claim.primary_type.value, language) for claim in event.claims)}
    if isinstance(event, MatchedClaim):
        return {"matches": Counter([(event.cluster.match.value,)])}
    if isinstance(event, EntitiesEvent):
        return {"entities": Counter((mention.type.value,) for mention in event.entities.mentions)}
    if isinstance(event, LanguageEvent):
        return {"languages": Counter([(event.language.language,)])}
    return {}


def _measured(event: BaseModel) -> dict[str, list[float]]:
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

"""Message headers: CloudEvents 1.0 in the Kafka binding's binary mode, and W3C trace context.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
https://www.w3.org/TR/trace-context/
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from random import random
from uuid import uuid5

from schemas.article import NAMESPACE, SCHEMA_VERSION, RawArticle
from schemas.topics import Topic
from services.stream.errors import Reason, Reject

Headers = list[tuple[str, bytes]]

TRACEPARENT = "traceparent"
SUBJECT = "ce_subject"  # the article's id
RAW_TIME = "ce_rawtime"  # CloudEvents extension: when the raw article reached Kafka, RFC 3339

_TRACEPARENT_FORM = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})")


def event_id(stage: str, article: RawArticle) -> str:
    """UUIDv5 of stage, article id, version and text: processing again gives the same id, so a duplicate shows."""
    text_hash = sha256(article.text.encode()).hexdigest()
    return str(uuid5(NAMESPACE, f"{stage}/{article.article_id}/{article.version}/{text_hash}"))


def new_trace(ratio: float = 1) -> str:
    """A fresh traceparent; `ratio` of them are sampled."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-{int(random() < ratio):02x}"


def next_hop(traceparent: str | None) -> str:
    """The same trace with a new parent id; a fresh trace where the given one is absent or malformed."""
    matched = _TRACEPARENT_FORM.fullmatch(traceparent or "")
    if not matched or traceparent is None:
        return new_trace()
    return f"{traceparent[:35]}-{secrets.token_hex(8)}-{matched[1]}"


def trace_id(traceparent: str | None) -> str:
    """The trace that a traceparent names; empty where it is absent or malformed."""
    return traceparent[3:35] if traceparent and _TRACEPARENT_FORM.fullmatch(traceparent) else ""


def header(headers: Iterable[tuple[str, bytes | None]] | None, name: str) -> str | None:
    """The first header of that name as text; None where absent or not UTF-8."""
    for key, value in headers or ():
        if key == name and value is not None:
            try:
                return value.decode()
            except UnicodeDecodeError:
                return None
    return None


def check_schema(headers: Iterable[tuple[str, bytes | None]] | None) -> None:
    """Refuses what says that it follows a later schema version. Without `ce_dataschema` it counts as today's."""
    schema = header(headers, "ce_dataschema") or ""
    family, _, version = schema.rpartition(":")
    if family.startswith("urn:claimstream:schema:") and version.isdigit() and int(version) > SCHEMA_VERSION:
        raise Reject(
            Reason.FUTURE_SCHEMA_VERSION,
            f"ce_dataschema {schema} is newer than version {SCHEMA_VERSION}, the newest known",
        )


def cloud_event(topic: Topic, source: str, subject: str, id: str, trace: str, raw_time: datetime | None) -> Headers:
    """Headers of an event about the article `subject`, made by the service `source`."""
    fields = {
        "ce_specversion": "1.0",
        "ce_id": id,
        "ce_type": topic.event_type,
        "ce_source": f"/claimstream/{source}",
        "ce_time": datetime.now(UTC).isoformat(),
        SUBJECT: subject,
        "ce_dataschema": topic.schema_id,
        "content-type": "application/json",
        TRACEPARENT: trace,
    }
    if raw_time is not None:
        fields[RAW_TIME] = raw_time.isoformat()
    return [(name, value.encode()) for name, value in fields.items()]

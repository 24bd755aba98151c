"""Writes JSON Schema (2020-12) and AsyncAPI 3.0 from the models: `python -m schemas.generate`.

A contract test holds what is committed to what this writes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from schemas.article import SCHEMA_VERSION
from schemas.topics import TOPICS, Topic

FOLDER = Path(__file__).parent / "generated"

CLOUD_EVENT_HEADERS = {
    "type": "object",
    "description": "CloudEvents 1.0, Kafka binding, binary mode; W3C trace context.",
    "properties": {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string", "description": "UUIDv5: the same for the same stage, article, version and text."},
        "ce_type": {"type": "string"},
        "ce_source": {"type": "string"},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_subject": {"type": "string", "description": "The article's id."},
        "ce_dataschema": {"type": "string", "description": "Ends in the schema's major version."},
        "ce_rawtime": {"type": "string", "format": "date-time", "description": "When the raw article reached Kafka."},
        "content-type": {"type": "string", "const": "application/json"},
        "traceparent": {"type": "string"},
    },
}

DEAD_LETTER_HEADERS = {
    "type": "object",
    "description": "Why a message died; beside these, the headers it came with.",
    "properties": {
        name: {"type": "string"}
        for name in (
            "dead_service",
            "dead_topic",
            "dead_partition",
            "dead_offset",
            "dead_reason",
            "dead_error",
            "dead_message",
            "dead_attempts",
        )
    },
}


def json_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of a message as it is read."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema(mode="validation")}


def asyncapi() -> dict[str, Any]:
    """The whole interface: every topic with its message. https://www.asyncapi.com/docs/reference/specification/v3.0.0"""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Claimstream",
            "version": f"{SCHEMA_VERSION}.0.0",
            "description": "Raw news articles in, claims out.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {"local": {"host": "127.0.0.1:29092", "protocol": "kafka", "description": "The embedded broker."}},
        "channels": {name: _channel(topic) for name, topic in TOPICS.items()},
        "operations": {
            name.replace(".", "_"): {
                "action": "receive" if name == "articles.raw" else "send",
                "channel": {"$ref": f"#/channels/{name}"},
            }
            for name in TOPICS
        },
    }


def _channel(topic: Topic) -> dict[str, Any]:
    payload: dict[str, Any] = {"description": "Bytes of any kind, or null."}
    if topic.model is not None:
        payload = {"$ref": f"./{topic.name}.schema.json"}
    return {
        "address": topic.name,
        "description": topic.description,
        "messages": {
            "message": {
                "name": topic.event_type,
                "headers": CLOUD_EVENT_HEADERS if topic.model is not None else DEAD_LETTER_HEADERS,
                "payload": payload,
                "bindings": {"kafka": {"key": {"type": "string", "description": topic.key}}},
            }
        },
        "bindings": {"kafka": {"topicConfiguration": topic.config()}},
    }


def files() -> dict[str, str]:
    """File name -> content of everything generated."""
    documents = {
        f"{topic.name}.schema.json": json_schema(topic.model) for topic in TOPICS.values() if topic.model is not None
    }
    return {name: json.dumps(data, indent=1, ensure_ascii=False) + "\n" for name, data in documents.items()} | {
        "asyncapi.json": json.dumps(asyncapi(), indent=1, ensure_ascii=False) + "\n"
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, content in files().items():
        (FOLDER / name).write_text(content, encoding="utf-8")

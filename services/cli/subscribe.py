"""`subscribe`: follows a topic."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from time import monotonic
from typing import Any

from kafka import KafkaConsumer

from schemas.topics import ARTICLES_DEAD, Topic
from services.stream.dead_letters import Cause


def messages(client: KafkaConsumer, timeout: float | None = None) -> Iterator[Any]:
    """Records as they come. Closes the client at the end. Raises TimeoutError after `timeout` seconds."""
    end = None if timeout is None else monotonic() + timeout
    try:
        while True:
            left = 1.0 if end is None else end - monotonic()
            if left <= 0:
                raise TimeoutError
            for records in client.poll(timeout_ms=int(min(left, 1.0) * 1000) + 1).values():
                yield from records
    finally:
        client.close()


def as_json(topic: Topic, record: Any) -> str:
    """A message as one line of JSON.

    An event is printed as it is. A dead letter is `{key, cause, value}`, a withdrawn claim `{key, value: null}`; bytes
    that are no JSON are given as text, or in base64 where they are not even that.
    """
    value, other = _value(record.value)
    if topic is not ARTICLES_DEAD and isinstance(value, dict) and other is None:
        return json.dumps(value, ensure_ascii=False)
    message: dict[str, Any] = {"key": record.key.decode(errors="replace") if record.key else None}
    if topic is ARTICLES_DEAD:
        message["cause"] = vars(Cause.of(list(record.headers)))
    message["value"] = value
    if other is not None:
        message |= other
    return json.dumps(message, ensure_ascii=False)


def _value(data: bytes | None) -> tuple[Any, dict[str, str] | None]:
    if data is None:
        return None, None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None, {"value_base64": base64.b64encode(data).decode()}
    try:
        return json.loads(text), None
    except ValueError:
        return None, {"value_text": text}

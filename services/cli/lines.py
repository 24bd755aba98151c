"""A message of a topic as one line of JSON."""

from __future__ import annotations

import base64
import json
from typing import Any

from schemas.topics import ARTICLES_DEAD, Topic
from services.stream.dead_letters import Cause


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

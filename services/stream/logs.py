"""Logs of a process: lines for people, or JSON objects for machines, each with the article that it is about."""

from __future__ import annotations

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

from services.stream.settings import Settings

TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"

_about: ContextVar[tuple[str, str]] = ContextVar("about", default=("", ""))


def about(article_id: str, trace_id: str) -> None:
    """What this task logs from now on is about that article, in that trace; empty where unknown."""
    _about.set((article_id, trace_id))


class Text(logging.Formatter):
    """A line, with the article's id at its end."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; a traceback follows it."""
        article_id, _ = _about.get()
        if not article_id:
            return super().format(record)
        first, *rest = super().format(record).split("\n", 1)
        return "\n".join([f"{first} [article {article_id!r}]", *rest])


class Json(logging.Formatter):
    """One JSON object a line; a newline or quote in an article's id can't forge another."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """`time` is RFC 3339 in UTC; `trace_id` is W3C trace context's."""
        article_id, trace_id = _about.get()
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": self._process,
            "logger": record.name,
            "message": record.getMessage(),
            "article_id": article_id,
            "trace_id": trace_id,
            "error": self.formatException(record.exc_info) if record.exc_info else "",
        }
        return json.dumps({name: value for name, value in fields.items() if value}, ensure_ascii=False)


def configure(settings: Settings, process: str) -> None:
    """Logs go to standard error, our own from the set level on, those of libraries from `warning` on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Json(process) if settings.log.format == "json" else Text(TEXT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("claimstream").setLevel(settings.log_level.upper())

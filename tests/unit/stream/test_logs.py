"""Log lines say which article they are about, and stay one line each where machines read them."""

from __future__ import annotations

import json
import logging
import sys
from contextvars import copy_context

import pytest

from services.stream.logs import TEXT, Json, Text, about


def record(message: str, *arguments: object, error: bool = False) -> logging.LogRecord:
    raised = None
    if error:
        try:
            raise ValueError("no\nsuch")
        except ValueError:
            raised = sys.exc_info()
    return logging.LogRecord("claimstream.worker", logging.WARNING, "", 0, message, arguments, raised)


def told(formatter: logging.Formatter, article_id: str, line: logging.LogRecord) -> str:
    def task() -> str:
        about(article_id, "0af7651916cd43dd8448eb211c80319c")
        return formatter.format(line)

    return copy_context().run(task)  # as each asyncio task has its own


@pytest.mark.parametrize("article_id", ["a-1", 'x"}\n{"level": "critical', "статья"])
def test_json_is_one_line_with_article_and_trace(article_id: str) -> None:
    line = told(Json("claims"), article_id, record("attempt %d of %d", 1, 2, error=True))
    assert "\n" not in line
    fields = json.loads(line)
    assert fields.pop("time").endswith("+00:00")
    assert fields.pop("error").endswith("ValueError: no\nsuch")
    assert fields == {
        "level": "warning",
        "process": "claims",
        "logger": "claimstream.worker",
        "message": "attempt 1 of 2",
        "article_id": article_id,
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
    }


def test_what_is_about_no_article_names_none() -> None:
    assert set(json.loads(Json("claims").format(record("ready")))) == {"time", "level", "process", "logger", "message"}


def test_text_names_the_article_on_the_first_line_and_can_not_be_forged() -> None:
    line = told(Text(TEXT), "a\nb", record("dead letter", error=True))
    first, *rest = line.split("\n")
    assert first.endswith(r"WARNING claimstream.worker dead letter [article 'a\nb']")
    assert rest[0].startswith("Traceback")
    assert Text(TEXT).format(record("ready")).endswith("WARNING claimstream.worker ready")

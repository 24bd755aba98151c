"""The exception that a processor may raise. Any other that leaves one is a bug: retried, then dead-lettered."""

from __future__ import annotations

from enum import StrEnum

from pydantic import ValidationError


class Reason(StrEnum):
    """Why a message was dead-lettered."""

    NULL_VALUE = "null_value"
    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    INVALID_FIELD = "invalid_field"
    FUTURE_SCHEMA_VERSION = "future_schema_version"
    OUTPUT_TOO_LARGE = "output_too_large"
    PROCESSING_FAILED = "processing_failed"
    PROCESSING_TIMEOUT = "processing_timeout"
    PROCESS_CRASHED = "process_crashed"


class Reject(Exception):
    """This message can never be processed: dead letter at once.

    `reason` is a bounded label, `message` is for people.
    """

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(reason, message)  # both in args, so that it survives pickling between processes
        self.reason = reason
        self.message = message

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}"


def explain(error: ValidationError) -> str:
    """What is wrong with a message, in one line a person can act on; without the input, which may be long."""
    parts = []
    for detail in error.errors(include_url=False, include_input=False, include_context=False):
        place = ".".join(str(step) for step in detail["loc"])
        parts.append(f"{place}: {detail['msg']}" if place else detail["msg"])
    return "; ".join(parts[:5])

"""What all commands share: the application, formats, exit codes, and how expected failures look."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.markup import escape

P = ParamSpec("P")
R = TypeVar("R")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Raw news articles in, claims out, on Apache Kafka: who says what, about whom, and where in the text.",
    epilog="Settings come from the environment (CLAIMSTREAM_*): docs/settings.md.",
)
err = Console(stderr=True, highlight=False)

EXIT_FAILED, EXIT_TIMEOUT, EXIT_INTERRUPTED = 1, 3, 130


class Origin(StrEnum):
    """Where a subscription starts."""

    BEGINNING = "beginning"
    NOW = "now"


class StreamFormat(StrEnum):
    """Formats of a stream of messages."""

    JSON = "json"
    PRETTY = "pretty"


class EnrichFormat(StrEnum):
    """Formats of enriched articles."""

    JSON = "json"
    JSONL = "jsonl"
    PRETTY = "pretty"


def command(function: Callable[P, R]) -> Callable[P, R]:
    """A command: expected failures are a line on stderr, not a traceback; Ctrl-C and a closed pipe end it quietly."""

    @wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except KeyboardInterrupt:
            raise typer.Exit(EXIT_INTERRUPTED) from None
        except BrokenPipeError:  # the reader has what it wanted (`| head`)
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        except Exception as error:
            message = expected(error)
            if message is None:
                raise
            err.print(f"[red]error:[/] {escape(message)}", soft_wrap=True)
            raise typer.Exit(EXIT_FAILED) from error

    return app.command()(guarded)


def say_refused(place: str, why: str) -> None:
    """One article that was refused, on stderr."""
    err.print(f"[red]refused[/] {escape(place)}: {escape(why)}", soft_wrap=True)


def expected(error: Exception) -> str | None:
    """What to tell a user of an error that is no bug; None for a bug."""
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from services.stream.clients import BrokerAway
    from services.text.encoder import ModelError

    if isinstance(error, ValidationError) and error.title == "Settings":
        lines = [
            f"  CLAIMSTREAM_{'__'.join(str(step) for step in detail['loc']).upper()}: {detail['msg']}"
            for detail in error.errors(include_url=False)
        ]
        return "\n".join(["the settings are wrong:", *lines])
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    if type(error) is LookupError:  # a name that we know not; its subclasses KeyError and IndexError are bugs
        return str(error)
    if isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] == "deploy":
        return "only the commands that need no embedded broker and no supervisor are in this image"
    known: tuple[type[Exception], ...] = (BrokerAway, ModelError, SettingsError, *_errors_of_the_stack())
    return str(error) if isinstance(error, known) else None


def _errors_of_the_stack() -> tuple[type[Exception], ...]:
    """What `up`, `down` and `status` may raise; an image leaves deploy/ out."""
    try:
        from deploy.local.broker import BrokerError
        from deploy.local.control import StackError
        from deploy.local.jars import KafkaFetchError
        from deploy.local.ports import PortTaken
    except ModuleNotFoundError:
        return ()
    return BrokerError, KafkaFetchError, PortTaken, StackError

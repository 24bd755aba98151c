"""Reads raw articles from files and standard input. A ninjs item is an article too."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError
from rich.progress import Progress

from schemas import Article, RawArticle
from services.cli.files import Document, Refused, documents, split
from services.export.from_ninjs import is_ninjs, raw_article
from services.stream.errors import Reject
from services.stream.stage import parse

__all__ = ["Refused", "read", "read_bytes"]

KINDS = (".txt", ".json", ".jsonl")


def read(names: Sequence[str], progress: Progress | None = None) -> Iterator[Article | Refused]:
    """The articles of files in turn, with their ids. Raises OSError for a file that can't be opened."""
    yield from map(_article, documents(names, KINDS, progress))


def read_bytes(data: bytes, name: str) -> Iterator[Article | Refused]:
    """The articles of a file's content, by the kind that its name says; .gz is refused, as it may hold far more."""
    kind = Path(name).suffix
    if kind not in KINDS:
        yield Refused(name, f"not one of {', '.join(KINDS)}")
    else:
        yield from map(_article, split(io.BytesIO(data), name, kind))


def _article(document: Document | Refused) -> Article | Refused:
    if isinstance(document, Refused):
        return document
    place, data = document.place, document.data
    try:
        if document.plain:
            return RawArticle(text=data.decode()).identified()
        item = _ninjs(data)
        if item is not None and "text" not in item:
            return Refused(place, "a ninjs item without text in its bodies")
        return parse(RawArticle, json.dumps(item).encode() if item is not None else data).identified()
    except UnicodeDecodeError as error:
        return Refused(place, f"not UTF-8: byte {error.start}: {error.reason}")
    except Reject as error:
        return Refused(place, error.message)
    except ValidationError as error:  # an id longer than allowed, made of what was given
        return Refused(place, str(error))


def _ninjs(data: bytes) -> dict[str, object] | None:
    """The fields of the raw article that a ninjs item holds; None for anything else."""
    if b'"uri"' not in data:
        return None
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return raw_article(value) if is_ninjs(value) else None

"""Reads raw articles from files and standard input: .txt, .json, .jsonl, each also .gz."""

from __future__ import annotations

import gzip
import io
import json
import sys
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from pydantic import ValidationError
from rich.progress import Progress

from schemas import Article, RawArticle
from services.stream.errors import Reject
from services.stream.stage import parse

STDIN = "-"
KINDS = (".txt", ".json", ".jsonl")


@dataclass(frozen=True)
class Refused:
    """An article that is none: where it stands and what is wrong with it."""

    place: str
    why: str


def read(names: list[str], progress: Progress | None = None) -> Iterator[Article | Refused]:
    """The articles of files in turn, with their ids. Raises OSError for a file that can't be opened.

    A .txt is one article. A .json holds one or a list of them, a .jsonl one a line. `-` is standard input, of whichever
    kind its first character suggests.
    """
    for name in names:
        if name == STDIN:
            yield from _of(sys.stdin.buffer, "stdin", "")
            continue
        path = Path(name)
        packed = path.suffix == ".gz"
        kind = (Path(path.stem) if packed else path).suffix
        if kind not in KINDS:
            yield Refused(name, f"not one of {', '.join(KINDS)}, or these with .gz")
            continue
        with ExitStack() as stack:
            file: BinaryIO = stack.enter_context(path.open("rb"))
            if progress is not None:
                file = progress.wrap_file(file, total=path.stat().st_size, description=path.name)
            try:
                yield from _of(cast(BinaryIO, gzip.GzipFile(fileobj=file)) if packed else file, name, kind)
            except (gzip.BadGzipFile, EOFError, zlib.error) as error:
                yield Refused(name, f"not whole gzip data: {error}")


def read_bytes(data: bytes, name: str) -> Iterator[Article | Refused]:
    """The articles of a file's content, by the kind that its name says; .gz is refused, as it may hold far more."""
    kind = Path(name).suffix
    if kind not in KINDS:
        yield Refused(name, f"not one of {', '.join(KINDS)}")
    else:
        yield from _of(io.BytesIO(data), name, kind)


def _of(file: BinaryIO, name: str, kind: str) -> Iterator[Article | Refused]:
    if not kind:
        data = file.read()
        first = data.lstrip()[:1]
        kind = ".txt" if first not in (b"{", b"[") else ".json" if _is_json(data) else ".jsonl"
        yield from _whole(data, name, kind) if kind != ".jsonl" else _lines(data.splitlines(), name)
    elif kind == ".jsonl":
        yield from _lines(file, name)
    else:
        yield from _whole(file.read(), name, kind)


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except ValueError:
        return False
    return True


def _lines(lines: BinaryIO | list[bytes], name: str) -> Iterator[Article | Refused]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _article(line, f"{name}:{number}")


def _whole(data: bytes, name: str, kind: str) -> Iterator[Article | Refused]:
    if kind == ".txt":
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            yield Refused(name, f"not UTF-8: byte {error.start}: {error.reason}")
        else:
            yield RawArticle(text=text).identified()
        return
    try:
        value = json.loads(data)
    except ValueError as error:
        yield Refused(name, f"not JSON: {error}")
        return
    if not isinstance(value, list):
        yield _article(data, name)
        return
    for number, item in enumerate(value, 1):
        yield _article(json.dumps(item).encode(), f"{name}[{number}]")


def _article(data: bytes, place: str) -> Article | Refused:
    try:
        return parse(RawArticle, data).identified()
    except Reject as error:
        return Refused(place, error.message)
    except ValidationError as error:  # an id longer than allowed, made of what was given
        return Refused(place, str(error))

"""Reads what files and standard input hold, piece by piece: .txt, .json, .jsonl, each also .gz."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from rich.progress import Progress

STDIN = "-"


@dataclass(frozen=True)
class Document:
    """What one article or event is read from: a JSON value, or a whole .txt. `place` says where it stands."""

    place: str
    data: bytes
    plain: bool = False


@dataclass(frozen=True)
class Refused:
    """Something that is no article or event: where it stands and what is wrong with it."""

    place: str
    why: str


def documents(
    names: Sequence[str], kinds: Sequence[str], progress: Progress | None = None, *, stdin: str = ""
) -> Iterator[Document | Refused]:
    """What files hold, in turn. Raises OSError for a file that can't be opened.

    A .txt is one document. A .json holds one or a list of them, a .jsonl one a line. `-` is standard input, of the kind
    `stdin`, or of whichever kind its first character suggests.
    """
    for name in names:
        if name == STDIN:
            yield from split(sys.stdin.buffer, "stdin", stdin)
            continue
        path = Path(name)
        packed = path.suffix == ".gz"
        kind = (Path(path.stem) if packed else path).suffix
        if kind not in kinds:
            yield Refused(name, f"not one of {', '.join(kinds)}, or these with .gz")
            continue
        with ExitStack() as stack:
            file: BinaryIO = stack.enter_context(path.open("rb"))
            if progress is not None:
                file = progress.wrap_file(file, total=path.stat().st_size, description=path.name)
            try:
                yield from split(cast(BinaryIO, gzip.GzipFile(fileobj=file)) if packed else file, name, kind)
            except (gzip.BadGzipFile, EOFError, zlib.error) as error:
                yield Refused(name, f"not whole gzip data: {error}")


def split(file: BinaryIO, name: str, kind: str) -> Iterator[Document | Refused]:
    """The documents of a file of a kind; where that is empty, the first character tells it."""
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


def _lines(lines: BinaryIO | list[bytes], name: str) -> Iterator[Document]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield Document(f"{name}:{number}", line)


def _whole(data: bytes, name: str, kind: str) -> Iterator[Document | Refused]:
    if kind == ".txt":
        yield Document(name, data, plain=True)
        return
    try:
        value = json.loads(data)
    except ValueError as error:
        yield Refused(name, f"not JSON: {error}")
        return
    if not isinstance(value, list):
        yield Document(name, data)
        return
    for number, item in enumerate(value, 1):
        yield Document(f"{name}[{number}]", json.dumps(item).encode())

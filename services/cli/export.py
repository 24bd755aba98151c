"""`export`: events of articles.claims, from files or from Kafka, as documents in other formats."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from schemas import ClaimsEvent
from schemas.topics import ARTICLES_CLAIMS
from services.cli.app import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_TIMEOUT, err, say_refused
from services.cli.files import Document, Refused, documents
from services.export.formats import FORMATS, Kind
from services.stream.clients import consumer, messages
from services.stream.errors import Reject
from services.stream.settings import Settings
from services.stream.stage import parse

KINDS = (".json", ".jsonl")


def of_files(names: Sequence[str]) -> Iterator[Document | Refused]:
    """What the files hold; standard input is read line by line, as it comes. Raises OSError where one can't be opened."""
    return documents(names, KINDS, stdin=".jsonl")


def of_topic(settings: Settings, beginning: bool, timeout: float | None) -> Iterator[Document | Refused]:
    """What is on articles.claims, and what comes. Raises BrokerAway, LookupError; TimeoutError after `timeout` seconds."""
    client = consumer(settings, ARTICLES_CLAIMS, beginning=beginning)
    return (
        Document(f"{ARTICLES_CLAIMS.name}[{record.partition}]@{record.offset}", record.value)
        for record in messages(client, timeout)
        if record.value is not None
    )


class Events:
    """The events that are read, at most `limit`. What is none is told on stderr.

    A timeout or Ctrl-C ends them as if there were no more, so that the document under way is finished; `code` is the exit
    code to give then.
    """

    def __init__(self, found: Iterable[Document | Refused], limit: int | None) -> None:
        self._found, self._limit = found, limit
        self.code = 0

    def __iter__(self) -> Iterator[ClaimsEvent]:
        taken = 0
        try:
            for document in self._found:
                event = self._event(document)
                if event is None:
                    continue
                yield event
                taken += 1
                if taken == self._limit:
                    return
        except TimeoutError:
            err.print(f"timed out with {taken} articles")
            self.code = EXIT_TIMEOUT
        except KeyboardInterrupt:
            self.code = EXIT_INTERRUPTED

    def _event(self, document: Document | Refused) -> ClaimsEvent | None:
        if isinstance(document, Document):
            try:
                return parse(ClaimsEvent, document.data)
            except Reject as error:
                document = Refused(
                    document.place, f"no event of articles.claims, as `enrich` prints it: {error.message}"
                )
        say_refused(document.place, document.why)
        self.code = EXIT_FAILED
        return None


def save(kind: Kind, events: Iterable[ClaimsEvent], output: Path | None) -> None:
    """Writes one document to a file, or to standard output. Raises OSError."""
    with ExitStack() as stack:
        file = sys.stdout
        if output is not None:
            file = stack.enter_context(output.open("w", encoding="utf-8", newline=""))
        for piece in FORMATS[kind].write(events):
            file.write(piece)
            file.flush()

"""The commands of `claimstream`, in the order in which help lists them.

Each imports what it needs when it runs, so that `--help` is quick.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from schemas import Article
from services.cli.app import (
    EXIT_FAILED,
    EXIT_TIMEOUT,
    EnrichFormat,
    Origin,
    StreamFormat,
    app,
    command,
    err,
    say_refused,
)
from services.export.formats import Kind

__all__ = ["app"]

Files = Annotated[
    list[str], typer.Argument(help=".txt, .json (ninjs too), .jsonl, each also .gz; - is standard input.")
]


@command
def up(
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Return when everything runs.")] = False,
    workers: Annotated[int, typer.Option("--workers", "-w", min=1, max=9, help="Workers of each service.")] = 1,
    demo: Annotated[bool, typer.Option(help="Produce the samples and show claims as they are found.")] = False,
) -> None:
    """Start the embedded broker and all services; Ctrl-C stops them."""
    from deploy.local.ports import require_free
    from services.cli import local
    from services.cli.demo import show
    from services.stream.settings import settings
    from services.stream.topics import ensure

    config = settings()
    stack = local.stack(config)
    if config.console.loopback and not stack.running():
        require_free({"CLAIMSTREAM_CONSOLE__PORT": config.console.port})

    def make_topics(_: str) -> None:
        ensure(config)

    monitoring = [] if stack.running() else local.monitoring(config, workers)

    def ready() -> None:
        err.print("\n".join(local.places(config, monitoring)))

    def attend() -> None:
        ready()
        if demo:
            show(config, stack.running)
        else:
            err.print("Ctrl-C stops everything.")
        stack.wait()

    stack.up(
        local.processes(config, workers) + monitoring,
        detach=detach,
        on_broker_ready=make_topics,
        while_up=attend,
    )
    if detach:
        ready()


@command
def down() -> None:
    """Stop all services, then the broker."""
    from services.cli import local
    from services.stream.settings import settings

    local.stack(settings()).down()


@command
def status() -> None:
    """Show the processes and how far each service is behind. Exit code 1 if something is not running."""
    from services.cli import local
    from services.stream.clients import BrokerAway
    from services.stream.settings import settings

    console, config = Console(), settings()
    processes = local.stack(config).status()
    table = Table("process", "state", "pid", "up", "restarts", "log", box=None)
    for process in processes:
        colour = "green" if process.state == "running" else "red"
        state = f"[{colour}]{process.state}[/]"
        up_for = f"{process.uptime_s:.0f} s"
        table.add_row(
            process.name, state, str(process.pid or ""), up_for, str(process.restarts), os.path.relpath(process.log)
        )
    if processes:
        console.print(table)
    else:
        console.print("Nothing runs here; `claimstream up` starts it.")
    try:
        lags = Table("service", "reads", "lag", box=None)
        for backlog in local.backlog(config):
            unit = "claims" if backlog.topic.startswith("claims.") else "articles"
            lags.add_row(
                backlog.service,
                backlog.topic,
                f"{backlog.lag} {unit}",
            )
        console.print()
        console.print(lags)
    except (BrokerAway, LookupError) as error:
        if processes:
            console.print(f"[red]{error}[/]")
    if not processes or any(process.state != "running" for process in processes):
        raise typer.Exit(EXIT_FAILED)


@command
def topics(
    check: Annotated[
        bool, typer.Option("--check", help="Create nothing; exit code 1 if one is missing or differs.")
    ] = False,
) -> None:
    """Create the topics that are missing, or check them. Running it again changes nothing."""
    from services.stream.settings import settings
    from services.stream.topics import ensure

    table = Table("topic", "partitions", "state", "what is on it", box=None)
    states = ensure(settings(), create=not check)
    for state in states:
        word = "created" if state.created else "there" if state.partitions else "[red]missing[/]"
        if state.differences:
            word = f"[yellow]{'; '.join(state.differences)}[/]"
        table.add_row(state.name, str(state.partitions or ""), word, state.topic.description)
    Console().print(table)
    if check and any(state.differences or not state.partitions for state in states):
        raise typer.Exit(EXIT_FAILED)


@command
def produce(files: Files) -> None:
    """Send raw articles to articles.raw and wait until Kafka has them. Exit code 1 if any was refused."""
    from services.cli.articles import Refused, read
    from services.stream.produce import produce as send
    from services.stream.settings import settings

    accepted = refused = 0

    def refuse(place: str, why: str) -> None:
        nonlocal refused
        refused += 1
        say_refused(place, why)

    def readable() -> Iterator[Article]:
        for article in read(files, progress):
            if isinstance(article, Refused):
                refuse(article.place, article.why)
            else:
                yield article

    with Progress(console=err, transient=True) as progress:
        for article_id, why in send(settings(), readable()):
            if why:
                refuse(article_id, why)
            else:
                accepted += 1
    err.print(f"{accepted} accepted, {refused} refused")
    if refused:
        raise typer.Exit(EXIT_FAILED)


@command
def subscribe(
    topic: Annotated[str, typer.Argument(help="articles.claims, claims.detected, articles.dead, …")],
    origin: Annotated[Origin, typer.Option("--from", help="Where to start.")] = Origin.NOW,
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many messages.")] = None,
    timeout: Annotated[float | None, typer.Option(min=0, help="Stop after so many seconds, with exit code 3.")] = None,
    format: Annotated[StreamFormat | None, typer.Option(help="Default: pretty on a terminal, json elsewhere.")] = None,
) -> None:
    """Follow a TOPIC: one message a line as JSON, or for people."""
    import json
    import sys

    from services.cli.lines import as_json
    from services.cli.render import Message
    from services.stream.clients import consumer, messages, named
    from services.stream.settings import settings

    console = Console()
    pretty = format is StreamFormat.PRETTY or (format is None and console.is_terminal)
    row, seen = named(topic), 0
    client = consumer(settings(), row, beginning=origin is Origin.BEGINNING)
    try:
        for record in messages(client, timeout):
            line = as_json(row, record)
            if pretty:
                console.print(Message(json.loads(line)))
            else:
                sys.stdout.write(line + "\n")
                sys.stdout.flush()
            seen += 1
            if seen == limit:
                return
    except TimeoutError:
        err.print(f"timed out after {timeout:g} s with {seen} messages")
        raise typer.Exit(EXIT_TIMEOUT) from None


@command
def enrich(
    files: Files,
    format: Annotated[
        EnrichFormat | None,
        typer.Option(
            help="json: indented, a list if several; jsonl: one a line. Default: pretty on a terminal, else jsonl."
        ),
    ] = None,
) -> None:
    """Find the claims of articles in this process, without a broker. Exit code 1 if any was refused."""
    import sys

    from services.cli.articles import Refused, read
    from services.cli.enrich import pipeline
    from services.cli.render import event_text
    from services.stream.settings import settings

    console = Console()
    if format is None:
        format = EnrichFormat.PRETTY if console.is_terminal else EnrichFormat.JSONL
    run, refused, documents = pipeline(settings()), 0, []
    for article in read(files):
        if isinstance(article, Refused):
            say_refused(article.place, article.why)
            refused += 1
            continue
        event = run(article)
        if format is EnrichFormat.PRETTY:
            console.print(event_text(event))
        elif format is EnrichFormat.JSONL:
            sys.stdout.write(event.model_dump_json() + "\n")
        else:
            documents.append(event.model_dump_json(indent=2))
    if len(documents) == 1:
        sys.stdout.write(documents[0] + "\n")
    elif format is EnrichFormat.JSON:
        sys.stdout.write("[" + ",\n".join(documents) + "]\n")
    sys.stdout.flush()
    if refused:
        raise typer.Exit(EXIT_FAILED)


@command
def export(
    format: Annotated[Kind, typer.Option(help="docs/exports.md says what is in each.")],
    files: Annotated[
        list[str] | None,
        typer.Argument(
            help="Events of articles.claims: .json, .jsonl, each also .gz; - is standard input, one a line."
        ),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Default: standard output.")] = None,
    origin: Annotated[Origin | None, typer.Option("--from", help="Read articles.claims itself, from here on.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many articles.")] = None,
    timeout: Annotated[float | None, typer.Option(min=0, help="With --from: stop after so many seconds.")] = None,
) -> None:
    """Turn enriched articles, of files or of Kafka, into CSV, ninjs, annotations … Exit codes: 1 refused some, 3 timeout."""
    import sys

    from services.cli.export import Events, of_files, of_topic, save
    from services.stream.settings import settings

    if (files and origin is not None) or (not files and origin is None and sys.stdin.isatty()):
        raise typer.BadParameter("give either FILES (- is standard input) or --from")
    if timeout is not None and origin is None:
        raise typer.BadParameter("--timeout goes with --from")
    found = of_files(files or ["-"]) if origin is None else of_topic(settings(), origin is Origin.BEGINNING, timeout)
    events = Events(found, limit)
    save(format, events, output)
    if events.code:
        raise typer.Exit(events.code)


@command
def replay(
    reason: Annotated[str | None, typer.Option(help="Only those with this reason, e.g. processing_timeout.")] = None,
    service: Annotated[str | None, typer.Option(help="Only those that died in this service.")] = None,
    article: Annotated[str | None, typer.Option(help="Only this article id.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Only those that died at or after this time.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be sent.")] = False,
) -> None:
    """Send dead letters back to the topic where they died. Event ids stay the same, so doing it twice does no harm."""
    from itertools import islice

    from services.stream import replay as dead
    from services.stream.settings import settings

    found = (
        letter
        for letter in dead.dead_letters(settings())
        if (reason is None or letter.cause.reason == reason)
        and (service is None or letter.cause.service == service)
        and (article is None or letter.article_id == article)
        and (since is None or letter.at >= since.astimezone())
    )
    chosen = list(islice(found, limit))
    table = Table("died", "service", "reason", "article", "bytes", "message", box=None)
    for letter in chosen[:50]:
        size = "null" if letter.value is None else str(len(letter.value))
        when = letter.at.isoformat(sep=" ", timespec="seconds")
        cause = letter.cause
        table.add_row(when, cause.service, cause.reason, letter.article_id or "", size, cause.message)
    if chosen:
        Console().print(table)
    if len(chosen) > 50:
        err.print(f"… and {len(chosen) - 50} more")
    if dry_run:
        err.print(f"{len(chosen)} dead letters would be sent")
        return
    sent = dead.replay(settings(), chosen)
    err.print(f"{sent.total()} dead letters sent" + "".join(f", {number} to {name}" for name, number in sent.items()))


@command
def run(
    service: str,
    workers: Annotated[int, typer.Option("--workers", "-w", min=1, max=9, help="So many processes.")] = 1,
    copy: Annotated[int, typer.Option(hidden=True)] = 0,
) -> None:
    """Run a worker of SERVICE (language, entities, claims, matching) until SIGTERM or Ctrl-C."""
    from services.cli.workers import run_several
    from services.stream.run import metrics_port
    from services.stream.run import run as run_worker
    from services.stream.service import registry
    from services.stream.settings import settings

    if service not in registry():
        raise LookupError(f"no service {service!r}; there are {', '.join(registry())}")
    if workers > 1 and registry()[service].memory is not None:
        raise typer.BadParameter(f"{service} remembers earlier messages in its process and has one worker")
    if workers > 1:
        raise typer.Exit(run_several(service, workers))
    run_worker(registry()[service], settings(), metrics_port(settings(), service, copy))


@command
def console() -> None:
    """Serve the web page: try a text, read articles with their claims, watch the pipeline. Ctrl-C ends it."""
    from deploy.local.ports import require_free
    from services.console.run import run
    from services.stream.settings import settings

    config = settings()
    if config.console.loopback:
        require_free({"CLAIMSTREAM_CONSOLE__PORT": config.console.port})
    err.print(f"Console at {config.console.url}")
    run(config)

"""All commands in one place; each imports what it needs when it runs, so that `--help` is quick."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")


@app.command()
def run(
    service: str,
    copy: Annotated[int, typer.Option(hidden=True, help="Which copy this is; moves the metrics port.")] = 0,
) -> None:
    """Run one worker of a SERVICE."""
    from services.stream.run import metrics_port
    from services.stream.run import run as run_worker
    from services.stream.service import registry
    from services.stream.settings import settings

    run_worker(registry()[service], settings(), metrics_port(settings(), service, copy))


@app.command()
def topics() -> None:
    """Create."""

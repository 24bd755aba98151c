"""The samples, and claims as they are found: what `make run` shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from schemas import Article, ClaimsEvent
from schemas.topics import ARTICLES_CLAIMS
from services.cli.app import say_refused
from services.cli.articles import read
from services.cli.render import event_text
from services.stream.clients import consumer, messages
from services.stream.produce import produce
from services.stream.settings import Settings

SAMPLES = Path(__file__).parents[2] / "samples"


def show(settings: Settings, going: Callable[[], bool]) -> None:
    """Produces the samples, then shows every enriched article until interrupted or no more `going`."""
    console = Console()
    files = sorted(str(path) for path in SAMPLES.iterdir() if path.suffix in (".txt", ".json"))
    client = consumer(settings, ARTICLES_CLAIMS, beginning=False)
    console.print(f"Producing {len(files)} samples; their claims follow. Produce your own in a second terminal:")
    console.print("  [bold].venv/bin/claimstream produce article.txt[/]      (Ctrl-C here stops everything)\n")
    for article_id, why in produce(settings, (article for article in read(files) if isinstance(article, Article))):
        if why:
            say_refused(article_id, why)
    for record in messages(client, going=going):
        if record.value is not None:
            console.print(event_text(ClaimsEvent.model_validate_json(record.value)))

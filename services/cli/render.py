"""How events look to a person at a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from schemas import Claim, ClaimsEvent, Cluster, DetectedClaim, MatchedClaim

TYPE_COLOURS = {
    "accusation": "red",
    "prediction": "magenta",
    "quantity": "cyan",
    "position": "blue",
    "causation": "yellow",
    "rule": "green",
    "event": "white",
}
MODE_WORDS = {"direct": "quoted", "indirect": "reported", "author": "the article itself", "unknown": "someone unnamed"}


def claim_line(claim: Claim) -> Text:
    """A claim: type and check-worthiness, who says it about whom, the sentence."""
    kind = claim.primary_type.value
    text = Text()
    text.append(f"{kind:<12}", style=f"bold {TYPE_COLOURS.get(kind, 'white')}")
    text.append(f" {claim.check_worthiness:.2f}  ", style="dim")
    attribution = claim.attribution
    speaker = attribution.speaker.name if attribution.speaker else MODE_WORDS[attribution.mode.value]
    text.append(speaker, style="bold")
    if attribution.speaker:
        text.append(f" ({MODE_WORDS[attribution.mode.value]})", style="dim")
    if claim.target:
        text.append(" → ", style="dim")
        text.append(claim.target.name, style="bold red")
    text.append("\n  ")
    text.append(claim.text)
    return text


def cluster_line(cluster: Cluster) -> Text:
    """How often a claim was said, and who said it first."""
    first, times = cluster.first, f"{cluster.claims} times" if cluster.claims > 1 else "once"
    text = Text(f"  said {times}", style="bold" if cluster.claims > 1 else "dim")
    if cluster.claims > 1:
        text.append(f" in {cluster.articles} articles, first")
        text.append(f" by {first.speaker}" if first.speaker else "")
        text.append(f" in {first.source or first.title or first.article_id}, {first.at:%Y-%m-%d %H:%M %Z}")
    return text


def event_text(event: ClaimsEvent) -> Text:
    """An enriched article: its heading, its entities, its claims."""
    article = event.article
    heading = article.title or article.text.strip().partition("\n")[0][:100] or "(no text)"
    text = Text(f"{heading}\n", style="bold underline")
    facts = [f"{event.language.language} {event.language.confidence:.2f}", event.status.value, article.article_id]
    text.append(Text("  ".join(facts) + "\n", style="dim"))
    for warning in event.warnings:
        text.append(Text(f"! {warning}\n", style="yellow"))
    top = sorted(event.entities.entities, key=lambda entity: -entity.salience)[:8]
    if top:
        names = ", ".join(f"{entity.name}{f' [{entity.wikidata}]' if entity.wikidata else ''}" for entity in top)
        text.append(Text(f"{names}\n", style="green"))
    for claim in event.claims:
        text.append("\n")
        text.append(claim_line(claim))
    return text.append("\n")


class Message:
    """Any message of any topic, for `subscribe --format pretty`."""

    def __init__(self, value: dict[str, Any]) -> None:
        self.value = value

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        value = self.value
        if "claims" in value:
            yield event_text(ClaimsEvent.model_validate(value))
        elif "claim_id" in value:
            claim = (MatchedClaim if "cluster" in value else DetectedClaim).model_validate(value)
            yield claim_line(claim)
            if isinstance(claim, MatchedClaim):
                yield cluster_line(claim.cluster)
            yield Text(f"  {claim.title or claim.url or claim.article_id}  {claim.language}\n", style="dim")
        elif "cause" in value:
            cause = value["cause"]
            yield Text(f"{cause['reason']}  {cause['topic']}[{cause['partition']}]@{cause['offset']}", style="bold red")
            yield Text(f"  {cause['message']}\n")
        else:
            yield _article(value)


def _article(value: dict[str, Any]) -> Table:
    article = value.get("article", value)
    table = Table.grid(padding=(0, 2))
    language = value.get("language")
    found = value.get("entities", {}).get("entities", [])
    table.add_row(
        Text(str(article.get("article_id", "")), style="dim"),
        Text(language["language"] if isinstance(language, dict) else "", style="cyan"),
        Text(str(value.get("status", "")), style="yellow" if value.get("status") not in ("ok", None) else ""),
        Text(str(article.get("title") or article.get("text", "")[:60]).replace("\n", " ")),
        Text(", ".join(entity["name"] for entity in found[:5]), style="green"),
    )
    return table

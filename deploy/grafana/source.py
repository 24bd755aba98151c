"""The dashboards, from which `make dashboards` writes the JSON files that Grafana reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "dashboards"
DATASOURCE = {"type": "prometheus", "uid": "claimstream"}
SCHEMA_VERSION = 39  # of Grafana 11
COLUMNS = 24

Panel = dict[str, Any]


def graph(title: str, unit: str, help: str, *queries: tuple[str, str], width: int = 8, stack: bool = False) -> Panel:
    """Lines over time; `queries` are (expression, legend)."""
    custom = {"fillOpacity": 60 if stack else 8, "stacking": {"mode": "normal" if stack else "none"}, "lineWidth": 1}
    panel = _panel("timeseries", title, unit, help, queries, width, 8)
    panel["fieldConfig"]["defaults"]["custom"] = custom
    panel["options"] = {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}}
    return panel


def number(title: str, unit: str, help: str, query: str, *steps: tuple[float | None, str], width: int = 4) -> Panel:
    """One number now, coloured by steps of (from, colour); the first step is from None."""
    panel = _panel("stat", title, unit, help, ((query, ""),), width, 4)
    thresholds = [{"value": value, "color": colour} for value, colour in steps]
    panel["fieldConfig"]["defaults"]["thresholds"] = {"mode": "absolute", "steps": thresholds}
    panel["options"] = {"colorMode": "background", "reduceOptions": {"calcs": ["lastNotNull"]}}
    return panel


def table(title: str, help: str, query: str, width: int = 24) -> Panel:
    """A row for each series now."""
    panel = _panel("table", title, "none", help, ((query, ""),), width, 6)
    panel["targets"][0] |= {"format": "table", "instant": True}
    return panel


def _panel(kind: str, title: str, unit: str, help: str, queries: Any, width: int, height: int) -> Panel:
    return {
        "type": kind,
        "title": title,
        "description": help,
        "datasource": DATASOURCE,
        "gridPos": {"w": width, "h": height},
        "fieldConfig": {"defaults": {"unit": unit}, "overrides": []},
        "targets": [
            {"refId": chr(65 + number), "datasource": DATASOURCE, "expr": expression, "legendFormat": legend}
            for number, (expression, legend) in enumerate(queries)
        ],
    }


GREEN_RED = ((None, "green"), (1, "red"))
RED_GREEN = ((None, "red"), (1, "green"))
BURN = ((None, "green"), (1, "orange"), (6, "red"))


def overview() -> list[Panel]:
    """Is all well? The first screen: service levels, how fast their budgets burn, and what is behind."""
    quantiles = [(f"stage:claimstream_end_to_end_seconds:p{p}_5m{{stage='claims'}}", f"p{p}") for p in (50, 95, 99)]
    within = "1 - 0.01 * slo:claimstream_burn:rate1h{slo='latency'}"
    dead = "0.001 * slo:claimstream_burn:rate1h{slo='dead_letters'}"
    return [
        number("Claims within 5 s, last hour", "percentunit", "SLO: 99 %.", within, (None, "red"), (0.99, "green")),
        number("Dead letters, last hour", "percentunit", "SLO: 0.1 %.", dead, (None, "green"), (0.001, "red")),
        number("Budget burns, last hour", "none", "1: exactly used up in a month. Alerts: 14.4 in 1 h, 6 in 6 h.",
               "max(slo:claimstream_burn:rate1h)", *BURN),
        number("Unreconciled", "none", "Messages lost on the way. Never anything but 0.",
               "sum(claimstream_unreconciled_articles)", *GREEN_RED),
        number("Workers ready", "percentunit", "Of those that answer.", "avg(claimstream_ready)", *RED_GREEN),
        number("Alerts firing", "none", "See the runbook.", 'count(ALERTS{alertstate="firing"}) or vector(0)', *GREEN_RED),
        graph("Error budget burn", "none", "1: exactly used up in a month.",
              ("slo:claimstream_burn:rate1h", "{{slo}}, 1 h"), ("slo:claimstream_burn:rate6h", "{{slo}}, 6 h")),
        graph("Raw article to claims", "s", "From when it reached Kafka until its claims were acknowledged.", *quantiles),
        graph("Articles", "ops", "A second, by stage.", ("sum by (stage) (stage:claimstream_articles:rate5m)", "{{stage}}")),
        graph("Lag", "s", "Age of the oldest message that is not committed.", ("stage:claimstream_lag_seconds:max", "{{stage}}")),
        graph("Lag", "none", "Messages that are not committed.", ("stage:claimstream_lag_messages:sum", "{{stage}}")),
        graph("Dead letters", "ops", "A second, by reason.",
              ("sum by (stage, reason) (rate(claimstream_dead_letters_total[5m]))", "{{stage}} {{reason}}")),
    ]  # fmt: skip


def service() -> list[Panel]:
    """One stage, chosen above, or all."""
    here = 'stage=~"$stage"'

    def quantiles(metric: str) -> list[tuple[str, str]]:
        bucket = f"sum by (stage, le) (rate({metric}_bucket{{{here}}}[5m]))"
        return [(f"histogram_quantile({q}, {bucket})", f"{{{{stage}}}} p{q * 100:g}") for q in (0.5, 0.95, 0.99)]

    return [
        graph("Outcomes", "ops", "Messages a second that left the stage.",
              (f"stage:claimstream_articles:rate5m{{{here}}}", "{{stage}} {{outcome}}"), stack=True),
        graph("Reading an article", "s", "Without waiting.", *quantiles("claimstream_processing_seconds")),
        graph("Waiting in Kafka", "s", "Age of messages when taken.", *quantiles("claimstream_event_age_seconds")),
        graph("Lag", "s", "Age of the oldest message that is not committed.",
              (f"max by (stage) (claimstream_lag_seconds{{{here}}})", "{{stage}}")),
        graph("In flight", "none", "Taken and not yet acknowledged.",
              (f"sum by (stage) (claimstream_in_flight_articles{{{here}}})", "{{stage}}")),
        graph("Failed attempts", "ops", "Repeated, by what failed.",
              (f"sum by (stage, reason) (rate(claimstream_retries_total{{{here}}}[5m]))", "{{stage}} {{reason}}")),
        graph("Ready", "none", "1: takes and publishes.", (f"claimstream_ready{{{here}}}", "{{stage}} {{instance}}")),
        graph("Since the last commit", "s", "Grows while nothing comes in, too.",
              (f"time() - (claimstream_last_commit_timestamp_seconds{{{here}}} > 0)", "{{stage}} {{instance}}")),
        graph("Rebalances and restarts", "none", "In the last hour.",
              (f"increase(claimstream_rebalances_total{{{here}}}[1h])", "{{stage}} rebalances"),
              (f"increase(claimstream_restarts_total{{{here}}}[1h])", "{{stage}} restarts")),
        graph("Memory", "bytes", "Resident; without the process that reads.",
              ('process_resident_memory_bytes{job="claimstream",service=~"$stage"}', "{{service}} {{instance}}")),
        graph("Processor", "none", "Cores; without the process that reads.",
              ('rate(process_cpu_seconds_total{job="claimstream",service=~"$stage"}[5m])', "{{service}} {{instance}}")),
        graph("Partitions", "none", "Held by each worker.",
              (f"claimstream_assigned_partitions{{{here}}}", "{{stage}} {{instance}}")),
        table("Models", "That have read since their worker started.", f"claimstream_model_info{{{here}}}"),
    ]  # fmt: skip


def content() -> list[Panel]:
    """What the articles say, and whether that changes."""
    per_article = "claimstream:claims_per_article:ratio"

    def quantiles(metric: str) -> list[tuple[str, str]]:
        bucket = f"sum by (stage, le) (rate({metric}_bucket[1h]))"
        return [(f"histogram_quantile({q}, {bucket})", f"{{{{stage}}}} p{q * 100:g}") for q in (0.1, 0.5)]

    return [
        graph("Languages", "percentunit", "Share of the last hour's articles; the ten largest.",
              ("topk(10, language:claimstream_languages:share1h)", "{{language}}"), width=12, stack=True),
        graph("Change of languages", "percentunit", "Share of articles that is in another language than last week. Alert: 30 %.",
              ("claimstream:language_shift:distance1h", "last hour against last week"), width=12),
        graph("Claims by type", "ops", "A second.",
              ("sum by (type) (rate(claimstream_claims_total[5m]))", "{{type}}"), stack=True),
        graph("Claims by language", "ops", "A second.",
              ("sum by (language) (rate(claimstream_claims_total[5m]))", "{{language}}"), stack=True),
        graph("Claims an article", "none", "Alert: twice or half as many.",
              (f"{per_article}1h", "last hour"), (f"{per_article}7d", "last week")),
        graph("Mentions by type", "ops", "A second.",
              ("sum by (type) (rate(claimstream_entities_total[5m]))", "{{type}}"), stack=True),
        graph("Confidence", "percentunit", "Of languages, mentions and claim types; a fall is drift.",
              *quantiles("claimstream_confidence")),
        graph("Check-worthiness", "percentunit", "Of claims.", *quantiles("claimstream_check_worthiness")),
        graph("Unsupported and skipped", "ops", "Articles a second that were not read.",
              ('sum by (stage, outcome) (stage:claimstream_articles:rate5m{outcome=~"unsupported_language|skipped|truncated"})',
               "{{stage}} {{outcome}}")),
        graph("Said before", "ops", "Claims a second, by whether another article had them.",
              ("sum by (match) (rate(claimstream_matches_total[5m]))", "{{match}}"), stack=True),
        graph("Withdrawn and superseded", "ops", "Claims that a newer version dropped; articles that came too late.",
              ("sum(rate(claimstream_withdrawn_total[5m]))", "withdrawn"),
              ("sum(rate(claimstream_superseded_articles_total[5m]))", "superseded")),
    ]  # fmt: skip


STAGE = {
    "name": "stage",
    "label": "Stage",
    "type": "query",
    "datasource": DATASOURCE,
    "query": {"query": "label_values(claimstream_ready, stage)", "refId": "stage"},
    "includeAll": True,
    "multi": True,
    "current": {"text": ["All"], "value": ["$__all"]},
    "refresh": 2,
}
DASHBOARDS = {
    "overview": ("Claimstream: overview", overview, []),
    "service": ("Claimstream: service", service, [STAGE]),
    "content": ("Claimstream: content", content, []),
}


def dashboard(uid: str) -> dict[str, Any]:
    """A dashboard in Grafana's JSON model."""
    title, panels, variables = DASHBOARDS[uid]
    return {
        "uid": f"claimstream-{uid}",
        "title": title,
        "tags": ["claimstream"],
        "schemaVersion": SCHEMA_VERSION,
        "editable": False,
        "refresh": "10s",
        "time": {"from": "now-3h", "to": "now"},
        "templating": {"list": variables},
        "links": [{"type": "dashboards", "title": "Claimstream", "tags": ["claimstream"], "asDropdown": False}],
        "panels": list(_placed(panels())),
    }


def _placed(panels: list[Panel]) -> Iterator[Panel]:
    """Left to right, in rows as high as their first panel."""
    x = y = height = 0
    for id, panel in enumerate(panels, 1):
        grid = panel["gridPos"]
        if x + grid["w"] > COLUMNS:
            x, y = 0, y + height
        height = grid["h"]
        yield panel | {"id": id, "gridPos": grid | {"x": x, "y": y}}
        x += grid["w"]


def files() -> dict[str, str]:
    """Every generated file, by name."""
    return {f"{uid}.json": json.dumps(dashboard(uid), indent=1, ensure_ascii=False) + "\n" for uid in DASHBOARDS}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")

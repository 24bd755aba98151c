"""Dashboards are what their source says, and Grafana's panels and Prometheus's rules are named right in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana import source
from tests.conftest import ROOT
from tests.contract.test_metrics import declared

BOARDS = {uid: source.dashboard(uid) for uid in source.DASHBOARDS}


def test_generated_dashboards_are_what_the_source_says() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in source.FOLDER.iterdir()}
    assert committed == source.files(), "run `make dashboards` and commit what it writes"


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_panels_fit(board: dict[str, Any]) -> None:
    panels = board["panels"]
    assert [panel["id"] for panel in panels] == list(range(1, len(panels) + 1))
    for panel in panels:
        grid = panel["gridPos"]
        assert grid["x"] >= 0 and grid["x"] + grid["w"] <= 24 and grid["h"] > 0
        assert panel["title"] and panel["description"] and panel["targets"]
        assert panel["datasource"]["uid"] == "claimstream"
    for one, other in combinations((panel["gridPos"] for panel in panels), 2):
        apart = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        assert apart or one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"], (one, other)


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_grafana_s_own_schema_knows_every_field(board: dict[str, Any]) -> None:
    """Read by the types that Grafana generates from its schema and written again, nothing is missing or otherwise."""
    register_default_plugins()
    again = json.loads(JSONEncoder().encode(Dashboard.from_json(board)))
    assert not list(lost(board, again))


def lost(before: Any, after: Any, place: str = "") -> Iterator[str]:
    """Places of what `after` lacks or has otherwise; it may have more."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name, value in before.items():
            yield from lost(value, after.get(name), f"{place}.{name}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, value in enumerate(before):
            yield from lost(value, after[number], f"{place}[{number}]")
    elif before != after:
        yield f"{place}: {before!r} {after!r}"


def test_a_field_that_the_schema_does_not_know_is_found() -> None:
    board = json.loads(json.dumps(BOARDS["overview"]))
    board["panels"][0]["fieldConfig"]["defaults"]["colour"] = "red"
    again = json.loads(JSONEncoder().encode(Dashboard.from_json(board)))
    assert list(lost(board, again)) == [".panels[0].fieldConfig.defaults.colour: 'red' None"]


def test_the_first_screen_shows_the_service_levels() -> None:
    first = [
        panel["title"] for panel in BOARDS["overview"]["panels"] if panel["gridPos"]["y"] + panel["gridPos"]["h"] <= 12
    ]
    assert {"Claims within 5 s, last hour", "Dead letters, last hour", "Error budget burn"} <= set(first)


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_expressions_name_metrics_and_rules_that_exist(board: dict[str, Any]) -> None:
    rules = yaml.safe_load((ROOT / "deploy" / "prometheus" / "rules" / "recording.yml").read_text())["groups"]
    known = {rule["record"] for group in rules for rule in group["rules"]}
    for name, kind, _ in declared():
        known |= {f"{name}{suffix}" for suffix in ("_bucket", "_sum", "_count")} if kind == "histogram" else {name}
    for panel in board["panels"]:
        for target in panel["targets"]:
            used = set(re.findall(r"(?:\w+:)?claimstream(?:_\w+|:\w+)(?::\w+)?", target["expr"]))
            assert used <= known, (panel["title"], used - known)


def test_the_data_source_of_the_panels_is_provisioned() -> None:
    folder = ROOT / "deploy" / "grafana" / "provisioning"
    (datasource,) = yaml.safe_load((folder / "datasources" / "claimstream.yml").read_text())["datasources"]
    assert {"type": datasource["type"], "uid": datasource["uid"]} == source.DATASOURCE
    (provider,) = yaml.safe_load((folder / "dashboards" / "claimstream.yml").read_text())["providers"]
    assert provider["type"] == "file" and provider["options"]["path"]

"""Rules and alerts, by Prometheus's own promtool: each alert fires when it should, and stays silent when it should."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT

PROMETHEUS = ROOT / "deploy" / "prometheus"
ALERTS = {
    rule["alert"]: rule
    for group in yaml.safe_load((PROMETHEUS / "rules" / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]
}
DAY = 24 * 60  # minutes, the step of all series here

CLAIMS, LANGUAGE, TARGET = '{stage="claims"}', '{stage="language"}', '{job="claimstream",service="claims"}'
OUTCOME = '{{stage="{}",outcome="{}"}}'
HEALTHY = {
    f"up{TARGET}": "1x3000",
    f"claimstream_ready{CLAIMS}": "1x3000",
    f"claimstream_halted{CLAIMS}": "0x3000",
    f"claimstream_unreconciled_articles{CLAIMS}": "0x3000",
    'claimstream_lag_messages{stage="claims",topic="articles.entities"}': "3x3000",
    'claimstream_lag_seconds{stage="claims",topic="articles.entities"}': "2x3000",
    f"claimstream_last_commit_timestamp_seconds{CLAIMS}": "0+30x3000",
    f"claimstream_taken_articles_total{LANGUAGE}": "0+60x3000",
    f"claimstream_articles_total{OUTCOME.format('language', 'ok')}": "0+60x3000",
    f"claimstream_articles_total{OUTCOME.format('language', 'dead')}": "0x3000",
    f"claimstream_articles_total{OUTCOME.format('claims', 'ok')}": "0+60x3000",
    'claimstream_dead_letters_total{stage="language",reason="not_json"}': "0x3000",
    'claimstream_end_to_end_seconds_bucket{stage="claims",le="5.0"}': "0+60x3000",
    f"claimstream_end_to_end_seconds_count{CLAIMS}": "0+60x3000",
    'claimstream_languages_total{language="en"}': "0+40x3000",
    'claimstream_languages_total{language="de"}': "0+20x3000",
    'claimstream_claims_total{type="event",language="en"}': "0+120x3000",
}
COMMIT, LAG, AGE, DEAD, WITHIN = (
    list(HEALTHY)[6],
    list(HEALTHY)[4],
    list(HEALTHY)[5],
    list(HEALTHY)[9],
    list(HEALTHY)[12],
)
EN, DE, FOUND = list(HEALTHY)[14], list(HEALTHY)[15], list(HEALTHY)[16]
NOT_JSON, FR = list(HEALTHY)[11], 'claimstream_languages_total{language="fr"}'
NOBODY = {f"up{TARGET}": "_x3000"}

# What differs from health; the minutes at which the alert must be silent; the one at which it fires, with which labels.
FIRES: list[tuple[str, dict[str, str], list[int], int, dict[str, str]]] = [
    ("TargetDown", {f"up{TARGET}": "1x10 0x9"}, [10, 11], 13, {"job": "claimstream", "service": "claims"}),
    ("TargetDown", NOBODY, [0], 2, {"job": "claimstream"}),
    ("NotReady", {f"claimstream_ready{CLAIMS}": "1x10 0x9"}, [10, 15], 17, {"stage": "claims"}),
    ("Halted", {f"claimstream_halted{CLAIMS}": "0x10 1x9"}, [10], 12, {"stage": "claims"}),
    ("StalledConsumer", {COMMIT: "0+30x10 300x20"}, [10, 15], 18, {"stage": "claims"}),
    ("TimeLag", {AGE: "2x10 90x20"}, [10, 15], 17, {"stage": "claims"}),
    ("DeadLetterRatio", {DEAD: "0x30 1+1x60"}, [30, 32], 45, {"stage": "language"}),
    ("Unreconciled", {f"claimstream_unreconciled_articles{CLAIMS}": "0x10 1x20"}, [10, 20], 22, {"stage": "claims"}),
    ("NoInput", {f"claimstream_taken_articles_total{LANGUAGE}": "0+60x10 600x60"}, [10, 40], 47, {}),
    ("BurnFast", {WITHIN: "0+60x120 7240+40x60"}, [120, 125], 175, {"slo": "latency"}),
    ("BurnSlow", {WITHIN: "0+55x600"}, [10], 120, {"slo": "latency"}),
    ("BurnFast", {NOT_JSON: "0+2x200"}, [1], 60, {"slo": "dead_letters"}),
    (
        "LanguageMixShift",
        {EN: "0+40x1800 72000x600", DE: "0+20x1800 36000x600", FR: "_x1800 0+60x600"},
        [DAY + 200, 1800],
        1920,
        {},
    ),
    ("ClaimRateShift", {FOUND: "0+120x1800 216010+10x600"}, [DAY + 200, 1800], 1920, {}),
]  # fmt: skip
# Near misses: close to what fires, for ever silent.
SILENT: list[tuple[str, dict[str, str], list[int]]] = [
    ("StalledConsumer", {LAG: "500x60"}, [20, 50]),  # behind, and moving
    ("StalledConsumer", {LAG: "0x60", COMMIT: "300x60"}, [20, 50]),  # nothing to do
    ("TimeLag", {AGE: "59x60"}, [30]),
    ("DeadLetterRatio", {DEAD: "0x20 1x60"}, [22, 30]),  # one bad message
    ("BurnFast", {WITHIN: "0+60x120 7200x2 7260+60x100"}, [122, 124, 130]),  # two bad minutes
    ("BurnFast", {WITHIN: "0+55x600"}, [60, 300]),
    ("BurnSlow", {WITHIN: "0+58x600"}, [300]),
    # a quiet hour; and no history to compare with
    ("LanguageMixShift", {EN: "0+2x1800 3600x600", DE: "0+1x1800 1800x600", FR: "_x1800 0+1x600"}, [1920]),
    ("LanguageMixShift", {EN: "0+40x200 8000x600", FR: "_x200 0+60x600"}, [330]),
    ("ClaimRateShift", {FOUND: "0+120x1800 216080+80x600"}, [1920]),
]  # fmt: skip


def promtool(*arguments: str) -> None:
    if shutil.which("promtool") is None:
        if os.environ.get("CI"):
            pytest.fail("CI has no promtool")
        pytest.skip("promtool is not installed")
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def case(changes: dict[str, str], minutes: list[int], alerts: dict[str, dict[str, str] | None]) -> dict[str, Any]:
    """A group of promtool's: at these minutes, these alerts fire with these labels, or not (None)."""
    tests = []
    for name, labels in alerts.items():
        rule = ALERTS[name]
        expected = [{"exp_labels": rule["labels"] | (labels or {}), "exp_annotations": rule["annotations"]}]
        for minute in minutes:
            found = [] if labels is None else expected
            tests.append({"eval_time": f"{minute}m", "alertname": name, "exp_alerts": found})
    series = [{"series": name, "values": values} for name, values in (HEALTHY | changes).items()]
    return {"interval": "1m", "input_series": series, "alert_rule_test": tests}


def check(tmp_path: Path, *groups: dict[str, Any]) -> None:
    files = [str(path) for path in sorted((PROMETHEUS / "rules").iterdir())]
    test = {"rule_files": files, "evaluation_interval": "1m", "tests": list(groups)}
    (tmp_path / "test.yml").write_text(json.dumps(test))  # JSON is YAML
    promtool("test", "rules", str(tmp_path / "test.yml"))


def test_configuration_and_rules_are_valid() -> None:
    promtool("check", "config", str(PROMETHEUS / "prometheus.yml"))
    promtool("check", "config", str(ROOT / "deploy" / "docker" / "prometheus.yml"))
    promtool("check", "rules", *map(str, (PROMETHEUS / "rules").iterdir()))


@pytest.mark.parametrize(("name", "changes", "silent", "fires", "labels"), FIRES, ids=[row[0] for row in FIRES])
def test_fires(tmp_path: Path, name: str, changes: dict[str, str], silent: list[int], fires: int, labels: Any) -> None:
    alert = f"Claimstream{name}"
    check(tmp_path, case(changes, silent, {alert: None}), case(changes, [fires], {alert: labels}))


@pytest.mark.parametrize(("name", "changes", "minutes"), SILENT, ids=[row[0] for row in SILENT])
def test_stays_silent(tmp_path: Path, name: str, changes: dict[str, str], minutes: list[int]) -> None:
    check(tmp_path, case(changes, minutes, {f"Claimstream{name}": None}))


def test_all_are_silent_in_health(tmp_path: Path) -> None:
    check(tmp_path, case({}, [0, 1, 7, 60, DAY, DAY + 300], dict.fromkeys(ALERTS)))


def test_every_alert_is_tested_and_has_its_place_in_the_runbook() -> None:
    assert {f"Claimstream{row[0]}" for row in FIRES} == set(ALERTS)
    headings = set(re.findall(r"^## (\w+)$", (ROOT / "docs" / "runbook.md").read_text(), re.MULTILINE))
    assert headings == set(ALERTS)
    for name, rule in ALERTS.items():
        assert rule["annotations"]["runbook_url"] == f"docs/runbook.md#{name.lower()}"
        assert rule["labels"]["severity"] in ("page", "ticket") and rule["annotations"]["summary"]

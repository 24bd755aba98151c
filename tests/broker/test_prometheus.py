"""A running pipeline watched by the real Prometheus: every expression finds data, and a killed worker raises an alert."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.grafana import source
from deploy.local import prometheus
from deploy.local.ports import free_port
from services.stream.service import registry
from tests.broker.conftest import Cluster
from tests.broker.test_pipeline import samples, send
from tests.broker.test_worker import get

SHORT = "5s"
NUMBER = re.compile(r"-?[\d.]+")
COMPARED = re.compile(r"\s(?:==|>=?|<=?|or|and(?: on \([\w, ]*\))?)\s")


class Watched:
    """A pipeline and the Prometheus that scrapes it."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self.cluster, self.port = cluster, free_port()
        self.ports = {name: free_port() for name in registry()}
        self.workers = {name: self.start(name) for name in registry()}
        targets = {name: [f"127.0.0.1:{port}"] for name, port in self.ports.items()}
        process = prometheus.process(folder, self.port, targets)
        rules = folder / "prometheus" / "rules"
        for file in rules.iterdir():  # the same rules, sooner: a test can't wait for minutes
            file.write_text(
                re.sub(r"^( +(?:for|interval)): \w+$", rf"\1: {SHORT}", file.read_text(), flags=re.MULTILINE)
            )
        with (folder / "prometheus.log").open("wb") as log:
            self.process = subprocess.Popen(process.argv, stdout=log, stderr=log)

    def start(self, name: str) -> subprocess.Popen[bytes]:
        return self.cluster.service(name, CLAIMSTREAM_METRICS__PORT=str(self.ports[name]))

    def ask(self, path: str) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/{path}", timeout=10) as answer:
            return json.load(answer)["data"]

    def query(self, expression: str) -> list[float]:
        """Values of all series now, those that are no number left out. A wrong expression raises HTTPError."""
        found = self.ask("query?" + urllib.parse.urlencode({"query": expression}))["result"]
        values = [float(series["value"][1]) for series in found]
        return [value for value in values if value == value]

    def firing(self) -> set[tuple[str, str | None]]:
        alerts = [alert for alert in self.ask("alerts")["alerts"] if alert["state"] == "firing"]
        return {(alert["labels"]["alertname"], alert["labels"].get("service")) for alert in alerts}

    def wait(self, good: Callable[[], bool], seconds: float, what: str) -> float:
        """Seconds until it was so."""
        started = time.monotonic()
        while not _asked(good):
            assert time.monotonic() - started < seconds, f"{what}: not in {seconds} s\n{self.cluster.logs()}"
            time.sleep(0.5)
        return time.monotonic() - started


def _asked(good: Callable[[], bool]) -> bool:
    try:
        return good()
    except ConnectionError:  # Prometheus is not up yet
        return False
    except urllib.error.URLError as error:
        if isinstance(error, urllib.error.HTTPError) and error.code != 503:
            raise
        return False


@pytest.fixture
def watched(cluster: Cluster, tmp_path: Path) -> Iterator[Watched]:
    if shutil.which("prometheus") is None:
        if os.environ.get("CI"):
            pytest.fail("CI has no prometheus")
        pytest.skip("prometheus is not installed")
    watched = Watched(cluster, tmp_path)
    yield watched
    watched.process.terminate()
    watched.process.wait(20)


def expressions() -> dict[str, str]:
    """All of rules and panels. Of an alert what it compares; what it compares with a day ago can't be there yet."""
    found = {}
    for file in sorted((prometheus.SOURCE / "rules").iterdir()):
        for group in yaml.safe_load(file.read_text())["groups"]:
            for rule in group["rules"]:
                if "record" in rule:
                    found[f"{rule['record']} {rule.get('labels', '')}"] = rule["expr"]
                    continue
                parts = [part.strip() for part in COMPARED.split(f"{rule['expr']} ")]
                sides = [p for p in parts if not NUMBER.fullmatch(p) and not re.match("absent|.*offset 1d$", p)]
                assert sides
                found |= {f"{rule['alert']} {number}": side for number, side in enumerate(sides)}
    for uid in source.DASHBOARDS:
        for panel in source.dashboard(uid)["panels"]:
            for target in panel["targets"]:
                found[f"{uid}/{panel['title']} {target['refId']}"] = target["expr"].replace("$stage", ".*")
    return found


def test_every_expression_finds_data_and_a_killed_worker_is_seen(watched: Watched) -> None:
    cluster = watched.cluster
    watched.wait(lambda: watched.query('up{job="claimstream"} == 1') == [1.0] * len(registry()), 60, "all are scraped")
    for number in range(4):  # counters that first appear with a value have a rate only from the second on
        articles = [article | {"article_id": f"{article['article_id']}-{number}"} for article in samples()]
        send(cluster, articles)
        cluster.send(b"not json", key=f"bad-{number}".encode())
        cluster.producer.flush()
        everything = len(articles) * (number + 1)
        cluster.wait("articles.claims", lambda found, least=everything: len(found) >= least, 90)
        time.sleep(6)

    empty = expressions()
    assert len(empty) > 70

    end = time.monotonic() + 45
    while empty and time.monotonic() < end:
        empty = {name: expression for name, expression in empty.items() if not watched.query(expression)}
    assert not empty, "no data"
    assert watched.query("sum(claimstream_unreconciled_articles)") == [0.0]
    assert watched.query('sum(claimstream_articles_total{outcome="dead"})') == [4.0]
    taken = watched.query("sum by (stage) (claimstream_taken_articles_total)")
    assert taken == watched.query("sum by (stage) (claimstream_articles_total)")
    for query in ("ALERTS{alertname='ClaimstreamTargetDown'}", "ALERTS{alertname='ClaimstreamUnreconciled'}"):
        assert not watched.query(query)

    down = ("ClaimstreamTargetDown", "claims")
    assert get(watched.ports["claims"], "readyz")[0] == 200
    watched.workers["claims"].kill()
    watched.workers["claims"].wait()
    assert get(watched.ports["claims"], "readyz")[0] == 0
    watched.wait(lambda: watched.query('up{service="claims"}') == [0.0], 15, "the target is red")
    watched.wait(lambda: down in watched.firing(), 30, "the alert fires")

    send(cluster, [article | {"article_id": f"{article['article_id']}-after"} for article in samples()])
    watched.workers["claims"] = watched.start("claims")
    watched.wait(lambda: get(watched.ports["claims"], "readyz")[0] == 200, 60, "ready again")
    watched.wait(lambda: down not in watched.firing(), 30, "the alert ends")
    watched.wait(lambda: sum(watched.query("claimstream_lag_messages")) == 0, 60, "caught up")

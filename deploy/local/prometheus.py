"""Prometheus as a process of the stack, where its binary is installed; on loopback, its data in the state directory."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.local.ports import LOOPBACK, is_free
from deploy.local.stack import ProcessSpec

NAME = "prometheus"
SOURCE = Path(__file__).resolve().parents[1] / "prometheus"
RETENTION = ("--storage.tsdb.retention.time=15d", "--storage.tsdb.retention.size=1GB")


def missing(port: int) -> str | None:
    """Why Prometheus can't be started; None where it can."""
    if shutil.which(NAME) is None:
        return "not started: no `prometheus` on the PATH"
    return None if is_free(port) else f"not started: port {port} is taken (CLAIMSTREAM_METRICS__PROMETHEUS_PORT)"


def process(state_dir: Path, port: int, targets: Mapping[str, Sequence[str]]) -> ProcessSpec:
    """Writes its configuration and gives how it is run. `targets`: addresses (host:port) by service."""
    home = state_dir.resolve() / NAME
    shutil.copytree(SOURCE / "rules", home / "rules", dirs_exist_ok=True)
    shutil.copyfile(SOURCE / "prometheus.yml", home / "prometheus.yml")
    (home / "targets").mkdir(exist_ok=True)
    groups = [{"targets": list(addresses), "labels": {"service": name}} for name, addresses in targets.items()]
    (home / "targets" / "claimstream.json").write_text(json.dumps(groups, indent=1), encoding="utf-8")
    argv = [
        shutil.which(NAME) or NAME,
        f"--config.file={home / 'prometheus.yml'}",
        f"--storage.tsdb.path={home / 'data'}",
        f"--web.listen-address={LOOPBACK}:{port}",
        *RETENTION,
        "--log.level=warn",
    ]
    return ProcessSpec(NAME, argv, stop_timeout_s=20)

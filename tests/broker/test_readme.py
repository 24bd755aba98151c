"""What the README tells a stranger to type works as it stands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deploy.local.broker import EmbeddedBroker
from services.stream.service import registry
from tests.broker.conftest import Cluster

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def pipeline(broker: EmbeddedBroker, tmp_path: Path) -> Cluster:
    """The services under the names that the README uses."""
    cluster = Cluster(broker.bootstrap, tmp_path, topic_prefix="")
    for name in registry():
        cluster.service(name)
    yield cluster
    cluster.close()


def test_programs_of_the_readme(pipeline: Cluster, tmp_path: Path) -> None:
    address = pipeline.settings.kafka.address
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    program = tmp_path / "own.py"
    program.write_text(code.replace("127.0.0.1:29092", address), encoding="utf-8")
    with (tmp_path / "own.txt").open("wb") as out:
        own = subprocess.Popen([sys.executable, "-u", str(program)], stdout=out, stderr=out)
        end = time.monotonic() + 60
        while "accusation" not in (tmp_path / "own.txt").read_text():
            assert own.poll() is None and time.monotonic() < end, (tmp_path / "own.txt").read_text()
            time.sleep(0.3)
        own.kill()
        own.wait()

    if shutil.which("kcat") is None:
        if os.environ.get("CI"):
            pytest.fail("CI has no kcat")
        pytest.skip("kcat is not installed")
    produce, consume = (
        line[2:].replace("127.0.0.1:29092", address) for line in README.splitlines() if "kcat -b" in line
    )
    subprocess.run(produce, shell=True, check=True)
    pipeline.wait("articles.claims", lambda found: len(found) == 2)
    printed = subprocess.run(consume, shell=True, check=True, capture_output=True, text=True).stdout
    assert '"primary_type":"accusation"' in printed

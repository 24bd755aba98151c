"""The command line as a user has it, against a real Kafka."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from deploy.local.ports import free_port
from services.stream.service import registry
from tests.broker.conftest import Cluster

COMMAND = str(Path(sys.executable).parent / "claimstream")
TEXT = "The ministry said on Tuesday that 12 villages had been evacuated. The mayor accused the company of negligence."


def claimstream(
    cluster: Cluster, *arguments: str, input: bytes | None = None, code: int = 0
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [COMMAND, *arguments], env=cluster.environment, input=input, capture_output=True, timeout=90, check=False
    )
    answer = subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())
    assert answer.returncode == code, f"{answer.returncode}\n{answer.stdout}\n{answer.stderr}"
    return answer


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_produce_reads_every_kind_of_file_and_names_what_it_refuses(cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "one.json").write_text(json.dumps({"article_id": "j", "text": TEXT, "desk": "world"}))
    (tmp_path / "list.json").write_text(json.dumps([{"article_id": "l1", "text": TEXT}, {"text": 5}]))
    rows = [b'{"article_id": "r1", "text": "x"}', b"", b"oops", b'{"article_id": "r2", "text": "caf\xc3\xa9"}', b"\xff"]
    with gzip.open(tmp_path / "rows.jsonl.gz", "wb") as file:
        file.write(b"\n".join(rows))
    (tmp_path / "big.json").write_text(json.dumps({"article_id": "big", "text": "x" * 5_000_000}))
    (tmp_path / "page.html").write_text("<p>")
    (tmp_path / "broken.txt.gz").write_bytes(b"no gzip")
    files = [str(path) for path in sorted(tmp_path.iterdir()) if path.is_file() and path.suffix != ".log"]
    done = claimstream(cluster, "produce", *files, code=1)
    assert "5 accepted, 6 refused" in done.stderr
    for place in ("rows.jsonl.gz:3", "rows.jsonl.gz:5", "list.json[2]", "page.html", "big", "broken.txt.gz"):
        assert place in done.stderr, done.stderr
    sent = {json.loads(record.value)["article_id"]: record for record in cluster.records("articles.raw")}
    assert {"j", "l1", "r1", "r2"} < set(sent) and len(sent) == 5
    assert json.loads(sent["j"].value)["extra"] == {"desk": "world"}
    assert all(record.key.decode() == id for id, record in sent.items())
    assert "ce_id" in dict(sent["j"].headers)


def test_produce_from_standard_input(cluster: Cluster) -> None:
    assert "1 accepted" in claimstream(cluster, "produce", "-", input=TEXT.encode()).stderr
    rows = b'{"text": "a"}\n{"text": "b"}\n'
    assert "2 accepted" in claimstream(cluster, "produce", "-", input=rows).stderr
    missing = claimstream(cluster, "produce", "nowhere.txt", code=1)
    assert "nowhere.txt: No such file" in missing.stderr and "Traceback" not in missing.stderr


def test_subscribe(cluster: Cluster) -> None:
    for number in range(5):
        cluster.send(json.dumps({"article_id": str(number), "text": "ü"}).encode())
    cluster.send(b"not json")
    cluster.producer.flush()
    found = lines(claimstream(cluster, "subscribe", "articles.raw", "--from", "beginning", "--limit", "6").stdout)
    assert [row["article_id"] for row in found if "article_id" in row] == ["0", "1", "2", "3", "4"]
    assert {"key": "k", "value": None, "value_text": "not json"} in found
    late = claimstream(cluster, "subscribe", "articles.raw", "--timeout", "2", code=3)
    assert late.stdout == "" and "timed out" in late.stderr
    unknown = claimstream(cluster, "subscribe", "articles.wrong", code=1)
    assert "articles.claims" in unknown.stderr and "Traceback" not in unknown.stderr
    pretty = claimstream(cluster, "subscribe", "articles.raw", "--from=beginning", "--limit=1", "--format=pretty")
    assert "ü" in pretty.stdout


def interrupted(cluster: Cluster, *arguments: str, patience: float) -> tuple[int, bytes, bytes]:
    """Exit code, output and errors of a command that follows a topic and gets Ctrl-C."""
    process = subprocess.Popen(
        [COMMAND, *arguments],
        env=cluster.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored where the tests run in a background
    )
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=patience)
    return process.returncode, output, errors


def test_subscribe_ends_cleanly_with_ctrl_c(cluster: Cluster) -> None:
    code, output, errors = interrupted(cluster, "subscribe", "articles.raw", patience=10)
    assert code == 130 and output == b"" and b"Traceback" not in errors


def test_topics_creates_and_checks(cluster: Cluster) -> None:
    claimstream(cluster, "topics", "--check")
    assert "created" not in claimstream(cluster, "topics").stdout
    other = Cluster(
        cluster.settings.kafka.address, Path(os.devnull).parent, topic_prefix=cluster.settings.kafka.topic_prefix
    )
    other.producer.close()
    fresh = {"CLAIMSTREAM_KAFKA__TOPIC_PREFIX": f"{cluster.settings.kafka.topic_prefix}fresh."}
    done = subprocess.run(
        [COMMAND, "topics", "--check"], env=cluster.environment | fresh, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1 and "missing" in done.stdout, done.stderr


def test_enrich_and_the_pipeline_say_the_same(cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (event,) = lines(claimstream(cluster, "enrich", str(tmp_path / "a.txt")).stdout)
    assert event["status"] == "ok" and event["claims"] and event["article"]["text"] == TEXT
    one = json.loads(claimstream(cluster, "enrich", str(tmp_path / "a.txt"), "--format", "json").stdout)
    assert one["claims"] == event["claims"]
    two = claimstream(
        cluster, "enrich", "-", "--format", "jsonl", input=b'{"text": "a"}\n{"no": 1}\n{"text": ""}', code=1
    )
    assert [row["status"] for row in lines(two.stdout)] == ["unsupported_language", "skipped"]
    assert "stdin:2" in two.stderr
    assert "said" in claimstream(cluster, "enrich", str(tmp_path / "a.txt"), "--format", "pretty").stdout


def test_export_reads_the_topic(cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    event = claimstream(cluster, "enrich", str(tmp_path / "a.txt")).stdout.encode()
    for value in (event, b"{oops", None, event):
        cluster.send(value, topic="articles.claims")
    cluster.producer.flush()
    claims = len(json.loads(event)["claims"])
    two = claimstream(
        cluster, "export", "--format", "csv", "--from", "beginning", "--limit", "2", "--output", f"{tmp_path}/x", code=1
    )
    assert "refused articles.claims[" in two.stderr
    assert len((tmp_path / "x").read_text(encoding="utf-8").splitlines()) == 1 + 2 * claims
    timed = claimstream(cluster, "export", "--format", "claimreview", "--from", "beginning", "--timeout", "5", code=3)
    assert len(json.loads(timed.stdout)["@graph"]) == 2 * claims and "timed out with 2 articles" in timed.stderr
    code, output, errors = interrupted(cluster, "export", "--format", "annotations", "--from", "now", patience=30)
    assert code == 130 and b"Traceback" not in errors
    assert json.loads(output)["total"] == 0, "the document is finished"


def test_replay(cluster: Cluster) -> None:
    worker = cluster.service("language", CLAIMSTREAM_PROCESSING__MAX_ARTICLE_BYTES="2000")
    long = json.dumps({"article_id": "long", "text": "A ship has left the harbour. " * 100}).encode()
    cluster.send(long, key=b"long")
    cluster.send(b"{", key=b"bad")
    cluster.send(None, key=b"null")
    cluster.wait("articles.dead", lambda found: len(found) == 3)
    worker.terminate()
    worker.wait(30)

    dry = claimstream(cluster, "replay", "--dry-run")
    assert "3 dead letters would be sent" in dry.stderr
    assert len(cluster.records("articles.raw")) == 3
    assert "1 dead letters would be sent" in claimstream(cluster, "replay", "--dry-run", "--article", "bad").stderr
    assert "2 dead letters would be sent" in claimstream(cluster, "replay", "--dry-run", "--limit", "2").stderr
    assert "0 dead letters would be sent" in claimstream(cluster, "replay", "--dry-run", "--service", "claims").stderr
    sent = claimstream(cluster, "replay", "--reason", "too_large")
    assert "1 dead letters sent" in sent.stderr
    again = cluster.records("articles.raw")[-1]
    (copy,) = [record for record in cluster.records("articles.raw") if dict(record.headers).get("replay_of")]
    assert copy.key == b"long" and copy.value == long and again is not None
    assert not [name for name, _ in copy.headers if name.startswith("dead_")]

    cluster.service("language")  # with the limit as it is by default
    (record,) = cluster.wait("articles.language", lambda found: len(found) == 1)
    assert json.loads(record.value)["article"]["article_id"] == "long"


def test_errors_are_one_line(cluster: Cluster) -> None:
    nobody = {"CLAIMSTREAM_KAFKA__BOOTSTRAP": f"127.0.0.1:{free_port()}"}
    for arguments in (["topics"], ["subscribe", "articles.raw"], ["produce", "-"]):
        done = subprocess.run(
            [COMMAND, *arguments],
            env=cluster.environment | nobody,
            input="x",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1 and "no Kafka answers" in done.stderr and "Traceback" not in done.stderr
    wrong = subprocess.run(
        [COMMAND, "status"],
        env=cluster.environment | {"CLAIMSTREAM_KAFKA__PORT": "many", "CLAIMSTREAM_LOG_LEVEL": "loud"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert wrong.returncode == 1 and "Traceback" not in wrong.stderr
    assert "CLAIMSTREAM_KAFKA__PORT" in wrong.stderr and "CLAIMSTREAM_LOG_LEVEL" in wrong.stderr
    no_model = subprocess.run(
        [COMMAND, "enrich", "-"],
        env=cluster.environment | {"CLAIMSTREAM_MODELS__CLAIMS": "nowhere"},
        input="x",
        capture_output=True,
        text=True,
        check=False,
    )
    assert no_model.returncode == 1 and "nowhere" in no_model.stderr and "Traceback" not in no_model.stderr
    assert "there are language, entities, claims" in claimstream(cluster, "run", "nothing", code=1).stderr


@pytest.mark.parametrize("stop", ["down", "ctrl-c"])
def test_up_runs_everything_and_stops_everything(tmp_path: Path, stop: str, request: pytest.FixtureRequest) -> None:
    """What `make run` does, with its own embedded broker."""
    base = free_port()
    environment = os.environ | {
        "CLAIMSTREAM_STATE_DIR": str(tmp_path / "state"),
        "CLAIMSTREAM_KAFKA__PORT": str(free_port()),
        "CLAIMSTREAM_KAFKA__CONTROLLER_PORT": str(free_port()),
        "CLAIMSTREAM_METRICS__BASE_PORT": str(base),
        "CLAIMSTREAM_CONSOLE__PORT": str(free_port()),
        "CLAIMSTREAM_METRICS__PROMETHEUS_PORT": str(free_port(avoid=frozenset(range(base, base + 20)))),
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [COMMAND, *arguments], env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    request.addfinalizer(lambda: run("down"))
    if stop == "down":
        up = run("up", "--detach")
        assert up.returncode == 0, up.stderr
        (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
        assert run("produce", str(tmp_path / "a.txt")).returncode == 0
        claims = run("subscribe", "claims.detected", "--from", "beginning", "--limit", "2", "--timeout", "60")
        assert claims.returncode == 0, claims.stderr
        status = run("status")
        assert status.returncode == 0, status.stdout
        assert all(name in status.stdout for name in ("broker", "console", *registry()))
        assert ("Prometheus http://" in up.stderr) == ("prometheus" in status.stdout)
        assert "prometheus" in status.stdout or "no `prometheus` on the PATH" in up.stderr
        assert run("down").returncode == 0
    else:
        with (tmp_path / "out.txt").open("wb") as out:
            process = subprocess.Popen([COMMAND, "up", "--demo"], env=environment, stdout=out, stderr=out)
            end = time.monotonic() + 90
            while "→" not in (tmp_path / "out.txt").read_text(encoding="utf-8"):
                assert process.poll() is None and time.monotonic() < end, (tmp_path / "out.txt").read_text()
                time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0
        assert "Traceback" not in (tmp_path / "out.txt").read_text(encoding="utf-8")
    assert run("status").returncode == 1
    assert "is not running" in run("down").stderr


def test_run_several_workers_and_stop_them(cluster: Cluster) -> None:
    parent = cluster.start(
        "services.cli", "run", "language", "-w", "2", CLAIMSTREAM_METRICS__BASE_PORT=str(free_port())
    )
    rows = "".join(json.dumps({"article_id": str(number), "text": TEXT}) + "\n" for number in range(200))
    claimstream(cluster, "produce", "-", input=rows.encode())
    cluster.wait("articles.language", lambda found: len({record.key for record in found}) == 200)
    assert len(psutil.Process(parent.pid).children()) == 2
    parent.terminate()
    assert parent.wait(30) == 0

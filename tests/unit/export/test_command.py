"""`claimstream export` on files and standard input; test_cli.py in tests/broker reads a topic."""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from schemas import ClaimsEvent

COMMAND = str(Path(sys.executable).parent / "claimstream")


def export(*arguments: str, input: str = "", code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [COMMAND, "export", *arguments], input=input, capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert done.returncode == code, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def lines(events: list[ClaimsEvent]) -> str:
    return "".join(event.model_dump_json() + "\n" for event in events[:4])


def test_files_and_standard_input_give_the_same(lines: str, tmp_path: Path, events: list[ClaimsEvent]) -> None:
    with gzip.open(tmp_path / "events.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(lines)
    (tmp_path / "events.json").write_text(f"[{','.join(lines.split(chr(10))[:-1])}]", encoding="utf-8")
    piped = export("--format", "csv", input=lines).stdout
    rows = list(csv.DictReader(io.StringIO(piped)))
    assert len(rows) == sum(len(event.claims) for event in events[:4])
    for name in ("events.jsonl.gz", "events.json"):
        export("--format", "csv", str(tmp_path / name), "--output", str(tmp_path / "out.csv"))
        assert (tmp_path / "out.csv").read_text(encoding="utf-8") == piped
    items = export("--format", "ninjs", "--limit", "2", "-", input=lines).stdout.splitlines()
    assert [json.loads(item)["bodies"][0]["value"] for item in items] == [event.article.text for event in events[:2]]


def test_what_is_no_event_is_refused_and_the_rest_is_written(lines: str) -> None:
    first, second = lines.split("\n")[:2]
    done = export("--format", "annotations", input="\n".join([first, '{"text": "raw"}', "", "{oops", second]), code=1)
    assert "refused stdin:2" in done.stderr and "refused stdin:4" in done.stderr
    assert json.loads(done.stdout)["total"] > 0
    assert "not one of .json, .jsonl" in export("--format", "csv", "article.txt", code=1).stderr


def test_errors_are_one_line(tmp_path: Path) -> None:
    missing = export("--format", "csv", str(tmp_path / "none.jsonl"), code=1)
    assert missing.stderr.count("\n") == 1 and "No such file" in missing.stderr
    assert "No such file" in export("--format", "csv", "--output", str(tmp_path / "no" / "x"), code=1).stderr
    assert "either FILES" in export("--format", "csv", "--from", "now", "x.jsonl", code=2).stderr
    assert "--timeout goes with" in export("--format", "csv", "--timeout", "1", code=2).stderr
    assert "claimreview" in export("--format", "pdf", code=2).stderr

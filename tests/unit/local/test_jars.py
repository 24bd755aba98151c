"""Fetching Kafka's jars, against a Maven repository served by the test."""

import functools
import hashlib
import http.server
import threading

import pytest
import requests
from jgo.maven import MavenContext, PythonResolver

from deploy.local import jars
from deploy.local.jars import Jar, KafkaFetchError, ensure_jars, read_lock

CONTENT = {"alpha": b"first jar", "beta": b"second jar"}


@pytest.fixture
def lock():
    return [Jar("org.example", name, "1.0", hashlib.sha256(body).hexdigest()) for name, body in CONTENT.items()]


@pytest.fixture
def repository(tmp_path, lock, monkeypatch):
    """A folder served as the only Maven repository, holding the locked jars."""
    root = tmp_path / "repository"
    for jar in lock:
        folder = root / "org" / "example" / jar.artifact / jar.version
        folder.mkdir(parents=True)
        (folder / jar.filename).write_bytes(CONTENT[jar.artifact])
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=root)
    monkeypatch.setattr(http.server.SimpleHTTPRequestHandler, "log_message", lambda *_: None)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    serve(monkeypatch, f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(jars, "read_lock", lambda: lock)
    yield root
    server.shutdown()
    server.server_close()


def serve(monkeypatch, url):
    def maven(repo_cache):
        return MavenContext(PythonResolver(), repo_cache, local_repos=[], remote_repos={"test": url}, timeout=5)

    monkeypatch.setattr(jars, "_maven", maven)


def test_the_lock_pins_every_jar_once():
    pinned = read_lock()
    assert len({jar.filename for jar in pinned}) == len(pinned) >= 40
    assert all(len(jar.sha256) == 64 for jar in pinned)
    assert {"kafka_2.13", "kafka-server", "log4j-slf4j-impl"} <= {jar.artifact for jar in pinned}
    assert {jar.version for jar in pinned if jar.group == "org.apache.kafka"} == {jars.KAFKA_VERSION}


def test_fetches_what_is_missing_and_nothing_twice(repository, tmp_path):
    lines = []
    paths = ensure_jars(tmp_path / "cache", lines.append)
    assert [path.read_bytes() for path in paths] == list(CONTENT.values())
    assert {path.name for path in paths[0].parent.iterdir()} == {"alpha-1.0.jar", "beta-1.0.jar"}
    assert "2 files, once" in lines[0]

    lines.clear()
    assert ensure_jars(tmp_path / "cache", lines.append) == paths
    assert lines == []

    paths[1].unlink()
    ensure_jars(tmp_path / "cache", lines.append)
    assert "1 files" in lines[0]


def test_a_changed_file_is_refused_and_not_kept(repository, tmp_path):
    (repository / "org/example/beta/1.0/beta-1.0.jar").write_bytes(b"something else")
    with pytest.raises(KafkaFetchError, match=r"beta-1\.0\.jar has SHA-256 .* pinned is"):
        ensure_jars(tmp_path / "cache", lambda _line: None)
    assert not list((tmp_path / "cache").rglob("beta*"))


def test_offline_it_says_what_to_do(repository, tmp_path, monkeypatch):
    serve(monkeypatch, "http://127.0.0.1:9")  # nothing listens there
    monkeypatch.setattr(jars.time, "sleep", lambda _seconds: None)
    with pytest.raises(KafkaFetchError) as caught:
        ensure_jars(tmp_path / "cache", lambda _line: None)
    message = str(caught.value)
    assert "CLAIMSTREAM_KAFKA__BOOTSTRAP" in message and "HTTPS_PROXY" in message and str(tmp_path / "cache") in message
    assert isinstance(caught.value.__cause__, requests.ConnectionError)


def test_a_short_failure_of_the_network_is_retried(repository, tmp_path, monkeypatch):
    monkeypatch.setattr(jars.time, "sleep", lambda _seconds: None)
    download, failures = PythonResolver.download, []

    def flaky(self, artifact):
        if len(failures) < 2:
            failures.append(artifact)
            raise requests.ConnectionError("reset")
        return download(self, artifact)

    monkeypatch.setattr(PythonResolver, "download", flaky)
    assert all(path.is_file() for path in ensure_jars(tmp_path / "cache", lambda _line: None))
    assert len(failures) == 2

"""Fetches Apache Kafka's jars once, checks each against a pinned SHA-256, and keeps them in the user's cache.

The pins (`kafka.lock`) name every jar, so a start needs no dependency resolution, and a changed file is refused. The
cache lies outside the data: `.claimstream/` may be deleted, and a second clone needs no second fetch.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import requests
from jgo.config import GlobalSettings
from jgo.maven import MavenContext, PythonResolver

KAFKA_VERSION = "4.3.0"
LOCK_FILE = Path(__file__).with_name("kafka.lock")
PARALLEL_DOWNLOADS = 6
ATTEMPTS = 3

Progress = Callable[[str], None]


class KafkaFetchError(RuntimeError):
    """Apache Kafka's jars could not be fetched or do not match their pins; the message says what to do."""


@dataclass(frozen=True)
class Jar:
    """One pinned file: Maven coordinates and the SHA-256 (hex) of its bytes."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def filename(self) -> str:
        return f"{self.artifact}-{self.version}.jar"


def default_cache_dir() -> Path:
    """CLAIMSTREAM_CACHE_DIR, else `claimstream/` in the user's cache directory."""
    if own := os.environ.get("CLAIMSTREAM_CACHE_DIR"):
        return Path(own).expanduser().absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "claimstream"


def print_progress(line: str) -> None:
    """The progress callback used where the caller gives none: a line on stderr."""
    print(line, file=sys.stderr, flush=True)


def read_lock(path: Path = LOCK_FILE) -> list[Jar]:
    """The pinned jars, in class-path order."""
    jars = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            sha256, coordinates = line.split()
            group, artifact, version = coordinates.split(":")
            jars.append(Jar(group, artifact, version, sha256))
    return jars


def ensure_jars(cache_dir: Path | None = None, progress: Progress = print_progress) -> list[Path]:
    """Paths of all of Kafka's jars, in class-path order; those not cached yet are fetched first (about 50 MB).

    Safe to call from several processes at once, and resumed where an interrupted fetch stopped: a file appears under
    its name only when whole and checked. Raises KafkaFetchError.
    """
    folder = (cache_dir or default_cache_dir()) / f"kafka-{KAFKA_VERSION}"
    jars = read_lock()
    missing = [jar for jar in jars if not (folder / jar.filename).is_file()]
    if missing:
        _fetch_all(missing, folder, progress)
    return [folder / jar.filename for jar in jars]


def _fetch_all(missing: list[Jar], folder: Path, progress: Progress) -> None:
    total = len(missing)
    progress(f"Fetching Apache Kafka {KAFKA_VERSION} into {folder}: {total} files, once")
    started = time.monotonic()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(PARALLEL_DOWNLOADS) as pool:
            pending = [pool.submit(_fetch, jar, folder) for jar in missing]
            try:
                for done, future in enumerate(as_completed(pending), start=1):
                    future.result()
                    if done == total or done % 10 == 0:
                        progress(f"Apache Kafka {KAFKA_VERSION}: {done} of {total} files")
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
    except (requests.RequestException, RuntimeError, OSError) as error:
        raise KafkaFetchError(_advice(folder, error)) from error
    progress(f"Apache Kafka {KAFKA_VERSION} fetched in {time.monotonic() - started:.0f} s")


def _fetch(jar: Jar, folder: Path) -> None:
    """Download one jar beside its place, check it, and move it there: never a half file under the final name."""
    for attempt in range(1, ATTEMPTS + 1):
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder) as scratch:
            component = _maven(Path(scratch)).project(jar.group, jar.artifact).at_version(jar.version)
            try:
                path = component.artifact().resolve()
            except requests.RequestException:
                if attempt == ATTEMPTS:
                    raise
                time.sleep(attempt)
                continue
            found = hashlib.sha256(path.read_bytes()).hexdigest()
            if found != jar.sha256:
                raise KafkaFetchError(f"{jar.filename} has SHA-256 {found}, pinned is {jar.sha256}")
            path.replace(folder / jar.filename)
            return


def _maven(repo_cache: Path) -> MavenContext:
    """jgo's resolver in pure Python, looking first in the mirrors of the user's own jgo configuration."""
    standard = MavenContext(resolver=PythonResolver()).remote_repos
    mirrors = GlobalSettings.load().repositories
    return MavenContext(
        resolver=PythonResolver(),
        repo_cache=repo_cache,
        local_repos=[],
        remote_repos={**mirrors, **standard},
        timeout=30,
    )


def _advice(folder: Path, error: BaseException) -> str:
    cause = str(error).splitlines()[0][:300]
    return (
        f"Apache Kafka {KAFKA_VERSION} could not be fetched: {type(error).__name__}: {cause}\n"
        "It is needed once, from Maven Central. One of these helps:\n"
        "  - connect to the network and try again (what was fetched so far is kept);\n"
        "  - behind a proxy set HTTPS_PROXY (and REQUESTS_CA_BUNDLE for its certificate);\n"
        "  - with a mirror name it under [repositories] in jgo.conf in the user's configuration directory;\n"
        f"  - copy {folder} from a machine that has it;\n"
        "  - use a Kafka of your own: CLAIMSTREAM_KAFKA__BOOTSTRAP=host:port."
    )


def write_lock(path: Path = LOCK_FILE) -> None:
    """Resolve Kafka's run-time dependencies afresh and pin them; run by a developer to move to another version."""
    with tempfile.TemporaryDirectory() as scratch:
        maven = _maven(Path(scratch))
        inputs, transitive = maven.resolver.resolve(
            [maven.create_dependency(f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}")]
        )
        artifacts = [dep.artifact for dep in [*inputs, *transitive] if dep.scope in (None, "compile", "runtime")]
        log4j = next(artifact.version for artifact in artifacts if artifact.artifactId == "log4j-core")
        # Kafka logs through SLF4J; the binding to log4j is a part of its distribution but no dependency of its jar.
        binding = maven.project("org.apache.logging.log4j", "log4j-slf4j-impl").at_version(log4j)
        lines = [
            f"{hashlib.sha256(artifact.resolve().read_bytes()).hexdigest()}"
            f"  {artifact.groupId}:{artifact.artifactId}:{artifact.version}"
            for artifact in [*artifacts, binding.artifact()]
        ]
    header = f"# Apache Kafka {KAFKA_VERSION} and what it needs at run time. Made by: python -m deploy.local.jars lock"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")


def main() -> None:
    """`fetch` fills the cache (a step for images and CI); `lock` writes the pins anew."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.jars", description=main.__doc__)
    parser.add_argument("action", choices=["fetch", "lock"])
    if parser.parse_args().action == "lock":
        write_lock()
        return
    try:
        ensure_jars()
    except KafkaFetchError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()

"""Articles/s and latency through the three services on an embedded broker, beside the same functions in a bare loop.

    python -m bench [--articles N] [--rate R] [FILE]

FILE is .jsonl(.gz) as `claimstream produce` reads it; without one, English articles made of the samples.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from itertools import cycle, islice
from pathlib import Path
from statistics import quantiles

from deploy.local.broker import EmbeddedBroker
from schemas import Article
from schemas.topics import ARTICLES_CLAIMS, ARTICLES_RAW
from services.cli.articles import Refused, read
from services.cli.enrich import pipeline
from services.stream.clients import consumer, messages, producer
from services.stream.service import registry
from services.stream.settings import Kafka, Settings
from services.stream.topics import ensure

SAMPLES = Path(__file__).parents[1] / "samples"
WARM_UP = 20


def articles(file: str | None, number: int) -> list[Article]:
    """`number` English articles with ids of their own, repeated where there are not enough."""
    names = [file] if file else sorted(str(path) for path in SAMPLES.glob("en-*"))
    found = [article for article in read(names) if not isinstance(article, Refused)]
    english = [article for article in found if article.language in ("en", None)]
    return [
        article.model_copy(update={"article_id": f"bench-{place}"})
        for place, article in enumerate(islice(cycle(english), number))
    ]


def bare_loop(work: list[Article]) -> float:
    """Articles/s of the pure functions, one process, no broker."""
    run = pipeline(Settings())
    for article in work[:WARM_UP]:
        run(article)
    started = time.perf_counter()
    for article in work:
        run(article)
    return len(work) / (time.perf_counter() - started)


class Pipeline:
    """A broker and one worker of each service."""

    def __init__(self, folder: Path) -> None:
        self.broker = EmbeddedBroker(folder, port=0).start()
        self.settings = Settings(kafka=Kafka(bootstrap=self.broker.bootstrap))
        ensure(self.settings)
        environment = os.environ | {"CLAIMSTREAM_KAFKA__BOOTSTRAP": self.broker.bootstrap}
        self.workers = [
            subprocess.Popen([sys.executable, "-m", "services.cli", "run", name], env=environment)
            for name, service in registry().items()
            if service.memory is None
        ]

    def drive(self, work: list[Article], rate: float | None) -> tuple[float, list[float]]:
        """Sends articles, `rate` a second or all at once; gives articles/s and each one's seconds from raw to claims.

        Latency is Kafka's time of the claims event minus Kafka's time of the raw article: both from one clock.
        """
        follow = messages(consumer(self.settings, ARTICLES_CLAIMS, beginning=False), timeout=600)
        client = producer(self.settings)
        started = time.time()
        for place, article in enumerate(work):
            if rate:
                time.sleep(max(0.0, started + place / rate - time.time()))
            value = article.model_dump_json(exclude_defaults=True).encode()
            client.send(ARTICLES_RAW.name, key=article.article_id.encode(), value=value)
        client.flush()
        seconds = list(islice(self._latencies(follow), len(work)))
        client.close()
        return len(work) / (time.time() - started), seconds

    @staticmethod
    def _latencies(follow: Iterator) -> Iterator[float]:
        for record in follow:
            raw = dict(record.headers)["ce_rawtime"].decode()
            yield record.timestamp / 1000 - datetime.fromisoformat(raw).timestamp()

    def stop(self) -> None:
        """Ends all processes."""
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            worker.wait()
        self.broker.stop()


def percentiles(seconds: list[float]) -> dict[str, float]:
    """p50, p95, p99 in seconds."""
    cuts = quantiles(seconds, n=100)
    return {name: round(cuts[int(name[1:]) - 1], 3) for name in ("p50", "p95", "p99")}


def main() -> None:
    """Runs both and prints a JSON object."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("file", nargs="?")
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument(
        "--rate", type=float, help="articles/s of the latency run; default: half of what the pipeline reached"
    )
    options = parser.parse_args()
    work = articles(options.file, options.articles)
    words = sum(len(article.text.split()) for article in work) / len(work)
    alone = bare_loop(work)
    with tempfile.TemporaryDirectory() as folder:
        running = Pipeline(Path(folder))
        try:
            running.drive(work[:WARM_UP], None)
            full, _ = running.drive(work, None)
            rate = options.rate or full / 2
            _, seconds = running.drive(work[: max(WARM_UP, int(rate * 30))], rate)
        finally:
            running.stop()
    print(
        json.dumps(
            {
                "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
                "articles": len(work),
                "words_an_article": round(words),
                "bare_loop_articles_per_second": round(alone, 1),
                "pipeline_articles_per_second": round(full, 1),
                "pipeline_over_bare_loop": round(full / alone, 2),
                "pipeline_articles_per_day": round(full * 86400),
                "latency_rate_articles_per_second": round(rate, 1),
                "latency_seconds": percentiles(seconds),
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()

"""Words a second of each stage's function on one core.

    python -m bench.stages [--articles N] [FILE]

FILE is as for `python -m bench`. Prints a JSON object: words/s by stage, and resident megabytes with all models loaded.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

import psutil

from bench.__main__ import WARM_UP, articles
from schemas import Article
from services.stream.service import registry
from services.stream.settings import Settings


def rates(work: list[Article]) -> dict[str, float]:
    """Words/s by stage, and memory with all models loaded."""
    settings = Settings()
    words = sum(len(article.text.split()) for article in work)
    events: list[Any] = list(work)
    found = {}
    for name, service in registry().items():
        if service.memory is not None:
            continue  # matching reads claims, not articles
        tool = service.load(settings)
        for event in events[:WARM_UP]:
            service.process(tool, event)
        started = time.process_time()
        events = [service.process(tool, event) for event in events]
        found[name] = round(words / (time.process_time() - started))
    return found | {"resident_mb": round(psutil.Process().memory_info().rss / 1e6)}


def main() -> None:
    """Reads the articles once, stage by stage."""
    parser = argparse.ArgumentParser(prog="python -m bench.stages", description=__doc__)
    parser.add_argument("file", nargs="?")
    parser.add_argument("--articles", type=int, default=144)
    options = parser.parse_args()
    print(json.dumps(rates(articles(options.file, options.articles)), indent=1))


if __name__ == "__main__":
    main()

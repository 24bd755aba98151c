"""Claims/s of matching: pure functions, beside comparing with every claim; a worker on Kafka, and its start with a past.

    python -m bench.matching

Claims are made up of the words of `pairs.tsv`, so that few are the same; a tenth repeat an earlier one.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from deploy.local.broker import EmbeddedBroker
from schemas import Attribution, DetectedClaim, Processor, Span
from schemas.claims import AttributionMode, ClaimType
from schemas.topics import CLAIMS_DETECTED, CLAIMS_MATCHED
from services.claims.traits import fingerprint
from services.matching.index import ClaimIndex
from services.matching.same import similarity
from services.matching.statement import statement
from services.stream.clients import consumer, messages, producer
from services.stream.settings import Kafka, Settings
from services.stream.topics import ensure
from training.matching.evaluate import pairs

NUMBER, KNOWN, PROBES, SENT = 100_000, 20_000, 20, 10_000


def made_up(number: int) -> list[DetectedClaim]:
    """`number` claims of 8 to 20 words, one a second."""
    chance, start = random.Random(7), datetime(2026, 1, 1, tzinfo=UTC)
    words = [word for pair in pairs("dev") for word in pair.first.rstrip(".").split()]
    found: list[DetectedClaim] = []
    for place in range(number):
        text = " ".join(chance.choices(words, k=chance.randint(8, 20)))
        if found and chance.random() < 0.1:
            text = chance.choice(found).text
        found.append(claim(text, place, start + timedelta(seconds=place)))
    return found


def claim(text: str, place: int, at: datetime) -> DetectedClaim:
    """A claim of the article's own voice."""
    return DetectedClaim(
        claim_id=f"c{place}", fingerprint=fingerprint(text), span=Span(exact=text, start=0, end=len(text)), text=text,
        sentence=0, language="en", types=[], primary_type=ClaimType.EVENT, checkable=True, check_worthiness=0.5,
        attribution=Attribution(mode=AttributionMode.AUTHOR), article_id=f"a{place // 10}", article_version=1,
        published_at=at, processed_at=at, processor=Processor(name="claims", version="0"),
    )  # fmt: skip


def through_kafka(work: list[DetectedClaim]) -> dict[str, float]:
    """Claims/s of a worker, and seconds from a new worker's start with them all to the answer to one more claim."""
    with tempfile.TemporaryDirectory() as folder:
        broker = EmbeddedBroker(Path(folder), port=0).start()
        settings = Settings(kafka=Kafka(bootstrap=broker.bootstrap))
        ensure(settings)
        command = [sys.executable, "-m", "services.cli", "run", "matching"]
        environment = os.environ | {"CLAIMSTREAM_KAFKA__BOOTSTRAP": broker.bootstrap}
        sender, follow = producer(settings), messages(consumer(settings, CLAIMS_MATCHED, beginning=True), 300)
        worker = subprocess.Popen(command, env=environment)
        try:
            for each in work[:-1]:
                sender.send(CLAIMS_DETECTED.name, key=each.claim_id.encode(), value=each.model_dump_json().encode())
            sender.flush()
            next(follow)
            started = time.time()
            for _ in work[2:]:
                next(follow)
            seconds = time.time() - started
            worker.kill()
            worker.wait()
            worker, started = subprocess.Popen(command, env=environment), time.time()
            value = work[-1].model_dump_json().encode()
            sender.send(CLAIMS_DETECTED.name, key=work[-1].claim_id.encode(), value=value)
            while next(follow).key != work[-1].claim_id.encode():
                pass
            return {
                "worker_claims_per_second": round(len(work) / seconds),
                f"seconds_to_restart_with_{len(work)}": round(time.time() - started, 1),
            }
        finally:
            worker.terminate()
            worker.wait()
            sender.close()
            broker.stop()


def main() -> None:
    """Prints a JSON object."""
    work, index = made_up(NUMBER + PROBES), ClaimIndex(30, NUMBER)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = perf_counter()
    for each in work[:NUMBER]:
        index.add(each)
    indexed = (perf_counter() - started) / NUMBER
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    known = [statement(each) for each in work[:KNOWN]]
    started = perf_counter()
    for each in work[NUMBER:]:
        parts = statement(each)
        max(similarity(other, parts) for other in known)
    brute = (perf_counter() - started) / PROBES * NUMBER / KNOWN / 2  # half of the final number on average
    figures = {
        "claims": NUMBER,
        "claims_per_second": round(1 / indexed),
        "kilobytes_a_claim": round(grown / NUMBER, 1),
        "brute_force_claims_per_second": round(1 / brute, 1),
        "ratio": round(brute / indexed),
    }
    print(json.dumps(figures | through_kafka(work[:SENT]), indent=1))


if __name__ == "__main__":
    main()

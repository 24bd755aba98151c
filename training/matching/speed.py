"""Claims/s that matching takes on one core, and what comparing with every claim would: `python -m training.matching.speed`.

Claims are made up of the words of `pairs.tsv`, so many that few are the same; a tenth repeat an earlier one.
"""

from __future__ import annotations

import json
import random
import resource
from datetime import UTC, datetime, timedelta
from time import perf_counter

from schemas import Attribution, DetectedClaim, Processor, Span
from schemas.claims import AttributionMode, ClaimType
from services.claims.traits import fingerprint
from services.matching.index import ClaimIndex
from services.matching.same import similarity
from services.matching.statement import statement
from training.matching.evaluate import pairs

NUMBER, KNOWN, PROBES = 100_000, 20_000, 20


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
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()

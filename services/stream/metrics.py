"""Every metric of a worker, declared once. Base units; labels are bounded and never hold an article id."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)

# One count for every message taken from the input topic: ok, truncated, unsupported_language, skipped or dead.
ARTICLES = Counter("claimstream_articles", "Articles that left a stage, by outcome.", ["stage", "outcome"])
DEAD_LETTERS = Counter("claimstream_dead_letters", "Messages sent to articles.dead.", ["stage", "reason"])
RETRIES = Counter("claimstream_retries", "Attempts repeated, by what failed: process or publish.", ["stage", "reason"])
PROCESSING = Histogram(
    "claimstream_processing_seconds", "Time that reading one article took, without waiting.", ["stage"], buckets=SECONDS
)
END_TO_END = Histogram(
    "claimstream_end_to_end_seconds",
    "From the raw article's time in Kafka until this stage's event was acknowledged.",
    ["stage"],
    buckets=SECONDS,
)
IN_FLIGHT = Gauge("claimstream_in_flight_articles", "Articles taken and not yet acknowledged.", ["stage"])
HALTED = Gauge(
    "claimstream_halted", "1 once a worker has stopped taking messages: too many were dead letters.", ["stage"]
)
LAST_SUCCESS = Gauge("claimstream_last_success_timestamp_seconds", "When the last article left the stage.", ["stage"])

SUPERSEDED = Counter(
    "claimstream_superseded_articles", "Articles that came after a newer version of theirs; no parts sent.", ["stage"]
)
WITHDRAWN = Counter("claimstream_withdrawn", "Tombstones for parts that a newer version no longer has.", ["stage"])

LANGUAGES = Counter("claimstream_languages", "Articles by detected language.", ["language"])
ENTITIES = Counter("claimstream_entities", "Mentions by entity type.", ["type"])
CLAIMS = Counter("claimstream_claims", "Claims by primary type and language.", ["type", "language"])

FOUND = {"languages": LANGUAGES, "entities": ENTITIES, "claims": CLAIMS}
"""Counters by the names under which a stage reports what it found."""

"""Every metric of a worker, declared once. Base units; labels are bounded and never hold an article id.

What each means, and when to worry, is in docs/metrics.md; a test holds the two together.
"""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from schemas import Status
from services.stream.errors import Reason

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
TENTHS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
OUTCOMES = (*(status.value for status in Status), "withdrawn", "dead")

# What became of what was taken. Of matching the messages are claims, and tombstones among them `withdrawn`.
TAKEN = Counter("claimstream_taken_articles", "Messages taken from the input topic.", ["stage"])
ARTICLES = Counter("claimstream_articles", "Articles that left a stage, by outcome.", ["stage", "outcome"])
DEAD_LETTERS = Counter("claimstream_dead_letters", "Messages sent to articles.dead.", ["stage", "reason"])
RETRIES = Counter("claimstream_retries", "Attempts repeated, by what failed: process or publish.", ["stage", "reason"])
IN_FLIGHT = Gauge("claimstream_in_flight_articles", "Articles taken and not yet acknowledged.", ["stage"])
UNRECONCILED = Gauge(
    "claimstream_unreconciled_articles", "Messages passed over or committed without an outcome.", ["stage"]
)
SUPERSEDED = Counter(
    "claimstream_superseded_articles", "Articles that came after a newer version of theirs; no parts sent.", ["stage"]
)
WITHDRAWN = Counter("claimstream_withdrawn", "Tombstones for parts that a newer version no longer has.", ["stage"])

# Time.
PROCESSING = Histogram(
    "claimstream_processing_seconds", "Time that reading one article took, without waiting.", ["stage"], buckets=SECONDS
)
END_TO_END = Histogram(
    "claimstream_end_to_end_seconds",
    "From the raw article's time in Kafka until this stage's event was acknowledged.",
    ["stage"],
    buckets=SECONDS,
)
EVENT_AGE = Histogram(
    "claimstream_event_age_seconds", "Age of a message when the stage takes it.", ["stage"], buckets=SECONDS
)
LAG = Gauge("claimstream_lag_messages", "Messages of the worker's partitions not committed.", ["stage", "topic"])
LAG_SECONDS = Gauge("claimstream_lag_seconds", "Age of the oldest message not committed.", ["stage", "topic"])
LAST_COMMIT = Gauge(
    "claimstream_last_commit_timestamp_seconds", "When a committed offset last moved on; 0: not yet.", ["stage"]
)
LAST_SUCCESS = Gauge("claimstream_last_success_timestamp_seconds", "When the last article left the stage.", ["stage"])

# The worker itself.
READY = Gauge("claimstream_ready", "1 where /readyz says yes.", ["stage"])
HALTED = Gauge(
    "claimstream_halted", "1 once a worker has stopped taking messages: too many were dead letters.", ["stage"]
)
PARTITIONS = Gauge("claimstream_assigned_partitions", "Partitions of the input topic that the worker holds.", ["stage"])
REBALANCES = Counter("claimstream_rebalances", "Times that the worker was given its partitions.", ["stage"])
RESTARTS = Counter("claimstream_restarts", "Times that the supervisor started the worker again.", ["stage"])
MODEL = Gauge("claimstream_model_info", "1 for each model that has read.", ["stage", "model", "version", "sha256"])

# What was found.
LANGUAGES = Counter("claimstream_languages", "Articles by detected language.", ["language"])
ENTITIES = Counter("claimstream_entities", "Mentions by entity type.", ["type"])
CLAIMS = Counter("claimstream_claims", "Claims by primary type and language.", ["type", "language"])
CONFIDENCE = Histogram(
    "claimstream_confidence", "Confidence of what a stage found: language, mention, claim type.", ["stage"],
    buckets=TENTHS,
)  # fmt: skip
CHECK_WORTHINESS = Histogram("claimstream_check_worthiness", "Check-worthiness of claims.", ["stage"], buckets=TENTHS)
MATCHES = Counter("claimstream_matches", "Claims by how they were matched: first, exact or near.", ["match"])

FOUND = {"languages": LANGUAGES, "entities": ENTITIES, "claims": CLAIMS, "matches": MATCHES}
"""Counters by the names under which a stage reports what it found."""

MEASURED = {"confidence": CONFIDENCE, "check_worthiness": CHECK_WORTHINESS}
"""Histograms by the names under which a stage reports values of what it found."""


def begin(stage: str, restarts: int) -> None:
    """Sets all of a stage to zero: a series that first appears with 1 hides that one from `increase`."""
    for outcome in OUTCOMES:
        ARTICLES.labels(stage, outcome)
    for reason in Reason:
        DEAD_LETTERS.labels(stage, reason)
    for failure in (Reason.PROCESSING_FAILED, Reason.PROCESSING_TIMEOUT, Reason.PROCESS_CRASHED, "publish"):
        RETRIES.labels(stage, failure)
    for metric in (TAKEN, IN_FLIGHT, UNRECONCILED, PROCESSING, END_TO_END, EVENT_AGE, LAST_COMMIT, HALTED, PARTITIONS):
        metric.labels(stage)
    for counter in (SUPERSEDED, WITHDRAWN, REBALANCES):
        counter.labels(stage)
    RESTARTS.labels(stage).inc(restarts)

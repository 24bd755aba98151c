"""The claims as a table, over time, and as accusations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.console.view.claims import BARS, accusations, claims_view, timeline

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def row(worth: float = 0.5, minutes: float = 0, **fields: Any) -> dict[str, Any]:
    common = {
        "type": "event",
        "language": "en",
        "source": "Wire",
        "speaker": None,
        "target": None,
        "text": "A dam broke.",
    }
    return common | {"worth": worth, "when": (NOON - timedelta(minutes=minutes)).isoformat()} | fields


def test_ranked_by_worth_and_the_newest_first_among_equals() -> None:
    rows = [row(0.2, text="c"), row(0.9, 10, text="b"), row(0.9, 1, text="a")]
    assert [each["text"] for each in claims_view(rows, {})["groups"][0]["rows"]] == ["a", "b", "c"]
    assert [each["text"] for each in claims_view(rows, {"sort": "newest"})["groups"][0]["rows"]] == ["c", "a", "b"]


def test_filters_meet() -> None:
    rows = [
        row(),
        row(language="fr"),
        row(speaker="Ana", text="Ça va"),
        row(speaker="Ana", type="accusation", target="Bo"),
    ]
    assert claims_view(rows, {"language": "fr"})["total"] == 1
    assert claims_view(rows, {"speaker": "Ana"})["total"] == 2
    assert claims_view(rows, {"speaker": "Ana", "type": "accusation"})["total"] == 1
    assert [claims_view(rows, {"q": q})["total"] for q in ("ÇA", " bo", "dam", "zebra", "")] == [1, 1, 3, 0, 4]
    view = claims_view(rows, {"language": "fr"})
    assert view["held"] == 4 and view["languages"] == ["en", "fr"] and view["sources"] == ["Wire"]
    for asked in ({"sort": "x"}, {"group": "source"}):
        with pytest.raises(ValueError, match="sort is one of"):
            claims_view(rows, asked)


def test_groups_by_name_with_most_claims_first_and_nameless_last() -> None:
    rows = [row(speaker="Ana"), *(row(speaker="Bo") for _ in range(8)), *(row() for _ in range(9))]
    groups = claims_view(rows, {"group": "speaker"})["groups"]
    assert [(group["name"], group["count"], len(group["rows"])) for group in groups] == [
        ("Bo", 8, 5), ("Ana", 1, 1), (None, 9, 5),
    ]  # fmt: skip


def test_every_claim_is_in_a_bar_or_earlier() -> None:
    assert timeline([]) == {"step": None, "bars": [], "earlier": 0}
    rows = [row(minutes=minute, type="rule" if minute % 2 else "event") for minute in range(50)]
    told = timeline(rows)
    assert told["step"] == "minute" and len(told["bars"]) == 50 and told["bars"][-1]["types"] == {"event": 1}
    far = timeline([*rows, row(minutes=60 * 24 * 365 * 30)])
    assert far["step"] == "minute" and far["earlier"] == 1 and len(far["bars"]) == BARS
    years = timeline([row(minutes=60 * 24 * 30 * month) for month in range(200)])
    assert years["step"] == "month"
    assert sum(sum(bar["types"].values()) for bar in years["bars"]) + years["earlier"] == 200


def test_accusations_count_pairs() -> None:
    accused = {"type": "accusation", "target": "Bo"}
    rows = [
        row(**accused),
        row(**accused, speaker="Ana"),
        row(**accused, speaker="Ana"),
        row(type="accusation"),
        row(target="X"),
    ]
    assert accusations(rows) == [
        {"speaker": "Ana", "target": "Bo", "count": 2},
        {"speaker": None, "target": "Bo", "count": 1},
    ]

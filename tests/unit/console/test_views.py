"""What the page is told of an article."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas import ClaimsEvent, RawArticle
from schemas.topics import ARTICLES_CLAIMS, ARTICLES_DEAD, ARTICLES_LANGUAGE
from services.console.store import Store
from services.console.view.article import article_view, heading, raw_view, web_link
from services.console.view.live import claim_rows, short, summary
from services.stream.dead_letters import Cause
from services.stream.follow import Message

EXAMPLES = Path(__file__).parents[3] / "schemas" / "examples"
NOW = datetime(2026, 11, 24, 12, 0, 0, 5000, UTC)


def example(topic: str = "articles.claims") -> bytes:
    return (EXAMPLES / topic / "statement.json").read_bytes()


def event(**article: object) -> ClaimsEvent:
    value = json.loads(example())
    value["article"] |= article
    return ClaimsEvent.model_validate(value)


def message(value: bytes | None, *, key: str, topic=ARTICLES_CLAIMS, offset: int = 0, at=NOW, headers=()) -> Message:  # type: ignore[no-untyped-def]
    return Message(topic, 0, offset, at, key, value, list(headers))


def test_article_view_covers_each_claim_mention_and_cue() -> None:
    found = event()
    view = article_view(found)
    pieces = [piece for paragraph in view["paragraphs"] for piece in paragraph]
    assert "".join(piece["t"] for piece in pieces) == found.article.text
    assert found.claims and found.entities.mentions
    for number, claim in enumerate(found.claims):
        assert "".join(piece["t"] for piece in pieces if number in piece.get("c", [])) == claim.span.exact
        shown = view["claims"][number]
        assert shown["text"] == claim.text and shown["worth"] == claim.check_worthiness
        assert [cue["text"] for cue in shown["why"]] == [cue.span.exact for cue in claim.explanation]
    for mention in found.entities.mentions:
        about = [piece for piece in pieces if mention.id in [each["m"] for each in piece.get("m", [])]]
        assert "".join(piece["t"] for piece in about) == mention.span.exact
    json.dumps(view)


@pytest.mark.parametrize(
    ("url", "leads"),
    [
        ("https://example.org/a", True),
        ("http://example.org", True),
        ("javascript:alert(1)", False),
        ("JAVASCRIPT:alert(1)//http://a", False),
        ("data:text/html,x", False),
        ("https://", False),
        ("http://[", False),
        ("//example.org", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(url: str | None, leads: bool) -> None:
    assert (web_link(url) == url) is leads or url is None
    assert (web_link(url) is not None) is leads


def test_heading_and_cuts() -> None:
    assert heading(RawArticle(text="First line\nsecond").identified()) == "First line"
    assert heading(RawArticle(text=" \n").identified()) == "(no text)"
    assert heading(RawArticle(title=" T ", text="x").identified()) == "T"
    assert raw_view(RawArticle(text="x").identified())["claims"] is None
    assert short("abcd", 4) == "abcd" and short("abcde", 4) == "abc…"


def test_summary_and_rows() -> None:
    found = event(published_at="2026-01-02T03:04:05Z")
    rows = claim_rows(found, NOW)
    assert [row["when"] for row in rows] == ["2026-01-02T03:04:05+00:00"] * len(found.claims)
    line = summary(found, NOW, 1.5)
    assert line["claims"] == len(rows) and sum(line["types"].values()) == len(rows)
    assert claim_rows(event(published_at=None), NOW)[0]["when"] == NOW.isoformat()


def test_store_keeps_the_newest_version_and_no_more_than_asked() -> None:
    store = Store(articles=2)
    for number, id in enumerate("abc"):
        store.take([message(event(article_id=id).model_dump_json().encode(), key=id, offset=number)])
    assert [line["id"] for line in store.lines(10)] == ["c", "b"] and store.event("a") is None
    newer = event(article_id="b", version=3, text=event().article.text, title="Corrected").model_dump_json().encode()
    store.take([message(newer, key="b"), message(event(article_id="b").model_dump_json().encode(), key="b")])
    assert store.lines(1)[0]["title"] == "Corrected" and store.event("b") == newer
    assert {row["article"] for row in store.rows()} == {"b", "c"}


def test_store_passes_over_what_it_can_not_read() -> None:
    store = Store(articles=5)
    assert not store.take([message(b"{", key="x"), message(None, key="x"), message(b'{"schema_version": 9}', key="x")])


def test_a_journey_from_the_page_through_a_stage_to_a_dead_letter() -> None:
    store = Store(articles=5)
    language = example("articles.language")
    article = RawArticle.model_validate(json.loads(language)["article"]).identified()
    id = article.article_id
    assert not store.take([message(language, key=id, topic=ARTICLES_LANGUAGE)]), "nobody waits for it"
    store.expect([article])
    journey = store.journey(id)
    assert journey and not journey["done"] and journey["steps"][0] == "language" and journey["stages"] == []
    old = datetime.now(UTC) - timedelta(seconds=5)
    store.take([message(language, key=id, topic=ARTICLES_LANGUAGE, at=old)])
    assert store.journey(id)["stages"] == [], "an event from before it was sent"  # type: ignore[index]
    later = datetime.now(UTC) + timedelta(seconds=1)
    assert store.take([message(language, key=id, topic=ARTICLES_LANGUAGE, at=later)]).journeys == [id]
    journey = store.journey(id)
    assert journey and [stage["stage"] for stage in journey["stages"]] == ["language"]
    assert journey["article"]["language"] and journey["article"]["entities"] is None
    headers = Cause("entities", "articles.language", 0, 7, "process_crashed", "Poison", "it ended", 2).headers([])
    store.take([message(b"\xff{", key=id, topic=ARTICLES_DEAD, headers=headers, at=later)])
    journey = store.journey(id)
    assert journey and journey["done"] and journey["dead"]["cause"]["message"] == "it ended"
    (letter,) = store.dead_letters()
    assert letter["bytes"] == 2 and letter["article"] == id
    json.dumps(letter)

"""What a service does to one message, without a broker."""

from __future__ import annotations

import json
import pickle
from uuid import UUID

import pytest
from pydantic import ValidationError

from schemas import Article, RawArticle, Span
from services.stream.dead_letters import Breaker, Cause
from services.stream.envelope import check_schema, event_id, header, new_trace, next_hop
from services.stream.errors import Reason, Reject
from services.stream.service import registry
from services.stream.settings import Settings
from services.stream.stage import Stage, parse


@pytest.mark.parametrize(
    ("value", "reason", "words"),
    [
        (None, Reason.NULL_VALUE, "null"),
        (b"", Reason.NOT_JSON, "EOF"),
        (b"{", Reason.NOT_JSON, "EOF"),
        (b"\xff", Reason.NOT_UTF8, "byte 0 of 1"),
        (b"[]", Reason.INVALID_FIELD, "object"),
        (b"{}", Reason.INVALID_FIELD, "text: Field required"),
        (b'{"text": 1, "version": 0}', Reason.INVALID_FIELD, "version"),
        (b'{"text": "x", "published_at": "yesterday"}', Reason.INVALID_FIELD, "published_at"),
        (b'{"text": "x", "schema_version": 7}', Reason.FUTURE_SCHEMA_VERSION, "newer"),
        (b'{"text": "x", "article_id": ""}', Reason.INVALID_FIELD, "article_id"),
    ],
)
def test_bad_messages_are_refused_with_a_reason(value: bytes | None, reason: Reason, words: str) -> None:
    with pytest.raises(Reject) as refused:
        parse(RawArticle, value)
    assert refused.value.reason is reason
    assert words in refused.value.message
    again = pickle.loads(pickle.dumps(refused.value))
    assert (again.reason, again.message) == (reason, refused.value.message)


def test_unknown_fields_are_kept_in_extra() -> None:
    article = parse(RawArticle, b'{"text": "x", "desk": {"id": null}, "extra": {"a": 1}}')
    assert article.extra == {"desk": {"id": None}, "a": 1}


def test_an_article_id_follows_from_what_identifies_the_article() -> None:
    url = RawArticle(text="a", url="https://example.org/1")
    assert url.identified().article_id == RawArticle(text="b", url="https://example.org/1").identified().article_id
    assert RawArticle(text="a").identified().article_id != RawArticle(text="b").identified().article_id
    assert RawArticle(text="a", article_id="mine").identified().article_id == "mine"
    assert UUID(url.identified().article_id).version == 5


def test_dates_without_zone_are_utc() -> None:
    assert str(RawArticle(text="x", published_at="2026-03-01").published_at) == "2026-03-01 00:00:00+00:00"  # type: ignore[arg-type]


def test_event_ids_are_stable_and_differ_where_they_should() -> None:
    article = Article(article_id="1", text="a")
    assert event_id("language", article) == event_id("language", article)
    others = [article.model_copy(update=change) for change in ({"text": "b"}, {"version": 2}, {"article_id": "2"})]
    ids = {
        event_id("language", article),
        event_id("claims", article),
        *(event_id("language", other) for other in others),
    }
    assert len(ids) == 5


def test_language_stage_skips_what_has_no_text() -> None:
    stage = Stage(registry()["language"], Settings())
    done = stage(b'{"text": " \\n"}')
    event = json.loads(done.event.value)
    assert done.status == event["status"] == "skipped"
    assert event["warnings"] == ["empty_text: the article has no text"]


def test_span_outside_the_text_is_an_error() -> None:
    assert Span.of("a😀b", 1, 2).exact == "😀"
    with pytest.raises(ValueError):
        Span.of("abc", 2, 4)


def test_trace_context_is_carried_on() -> None:
    first = new_trace()
    second = next_hop(first)
    assert first.split("-")[1] == second.split("-")[1] and first != second
    for broken in (None, "", "00-0-0-01", f"00-{'0' * 32}-{'1' * 16}-01"):
        assert next_hop(broken) != broken


def test_schema_header_of_the_future() -> None:
    check_schema([("ce_dataschema", b"urn:claimstream:schema:articles.raw:1"), ("other", None)])
    check_schema([("ce_dataschema", b"urn:somebody:else:9"), ("ce_dataschema", b"\xff")])
    with pytest.raises(Reject, match="newer"):
        check_schema([("ce_dataschema", b"urn:claimstream:schema:articles.raw:2")])
    assert header([("a", b"\xff")], "a") is None


def test_cause_survives_its_headers() -> None:
    cause = Cause("language", "t.articles.raw", 3, 42, "not_json", "Reject", "é" * 900, 1)
    headers = cause.headers([("mine", b"1"), ("dead_reason", b"earlier")])
    read = Cause.of(headers)
    assert read.message == "é" * 500 and (read.offset, read.reason) == (42, "not_json")
    assert ("mine", b"1") in headers and len([name for name, _ in headers if name == "dead_reason"]) == 1


def test_breaker() -> None:
    breaker = Breaker(limit=0.5, window=10)
    for _ in range(9):
        breaker.count(dead=True)
    assert not breaker.tripped, "the window is not full yet"
    breaker.count(dead=True)
    assert breaker.tripped
    for _ in range(5):
        breaker.count(dead=False)
    assert not breaker.tripped


def test_settings_are_validated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMSTREAM_KAFKA__PORT", "1234")
    monkeypatch.setenv("CLAIMSTREAM_KAFKA__BOOTSTRAP", "")
    assert Settings().kafka.address == "127.0.0.1:1234"
    for name, value in (("KAFKA__PORT", "0"), ("KAFKA__PORTS", "1"), ("PROCESSING__ATTEMPTS", "x")):
        with monkeypatch.context() as context, pytest.raises(ValidationError):
            context.setenv(f"CLAIMSTREAM_{name}", value)
            Settings()

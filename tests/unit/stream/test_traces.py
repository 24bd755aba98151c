"""A message's span is the child of what came in and the parent of what goes out; sending spans holds nothing up."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from faust.types import Message
from faust.types.tuples import TP
from pydantic import ValidationError

from deploy.local.ports import free_port
from schemas.topics import ARTICLES_RAW
from services.language.service import service
from services.stream.dead_letters import Cause
from services.stream.envelope import TRACEPARENT, new_trace, trace_id
from services.stream.settings import Kafka, Settings
from services.stream.settings import Traces as TraceSettings
from services.stream.stage import Output, Processed
from services.stream.traces import Hop, Traces, traces_of
from tests.collector import Collector, Told, collector

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"
DONE = Processed("a-1", 1, "ok", Output(ARTICLES_RAW, "a-1", b"{}", "e"), (), 0.1, {}, {}, ("", "", ""))


@pytest.fixture
def taker() -> Iterator[Collector]:
    with collector() as taker:
        yield taker


def traces(endpoint: str, ratio: float = 1) -> Traces:
    traced = TraceSettings(endpoint=endpoint, ratio=ratio)
    return traces_of(service, Settings(kafka=Kafka(topic_prefix="t."), traces=traced))


def take(traces: Traces, traceparent: str | None, work: Callable[[Hop], None] = lambda hop: hop.became(DONE)) -> str:
    """One message with that header; gives the traceparent that goes out."""
    headers = [(TRACEPARENT, traceparent.encode())] if traceparent is not None else []
    message = Message("t.articles.raw", 3, 42, 0.0, 0, headers, b"key", b"value", None, tp=TP("t.articles.raw", 3))
    with traces.hop(message, headers, "key") as hop:
        work(hop)
    return hop.traceparent


def by_name(taker: Collector) -> dict[str, Told]:
    assert len({span.name for span in taker.spans}) == len(taker.spans)
    return {span.name: span for span in taker.spans}


def test_a_hop_is_the_child_of_what_came_in_and_the_parent_of_what_goes_out(taker: Collector) -> None:
    def work(hop: Hop) -> None:
        with hop.part("read"):
            pass
        with hop.part("publish"):
            pass
        hop.became(DONE)

    spans = traces(taker.endpoint)
    out = take(spans, f"00-{TRACE}-{PARENT}-01", work)
    spans.close()
    found = by_name(taker)
    hop = found.pop("process t.articles.raw")
    assert out == f"00-{TRACE}-{hop.id}-01"
    assert (hop.service, hop.kind, hop.trace, hop.parent) == ("claimstream-language", "consumer", TRACE, PARENT)
    assert hop.attributes == {
        "messaging.system": "kafka",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": "t.articles.raw",
        "messaging.destination.partition.id": "3",
        "messaging.kafka.offset": 42,
        "messaging.consumer.group.name": "t.claimstream-language",
        "messaging.message.body.size": 5,
        "claimstream.article_id": "a-1",
        "claimstream.outcome": "ok",
    }
    assert not hop.failed
    assert set(found) == {"read", "publish"}
    assert all((part.trace, part.parent, part.failed) == (TRACE, hop.id, False) for part in found.values())


@pytest.mark.parametrize("broken", [None, "", "gibberish", "0" * 600, f"00-{'0' * 32}-{PARENT}-01"])
@pytest.mark.parametrize("ratio", [0, 1])
def test_what_came_without_a_trace_begins_one(taker: Collector, broken: str | None, ratio: int) -> None:
    spans = traces(taker.endpoint, ratio)
    out = take(spans, broken)
    spans.close()
    assert trace_id(out)
    assert int(out[-2:], 16) & 1 == ratio
    assert [(span.trace, span.parent) for span in taker.spans] == [(trace_id(out), "")] * ratio


def test_a_trace_that_is_not_sampled_goes_on_unrecorded(taker: Collector) -> None:
    spans = traces(taker.endpoint)
    out = take(spans, f"00-{TRACE}-{PARENT}-00")
    spans.close()
    assert trace_id(out) == TRACE and out.endswith("-00")
    assert not taker.spans


def test_a_share_of_new_traces_is_sampled() -> None:
    assert new_trace().endswith("-01") and new_trace(0).endswith("-00")
    assert 350 < sum(new_trace(0.5).endswith("-01") for _ in range(1000)) < 650


def test_failures_show(taker: Collector) -> None:
    def work(hop: Hop) -> None:
        with pytest.raises(ZeroDivisionError), hop.part("read"):
            raise ZeroDivisionError("\ud800" + "x" * 1000)
        hop.became(Cause("language", "t.articles.raw", 3, 42, "not_json", "Reject", "no JSON", 1))

    spans = traces(taker.endpoint)
    take(spans, None, work)
    with pytest.raises(ConnectionError):
        take(spans, None, lambda hop: (_ for _ in ()).throw(ConnectionError("a bug")))
    spans.close()
    dead, bug, read = sorted(taker.spans, key=lambda span: (span.name, span.message == "a bug"))
    assert dead.failed and dead.message == "no JSON"
    assert dead.attributes["claimstream.outcome"] == "dead"
    assert dead.attributes["claimstream.dead_reason"] == "not_json"
    assert dead.attributes["error.type"] == "Reject"
    assert bug.failed and bug.attributes["error.type"] == "ConnectionError"
    assert read.failed and read.message == "?" + "x" * 499
    assert read.attributes["error.type"] == "ZeroDivisionError"


def test_the_librarys_own_switch_does_no_harm(taker: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    spans = traces(taker.endpoint)
    assert trace_id(take(spans, f"00-{TRACE}-{PARENT}-01")) == TRACE
    assert trace_id(take(spans, None))
    spans.close()
    assert not taker.spans


def test_a_collector_that_refuses_is_told_of_once_until_it_takes_spans(
    taker: Collector, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.stream.spans.EVERY_SECONDS", 0.05)
    caplog.set_level(logging.INFO, "claimstream")

    def told(asked: int) -> list[str]:
        end = time.monotonic() + 10
        while taker.requests < asked:
            assert time.monotonic() < end
            take(spans, None)
            time.sleep(0.02)
        return [record.levelname for record in caplog.records if record.name == "claimstream.traces"]

    taker.status = 404
    spans = traces(taker.endpoint)
    assert told(4) == ["WARNING"]
    assert "404" in caplog.text
    taker.status = 200
    assert told(7) == ["WARNING", "INFO"]
    taker.status = 500
    assert told(10) == ["WARNING", "INFO", "WARNING"]
    spans.close()


def test_a_dead_or_silent_collector_holds_nothing_up(taker: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.stream.spans.FLUSH_SECONDS", 0.5)
    taker.answer.clear()
    for endpoint in (taker.endpoint, f"http://127.0.0.1:{free_port()}"):
        spans = traces(endpoint)
        started = time.monotonic()
        for _ in range(3000):  # more than the queue takes
            take(spans, None)
        assert time.monotonic() - started < 5
        started = time.monotonic()
        spans.close()
        assert time.monotonic() - started < 2


def test_without_an_endpoint_the_trace_goes_on_and_nothing_is_loaded() -> None:
    out = take(traces(""), f"00-{TRACE}-{PARENT}-01", lambda hop: hop.part("read").__enter__())
    assert trace_id(out) == TRACE and PARENT not in out
    loaded = "import sys, services.stream.worker; print([name for name in sys.modules if 'opentelemetry' in name])"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("endpoint", "url"),
    [
        ("", None),
        ("http://collector:4318", "http://collector:4318/v1/traces"),
        ("http://collector:4318/", "http://collector:4318/v1/traces"),
        ("https://x.example/api/otlp/v1/traces", "https://x.example/api/otlp/v1/traces"),
    ],
)
def test_the_endpoint_may_leave_out_the_path(monkeypatch: pytest.MonkeyPatch, endpoint: str, url: str | None) -> None:
    monkeypatch.setenv("CLAIMSTREAM_TRACES__ENDPOINT", endpoint)
    assert Settings().traces.url == url


@pytest.mark.parametrize("wrong", ["collector:4318", "grpc://collector:4317", "http://", "http://collector:99999"])
def test_a_wrong_endpoint_is_told_at_the_start(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("CLAIMSTREAM_TRACES__ENDPOINT", wrong)
    with pytest.raises(ValidationError, match=r"traces\.endpoint\n  .*(URL scheme should be 'http'|valid URL)"):
        Settings()

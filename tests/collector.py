"""A small OpenTelemetry collector for tests: takes OTLP over HTTP and keeps the spans."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status


@dataclass(frozen=True)
class Told:
    """A span as it arrived; ids in hex, `parent` empty for a root."""

    service: str
    name: str
    kind: str
    trace: str
    id: str
    parent: str
    attributes: dict[str, Any]
    failed: bool
    message: str
    seconds: float


@dataclass
class Collector:
    """`status` is what it answers; `answer` is awaited before it does."""

    endpoint: str
    spans: list[Told] = field(default_factory=list)
    status: int = 200
    requests: int = 0
    answer: threading.Event = field(default_factory=threading.Event)


@contextmanager
def collector() -> Iterator[Collector]:
    """Listens on 127.0.0.1 until the end of the block."""

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            here.requests += 1
            here.answer.wait(30)
            if here.status == 200:
                assert self.path == "/v1/traces" and self.headers["Content-Type"] == "application/x-protobuf"
                here.spans += told(ExportTraceServiceRequest.FromString(body))
            self.send_response(here.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
    here = Collector(f"http://127.0.0.1:{server.server_port}")
    here.answer.set()
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield here
    here.answer.set()
    server.shutdown()
    server.server_close()


def told(request: ExportTraceServiceRequest) -> Iterator[Told]:
    for resource in request.resource_spans:
        service = attributes(resource.resource)["service.name"]
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield Told(
                    service,
                    span.name,
                    Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
                    span.trace_id.hex(),
                    span.span_id.hex(),
                    span.parent_span_id.hex(),
                    attributes(span),
                    span.status.code == Status.STATUS_CODE_ERROR,
                    span.status.message,
                    (span.end_time_unix_nano - span.start_time_unix_nano) / 1e9,
                )


def attributes(of: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in of.attributes}

"""Spans by OpenTelemetry's library: one for each message at each service, and in it those of reading and publishing.

Names and attributes: https://opentelemetry.io/docs/specs/semconv/messaging/kafka/

A thread sends them. Nothing waits for it: a collector that is away, slow or wrong costs spans, never an article.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from faust.types import Message
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AnyValue

from services.stream.dead_letters import MESSAGE_LENGTH, Cause
from services.stream.envelope import TRACEPARENT, Headers, header, new_trace, trace_id
from services.stream.service import Service
from services.stream.settings import Settings
from services.stream.stage import Processed
from services.stream.traces import Hop, Traces

log = logging.getLogger("claimstream.traces")

QUEUE = 2048  # ended spans that wait to be sent; more are dropped, the oldest first
EVERY_SECONDS = 2
FLUSH_SECONDS = 3  # within the 10 s that compose, Kubernetes and the supervisor leave beside the articles in flight

W3C = TraceContextTextMapPropagator()


class Recorded(Hop):
    """A message, and its span."""

    def __init__(self, tracer: Tracer, span: Span) -> None:
        self._tracer, self._span = tracer, span
        self._context = set_span_in_context(span)
        carrier: dict[str, str] = {}
        W3C.inject(carrier, self._context)
        super().__init__(carrier.get(TRACEPARENT) or new_trace())  # nothing is injected with OTEL_SDK_DISABLED

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        """Ends the span."""
        if error is not None:
            _failed(self._span, type(error).__name__, str(error))
        self._span.end()

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """A child span; an error that passes marks it."""
        span = self._tracer.start_span(name, self._context)
        try:
            yield
        except BaseException as error:
            _failed(span, type(error).__name__, str(error))
            raise
        finally:
            span.end()

    def became(self, result: Processed | Cause) -> None:
        """Outcome as in `claimstream_articles_total`; a dead letter is an error."""
        if isinstance(result, Cause):
            self._span.set_attributes({"claimstream.outcome": "dead", "claimstream.dead_reason": result.reason})
            _failed(self._span, result.error, result.message)
        else:
            self._span.set_attribute("claimstream.outcome", result.status)
            if result.article_id:
                self._span.set_attribute("claimstream.article_id", result.article_id)


class Spans(Traces):
    """Records what a service does, and sends it to an OTLP endpoint."""

    def __init__(self, service: Service, settings: Settings, url: str) -> None:
        self._group = service.group(settings.kafka.topic_prefix)
        self._trouble = _Trouble()
        self._provider = TracerProvider(
            sampler=ParentBasedTraceIdRatio(settings.traces.ratio),
            resource=Resource.create({"service.name": service.group("")}),
            span_limits=SpanLimits(max_attribute_length=MESSAGE_LENGTH),
            shutdown_on_exit=False,  # it would wait without a bound
        )
        exporter = _Exporter(url, self._trouble)
        self._provider.add_span_processor(BatchSpanProcessor(exporter, QUEUE, EVERY_SECONDS * 1000))
        self._tracer = self._provider.get_tracer("claimstream")

    def hop(self, message: Message, headers: Headers, article_id: str) -> Hop:
        """Starts the span of a message, the child of what its `traceparent` names."""
        attributes: dict[str, AnyValue] = {
            "messaging.system": "kafka",
            "messaging.operation.name": "process",
            "messaging.operation.type": "process",
            "messaging.destination.name": message.topic,
            "messaging.destination.partition.id": str(message.partition),
            "messaging.kafka.offset": message.offset,
            "messaging.consumer.group.name": self._group,
            "messaging.message.body.size": len(message.value or b""),
            "claimstream.article_id": article_id,
        }
        told = header(headers, TRACEPARENT) or ""
        parent = W3C.extract({TRACEPARENT: told if trace_id(told) else ""})
        span = self._tracer.start_span(f"process {message.topic}", parent, SpanKind.CONSUMER, attributes)
        return Recorded(self._tracer, span)

    def close(self) -> None:
        """Sends what has ended. A thread does it, as the library's own wait has no bound that holds."""
        last = threading.Thread(target=self._provider.shutdown, name="last spans", daemon=True)
        last.start()
        last.join(FLUSH_SECONDS)
        self._trouble.close()


class _Exporter(OTLPSpanExporter):
    def __init__(self, url: str, trouble: _Trouble) -> None:
        super().__init__(url)
        self._trouble = trouble

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = super().export(spans)
        if result is SpanExportResult.SUCCESS:
            self._trouble.over()
        return result


class _Trouble(logging.Handler):
    """Says once that spans are being lost, until some arrive again. The library says it at every try."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._said = False
        self._library = logging.getLogger("opentelemetry")
        self._library.propagate = False
        self._library.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        if not self._said:
            self._said = True
            log.warning("spans do not arrive and will be dropped; articles go on: %s", record.getMessage())

    def over(self) -> None:
        if self._said:
            self._said = False
            log.info("spans arrive again")

    def close(self) -> None:
        self._library.removeHandler(self)
        super().close()


def _failed(span: Span, error: str, message: str) -> None:
    span.set_attribute("error.type", error)
    span.set_status(StatusCode.ERROR, message[:MESSAGE_LENGTH].encode(errors="replace").decode())

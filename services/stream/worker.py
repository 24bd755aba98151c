"""A worker: one service on Faust, reading its topic, several articles in flight, acknowledged in order.

At least once. What keeps that true, numbered as in docs/guarantees.md:

1. An event is acknowledged only after everything made of it, or its dead letter, was acknowledged by the broker.
2. Acks of a partition come in the order of its messages: each article's task waits for the one before it. Faust's
   commit guard lets an unacknowledged head be committed past when acks come out of order (faust-streaming issue 606).
3. The stream runs with `noack()`: Faust acknowledges in a `finally` around the loop body, so an exception, a cancelled
   body or a closed generator would acknowledge what was never done.
4. Nothing leaves a task but a bug in this file, and that ends the process at once; it starts again at the last commit.
5. On a rebalance and on SIGTERM Faust waits for the articles in flight (`stream_wait_empty`), then commits.
6. With a ledger, its row is acknowledged before anything that it stands for is sent (`services.stream.ledger`).
"""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import chain, repeat
from pathlib import Path
from time import time
from typing import Any, NoReturn

import faust
from aiokafka.errors import MessageSizeTooLargeError
from faust.types import TP, EventT

from schemas.topics import ARTICLES_DEAD, ARTICLES_RAW, MAX_MESSAGE_BYTES, Topic
from services.stream import logs, metrics
from services.stream.dead_letters import Breaker, Cause
from services.stream.envelope import (
    RAW_TIME,
    SUBJECT,
    Headers,
    check_schema,
    cloud_event,
    header,
    trace_id,
)
from services.stream.errors import Reason, Reject
from services.stream.health import Health
from services.stream.ledger import Edition, settle
from services.stream.ledgers import Ledgers
from services.stream.pool import NoReader, Poison, ReadingPool
from services.stream.service import Service
from services.stream.settings import Settings
from services.stream.stage import Output, Processed, row_of
from services.stream.traces import Hop, traces_of
from services.stream.watch import Watch

log = logging.getLogger("claimstream.worker")

Event = EventT[Any]

SESSION_SECONDS = 10  # a killed member's partitions are taken over after this
PUBLISH_TIMEOUT_SECONDS = 20
BACKOFF_SECONDS = (0.1, 0.2, 0.5, 1, 2, 5)  # waits between tries to publish; the last one repeats

EXIT_BUG, EXIT_FROZEN, EXIT_NO_MODEL = 70, 75, 78  # EX_SOFTWARE, EX_TEMPFAIL and EX_CONFIG of sysexits.h


def make_app(service: Service, settings: Settings) -> faust.App:
    """A Faust app with the settings that at-least-once needs; reasons in docs/guarantees.md."""
    compression = None if settings.kafka.compression == "none" else settings.kafka.compression
    slowest = settings.processing.timeout_seconds * settings.processing.attempts
    return faust.App(
        service.group(settings.kafka.topic_prefix),
        broker=[f"kafka://{address}" for address in settings.kafka.address.split(",")],
        store="memory://",
        datadir=Path(
            tempfile.gettempdir(), f"claimstream-faust-{os.getuid()}"
        ),  # Faust makes it, and keeps nothing there
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        processing_guarantee="at_least_once",
        stream_wait_empty=True,
        stream_buffer_maxsize=64,
        broker_max_poll_records=100,
        broker_session_timeout=SESSION_SECONDS,
        broker_heartbeat_interval=3,
        broker_request_timeout=30,
        broker_rebalance_timeout=max(60, 2 * slowest),
        broker_commit_interval=1,
        consumer_auto_offset_reset="earliest",
        producer_acks=-1,
        producer_linger_ms=0,
        producer_request_timeout=PUBLISH_TIMEOUT_SECONDS,
        producer_compression_type=compression,
        producer_max_request_size=2 * MAX_MESSAGE_BYTES,  # counted before compression
    )


class Worker:
    """Carries the messages of one service from its input topic to its output topics."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self.service = service
        self.settings = settings
        self.health = Health()
        self._watch = Watch(service, settings, self.health)
        self.app = make_app(service, settings)
        self._pool = ReadingPool(service, settings)
        self._traces = traces_of(service, settings)
        self._slots = asyncio.Semaphore(settings.processing.in_flight)
        self._turns: dict[TP, asyncio.Future[bool]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._breaker = Breaker(settings.processing.dead_letter_limit, settings.processing.dead_letter_window)
        self._stage = {"stage": service.name}
        topic = self.app.topic(self._name(service.reads), key_serializer="raw", value_serializer="raw")
        self.app.agent(topic, concurrency=1)(self._consume)
        self.app.task(self._start)
        self.app.task(self._beat)
        self._ledgers = Ledgers(service.ledger, settings) if service.ledger is not None else None
        self.app.on_partitions_revoked.connect(self._revoked)
        self.app.on_partitions_assigned.connect(self._assigned)

    def _name(self, topic: Topic) -> str:
        return self.settings.kafka.topic_prefix + topic.name

    def close(self) -> None:
        """Ends the reading process and sends the last spans, after the app has stopped."""
        self._watch.stop()
        self._pool.close()
        self._traces.close()

    async def _start(self) -> None:
        """Loads the model."""
        try:
            await self._pool.start()
        except NoReader as error:
            self._end(EXIT_NO_MODEL, str(error))
        self.health.troubles.pop("starting", None)
        self._watch.start()
        log.info("%s reads %s", self.service.name, self._name(self.service.reads))

    async def _beat(self) -> None:
        """Beats while the loop turns."""
        self.health.beat()
        while not self.app.should_stop:
            self._end_if_frozen()
            self.health.beat()
            await asyncio.sleep(1)

    async def _revoked(self, *_: Any, **__: Any) -> None:
        """On a rebalance, when nothing is in flight: what others write from now on is not in the ledgers."""
        self._watch.revoked()
        if self._ledgers is not None:
            self._ledgers.forget()

    async def _assigned(self, *sent: Any, **__: Any) -> None:
        await self._revoked()
        _app, partitions = sent
        self._watch.assigned(partitions)

    async def _consume(self, stream: Any) -> None:
        """Starts a task for each message, at most `in_flight` at once."""
        self.health.beat()  # the time before counts for nothing
        await self._slots.acquire()  # before a message is taken: one taken must be finished
        try:
            async for event in stream.noack().events():
                self._take(event)
                await self._slots.acquire()
                if self._breaker.tripped:
                    await self._halt()
        finally:
            self._slots.release()  # the place of a message that was not taken

    def _take(self, event: Event) -> None:
        tp = event.message.tp
        self._watch.accounts.taken(tp, event.message.offset)
        metrics.TAKEN.labels(**self._stage).inc()
        metrics.EVENT_AGE.labels(**self._stage).observe(max(0.0, time() - event.message.timestamp))
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        before, self._turns[tp] = self._turns.get(tp), turn
        task = asyncio.create_task(self._carry(event, before, turn))
        self._tasks.add(task)  # the loop itself keeps only a weak reference
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._slots.release()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.critical("a bug in carrying a message", exc_info=error)
            self._end(EXIT_BUG, repr(error))

    async def _halt(self) -> NoReturn:
        """Takes nothing more until the process is stopped: alive, not ready, holding no message."""
        limits = self.settings.processing
        share = f"over {limits.dead_letter_limit:.0%} of the last {limits.dead_letter_window} messages"
        self.health.troubles["halted"] = f"halted: {share} were dead letters"
        metrics.HALTED.labels(**self._stage).set(1)
        log.critical("%s is %s; mend the cause, then start it again", self.service.name, self.health.troubles["halted"])
        await asyncio.Event().wait()  # until Faust cancels this at the stop
        raise AssertionError("unreachable")

    def _end(self, code: int, why: str) -> NoReturn:
        """Ends the process without Faust's shutdown: nothing that is not acknowledged may be committed on the way."""
        log.critical("%s ends: %s", self.service.name, why)
        logging.shutdown()
        os._exit(code)

    async def _carry(self, event: Event, before: asyncio.Future[bool] | None, turn: asyncio.Future[bool]) -> None:
        """One message from input to acknowledged output. `turn` tells the next of its partition how this one ended."""
        done = False
        headers, key = _headers(event), event.message.key or b""
        article_id = header(headers, SUBJECT) or key.decode(errors="replace")
        hop = self._traces.hop(event.message, headers, article_id)
        logs.about(article_id, trace_id(hop.traceparent))
        try:
            with metrics.IN_FLIGHT.labels(**self._stage).track_inprogress(), hop:
                result = await self._read(event, hop)
                if before is not None and not await before:
                    return  # the one before was not finished, so this one can't be acknowledged either
                with hop.part("publish"):
                    result = await self._publish(event, result, hop.traceparent)
                event.ack()
                self._watch.accounts.ended(event.message.tp, event.message.offset)
                done = True
                hop.became(result)
        finally:
            turn.set_result(done)

    async def _read(self, event: Event, hop: Hop) -> Processed | Cause:
        """What to publish, or why it can't be. Bad input at once, what fails or kills the reader after some tries."""
        value = event.message.value
        limits = self.settings.processing
        for attempt in range(1, limits.attempts + 1):
            try:
                if self.service.reads is ARTICLES_RAW and value is not None and len(value) > limits.max_article_bytes:
                    raise Reject(Reason.TOO_LARGE, f"{len(value)} bytes, limit {limits.max_article_bytes}")
                check_schema(_headers(event))
                with hop.part("read"):
                    return await self._pool.read(value, event.message.key)
            except Reject as error:
                return self._cause(event, error, error.reason, error.message, attempt)
            except NoReader as error:
                self._end(EXIT_NO_MODEL, str(error))
            except Exception as error:
                reason = error.reason if isinstance(error, Poison) else Reason.PROCESSING_FAILED
                metrics.RETRIES.labels(**self._stage, reason=reason).inc()
                cause = self._cause(event, error, reason, str(error), attempt)
                log.warning("attempt %d of %d at %s: %s", attempt, limits.attempts, event.message.tp, cause.message)
        return cause

    def _cause(self, event: Event, error: Exception, reason: Reason, message: str, attempts: int) -> Cause:
        tp = event.message.tp
        return Cause(
            self.service.name,
            tp.topic,
            tp.partition,
            event.message.offset,
            reason,
            type(error).__name__,
            message,
            attempts,
        )

    async def _publish(self, event: Event, result: Processed | Cause, trace: str) -> Processed | Cause:
        """Publishes, again and again until the broker has acknowledged everything; counts and gives the outcome."""
        waits = chain(BACKOFF_SECONDS, repeat(BACKOFF_SECONDS[-1]))
        while True:
            try:
                await self._send(event, result, trace)
                break
            except Exception as error:
                if isinstance(result, Processed) and _too_large(error):
                    result = self._cause(event, error, Reason.OUTPUT_TOO_LARGE, str(error), 1)
                    continue
                metrics.RETRIES.labels(**self._stage, reason="publish").inc()
                self.health.troubles["publish"] = f"can't publish: {error!r}"
                log.error("can't publish what %s became, trying again: %r", event.message.tp, error)
                await asyncio.sleep(next(waits))
        self.health.troubles.pop("publish", None)
        self._count(result, _raw_time(event))
        return result

    async def _send(self, event: Event, result: Processed | Cause, trace: str) -> None:
        """One try to publish; returns when the broker has acknowledged it."""
        headers, producer = _headers(event), self.app.producer
        if isinstance(result, Cause):
            key, value = event.message.key, event.message.value
            dead = self._name(ARTICLES_DEAD)
            await producer.send_and_wait(dead, key, value, None, None, headers=result.headers(headers))
            return
        if self._ledgers is None:
            await self._post(event, result, trace, result.event, *result.parts)
        else:
            await self._post(event, result, trace, result.event)
            await self._settle(event, result, trace, self._ledgers)

    async def _post(self, event: Event, result: Processed, trace: str, *outputs: Output) -> None:
        """Sends messages together; returns when the broker has acknowledged them all."""
        producer = self.app.producer
        subject = result.article_id or header(_headers(event), SUBJECT) or ""
        sent = [
            await producer.send(
                self._name(output.topic),
                output.key.encode(),
                output.value,
                event.message.tp.partition if output.topic is self.service.ledger else None,
                None,
                headers=cloud_event(output.topic, self.service.name, subject, output.event_id, trace, _raw_time(event)),
            )
            for output in outputs
        ]
        await asyncio.gather(*sent)

    async def _settle(self, event: Event, result: Processed, trace: str, ledgers: Ledgers) -> None:
        """Sends the parts of an article and withdraws those that it no longer has, or nothing if a newer one came before.

        The row goes first, alone. What it says is withdrawn is withdrawn again whenever the same message comes again.
        """
        assert self.service.ledger is not None and self.service.also_writes is not None
        self.health.troubles["ledger"] = "reading its ledger back"
        ledger = await ledgers.of(event.message.tp.partition)
        self.health.troubles.pop("ledger", None)
        edition = Edition.of(result.version, _raw_time(event))
        row = settle(ledger.get(result.article_id), edition, (part.key for part in result.parts))
        if row is None:
            metrics.SUPERSEDED.labels(**self._stage).inc()
            return
        self._end_if_frozen()
        await self._post(event, result, trace, row_of(self.service.ledger, result, row))
        tombstones = [Output(self.service.also_writes, key, None, key) for key in row.withdrawn]
        self._end_if_frozen()
        await self._post(event, result, trace, *result.parts, *tombstones)
        ledger.put(result.article_id, row)
        metrics.WITHDRAWN.labels(**self._stage).inc(len(tombstones))

    def _end_if_frozen(self) -> None:
        """A process that stood still may have lost its partitions to another: what it knows of them is no longer true."""
        if self._ledgers is not None and self.health.still_seconds > SESSION_SECONDS:
            self._end(EXIT_FROZEN, f"stood still for {self.health.still_seconds:.0f} s; starts again with what is true")

    def _count(self, result: Processed | Cause, raw_time: datetime) -> None:
        self._breaker.count(dead=isinstance(result, Cause))
        if isinstance(result, Cause):
            outcome = "dead"
            metrics.DEAD_LETTERS.labels(**self._stage, reason=result.reason).inc()
            log.warning("dead letter from %s[%d]@%d: %s: %s", *_place(result), result.reason, result.message)
        else:
            outcome = result.status
            metrics.PROCESSING.labels(**self._stage).observe(result.seconds)
            metrics.END_TO_END.labels(**self._stage).observe(max(0.0, time() - raw_time.timestamp()))
            metrics.LAST_SUCCESS.labels(**self._stage).set_to_current_time()
            for name, counts in result.found.items():
                for labels, number in counts.items():
                    metrics.FOUND[name].labels(*labels).inc(number)
            for name, values in result.measured.items():
                for value in values:
                    metrics.MEASURED[name].labels(**self._stage).observe(value)
            metrics.MODEL.labels(self.service.name, *result.model).set(1)
        metrics.ARTICLES.labels(**self._stage, outcome=outcome).inc()


def _headers(event: Event) -> Headers:
    headers = event.message.headers or ()
    return list(headers.items() if isinstance(headers, Mapping) else headers)


def _raw_time(event: Event) -> datetime:
    """When the raw article reached Kafka: told by the stages before, else this message's own time."""
    told = header(_headers(event), RAW_TIME)
    try:
        at = datetime.fromisoformat(told or "")
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return datetime.fromtimestamp(event.message.timestamp, UTC)


def _too_large(error: BaseException) -> bool:
    return isinstance(error, MessageSizeTooLargeError) or isinstance(error.__cause__, MessageSizeTooLargeError)


def _place(cause: Cause) -> tuple[str, int, int]:
    return cause.topic, cause.partition, cause.offset

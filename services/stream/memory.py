"""What a service with a memory wrote in the last days, read back from its topic when it starts."""

from __future__ import annotations

import logging
from time import monotonic, time

from services.stream.clients import consumer
from services.stream.errors import Reject
from services.stream.settings import Settings
from services.stream.stage import Stage

log = logging.getLogger("claimstream.memory")

_DAY_MS = 24 * 60 * 60 * 1000


def restore(stage: Stage, settings: Settings) -> None:
    """Gives a service's memory all that is on its topic now. Raises BrokerAway, LookupError, KafkaError."""
    service = stage.service
    if service.memory is None:
        return
    started, number = monotonic(), 0
    since = int(time() * 1000) - service.memory.days(settings) * _DAY_MS
    client = consumer(settings, service.writes, beginning=True)
    try:
        assigned = sorted(client.assignment())
        ends, starts = client.end_offsets(assigned), client.offsets_for_times(dict.fromkeys(assigned, since))
        for tp in assigned:
            client.seek(tp, starts[tp].offset if starts.get(tp) else ends[tp])
        while any(client.position(tp) < ends[tp] for tp in assigned):
            for tp, records in client.poll(timeout_ms=1000).items():
                for record in records:
                    try:
                        number += stage.recall(record.key, record.value)
                    except Reject as error:
                        log.error("%s@%d can't be remembered, left out: %s", tp, record.offset, error.message)
    finally:
        client.close()
    log.info("%s remembers %d messages, read in %.1f s", service.name, number, monotonic() - started)

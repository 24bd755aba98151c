"""The reading process dies with nothing to do, as when memory runs out: another takes its place, and no message is to blame."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psutil
import pytest

from services.stream.pool import NoReader, ReadingPool
from services.stream.settings import Settings
from tests.broker.trial import service


def test_a_reader_killed_while_idle_is_replaced() -> None:
    async def trial() -> None:
        pool = ReadingPool(service, Settings())
        try:
            await pool.start()
            for _ in range(2):
                kill_reader()
                await asyncio.sleep(0.5)
                assert (await pool.read(b'{"text": "ok 1"}', None)).event.value
        finally:
            pool.close()
        with pytest.raises(NoReader):
            await pool.read(b'{"text": "ok 1"}', None)

    asyncio.run(trial())


def test_articles_under_way_share_the_new_reader() -> None:
    async def trial() -> None:
        pool = ReadingPool(service, Settings())
        try:
            await pool.start()
            kill_reader()
            done = await asyncio.gather(*(pool.read(b'{"text": "ok 1"}', None) for _ in range(5)))
            assert len(done) == 5 and all(processed.event.value for processed in done)
            assert len(readers()) == 1
        finally:
            pool.close()

    asyncio.run(trial())


def test_a_model_that_does_not_load_ends_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRIAL_BROKEN", str(tmp_path))

    async def trial() -> None:
        pool = ReadingPool(service, Settings())
        try:
            with pytest.raises(NoReader, match="no such model"):
                await pool.start()
        finally:
            pool.close()

    asyncio.run(trial())


def readers() -> list[psutil.Process]:
    children = psutil.Process().children()
    return [child for child in children if any("spawn_main" in word for word in child.cmdline())]


def kill_reader() -> None:
    (reader,) = readers()
    reader.kill()

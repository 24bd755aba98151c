"""The shipped model, loaded once."""

from __future__ import annotations

import pytest

from services.entities.read import EntityReader


@pytest.fixture(scope="session")
def reader() -> EntityReader:
    """The reader with the shipped model."""
    return EntityReader.load()

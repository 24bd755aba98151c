"""Fixtures of all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of material that is not part of the project; absent on a user's machine, never in CI."""
    folder = Path(os.environ.get("CLAIMSTREAM_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        message = "needs the shared material (set CLAIMSTREAM_SHARED)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder

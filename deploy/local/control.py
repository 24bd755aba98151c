"""What several commands on one stack need: the control socket's place, a lock, and signals that stop in order."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import signal
import stat
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

SOCKET_PATH_LIMIT = 96  # the kernel takes 108 bytes (104 on macOS), and supervisord appends its process id
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StackError(RuntimeError):
    """The stack could not be started or stopped; the message says what to look at."""


def socket_path(state_dir: Path) -> Path:
    """Path of the control socket: in a private folder of the temporary directory, short wherever the clone lies.

    Raises StackError when the folder belongs to someone else, or when even this path is too long.
    """
    folder = Path(tempfile.gettempdir()) / f"claimstream-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise StackError(f"{folder} is no directory of your own that only you may enter; remove it or set TMPDIR.")
    path = folder / f"{hashlib.sha256(os.fsencode(state_dir)).hexdigest()[:16]}.sock"
    if len(os.fsencode(path)) > SOCKET_PATH_LIMIT:
        raise StackError(f"{path} is too long for a unix socket; set TMPDIR to a shorter path.")
    return path


@contextlib.contextmanager
def exclusive(run_dir: Path, say: Callable[[str], None]) -> Iterator[None]:
    """One `up` or `down` of a stack at a time; the lock ends with its holder, however that ends."""
    run_dir.mkdir(parents=True, exist_ok=True)
    with (run_dir / "lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another `claimstream up` or `down` to finish")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def signals_interrupt(active: bool) -> Iterator[threading.Event]:
    """While active, the first ending signal raises KeyboardInterrupt; later ones do nothing: the stop is on its way.

    Setting the event that it yields makes even the first do nothing.
    """
    calm = threading.Event()

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        if not calm.is_set():
            calm.set()
            raise KeyboardInterrupt

    if not active:
        yield calm
        return
    before = {number: signal.signal(number, interrupt) for number in ENDING_SIGNALS}
    try:
        yield calm
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

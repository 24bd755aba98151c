"""Several workers of one service under one parent."""

from __future__ import annotations

import signal
import subprocess
import sys
import time


def run_several(service: str, workers: int) -> int:
    """Runs `workers` processes until one ends or a signal comes, then stops all; returns the exit code to give.

    A container or supervisor restarts the whole: it must see that a worker is gone.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    children = [
        subprocess.Popen([sys.executable, "-m", "services.cli", "run", service, "--copy", str(copy)])
        for copy in range(workers)
    ]
    code = 0
    try:
        while all(child.poll() is None for child in children):
            time.sleep(0.2)
        code = next(child.returncode for child in children if child.returncode is not None)
    except KeyboardInterrupt:
        pass
    for child in children:
        child.terminate()
    for child in children:
        child.wait()
    return code

"""Becomes one process of a stack: `python -m deploy.local.launch PROCESSES.json NAME`.

Arguments, environment and working directory come from a JSON file, since supervisord's own configuration can't hold
every character that they may.
"""

from __future__ import annotations

import json
import os
import sys
from http.client import HTTPException
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import SupervisorTransport  # type: ignore[import-untyped]


def main() -> None:
    """Replace this process by the named one; its id stays, so the supervisor's signals reach it."""
    path, name = sys.argv[1:]
    process = json.loads(Path(path).read_text(encoding="utf-8"))[name]
    restarts = {"CLAIMSTREAM_METRICS__RESTARTS": str(_restarts(name))}
    os.chdir(process["cwd"])
    os.execvpe(process["argv"][0], process["argv"], {**os.environ, **restarts, **process["env"]})


def _restarts(name: str) -> int:
    """How often the supervisor has started this process again; 0 where it does not say."""
    address = os.environ.get("SUPERVISOR_SERVER_URL")
    if not address:
        return 0
    transport = SupervisorTransport(serverurl=address)
    try:
        counts: Any = ServerProxy("http://localhost", transport=transport).claimstream.restarts()
        return int(counts.get(name, 0))
    except (OSError, HTTPException, Fault):
        return 0
    finally:
        transport.close()


if __name__ == "__main__":
    main()

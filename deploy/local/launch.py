"""Becomes one process of a stack: `python -m deploy.local.launch PROCESSES.json NAME`.

Arguments, environment and working directory come from a JSON file, since supervisord's own configuration can't hold
every character that they may.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def main() -> None:
    """Replace this process by the named one; its id stays, so the supervisor's signals reach it."""
    path, name = sys.argv[1:]
    process = json.loads(Path(path).read_text(encoding="utf-8"))[name]
    os.chdir(process["cwd"])
    os.execvpe(process["argv"][0], process["argv"], {**os.environ, **process["env"]})


if __name__ == "__main__":
    main()

"""/metrics, /livez and /readyz of a worker, answered from a thread of their own while the loop is busy."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

from prometheus_client import make_wsgi_app

BEAT_LIMIT_SECONDS = 15  # a loop that has not turned for so long is stuck


class Health:
    """What a worker knows of its own state. Written by the loop, read by the web thread."""

    def __init__(self) -> None:
        self._beat = monotonic()
        self.troubles: dict[str, str] = {"starting": "the worker is starting"}

    def beat(self) -> None:
        """Called on a timer by the event loop."""
        self._beat = monotonic()

    @property
    def still_seconds(self) -> float:
        """How long ago the event loop last beat."""
        return monotonic() - self._beat

    @property
    def live(self) -> bool:
        """Whether the event loop turns."""
        return self.still_seconds < BEAT_LIMIT_SECONDS

    @property
    def ready(self) -> bool:
        """Whether articles are being taken and published."""
        return not self.reasons

    @property
    def reasons(self) -> dict[str, str]:
        """Why articles are not being taken and published, by kind; empty when they are."""
        stuck = {} if self.live else {"loop": f"the event loop has stood still for {self.still_seconds:.0f} s"}
        return stuck | dict(self.troubles)


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """A scrape every few seconds is no news."""


def serve(health: Health, host: str, port: int) -> Callable[[], None]:
    """Starts the web thread; returns what stops it. Raises OSError where the port is taken."""
    metrics = make_wsgi_app()

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/livez":
            return _answer(start_response, {"live": health.live, "still_seconds": round(health.still_seconds, 1)})
        if path == "/readyz":
            reasons = health.reasons
            return _answer(start_response, {"ready": not reasons, "reasons": reasons})
        if path == "/metrics":
            answer: Iterable[bytes] = metrics(environ, start_response)
            return answer
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"/metrics /livez /readyz\n"]

    server = make_server(host, port, app, server_class=WSGIServer, handler_class=_Silent)
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()

    def stop() -> None:
        server.shutdown()
        server.server_close()

    return stop


def _answer(start_response: StartResponse, state: dict[str, Any]) -> list[bytes]:
    """The state as JSON; its first value tells whether it is good."""
    good = next(iter(state.values()))
    headers = [("Content-Type", "application/json")]
    start_response("200 OK" if good else "503 Service Unavailable", headers)
    return [json.dumps(state).encode() + b"\n"]

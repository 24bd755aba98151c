"""Runs the console until it is told to stop."""

from __future__ import annotations

import logging

import uvicorn

from services.console.app import make_app
from services.stream import logs
from services.stream.settings import Settings


def server(settings: Settings) -> uvicorn.Server:
    """The web server, not yet running."""
    return uvicorn.Server(
        uvicorn.Config(
            make_app(settings),
            host=settings.console.host,
            port=settings.console.port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=500,
            timeout_graceful_shutdown=2,  # open pages listen for ever
        )
    )


def run(settings: Settings) -> None:
    """Blocks until SIGTERM or SIGINT. Ends the process with code 1 where the port is taken."""
    logs.configure(settings, "console")
    logging.getLogger("claimstream.audit").setLevel(logging.INFO)  # whatever the level: who did what is kept
    server(settings).run()

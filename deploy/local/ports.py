"""TCP ports of the loopback interface: which are free, and who holds one that is not."""

from __future__ import annotations

import random
import socket
from collections.abc import Mapping
from pathlib import Path

import psutil

LOOPBACK = "127.0.0.1"
DEFAULT_EPHEMERAL = (32768, 60999)


class PortTaken(RuntimeError):
    """A port that is needed is held by another process; the message names it, its holder and the setting to change."""


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now (connections of a former one in TIME_WAIT do not count)."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def holder(port: int) -> str:
    """Who listens on the port, in words: pid and command line as far as this user may see them."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:  # macOS shows other processes' sockets to root alone
        return "a process that this user may not see"
    for connection in connections:
        local_port = connection.laddr[1] if connection.laddr else None
        if connection.status == psutil.CONN_LISTEN and local_port == port and connection.pid:
            try:
                process = psutil.Process(connection.pid)
                return f"process {process.pid} ({' '.join(process.cmdline())[:100] or process.name()})"
            except psutil.Error:
                return f"process {connection.pid}"
    return "a process of another user, or one in a container"


def require_free(ports: Mapping[str, int]) -> None:
    """Raise PortTaken for the first port that is taken; `ports` maps the setting's name to its port."""
    for setting, port in ports.items():
        if not is_free(port):
            raise PortTaken(
                f"Port {port} is taken by {holder(port)}. End it, or choose another port: {setting}={port + 10}."
            )


def free_port(avoid: frozenset[int] = frozenset()) -> int:
    """A free port outside the ephemeral range.

    A port inside it could be given to a client that reconnects while its broker restarts: TCP then connects the client
    to itself.
    """
    low, high = _ephemeral_range()
    for _ in range(200):
        port = random.randrange(15000, low) if low > 20000 else random.randrange(high + 1, 65536)
        if port not in avoid and is_free(port):
            return port
    raise PortTaken("No free port was found outside the ephemeral range.")


def _ephemeral_range() -> tuple[int, int]:
    """First and last port that the system gives to clients."""
    try:
        low, high = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()
    except (OSError, ValueError):
        return DEFAULT_EPHEMERAL
    if int(low) <= 20000 and int(high) >= 65000:  # nothing is left outside: take what the system takes first
        return DEFAULT_EPHEMERAL
    return int(low), int(high)

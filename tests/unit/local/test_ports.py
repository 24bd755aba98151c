"""Ports: what is free, who holds one, and what a person is told."""

import os
import socket

import pytest

from deploy.local.ports import PortTaken, _ephemeral_range, free_port, holder, is_free, require_free


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_listened_port_is_not_free_and_its_holder_is_named(listener):
    assert not is_free(listener)
    assert f"process {os.getpid()} (" in holder(listener)


def test_the_message_names_port_holder_and_setting(listener):
    with pytest.raises(PortTaken) as caught:
        require_free({"FREE": free_port(), "SOME_PORT": listener})
    message = str(caught.value)
    assert f"Port {listener} is taken by process {os.getpid()}" in message
    assert f"SOME_PORT={listener + 10}" in message


def test_a_port_with_closed_connections_in_time_wait_is_free():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            server.accept()[0].close()  # the server's side closes first and goes to TIME_WAIT
    assert is_free(port)


def test_free_ports_lie_outside_what_clients_are_given():
    low, high = _ephemeral_range()
    ports = {free_port() for _ in range(20)}
    assert all(is_free(port) and not low <= port <= high for port in ports)
    assert len(ports) > 1

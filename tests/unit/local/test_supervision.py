"""supervisord's configuration and the control socket."""

import configparser
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from deploy.local.control import SOCKET_PATH_LIMIT, StackError, socket_path
from deploy.local.supervision import configuration


def make(**changes):
    arguments = {"socket": Path("/s.sock"), "services": [("language", 5), ("claims", 30)], "broker_stop_s": 20}
    parser = configparser.RawConfigParser()
    parser.read_string(configuration(**{**arguments, **changes}))
    return parser


def test_services_stop_before_the_broker_and_nothing_starts_by_itself():
    parser = make()
    assert parser.getint("group:services", "priority") > parser.getint("program:broker", "priority")
    assert parser.get("group:services", "programs") == "language,claims"
    programs = [section for section in parser.sections() if section.startswith("program:")]
    assert len(programs) == 3
    assert all(not parser.getboolean(name, "autostart") and parser.getboolean(name, "autorestart") for name in programs)
    assert parser.getint("program:claims", "stopwaitsecs") == 30


def test_an_outside_broker_gets_no_program():
    assert not make(broker_stop_s=None).has_section("program:broker")


def test_odd_characters_of_a_path_are_escaped_or_refused():
    assert make(socket=Path("/a 100%/é")).get("unix_http_server", "file") == "/a 100%%/é"
    with pytest.raises(ValueError, match="can't hold"):
        make(socket=Path("/a ;b"))


def test_the_socket_path_is_short_private_and_one_a_state_directory(monkeypatch, request):
    temporary = Path(tempfile.mkdtemp())  # pytest's own folders are too deep for a socket
    request.addfinalizer(lambda: shutil.rmtree(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    deep = Path("/" + "/".join(["a-long-directory-name"] * 20))
    paths = {socket_path(deep / ".claimstream"), socket_path(deep / "other")}
    assert len(paths) == 2
    folder = paths.pop().parent
    assert folder.parent == temporary
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(0o755)
    with pytest.raises(StackError, match="TMPDIR"):
        socket_path(deep)


def test_a_temporary_directory_that_is_too_deep_is_reported(tmp_path, monkeypatch):
    deep = tmp_path / ("x" * SOCKET_PATH_LIMIT)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    with pytest.raises(StackError, match="too long"):
        socket_path(tmp_path)


def test_a_link_in_place_of_the_socket_folder_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    (tmp_path / f"claimstream-{os.getuid()}").symlink_to(elsewhere)
    with pytest.raises(StackError):
        socket_path(tmp_path)

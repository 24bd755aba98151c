"""Who may ask what, over real HTTP; Kafka is not there."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
from pydantic import ValidationError

from deploy.local.ports import free_port
from services.console.run import server
from services.stream.settings import Console, Kafka, Settings

TOKEN = "a long enough token"


@contextmanager
def served(**console: object) -> Iterator[str]:
    port = free_port()
    settings = Settings(
        kafka=Kafka(bootstrap=f"127.0.0.1:{free_port()}"), console=Console.model_validate({"port": port} | console)
    )
    running = server(settings)
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        running.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def open_console() -> Iterator[str]:
    with served(max_input_bytes=2000, hosts="claims.example") as url:
        yield url


@pytest.fixture(scope="module")
def closed_console() -> Iterator[str]:
    with served(token=TOKEN) as url:
        yield url


def test_every_answer_carries_the_policy(open_console: str) -> None:
    for path in ("/", "/static/app.js", "/static/nothing.js", "/api/articles", "/api/article?id=x", "/nothing"):
        headers = requests.get(open_console + path, timeout=5).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'")
        assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff" and "server" not in headers


def test_only_known_host_names(open_console: str) -> None:
    port = open_console.rpartition(":")[2]

    def status(host: str) -> int:
        return requests.get(open_console + "/api/articles", headers={"Host": host}, timeout=5).status_code

    good = [
        "localhost",
        f"localhost:{port}",
        f"127.0.0.1:{port}",
        f"[::1]:{port}",
        "claims.example",
        "CLAIMS.example:80",
    ]
    assert {status(host) for host in good} == {200}
    bad = ["evil.example", f"evil.example:{port}", "127.0.0.1.evil.example", "", "[", "localhost.evil"]
    assert {status(host) for host in bad} <= {400, 421}


def test_posts_come_from_our_own_page(open_console: str) -> None:
    def post(headers: dict[str, str], data: bytes = b'{"text": ""}') -> int:
        json = {"Content-Type": "application/json"}
        return requests.post(open_console + "/api/articles", headers=json | headers, data=data, timeout=5).status_code

    assert post({}) == 422, "no browser: taken, and found empty"
    assert post({"Origin": open_console}) == 422
    for origin in ("http://evil.example", "null", open_console + "1", open_console.replace("http", "ftp"), "https://x"):
        assert post({"Origin": origin}) == 403, origin
    assert post({"Sec-Fetch-Site": "cross-site"}) == 403
    assert post({"Content-Type": "text/plain", "Origin": open_console}) == 415


def test_what_is_posted_is_checked(open_console: str) -> None:
    def post(value: object) -> tuple[int, str]:
        answer = requests.post(open_console + "/api/articles", json=value, timeout=15)
        return answer.status_code, answer.json()["error"]

    assert post({"text": "x" * 3000})[0] == 413
    assert post([1])[0] == 400
    status, why = post({"title": "no text"})
    assert status == 422 and "text" in why
    assert post({"text": ["x"]})[0] == 422
    status, why = post({"name": "page.html", "content": "<p>"})
    assert status == 422 and ".json" in why
    assert post({"name": "x.jsonl.gz", "content": "x"})[0] == 422
    assert post({"name": "x.json", "content": '{"text": "\\ud800"}'})[0] == 422
    assert post({"name": "x.jsonl", "content": '{"text":"a"}\n' * 101})[0] == 422
    broken = requests.post(
        open_console + "/api/articles", data=b"[" * 1500, headers={"Content-Type": "application/json"}, timeout=5
    )
    assert broken.status_code == 400
    status, why = post({"text": "An article."})
    assert status == 503 and "Kafka" in why


def test_the_token_is_needed_for_everything_but_the_way_in(closed_console: str) -> None:
    get = requests.get(closed_console + "/", allow_redirects=False, timeout=5)
    assert get.status_code == 303 and get.headers["location"] == "/login"
    exports = ("/api/export?id=x&as=csv", "/api/export/claims")
    for path in (*exports, "/api/articles", "/api/stream", "/api/journey?id=x", "/nothing", "//", "/static/../api/x"):
        assert requests.get(closed_console + path, timeout=5).status_code in (401, 404), path
    assert requests.get(closed_console + "/api/articles", timeout=5).status_code == 401
    assert requests.get(closed_console + "/livez", timeout=5).status_code == 200
    for token in ("Bearer wrong", "Bearer ", "Basic x"):
        wrong = requests.get(closed_console + "/api/articles", headers={"Authorization": token}, timeout=5)
        assert wrong.status_code == 401
    right = {"Authorization": f"Bearer {TOKEN}"}
    assert requests.get(closed_console + "/api/articles", headers=right, timeout=5).status_code == 200


def test_the_way_in(closed_console: str) -> None:
    person = requests.Session()
    started = time.monotonic()
    assert person.post(closed_console + "/login", json={"token": "wrong"}, timeout=5).status_code == 401
    assert time.monotonic() - started >= 1, "guessing is slow"
    for odd in (5, None, "\ud800", "ü"):
        assert person.post(closed_console + "/login", json={"token": odd}, timeout=5).status_code == 401
    answer = person.post(closed_console + "/login", json={"token": TOKEN}, timeout=5)
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite" in cookie and TOKEN not in cookie
    assert person.get(closed_console + "/api/articles", timeout=5).status_code == 200
    person.cookies.set("claimstream", "0" * 64)
    assert (
        requests.get(closed_console + "/api/articles", cookies={"claimstream": "0" * 64}, timeout=5).status_code == 401
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "claims.example"])
def test_no_start_without_a_token_where_others_can_reach_it(host: str) -> None:
    with pytest.raises(ValidationError, match="CLAIMSTREAM_CONSOLE__TOKEN"):
        Console(host=host)
    assert Console.model_validate({"host": host, "token": TOKEN}).token is not None


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "localhost"])
def test_loopback_needs_none(host: str) -> None:
    assert Console(host=host).loopback
    with pytest.raises(ValidationError):
        Console.model_validate({"host": host, "token": "short"})

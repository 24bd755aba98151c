"""The console as a user has it: real Chromium, real console, real services, real Kafka."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, sync_playwright

from deploy.local.broker import EmbeddedBroker
from deploy.local.ports import free_port
from services.stream.service import registry
from tests.broker.conftest import Cluster, broker

__all__ = ["broker"]

FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a broker."""
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.broker)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("CI has no Chromium")
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


class Site(Cluster):
    """A cluster with all services and a console."""

    def __init__(self, bootstrap: str, log_dir: Path) -> None:
        super().__init__(bootstrap, log_dir)
        self.ports = {name: free_port() for name in registry()}
        self.url = self.console()
        self.workers = {name: self.worker(name) for name in registry()}

    def worker(self, name: str, **environment: str) -> Any:
        return self.service(name, CLAIMSTREAM_METRICS__PORT=str(self.ports[name]), **environment)

    def console(self, **environment: str) -> str:
        """Starts a console; its address, once it answers."""
        port = free_port()
        workers = ",".join(f"{name}=http://127.0.0.1:{where}" for name, where in self.ports.items())
        own = {"CLAIMSTREAM_CONSOLE__PORT": str(port), "CLAIMSTREAM_CONSOLE__WORKERS": workers}
        process = self.start("services.cli", "console", **own, **environment)
        url, end = f"http://127.0.0.1:{port}/", time.monotonic() + 30
        while True:
            try:
                requests.get(url + "livez", timeout=1)
                return url
            except requests.ConnectionError:
                assert process.poll() is None and time.monotonic() < end, self.logs()
                time.sleep(0.1)


@pytest.fixture(scope="package")
def site(broker: EmbeddedBroker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(broker.bootstrap, tmp_path_factory.mktemp("site"))
    yield site
    site.close()


Open = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, site: Site) -> Iterator[Open]:
    """Opens pages on which nothing may go wrong: no error, no refused script, no breach of the policy."""
    trouble: list[str] = []
    contexts = []

    def open_(hash: str = "#/try", url: str = "", **options: Any) -> Page:
        context = chromium.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("console", lambda said: trouble.append(said.text) if said.type in ("error", "warning") else None)
        page.add_init_script(
            "addEventListener('securitypolicyviolation', (e) => console.error('CSP', e.violatedDirective, e.blockedURI))"
        )
        page.goto((url or site.url) + hash)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not [line for line in trouble if "status of 422" not in line]  # Chromium reports a refused file so

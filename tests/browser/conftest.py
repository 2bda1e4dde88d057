"""A headless Chromium, the studio's own server, and pages whose logs must stay clean."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
SECONDS_TO_END = 20.0
LANDSCAPE = "#v1/landscape"


class Running:
    """A server of the studio in a thread, until `stop`."""

    def __init__(self, port: int | None = None, **opened: Any) -> None:
        from steepest.studio.opening import opened_of, server_for

        given = {"model": None, "x": None, "y": None, **opened}
        self.server = server_for(opened_of(**given), port)
        self.folder, self.port = opened.get("folder"), self.server.port
        self.with_token = self.server.address
        self.address = self.with_token.partition("#")[0]
        self._thread = threading.Thread(target=self.server.run_here, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends it, and waits until it has ended."""
        end = time.monotonic() + SECONDS_TO_END
        while not self.server.started and time.monotonic() < end:
            time.sleep(0.02)
        self.server.should_exit = True
        self._thread.join(SECONDS_TO_END)
        assert not self._thread.is_alive()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    library = pytest.importorskip("playwright.sync_api")
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no Chromium on this machine")
    with library.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"], chromium_sandbox=False
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    started = Running(folder=str(tmp_path_factory.mktemp("runs")))
    yield started
    started.stop()


@pytest.fixture
def start_server() -> Iterator[Callable[..., Running]]:
    """Starts further servers: `start_server(port=8765, model=model)`."""
    started: list[Running] = []

    def start(port: int | None = None, **opened: Any) -> Running:
        started.append(Running(port, **opened))
        return started[-1]

    yield start
    for each in started:
        if not each.server.should_exit:
            each.stop()


@pytest.fixture
def visit(chromium: Any, server: Running) -> Iterator[Any]:
    """Opens a page: `visit(width=360, scheme="dark", link="#v1/lessons")`.

    At the end of the test its console has no message and it asked its own origin only.
    """
    contexts: list[Any] = []
    faults: list[str] = []

    def opened(
        width: int = 1200,
        height: int = 900,
        scheme: str = "light",
        link: str = LANDSCAPE,
        **more: Any,
    ) -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, **more
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: faults.append(error.stack or str(error)))
        page.on("request", lambda request: _check_origin(request, server.address, faults))
        page.goto(server.with_token + link)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults


def _check_origin(request: Any, address: str, faults: list[str]) -> None:
    if not request.url.startswith((address, "blob:", "data:")):
        faults.append(f"a request to {request.url}")

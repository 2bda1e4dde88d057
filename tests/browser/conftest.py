"""A headless Chromium, a server of the page, and a page whose logs must stay clean."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")


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
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from steepest.studio.session import Session
    from steepest.studio.view import Opened
    from tests.browser.page_server import PageServer

    folder = tmp_path_factory.mktemp("runs")
    started = PageServer(Session(Opened(folder=str(folder))))
    yield started
    started.stop()


@pytest.fixture
def visit(chromium: Any, server: Any) -> Iterator[Any]:
    """Opens a page: `visit(width=360, scheme="dark", link="#v1/lessons")`.

    At the end of the test its console has no message and it asked its own origin only.
    """
    contexts, faults = [], []

    def opened(
        width: int = 1200, height: int = 900, scheme: str = "light", link: str = "", **more: Any
    ) -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, **more
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.faults = faults
        page.on("console", lambda message: faults.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: faults.append(error.stack or str(error)))
        page.on("request", lambda request: _check_origin(request, server, faults))
        page.goto(server.with_token + link)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults


def _check_origin(request: Any, server: Any, faults: list[str]) -> None:
    if not request.url.startswith((server.address, "blob:", "data:")):
        faults.append(f"a request to {request.url}")

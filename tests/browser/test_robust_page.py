"""Two tabs, a network that is gone for a while, a reload, and files of every picture."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from tests.browser.conftest import Running
from tests.browser.waiting import until

pytestmark = pytest.mark.browser

CURVES = "(document.querySelector('.training canvas')?.getAttribute('aria-label') ?? '')"
FACTS = "document.querySelector('[data-id=facts]').textContent"
VIEWS = ["landscape", "playground", "initial_weights", "training", "model"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with a model, rows, targets and a run."""
    x = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)
    y = (x[:, 0] > 0).astype(np.int32)
    model = st.Sequential([
        st.layers.Dense(4, "tanh", input_shape=(3,), name="hidden"),
        st.layers.Dense(1, "sigmoid", name="out"),
    ])
    model.compile("adam", "binary_crossentropy")
    folder = tmp_path_factory.mktemp("runs")
    watch = st.studio.Watch(folder, "first", x, y)
    model.fit(x, y, epochs=40, verbose=0, check=False, callbacks=[watch])
    started = Running(model=model, x=x, y=y, folder=str(folder))
    yield started
    started.stop()


def growing(folder: str, name: str) -> Any:
    """A run that goes on: a function that adds epochs to it."""
    run = Path(folder) / name
    run.mkdir()
    head = {"format": "steepest run", "version": 1, "name": name, "process": os.getpid()}
    (run / "run.json").write_text(json.dumps(head))

    def add(*losses: float, begin: int = 0) -> None:
        epochs = list(range(begin, begin + len(losses)))
        line = {"event": "epochs", "epochs": epochs, "step": 1, "logs": {"loss": losses}}
        with (run / "events.jsonl").open("a") as file:
            file.write(json.dumps(line) + "\n")

    return add


def test_two_tabs_show_the_same_playground(visit: Any) -> None:
    first, second = visit(link="#v1/playground"), visit(link="#v1/playground")
    for page in (first, second):
        until(page, "document.querySelector('[data-id=facts]')?.textContent.startsWith('epoch 0 ')")
    first.get_by_role("button", name="train", exact=True).click()
    until(second, f"!{FACTS}.startsWith('epoch 0 ')")
    second.keyboard.press("Space")
    first.wait_for_timeout(800)
    assert first.evaluate(FACTS) == second.evaluate(FACTS)


def test_two_tabs_show_the_same_growing_runs(visit: Any, server: Any) -> None:
    add = growing(server.folder, "grows")
    add(3.0, 2.0)
    pages = [visit(link="#v1/training") for _ in range(2)]
    for page in pages:
        page.get_by_label("show grows").wait_for()
        if not page.get_by_label("show grows").is_checked():
            page.get_by_label("show grows").check()
        until(page, f"{CURVES}.includes('grows loss ends at 2')")
    add(1.25, begin=2)
    for page in pages:
        until(page, f"{CURVES}.includes('grows loss ends at 1.25')")


def test_a_reload_shows_the_whole_history(visit: Any, server: Any) -> None:
    add = growing(server.folder, "long")
    add(*np.linspace(9.0, 4.0, 400).tolist())
    page = visit(link="#v1/training")
    page.get_by_label("show long").wait_for()
    until(page, f"{CURVES}.includes('long loss ends at 4')")
    add(*np.linspace(4.0, 2.0, 100).tolist(), begin=400)
    page.reload()
    until(page, f"{CURVES}.includes('long loss ends at 2')")
    page.get_by_label("show first").uncheck()
    page.locator("button[aria-label*='\"Curves\" as a table']").click()
    until(page, "document.querySelectorAll('.training tbody tr').length >= 250")
    cells = page.locator(".training tbody tr td").all_inner_texts()
    assert {"1", "500"} <= set(cells)  # the first epoch and the last


def test_a_page_that_was_cut_off_comes_back_by_itself(chromium: Any, server: Any) -> None:
    add = growing(server.folder, "slept")
    add(3.0)
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{server.with_token}#v1/training")
    page.get_by_label("show slept").wait_for()
    if not page.get_by_label("show slept").is_checked():
        page.get_by_label("show slept").check()
    until(page, f"{CURVES}.includes('slept loss ends at 3')")
    context.set_offline(True)  # as after a sleep: what was open is cut, and nothing answers
    for each in list(server.server.server_state.connections):
        server.server.servers[0].get_loop().call_soon_threadsafe(each.transport.abort)
    page.locator(".banner").wait_for(state="visible")
    assert "does not answer; this page tries again by itself" in page.inner_text(".banner")
    add(0.5, begin=1)
    context.set_offline(False)
    until(page, f"{CURVES}.includes('slept loss ends at 0.5')")
    page.locator(".banner").wait_for(state="hidden")
    context.close()


def test_a_killed_browser_leaves_the_server_without_pages(
    chromium: Any, server: Any, tmp_path: Path
) -> None:
    session = server.server.session
    _wait(lambda: session.pages == 0)  # those of the tests before have left
    child = subprocess.Popen(
        [_path(), "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}",
         "--remote-debugging-port=0", f"{server.with_token}#v1/playground"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        _wait(lambda: session.pages == 1)
    finally:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    _wait(lambda: session.pages == 0)


@pytest.mark.parametrize("view", VIEWS)
def test_every_picture_is_saved_as_png_svg_and_csv(visit: Any, view: str) -> None:
    place, count = 0, 1
    while place < count:  # a page of its own each: Chromium stops after ten files of one page
        page = _with_pictures(visit, view)
        figures = page.locator("figure.picture:visible")
        count = figures.count()
        _check_files(page, figures.nth(place))
        page.close()
        place += 1


def _with_pictures(visit: Any, view: str) -> Any:
    page = visit(link=f"#v1/{view}", width=1400)
    until(page, f"document.querySelector('[data-view={view}][aria-current]')")
    page.wait_for_timeout(2000)
    if view == "training":
        boxes = page.locator(".run input:checked").all()
        for name in [box.get_attribute("aria-label") for box in boxes]:
            if name != "show first":
                page.get_by_label(name, exact=True).uncheck()
        if not page.get_by_label("show first").is_checked():
            page.get_by_label("show first").check()
        until(page, f"{CURVES}.startsWith('Curves. first loss')")
        page.wait_for_timeout(800)
    return page


def _check_files(page: Any, figure: Any) -> None:
    labels = figure.locator(".tools button").all_inner_texts()
    assert {"PNG", "SVG", "CSV"} <= set(labels), figure.inner_text()[:80]
    for kind, start in (("PNG", b"\x89PNG"), ("SVG", b"<svg"), ("CSV", b"")):
        with page.expect_download() as saving:
            figure.get_by_role("button", name=f"as {kind}").click()
        data = Path(saving.value.path()).read_bytes()
        assert data.startswith(start) and len(data) > 20, kind
        if kind == "CSV":
            head, *rows = csv.reader(data.decode().splitlines())
            assert rows and all(len(row) == len(head) for row in rows)


def test_the_numbers_of_the_microscope_are_saved(visit: Any) -> None:
    page = visit(link="#v1/microscope")
    page.wait_for_timeout(1500)
    with page.expect_download() as saving:
        page.get_by_role("button", name="save all numbers as CSV").click()
    lines = Path(saving.value.path()).read_text(encoding="utf-8").splitlines()
    assert lines[0] == "array,row,column,value" and lines[-1].startswith("loss,0,0,")
    assert {"z_1", "a_1", "delta_1"} <= {line.split(",")[0] for line in lines}


def _path() -> str:
    import shutil

    from tests.browser.conftest import NAMES

    return next(filter(None, map(shutil.which, NAMES)))


def _wait(condition: Any) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)

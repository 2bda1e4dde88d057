"""A verdict of the doctor beside the curve: its experiment, its change, and what apply does."""

from __future__ import annotations

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
APPLY = ".finding:has-text('learning_rate') button:has-text('Apply')"


def network() -> Any:
    model = st.Sequential([
        st.layers.Dense(4, activation="tanh", input_shape=(2,), name="hidden"),
        st.layers.Dense(1, activation="sigmoid", name="out"),
    ])
    model.compile(st.optimizers.SGD(1e-5), "binary_crossentropy")
    return model


@pytest.fixture(scope="module")
def rows() -> tuple[Any, Any]:
    x = np.random.default_rng(0).normal(size=(120, 2)).astype(np.float32)
    return x, (x[:, 0] > 0).astype(np.float32)


@pytest.fixture(scope="module")
def server(rows: tuple[Any, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with a model, its rows, and a run of a script."""
    folder = tmp_path_factory.mktemp("runs")
    watch = st.studio.Watch(folder, "script", examine=True)
    network().fit(*rows, epochs=30, batch_size=8, verbose=0, check=False, callbacks=[watch])
    x, y = rows
    started = Running(model=network(), x=x, y=y, folder=str(folder))
    yield started
    started.stop()


def opened(visit: Any, **options: Any) -> Any:
    page = visit(link="#v1/training", **options)
    page.get_by_label("show script").wait_for()
    page.locator(APPLY).first.wait_for()
    return page


def test_a_script_is_not_changed_and_its_change_is_shown(visit: Any) -> None:
    page = opened(visit)
    until(
        page,
        "[...document.querySelectorAll('.finding canvas')].some((each) => "
        "/gain .*over 8 seeds/.test(each.ariaLabel))",
    )
    page.locator(APPLY).first.click()
    dialog = page.locator("dialog")
    assert "belongs to a script" in dialog.inner_text()
    assert dialog.get_by_role("button", name="Train the changed model").count() == 0
    change, program = dialog.locator("pre").all_inner_texts()
    assert (
        change.startswith("--- program.py") and "-model.compile(st.optimizers.SGD(1e-05)" in change
    )
    assert program.startswith("import steepest as st") and "SGD(1e-05)" not in program


def test_a_run_of_the_studio_is_trained_again_with_the_change(visit: Any) -> None:
    page = opened(visit)
    page.get_by_label("epochs", exact=True).fill("30")
    page.get_by_label("batch", exact=True).fill("8")
    page.get_by_role("button", name="Train the model").click()
    page.get_by_label("show as it is").wait_for()
    page.get_by_label(
        "show script"
    ).uncheck()  # of the runs shown, what is found in the first comes
    own = page.locator(".finding:has-text('as it is:'):has-text('learning_rate')")
    own.get_by_role("button", name="Apply").first.click()
    dialog = page.locator("dialog")
    assert len(dialog.locator("pre").all_inner_texts()) == 2
    dialog.get_by_role("button", name="Train the changed model").click()
    until(page, f"/optimizer- learning_rate=[0-9.]+ loss ends at/.test({CURVES})")
    assert page.evaluate(f"{CURVES}.includes('as it is loss ends at')")


def test_a_report_is_saved_as_a_file_that_opens_offline(
    visit: Any, chromium: Any, tmp_path: Path
) -> None:
    page = opened(visit)
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save a report").click()
    path = tmp_path / saving.value.suggested_filename
    saving.value.save_as(path)
    context = chromium.new_context(offline=True)
    asked: list[str] = []
    report = context.new_page()
    report.on("request", lambda request: asked.append(request.url))
    report.on("console", lambda message: asked.append(message.text))
    report.goto(path.as_uri())
    assert report.get_by_role("heading", name="Findings: script").count() == 1
    band = report.locator(".readout").nth(3)
    text = band.locator("text").first
    seen = "each => getComputedStyle(each).visibility"
    assert text.evaluate(seen) == "hidden"
    band.locator("rect").hover()
    assert text.evaluate(seen) == "visible"
    assert text.evaluate("each => each.textContent").startswith("epochs done ")
    assert [each for each in asked if not each.startswith(("file:", "data:"))] == []
    context.close()

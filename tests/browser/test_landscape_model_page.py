"""The landscape of an opened model in a browser: its planes, and the path of a training."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.browser.waiting import until

pytestmark = pytest.mark.browser

SURFACE = "[data-field=surface] select"
PLANE = "[data-field='surface.model.plane'] select"
OF_MODEL = "loss of the opened model"
RESULT = ".optimizers .result"
X = np.random.default_rng(0).normal(size=(60, 2)).astype(np.float32)
Y = (X[:, 0] > X[:, 1] ** 2).astype(np.float32)


def model() -> Any:
    import steepest as st

    made = st.Sequential([
        st.layers.Dense(4, "tanh", input_shape=(2,), name="hidden"),
        st.layers.Dense(1, "sigmoid", name="out"),
    ])
    made.compile(st.optimizers.Adam(0.05), "binary_crossentropy")
    return made


@pytest.fixture
def page(visit: Any, start_server: Any) -> Any:
    opened = visit(link="#v1/lessons")
    running = start_server(model=model(), x=X, y=Y)
    with_model = opened.context.new_page()
    faults: list[str] = []
    with_model.on("console", lambda message: faults.append(message.text))
    with_model.on("pageerror", lambda error: faults.append(str(error)))
    with_model.goto(f"{running.with_token}#v1/landscape")
    until(with_model, f"document.querySelector({RESULT!r})?.textContent")
    yield with_model
    assert not faults


def test_optimizers_race_on_the_loss_of_the_opened_model(page: Any) -> None:
    before = page.inner_text(RESULT)
    page.select_option(SURFACE, OF_MODEL)
    until(page, f"document.querySelector({RESULT!r}).textContent !== {before!r}")
    until(page, "document.querySelector('[data-id=formula]').textContent.includes('all 60 rows')")
    result = page.inner_text(RESULT)
    page.fill("[data-field='start.0'] input", "0.25")
    until(page, f"document.querySelector({RESULT!r}).textContent !== {result!r}")
    page.click("text=Show the Python >> visible=true >> nth=0")
    text = page.inner_text("dialog pre")
    assert "st.plot.loss_surface(model, x, y, rows=1000, seed=0)" in text


def test_two_weights_are_chosen_by_layer_row_and_column(page: Any) -> None:
    page.select_option(SURFACE, OF_MODEL)
    page.select_option(PLANE, "weights")
    picker = page.locator(".weight-picker").nth(1)
    picker.wait_for()
    picker.locator("select").select_option("out/kernel")
    picker.locator("input").nth(0).fill("3")
    until(page, "location.hash.length > 20")
    canvas = "document.querySelector('.main-picture canvas').getAttribute('aria-label')"
    until(page, f"{canvas}.includes('hidden/kernel[0, 0] from')")
    until(page, f"{canvas}.includes('out/kernel[3, 0] from')")


def test_a_training_is_drawn_on_its_plane_with_what_the_plane_does_not_show(page: Any) -> None:
    page.select_option(SURFACE, OF_MODEL)
    page.select_option(PLANE, "training")
    words = page.locator("[data-id=training-words]")
    words.wait_for()
    assert "The line is a training of 40 steps" in words.inner_text()
    assert "%" in words.inner_text() and "off the plane" in words.inner_text()
    page.fill("[data-field='surface.model.epochs'] input", "501")
    assert "from 2 to 500" in page.inner_text("[data-field='surface.model.epochs'] .wrong")
    page.click("button[aria-label='Show the Python: path of the training']")
    assert "training_path_data(path, trained, x, y" in page.inner_text("dialog pre")


def test_my_model_leads_to_the_race_on_its_loss(page: Any) -> None:
    page.click("[data-view=model]")
    page.click("[data-id=race]")
    page.locator("[data-id=plane]").wait_for()
    assert page.input_value(SURFACE) == OF_MODEL


def test_without_a_model_its_loss_is_not_offered(visit: Any) -> None:
    page = visit()
    until(page, f"document.querySelector({RESULT!r})?.textContent")
    assert OF_MODEL not in page.locator(f"{SURFACE} option").all_inner_texts()

"""The opened model in a browser: outputs, units, boundary, loss and mistakes, and their Python."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import steepest as st
from tests.browser.conftest import Running
from tests.browser.waiting import until

pytestmark = pytest.mark.browser


COLUMNS = 3


@pytest.fixture(scope="module")
def opened() -> dict[str, Any]:
    x = np.random.default_rng(0).standard_normal((60, COLUMNS)).astype(np.float32)
    model = st.Sequential([
        st.layers.Dense(4, activation="tanh", input_shape=(COLUMNS,), name="hidden"),
        st.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile("adam", "binary_crossentropy")
    return {"model": model, "x": x, "y": (x[:, 0] > 0).astype(np.float32)}


@pytest.fixture(scope="module")
def server(opened: dict[str, Any]) -> Iterator[Running]:
    started = Running(**opened)
    yield started
    started.stop()


def arrays_of(page: Any, name: str, opened: dict[str, Any]) -> dict[str, Any]:
    """The arrays that the snippet behind a button makes, run with the opened model and rows."""
    page.click(f"[data-id=python-{name}]")
    until(page, "document.querySelector('dialog pre')?.textContent")
    text = page.evaluate("document.querySelector('dialog pre').textContent")
    page.keyboard.press("Escape")
    space = dict(opened)
    exec(text, space)
    return space | space.get("arrays", {})


def test_outputs_follow_the_inputs(visit: Any, opened: dict[str, Any]) -> None:
    model, x = opened["model"], opened["x"]
    page = visit(link="#v1/model")
    outputs = "document.querySelector('[data-id=outputs] .step-formula')?.textContent"
    until(page, f"{outputs} !== undefined")
    before = page.evaluate(outputs)
    assert "hidden" in page.inner_text(".plain-table >> nth=0")
    page.fill("[data-field='row.0'] input.number", "2")
    until(page, f"{outputs} !== {before!r}")
    row = np.median(x, axis=0)
    row[0] = 2.0
    shown = float(page.evaluate(outputs).removeprefix("output: "))
    assert shown == pytest.approx(float(model(row[np.newaxis])[0, 0]), rel=1e-3)
    np.testing.assert_array_equal(arrays_of(page, "row", opened)["row"], row[np.newaxis])


def test_a_unit_is_chosen_in_the_drawing_by_keys(visit: Any, opened: dict[str, Any]) -> None:
    page = visit(link="#v1/model")
    until(page, "document.querySelectorAll('[data-id=unit-rows] tbody tr').length === 12")
    page.focus("[data-unit='0.0']")
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    facts = "document.querySelector('[data-id=unit-facts]').textContent"
    until(page, f"{facts}.startsWith('Unit 2 of hidden')")
    values = opened["model"].layers[0](opened["x"]).numpy()[:, 2]
    first = "document.querySelector('[data-id=unit-rows] tbody td').textContent"
    until(page, f"{first} === '{values.argmax()}'")
    assert page.input_value("[data-field=unit] input.number") == "2"
    kernel = arrays_of(page, "describe", opened)["kernel_0"]
    np.testing.assert_array_equal(kernel, opened["model"].layers[0].kernel.numpy())
    assert arrays_of(page, "unit", opened)["rows"][0] == values.argmax()
    assert arrays_of(page, "layer", opened)["counts"].sum() == 60 * 4


def test_a_boundary_on_two_chosen_columns(visit: Any, opened: dict[str, Any]) -> None:
    page = visit(link="#v1/model")
    label = (
        "[...document.querySelectorAll('[data-part=boundary] canvas')][0]"
        "?.getAttribute('aria-label') ?? ''"
    )
    until(page, f"({label}).includes('over input 0 and input 1')")
    page.select_option("[data-field=columns] select", "2")
    until(page, f"({label}).includes('over input 2 and input 1')")
    page.select_option("[data-field='columns.1'] select", "2")  # the two change places
    until(page, f"({label}).includes('over input 1 and input 2')")
    points = arrays_of(page, "boundary", opened)["points"]
    np.testing.assert_array_equal(points, opened["x"][:, 1:])
    page.reload()
    until(page, f"({label}).includes('over input 1 and input 2')")


def test_loss_and_mistakes_are_computed_when_asked_for(visit: Any, opened: dict[str, Any]) -> None:
    page = visit(link="#v1/model")
    until(page, "document.querySelector('[data-id=outputs] .step-formula')")
    page.click("[data-id=loss]")
    loss = "document.querySelector('[data-part=loss] canvas').getAttribute('aria-label')"
    until(page, f"{loss}.includes('at the middle')")
    page.click("[data-id=mistakes]")
    until(page, "document.querySelectorAll('[data-id=mistaken-rows] tbody tr').length === 12")
    worst = page.inner_text("[data-id=mistaken-rows] tbody td >> nth=0")
    assert arrays_of(page, "mistakes", opened)["rows"][0] == int(worst)


def test_a_link_made_in_python_leaves_parts_out(visit: Any) -> None:
    packer = zlib.compressobj(9, wbits=-15)
    state = {"columns": [1, 2], "hide": ["loss", "mistakes"]}
    packed = packer.compress(json.dumps(state).encode()) + packer.flush()
    page = visit(link=f"#v1/model/{base64.urlsafe_b64encode(packed).rstrip(b'=').decode()}")
    until(page, "document.querySelector('[data-id=outputs] .step-formula')")
    assert page.is_visible("[data-part=boundary]")
    assert not page.is_visible("[data-part=loss]") and not page.is_visible("[data-part=mistakes]")
    assert page.input_value("[data-field='columns.1'] select") == "2"


def test_a_model_alone_says_what_is_missing(chromium: Any, start_server: Any) -> None:
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,), name="only")])
    context = chromium.new_context()
    page = context.new_page()
    page.goto(start_server(model=model).with_token)
    until(page, "document.querySelector('[data-id=missing]')?.textContent.includes('with rows')")
    assert page.is_visible("[data-part=network]")
    for part in ("row", "unit", "boundary", "loss", "mistakes"):
        assert not page.is_visible(f"[data-part={part}]")
    context.close()


def test_the_rows_as_a_layer_sees_them(visit: Any, opened: dict[str, Any]) -> None:
    page = visit(link="#v1/model")
    words = "document.querySelector('[data-id=warp-words]')?.textContent"
    until(page, f"{words}?.includes('of the variance')")
    assert "60 rows by the outputs of hidden" in page.evaluate(words)
    page.select_option("[data-part=warp] [data-field=units] select", "units")
    until(page, f"!{words}.includes('of the variance')")
    page.fill("[data-part=warp] [data-field='units.1'] input.number", "3")
    label = "document.querySelector('[data-part=warp] canvas').getAttribute('aria-label')"
    until(page, f"{label}.startsWith('60 rows')")
    data = arrays_of(page, "warp", opened)["data"]
    assert data.labels == ("unit 0", "unit 3") and data.columns == (0, 1)


def test_a_model_with_branches_is_drawn_as_boxes_that_take_keys(
    chromium: Any, start_server: Any, opened: dict[str, Any]
) -> None:
    entry = st.Input((COLUMNS,), name="entry")
    wide = st.layers.Dense(4, "relu", name="wide")(entry)
    inner = st.layers.Dense(4, name="inner")(wide)
    both = st.layers.Add(name="both")([wide, inner])
    model = st.Model(entry, st.layers.Dense(1, name="out")(both))
    model.compile("adam", "mse")
    context = chromium.new_context(viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(start_server(model=model, x=opened["x"], y=opened["y"]).with_token)
    page.locator("[data-layer='4']").wait_for()
    assert page.locator(".layer-link").count() == 5
    page.focus("[data-layer='0']")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.layer") == "2"
    page.keyboard.press("Enter")
    until(page, "document.querySelector('[data-id=unit-facts]').textContent.includes('of inner')")
    assert page.get_attribute("[data-layer='2']", "aria-pressed") == "true"
    context.close()

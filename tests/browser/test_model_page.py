"""The opened model in a browser: its layers, and outputs that follow the inputs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from tests.browser.waiting import until

pytestmark = pytest.mark.browser


def test_outputs_follow_the_inputs(chromium: Any, start_server: Any) -> None:
    x = np.random.default_rng(0).standard_normal((60, 3)).astype(np.float32)
    y = (x[:, 0] > 0).astype(np.float32)
    model = st.Sequential([
        st.layers.Dense(4, activation="tanh", input_shape=(3,), name="hidden"),
        st.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile("adam", "binary_crossentropy")
    started = start_server(model=model, x=x, y=y)
    context = chromium.new_context()
    page = context.new_page()
    page.goto(started.with_token)
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
    page.click("[data-id=mistakes]")
    until(page, "document.querySelectorAll('.plain-table').length === 2")
    context.close()

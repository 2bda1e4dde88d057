"""Runs in a browser: chosen, growing, with layers and findings; their names are only text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from tests.browser.waiting import until

pytestmark = pytest.mark.browser

CURVES = "(document.querySelector('.training canvas')?.getAttribute('aria-label') ?? '')"


def train(folder: str, name: str, rate: float = 0.1) -> None:
    x = np.random.default_rng(0).standard_normal((80, 3)).astype(np.float32)
    y = (x[:, 0] > 0).astype(np.int32)
    model = st.Sequential([
        st.layers.Dense(4, activation="tanh", input_shape=(3,)),
        st.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(st.optimizers.SGD(rate), "binary_crossentropy")
    watch = st.studio.Watch(folder, name, x[:20], y[:20])
    model.fit(x, y, epochs=5, batch_size=8, verbose=0, check=False, callbacks=[watch])


def opened(visit: Any) -> Any:
    page = visit(link="#v1/training")
    until(page, "document.querySelector('[data-view=training][aria-current]') !== null")
    return page


def test_a_run_appears_while_the_page_is_open_and_is_drawn(visit: Any, server: Any) -> None:
    page = opened(visit)
    train(server.folder, "first")
    page.get_by_label("show first").wait_for()
    until(page, f"{CURVES}.includes('first loss ends at')")
    until(page, "document.querySelectorAll('.training canvas')[1].ariaLabel.includes('weights of')")
    page.get_by_label("Of each layer").select_option("gradients")
    until(page, "document.querySelectorAll('.training canvas')[1].ariaLabel.includes('gradients')")
    train(server.folder, "second", rate=0.5)
    page.get_by_label("show second").check()
    until(page, f"{CURVES}.includes('second loss ends at')")


def test_names_are_text_and_never_markup(visit: Any, server: Any) -> None:
    name = "<img src=x onerror=document.title='bad'><b>bold"
    train(server.folder, name)
    page = opened(visit)
    page.get_by_label(f"show {name}").check()
    until(page, f"{CURVES}.includes('<b>bold')")
    assert page.locator("#studio b, #studio img").count() == 0
    assert page.title() == "steepest studio"

"""Every view in both themes: names, sizes of targets, contrast, no sideways scrolling."""

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

VIEWS = [
    "landscape", "playground", "initial_weights", "microscope", "training", "model", "lessons",
]  # fmt: skip

FAULTS = (Path(__file__).parent / "access_faults.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with a model of pictures, so that its view has all of its parts."""
    x = np.random.default_rng(0).random((60, 64)).astype(np.float32)
    model = st.Sequential([
        st.layers.Dense(4, "relu", input_shape=(64,), name="hidden"),
        st.layers.Dense(3, "softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy")
    folder = str(tmp_path_factory.mktemp("runs"))
    started = Running(folder=folder, model=model, x=x, y=np.arange(60) % 3)
    yield started
    started.stop()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1200, 2560])
@pytest.mark.parametrize("view", VIEWS)
def test_names_targets_contrast_and_width(visit: Any, view: str, width: int, scheme: str) -> None:
    page = visit(width=width, scheme=scheme, link=f"#v1/{view}")
    until(page, f"document.querySelector('[data-view={view}][aria-current]')")
    page.wait_for_timeout(800)
    assert page.evaluate(FAULTS) == []


@pytest.mark.parametrize("view", VIEWS)
def test_reading_sees_the_state_and_no_markup_is_made_of_it(visit: Any, view: str) -> None:
    page = visit(link=f"#v1/{view}")
    until(page, f"document.querySelector('[data-view={view}][aria-current]')")
    page.wait_for_timeout(800)
    assert (
        page.evaluate(
            "document.querySelectorAll('#studio [style*=expression], #studio script').length"
        )
        == 0
    )
    labels = page.evaluate(
        "[...document.querySelectorAll('#studio canvas[role=img]')]"
        ".map((each) => each.getAttribute('aria-label'))"
    )
    assert all(label.endswith(".") for label in labels)

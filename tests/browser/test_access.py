"""Every view in both themes: names, sizes of targets, contrast, no sideways scrolling."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.waiting import until

pytestmark = pytest.mark.browser

VIEWS = ["landscape", "playground", "initial_weights", "microscope", "training", "lessons"]

FAULTS = (Path(__file__).parent / "access_faults.js").read_text(encoding="utf-8")


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

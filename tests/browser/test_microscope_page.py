"""The microscope in a browser: forward, backward and update, one step after the other, and back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.waiting import until

pytestmark = pytest.mark.browser

FORMULA = ".step-formula"


def test_steps_go_forward_and_back_and_the_numbers_are_those_of_the_frame(visit: Any) -> None:
    page = visit(link="#v1/microscope")
    until(page, f"document.querySelector({FORMULA!r})?.textContent.startsWith('z_1')")
    assert "delta_1: not yet" in page.inner_text("[data-id=arrays]")
    page.keyboard.press(".")
    until(page, f"document.querySelector({FORMULA!r}).textContent.startsWith('a_1')")
    page.keyboard.press(",")
    until(page, f"document.querySelector({FORMULA!r}).textContent.startsWith('z_1')")
    page.get_by_role("button", name="Last step").click()
    until(page, f"document.querySelector({FORMULA!r}).textContent.startsWith('new_b_2')")
    assert "not yet" not in page.inner_text("[data-id=arrays]")


def test_a_wrong_row_is_named_beside_its_field(visit: Any) -> None:
    page = visit(link="#v1/microscope")
    until(page, f"document.querySelector({FORMULA!r})?.textContent")
    page.get_by_label("Targets").fill("1, 2, 3")
    wrong = page.locator("[data-field=targets] .wrong")
    wrong.wait_for(state="visible")
    assert "1 numbers were expected" in wrong.inner_text()

"""The first five lessons, done by what their visible text says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.waiting import until

pytestmark = pytest.mark.browser


def lesson(page: Any, title: str) -> str:
    """Opens a lesson from the list by its title; gives its task."""
    page.get_by_role("button", name="Lessons", exact=True).click()
    page.get_by_role("button", name=title).click()
    page.get_by_role("heading", name=title).wait_for()
    return str(page.locator(".task").inner_text())


def solved(page: Any) -> None:
    until(page, "document.querySelector('.task-result')?.textContent.startsWith('Solved')")


def ready(page: Any) -> None:
    until(page, "document.querySelector('[data-id=facts]')?.textContent.startsWith('epoch 0 ')")


def train(page: Any) -> None:
    ready(page)
    page.get_by_label("speed").select_option("100 steps a picture")
    page.get_by_role("button", name="train", exact=True).click()


def test_lessons_one_to_five(visit: Any) -> None:
    page = visit(width=1400)
    task = lesson(page, "1. The perceptron")
    assert "Train the network" in task
    train(page)
    solved(page)

    page.get_by_role("button", name="Next").click()
    page.get_by_role("heading", name="2. Why activations must not be linear").wait_for()
    ready(page)
    page.get_by_label("activation of layer 1").select_option("tanh")
    train(page)
    solved(page)

    page.get_by_role("button", name="Next").click()
    page.get_by_role("heading", name="3. Exclusive or").wait_for()
    ready(page)
    page.get_by_role("button", name="+ layer").click()
    page.get_by_role("button", name="one unit more in layer 1").wait_for()
    train(page)
    solved(page)

    page.get_by_role("button", name="Next").click()
    page.get_by_role("heading", name="4. The loss").wait_for()
    train(page)
    solved(page)

    page.get_by_role("button", name="Next").click()
    page.get_by_role("heading", name="5. Gradient descent").wait_for()
    until(page, "document.querySelector('.optimizers .result')?.textContent")
    assert not page.locator(".task-result").inner_text().startswith("Solved")
    page.get_by_label("Start x").fill("-1.8")
    page.get_by_label("Start y").fill("1.9")
    solved(page)
    page.get_by_role("button", name="All lessons").click()
    assert page.locator(".solved-mark", has_text="solved").count() == 5


def test_a_link_opens_a_lesson_and_hides_the_rest(visit: Any) -> None:
    page = visit()
    lesson(page, "6. The learning rate is too big")
    page.wait_for_timeout(300)
    page.reload()
    page.get_by_role("heading", name="6. The learning rate is too big").wait_for()
    assert not page.get_by_label("Noise").first.is_visible()
    page.get_by_label("SGD: learning rate").first.fill("0.5")
    solved(page)


def test_a_link_without_a_state_opens_its_view_in_an_open_page(visit: Any) -> None:
    page = visit(link="#v1/playground")
    page.wait_for_selector("[data-id=facts]")
    page.evaluate("location.hash = '#v1/lessons'")
    page.get_by_role("button", name="1. The perceptron").wait_for()

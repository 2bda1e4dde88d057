"""Lessons 6 to 20, each solved by the controls that its visible text names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.test_lessons_page import lesson, ready, solved
from tests.browser.waiting import until

pytestmark = pytest.mark.browser

RESULTS = "document.querySelectorAll('.optimizers .result').length"
FACTS = "(document.querySelector('[data-id=facts]')?.textContent ?? '')"


def number(page: Any, name: str, value: str, place: int = 0) -> None:
    """Types a number into a control by its visible name."""
    page.get_by_label(name, exact=True).nth(place).fill(value)


def train(page: Any) -> None:
    page.get_by_role("button", name="train", exact=True).click()


def start_again(page: Any, speed: str = "") -> None:
    page.get_by_role("button", name="Start again").click()
    ready(page)
    if speed:
        page.get_by_label("speed").select_option(speed)
    train(page)


def options_of_each_layer(page: Any, layers: int, change: Callable[[Any], None]) -> None:
    for place in range(1, layers + 1):
        page.get_by_role("button", name=f"options of layer {place}").click()
        group = page.get_by_role("group", name=f"options of layer {place}")
        change(group)
        group.get_by_role("button", name="Close").click()


def rate_too_big(page: Any) -> None:
    number(page, "SGD: learning rate", "0.5")


def rate_too_small(page: Any) -> None:
    number(page, "SGD: learning rate", "0.9")


def batches(page: Any) -> None:
    number(page, "SGD: learning rate", "0.02")


def momentum(page: Any) -> None:
    page.get_by_role("button", name="Options").nth(1).click()
    page.get_by_role("textbox", name="momentum", exact=True).fill("0.8")


def adaptive_rates(page: Any) -> None:
    number(page, "RMSprop: learning rate", "0.1")
    number(page, "Adam: learning rate", "0.1")


def decay(page: Any) -> None:
    page.get_by_label("schedule").first.select_option("ExponentialDecay")


def scaling(page: Any) -> None:
    page.get_by_role("textbox", name="Height").fill("x^2 + 1*y^2")
    number(page, "SGD: learning rate", "0.4")


def initial_weights(page: Any) -> None:
    options_of_each_layer(
        page,
        2,
        lambda group: group.get_by_label("initial weights").select_option("GlorotUniform"),
    )
    start_again(page, "1000 steps a picture")


def overfitting(page: Any) -> None:
    number(page, "Share for training", "0.8")
    start_again(page)


def penalties(page: Any) -> None:
    options_of_each_layer(
        page, 2, lambda group: group.get_by_label("regularizer").select_option("L2")
    )
    start_again(page)


def dropout(page: Any) -> None:
    options_of_each_layer(
        page, 2, lambda group: group.get_by_role("textbox", name="dropout").fill("0.5")
    )
    start_again(page)


def early_stopping(page: Any) -> None:
    number(page, "test loss below", "0.44")
    train(page)


def batch_normalisation(page: Any) -> None:
    options_of_each_layer(
        page, 6, lambda group: group.get_by_label("normalisation").select_option("batch")
    )
    start_again(page, "1000 steps a picture")


def bias_and_variance(page: Any) -> None:
    page.get_by_label("activation of layer 1").select_option("relu")
    for _ in range(14):
        page.get_by_role("button", name="one unit more in layer 1").click()
    for _ in range(2):
        page.get_by_role("button", name="+ layer").click()
    start_again(page, "1000 steps a picture")


def search(page: Any) -> None:
    number(page, "SGD: learning rate", "0.002")


SOLUTIONS = {
    "6. The learning rate is too big": rate_too_big,
    "7. The learning rate is too small": rate_too_small,
    "8. Batches are noisy": batches,
    "9. Momentum": momentum,
    "10. RMSprop and Adam": adaptive_rates,
    "11. Decay of the learning rate": decay,
    "12. Scaling the inputs": scaling,
    "13. Initial weights": initial_weights,
    "14. Over- and underfitting": overfitting,
    "15. L1 and L2": penalties,
    "16. Dropout": dropout,
    "17. Early stopping": early_stopping,
    "18. Batch normalisation": batch_normalisation,
    "19. Bias and variance": bias_and_variance,
    "20. Searching for settings": search,
}


@pytest.mark.parametrize("title", SOLUTIONS)
def test_a_lesson_is_solved_by_its_visible_text(visit: Any, title: str) -> None:
    page = visit(width=1400)
    lesson(page, title)
    until(page, f"{FACTS}.startsWith('epoch 0 ') || {RESULTS} > 0")
    assert page.locator(".task-result").inner_text() == "Not solved yet."
    SOLUTIONS[title](page)
    solved(page)

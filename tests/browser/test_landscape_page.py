"""The landscape in a browser: dragged, typed into, used by keys, reloaded, without a server."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from tests.browser.waiting import until

pytestmark = pytest.mark.browser

MAP = ".main-picture canvas"
RESULT = ".optimizers .result"
START_X = "[data-field='start.0'] input"


def pixels(page: Any, selector: str = MAP) -> str:
    return page.evaluate(f"document.querySelector({selector!r}).toDataURL()")


def ready(page: Any) -> None:
    until(page, f"document.querySelector({RESULT!r})?.textContent")


def changed(page: Any, selector: str, text: str) -> None:
    until(page, f"document.querySelector({selector!r}).textContent !== {text!r}")


def test_dragging_the_start_redraws_the_paths(visit: Any) -> None:
    page = visit()
    ready(page)
    page.wait_for_timeout(100)
    before, result = pixels(page), page.inner_text(RESULT)
    box = page.locator(".main-picture .stage").bounding_box()
    page.mouse.move(box["x"] + 120, box["y"] + 100)
    page.mouse.down()
    for place in range(10):
        page.mouse.move(box["x"] + 120 + 20 * place, box["y"] + 100 + 5 * place)
    changed(page, RESULT, result)
    during = pixels(page)
    page.mouse.up()
    assert before != during
    assert float(page.input_value(START_X)) > -8


def test_a_number_moves_the_point(visit: Any) -> None:
    page = visit()
    ready(page)
    result = page.inner_text(RESULT)
    page.fill(START_X, "4")
    changed(page, RESULT, result)
    words = page.get_attribute("[data-handle=start]", "aria-valuetext")
    assert words == "x 4, y 3"


def test_an_answer_leaves_what_is_wrong_with_a_typed_number(visit: Any) -> None:
    page = visit()
    ready(page)
    steps, wrong = "[data-field=steps] input.number", page.locator("[data-field=steps] .wrong")
    page.fill(steps, "many")
    wrong.wait_for(state="visible")
    for place in ("4", "5"):
        result = page.inner_text(RESULT)
        page.fill(START_X, place)
        changed(page, RESULT, result)
        assert "a whole number from" in wrong.inner_text()
        assert page.input_value(steps) == "many"
    page.fill(steps, "20")
    wrong.wait_for(state="hidden")


def test_a_number_that_changes_elsewhere_replaces_a_wrong_one(visit: Any) -> None:
    page = visit()
    ready(page)
    page.fill(START_X, "left")
    wrong = page.locator("[data-field='start.0'] .wrong")
    wrong.wait_for(state="visible")
    page.focus("[data-handle=start]")
    page.keyboard.press("ArrowRight")
    wrong.wait_for(state="hidden")
    assert float(page.input_value(START_X)) > -8


def test_an_expression_is_a_surface_and_errors_stand_beside_it(visit: Any) -> None:
    page = visit()
    ready(page)
    page.select_option("[data-field=surface] select", "own expression")
    text = "[data-field='surface.expression'] input"
    page.fill(text, "x^2 + 2*y^2 + unknown")
    wrong = page.locator("[data-field='surface.expression'] .wrong")
    wrong.wait_for(state="visible")
    assert "unknown" in wrong.inner_text()
    page.fill(text, "x^2 + 2*y^2 + sin(3*x)")
    wrong.wait_for(state="hidden")
    until(page, "document.querySelector('[data-id=formula]').textContent.includes('sin')")


def test_a_surface_without_a_finite_height_says_so(visit: Any) -> None:
    page = visit()
    ready(page)
    page.select_option("[data-field=surface] select", "own expression")
    page.fill("[data-field='surface.expression'] input", "x/0")
    until(page, "document.querySelector('[data-id=formula]').textContent.endsWith("
          "'height = x/0; no height here is a finite number')")  # fmt: skip


def test_every_optimizer_of_the_library_can_be_added(visit: Any) -> None:
    from steepest.studio.catalogue import entries

    page = visit()
    ready(page)
    offered = page.locator("select[aria-label='add an optimizer'] option").all_inner_texts()
    assert set(entries("optimizer")) == set(offered[1:])
    page.select_option("select[aria-label='add an optimizer']", "Lion")
    until(page, f"document.querySelectorAll({RESULT!r})[4]?.textContent")


def test_schedules_and_options_change_the_path(visit: Any) -> None:
    page = visit()
    ready(page)
    result = page.inner_text(RESULT)
    page.select_option("[data-field='optimizers.0.schedule'] select", "ExponentialDecay")
    changed(page, RESULT, result)
    result = page.inner_text(RESULT)
    page.click("button[aria-label='options of SGD'] >> nth=0")
    page.fill("[data-field='optimizers.0.options.momentum'] input", "0.8")
    changed(page, RESULT, result)
    assert page.inner_text(".optimizers tbody th >> nth=0") == "SGD with momentum 0.8"


def test_basins_and_python_are_shown(visit: Any) -> None:
    page = visit()
    ready(page)
    page.select_option("[data-field=surface] select", "himmelblau")
    page.select_option("[data-field=optimizer] select", "3")
    until(page, "document.querySelector('[data-id=basins]').textContent.includes('%')")
    page.click("text=Show the Python")
    assert "import steepest as st" in page.inner_text("dialog pre")
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="detached")


def test_by_keys_alone(visit: Any) -> None:
    page = visit()
    ready(page)
    reached = []
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.getAttribute('data-handle')"))
        if reached[-1]:
            break
    assert reached[-1] == "start"
    x = float(page.input_value(START_X))
    page.keyboard.press("ArrowRight")
    until(page, f"document.querySelector({START_X!r}).value > {x}")
    one = float(page.input_value(START_X)) - x
    page.keyboard.press("Shift+ArrowRight")
    until(page, f"document.querySelector({START_X!r}).value > {x + 2 * one}")
    assert float(page.input_value(START_X)) - x == pytest.approx(11 * one)
    page.keyboard.press("r")
    assert page.inner_text(".step-shown").startswith("step 0")
    page.keyboard.press(".")
    until(page, "document.querySelector('.step-shown').textContent.startsWith('step 1 ')")
    page.keyboard.press("Space")
    until(page, "parseInt(document.querySelector('.step-shown').textContent.slice(5)) > 3")
    page.keyboard.press("Space")
    page.keyboard.press("?")
    assert "play or pause" in page.inner_text("dialog")


def test_a_reload_keeps_the_state_and_the_token_leaves_the_address(visit: Any) -> None:
    page = visit()
    ready(page)
    assert "token" not in page.url
    page.fill(START_X, "5.5")
    page.select_option("[data-field=surface] select", "bowl")
    page.fill(START_X, "1.25")
    page.wait_for_timeout(300)
    page.reload()
    ready(page)
    assert page.input_value("[data-field=surface] select") == "bowl"
    assert page.input_value(START_X) == "1.25"


def test_the_theme_changes_by_choice_and_by_the_system(visit: Any) -> None:
    page = visit(scheme="dark")
    ready(page)
    ground = "getComputedStyle(document.querySelector('#studio')).backgroundColor"
    dark = page.evaluate(ground)
    page.select_option("select[aria-label='colours of the page']", "light")
    assert page.evaluate(ground) == "rgb(255, 255, 255)" != dark
    page.select_option("select[aria-label='colours of the page']", "auto")
    assert page.evaluate(ground) == dark


def test_a_killed_server_gives_a_sentence_and_its_successor_asks_for_its_token(
    chromium: Any, start_server: Any
) -> None:
    first = start_server()
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{first.with_token}#v1/landscape")
    ready(page)
    page.fill(START_X, "2.5")
    page.wait_for_timeout(300)
    first.stop()
    page.fill(START_X, "3.5")
    page.locator(".banner").wait_for(state="visible")
    assert "does not answer" in page.inner_text(".banner")
    page.wait_for_timeout(300)
    second = start_server(first.port)
    until(page, "document.querySelector('.banner').textContent.includes('no valid token')")
    state = page.url.partition("#")[2]
    page.goto("about:blank")
    page.goto(f"{second.with_token}#{state}")
    ready(page)
    assert page.input_value(START_X) == "3.5"
    context.close()


def test_without_a_token_the_page_says_what_to_do(chromium: Any, server: Any) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(server.address)
    page.locator(".banner").wait_for(state="visible")
    assert "token" in page.inner_text(".banner")
    context.close()


def test_nothing_moves_smoothly_if_less_motion_is_asked_for(visit: Any) -> None:
    page = visit(reduced_motion="reduce")
    ready(page)
    page.keyboard.press("r")
    page.evaluate(
        "window.shown = []; new MutationObserver(() => shown.push(performance.now()))"
        ".observe(document.querySelector('.step-shown'),"
        " {childList: true, characterData: true, subtree: true})"
    )
    page.keyboard.press("Space")
    until(page, "shown.length >= 3")
    times = page.evaluate("shown")
    assert min(b - a for a, b in pairwise(times)) > 200


@pytest.mark.parametrize("width", [360, 640, 700, 860, 901, 1000, 1280, 1700])
def test_the_whole_table_of_optimizers_is_seen_at_any_width(visit: Any, width: int) -> None:
    page = visit(width=width)
    page.locator(".optimizers .result").first.wait_for()
    until(page, "document.querySelector('.optimizers .result').innerText !== ''")
    whole, seen = page.evaluate("""(() => {
      const place = document.querySelector(".table-scroll");
      return [place.scrollWidth, place.clientWidth];
    })()""")
    assert whole <= seen

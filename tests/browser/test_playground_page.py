"""The playground in a browser: trained, changed while it runs, painted, edited, taken back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.waiting import until

pytestmark = pytest.mark.browser

FACTS = "[data-id=facts]"
MAP = ".outputs canvas"


def opened(visit: Any, **options: Any) -> Any:
    page = visit(link="#v1/playground", **options)
    until(page, f"document.querySelector({FACTS!r})?.textContent.includes('test: loss')")
    if page.get_attribute("[data-id=play]", "aria-label") == "pause":  # of an earlier test
        page.click("[data-id=play]")
        until(page, "document.querySelector('[data-id=play]').ariaLabel === 'train'")
    page.click("[data-id=reset]")
    until(page, epoch_is("=== 0"))
    return page


def epoch_is(condition: str) -> str:
    return f"parseInt((document.querySelector({FACTS!r})?.textContent ?? '').slice(6)) {condition}"


def pixels(page: Any) -> str:
    return page.evaluate(f"document.querySelector({MAP!r}).toDataURL()")


def test_it_trains_pauses_and_draws(visit: Any) -> None:
    page = opened(visit)
    before = pixels(page)
    page.click("[data-id=play]")
    until(page, epoch_is("> 3"))
    page.click("[data-id=play]")
    until(page, "document.querySelector('[data-id=play]').getAttribute('aria-label') === 'train'")
    page.wait_for_timeout(300)
    after = pixels(page)
    assert before != after
    page.wait_for_timeout(300)
    assert pixels(page) == after


def test_a_refused_feature_holds_back_no_other_setting(visit: Any) -> None:
    page = opened(visit)
    page.fill("[data-field=features] input", "nonsense(x)")
    page.keyboard.press("Enter")
    until(page, "document.body.innerText.includes('nonsense')")
    page.click("[data-id=more-units-0]")
    until(page, "document.querySelector('[data-unit=\"1.4\"]') !== null")
    page.click("[data-id=python]")
    until(page, "document.querySelector('dialog[open]')?.innerText.includes('units=5')")
    assert "nonsense" not in page.inner_text("dialog[open]")
    page.keyboard.press("Escape")
    page.click("[data-id=undo]")  # the server answers, so that it is left as it was
    until(page, "document.querySelector('[data-unit=\"1.4\"]') === null")


def test_a_layer_and_a_unit_are_added_while_it_trains(visit: Any) -> None:
    page = opened(visit)
    columns = page.locator(".network-column").count()
    page.click("[data-id=play]")
    until(page, epoch_is("> 1"))
    page.click("[data-id=add-layer]")
    until(page, f"document.querySelectorAll('.network-column').length === {columns + 1}")
    page.click("[data-id=more-units-0]")
    until(page, "document.querySelector('[data-unit=\"1.4\"]') !== null")
    until(page, epoch_is("> 2"))
    page.click("[data-id=undo]")
    until(page, "document.querySelector('[data-unit=\"1.4\"]') === null")
    page.click("[data-id=undo]")
    until(page, f"document.querySelectorAll('.network-column').length === {columns}")


def test_a_weight_is_edited_by_keys(visit: Any) -> None:
    page = opened(visit)
    page.locator("[data-unit='0.0']").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.unit") == "1.0"
    page.keyboard.press("Enter")
    field = page.locator("[data-id=weights] input >> nth=0")
    before = pixels(page)
    field.fill("-3")
    until(page, f"document.querySelector({MAP!r}).toDataURL() !== {before!r}")


def test_several_classes_have_shapes_and_a_table(visit: Any) -> None:
    page = opened(visit)
    page.fill("[data-field='data.classes'] input.number", "4")
    until(page, "document.querySelectorAll('[data-id=confusion] tbody tr').length === 4")
    page.fill("[data-field='data.classes'] input.number", "2")
    until(page, "document.querySelectorAll('[data-id=confusion] tbody tr').length === 2")


def test_points_are_painted_by_hand_and_by_number(visit: Any) -> None:
    page = opened(visit)
    page.select_option("[data-field=data] select", "painted")
    page.locator("text=Add this point").click()
    box = page.locator(".outputs .stage").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
    page.click(".outputs .tool[aria-label*='as a table'] >> nth=0")
    until(page, "document.querySelectorAll('.outputs .numbers tbody tr').length === 4")
    page.select_option("[data-field=data] select", "circle")


def test_a_wrong_table_is_explained_beside_it(visit: Any) -> None:
    page = opened(visit)
    page.select_option("[data-field=data] select", "table")
    area = page.locator("textarea[aria-label=table]")
    area.fill("a,b,c\n1,2,x\n3,oops,y\n")
    area.blur()
    wrong = page.locator("[data-field^='data.'] .wrong:visible")
    wrong.first.wait_for()
    assert "oops" in wrong.first.inner_text()
    page.select_option("[data-field=data] select", "circle")


def test_a_divergence_is_explained_and_taken_back(visit: Any) -> None:
    page = opened(visit)
    page.select_option("[data-field=data] select", "plane")
    page.fill("[data-field='optimizer.options.learning_rate'] input", "1000")
    page.select_option("[data-field='layers.0.activation'] select", "linear")
    page.select_option("[data-field='layers.1.activation'] select", "linear")
    page.click("[data-id=play]")
    page.locator("[data-id=findings] [data-id=apply]").wait_for(timeout=60_000)
    page.click("[data-id=apply]")
    page.locator("[data-id=findings] [data-id=apply]").wait_for(state="detached")
    page.click("[data-id=reset]")


def test_a_reload_finds_the_training_as_it_goes_on(visit: Any) -> None:
    page = opened(visit)
    page.click("[data-id=play]")
    until(page, epoch_is("> 2"))
    page.wait_for_timeout(200)
    page.reload()
    until(page, epoch_is("> 2"))
    assert page.get_attribute("[data-id=play]", "aria-label") == "pause"
    page.click("[data-id=play]")


def test_two_pages_agree(visit: Any) -> None:
    first, second = opened(visit), opened(visit)
    first.fill("[data-field=batch] input.number", "25")
    until(second, "document.querySelector('[data-field=batch] input.number').value === '25'")

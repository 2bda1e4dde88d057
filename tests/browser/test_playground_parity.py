"""The playground has what TensorFlow Playground has, and more: a list of its controls and pictures.

Two networks beside each other, marks on the curve, tables, losses that become NaN, links.
"""

from __future__ import annotations

import base64
import json
import random
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.page_module import PAGE
from steepest.studio.fields import check
from steepest.studio.views.playground_network import NETWORK
from tests.browser.conftest import Running
from tests.browser.waiting import until

pytestmark = pytest.mark.browser

LINKS = json.loads(Path(__file__).with_name("links_of_the_playground.json").read_text())
FACTS = "[data-id=facts]"

CONTROLS = {
    "train and pause": "[data-id=play]",
    "one epoch": "[data-id=step]",
    "start again": "[data-id=reset]",
    "epoch, losses, accuracy": FACTS,
    "speed": "[data-part=speed] select",
    "undo": "[data-id=undo]",
    "two networks": "[data-id=compare]",
    "learning rate": "[data-field='optimizer.options.learning_rate'] input",
    "optimizer": "[data-part=optimizer] select",
    "activation of each layer": "[data-field='layers.0.activation'] select",
    "loss": "[data-part=loss] select",
    "data": "[data-field=data] select",
    "classes": "[data-part=classes] input",
    "share for training": "[data-part=share] input",
    "noise": "[data-part=noise] input",
    "points": "[data-part=points] input",
    "other points": "[data-part=seed] button, button[data-part=seed]",
    "batch": "[data-part=batch] input",
    "seed": "[data-field=seed] input",
    "features": "[data-unit='0.6']",
    "own feature": "[data-field=features] input",
    "more layers": "[data-id=add-layer]",
    "fewer layers": "[data-id=remove-layer]",
    "more units": "[data-id=more-units-0]",
    "fewer units": "[data-id=fewer-units-0]",
    "stop at epochs": "[data-field='stop.epochs'] input",
    "stop at a training loss": "[data-field='stop.train_loss'] input",
    "stop at a test loss": "[data-field='stop.test_loss'] input",
    "stop at an accuracy": "[data-field='stop.accuracy'] input",
    "test points": "[data-part=test] input",
    "two colours": "[data-part=steps] input",
    "what the colours mean": "[data-id=points-words]",
    "confusion": "[data-id=confusion] table",
    "the code": "[data-id=python]",
    "findings": "[data-id=findings]",
    "weights as lines": ".links path",
}
OPTIONS = ("initializer", "regularizer", "normalisation", "dropout")
DATA = ("circle", "xor", "gauss", "spiral", "plane", "multi-gauss", "formula", "painted", "table")


@pytest.fixture(autouse=True)
def _as_found(server: Running) -> Iterator[None]:
    """Gives the server the usual state and pauses it, before and after each test."""

    def begin() -> None:
        usual = {**check(NETWORK, {}), "other": None}
        for do, given in (("pause", {}), ("set", {"changes": usual}), ("reset", {})):
            message = {"view": "playground", "do": do, "with": given}
            assert server.server.session.request(message).kind == "state"

    begin()
    yield
    begin()


def opened(visit: Any, link: str = "#v1/playground", **options: Any) -> Any:
    page = visit(link=link, **options)
    until(page, f"document.querySelector({FACTS!r})?.textContent.includes('test: loss')")
    return page


def facts(page: Any) -> str:
    return page.inner_text(FACTS)


def epochs(page: Any, condition: str) -> None:
    number = f"/epoch (\\d+)/.exec(document.querySelector({FACTS!r}).textContent)[1]"
    until(page, f"Number({number}) {condition}")


def state_of(link: str) -> dict[str, Any]:
    packed = link.rsplit("/", 1)[1]
    data = zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), -15)
    found: dict[str, Any] = json.loads(data)
    return found


def within(wanted: Any, shown: Any) -> bool:
    """Every setting of an old link has its value; settings that came later may stand beside it."""
    if isinstance(wanted, dict) and isinstance(shown, dict):
        return all(key in shown and within(value, shown[key]) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(shown, list) and len(wanted) == len(shown):
        return all(within(*pair) for pair in zip(wanted, shown, strict=True))
    return bool(wanted == shown)


def ink(page: Any, unit: str) -> int:
    """How many colours the map of a unit has."""
    return page.evaluate(f"""(() => {{
      const canvas = document.querySelector("[data-unit='{unit}'] canvas");
      const {{ data }} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    }})()""")


def test_every_control_and_picture_is_there(visit: Any) -> None:
    page = opened(visit)
    missing = [name for name, each in CONTROLS.items() if page.locator(each).count() == 0]
    assert not missing
    kinds = page.locator("[data-field=data] option").evaluate_all("all => all.map(o => o.value)")
    assert set(DATA) <= set(kinds)
    page.get_by_role("button", name="options of layer 1").click()
    for name in OPTIONS:
        assert page.locator(f"[data-field^='layers.0.{name}']").count(), name
    page.locator("[data-unit='1.0']").click()
    assert page.locator("[data-id=weights] input").count() == 3  # two weights and the bias
    assert page.locator(".outputs canvas").count() >= 2


def test_features_units_and_outputs_of_classes_have_maps(visit: Any) -> None:
    page = opened(visit)
    page.fill("[data-field='data.classes'] input.number", "3")
    until(page, "document.querySelector('[data-unit=\"3.2\"]') !== null")
    page.wait_for_timeout(300)
    for unit in ("0.0", "0.6", "1.0", "2.1", "3.0", "3.2"):
        assert ink(page, unit) > 5, unit
    page.locator("[data-unit='0.4']").hover()
    page.locator(".maps", has_text="Feature x*y").wait_for()


def test_values_have_r2_and_no_table_of_classes(visit: Any) -> None:
    page = opened(visit)
    page.select_option("[data-field=data] select", "plane")
    until(page, f"document.querySelector({FACTS!r}).textContent.includes('R²')")
    assert page.locator("[data-id=confusion] table").count() == 0


def test_a_training_stops_at_a_number_of_epochs(visit: Any) -> None:
    page = opened(visit)
    page.fill("[data-field='stop.epochs'] input", "3")
    page.click("[data-id=play]")
    until(page, f"document.querySelector({FACTS!r}).textContent.includes('3 epochs are complete')")
    until(page, "document.querySelector('[data-id=play]').ariaLabel === 'train'")


def test_two_networks_train_beside_each_other(visit: Any) -> None:
    page = opened(visit)
    page.click("[data-id=step]")
    epochs(page, "=== 1")
    page.click("[data-id=compare]")
    page.locator("[data-id=other-facts]").wait_for()
    assert "the same so far" in page.inner_text("[data-id=differences]")
    page.fill("[data-field='optimizer.options.learning_rate'] input", "0.3")
    page.fill("[data-field=batch] input.number", "25")
    until(
        page,
        "document.querySelector('[data-id=differences]').textContent"
        " === 'compared → this: learning rate 0.03 → 0.3; batch 10 → 25'",
    )
    page.click("[data-id=play]")
    epochs(page, "> 5")
    page.click("[data-id=play]")
    until(page, "document.querySelector('[data-id=play]').ariaLabel === 'train'")
    page.wait_for_timeout(300)
    both = [page.inner_text(FACTS), page.inner_text("[data-id=other-facts]")]
    assert all("test: loss" in each and "accuracy" in each for each in both)
    assert len({re.search(r"epoch (\d+)", each)[1] for each in both}) == 1
    assert page.locator("[data-id=other-map] canvas").is_visible()
    boxes = [page.locator(".maps figure").nth(index).bounding_box() for index in (0, 1)]
    assert boxes[0]["y"] == boxes[1]["y"] and boxes[0]["x"] < boxes[1]["x"]
    names = page.locator(".outputs canvas").evaluate_all("all => all.map(c => c.ariaLabel)")
    assert any("compared, training" in (name or "") for name in names), names
    page.reload()
    page.locator("[data-id=other-facts]").wait_for()
    page.click("[data-id=compare]")
    page.locator("[data-id=other-facts]").wait_for(state="hidden")
    assert not page.locator("[data-id=other-map]").is_visible()
    page.click("[data-id=undo]")
    page.locator("[data-id=other-facts]").wait_for()


def test_changes_are_marked_on_the_curve_and_a_reload_finds_them(visit: Any) -> None:
    page = opened(visit)
    page.click("[data-id=step]")
    epochs(page, "=== 1")
    page.fill("[data-field=batch] input.number", "25")
    page.click("[data-id=step]")
    epochs(page, "=== 2")
    page.reload()
    until(page, f"document.querySelector({FACTS!r})?.textContent.includes('epoch 2')")
    with page.expect_download() as saved:
        page.locator(".outputs").get_by_role("button", name=re.compile("Loss.*SVG")).click()
    assert "batch 10 → 25" in Path(saved.value.path()).read_text()


def test_a_file_is_dropped_and_its_columns_are_chosen(visit: Any) -> None:
    page = opened(visit)
    page.select_option("[data-field=data] select", "table")
    page.locator("[data-id=drop]").wait_for()
    draw = random.Random(0)
    lines = [
        f"{draw.gauss(0, 1):.3f},{draw.gauss(0, 1):.3f},{draw.gauss(0, 1):.3f},"
        f"{draw.gauss(0, 1):.3f},{draw.choice('pq')}" for _ in range(3000)
    ]  # fmt: skip
    page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.items.add(new File([text], "towns.csv", { type: "text/csv" }));
          const drop = new DragEvent("drop", { dataTransfer: data, bubbles: true });
          document.querySelector("[data-id=drop]").dispatchEvent(drop);
        }""",
        "age,rent,rooms,height,kind\n" + "\n".join(lines),
    )
    page.locator("[data-id=sent-table]").wait_for()
    page.locator("[data-part=columns] select").nth(1).wait_for()
    assert "towns.csv" in page.inner_text("[data-id=sent-table]")
    page.locator("[data-part=columns] select").nth(1).select_option("height")
    until(page, "document.querySelector('[data-id=confusion]').innerText.includes('q')")
    page.locator("[data-part=components] input").click()
    until(page, "document.querySelectorAll('[data-part=columns] select').length === 1")
    assert "upload" in state_of(page.evaluate("location.hash"))["data"]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("wide.csv", ",".join(f"c{k}" for k in range(9000)) + "\n1\n", "9,000 columns"),
        ("short.csv", "a,b,c\n" + "1,2,3\n" * 5000 + "4,5\n", "has 2 fields, expected 3"),
        ("picture.csv", "\0" * 30_000, "zero byte"),
        ("words.csv", "a,b,c\n" + "one,two,x\nthree,four,y\n" * 2000, "a number was expected"),
        ("small.csv", "a,b,c\n1,2\n3,4,x\n", "line 2 has 2 fields"),
    ],
)
def test_a_wrong_file_is_explained_and_nothing_is_lost(
    visit: Any, name: str, content: str, sentence: str
) -> None:
    page = opened(visit)
    page.select_option("[data-field=data] select", "table")
    page.locator("[data-id=drop]").wait_for()
    until(page, "document.querySelectorAll('[data-part=columns] select').length === 3")
    file = {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
    page.set_input_files("[data-id=drop] input", file)
    until(
        page,
        f"[...document.querySelectorAll('.wrong')].some(p => p.innerText.includes({sentence!r}))",
    )
    page.click("[data-id=step]")
    epochs(page, "=== 1")


def test_a_huge_file_is_refused_before_it_is_read(visit: Any, tmp_path: Path) -> None:
    page = opened(visit)
    page.select_option("[data-field=data] select", "table")
    page.locator("[data-id=drop]").wait_for()
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(3 << 30)
    page.set_input_files("[data-id=drop] input", str(path))
    page.locator("[data-id=drop] .wrong", has_text="at most 20 MB was expected").wait_for()


def test_a_loss_that_becomes_nan_stops_and_one_click_goes_on(visit: Any) -> None:
    page = opened(visit)
    page.select_option("[data-field=data] select", "plane")
    for layer in (0, 1):
        page.select_option(f"[data-field='layers.{layer}.activation'] select", "relu")
    page.click("[data-id=step]")
    epochs(page, "=== 1")
    page.fill("[data-field='optimizer.options.learning_rate'] input", "1000")
    page.click("[data-id=play]")
    apply = page.locator("[data-id=findings] [data-id=apply]")
    apply.wait_for(timeout=60_000)
    words = page.inner_text("[data-id=findings]")
    assert re.search(r"in epoch \d+, step \d+, first in the \w+ pass", words), words
    assert re.search(r"layer \d|the output|operation", words) and "dense_" not in words
    assert "learning rate 1000 is too high" in words
    assert page.get_attribute("[data-id=play]", "aria-label") == "train"
    apply.click()
    apply.wait_for(state="detached")
    rate = "[data-field='optimizer.options.learning_rate'] input"
    until(page, f"Number(document.querySelector({rate!r}).value) < 1000")
    page.click("[data-id=step]")
    page.click("[data-id=step]")
    epochs(page, ">= 2")
    assert "NaN" not in facts(page) and "diverged" not in facts(page)


@pytest.mark.parametrize("name", LINKS)
def test_old_links_keep_working(visit: Any, name: str) -> None:
    link, wanted = LINKS[name]["link"], LINKS[name]["state"]
    page = opened(visit, link)
    page.wait_for_timeout(400)
    shown = state_of(page.evaluate("location.hash"))
    for key, value in wanted.items():
        assert within(value, shown[key]), (key, value, shown[key])
    for part in wanted.get("hide", []):
        for place in page.locator(f"[data-part={part}]").all():
            assert not place.is_visible(), part


POINTS_OF = """(() => {
  function createScale(low, high, from, to) {
    return { low, at: (value) => from + ((value - low) / (high - low)) * (to - from) };
  }
  SOURCE
  const count = 1000000;
  const values = new Float32Array(count);
  let seed = 1;
  for (let index = 0; index < count; index += 1) {
    seed = (seed * 48271) % 2147483647;
    values[index] = Math.exp(-index / 200000) * (1 + 0.5 * (seed / 2147483647 - 0.5));
  }
  values[765432] = 2;
  const area = { left: 64, right: 64 + 800 };
  const [x, y] = [createScale(0, count - 1, area.left, area.right), createScale(0, 2, 300, 10)];
  const line = pointsOf({ values }, x, y, area);
  let worst = 0;
  let near = 0;
  for (let index = 0; index < count; index += 1) {
    const [a, b] = [x.at(index), y.at(values[index])];
    while (near < line.length / 2 - 2 && line[2 * near + 2] < a - 2) near += 1;
    let least = Infinity;
    for (let part = near; part < line.length / 2 - 1 && line[2 * part] < a + 2; part += 1) {
      const [u, v] = [line[2 * part], line[2 * part + 1]];
      const [du, dv] = [line[2 * part + 2] - u, line[2 * part + 3] - v];
      const share = ((a - u) * du + (b - v) * dv) / (du * du + dv * dv || 1);
      const along = Math.max(0, Math.min(1, share));
      least = Math.min(least, Math.hypot(u + along * du - a, v + along * dv - b));
    }
    worst = Math.max(worst, least);
  }
  return { worst, drawn: line.length / 2 };
})()"""


def test_a_curve_of_a_million_steps_is_drawn_within_a_pixel_of_all(chromium: Any) -> None:
    text = (PAGE / "source" / "line_chart.js").read_text()
    function = re.search(r"^export (function pointsOf.*?^})$", text, re.MULTILINE | re.DOTALL)
    page = chromium.new_page()
    found = page.evaluate(POINTS_OF.replace("SOURCE", function[1]))
    page.close()
    assert found["worst"] <= 1.0 and found["drawn"] <= 2 * 802

"""The same module as a widget: messages and buffers, no address, no state in common."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.page_module import PAGE
from steepest.studio.session import Session
from tests.browser.waiting import until

pytestmark = pytest.mark.browser

ORIGIN = "http://notebook.test/"
NOTEBOOK = """<!doctype html><html class="dark"><head><meta charset="utf-8">
<link rel="stylesheet" href="/studio.css"></head><body style="background: #111">
<div id="first"></div><div id="second"></div>
<script type="module">
import studio from "/studio.js";
function modelOf(state) {
  const listeners = [];
  return {
    get: (name) => state[name],
    on: (event, listener) => listeners.push(listener),
    async send(message) {
      const { head, buffers } = JSON.parse(await window.ask(JSON.stringify(message)));
      const views = buffers.map((text) =>
        new DataView(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer));
      for (const listener of listeners) listener(head, views);
    },
  };
}
for (const [id, surface] of [["first", "bowl"], ["second", "himmelblau"]]) {
  const model = modelOf({ view: "landscape", state: { surface } });
  const el = document.createElement("div");
  window[id + "End"] = studio.render({ model, el });
  setTimeout(() => document.getElementById(id).append(el), 300); // as JupyterLab does
}
</script></body></html>"""


COLOURS = """(place) => {
  const canvas = document.querySelector(`#${place} .main-picture canvas`);
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
}"""


def answer(session: Session, text: str) -> str:
    head, arrays = session.request(json.loads(text)).to_message()
    buffers = [base64.b64encode(array.tobytes()).decode() for array in arrays]
    return json.dumps({"head": head, "buffers": buffers})


def file_answer(path: Path, kind: str) -> Callable[[Any], None]:
    body = path.read_text(encoding="utf-8")
    return lambda route: route.fulfill(body=body, content_type=kind)


def test_two_widgets_in_a_dark_notebook_share_no_state(chromium: Any) -> None:
    session = Session()
    page = chromium.new_page()
    page.expose_function("ask", lambda text: answer(session, text))
    for name, kind in (("studio.js", "text/javascript"), ("studio.css", "text/css")):
        page.route(f"{ORIGIN}{name}", file_answer(PAGE / name, kind))
    page.route(ORIGIN, lambda route: route.fulfill(body=NOTEBOOK, content_type="text/html"))
    page.goto(ORIGIN)
    for place, surface in (("first", "bowl"), ("second", "himmelblau")):
        until(page, f"document.querySelector('#{place} .optimizers .result')?.textContent")
        chosen = page.input_value(f"#{place} [data-field=surface] select")
        assert chosen == surface
        assert page.get_attribute(f"#{place} .steepest-studio", "data-theme") == "dark"
        until(page, f"({COLOURS})('{place}') > 20")
    page.fill("#first [data-field='start.0'] input", "1.5")
    assert page.input_value("#second [data-field='start.0'] input") != "1.5"
    assert page.url == ORIGIN
    page.evaluate("firstEnd()")
    assert page.locator("#first .landscape").count() == 0
    page.close()

"""Attacks in a real browser: another name of this machine, another port, names that are markup."""

from __future__ import annotations

import http.server
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from tests.browser.conftest import NAMES, Running
from tests.browser.waiting import until

pytestmark = pytest.mark.browser

FOREIGN = "evil.test"
PAGE = b"<!DOCTYPE html><meta charset='utf-8'><title>foreign</title><body>foreign"
ASK = """async ([address, token, mode, kind]) => {
  const headers = {"Content-Type": kind};
  if (token) headers.Authorization = `Bearer ${token}`;
  const body = JSON.stringify({view: "session", do: "hello"});
  try {
    const answer = await fetch(address, {method: "POST", headers, body, mode, cache: "no-store"});
    return [answer.type, answer.status, (await answer.text()).slice(0, 60)];
  } catch (error) {
    return [error.name];
  }
}"""
LOADED = """([tag, address]) => new Promise((resolve) => {
  const node = document.createElement(tag);
  node.onload = () => resolve("loaded");
  node.onerror = () => resolve("refused");
  node.src = address;
  document.body.append(node);
})"""
NAMES_THAT_ARE_MARKUP = [
    "<img src=x onerror=window.hit=1>",
    "<script>window.hit=1</script>",
    '"><svg onload=window.hit=1>',
    "javascript:window.hit=1",
    "{{constructor.constructor('window.hit=1')()}}",
    "${window.hit=1}",
    "</textarea><iframe srcdoc='<script>parent.hit=1</script>'>",
    "<b>bold</b>\u202e",
]
INNER = "#studio :is(img, script, iframe, b, object, embed, svg[onload], [onerror], [onload])"


@pytest.fixture
def asked(server: Running, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The requests that reach the session."""
    found: list[Any] = []
    begun = threading.Event()
    server.server.replies.workers.do("session", begun.set)  # after what the start itself asks
    assert begun.wait(60)
    request = server.server.session.request

    def note(message: Any) -> Any:
        found.append(message)
        return request(message)

    monkeypatch.setattr(server.server.session, "request", note)
    return found


@pytest.fixture
def foreign() -> Iterator[str]:
    """The address of a page on another port of this machine."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(PAGE)

        def log_message(self, *given: Any) -> None: ...

    other = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{other.server_port}/"
    other.shutdown()
    other.server_close()


def test_a_foreign_name_of_this_machine_is_refused(
    chromium: Any, server: Running, asked: list[Any]
) -> None:
    path = next(filter(None, map(shutil.which, NAMES)))
    rules = f"--host-resolver-rules=MAP {FOREIGN} 127.0.0.1"
    browser = chromium.browser_type.launch(
        executable_path=path, args=["--no-sandbox", rules], chromium_sandbox=False
    )
    page = browser.new_page()
    address = f"http://{FOREIGN}:{server.port}/"
    answer = page.goto(address)
    assert answer.status == 421 and "127.0.0.1 and localhost" in page.content()
    for token in (server.server.token, ""):
        kind, status, text = page.evaluate(
            ASK, [f"{address}api/message", token, "same-origin", "application/json"]
        )
        assert (kind, status) == ("basic", 421) and "127.0.0.1" in text
    assert asked == []
    browser.close()


def test_a_page_of_another_port_gets_and_does_nothing(
    chromium: Any, server: Running, foreign: str, asked: list[Any]
) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(foreign)
    token, address = server.server.token, f"{server.address}api/message"
    assert page.evaluate(ASK, [address, token, "cors", "application/json"]) == ["TypeError"]
    assert page.evaluate(ASK, [address, "", "cors", "text/plain"]) == ["TypeError"]
    opaque = page.evaluate(ASK, [address, "", "no-cors", "text/plain"])
    assert opaque in (["opaque", 0, ""], ["TypeError"])
    for tag, name in (("script", "studio.js"), ("img", "icon.svg")):
        assert page.evaluate(LOADED, [tag, server.address + name]) == "refused"
    page.evaluate(LOADED, ["iframe", server.address])
    assert all(not frame.url.startswith(server.address) for frame in page.frames)
    assert page.locator("iframe").element_handle().content_frame().locator("#studio").count() == 0

    form = f"""() => {{
      const form = document.createElement("form");
      Object.assign(form, {{method: "post", action: "{address}", enctype: "text/plain"}});
      document.body.append(form);
      form.submit();
    }}"""
    with page.expect_navigation() as sent:
        page.evaluate(form)
    assert sent.value.status == 403 and "another" in page.content()
    assert asked == []
    context.close()


# ------------------------------------------------------------ names that are markup


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run whose every text is markup."""
    bad = NAMES_THAT_ARE_MARKUP
    folder = tmp_path_factory.mktemp("runs")
    for number, name in enumerate(bad):
        run = folder / ("run " + name.replace("/", "∕").replace("\0", ""))
        run.mkdir()
        head = {"format": "steepest run", "version": 1, "name": name, "model": {"name": name}}
        effect = {"score": name, "before": [0.1, 0.2], "after": [0.3, 0.4],
                  "gain": 0.2, "low": 0.1, "high": 0.3}  # fmt: skip
        verdict = {"rule": name, "status": "confirmed", "sentence": name, "remedy": name,
                   "evidence": {name: name}, "change": name, "effect": effect, "diff": name,
                   "program": name}  # fmt: skip
        events = [
            {
                "event": "epochs",
                "epochs": [0, 1],
                "step": 2,
                "logs": {"loss": [2, 1], name: [1, 2]},
            },
            {"event": "found", "rule": name, "severity": name, "sentence": name, "remedy": name},
            {
                "event": "doctor",
                "verdicts": [verdict],
                "proved": True,
                "diff": name,
                "program": name,
            },
            {"event": name},
            {"event": "stopped", "reason": name, "step": number},
        ]
        (run / "run.json").write_text(json.dumps(head), encoding="utf-8")
        lines = [json.dumps(each) + "\n" for each in events]
        (run / "events.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


@pytest.fixture
def corpus(start_server: Callable[..., Running], runs: Path, visit: Any) -> Any:
    """Opens a view of a server whose model, columns and runs have such names."""
    bad = NAMES_THAT_ARE_MARKUP
    model = st.Sequential(
        [st.layers.Dense(3, "tanh", input_shape=(len(bad),), name=bad[0]),
         st.layers.Dense(1, "sigmoid", name=bad[1])],
        name=bad[2],
    )  # fmt: skip
    model.compile("sgd", "binary_crossentropy")
    x = np.random.default_rng(0).normal(size=(30, len(bad))).astype(np.float32)
    started = start_server(model=model, x=x, y=(x[:, 0] > 0).astype(np.int32), folder=str(runs))
    session = started.server.session
    object.__setattr__(session.opened, "names", tuple(bad))
    object.__setattr__(session.opened, "title", bad[0])

    def opened(view: str) -> Any:
        context = visit().context
        page = context.new_page()
        faults: list[str] = []
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.add_init_script(
            "document.addEventListener('securitypolicyviolation', "
            "(event) => console.error('policy: ' + event.violatedDirective))"
        )
        page.goto(f"{started.with_token}#v1/{view}")
        until(page, f"document.querySelector('[data-view={view}][aria-current]')")
        return page, faults

    return opened


def check(page: Any, faults: list[str]) -> None:
    assert page.locator(INNER).count() == 0
    assert page.evaluate("window.hit") is None and page.title() == "steepest studio"
    assert faults == []


def test_names_of_runs_metrics_and_verdicts_are_text(corpus: Any) -> None:
    page, faults = corpus("training")
    for name in NAMES_THAT_ARE_MARKUP:
        shown = page.get_by_label("show run " + name.replace("/", "∕"), exact=True)
        shown.wait_for()
        if not shown.is_checked():
            shown.check()
    until(page, "document.querySelectorAll('.finding').length >= 24")
    for button in page.get_by_role("button", name="Apply").all()[:2]:
        button.click()
        page.locator("dialog").get_by_role("button", name="Close").click()
    for table in page.get_by_role("button", name="as a table").all():
        table.click()
    metric = page.get_by_label("Curve", exact=True)
    metric.select_option(index=1)
    page.wait_for_timeout(600)
    check(page, faults)


def test_names_of_layers_and_columns_are_text(corpus: Any) -> None:
    page, faults = corpus("model")
    until(page, "document.querySelectorAll('#studio canvas').length > 1")
    page.wait_for_timeout(1500)
    text = page.locator("#studio").inner_text()
    assert NAMES_THAT_ARE_MARKUP[0] in text
    check(page, faults)


def test_names_of_files_and_their_columns_are_text(corpus: Any) -> None:
    page, faults = corpus("playground")
    bad = [name.replace('"', "'").replace(",", ";") for name in NAMES_THAT_ARE_MARKUP]
    lines = [",".join(f'"{name}"' for name in [*bad[:3], "class"])]
    lines += [f"{k},{k * k % 7},{k % 3},{bad[4] if k % 2 else bad[5]}" for k in range(40)]
    file = {"name": f"{bad[0]}.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}
    page.select_option("[data-field=data] select", "table")
    page.get_by_label("CSV file").set_input_files(file)
    until(page, "document.querySelector('textarea[aria-label=table]').value.includes('class')")
    page.get_by_role("button", name="train", exact=True).click()
    page.wait_for_timeout(2500)
    assert bad[0] in page.get_by_label("to predict").inner_text()
    check(page, faults)

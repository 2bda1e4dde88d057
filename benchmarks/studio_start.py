"""The start of the studio, from an event to pixels, and the playground's frames, in Chromium.

`python -m benchmarks.studio_start [--events 200] [--seconds 5]` needs the extras `studio` and
`browser` and a headless Chromium, which draws by software. The bars: 100 ms for the import of the
server beyond that of steepest, 300 ms to the first paint, 90 kB for the page; 10 ms from a request
for paths of 8 optimizers with 500 steps to its reply; from an event to pixels two frames (33 ms),
of which drawing takes 5 ms; 60 frames a second of the playground. Each is a median and a 95th
percentile; imports are in time of the processor too. The server is a process of its own, as in use.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from benchmarks.studio_landscape import paths

IMPORTS = """
import time
at = time.perf_counter(), time.process_time()
import steepest
between = time.perf_counter(), time.process_time()
import steepest.studio.server.start
end = time.perf_counter(), time.process_time()
print(*(b - a for a, b in zip(at, between)), *(b - a for a, b in zip(between, end)))
"""
SERVER = """
from steepest.studio.opening import opened_of, server_for
server = server_for(opened_of(None, None, None), None)
print(server.address, flush=True)
server.run_here()
"""
NOTED = """
window.moved = []; window.drawn = []; window.frames = []; window.answered = 0;
const ask = window.fetch;
window.fetch = async (path, given) => {
  const sent = window.moved.length;
  const answer = await ask(path, given);
  if (!String(given?.body).includes('"do":"paths"')) return answer;
  const whole = answer.arrayBuffer.bind(answer);
  answer.arrayBuffer = async () => {
    const bytes = await whole();
    window.answered = sent;
    return bytes;
  };
  return answer;
};
const each = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (callback) => each((time) => {
  const begin = performance.now();
  callback(time);
  window.drawn.push([time, begin, performance.now(), window.answered]);
});
(function next(time) { window.frames.push(time); each(next); })(0);
document.addEventListener("pointermove", () => { window.moved.push(performance.now()); }, true);
"""
STATE = "document.querySelector('.optimizers .result')?.textContent"


def row(name: str, values: Sequence[float] | np.ndarray, note: str = "") -> None:
    """Prints the median and the 95th percentile."""
    low, high = np.quantile(values, [0.5, 0.95])
    print(f"{name:<46} {low:9.1f} {high:9.1f}  {note}")


def imports(repeats: int = 7) -> None:
    """The times of imports in new processes."""
    found = np.array([
        [1e3 * float(each) for each in subprocess.run(
            [sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True
        ).stdout.split()]
        for _ in range(repeats)
    ])  # fmt: skip
    for at, name in enumerate(("steepest", "the server beyond it")):
        row(f"import of {name}, clock [ms]", found[:, 2 * at])
        row(f"import of {name}, processor [ms]", found[:, 2 * at + 1])


def first_paint(browser: Any, address: str, repeats: int = 9) -> None:
    """From the navigation to the first paint with content."""
    found = []
    for _ in range(repeats):
        page = browser.new_page()
        page.goto(address)
        while not page.evaluate("performance.getEntriesByName('first-contentful-paint').length"):
            page.wait_for_timeout(20)
        entry = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
        found.append(page.evaluate(entry))
        page.close()
    row("first paint [ms]", found, "bar 300")


def replies(address: str, repeats: int = 200) -> None:
    """From a request over a socket to the last byte of its reply, 60 requests a second."""
    parts = urlsplit(address)
    given = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {parts.fragment.removeprefix('token=')}",
        "Origin": f"http://{parts.netloc}",
    }
    connection = http.client.HTTPConnection(parts.netloc)
    found = []
    for k in range(repeats + 1):
        begin = time.perf_counter()
        body = json.dumps({**paths(k), "id": k})
        connection.request("POST", "/api/message", body, given)
        reply = connection.getresponse()
        reply.read()
        found.append(1e3 * (time.perf_counter() - begin))
        if reply.status != 200:
            sys.exit(f"the server answered {reply.status}")
        time.sleep(max(0.0, begin + 1 / 60 - time.perf_counter()))
    row("request to reply, paths [ms]", found[1:], "bar 10")


def drag(browser: Any, address: str, events: int) -> None:
    """Pointer events on the red point, 60 a second, each to the frame that shows its paths.

    The page notes all times itself, as a question of the benchmark would hold it up. Where a later
    event was sent, as the answer before was still awaited, its frame counts.
    """
    page = browser.new_page(viewport={"width": 1280, "height": 860})
    page.add_init_script(NOTED)
    page.goto(f"{address}#v1/landscape")
    while not page.evaluate(STATE):
        page.wait_for_timeout(50)
    page.wait_for_timeout(1000)
    box = page.locator(
        "[data-id=start], .point-handle, .overlay [role=slider]"
    ).first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate("window.moved.length = window.drawn.length = window.answered = 0")
    begin = time.perf_counter()
    for k in range(events):
        time.sleep(max(0.0, begin + k / 60 - time.perf_counter()))
        page.mouse.move(x + 40 * np.sin(k / 9), y + 30 * np.cos(k / 7))
    page.wait_for_timeout(500)
    moved, drawn = page.evaluate("[window.moved, window.drawn]")
    page.mouse.up()
    page.close()
    frames: dict[float, tuple[float, float, int]] = {}  # the time of drawing, its end, the event
    for at, start, end, answered in drawn:
        frames[at] = frames.get(at, (0.0,))[0] + end - start, end, answered
    whole, drawing, shown = [], [], 0
    for spent, end, answered in frames.values():
        if answered > shown:
            drawing.append(spent)
            whole += [end - each for each in moved[shown:answered]]
            shown = answered
    row(f"event to pixels, {len(whole)} of {len(moved)} events [ms]", whole, "bar 33")
    row(f"of which drawing, {len(drawing)} frames [ms]", drawing, "bar 5")


def playground(browser: Any, address: str, seconds: float) -> None:
    """The frames of the page while the playground trains as fast as it can."""
    page = browser.new_page(viewport={"width": 1280, "height": 860})
    page.add_init_script(NOTED)
    page.goto(f"{address}#v1/playground")
    page.get_by_role("button", name="train", exact=True).click()
    page.wait_for_timeout(4000)
    page.evaluate("window.frames.length = 0")
    page.wait_for_timeout(1000 * seconds)
    times = np.diff(page.evaluate("window.frames"))
    page.keyboard.press("Space")
    page.close()
    row(f"playground, between {len(times)} frames [ms]", times, "bar 16.7")


def main() -> None:
    """Prints a row for each measure."""
    from playwright.sync_api import sync_playwright

    from steepest.studio.server.app import FILES, PAGE

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=5.0)
    given = parser.parse_args()
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    print(f"{'':<46} {'median':>9} {'95 %':>9}")
    size = sum(len(gzip.compress(Path(PAGE / name).read_bytes(), 9)) for name, _ in FILES.values())
    print(f"{'page, gzip [kB]':<46} {size / 1e3:9.1f}            bar 90")
    imports()
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    address = server.stdout.readline().strip()
    try:
        replies(address)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            first_paint(browser, address)
            drag(browser, address, given.events)
            playground(browser, address, given.seconds)
            browser.close()
    finally:
        server.kill()


if __name__ == "__main__":
    main()

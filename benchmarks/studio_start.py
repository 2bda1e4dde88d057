"""The start of the studio, from an event to pixels, and the playground's frames, in Chromium.

`python -m benchmarks.studio_start [--events 200] [--seconds 5]` needs the extras `studio` and
`browser` and a headless Chromium, which draws by software. The bars: 100 ms for the import of the
server beyond that of steepest, 300 ms to the first paint, 90 kB for the page; from an event to
pixels two frames (33 ms), of which drawing takes 5 ms; 60 frames a second of the playground. Each
is a median and a 95th percentile; imports are in time of the processor too.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

IMPORTS = """
import time
at = time.perf_counter(), time.process_time()
import steepest
between = time.perf_counter(), time.process_time()
import steepest.studio.server.start
end = time.perf_counter(), time.process_time()
print(*(b - a for a, b in zip(at, between)), *(b - a for a, b in zip(between, end)))
"""
NOTED = """
window.drawn = []; window.frames = []; window.answers = 0;
const ask = window.fetch;
window.fetch = async (path, given) => {
  const answer = await ask(path, given);
  if (String(given?.body).includes('"do":"paths"')) window.answers += 1;
  return answer;
};
const each = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (callback) => each((time) => {
  const begin = performance.now();
  callback(time);
  window.drawn.push([window.answers, begin, performance.now()]);
});
(function next(time) { window.frames.push(time); each(next); })(0);
document.addEventListener("pointermove", () => { window.moved = performance.now(); }, true);
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


def drag(browser: Any, address: str, events: int) -> None:
    """Pointer events on the red point, each to the frame that is drawn after its answer."""
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
    whole, drawing = [], []
    for k in range(events):
        before = page.evaluate("window.answers")
        page.mouse.move(x + 40 * np.sin(k / 9), y + 30 * np.cos(k / 7))
        found = None
        for _ in range(200):
            found = page.evaluate(f"window.drawn.find(([at]) => at > {before}) ?? null")
            if found is not None:
                break
            page.wait_for_timeout(5)
        if found is not None:
            whole.append(found[2] - page.evaluate("window.moved"))
            drawing.append(found[2] - found[1])
        page.evaluate("window.drawn.length = 0")
    page.mouse.up()
    page.close()
    row(f"event to pixels, {len(whole)} events [ms]", whole, "bar 33")
    row("of which drawing [ms]", drawing, "bar 5")


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

    from steepest.studio.opening import opened_of, server_for
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
    server = server_for(opened_of(None, None, None), None)
    threading.Thread(target=server.run_here, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        first_paint(browser, server.address)
        drag(browser, server.address, given.events)
        playground(browser, server.address, given.seconds)
        browser.close()
    server.should_exit = True


if __name__ == "__main__":
    main()

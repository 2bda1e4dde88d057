"""Runs the studio's widget in JupyterLab and in marimo, with a headless Chromium.

`make test-notebook`, or `python -m scripts.notebooks`. Both are installed into an environment of
their own, the folder `.notebooks`, which takes a network and some minutes once. Each shows a
landscape; its start is moved until the paths are others. In JupyterLab the widget is then closed.
Depends on the standard library; in the environment on Playwright.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".notebooks"
PACKAGES = ("jupyterlab", "marimo", "playwright", "nbformat")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 180.0
SHOWN = ".steepest-studio .optimizers .result"
THREADS = "[each.name for each in threading.enumerate() if each.name.startswith('studio')]"
CELLS = (
    "import threading\nimport steepest as st\nwidget = st.studio.show(view='landscape')\nwidget",
    f"widget.close()\nimport time\ntime.sleep(1)\nprint('left:', {THREADS})",
)
APP = """
import marimo
app = marimo.App()

@app.cell
def _():
    import steepest as st
    import marimo as mo
    return mo, st

@app.cell
def _(mo, st):
    widget = mo.ui.anywidget(st.studio.show(view="landscape"))
    widget
    return (widget,)

if __name__ == "__main__":
    app.run()
"""


def main() -> int:
    """Makes the environment, and runs each host; gives the number of those that failed."""
    python = FOLDER / "bin" / "python"
    if Path(sys.executable).parent != python.parent:
        if not python.exists():
            venv.create(FOLDER, with_pip=True)
        install: list[Any] = [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--editable",
            f"{ROOT}[studio]",
        ]
        subprocess.run([*install, *PACKAGES], check=True)
        return subprocess.run([python, "-m", "scripts.notebooks"], cwd=ROOT).returncode
    return run_all()


def run_all() -> int:
    """Runs the hosts in this environment."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        print("Chromium is missing; install it: sudo apt-get install chromium")
        return 1
    failed = 0
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for host in (jupyterlab, marimo):
            page = browser.new_page(viewport={"width": 1280, "height": 1000})
            page.set_default_timeout(1000 * SECONDS)
            try:
                print(f"{host.__name__}: {host(page, Path(folder))}")
            except Exception as error:
                print(f"{host.__name__}: failed: {error}")
                failed += 1
            page.close()
        browser.close()
    return failed


def jupyterlab(page: Any, folder: Path) -> str:
    """The widget in a notebook of JupyterLab; what was seen."""
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "source": source, "metadata": {}, "outputs": [],
         "execution_count": None, "id": f"cell{number}"}
        for number, source in enumerate(CELLS)
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4,
                "nbformat_minor": 5}  # fmt: skip
    (folder / "studio.ipynb").write_text(json.dumps(notebook))
    options = ["--no-browser", "--allow-root", "--IdentityProvider.token=studio"]

    def seen(port: int) -> str:
        page.goto(f"http://127.0.0.1:{port}/lab/tree/studio.ipynb?token=studio")
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        page.get_by_text("(ipykernel) | Idle").first.wait_for()
        page.locator(".jp-CodeCell .cm-content").first.click()
        page.keyboard.press("Shift+Enter")
        said = moved(page, "jupyterlab")
        page.locator(".jp-CodeCell .cm-content").last.click()
        page.keyboard.press("Shift+Enter")
        page.get_by_text("left: []", exact=False).last.wait_for()
        return f"{said}; the widget closed, and no thread is left"

    return served("jupyter", ["lab", *options], folder, seen)


def marimo(page: Any, folder: Path) -> str:
    """The widget in an app of marimo; what was seen."""
    (folder / "studio_app.py").write_text(APP)

    def seen(port: int) -> str:
        page.goto(f"http://127.0.0.1:{port}/")
        return moved(page, "marimo")

    options = ["run", "studio_app.py", "--headless", "--no-token"]
    return served("marimo", options, folder, seen)


def served(program: str, options: list[str], folder: Path, seen: Callable[[int], str]) -> str:
    """What is seen of a host that serves a folder at a free port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).parent / program), *options, f"--port={port}"]
    with (folder / f"{program}.log").open("w") as log:
        child = subprocess.Popen(
            command,
            cwd=folder,
            stdout=log,
            stderr=log,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        )
        try:
            end = time.monotonic() + SECONDS
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    if time.monotonic() > end:
                        raise
                    time.sleep(0.2)
            return seen(port)
        finally:
            child.terminate()
            child.wait(30)


def moved(page: Any, name: str) -> str:
    """Moves the start of the landscape by its field, and waits for other paths.

    A screenshot lies in the environment's folder afterwards.
    """
    result = page.locator(SHOWN).first
    result.wait_for()
    before = result.inner_text()
    field = page.get_by_label("Start x")
    field.fill("0.123")
    end = time.monotonic() + SECONDS
    while (after := page.locator(SHOWN).first.inner_text()) == before:
        if time.monotonic() > end:
            raise AssertionError("the paths stay as they are")
        page.wait_for_timeout(50)
    page.wait_for_timeout(500)
    page.screenshot(path=FOLDER / f"{name}.png")
    return f"the first path ended at {before!r}, and from another start at {after!r}"


if __name__ == "__main__":
    raise SystemExit(main())

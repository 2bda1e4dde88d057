"""Draws the pictures of the studio for the documentation, in a headless Chromium.

Run `python -m scripts.studio_pictures`, with names of pictures or for all; they are written to
docs/. Needs the extras `studio` and `browser`, and Chromium.
"""

from __future__ import annotations

import base64
import json
import shutil
import sys
import threading
import zlib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
LOSS = {"surface": "loss of the opened model", "plane": {"plane": "training"}}
PICTURES: dict[str, Any] = {
    "studio_landscape": ("landscape", "light", ()),
    "studio_loss": ("landscape", "dark", (), LOSS),
    "studio_playground": ("playground", "dark", ("[data-id=play]",)),
    "studio_playground_two": (
        "playground",
        "light",
        (
            "[data-id=compare]",
            *("[data-id=more-units-0]",) * 4,
            "[data-id=play]",
        ),
    ),
    "studio_initial_weights": ("initial_weights", "light", ("[data-id='preset-too small']",)),
    "studio_model": ("model", "light", ()),
    "studio_microscope": ("microscope", "light", (".player button:nth-child(2)",) * 8),
}
SECONDS_TO_COMPUTE = 8


def main() -> int:
    """Open each view, press what is to be pressed, and store what is to be seen."""
    from playwright.sync_api import sync_playwright

    from steepest.studio.opening import server_for

    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        print("Chromium is missing; install it: sudo apt-get install chromium")
        return 1
    server = server_for(_opened(), None)
    threading.Thread(target=server.run_here, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        wanted = sys.argv[1:] or list(PICTURES)
        for name in wanted:
            view, scheme, presses, *state = PICTURES[name]
            page = browser.new_page(
                viewport={"width": 1280, "height": 860}, color_scheme=scheme, device_scale_factor=1
            )
            _open(page, server.address, view, presses, *state)
            page.screenshot(path=str(ROOT / "docs" / f"{name}.png"))
            page.close()
        browser.close()
    return 0


def _opened() -> Any:
    """A network that has learned two moons."""
    import steepest as st
    from steepest.studio.opening import opened_of

    st.random.set_seed(1)
    (x, y), _ = st.datasets.moons.load_data(noise=0.15, seed=1)
    model = st.Sequential([
        st.layers.Dense(8, "tanh", input_shape=(2,), name="hidden"),
        st.layers.Dense(4, "relu", name="second"),
        st.layers.Dense(1, "sigmoid", name="out"),
    ])
    model.compile(st.optimizers.Adam(0.03), "binary_crossentropy")
    model.fit(x, y, epochs=60, seed=1, verbose=0)
    return opened_of(model, x, y)


def _open(page: Any, address: str, view: str, presses: tuple[str, ...], state: Any = None) -> None:
    packed = zlib.compress(json.dumps(state or {}).encode(), wbits=-15)
    page.goto(f"{address}#v1/{view}/{base64.urlsafe_b64encode(packed).decode().rstrip('=')}")
    page.wait_for_selector(f"[data-view={view}][aria-current]")
    page.wait_for_timeout(1000 * SECONDS_TO_COMPUTE)
    for selector in presses:
        page.click(selector)
    page.wait_for_timeout(1000 * SECONDS_TO_COMPUTE)


if __name__ == "__main__":
    sys.exit(main())

"""Files that the page saves: a picture, a drawing, and the numbers of both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.waiting import until

pytestmark = pytest.mark.browser


def saved(page: Any, kind: str) -> bytes:
    with page.expect_download() as found:
        page.click(f".main-picture button[aria-label*='as {kind}']")
    assert found.value.suggested_filename == f"steepest_landscape.{kind.lower()}"
    return Path(found.value.path()).read_bytes()


def test_pictures_and_numbers_are_saved(visit: Any) -> None:
    page = visit()
    until(page, "document.querySelector('.optimizers .result')?.textContent")
    page.wait_for_timeout(600)
    assert saved(page, "PNG").startswith(b"\x89PNG")
    drawing = saved(page, "SVG").decode()
    assert drawing.startswith("<svg") and drawing.endswith("</svg>")
    assert "data:image/png" in drawing and "Paths start at" in drawing
    lines = saved(page, "CSV").decode().splitlines()
    assert lines[0].startswith("step,SGD: x,SGD: y,SGD: height")
    assert len(lines) == 202
    page.click(".main-picture button[aria-label*='as a table']")
    until(page, "document.querySelectorAll('.main-picture tbody tr').length === 201")

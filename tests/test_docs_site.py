"""The site of the documentation: complete, self-contained, with labels, headings and contrast."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.page.test_style import contrast

pytest.importorskip("material", reason="missing peer: mkdocs-material")

ROOT = Path(__file__).resolve().parent.parent
MOST_BYTES = 15 * 2**20


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built without pictures; any warning, such as a broken link, is an error."""
    folder = tmp_path_factory.mktemp("site")
    without = os.environ | {"STEEPEST_DOCS_PICTURES": "0", "NO_MKDOCS_2_WARNING": "1"}
    # Without --quiet, which makes mkdocs overlook warnings.
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(folder)]
    run = subprocess.run(command, cwd=ROOT, env=without, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return folder


class Page(HTMLParser):
    """What a page has: its headings, pictures, language, title, and what it loads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.without_text: list[str] = []
        self.loaded: list[str] = []
        self.language = self.title = ""
        self._in_title = False
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "img" and not found.get("alt"):
            self.without_text.append(found.get("src", ""))
        if tag == "html":
            self.language = found.get("lang", "")
        self._in_title = tag == "title"
        if tag in ("script", "img", "iframe"):
            self.loaded.append(found.get("src", ""))
        if tag == "link" and "canonical" not in found.get("rel", ""):
            self.loaded.append(found.get("href", ""))

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
            self._in_title = False


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    return {str(path.relative_to(site)): Page(path) for path in sorted(site.rglob("*.html"))}


def test_every_page_has_a_language_a_title_and_headings_in_order(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        assert page.language == "en", name
        assert page.title, name
        assert page.headings.count(1) == 1, name
        steps = zip(page.headings, page.headings[1:], strict=False)
        assert all(after <= before + 1 for before, after in steps), (name, page.headings)


def test_every_picture_has_a_text(pages: dict[str, Page]) -> None:
    assert {name: p.without_text for name, p in pages.items() if p.without_text} == {}


def test_nothing_is_loaded_from_elsewhere(site: Path, pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        outside = [each for each in page.loaded if each.startswith(("http:", "https:", "//"))]
        assert outside == [], name
    for path in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(?:https?:)?//", path.read_text()), path


def test_every_page_of_the_folder_can_be_reached(pages: dict[str, Page]) -> None:
    built = set(pages)
    written = {str(p.relative_to(ROOT / "docs").with_suffix(".html"))
               for p in (ROOT / "docs").rglob("*.md")}  # fmt: skip
    assert written <= built
    listed = (ROOT / "mkdocs.yml").read_text()
    made = {"reference.md"}  # listed by the hooks
    names = {str(p.relative_to(ROOT / "docs")) for p in (ROOT / "docs").rglob("*.md")} - made
    assert {name for name in names if f"- {name}\n" not in listed} == set()


def test_search_works_without_a_server_and_the_site_is_small(site: Path) -> None:
    index = (site / "search" / "search_index.js").read_text(encoding="utf-8")
    assert index.startswith("var __index = ")
    assert "st.layers.Dense" in index
    assert "iframe-worker" in (site / "index.html").read_text(encoding="utf-8")
    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) < MOST_BYTES


def test_the_reference_has_signatures_and_examples(site: Path) -> None:
    page = (site / "reference" / "st.layers.html").read_text(encoding="utf-8")
    text = " ".join(unescape(re.sub("<[^>]+>", "", page)).split())
    assert "st.layers.Dense( units, activation='linear', use_bias=True, kernel_init" in text
    assert "A fully connected layer: activation(x @ kernel + bias)." in text
    assert "layer.kernel.shape, layer.count_params()" in text


def test_colours_have_contrast() -> None:
    style = (ROOT / "docs" / "assets" / "site.css").read_text()
    light, dark = style.split('[data-md-color-scheme="slate"]')
    grounds = {"light": (light, "#ffffff"), "dark": (dark, "#1e2129")}
    for part, ground in grounds.values():
        link = re.search(r"--md-typeset-a-color: (#\w+)", part)
        assert link is not None
        assert contrast(link[1], ground) >= 4.5
    head = re.search(r"--md-primary-fg-color: (#\w+)", light)
    assert head is not None
    assert contrast(head[1], "#ffffff") >= 4.5

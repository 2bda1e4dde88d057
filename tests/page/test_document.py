"""Every page is valid HTML, escapes what users give, and is small and the same every time."""

from __future__ import annotations

import base64
import hashlib
import html
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import steepest as st
from tests.page.validator import Validator, faults_of, texts_of

HOSTILE = [
    "<script>alert(1)</script>",
    '"><svg onload="alert(1)">',
    "'><img src=x onerror=alert(1)>",
    "</title></svg></style><script>alert(1)</script>",
    "</details></table></td>",
    "<!--",
    "]]>&lt;b&gt;&amp;",
    "javascript:alert(1)",
    "a\x00b\x1b[31m\x7f\ud800\ufffe",
    "‮reversed",
    "{0.__class__} %s {{}}",
    "\r\n\r\n",
    "😀 é 漢字 " * 30,
    "x" * 5000,
]


def page_about(text: str) -> st.page.Page:
    """A page that shows a text in every place where a user's text can be."""
    words = text if text.strip() else f"a{text}b"
    runs = {text: [text, "b", None], "size": [1.0, 2.0, np.nan], f"{text} loss": [0.3, 0.2, 0.1]}
    pairs = {text: ([1, 2], [3, 4]), "b": ([1], [2])}
    axes = {"x_label": text, "y_label": text}
    return st.page.Page(
        words,
        words,
        st.page.Heading(words),
        st.page.Notice(words, "error", title=words),
        st.page.Code(f"{words}\n+{words}\n-{words}", diff=True),
        st.page.Table({text: [text, words], "b": [1, 2]}, words),
        st.page.Lines({text: [1, 2, 3], "b": [2, 1, np.nan]}, words, description=words, **axes),
        st.page.Scatter(pairs, words, highlight=text, **axes),
        st.page.Bars({text: 1, "b": np.inf}, words, x_label=text),
        st.page.Bars({text: [1, 2]}, words, names=[text, words + "2"]),
        st.page.Slices(runs, f"{text} loss", words),
        st.page.Parallel(runs, f"{text} loss", words),
    )


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_are_shown_and_change_nothing(text: str):
    page = page_about(text).html()
    assert faults_of(page) == []
    plain = Validator(page_about("plain").html())
    tags = [tag for tag in re.findall(r"<(\w+)", page) if tag not in ("ins", "del")]
    assert set(tags) <= set(re.findall(r"<(\w+)", page_about("plain").html())) | {"p"}
    assert len(Validator(page).pictures) == len(plain.pictures)
    page.encode()


def test_a_hostile_text_is_read_as_it_is():
    text = "<script>alert('1 & 2')</script>"
    shown = texts_of(st.page.Page(text, text).html())
    assert shown == "\n".join([text, text, text])


def test_the_policy_allows_the_style_of_the_page_and_nothing_else():
    page = st.page.Page("Digits", st.page.Lines([1, 2], "Loss")).html()
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy.replace("&#x27;", "'").split("; ") == [
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert page.index("Content-Security-Policy") < page.index("<style>")


def test_a_page_names_nothing_outside_of_itself():
    page = page_about("plain").html()
    assert not re.search(r"https?:|//|url\(|@import|src=|<script|<iframe", page)


def study(runs: int, options: int, rng: np.random.Generator) -> st.page.Page:
    """The page of a large search: every kind of figure, and a long table."""
    columns = {f"option {k}": rng.random(runs) for k in range(options)}
    columns |= {"optimizer": [("adam", "rmsprop", "sgd")[k % 3] for k in range(runs)]}
    columns |= {"loss": rng.random(runs)}
    curves = {f"run {k}": np.cumsum(rng.standard_normal(50)) for k in range(24)}
    return st.page.Page(
        "Search",
        st.page.Heading("The best runs"),
        st.page.Table(columns, "Runs", rows=50),
        st.page.Lines(rng.standard_normal(100_000), "Loss of each step"),
        st.page.Lines(curves, "Loss of each epoch", highlight=["run 3"]),
        st.page.Slices(columns, "loss", "Loss by option"),
        st.page.Parallel(columns, "loss", "All runs"),
        st.page.Bars(dict.fromkeys(columns, 0.5), "Importance"),
    )


def test_the_page_of_a_large_search_is_small(rng: np.random.Generator):
    page = study(2000, 8, rng).html()
    assert faults_of(page) == []
    assert len(page.encode()) < 200_000


def test_the_same_blocks_give_the_same_bytes():
    code = (
        "import numpy as np; from tests.page.test_document import study, page_about; import sys; "
        "page = study(300, 3, np.random.default_rng(3)).html() + page_about('a').html(); "
        "sys.stdout.buffer.write(page.encode())"
    )
    root = Path(__file__).resolve().parents[2]
    pages = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=root,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "7")
    }
    assert len(pages) == 1 and len(pages.pop()) > 10_000


def test_a_page_is_saved_whole_and_replaces_the_old_one(tmp_path: Path):
    page = st.page.Page("Digits é", "One.")
    path = tmp_path / "new folder" / "digits.html"
    page.save(path)
    page.add("Two.").save(path)
    assert path.read_bytes().decode() == page.html()
    assert [each.name for each in path.parent.iterdir()] == ["digits.html"]


def test_a_page_that_cannot_be_drawn_leaves_the_old_file(tmp_path: Path):
    class Broken:
        def markup(self, prefix: str) -> str:
            raise RuntimeError("no data")

    path = tmp_path / "digits.html"
    st.page.Page("Digits", "One.").save(path)
    before = path.read_bytes()
    with pytest.raises(RuntimeError, match="no data"):
        st.page.Page("Digits", Broken()).save(path)
    assert path.read_bytes() == before


def test_a_block_of_a_users_class_is_added_and_its_text_escaped():
    class Greeting:
        def markup(self, prefix: str) -> str:
            return "<b>hello</b>"

    assert "&lt;b&gt;hello&lt;/b&gt;" in st.page.Page("Digits", Greeting()).html()


def test_a_notebook_shows_the_page_in_a_frame_without_rights():
    page = st.page.Page("Digits", "1 < 2")
    shown = page._repr_html_()
    assert shown.startswith('<iframe srcdoc="&lt;!DOCTYPE html&gt;') and 'sandbox=""' in shown
    assert html.unescape(shown.split('"')[1]) == page.html()


def test_headings_follow_each_other():
    page = st.page.Page("Digits", st.page.Heading("Runs"), "text", st.page.Heading("One", 3))
    page.add(st.page.Heading("More", 4), st.page.Heading("Next", 2))
    assert faults_of(page.html()) == []
    with pytest.raises(st.errors.ArgumentError, match=r"level 4 after one of level 2.*level 3"):
        page.add(st.page.Heading("Deep", 4))
    assert len(page.blocks) == 5
    with pytest.raises(st.errors.ArgumentError, match=r"level 3 after one of level 1.*level 2"):
        st.page.Page("Digits", "text", st.page.Heading("Deep", 3))


WRONG = {
    "a number": (lambda: st.page.Page("a", 3), "a text or a block such as .* got 3"),
    "a class": (lambda: st.page.Page("a", st.page.Lines), "a text or a block such as"),
    "no title": (lambda: st.page.Page(" "), "Page: title is empty"),
    "a title that is no text": (lambda: st.page.Page(None), "Page: title: a text was expected"),
}


@pytest.mark.parametrize(("make", "message"), WRONG.values(), ids=WRONG)
def test_wrong_blocks_and_titles_are_named(make, message: str):
    with pytest.raises(st.errors.SteepestError, match=message):
        make()


def test_the_module_is_imported_at_its_first_use():
    code = "import sys, steepest as st; assert 'steepest.page' not in sys.modules; st.page.Page"
    subprocess.run([sys.executable, "-c", code], check=True)

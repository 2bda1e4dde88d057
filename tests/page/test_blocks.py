"""Texts, headings, notices and code."""

from __future__ import annotations

import pytest

import steepest as st
from tests.page.validator import texts_of


def test_paragraphs_are_separated_by_empty_lines():
    text = st.page.Text("\nOne\nline.\n\n \nTwo.\r\n\r\nThree.\n").markup("b1")
    assert text == "<p>One\nline.</p><p>Two.</p><p>Three.</p>"


def test_a_heading_has_its_level_and_an_id():
    assert st.page.Heading("Runs", 3).markup("b7") == '<h3 id="b7">Runs</h3>'


@pytest.mark.parametrize(
    ("kind", "word"),
    [("note", "Note"), ("good", "Good"), ("warning", "Warning"), ("error", "Error")],
)
def test_a_notice_says_its_kind_in_words(kind: str, word: str):
    page = st.page.Page("Digits", st.page.Notice("Look.", kind))
    assert texts_of(page.html()).split("\n")[-2:] == [word, "Look."]
    assert "Mind" in st.page.Notice("Look.", kind, title="Mind").markup("b1")


def test_code_is_shown_as_it_is():
    code = st.page.Code("\n  if a < b:\n\n    pass\n").markup("b1")
    assert code.endswith("<pre><code>  if a &lt; b:\n\n    pass</code></pre></div>")


def test_a_diff_marks_lines_but_not_its_head():
    diff = st.page.Code("--- a.py\n+++ b.py\n@@ -1 +1 @@\n-a\n+b\n c", diff=True).markup("b1")
    assert diff.endswith(
        "<code>--- a.py\n+++ b.py\n@@ -1 +1 @@\n<del>-a</del>\n<ins>+b</ins>\n c</code></pre></div>"
    )


WRONG = {
    "an empty text": (lambda: st.page.Text("\n "), "Text: text is empty"),
    "no text": (lambda: st.page.Text(3), "Text: text: a text was expected, got 3"),
    "a level": (lambda: st.page.Heading("a", 1), "Heading: level: a whole number from 2 to 4"),
    "a kind": (
        lambda: st.page.Notice("a", "danger"),
        "Notice: kind is 'note' or 'good' or 'warning' or 'error', got 'danger'",
    ),
    "no code": (lambda: st.page.Code(""), "Code: text is empty"),
}


@pytest.mark.parametrize(("make", "message"), WRONG.values(), ids=WRONG)
def test_wrong_arguments_are_named(make, message: str):
    with pytest.raises(st.errors.SteepestError, match=message):
        make()

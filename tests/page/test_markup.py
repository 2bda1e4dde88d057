"""Elements: every text that is not markup is escaped."""

from __future__ import annotations

import html

from hypothesis import given
from hypothesis import strategies as some

from steepest.page.markup import FORBIDDEN, Markup, element, escaped, joined


@given(some.text(max_size=40))
def test_a_text_is_read_back_but_for_forbidden_characters(text: str):
    shown = escaped(text)
    assert not set(shown) & set("<>\"'")
    expected = FORBIDDEN.sub("\ufffd", text.replace("\r\n", "\n"))
    assert html.unescape(shown) == expected


def test_markup_is_not_escaped_again():
    inner = element("b", "<")
    assert element("p", inner, "&") == "<p><b>&lt;</b>&amp;</p>"
    assert escaped(inner) is inner and joined([inner, "<"]) == "<b>&lt;</b>&lt;"


def test_a_text_made_of_markup_is_markup_no_more():
    assert escaped(Markup("<b>") + "<i>") == "&lt;b&gt;&lt;i&gt;"


def test_attributes_are_escaped_named_and_left_out():
    made = element("th", class_='a"b', aria_label="<", scope=None, tabindex=0)
    assert made == '<th class="a&quot;b" aria-label="&lt;" tabindex="0"/>'


def test_characters_that_html_forbids_are_replaced():
    assert escaped("a\x00\x1b\x7f\ud800\ufffe\tb\nc") == "a" + "\ufffd" * 5 + "\tb\nc"

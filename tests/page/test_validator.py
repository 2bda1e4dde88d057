"""The validator of pages finds what is wrong."""

from __future__ import annotations

import pytest

from tests.page.validator import faults_of, texts_of

PAGE = (
    '<!DOCTYPE html>\n<html lang="en"><head><title>t</title></head><body><h1>A</h1>{}</body></html>'
)

FAULTY = {
    "<p>": "</body> closes p",
    "<script>x</script>": "<script>",
    '<p onclick="x">a</p>': "<p onclick>",
    '<p style="color:red">a</p>': "<p style>",
    '<img src="http://x"/>': "<img src=http://x>",
    '<img src="data:image/png;base64,a"/>': "<img> without a text in its place",
    '<p id="a">x</p><p id="a">y</p>': "id a is there 2 times",
    "<h3>x</h3>": "h3 after h1",
    "<svg><title>a</title></svg>": "<svg> that is neither an image nor hidden",
    '<svg role="img" aria-labelledby="a"><title id="a">a</title></svg>': "a picture with {'title'}",
    "<table><tbody><tr><td>1</td></tr></tbody></table>": "a table without caption",
    "<table><caption>c</caption><tr><th>1</th></tr></table>": "<th> without scope",
    "<!-- x -->": "a comment:  x ",
    '<p aria-labelledby="b">x</p>': "no id b",
    "<p/>": "<p> is closed in its start",
}


@pytest.mark.parametrize(("inner", "fault"), FAULTY.items())
def test_a_faulty_page_is_found(inner: str, fault: str):
    assert fault in faults_of(PAGE.format(inner))


def test_a_valid_page_has_no_faults():
    assert faults_of(PAGE.format("<h2>b</h2><p>1 &lt; 2</p>")) == []
    assert texts_of(PAGE.format("<p>1 &lt; 2</p>")) == "t\nA\n1 < 2"

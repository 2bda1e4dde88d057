"""Blocks of text on a page: headings, paragraphs, notices and code.

Depends on markup and values.
"""

from __future__ import annotations

import re
from typing import Protocol, runtime_checkable

from steepest.arguments import whole
from steepest.page.markup import Markup, element, joined
from steepest.page.values import chosen, text_given

NOTICES = {"note": "Note", "good": "Good", "warning": "Warning", "error": "Error"}


@runtime_checkable
class Block(Protocol):
    """What a page consists of: anything that gives its HTML."""

    def markup(self, prefix: str) -> Markup:
        """The block as HTML whose ids begin with a prefix."""


class Heading:
    """A heading of a section; `level` is 2, or 3 and 4 for sections in sections.

    >>> st.page.Heading("Runs").markup("b1")
    '<h2 id="b1">Runs</h2>'
    """

    def __init__(self, text: str, level: int = 2) -> None:
        self.text = text_given("Heading", "text", text)
        self.level = whole("Heading: level", level, 2, 4)

    def markup(self, prefix: str) -> Markup:
        """The heading as HTML."""
        return element(f"h{self.level}", self.text, id=prefix)


class Text:
    """Paragraphs, separated by empty lines.

    >>> st.page.Text("One network.\\n\\nTrained on 1 < 2 rows.").markup("b1")
    '<p>One network.</p><p>Trained on 1 &lt; 2 rows.</p>'
    """

    def __init__(self, text: str) -> None:
        self.text = text_given("Text", "text", text)

    def markup(self, prefix: str) -> Markup:
        """The paragraphs as HTML."""
        return joined(element("p", part) for part in re.split(r"\s*\n\s*\n\s*", self.text))


class Notice:
    """A text that stands out: a "note", something "good", a "warning" or an "error".

    Its title is the word for its kind unless another is given.

    >>> "<strong>Warning</strong>" in st.page.Notice("The rate overshoots.", "warning").markup("b1")
    True
    """

    def __init__(self, text: str, kind: str = "note", title: str = "") -> None:
        self.text = Text(text_given("Notice", "text", text))
        self.kind = chosen("Notice", "kind", kind, tuple(NOTICES))
        self.title = text_given("Notice", "title", title or NOTICES[self.kind])

    def markup(self, prefix: str) -> Markup:
        """The notice as HTML."""
        title = element("strong", self.title)
        return element("div", title, self.text.markup(prefix), class_=f"notice {self.kind}")


class Code:
    """Lines of a program or of output; in a diff, added and removed lines have their colours.

    >>> st.page.Code("-Dense(1)\\n+Dense(2)", diff=True).markup("b1")[-60:]
    '<del>-Dense(1)</del>\\n<ins>+Dense(2)</ins></code></pre></div>'
    """

    def __init__(self, text: str, diff: bool = False) -> None:
        text_given("Code", "text", text)
        self.text, self.diff = text.strip("\n"), bool(diff)

    def markup(self, prefix: str) -> Markup:
        """The lines as HTML."""
        marks = {"+": "ins", "-": "del"} if self.diff else {}
        lines: list[object] = []
        for line in self.text.split("\n"):
            tag = None if line.startswith(("+++", "---")) else marks.get(line[:1])
            lines += ["\n" if lines else "", element(tag, line) if tag else line]
        code = element("pre", element("code", *lines))
        return element("div", code, class_="wide", tabindex=0, role="group", aria_label="code")

"""One page: blocks under a title as a single HTML file that needs no network.

Depends on storage's whole_file and on the other files of this folder.
"""

from __future__ import annotations

import base64
import hashlib
import os

from steepest.errors import ArgumentError, DTypeError
from steepest.page.blocks import Block, Heading, Text
from steepest.page.markup import Markup, element, joined
from steepest.page.style import style_sheet
from steepest.page.values import text_given
from steepest.storage.whole_file import write_whole

NEW_LINE = Markup("\n")


class Page:
    """A page of blocks, in light and dark, for a screen of any width and for paper.

    Blocks are objects of this module; a string is a paragraph. The HTML holds everything it needs
    and forbids the browser to load anything else. The same blocks give the same bytes.

    >>> page = st.page.Page("Digits", "Two networks were trained.")
    >>> page.add(st.page.Heading("Losses"), st.page.Lines([0.9, 0.4, 0.2], "Loss"))
    <steepest page 'Digits' of 3 blocks>
    >>> page.save("digits.html")
    >>> page.html()[:31]
    '<!DOCTYPE html>\\n<html lang="en"'
    """

    def __init__(self, title: str, *blocks: Block | str) -> None:
        self.title = text_given("Page", "title", title)
        self.blocks: list[Block] = []
        self.add(*blocks)

    def __repr__(self) -> str:
        count = len(self.blocks)
        return f"<steepest page {self.title!r} of {count} block{'s' * (count != 1)}>"

    def add(self, *blocks: Block | str) -> Page:
        """Adds blocks at the end and returns the page.

        >>> st.page.Page("Digits").add("One.", "Two.")
        <steepest page 'Digits' of 2 blocks>
        """
        added = [_block(block) for block in blocks]
        level = max([1, *(b.level for b in self.blocks if isinstance(b, Heading))][-1:])
        for block in added:
            if isinstance(block, Heading):
                if block.level > level + 1:
                    raise ArgumentError(
                        f"Page.add: heading {block.text!r:.60} has level {block.level} after one "
                        f"of level {level}: no level may be left out, so give it level {level + 1}"
                    )
                level = block.level
        self.blocks += added
        return self

    def html(self) -> str:
        """The page as one text, from the doctype to the last tag."""
        style = style_sheet()
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        policy = (
            f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; "
            "form-action 'none'"
        )
        head = element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", http_equiv="Content-Security-Policy", content=policy),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="color-scheme", content="light dark"),
            element("link", rel="icon", href="data:,"),
            element("title", self.title),
            element("style", Markup(style)),
        )
        blocks = [
            joined([NEW_LINE, block.markup(f"b{number}")])
            for number, block in enumerate(self.blocks, 1)
        ]
        body = element("body", element("main", element("h1", self.title), *blocks))
        return f"<!DOCTYPE html>\n{element('html', head, NEW_LINE, body, lang='en')}\n"

    def _repr_html_(self) -> str:
        """The page in a frame, as notebooks show it."""
        frame = {"width": "100%", "height": 700, "sandbox": "", "title": self.title}
        return element("iframe", "", srcdoc=self.html(), **frame)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the page to a file, whole or not at all; missing folders are made."""
        write_whole(path, self.html().encode())


def _block(block: object) -> Block:
    if isinstance(block, str):
        return Text(block)
    if isinstance(block, type) or not isinstance(block, Block):
        raise DTypeError(
            "Page.add: a text or a block such as st.page.Table(...) was expected, got "
            f"{block!r:.60}"
        )
    return block

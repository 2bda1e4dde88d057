"""A validator of pages: what is wrong with their tags, ids, references and accessibility."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img"}
DRAWN = {"path", "line", "rect"}  # elements of SVG without content
ALLOWED = VOID | DRAWN | set(
    "html head title style body main h1 h2 h3 h4 p div strong pre code ins del table caption thead "
    "tbody tr th td figure figcaption ul li span details summary svg g desc text".split()
)  # fmt: skip
URLS = ("href", "src", "xlink:href", "action", "data", "poster", "srcset", "background")


class Validator(HTMLParser):
    """Reads a page and collects `faults`; `texts` holds what a reader sees or hears of it."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.texts: list[str] = []
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.ids: Counter[str] = Counter()
        self.labels: list[str] = []
        self.headings: list[int] = []
        self.tables: list[set[str]] = []
        self.pictures: list[set[str]] = []
        if not page.startswith("<!DOCTYPE html>\n"):
            self.faults.append("no doctype")
        self.feed(page)
        self.close()
        self._finish()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._element(tag, attrs, closed=False)
        self.open.append((tag, dict(attrs)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._element(tag, attrs, closed=True)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1][0] if self.open else 'nothing'}")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open and self.open[-1][0] != "style":
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"a comment: {data}")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"a processing instruction: {data}")

    def _element(self, tag: str, attrs: list[tuple[str, str | None]], closed: bool) -> None:
        given = dict(attrs)
        if tag not in ALLOWED:
            self.faults.append(f"<{tag}>")
        if closed != (tag in VOID | DRAWN):
            self.faults.append(f"<{tag}> is {'closed' if closed else 'not closed'} in its start")
        if len(given) < len(attrs):
            self.faults.append(f"<{tag}> repeats an attribute")
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.faults.append(f"<{tag} {name}>")
            is_picture = tag == "img" and str(value).startswith("data:image/png;base64,")
            if name in URLS and value != "data:," and not is_picture:
                self.faults.append(f"<{tag} {name}={value}>")
            if value is not None and re.search(r"url\(|javascript:", value) and tag != "meta":
                self.faults.append(f"<{tag} {name}={value}>")
        if given.get("id"):
            self.ids[str(given["id"])] += 1
        self.labels += str(given.get("aria-labelledby") or "").split()
        self._accessible(tag, given)

    def _accessible(self, tag: str, given: dict[str, str | None]) -> None:
        parent = self.open[-1][0] if self.open else ""
        if tag == "html" and not given.get("lang"):
            self.faults.append("no language")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "table":
            self.tables.append(set())
        if tag == "caption":
            self.tables[-1].add("caption")
        if tag == "th" and given.get("scope") not in ("col", "row"):
            self.faults.append("<th> without scope")
        if tag == "svg" and "svg" not in [name for name, _ in self.open]:
            if given.get("role") == "img" and given.get("aria-labelledby"):
                self.pictures.append(set())
            elif given.get("aria-hidden") != "true":
                self.faults.append("<svg> that is neither an image nor hidden")
        if tag == "img" and not given.get("alt"):
            self.faults.append("<img> without a text in its place")
        if tag in ("title", "desc") and parent == "svg" and self.pictures:
            self.pictures[-1].add(tag)
        if tag == "summary" and parent != "details":
            self.faults.append("<summary> outside of <details>")

    def _finish(self) -> None:
        self.faults += [f"<{tag}> is not closed" for tag, _ in self.open]
        self.faults += [f"id {name} is there {n} times" for name, n in self.ids.items() if n > 1]
        self.faults += [f"no id {name}" for name in self.labels if name not in self.ids]
        self.faults += ["a table without caption" for table in self.tables if not table]
        self.faults += [f"a picture with {p}" for p in self.pictures if p != {"title", "desc"}]
        if self.headings.count(1) != 1 or self.headings[0] != 1:
            self.faults.append("not one h1 at the start")
        steps = zip(self.headings, self.headings[1:], strict=False)
        self.faults += [f"h{b} after h{a}" for a, b in steps if b > a + 1]


def faults_of(page: str) -> list[str]:
    """What is wrong with a page; nothing if it is valid."""
    return Validator(page).faults


def texts_of(page: str) -> str:
    """The texts of a page, a line each."""
    return "\n".join(Validator(page).texts)

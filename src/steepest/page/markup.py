"""HTML and SVG as text: elements with escaped texts and attributes.

Depends on the standard library only.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

# Characters that HTML forbids, and surrogates, which UTF-8 cannot encode.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"  # \r and \f too
)


class Markup(str):
    """Text that is HTML already. Every other text is escaped where it enters an element."""

    __slots__ = ()


def escaped(text: object) -> Markup:
    """A text as HTML that shows its characters; forbidden ones become U+FFFD.

    >>> escaped('<b onclick="x">')
    '&lt;b onclick=&quot;x&quot;&gt;'
    >>> escaped(Markup("<b>")), escaped("a\\0b")
    ('<b>', 'a�b')
    """
    if isinstance(text, Markup):
        return text
    return Markup(html.escape(FORBIDDEN.sub("\ufffd", str(text).replace("\r\n", "\n"))))


def element(tag: str, *children: object, **attributes: object) -> Markup:
    """An element; without children it is closed in its start tag.

    Attributes that are None are left out; `class_` is class, `aria_label` is aria-label.

    >>> element("p", "1 < 2", element("br"), class_="note", id=None)
    '<p class="note">1 &lt; 2<br/></p>'
    """
    shown = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escaped(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    if not children:
        return Markup(f"<{tag}{shown}/>")
    return Markup(f"<{tag}{shown}>{joined(children)}</{tag}>")


def joined(parts: Iterable[object]) -> Markup:
    """Several texts and elements in a row.

    >>> joined(["a & b", element("br")])
    'a &amp; b<br/>'
    """
    return Markup("".join(map(escaped, parts)))

"""Small pictures side by side: rows of data, or the weights of units; they are part of the page.

Depends on storage's png, markup and values.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest.arguments import whole
from steepest.errors import ShapeError
from steepest.page.markup import Markup, element
from steepest.page.values import chosen, entries_of, text_given
from steepest.storage.png import png

COLOURS = ("ink", "grey", "signed", "rgb")
BELOW, ABOVE = np.array([36, 54, 195]), np.array([200, 84, 0])  # of signed numbers; 0 is white


class Pictures:
    """Small pictures side by side, each with a text, such as digits or the weights of units.

    `pictures` has the shape (count, height, width). All are on one scale: with `colours="ink"` the
    least value is white and the greatest black, with "grey" the other way, and with "signed" zero
    is white, negative numbers are blue and positive ones orange. "rgb" takes three channels in a
    fourth axis, bytes or numbers from 0 to 1. `size` is the longer side on the screen in pixels.

    >>> digits = st.page.Pictures(np.eye(3)[None], "Digits", ["a 7, read as 1"])
    >>> "data:image/png;base64," in digits.markup("b1")
    True
    """

    def __init__(
        self,
        pictures: Any,
        title: str,
        texts: Sequence[str] | None = None,
        colours: str = "ink",
        size: int = 64,
    ) -> None:
        self.title = text_given("Pictures", "title", title)
        self.colours = chosen("Pictures", "colours", colours, COLOURS)
        self.size = whole("Pictures: size", size, 8, 512)
        self.pictures = np.asarray(pictures)
        channels = (3,) if colours == "rgb" else ()
        if self.pictures.ndim != 3 + len(channels) or self.pictures.shape[3:] != channels:
            wanted = "(count, height, width, 3)" if channels else "(count, height, width)"
            raise ShapeError(
                f"Pictures: an array of shape {wanted} was expected for colours={colours!r}, got "
                f"{self.pictures.shape}; rows become pictures by x.reshape(-1, height, width)"
            )
        given = [""] * len(self.pictures) if texts is None else entries_of("Pictures: texts", texts)
        self.texts = [str(text) for text in given]
        if len(self.texts) != len(self.pictures):
            raise ShapeError(
                f"Pictures: {len(self.pictures)} pictures need as many texts, got {len(self.texts)}"
            )

    def markup(self, prefix: str) -> Markup:
        """The pictures as HTML: a list, in as many rows as the screen needs."""
        pixels = self._pixels()
        height, width = pixels.shape[1:3]
        enlarged = self.size / max(height, width)
        sizes = {"width": round(width * enlarged), "height": round(height * enlarged)}
        items = [
            element("li", element("img", src=_address(each), alt=text or f"picture {number}",
                                  **sizes), *([element("span", text)] if text else []))
            for number, (each, text) in enumerate(zip(pixels, self.texts, strict=True), 1)
        ]  # fmt: skip
        title = element("figcaption", self.title)
        return element("figure", title, element("ul", *items, class_="pictures"), id=prefix)

    def _pixels(self) -> np.ndarray:
        """The pictures as bytes; NaN is 0."""
        values = np.nan_to_num(np.asarray(self.pictures, np.float64))
        if self.colours == "rgb":
            is_bytes = self.pictures.dtype.kind in "ui"
            return np.clip(values * (1.0 if is_bytes else 255.0), 0, 255).round().astype(np.uint8)
        if self.colours == "signed":
            share = values / (np.abs(values).max(initial=0.0) or 1.0)
            end = np.where(share[..., None] < 0, BELOW, ABOVE)
            return (255 + np.abs(share[..., None]) * (end - 255)).round().astype(np.uint8)
        low, high = values.min(initial=np.inf), values.max(initial=-np.inf)
        share = (values - low) / ((high - low) or 1.0)
        return ((1 - share if self.colours == "ink" else share) * 255).round().astype(np.uint8)


def _address(pixels: np.ndarray) -> str:
    return "data:image/png;base64," + base64.b64encode(png(pixels)).decode()

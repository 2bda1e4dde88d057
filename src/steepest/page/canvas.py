"""A picture as SVG that fits any width: places are shares of its size, texts and strokes are not.

Texts, rules and bars are placed by percentages. Lines and points are traced in a nested picture,
which is stretched without its strokes. Depends on markup, thinning and NumPy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from steepest.page.markup import Markup, element
from steepest.page.number_texts import Numbers
from steepest.page.thinning import HEIGHT, MOST_POINTS, WIDTH, thin_line, thin_points


class Canvas:
    """The elements of one picture; x and y are from 0 to 1, y upwards.

    >>> canvas = Canvas()
    >>> canvas.line(np.array([0.0, 0.5, 1.0]), np.array([0.0, np.nan, 1.0]), "s0")
    0
    >>> canvas.svg("f1", "Loss", "Falls.", "10em")[:52]
    '<svg class="plot" height="10em" role="img" aria-labe'
    """

    def __init__(self) -> None:
        self._back: list[Markup] = []
        self._traced: list[Markup] = []
        self._front: list[Markup] = []

    def rule(self, x: tuple[float, float], y: tuple[float, float], look: str) -> None:
        """A straight line behind everything else."""
        ends = {"x1": _part(x[0]), "x2": _part(x[1]), "y1": _part(1 - y[0]), "y2": _part(1 - y[1])}
        self._back.append(element("line", class_=look, **ends))

    def bar(self, x: tuple[float, float], y: tuple[float, float], look: str) -> None:
        """A rectangle."""
        corner = {"x": _part(min(x)), "y": _part(1 - max(y))}
        size = {"width": _part(abs(x[1] - x[0])), "height": _part(abs(y[1] - y[0]))}
        self._back.append(element("rect", class_=look, **corner, **size))

    def label(
        self, x: float, y: float, text: str, look: str | None = None, dx: str = "", dy: str = ""
    ) -> None:
        """A text at a place, moved by dx and dy, which are lengths such as "1em"."""
        moved = {"dx": dx or None, "dy": dy or None}
        place = {"x": _part(x), "y": _part(1 - y)}
        self._front.append(element("text", text, class_=look, **place, **moved))

    def line(self, x: Numbers, y: Numbers, look: str) -> int:
        """A line through points in their order, with gaps at NaN; a lone point is a dot.

        Returns how many points were left out because the line looks the same without them.
        """
        paths, left_out = [], 0
        for start, end in _runs(np.isfinite(x) & np.isfinite(y)):
            shown = start + thin_line(x[start:end], y[start:end])
            first, *others = _units(x[shown], y[shown])
            steps = np.diff([first, *others], axis=0).ravel().tolist()
            paths.append(f"M{_packed(first)}{f'l{_packed(steps)}' if steps else 'h1'}")
            left_out += end - start - len(shown)
        self._trace("".join(paths), f"line {look}")
        return left_out

    def points(self, x: Numbers, y: Numbers, shape: int, look: str, most: int = MOST_POINTS) -> int:
        """A mark at each point that has a place: a disc, a square, and both with a hole.

        Returns how many points were left out because others nearly cover them.
        """
        there = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        shown = there[thin_points(x[there], y[there], most)] if there.size else there
        # Lines of length 1, of which the ends are seen: those of length 0 are not always printed.
        steps = np.diff(_units(x[shown], y[shown]), axis=0, prepend=0) - [[1, 0]]
        path = "".join(f"m{_packed(step)}h1" for step in steps.tolist())
        for point_look, _ in point_paths(shape, path):
            self._trace(path, f"{point_look} {look}")
        return len(there) - len(shown)

    def readout(self, x: tuple[float, float], at: float, lines: Sequence[str]) -> None:
        """Lines of text beside a place, which are seen while the pointer is within a band of x."""
        side, dx = ("", "0.8em") if at < 0.6 else ("end ", "-0.8em")
        edges = {"x": _part(x[0]), "y": "0%", "width": _part(x[1] - x[0]), "height": "100%"}
        texts = [
            element("text", line, class_=f"{side}name", x=_part(at), y="0%", dx=dx,
                    dy=f"{1.3 + 1.4 * number:.1f}em")
            for number, line in enumerate(lines)
        ]  # fmt: skip
        cross = element("line", class_="axis", x1=_part(at), x2=_part(at), y1="0%", y2="100%")
        self._front.append(element("g", element("rect", **edges), cross, *texts, class_="readout"))

    def svg(self, prefix: str, title: str, description: str, height: str) -> Markup:
        """The picture; its title and description get ids that begin with a prefix."""
        nested = element(
            "svg",
            *self._traced,
            viewBox=f"0 0 {WIDTH} {HEIGHT}",
            preserveAspectRatio="none",
            width="100%",
            height="100%",
        )
        return element(
            "svg",
            element("title", title, id=f"{prefix}-title"),
            element("desc", description, id=f"{prefix}-text"),
            *self._back,
            nested if self._traced else "",
            *self._front,
            class_="plot",
            height=height,
            role="img",
            aria_labelledby=f"{prefix}-title {prefix}-text",
        )

    def _trace(self, path: str, look: str) -> None:
        if path:
            self._traced.append(element("path", class_=look, d=path))


def point_paths(shape: int, path: str) -> list[tuple[str, str]]:
    """The paths, with their classes, that draw points of a shape: disc, square, and with a hole.

    >>> point_paths(3, "M5 6h1")
    [('point square', 'M5 6h1'), ('hole square', 'M5 6h1')]
    """
    cap = ("round", "square")[shape % 2]
    return [(f"point {cap}", path), *([(f"hole {cap}", path)] if shape >= 2 else [])]


def _runs(there: np.ndarray) -> Iterator[tuple[int, int]]:
    """The first and the one past the last index of each run of True."""
    edges = np.flatnonzero(np.diff(there, prepend=False, append=False)).tolist()
    return zip(edges[::2], edges[1::2], strict=True)


def _units(x: Numbers, y: Numbers) -> np.ndarray:
    places = np.stack([x * WIDTH, (1 - y) * HEIGHT], axis=1)
    return np.round(places).astype(np.int64)


def _packed(numbers: Iterable[int]) -> str:
    return " ".join(map(str, numbers)).replace(" -", "-")


def _part(share: float) -> str:
    return f"{round(100 * share, 2):g}%"

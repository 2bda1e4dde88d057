"""Figures of matplotlib in one style, in light and dark, readable without colours.

The only file that checks whether matplotlib is installed. Figures are made without pyplot, so that
no window opens and no global state changes. Depends on errors; matplotlib is imported when needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from steepest.errors import MissingExtra, unknown_name

OKABE_ITO = tuple("#0072B2 #D55E00 #009E73 #CC79A7 #000000 #56B4E9 #E69F00 #F0E442".split())
MARKERS = tuple("osD^vPX*")
DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (9, 3)))
LEAST_CONTRAST = 3.5  # of lines and marks with the page; WCAG 1.4.11 asks for 3
LEAST_TEXT_CONTRAST = 4.5  # by WCAG 1.4.3

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Theme:
    """The colours of a page: its background, texts and axes, and the lines behind the data."""

    page: str
    ink: str
    grid: str


THEMES = {
    "light": Theme("#ffffff", "#1b1f24", "#dfe3e8"),
    "dark": Theme("#15181c", "#e8eaed", "#333a42"),
}


@dataclass(frozen=True)
class Look:
    """Colours that are readable on the page of some axes.

    `line(i)` is the style of the i-th line: a colour and dashes, so that lines differ without
    colours too. `mark(i)` is the style of the points of the i-th class: a colour and a shape.

    >>> look = Look((1.0, 1.0, 1.0), (0.0, 0.0, 0.0))
    >>> look.line(1)["linestyle"], look.mark(1)["marker"]
    ('--', 's')
    """

    page: Colour
    ink: Colour

    @property
    def quiet(self) -> Colour:
        """The colour of what is beside the data: reference lines and notes."""
        return mixed(self.page, self.ink, 0.62)

    def colour(self, index: int, least: float = LEAST_CONTRAST) -> Colour:
        """The i-th colour, darker or lighter where the page needs it."""
        return readable(OKABE_ITO[index % len(OKABE_ITO)], self.page, least)

    def line(self, index: int) -> dict[str, Any]:
        """The style of the i-th line."""
        return {"color": self.colour(index), "linestyle": DASHES[index % len(DASHES)]}

    def mark(self, index: int) -> dict[str, Any]:
        """The style of the points of the i-th class, for `Axes.scatter`."""
        return {
            "color": OKABE_ITO[index % len(OKABE_ITO)],
            "marker": MARKERS[index % len(MARKERS)],
            "edgecolors": [self.ink],
            "linewidths": 0.7,
        }


def new_figure(who: str, width: float, height: float, theme: str | None = None) -> Any:
    """A figure of a size in inches, which no window shows; `who` is what needs it.

    `theme` is "light", "dark", or None for the colours of matplotlib's settings.

    >>> new_figure("plot", 4, 3, "dark").get_facecolor()[0] < 0.1
    True
    """
    theme_named(who, theme)
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtra(f"{who} needs matplotlib: pip install 'steepest[plot]'") from None
    facecolor = THEMES[theme].page if theme else None
    return Figure(figsize=(width, height), layout="compressed", facecolor=facecolor)


def theme_named(who: str, theme: str | None) -> Theme | None:
    """The theme of a name, or None for None.

    >>> theme_named("plot", "light").page
    '#ffffff'
    >>> theme_named("plot", "lihgt")
    Traceback (most recent call last):
        ...
    steepest.errors.UnknownNameError: no theme of plot is called 'lihgt': did you mean 'light'?
    """
    if theme is not None and theme not in THEMES:
        raise unknown_name(f"theme of {who}", theme, THEMES)
    return None if theme is None else THEMES[theme]


def dress(axes: Any, theme: str | None = None) -> None:
    """Gives the axes of a new figure their style; without a theme their colours stay."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)
    if theme is None:
        return
    ink, page = THEMES[theme].ink, THEMES[theme].page
    axes.set_facecolor(page)
    for spine in axes.spines.values():
        spine.set_color(ink)
    axes.tick_params(which="both", color=ink, labelcolor=ink)
    for text in (axes.xaxis.label, axes.yaxis.label, axes.title):
        text.set_color(ink)


def look_of(axes: Any) -> Look:
    """The colours that are readable on axes, whatever their background.

    >>> axes = new_figure("plot", 4, 3, "dark").add_subplot()
    >>> dress(axes, "dark"); look = look_of(axes); contrast(look.ink, look.page) > 14
    True
    """
    from matplotlib.colors import to_rgba

    page: Colour = (1.0, 1.0, 1.0)
    for face in (axes.get_figure(root=True).get_facecolor(), axes.get_facecolor()):
        *colour, alpha = to_rgba(face)
        page = mixed(page, tuple(colour), alpha)
    own = to_rgba(axes.xaxis.label.get_color())[:3]
    return Look(page, own if contrast(own, page) >= LEAST_TEXT_CONTRAST else ink_on(page))


def readable(colour: Any, page: Colour, least: float = LEAST_CONTRAST) -> Colour:
    """A colour, mixed with black or white until its contrast with the page is large enough.

    >>> readable("#F0E442", (0.0, 0.0, 0.0)) == readable("#F0E442", (0.0, 0.0, 0.0), 1)
    True
    >>> contrast(readable("#F0E442", (1.0, 1.0, 1.0)), (1.0, 1.0, 1.0)) >= 3
    True
    """
    from matplotlib.colors import to_rgb

    start, end = to_rgb(colour), ink_on(page)
    tries = (mixed(start, end, step / 20) for step in range(21))
    return next((each for each in tries if contrast(each, page) >= least), end)


def contrast(one: Any, other: Any) -> float:
    """The contrast ratio of two colours by WCAG: from 1, the same, to 21, black and white.

    >>> round(contrast((0, 0, 0), (1, 1, 1)))
    21
    """
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: Any) -> float:
    """The relative luminance of a colour by WCAG: 0 is black, 1 is white.

    >>> round(luminance((0, 1, 0)), 4)
    0.7152
    """
    linear = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour
    )
    red, green, blue = linear
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


def mixed(one: Any, other: Any, share: float) -> Colour:
    """The colour between two, with a share of the second.

    >>> mixed((0, 0, 0), (1, 1, 1), 0.25)
    (0.25, 0.25, 0.25)
    """
    red, green, blue = (a + (b - a) * share for a, b in zip(one, other, strict=True))
    return red, green, blue


def ink_on(page: Colour) -> Colour:
    """Black or white, whichever is seen better on a page.

    >>> ink_on((1.0, 0.9, 0.8))
    (0.0, 0.0, 0.0)
    """
    black, white = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    return max(black, white, key=lambda each: contrast(each, page))

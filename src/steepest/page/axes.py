"""Axes of a picture: ticks, rules and labels, and the margins that they need.

Depends on canvas and scales.
"""

from __future__ import annotations

import itertools
import unicodedata

from steepest.page.canvas import Canvas
from steepest.page.scales import Axis, Categories

LONGEST_TICK = 18  # characters beside an axis; the style sheet has margins up to this
LONGEST_NAME = 34  # characters above or below a picture on a screen of 320 pixels
LONGEST_FULL = 80  # and on one of 640 or more
WIDTH = 38  # characters side by side in such a picture
SMALL_WIDTH = 27
MOST_NAMES = 8


def draw_axes(
    canvas: Canvas, x: Axis, y: Axis, x_label: str = "", y_label: str = "", is_small: bool = False
) -> str:
    """Draws both axes and returns the classes of the margins that they need.

    >>> from steepest.page.scales import Scale
    >>> draw_axes(Canvas(), Scale(0.0, 3.0), Scale(0.0, 1000.0), "epoch", "loss")
    'frame m4 below2'
    """
    longest = 1
    for place, label in y.ticks(5):
        text = shortened(label, LONGEST_TICK)
        longest = max(longest, width_of(text))
        canvas.rule((0, 1), (place, place), "grid")
        canvas.label(0, place, text, "end", "-.6em", ".35em")
    below = draw_ticks(canvas, x, 0.0, top=1.0, is_small=is_small)
    canvas.rule((0, 1), (0, 0), "axis")
    draw_name(canvas, 0, 1, y_label, "name", "-.7em", is_small)
    return f"frame m{longest} below{draw_name_below(canvas, x_label, below, is_small)}"


def draw_ticks(
    canvas: Canvas, x: Axis, y: float, top: float | None = None, is_small: bool = False
) -> int:
    """Draws the labels of an axis along x at a height y, and rules from there up to `top`.

    Returns the number of rows: names that do not fit in one are in two. A picture is small that
    shares its row with others.
    """
    has_names, chars = isinstance(x, Categories), SMALL_WIDTH if is_small else WIDTH
    ticks = x.ticks(MOST_NAMES if has_names else 4 if is_small else 6)
    each = chars // max(len(ticks), 1) - 1
    rows = 1 + (has_names and any(width_of(label) > each for _, label in ticks))
    for number, (place, label) in enumerate(ticks):
        if top is not None:
            canvas.rule((place, place), (y, top), "grid")
        text = shortened(label, rows * each) if has_names else label
        canvas.label(place, y, text, "middle", dy=f"{1.4 + 1.2 * (number % rows):g}em")
    return rows


def draw_name_below(canvas: Canvas, name: str, rows: int, is_small: bool = False) -> int:
    """Draws the name of an axis below its rows of ticks; returns how many rows there are then."""
    draw_name(canvas, 1, 0, name, "name end", f"{1.6 + 1.3 * rows:g}em", is_small)
    return rows + bool(name)


def draw_name(
    canvas: Canvas, x: float, y: float, name: str, look: str, dy: str, is_small: bool = False
) -> None:
    """Draws a name above or below a picture; on a narrow screen it is shortened."""
    short = shortened(name, SMALL_WIDTH if is_small else LONGEST_NAME)
    full = short if is_small else shortened(name, LONGEST_FULL)
    if short != full:
        canvas.label(x, y, full, f"{look} roomy", dy=dy)
        look = f"{look} tight"
    if name:
        canvas.label(x, y, short, look, dy=dy)


def shortened(text: str, most: int) -> str:
    """A text of at most so many characters, with an ellipsis where it was cut.

    >>> shortened("learning rate", 9), shortened("loss", 9), shortened("学习率", 5)
    ('learning…', 'loss', '学习…')
    """
    if width_of(text) <= most:
        return text
    fitting = sum(width < most for width in itertools.accumulate(map(width_of, text)))
    return f"{text[:fitting].rstrip()}…"


def width_of(text: str) -> int:
    """The number of characters; those of double width, as in Chinese, count twice.

    >>> width_of("loss"), width_of("损失")
    (4, 4)
    """
    return sum(1 + (unicodedata.east_asian_width(character) in "WF") for character in text)

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
        longest = max(longest, len(text))
        canvas.rule((0, 1), (place, place), "grid")
        canvas.label(0, place, text, "end", "-.6em", ".35em")
    below = draw_ticks(canvas, x, 0.0, top=1.0, is_small=is_small)
    canvas.rule((0, 1), (0, 0), "axis")
    canvas.label(0, 1, shortened(y_label, LONGEST_NAME), "name", dy="-.7em")
    return f"frame m{longest} below{below + label_below(canvas, x_label, below)}"


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
    rows = 1 + (has_names and any(len(label) > each for _, label in ticks))
    for number, (place, label) in enumerate(ticks):
        if top is not None:
            canvas.rule((place, place), (y, top), "grid")
        text = shortened(label, rows * each) if has_names else label
        canvas.label(place, y, text, "middle", dy=f"{1.4 + 1.2 * (number % rows):g}em")
    return rows


def label_below(canvas: Canvas, x_label: str, rows: int) -> int:
    """Draws the name of an axis below its rows of ticks; returns how many rows that takes."""
    if not x_label:
        return 0
    canvas.label(1, 0, shortened(x_label, LONGEST_NAME), "name end", dy=f"{1.6 + 1.3 * rows:g}em")
    return 1


def shortened(text: str, most: int) -> str:
    """A text of at most so many characters, with an ellipsis where it was cut.

    Characters of double width, as those of Chinese, count twice.

    >>> shortened("learning rate", 9), shortened("loss", 9), shortened("学习率", 5)
    ('learning…', 'loss', '学习…')
    """
    widths = [1 + (unicodedata.east_asian_width(character) in "WF") for character in text]
    if sum(widths) <= most:
        return text
    fitting = sum(width <= most - 1 for width in itertools.accumulate(widths))
    return f"{text[:fitting].rstrip()}…"

"""Which of many points a picture shows, so that it looks the same and its file stays small.

Depends on NumPy.
"""

from __future__ import annotations

import numpy as np

from steepest.page.number_texts import Numbers

WIDTH = 2000  # units of a picture's width, a third of a pixel each
HEIGHT = 1000
COLUMN = 3  # units: a pixel of a wide screen
LINE_RULE = "of the points in one pixel column of a line, the lowest and the highest"
MOST_POINTS = 1500
POINT_RULE = "of points that nearly coincide, one"

Indices = np.ndarray


def thin_line(x: Numbers, y: Numbers) -> Indices:
    """The indices of the lowest and the highest of the points in each pixel column, and the ends.

    The shares x and y are from 0 to 1, without NaN. A path may go back: points in the same column
    that do not follow each other are separate.

    >>> thin_line(np.linspace(0, 1, 90_000), np.linspace(0, 1, 90_000) ** 2).size
    1334
    """
    columns = np.floor(x * (WIDTH / COLUMN)).astype(np.int64)
    starts = np.flatnonzero(np.diff(columns, prepend=columns[0] - 1))
    if len(y) <= 2 * len(starts):
        return np.arange(len(y))
    group = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(y)))
    order = np.lexsort((np.arange(len(y)), y, group))
    lasts = np.append(starts[1:], len(y)) - 1
    return np.unique(np.concatenate([order[starts], order[lasts], [0, len(y) - 1]]))


def thin_points(x: Numbers, y: Numbers, most: int = MOST_POINTS) -> Indices:
    """The indices of points of which no two are in one cell of the picture.

    Cells are a pixel wide at first, and wider while there are more than `most` points.

    >>> thin_points(np.array([0.5, 0.5, 0.9]), np.array([0.1, 0.1, 0.1])).tolist()
    [0, 2]
    """
    for pixels in (1, 2, 3, 4, 6, 8, 12, 16, 24, 32):
        cell = COLUMN * pixels
        column, row = np.floor(x * (WIDTH / cell)), np.floor(y * (HEIGHT / cell))
        _, first = np.unique(column * HEIGHT + row, return_index=True)
        if len(first) <= most:
            break
    return np.sort(first)

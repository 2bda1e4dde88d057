"""What the pictures of a page show: paths, bars, labels, read back from their SVG."""

from __future__ import annotations

import re

import numpy as np

from steepest.page.thinning import HEIGHT, WIDTH

PATH = re.compile(r'<path class="((?:line|point|hole)[^"]*)" d="([^"]*)"')
PICTURE = re.compile(r'<svg class="plot".*?</svg>(?=</div>)', re.DOTALL)


def pictures_of(markup: str) -> list[str]:
    """The pictures of a figure, without the legend."""
    return PICTURE.findall(markup)


def paths_of(picture: str) -> list[tuple[str, list[np.ndarray]]]:
    """The class of each path and its runs of points, as shares from 0 to 1, y upwards."""
    return [(look, _runs(path)) for look, path in PATH.findall(picture)]


def _runs(path: str) -> list[np.ndarray]:
    runs: list[np.ndarray] = []
    x = y = 0
    for command, numbers in re.findall(r"([Mmlh])([^Mmlh]*)", path):
        values = list(map(int, re.findall(r"-?\d+", numbers)))
        if command == "h":
            assert values == [1]  # the mark of a point
            x += 1
            continue
        for dx, dy in zip(values[::2], values[1::2], strict=True):
            x, y = (dx, dy) if command == "M" else (x + dx, y + dy)
            if command in "Mm":
                runs.append(np.zeros((0, 2)))
            runs[-1] = np.append(runs[-1], [[x / WIDTH, 1 - y / HEIGHT]], axis=0)
    return runs


def points_of(picture: str, look: str) -> np.ndarray:
    """The points of all paths of a class, each one row."""
    runs = [run for found, runs in paths_of(picture) if look in found.split() for run in runs]
    return np.concatenate(runs) if runs else np.zeros((0, 2))


def bars_of(picture: str) -> list[dict[str, float]]:
    """The rectangles of a picture: x, y (from above), width and height as shares from 0 to 1."""
    found = re.findall(r'<rect class="bar[^"]*"([^>]*)/>', picture)
    return [
        {name: float(value) / 100 for name, value in re.findall(r'(\w+)="([\d.e-]+)%"', bar)}
        for bar in found
    ]


def labels_of(picture: str) -> list[str]:
    """The texts of a picture, in order."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", picture)


def remarks_of(markup: str) -> list[str]:
    """The remarks under a figure, those in its table too."""
    return re.findall(r'<p class="remark">([^<]*)</p>', markup)


def legend_of(markup: str) -> list[str]:
    """The entries of a figure's legend."""
    return re.findall(r"<span>([^<]*)</span></li>", markup)

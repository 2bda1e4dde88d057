"""Points in the plane with their classes or values, divided for training and test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.studio.fields import FieldError, State

EDGE = 6.0  # the plane is shown from -6 to 6; own tables are scaled to 5
MOST_CLASSES = 8


@dataclass(frozen=True)
class Points:
    """Points with their classes or values, for training and for the test.

    `classes` is 0 for values. `spans` are the ranges of the given columns that are shown from -5
    to 5, where points were scaled, and `names` the names of classes and columns.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    classes: int
    names: tuple[str, ...] = ()
    columns: tuple[str, str] = ("x", "y")
    spans: tuple[tuple[float, float], ...] = ()
    table: tuple[tuple[str, bool], ...] = ()
    words: str = ""


def split(
    x: np.ndarray, y: np.ndarray, classes: int, data: State, names: tuple[str, ...] = (), **own: Any
) -> Points:
    """The points in random order, the first share of them for training."""
    order = np.random.default_rng(data["seed"] + 1).permutation(len(x))
    count = max(1, round(data["share"] * len(x)))
    x, y = x[order].astype(np.float32), y[order].astype(np.int32 if classes else np.float32)
    return Points(x[:count], y[:count], x[count:], y[count:], classes, names, **own)


def refuse_classes(count: int, where: str) -> None:
    """Raises for a number of classes that cannot be shown.

    >>> refuse_classes(9, "data.target")
    Traceback (most recent call last):
        ...
    steepest.studio.fields.FieldError: data.target: 2 to 8 classes were expected, got 9
    """
    raise FieldError(where, f"2 to {MOST_CLASSES} classes were expected, got {count}")

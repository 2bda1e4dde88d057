"""A small decision tree, for baselines: splits at quantiles, by the reduction of squared errors.

Depends on NumPy only.
"""

from __future__ import annotations

import numpy as np

DEPTH = 3
BINS = 16
FEWEST = 5
"""Rows of a leaf at least."""


def tree_predictions(x: np.ndarray, y: np.ndarray, tested: np.ndarray) -> np.ndarray:
    """The mean target of the leaf of each tested row.

    >>> x = np.arange(20.0)[:, None]
    >>> tree_predictions(x, (x > 9) * 1.0, np.array([[3.0], [15.0]])).tolist()
    [[0.0], [1.0]]
    """
    edges = np.quantile(x, np.arange(1, BINS) / BINS, axis=0) if x.size else np.zeros((0, 0))
    binned, asked = _binned(x, edges), _binned(tested, edges)
    result = np.empty((len(tested), y.shape[1]))
    _grow(binned, y, np.arange(len(x)), asked, np.arange(len(tested)), result, DEPTH)
    return result


def _binned(x: np.ndarray, edges: np.ndarray) -> np.ndarray:
    columns = [
        np.searchsorted(cut, column, "left") for cut, column in zip(edges.T, x.T, strict=False)
    ]
    return np.stack(columns, axis=1) if columns else np.zeros((len(x), 0), int)


def _grow(
    binned: np.ndarray,
    y: np.ndarray,
    rows: np.ndarray,
    asked: np.ndarray,
    asked_rows: np.ndarray,
    result: np.ndarray,
    depth: int,
) -> None:
    """Splits rows, and fills in the results of the asked rows that come to the same leaf."""
    result[asked_rows] = y[rows].mean(axis=0)
    split = _best_split(binned[rows], y[rows]) if depth and len(asked_rows) else None
    if split is None:
        return
    column, last = split
    for side in (True, False):
        own = rows[(binned[rows, column] <= last) == side]
        theirs = asked_rows[(asked[asked_rows, column] <= last) == side]
        _grow(binned, y, own, asked, theirs, result, depth - 1)


def _best_split(binned: np.ndarray, y: np.ndarray) -> tuple[int, int] | None:
    """The column and the last bin on the left that reduce the squared errors most."""
    rows, columns = binned.shape
    if rows < 2 * FEWEST or not columns:
        return None
    places = (binned + BINS * np.arange(columns)).reshape(-1)
    size = BINS * columns
    counts = np.bincount(places, minlength=size).reshape(columns, BINS).cumsum(axis=1)
    gain = np.zeros((columns, BINS))
    total = y.sum(axis=0)
    left_rows = counts.astype(np.float64)
    right_rows = rows - left_rows
    for output in range(y.shape[1]):
        weights = np.repeat(y[:, output], columns)
        left = np.bincount(places, weights, size).reshape(columns, BINS).cumsum(axis=1)
        right = total[output] - left
        gain += left**2 / np.maximum(left_rows, 1) + right**2 / np.maximum(right_rows, 1)
    gain -= (total**2).sum() / rows
    possible = (left_rows >= FEWEST) & (right_rows >= FEWEST)
    gain = np.where(possible, gain, -1.0)
    best = int(gain.argmax())
    least = 1e-9 * max(float((y * y).sum()), 1e-300)
    return divmod(best, BINS) if gain.flat[best] > least else None

"""The confusion matrix: how often each class was taken for each class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.figure_style import contrast, look_of, mixed
from steepest.plot.figure import open_axes
from steepest.plot.outputs import (
    as_rows,
    class_numbers,
    named_classes,
    same_length,
    threshold_of,
)
from steepest.plot.picture import Picture

WHO = "st.plot.confusion"
MOST_WITH_SHARES = 8  # classes for which a cell has room for a count and a share
MOST_WITH_COUNTS = 20  # and for a count alone
MOST_NAMES = 40  # of classes along an axis; of more only some are written


@dataclass(frozen=True)
class Confusion:
    """How often each class (row) was predicted as each class (column).

    `shares` are the counts as shares of the rows of a class; NaN for a class without rows.

    >>> data = st.plot.confusion_data([0, 1, 1], [0, 0, 1])
    >>> data.counts.tolist(), data.shares[1].tolist()
    ([[1, 0], [1, 1]], [0.5, 0.5])
    """

    counts: np.ndarray
    shares: np.ndarray
    names: list[str]

    @property
    def accuracy(self) -> float:
        """The share of the rows whose class was predicted."""
        return float(np.trace(self.counts) / self.counts.sum())


def confusion_data(y_true: Any, y_pred: Any, names: Sequence[str] | None = None) -> Confusion:
    """The counts of each pair of a true and a predicted class.

    `y_pred` are class numbers, one output a class, or one output with a threshold: 0.5, or 0 for
    labels -1 and 1.

    >>> confusion_data([0, 1, 1, 1], [[0.2], [0.9], [0.8], [0.1]]).counts.tolist()
    [[1, 0], [1, 2]]
    """
    predicted, width = np.asarray(y_pred), 1
    if predicted.ndim > 1 or predicted.dtype.kind == "f":
        width = as_rows(WHO, "y_pred", y_pred).shape[1]
    truth = class_numbers(WHO, "y_true", y_true, width if width > 1 else None)
    if width > 1:
        found = predicted.argmax(axis=1)
    elif predicted.dtype.kind == "f":
        threshold = threshold_of(None, np.asarray(y_true))
        found = (predicted.reshape(len(predicted)) > threshold).astype(np.int64)
    else:
        found = class_numbers(WHO, "y_pred", predicted)
    same_length(WHO, y_true=truth, y_pred=found)
    count = max(width, int(truth.max()) + 1, int(found.max()) + 1, 2)
    counts = np.zeros((count, count), np.int64)
    np.add.at(counts, (truth, found), 1)
    rows = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, rows, out=np.full(counts.shape, np.nan), where=rows > 0)
    return Confusion(counts, shares, named_classes(WHO, names, count))


def confusion(
    y_true: Any,
    y_pred: Any,
    names: Sequence[str] | None = None,
    *,
    ax: Any = None,
    theme: str | None = None,
) -> Picture[Confusion]:
    """Draws the confusion matrix: counts, and their shares of the rows of each class as colours.

    A darker cell (in the dark theme a lighter one) is a larger share of its row; correct rows are
    on the diagonal. With many classes the counts are left out and remain in the data.

    >>> picture = st.plot.confusion([0, 1, 2, 2], [0, 2, 2, 2], names=["cat", "dog", "owl"])
    >>> picture.data.shares.tolist(), picture.data.accuracy
    ([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 1.0]], 0.75)
    """
    data = confusion_data(y_true, y_pred, names)
    count = len(data.names)
    side = float(np.clip(1.4 + 0.62 * count, 3.2, 8.4))
    (axes,) = open_axes(WHO, ax, theme, panel=(side, side))
    look = look_of(axes)
    end = look.colour(0, 7.0)
    shares = np.nan_to_num(data.shares)
    steps = shares[..., np.newaxis]
    colours = np.asarray(look.page) * (1 - steps) + np.asarray(end) * steps
    axes.imshow(colours, interpolation="nearest")
    if count <= MOST_WITH_COUNTS:
        for (row, column), number in np.ndenumerate(data.counts):
            cell = mixed(look.page, end, shares[row, column])
            text = f"{number:,}"
            if count <= MOST_WITH_SHARES and data.counts[row].any():
                text += f"\n{shares[row, column]:.0%}"
            ink = look.ink if contrast(look.ink, cell) > contrast(look.page, cell) else look.page
            ink = ink if number else look.quiet
            axes.text(column, row, text, ha="center", va="center", color=ink, size=9)
    else:
        axes.plot([-0.5, count - 0.5], [-0.5, count - 0.5], color=look.quiet, linewidth=0.5)
    shown = np.arange(0, count, max(1, -(-count // MOST_NAMES)))
    some = [data.names[place] for place in shown]
    turned = 90 if max(map(len, data.names)) > 3 and count > 4 else 0
    axes.set_xticks(shown, some, rotation=turned)
    axes.set_yticks(shown, some)
    axes.set(xlabel="predicted class", ylabel="true class")
    axes.spines[:].set_visible(False)
    correct = f"{data.accuracy:.1%} of {data.counts.sum():,} rows correct"
    axes.set_title(f"{correct}\n(shade: share of the true class)", size=9)
    return Picture(data, [axes], f"confusion matrix of {count} classes: {correct}")

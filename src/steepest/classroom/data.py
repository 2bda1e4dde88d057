"""The data set of the numpy course: rows X, labels y and the names of the columns.

Depends on the readers of files in data.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from steepest.data.files import delimited
from steepest.errors import ArgumentError

__all__ = ["Dataset", "read_csv"]


class Dataset:
    """Rows `X` with labels `y`, if there are any, and the names of columns and label.

    >>> xor = Dataset(X=[[0, 0], [0, 1], [1, 0], [1, 1]], y=[[0], [1], [1], [0]])
    >>> xor.shape(), xor.has_label(), xor.features
    ((4, 2), True, ['feat_0', 'feat_1'])
    """

    def __init__(
        self,
        X: np.ndarray | Sequence[object],
        y: np.ndarray | Sequence[object] | None = None,
        features: Sequence[str] | None = None,
        label: str | None = None,
    ) -> None:
        self.X = np.asarray(X)
        self.y = None if y is None else np.asarray(y)
        if self.X.ndim < 2:
            raise ArgumentError(
                f"Dataset: X: a row for each example was expected, got shape {self.X.shape}; "
                "X.reshape(-1, 1) makes a column of a list of numbers"
            )
        if self.y is not None and (self.y.ndim == 0 or len(self.y) != len(self.X)):
            raise ArgumentError(
                f"Dataset: X has {len(self.X)} rows, y has shape {self.y.shape}; "
                "one label for each row was expected"
            )
        columns = self.X.shape[1]
        names = [f"feat_{at}" for at in range(columns)] if features is None else list(features)
        if len(names) != columns:
            raise ArgumentError(f"Dataset: X has {columns} columns, features {len(names)} names")
        self.features = names
        self.label = "y" if label is None and y is not None else label

    def shape(self) -> tuple[int, ...]:
        """The number of rows and columns."""
        return self.X.shape

    def has_label(self) -> bool:
        """Whether the rows have labels."""
        return self.y is not None

    def get_classes(self) -> np.ndarray:
        """The different labels, in order."""
        if self.y is None:
            raise ArgumentError("Dataset: get_classes: the data set has no labels; give y")
        return np.unique(self.y)


def read_csv(path: str | Path, sep: str = ",", label: str | None = None) -> Dataset:
    """Reads a data set from a CSV file with a heading; `label` names the column of the labels.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "xor.csv"
    >>> _ = path.write_text("a,b,out\\n0,1,1\\n1,1,0\\n")
    >>> data = read_csv(path, label="out")
    >>> data.X.tolist(), data.y.tolist(), data.features
    ([[0, 1], [1, 1]], [1, 0], ['a', 'b'])
    """
    columns = dict(delimited.read_csv(path, delimiter=sep))
    if label is not None and label not in columns:
        raise ArgumentError(f"read_csv: label {label!r} is not a column: {', '.join(columns)}")
    y = None if label is None else columns.pop(label)
    return Dataset(np.column_stack(list(columns.values())), y, list(columns), label)

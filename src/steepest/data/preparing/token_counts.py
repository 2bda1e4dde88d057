"""Lists of token numbers as rows of counts: TokenCounts. Depends on preparer and sequences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Self

import numpy as np

from steepest.data.columns import SparseColumn
from steepest.data.preparing.preparer import PREPARERS, Preparer
from steepest.data.preparing.sequences import flat
from steepest.errors import ArgumentError, DataError, SteepestError

Mode = Literal["multi_hot", "count", "tf_idf"]


@PREPARERS.register
class TokenCounts(Preparer):
    """Lists of token numbers as rows: "multi_hot", "count", or "tf_idf".

    tf_idf is the count times log(1 + n / (1 + d)), where d of the n training rows contain the
    token. `sparse=True` gives a SparseColumn, which trains in a fraction of the time and memory.

    >>> TokenCounts(3, "count").transform([[0, 2, 2]]).tolist()
    [[1.0, 0.0, 2.0]]
    """

    def __init__(
        self,
        dimension: int,
        output_mode: Mode = "multi_hot",
        sparse: bool = False,
        idf_weights: Sequence[float] | None = None,
    ) -> None:
        if output_mode not in ("multi_hot", "count", "tf_idf"):
            raise ArgumentError(
                f"TokenCounts: output_mode {output_mode!r} is not known; known names: "
                "multi_hot, count, tf_idf"
            )
        self.dimension, self.output_mode, self.sparse = dimension, output_mode, sparse
        self.idf_weights = _one_each(idf_weights, dimension)

    def fit(self, data: Any) -> Self:
        """Learns how many rows contain each token; only "tf_idf" needs it."""
        rows = self._rows(data)
        holding = np.bincount(rows.indices, minlength=self.dimension)
        self.idf_weights = np.log1p(len(rows) / (1.0 + holding)).astype(np.float32)
        return self

    def transform(self, data: Any) -> np.ndarray | SparseColumn:
        """The rows."""
        rows = self._rows(data)
        if self.output_mode == "multi_hot":
            rows = SparseColumn(rows.indptr, rows.indices, None, self.dimension)
        elif self.output_mode == "tf_idf":
            if self.idf_weights is None:
                raise SteepestError("TokenCounts: call fit with the training rows before tf_idf")
            assert rows.values is not None
            values = rows.values * self.idf_weights[rows.indices]
            rows = SparseColumn(rows.indptr, rows.indices, values, self.dimension)
        return rows if self.sparse else rows.take(np.arange(len(rows)))

    def _rows(self, sequences: Any) -> SparseColumn:
        """Sparse rows of the count of each distinct token."""
        numbers, offsets = flat(sequences)
        wrong = (numbers < 0) | (numbers >= self.dimension)
        if wrong.any():
            raise DataError(
                f"TokenCounts: the token {numbers[wrong.argmax()]} is outside of 0 to "
                f"{self.dimension - 1}"
            )
        return counted(numbers, offsets, self.dimension)


def counted(numbers: np.ndarray, offsets: np.ndarray, width: int) -> SparseColumn:
    """Sparse rows of how often each number occurs in each list.

    List i is `numbers[offsets[i]:offsets[i + 1]]`.

    >>> counted(np.array([2, 0, 2]), np.array([0, 3, 3]), 3).toarray().tolist()
    [[1.0, 0.0, 2.0], [0.0, 0.0, 0.0]]
    """
    owners = np.repeat(np.arange(len(offsets) - 1, dtype=np.int64), np.diff(offsets))
    places, counts = np.unique(owners * width + numbers, return_counts=True)
    ends = np.bincount(places // width, minlength=len(offsets) - 1)
    return SparseColumn(np.cumsum([0, *ends]), places % width, counts, width)


def _one_each(weights: Any, dimension: int) -> np.ndarray | None:
    if weights is not None and np.shape(weights) != (dimension,):
        raise ArgumentError(
            f"idf_weights: one for each of {dimension} tokens was expected, got the shape "
            f"{np.shape(weights)}"
        )
    return None if weights is None else np.asarray(weights, np.float32)

"""Batches of sparse rows on the device: products by gathers and sums of segments.

Depends on JAX.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from steepest.engines.xla.library import jax, jnp
from steepest.program.graph import Node


@dataclass(frozen=True)
class SparseForm:
    """The sizes of the arrays for a batch of sparse rows: the width, and the most blocks."""

    width: int
    blocks: int


def block_size(column: Any) -> int:
    """How many entries of a row are read at once: about a quarter of those that rows have."""
    mean = len(column.indices) / max(len(column), 1)
    return 1 << max(0, min(int(mean / 4).bit_length() - 1, 6))


def in_blocks(column: Any, size: int) -> list[np.ndarray]:
    """The blocks before each row, and their entries: the width stands for none.

    >>> from steepest.data.columns import SparseColumn
    >>> column = SparseColumn(np.array([0, 3, 4]), np.array([2, 4, 5, 0]), None, 6)
    >>> [array.tolist() for array in in_blocks(column, 2)]
    [[0, 2, 3], [[2, 4], [5, 6], [0, 6]]]
    """
    counts = np.diff(column.indptr)
    starts = np.concatenate([[0], np.cumsum(-(-counts // size))])
    shifts = np.repeat(starts[:-1] * size - column.indptr[:-1], counts)
    places = np.arange(column.indptr[0], column.indptr[-1]) + shifts
    entries = slice(column.indptr[0], column.indptr[-1])
    shape = (max(int(starts[-1]), 1), size)
    indices = np.full(shape, column.width, np.uint16 if column.width < 1 << 16 else np.int32)
    indices.reshape(-1)[places] = column.indices[entries]
    found = [starts.astype(np.int32 if starts[-1] < 1 << 31 else np.int64), indices]
    if column.values is not None:
        found.append(np.zeros(shape, column.values.dtype))
        found[-1].reshape(-1)[places] = column.values[entries]
    return found


@dataclass(frozen=True)
class SparseBatch:
    """The entries of some rows, in blocks; those past the last belong to no row (`rows`).

    `values` None means ones. `flipped`: the transposed matrix is meant.
    """

    places: Any
    owners: Any
    values: Any
    rows: int
    width: int
    flipped: bool = False

    def dense(self) -> Any:
        """The matrix with all its zeros."""
        values = np.float32(1) if self.values is None else self.values
        zeros = jnp.zeros((self.rows, self.width), np.float32)
        whole = zeros.at[self.owners[:, None], self.places].add(values, mode="drop")
        return whole.T if self.flipped else whole

    def times(self, right: Any) -> Any:
        """The product with a dense matrix."""
        if self.flipped:
            own = right.at[self.owners].get(mode="fill", fill_value=0)[:, None, :]
            whole = jnp.broadcast_to(own, (*self.places.shape, own.shape[-1]))
            zeros = jnp.zeros((self.width, right.shape[1]), right.dtype)
            return zeros.at[self.places].add(self._weighted(whole), mode="drop")
        picked = self._weighted(right.at[self.places].get(mode="fill", fill_value=0)).sum(1)
        return jax.ops.segment_sum(picked, self.owners, self.rows, indices_are_sorted=True)

    def _weighted(self, picked: Any) -> Any:
        return picked if self.values is None else picked * self.values[..., None]


def sparse_batch(column: Sequence[Any], form: SparseForm, rows: Any, count: Any) -> SparseBatch:
    """The blocks of the first `count` of these rows of a column, as `in_blocks` gives it."""
    starts, indices, *values = column
    first = starts[rows]
    counts = jnp.where(jnp.arange(len(rows)) < count, starts[rows + 1] - first, 0)
    ends = jnp.cumsum(counts)
    ended = jnp.zeros(form.blocks, np.int32).at[ends].add(1, mode="drop")
    owners = jnp.cumsum(ended, dtype=np.int32)
    shifts = jnp.append(first - (ends - counts), 0)
    places = jnp.arange(form.blocks) + shifts[owners]
    weights = [array.at[places].get(mode="clip").astype(np.float32) for array in values]
    columns = indices.at[places].get(mode="clip").astype(np.int32)
    return SparseBatch(columns, owners, weights[0] if weights else None, len(rows), form.width)


def _scaled(node: Node, left: Any, right: Any) -> SparseBatch | None:
    """The rows times a constant number; None for any other factor."""
    place = int(not isinstance(left, SparseBatch))
    batch, factor, other = (left, right)[place], (left, right)[1 - place], node.inputs[1 - place]
    is_number = other.op == "constant" and other.params["value"].size == 1
    if not is_number or len(other.shape) > 2 or (node.op == "divide" and place):
        return None
    values = jnp.ones(batch.places.shape, np.float32) if batch.values is None else batch.values
    number = jnp.reshape(factor, ())
    return replace(batch, values=values / number if node.op == "divide" else values * number)


def _product(node: Node, left: Any, right: Any) -> Any:
    fits = isinstance(left, SparseBatch) and not isinstance(right, SparseBatch)
    return left.times(right) if fits and right.ndim == 2 else None


SPARSE: dict[str, Callable[..., Any]] = {
    "multiply": _scaled,
    "divide": _scaled,
    "matmul": _product,
    "transpose": lambda node, batch: replace(batch, flipped=not batch.flipped),
}
"""Rules for sparse operands; where there is none, or it gives None, the rows become dense."""


def dense(value: Any) -> Any:
    """A value as a dense array."""
    return value.dense() if isinstance(value, SparseBatch) else value

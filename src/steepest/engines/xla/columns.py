"""Columns in the device's memory: uploaded once, and freed when the host drops the column.

Columns that cannot be read in place, or that are larger than the free memory of the device, are
uploaded in parts: the rows of some batches at a time. Depends on sparse, padding and JAX.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from steepest.engines.xla import device_memory
from steepest.engines.xla.library import jax, jnp, lax
from steepest.engines.xla.padding import padded
from steepest.engines.xla.parts import Part
from steepest.engines.xla.placement import placement
from steepest.engines.xla.sparse import SparseForm, sparse_batch
from steepest.engines.xla.transfer import put
from steepest.processes import num_processes
from steepest.program.graph import Node

Form = SparseForm | str | None
"""How a column is read: as sparse rows with so many entries a batch, dense, or batch by batch."""
BY_BATCH = "by batch"
"""The form of dense arrays whose first axis is the batch, the second one its rows."""
SHARE = 0.5  # of the device's free memory, for columns
PART_BYTES = 1 << 28
SMALL_BYTES = 1 << 26  # arrays of less are lengthened to a common size, so that code is used again

_uploaded: WeakKeyDictionary[Any, tuple[Any, list[Any]]] = WeakKeyDictionary()


class Source:
    """The columns of a run of batches and the order of their rows, part by part on the device."""

    dense: Form = None
    """The form of dense columns."""

    def __init__(self, nodes: Sequence[Node], columns: Sequence[Any], order: np.ndarray) -> None:
        self._columns, self._order = columns, order
        pairs = zip(nodes, columns, strict=True)
        self.in_place = all(_reads(node, c) for node, c in pairs) and _fit(columns)

    def most_batches(self, batch: int) -> int:
        """How many batches of so many rows may be uploaded in one part."""
        if self.in_place:
            return 1 << 62
        row = sum(4 * math.prod(column.row_shape) for column in self._columns)
        return max(1, PART_BYTES // max(1, row * batch))

    def rows(self, part: Part) -> tuple[Sequence[Sequence[Any]], np.ndarray]:
        """Columns on the device, and the numbers of the part's rows in them."""
        order = self._order[part.rows]
        if self.in_place:
            return [_stored(column) for column in self._columns], order
        return [self._taken(column, part) for column in self._columns], np.arange(len(order))

    def _taken(self, column: Any, part: Part) -> list[Any]:
        """The rows of the part of a column, on the device."""
        return _on_device(_arrays(column, self._order[part.rows]))

    @property
    def widths(self) -> list[int | None]:
        """The width of each sparse column; None for a dense one."""
        return [c.width if c.storage == "sparse" else None for c in self._columns]

    def most_entries(self, place: int, part: slice, starts: np.ndarray) -> int:
        """The most entries that a batch of the part has of a sparse column.

        `starts` are the places of the batches in the part, and its end.
        """
        indptr = self._columns[place].indptr
        counts = (indptr[1:] - indptr[:-1])[self._order[part]]
        return int(np.add.reduceat(counts, starts[:-1]).max(initial=1))


class Share(Source):
    """A source of which each process reads the rows of its own devices only.

    Dense columns are uploaded batch by batch, each divided as batches are.
    """

    dense = BY_BATCH

    def __init__(
        self, nodes: Sequence[Node], columns: Sequence[Any], order: np.ndarray, size: int
    ) -> None:
        super().__init__(nodes, columns, order)
        self.in_place, self._size = False, size

    def _taken(self, column: Any, part: Part) -> list[Any]:
        if column.storage == "sparse":
            return super()._taken(column, part)
        rows = part.grid(self._order, self._size)

        def read(index: tuple[slice, ...]) -> np.ndarray:
            wanted = rows[index[:2]]
            taken = column.take(wanted.reshape(-1))
            return taken.reshape(*wanted.shape, *column.row_shape)

        shape, where = (*rows.shape, *column.row_shape), placement().batches(rows.shape)
        return [jax.make_array_from_callback(shape, where, read)]


def source_of(
    nodes: Sequence[Node], columns: Sequence[Any], order: np.ndarray, size: int
) -> Source:
    """The source of batches in arrays of `size` rows; among several processes each has a share."""
    if num_processes() == 1:
        return Source(nodes, columns, order)
    return Share(nodes, columns, order, size)


def _stored(column: Any) -> list[Any]:
    """The arrays of a column, which stay on the device as long as the column exists."""
    where, arrays = _uploaded.get(column, (None, []))
    if where is not placement():
        arrays = _on_device(_arrays(column))
        _uploaded[column] = placement(), arrays
    return arrays


def _arrays(column: Any, rows: np.ndarray | None = None) -> list[np.ndarray]:
    """The arrays of a column as it is stored, or those of some of its rows."""
    if column.storage == "sparse":
        part = column if rows is None else column[rows]
        found = (part.indptr, part.indices, part.values)
        return [array for array in found if array is not None]
    return [column.array if rows is None else column.take(rows)]


def _on_device(arrays: list[np.ndarray]) -> list[Any]:
    longer = [_lengthened(array) for array in arrays]
    return [put(array, placement().whole(array.shape)) for array in longer]


def _lengthened(array: np.ndarray) -> np.ndarray:
    """The array with its last row repeated up to a common size, if it is small."""
    missing = padded(len(array)) - len(array)
    if not missing or array.nbytes > SMALL_BYTES:
        return array
    last = array[-1:] if len(array) else np.zeros((1, *array.shape[1:]), array.dtype)
    return np.concatenate([array, np.repeat(last, missing, axis=0)])


def _reads(node: Node, column: Any) -> bool:
    if column.storage == "sparse":
        return node.dtype == np.float32
    array = getattr(column, "array", None)
    return isinstance(array, np.ndarray) and array.dtype == node.dtype


def _fit(columns: Sequence[Any]) -> bool:
    """Whether the columns have room on the device; those already there need no more."""
    missing = [column for column in columns if column not in _uploaded]
    free = device_memory.free_bytes() if missing else None
    size = sum(array.nbytes for column in missing for array in _arrays(column))
    return free is None or size <= SHARE * free


def batch_of(arrays: Sequence[Any], form: Form, rows: Any, count: Any, place: Any) -> Any:
    """The given rows of a column on the device, of which the first `count` are in the batch.

    `place` is that of the batch in arrays by batch.
    """
    if form == BY_BATCH:
        return lax.dynamic_index_in_dim(arrays[0], place, 0, keepdims=False)
    if isinstance(form, SparseForm):
        return sparse_batch(arrays, form, rows, count)
    return jnp.take(arrays[0], rows, axis=0, mode="clip")

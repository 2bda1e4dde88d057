"""Columns in the device's memory: uploaded once, and freed when the host drops the column.

Columns that cannot be read in place, that are mapped from files or larger than the free memory of
the device, are uploaded in parts: the rows of some batches at a time. Depends on sparse, padding,
the cache of derived values and JAX.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from steepest.distribution.agreement import from_chief
from steepest.engines.batches import Batches
from steepest.engines.derived_cache import cached, forget
from steepest.engines.xla import device_memory
from steepest.engines.xla.library import jax, jnp, lax
from steepest.engines.xla.padding import padded
from steepest.engines.xla.parts import Part
from steepest.engines.xla.placement import placement
from steepest.engines.xla.sparse import SparseForm, block_size, in_blocks, sparse_batch
from steepest.engines.xla.transfer import put
from steepest.processes import num_processes
from steepest.program.graph import Node

Form = SparseForm | str | None
"""How a column is read: as sparse rows with so many entries a batch, dense, or batch by batch."""
BY_BATCH = "by batch"
"""The form of dense arrays whose first axis is the batch, the second one its rows."""
SHARE = 0.5  # of the device's free memory, for columns
PARTS, PART_BYTES = 4, 1 << 28
SMALL_BYTES = 1 << 26  # arrays of less are lengthened to a common size, so that code is used again
WORTH_CACHING = 1 << 20
UPLOADS = "xla"  # of the cache's keys

_uploaded: WeakKeyDictionary[Any, tuple[Any, list[Any]]] = WeakKeyDictionary()


class Source:
    """The columns of a run of batches and the order of their rows, part by part on the device."""

    dense: Form = None
    """The form of dense columns."""

    def __init__(self, nodes: Sequence[Node], columns: Sequence[Any], order: np.ndarray) -> None:
        self._columns, self._order = columns, order
        pairs = zip(nodes, columns, strict=True)
        self.in_place = all(_reads(node, c) for node, c in pairs) and _fit(columns)

    def most_batches(self, batches: Batches) -> int:
        """How many batches are uploaded in one part: several parts, as one is read while the device
        computes the one before.
        """
        if self.in_place:
            return 1 << 62
        row = sum(4 * math.prod(column.row_shape) for column in self._columns)
        fitting = PART_BYTES // max(1, row * batches.batch)
        return max(1, min(fitting, -(-batches.count // PARTS)))

    def rows(self, part: Part) -> tuple[Sequence[Sequence[Any]], np.ndarray]:
        """Columns on the device, and the numbers of the part's rows in them."""
        order = self._order[part.rows]
        if self.in_place:
            return [_stored(column) for column in self._columns], order
        return [self._taken(column, part) for column in self._columns], np.arange(len(order))

    def _taken(self, column: Any, part: Part) -> list[Any]:
        """The rows of the part of a column, on the device."""
        rows = self._order[part.rows]
        if column.storage == "sparse":
            return _on_device(in_blocks(column[rows], block_size(column)))
        return _on_device([column.take(rows)])

    @property
    def widths(self) -> list[int | None]:
        """The width of each sparse column; None for a dense one."""
        return [c.width if c.storage == "sparse" else None for c in self._columns]

    def most_blocks(self, place: int, part: slice, starts: np.ndarray) -> int:
        """The most blocks that a batch of the part has of a sparse column.

        `starts` are the places of the batches in the part, and its end.
        """
        counts = self._blocks(place, self._order[part])
        return int(np.add.reduceat(counts, starts[:-1]).max(initial=1))

    def likely_blocks(self, place: int, batch: int) -> int:
        """How many blocks hardly any batch of so many rows has more of, so that one code runs all.

        Four standard deviations above the mean of batches of rows in any order.
        """
        counts = self._blocks(place, np.arange(len(self._columns[place])))
        return int(batch * counts.mean() + 4 * counts.std() * math.sqrt(batch))

    def _blocks(self, place: int, rows: np.ndarray) -> np.ndarray:
        column = self._columns[place]
        entries = column.indptr[rows + 1] - column.indptr[rows]
        return -(-entries // block_size(column))


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
    """The source of batches in arrays of `size` rows.

    Where columns are not on the device as a whole, each of several processes has a share.
    """
    source = Source(nodes, columns, order)
    if num_processes() > 1 and any(column not in _uploaded for column in columns):
        source.in_place = from_chief(source.in_place)  # memory differs
    if source.in_place or num_processes() == 1:
        return source
    return Share(nodes, columns, order, size)


def _stored(column: Any) -> list[Any]:
    """The arrays of a column, which stay on the device as long as the column exists."""
    where, arrays = _uploaded.get(column, (None, []))
    if where is not placement():
        arrays = _uploaded_or_cached(column)
        _uploaded[column] = placement(), arrays
    return arrays


def _uploaded_or_cached(column: Any) -> list[Any]:
    """The arrays of a column on the device, where they stay for the next fit if they are large.

    What was written to the host's arrays since then is seen by their digest.
    """

    def upload() -> list[Any]:
        if column.storage == "sparse":
            return _on_device(in_blocks(column, block_size(column)))
        return _on_device([column.array])

    arrays = _arrays(column)
    is_large = sum(array.nbytes for array in arrays) >= WORTH_CACHING
    if is_large and all(array.flags.c_contiguous for array in arrays):
        return cached(upload, *arrays, extra_key=(UPLOADS, placement()))
    return upload()


def memory_of(column: Any) -> Hashable:
    """Where the arrays of a column are in the host's memory: equal for columns of the same arrays.

    >>> from steepest.data.columns import DenseColumn
    >>> array = np.zeros((3, 2))
    >>> memory_of(DenseColumn(array)) == memory_of(DenseColumn(array))
    True
    """
    arrays = _arrays(column)
    places = [(a.__array_interface__["data"][0], a.shape, a.strides, a.dtype.str) for a in arrays]
    return column.storage, column.row_shape, *places


def share_uploads(columns: Sequence[Sequence[Any]]) -> None:
    """Lets columns of the same arrays, in the same place of several runs, be uploaded once."""
    for same in zip(*columns, strict=True):
        known = next((_uploaded[column] for column in same if column in _uploaded), None)
        if known is None:
            _stored(same[0])
            known = _uploaded[same[0]]
        for column in same:
            _uploaded[column] = known


def _arrays(column: Any) -> list[np.ndarray]:
    """The arrays of a column as the host has them."""
    if column.storage == "sparse":
        found = (column.indptr, column.indices, column.values)
        return [array for array in found if array is not None]
    return [column.array]


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
    is_read = isinstance(array, np.ndarray) and array.dtype == node.dtype
    return is_read and not getattr(column, "is_mapped", False)


def _fit(columns: Sequence[Any]) -> bool:
    """Whether the columns have room on the device; those already there need no more."""
    missing = [column for column in columns if column not in _uploaded]
    free = device_memory.free_bytes() if missing else None
    size = sum(array.nbytes for column in missing for array in _arrays(column))
    if free is not None and size > SHARE * free:
        forget((UPLOADS, placement()))  # data of earlier fits
        free = device_memory.free_bytes()
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

"""A data set in two parts of given sizes, under Keras's name. Depends on dataset.py."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from steepest.arguments import is_number, is_whole
from steepest.core import tree
from steepest.data.arguments import seed_or_drawn
from steepest.data.dataset import Dataset
from steepest.data.stages import batching, blocks, buffering
from steepest.errors import ArgumentError, DataError, ShapeError


def split_dataset(
    dataset: Any,
    left_size: float | None = None,
    right_size: float | None = None,
    shuffle: bool = False,
    seed: int | None = None,
    preferred_backend: str | None = None,
) -> tuple[Dataset, Dataset]:
    """Two data sets: the first rows of one, or of arrays, and the last.

    A size is a number of rows, or a share between 0 and 1; one that is not given is the rest. The
    batches of a `Dataset` are taken into rows, and batched again. All rows are read into memory.
    With `shuffle` they are shuffled once before, as Keras does with the same seed.

    >>> left, right = st.utils.split_dataset(np.arange(10), left_size=0.7)
    >>> [x.item() for x in right]
    [7, 8, 9]
    """
    if preferred_backend not in (None, "tensorflow"):
        raise ArgumentError(
            f"split_dataset: preferred_backend={preferred_backend!r}: the parts are always of "
            "st.data.Dataset; leave it out"
        )
    rows, batch = _rows(dataset)
    count = blocks.length(rows)
    left, right = _sizes(left_size, right_size, count)
    order = list(range(count))
    if shuffle:
        random.Random(seed_or_drawn(seed)).shuffle(order)
    parts = (
        Dataset.from_tensor_slices(blocks.part(rows, np.array(chosen, np.int64)))
        for chosen in (order[:left], order[count - right :])
    )
    first, last = (part if batch is None else part.batch(batch) for part in parts)
    return first, last


def _rows(dataset: Any) -> tuple[Any, int | None]:
    """All rows as a nest of arrays, and the size of their batches if they came in batches."""
    if isinstance(dataset, Dataset):
        stage = dataset._stage
        while isinstance(stage, buffering.Prefetch):
            stage = stage.source
        batch = stage.count if isinstance(stage, batching.Batch) else None
        found = list((dataset if batch is None else dataset.unbatch()).as_numpy_iterator())
        if not found:
            raise DataError("split_dataset: the data set has no elements")
        return blocks.stacked(found), batch
    nest = tuple(dataset) if isinstance(dataset, list) else dataset
    leaves = tree.leaves(nest)
    if not leaves or not all(hasattr(leaf, "shape") and len(leaf.shape) for leaf in leaves):
        raise ArgumentError(
            "split_dataset: a Dataset, an array, or a list, tuple or dictionary of arrays was "
            f"expected, got {str(dataset)[:60]}"
        )
    if len({len(leaf) for leaf in leaves}) > 1:
        raise ShapeError(
            f"split_dataset: all arrays must have equally many rows, got {[*map(len, leaves)]}"
        )
    return tree.transform(np.asarray, nest), None


def _sizes(left: Any, right: Any, rows: int) -> tuple[int, int]:
    """The numbers of rows of both parts."""
    if left is None and right is None:
        raise ArgumentError("split_dataset: give left_size=, right_size=, or both")
    sizes = [_size(name, size, rows) for name, size in (("left", left), ("right", right))]
    first = rows - sizes[1] if left is None else sizes[0]
    last = rows - sizes[0] if right is None else sizes[1]
    if first < 1 or last < 1 or first + last > rows:
        raise ArgumentError(
            f"split_dataset: left_size={left} and right_size={right} of {rows} rows are {first} "
            f"and {last}; each must have a row, and both together at most {rows}"
        )
    return first, last


def _size(name: str, size: Any, rows: int) -> int:
    if size is None:
        return 0
    if is_whole(size) and 0 < size < rows:
        return int(size)
    if isinstance(size, float) and is_number(size) and 0 < size < 1:
        return round(size * rows)
    raise ArgumentError(
        f"split_dataset: {name}_size: a number of rows from 1 to {rows - 1}, or a share between 0 "
        f"and 1, was expected, got {size!r}"
    )

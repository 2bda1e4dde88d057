"""Blocks: several elements of a pipeline as one nest of arrays of equal length.

The stages of a Dataset pass blocks to each other, so that NumPy works on many elements per call.
Depends on core and functions.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from steepest.core import tree
from steepest.core.arrays import array_of
from steepest.core.conversion import texts_in
from steepest.core.dtype import adopted, is_float, string
from steepest.core.sizes import TensorShape
from steepest.core.tensor import Operators, Tensor
from steepest.errors import DataError, ShapeError
from steepest.functions.shapes import stack

Block = Any
BLOCK_BYTES = 1 << 20
MOST_ROWS = 4096


class Nested:
    """Base of leaves that a block stores unchanged: a data set within a data set."""


def length(block: Block) -> int:
    """The number of elements of a block.

    >>> length((np.zeros((3, 2)), np.zeros(3)))
    3
    """
    return len(tree.leaves(block)[0])


def part(block: Block, rows: Any) -> Block:
    """Some elements of a block: a slice or an array of places.

    >>> part((np.arange(4), np.arange(4.0)), slice(1, 3))
    (array([1, 2]), array([1., 2.]))
    """
    return tree.transform(lambda leaf: leaf[rows], block)


def rows(block: Block) -> Iterator[Any]:
    """The elements of a block, one nest of arrays each.

    >>> [x for x in rows(np.arange(2))]
    [array(0), array(1)]
    """
    return _rows(block, _entries)


def tensor_rows(block: Block) -> Iterator[Any]:
    """The elements of a block, with a Tensor for each array and each text; lists stay.

    >>> list(tensor_rows((np.arange(1), np.array(["a"], object))))
    [(Tensor(0, shape=(), dtype=int64), Tensor('a', shape=(), dtype=string))]
    """
    return _rows(block, _tensor_entries)


def _rows(block: Block, entries: Callable[[np.ndarray], Iterator[Any]]) -> Iterator[Any]:
    if isinstance(block, np.ndarray):
        yield from entries(block)
    elif type(block) is tuple and _all_arrays(block):
        yield from zip(*map(entries, block), strict=True)
    elif type(block) is dict and _all_arrays(block.values()):
        columns = zip(*map(entries, block.values()), strict=True)
        yield from (dict(zip(block, values, strict=True)) for values in columns)
    else:
        columns = zip(*map(entries, tree.leaves(block)), strict=True)
        yield from (tree.rebuild(block, iter(values)) for values in columns)


def _all_arrays(parts: Iterable[Any]) -> bool:
    return all(isinstance(part, np.ndarray) for part in parts)


def _tensor_entries(leaf: np.ndarray) -> Iterator[Any]:
    if leaf.dtype.kind in "OUS":
        return map(tensors, _entries(leaf))
    shape, dtype = TensorShape(leaf.shape[1:]), leaf.dtype
    return (Tensor(leaf[place, ...], shape, dtype) for place in range(len(leaf)))


def _entries(leaf: np.ndarray) -> Iterator[Any]:
    if leaf.dtype != object:
        return (leaf[place, ...] for place in range(len(leaf)))  # arrays, of no axes too
    return (array_of(value) if isinstance(value, (list, tuple)) else value for value in leaf)


def joined(blocks: Sequence[Block]) -> Block:
    """Several blocks as one.

    >>> joined([np.arange(2), np.arange(1)])
    array([0, 1, 0])
    """
    if len(blocks) == 1:
        return blocks[0]
    columns = zip(*map(tree.leaves, blocks), strict=True)
    return tree.rebuild(blocks[0], iter([np.concatenate(column) for column in columns]))


def fits(block: Block, other: Block) -> bool:
    """Whether two blocks can be joined: equal nests, shapes and dtypes."""
    left, right = tree.leaves(block), tree.leaves(other)
    return len(left) == len(right) and all(
        a.shape[1:] == b.shape[1:] and a.dtype == b.dtype for a, b in zip(left, right, strict=True)
    )


def stacked(elements: Sequence[Any], first: int = 0) -> Block:
    """Elements of equal shapes as a block; an error names the first that differs.

    >>> stacked([(np.zeros(2), 1), (np.ones(2), 0)])[1]
    array([1, 0])
    """
    columns = list(zip(*map(tree.leaves, elements), strict=True))
    made = [_stacked_leaf(column, first) for column in columns]
    return tree.rebuild(elements[0], iter(made))


def _stacked_leaf(values: Sequence[Any], first: int) -> np.ndarray:
    if not isinstance(values[0], (np.ndarray, np.generic)):
        return objects(values) if isinstance(values[0], (str, bytes, list)) else np.array(values)
    for place, value in enumerate(values):
        if value.shape != values[0].shape:
            raise ShapeError(
                f"element {first + place} has shape {value.shape}, element {first} "
                f"{values[0].shape}; elements of one batch must agree: cut or pad them "
                "(st.data.pad_sequences, Dataset.padded_batch)"
            )
    return np.stack(values)


def objects(values: Sequence[Any]) -> np.ndarray:
    """An array of Python objects: lists, texts.

    >>> objects([[1], [2, 3]])
    array([list([1]), list([2, 3])], dtype=object)
    """
    made = np.empty(len(values), object)
    for place, value in enumerate(values):  # NumPy would make one array of arrays of equal shapes
        made[place] = value
    return made


def single(element: Any) -> Block:
    """A block of one element.

    >>> single((np.zeros(2), 1))[0].shape
    (1, 2)
    """
    return tree.transform(
        lambda leaf: leaf[None] if isinstance(leaf, np.ndarray) else objects([leaf]), element
    )


def grouped(elements: Sequence[Any]) -> Iterator[Block]:
    """Elements in as few blocks as their shapes allow, in order.

    >>> [b.shape for b in grouped([np.zeros(1), np.ones(1), np.zeros(2)])]
    [(2, 1), (1, 2)]
    """

    def form(element: Any) -> list[Any]:
        leaves = tree.leaves(element)
        return [(getattr(leaf, "shape", None), getattr(leaf, "dtype", None)) for leaf in leaves]

    for _, alike in itertools.groupby(elements, form):
        run = list(alike)
        columns = zip(*map(tree.leaves, run), strict=True)
        made = [
            np.stack(column) if isinstance(column[0], np.ndarray) else objects(column)
            for column in columns
        ]
        yield tree.rebuild(run[0], iter(made))


def packed(element: Any) -> Any:
    """An element that a user's function returned, with one array or tensor for each list.

    >>> packed(([1, 2], {"a": [[1.0]]}))
    (array([1, 2], dtype=int32), {'a': array([[1.]], dtype=float32)})
    """
    if isinstance(element, list):
        return _packed_list(element)
    if isinstance(element, dict):
        return {key: packed(part) for key, part in element.items()}
    if not isinstance(element, tuple):
        return element
    for part in element:
        if isinstance(part, (list, dict, tuple)):
            break
    else:  # the usual case
        return element
    parts = map(packed, element)
    return type(element)(*parts) if hasattr(element, "_fields") else tuple(parts)


def _packed_list(values: list[Any]) -> Any:
    leaves = tree.leaves(values)
    if any(isinstance(leaf, Nested) for leaf in leaves):
        return tuple(map(packed, values))
    if any(isinstance(leaf, (str, bytes)) for leaf in leaves):
        return np.array(values, object)
    if any(isinstance(leaf, Operators) for leaf in leaves):
        return stack([packed(value) for value in values])
    return array_of(values)


def arrays(element: Any) -> Any:
    """An element that a user's function returned, with arrays (or texts) as leaves.

    Python's numbers, and lists of them, get the dtypes that `st.constant` gives them.

    >>> arrays((1.0, [True]))
    (array(1., dtype=float32), array([ True]))
    """
    return tree.transform(_array_leaf, packed(element))


def _array_leaf(leaf: Any) -> Any:
    if isinstance(leaf, (str, bytes, Nested)):
        return leaf
    if isinstance(leaf, Tensor):
        return leaf.numpy() if leaf.dtype == string and not leaf.shape else leaf.data
    if isinstance(leaf, np.ndarray) and leaf.dtype.kind in "OUS":
        return leaf
    dtype = adopted(np.asarray(leaf).dtype) if hasattr(leaf, "dtype") else None
    if dtype is not None and not isinstance(leaf, Operators):
        return np.asarray(leaf, dtype)
    try:
        return array_of(leaf)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"an element holds {type(leaf).__name__} {str(leaf)[:60]!r}, which is no array of "
            f"numbers ({error})"
        ) from None


def tensors(element: Any) -> Any:
    """An element with a Tensor for each array and each text; lists stay.

    >>> tensors((np.zeros(2), "a"))[1]
    Tensor('a', shape=(), dtype=string)
    """
    return tree.transform(_tensor, element)


def _tensor(leaf: Any) -> Any:
    if isinstance(leaf, np.ndarray) and leaf.dtype.kind not in "OUS":
        return Tensor(leaf)
    texts = texts_in(leaf) if isinstance(leaf, (str, np.ndarray)) else None
    return leaf if texts is None else Tensor(texts)


def row_bytes(block: Block) -> int:
    """About how many bytes one element of a block occupies."""
    return max(1, sum(leaf.nbytes // max(len(leaf), 1) for leaf in tree.leaves(block)))


def rows_in_a_block(bytes_of_a_row: int) -> int:
    """How many elements of a given size a block should hold, so that its overhead is small.

    >>> rows_in_a_block(1 << 19), rows_in_a_block(4)
    (2, 4096)
    """
    return max(1, min(MOST_ROWS, BLOCK_BYTES // max(bytes_of_a_row, 1)))


def is_numeric(dtype: Any) -> bool:
    """Whether programs can read arrays of a dtype.

    >>> is_numeric(np.dtype(object)), is_numeric(np.dtype("uint8"))
    (False, True)
    """
    return dtype == np.dtype(bool) or dtype.kind in "iu" or is_float(dtype)

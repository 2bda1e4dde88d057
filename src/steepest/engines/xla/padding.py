"""Batches in arrays of a fixed size: their first rows count, those after them are padding.

A program compiled for such arrays runs batches of any size up to theirs. Padding never reaches a
row that counts: where an operation combines the rows of a batch, those of the padding are first
replaced by a value that does not change the result. Depends on the graph and on JAX.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.engines.xla.library import jnp, lax
from steepest.program.graph import Graph, Node

DIGITS = 5  # binary ones of a size of arrays: at most a sixteenth of them is padding


def padded(rows: int) -> int:
    """The number of rows of the arrays for a batch: few sizes are compiled.

    >>> [padded(rows) for rows in (0, 1, 31, 32, 33, 100, 1000)]
    [1, 1, 31, 32, 34, 100, 1024]
    """
    step = 1 << max(rows.bit_length() - DIGITS, 0)
    return max(-(-rows // step) * step, 1)


@dataclass(frozen=True)
class Batch:
    """The size of a batch's arrays, and how many of their rows count (a number on the device)."""

    size: int
    rows: Any

    def blanked(self, value: Any, node: Node, fill: Any) -> Any:
        """The value of a node with `fill` in place of its padding."""
        if None not in node.shape:
            return value
        along = lax.broadcasted_iota(np.int32, value.shape, node.shape.index(None))
        return jnp.where(along < self.rows, value, jnp.asarray(fill, value.dtype))


def combines(node: Node, place: int) -> bool:
    """Whether a node combines the rows of the batch of one of its inputs."""
    shape = node.inputs[place].shape
    if None not in shape:
        return False
    axis = shape.index(None)
    if node.op in ("sum", "max", "min"):
        return axis in node.params["axes"]
    if node.op == "argmax":
        return axis == node.params["axis"]
    if node.op == "matmul":
        return axis == len(shape) - (1 if place == 0 else 2)
    return node.op == "scatter_add" and place == 0


def neutral(node: Node) -> Any:
    """The value of padding that changes no result of an operation which combines rows."""
    dtype = node.inputs[0].dtype
    if node.op == "scatter_add":
        return -1  # a row that does not exist
    if node.op not in ("max", "min", "argmax"):
        return 0
    sign = 1 if node.op == "min" else -1
    if dtype.kind == "f":
        return sign * np.inf
    if dtype.kind == "b":
        return sign > 0
    return np.iinfo(dtype).max if sign > 0 else np.iinfo(dtype).min


def can_pad(graph: Graph) -> bool:
    """Whether the results for a batch are the first rows of those for a larger one.

    >>> import steepest as st
    >>> swapped = lambda x: st.reshape(x, (3, -1))
    >>> [can_pad(st.trace(f, [st.TensorSpec((None, 3))])) for f in (st.exp, swapped)]
    [True, False]
    """
    return all(map(_keeps_rows, graph.nodes))


def _keeps_rows(node: Node) -> bool:
    if node.op == "reshape":
        return _before_batch(node.shape) == _before_batch(node.inputs[0].shape)
    if node.op == "random_bits":
        return None not in node.shape[2:]
    if node.op in ("slice", "place"):
        to = node.inputs[0].shape if node.op == "slice" else node.shape
        pairs = zip(to, node.params["ranges"], strict=True)
        return all(size is not None or entry == (0, None, 1) for size, entry in pairs)
    return True


def _before_batch(shape: tuple[int | None, ...]) -> int | None:
    """The number of values before the batch's axis, which gives the places of its rows."""
    return math.prod(s or 0 for s in shape[: shape.index(None)]) if None in shape else None

"""Batches in arrays of a fixed size: their first rows count, those after them are padding.

A program compiled for such arrays runs batches of any size up to theirs. Padding never reaches a
row that counts: where an operation combines the rows of a batch, those of the padding are first
replaced by a value that does not change the result. At first the padding repeats a row of the
batch. Depends on the graph and on JAX.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.core.primitives import PRIMITIVES
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
    if node.op == "scatter_add":
        return -1  # a row that does not exist
    dtype, sign = node.inputs[0].dtype, 1 if node.op == "min" else -1
    if dtype.kind == "f":
        return sign * np.inf
    if dtype.kind == "b":
        return sign > 0
    return np.iinfo(dtype).max if sign > 0 else np.iinfo(dtype).min


def zeroed(graph: Graph) -> frozenset[Node]:
    """The nodes whose padding is set to zero when they are computed, for sums and products.

    >>> import steepest as st
    >>> def product(x):
    ...     return st.matmul(x, st.exp(st.cumsum(x)), transpose_a=True)
    >>> [node.op for node in zeroed(st.trace(product, [st.TensorSpec((None, 3))]))]
    ['exp']
    """
    found: frozenset[Node] = frozenset()
    while True:
        repeated = _repeated(graph, found)
        wanted = found.union(*(_summed(node, repeated) for node in graph.nodes))
        if wanted == found:
            return found
        found = wanted


def _summed(node: Node, repeated: set[Node]) -> list[Node]:
    """The inputs whose padding a sum or a product needs to be zero.

    A factor whose padding repeats a row of the batch is as finite as the batch is, so that it is
    enough if that of the other factor is zero.
    """
    if node.op not in ("sum", "matmul"):
        return []
    given = [unmoved(source) for place, source in enumerate(node.inputs) if combines(node, place)]
    return [source for source in given if source not in repeated] or given


def unmoved(node: Node) -> Node:
    """The node whose values a node has in another shape or order of axes.

    >>> import steepest as st
    >>> unmoved(st.trace(lambda x: st.transpose(x + 1.0), [(2, 3)]).outputs[0]).op
    'add'
    """
    while node.op in ("transpose", "reshape"):
        node = node.inputs[0]
    return node


def _repeated(graph: Graph, found: frozenset[Node]) -> set[Node]:
    """The nodes whose padding repeats a row of the batch: inputs, and functions of each row."""
    repeated = {node for node in graph.inputs if node not in found}
    for node in graph.nodes:
        rows = [source for source in node.inputs if None in source.shape]
        is_rowwise = not node.is_leaf and PRIMITIVES[node.op].form == "elementwise"
        if is_rowwise and rows and repeated.issuperset(rows) and node not in found:
            repeated.add(node)
    return repeated


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

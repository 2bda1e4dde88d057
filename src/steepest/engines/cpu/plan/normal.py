"""Rewrites a graph into the normal form of planning: all that needs memory is a node of its own.

Depends on the graph and index_expressions.py. It adds "copy", which writes its input into memory,
and "to_dense", which does so for sparse rows. A sum over everything becomes one over each row and
one over the results.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from steepest.core.dtype import uint8
from steepest.core.primitives import Shape
from steepest.engines.cpu.loops.spaces import Stored
from steepest.engines.cpu.plan.index_expressions import (
    ANCHORS,
    Drafter,
    Fetch,
    base_of,
    input_coordinates,
    is_home,
    is_view,
    reduced_axes,
    squeezes,
)
from steepest.program.graph import Graph, Node, ordered

SMALL = 64
_MATRIX_KINDS = ("float32", "float64")


@dataclass(frozen=True)
class Normal:
    """The normal form: every root is computed by a kernel, not read through a view."""

    nodes: tuple[Node, ...]
    guard: Node | None
    outputs: tuple[Node, ...]
    updates: tuple[tuple[int, Node], ...]
    sparse: frozenset[Node]  # the inputs that are stored as sparse rows

    @property
    def before_updates(self) -> tuple[Node, ...]:
        """The guard and the outputs: a false guard stops the updates, nothing else."""
        return (*(() if self.guard is None else (self.guard,)), *self.outputs)

    @property
    def roots(self) -> tuple[Node, ...]:
        """The nodes that are stored in the caller's arrays."""
        return (*self.outputs, *(node for _, node in self.updates))


def normal_form(graph: Graph, storage: tuple[Stored, ...], interruptible: bool = False) -> Normal:
    """The normal form of a graph; the guard comes first, so that updates can wait for it.

    If it is to be interruptible, updates wait for all else: none has loops of its own to be
    computed in, and no output is computed from one.
    """
    done: dict[Node, Node] = {}
    dense = {
        node: Node("to_dense", (node,), {}, node.shape, node.dtype, node.source)
        for node, stored in zip(graph.inputs, storage, strict=True)
        if stored != "dense"
    }
    guard = () if graph.guard is None else (graph.guard,)
    for node in ordered((*guard, *graph.outputs, *(node for _, node in graph.updates))):
        done[node] = _product_of_scaled(node, done, dense) or _made(node, done, dense)
    done = {node: _dense(made, dense) for node, made in done.items()}
    guards: tuple[Node, ...] = ()
    if graph.guard is not None:
        guard_node = done[graph.guard]
        guards = (guard_node if is_home(guard_node) else copy_of(guard_node),)
    taken = set(guards)
    outputs = tuple(_output(done[node], done, taken) for node in graph.outputs)
    if guards or interruptible:
        taken.update(ordered((*guards, *outputs)))  # a node before the guard is no update's root
    if interruptible:
        taken.update(node for node in done.values() if node.op in ANCHORS)
    updates = tuple((slot, _root(done[node], taken)) for slot, node in graph.updates)
    nodes = ordered((*guards, *outputs, *(node for _, node in updates)))
    return Normal(nodes, next(iter(guards), None), outputs, updates, frozenset(dense))


def _made(node: Node, done: dict[Node, Node], dense: dict[Node, Node]) -> Node:
    """A node over the normal forms of its inputs."""
    inputs = _inputs(node, done, dense)
    same = all(a is b for a, b in zip(inputs, node.inputs, strict=True))
    return _normal_node(node if same else replace(node, inputs=inputs))


def _output(node: Node, done: dict[Node, Node], taken: set[Node]) -> Node:
    """The root of an output; a value that others read may be computed by everyone: it is copied."""
    read = any(node in other.inputs for other in done.values())
    if read and None not in node.shape:
        taken.add(node)
    return _root(node, taken)


def _inputs(node: Node, done: dict[Node, Node], dense: dict[Node, Node]) -> tuple[Node, ...]:
    """A node's inputs; sparse ones are made dense unless the node can read sparse rows."""
    inputs = tuple(done[source] for source in node.inputs)
    if not dense or (node.op == "transpose" and inputs[0] in dense):
        return inputs
    if node.op == "matmul" and _reads_sparse(inputs, dense):
        right = _dense(inputs[1], dense)
        return inputs[0], copy_of(right) if is_view(right) else right
    return tuple(_dense(source, dense) for source in inputs)


def _reads_sparse(inputs: tuple[Node, ...], dense: dict[Node, Node]) -> bool:
    """Whether a product is of sparse rows and a matrix, or of their transpose and rows."""
    left, right = inputs
    if left.dtype.name != "float32" or len(right.shape) != 2:
        return False
    if left.op == "transpose" and left.params["order"] == (1, 0):
        return left.inputs[0] in dense and right.shape[0] is None
    return left in dense and right.shape[0] is not None


def _product_of_scaled(node: Node, done: dict[Node, Node], dense: dict[Node, Node]) -> Node | None:
    """Rewrites (X s) B as (X B) s, where X are sparse rows or their transpose, and s is a number.

    X is then read as it is stored, and the number costs one multiplication of each sum.
    """
    if node.op != "matmul" or not dense or len(node.shape) != 2:
        return None
    rows, scale = _rows_and_scale(node.inputs[0], dense)
    if rows is None or scale == 1:
        return None
    done.setdefault(rows, rows)
    product = _made(replace(node, inputs=(rows, node.inputs[1])), done, dense)
    value = {"value": np.asarray(scale, node.dtype)}
    number = Node("constant", (), value, (), node.dtype, node.source)
    return replace(product, op="multiply", inputs=(product, number), params={})


def _rows_and_scale(node: Node, dense: dict[Node, Node]) -> tuple[Node | None, float]:
    """The sparse rows (or their transpose) of which a node is a multiple, and the factor."""
    if node in dense:
        return node, 1.0
    if node.op == "transpose" and node.params["order"] == (1, 0):
        rows, scale = _rows_and_scale(node.inputs[0], dense)
        return (replace(node, inputs=(rows,)) if rows in dense else None), scale
    if node.op not in ("multiply", "divide") or len(node.inputs) != 2:
        return None, 1.0
    left, right = node.inputs
    if node.op == "multiply" and _number(left) is not None:
        left, right = right, left
    number = _number(right)
    if number is None or left.shape != node.shape:
        return None, 1.0
    rows, scale = _rows_and_scale(left, dense)
    return rows, scale * number if node.op == "multiply" else scale / number


def _dense(node: Node, dense: dict[Node, Node]) -> Node:
    if node in dense:
        return dense[node]
    if node.op == "transpose" and node.inputs[0] in dense:
        return replace(node, inputs=(dense[node.inputs[0]],))
    return node


def copy_of(node: Node) -> Node:
    """A node that writes the elements of another into memory."""
    return Node("copy", (node,), {}, node.shape, node.dtype, node.source)


def _root(node: Node, taken: set[Node]) -> Node:
    """The root of one array of the caller: a computed node that is no other array's root."""
    root = node if is_home(node) and node not in taken else copy_of(node)
    taken.add(root)
    return root


def _normal_node(node: Node) -> Node:
    if node.op == "sum":
        return _split_sum(node)
    if node.op == "matmul":
        return _normal_product(node)
    if node.op == "reshape" and not squeezes(node):
        return replace(node, inputs=(_laid_out(node.inputs[0], node.shape),))
    if node.op == "gather":
        table, indices = node.inputs
        return replace(node, inputs=(_laid_out(table, table.shape), indices))
    if node.op in ("cumsum", "scatter_add"):
        inputs = tuple(_fetched(node, place) for place in range(len(node.inputs)))
        return replace(node, inputs=inputs)
    return node


def _laid_out(node: Node, seen_as: Shape) -> Node:
    """The node itself if its memory can be read as another shape, else a copy."""
    base = base_of(node)
    if base.op == "input" and None in base.shape:
        rowwise = base.shape[0] is None and seen_as[:1] == (None,)
        return node if rowwise else copy_of(node)
    return node if base.is_leaf or not is_view(base) else copy_of(node)


def _fetched(node: Node, place: int) -> Node:
    """An input of an anchor that a single load can read: itself, or a copy."""
    source = node.inputs[place]
    drafter = Drafter(lambda other: False)
    drafter.resolve(source, input_coordinates(node)[place])
    single = len(drafter.steps) == 1 and isinstance(drafter.steps[0], Fetch)
    return source if single else copy_of(source)


def _split_sum(node: Node) -> Node:
    """Splits a sum over the first axis and others: the others first, where rows are independent."""
    axes, source = reduced_axes(node), node.inputs[0]
    inner = tuple(axis for axis in axes if axis != 0 and source.shape[axis] != 1)
    known = [size for size in source.shape if size is not None]
    large = None in source.shape or int(np.prod(known)) > SMALL
    if 0 not in axes or not inner or source.shape[0] == 1 or not large:
        return node
    shape = tuple(1 if axis in inner else size for axis, size in enumerate(source.shape))
    rows = Node("sum", (source,), {"axes": inner}, shape, node.dtype, node.source)
    return replace(node, inputs=(rows,), params={"axes": (0,)})


# ---------------------------------------------------------------- products


def _normal_product(node: Node) -> Node:
    if node.dtype.name not in _MATRIX_KINDS:
        return node
    scaled = [_scaled(source) for source in node.inputs]
    params = {"scales": tuple((scale, offset) for _, scale, offset in scaled)}
    node = replace(node, inputs=tuple(base for base, _, _ in scaled), params=params)
    inputs = tuple(_fetched(node, place) for place in range(2))
    return replace(node, inputs=inputs)


def _scaled(node: Node) -> tuple[Node, float, float]:
    """A factor as bytes * scale + offset where it is computed from bytes, else as it is."""
    if node.op in ("transpose", "reshape") and not node.is_leaf:
        base, scale, offset = _scaled(node.inputs[0])
        if base is node.inputs[0]:
            return node, 1.0, 0.0
        viewed = replace(node, inputs=(base,), dtype=uint8)
        return _normal_node(viewed), scale, offset
    return _scaled_bytes(node) or (node, 1.0, 0.0)


def _scaled_bytes(node: Node) -> tuple[Node, float, float] | None:
    """(bytes, scale, offset) of a chain of casts, products and sums with numbers."""
    if node.op == "cast" and node.inputs[0].dtype == uint8 and node.dtype.name == "float32":
        return node.inputs[0], 1.0, 0.0
    if node.op not in ("multiply", "divide", "add", "subtract") or len(node.inputs) != 2:
        return None
    left, right = node.inputs
    if node.op in ("multiply", "add") and _number(left) is not None:
        left, right = right, left
    number = _number(right)
    below = _scaled_bytes(left) if number is not None and left.shape == node.shape else None
    if below is None or number is None:
        return None
    base, scale, offset = below
    return base, *_moved(node.op, scale, offset, number)


def _moved(op: str, scale: float, offset: float, number: float) -> tuple[float, float]:
    if op == "multiply":
        return scale * number, offset * number
    if op == "divide":
        return scale / number, offset / number
    return scale, offset + (number if op == "add" else -number)


def _number(node: Node) -> float | None:
    """The value of a constant that is one number, also if it is broadcast."""
    while node.op in ("broadcast_to", "reshape"):
        node = node.inputs[0]
    value: Any = node.params.get("value") if node.op == "constant" else None
    return float(value.reshape(())) if value is not None and value.size == 1 else None

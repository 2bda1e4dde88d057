"""Clean-up passes: pure functions from graph to graph, in one ordered list.

No pass changes a bit of a result, except that -0.0 may become 0.0. Depends on the graph and on
core's primitives and NumPy rules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from steepest.core.dtype import name_of
from steepest.core.numpy_rules import evaluate
from steepest.core.primitives import PRIMITIVES, broadcast_shapes, known_count
from steepest.errors import ShapeError
from steepest.program.graph import Graph, Node, ordered

LARGEST_FOLDED = 4096
_NOT_FOLDED = ("iota", "batch_size", "random_bits")


def rewrite(graph: Graph, visit: Callable[[Node], Node]) -> Graph:
    """Replaces each node by `visit(node)`, the node's inputs first."""
    new: dict[Node, Node] = {}
    for node in graph.nodes:
        inputs = tuple(new[source] for source in node.inputs)
        moved = node if inputs == node.inputs else replace(node, inputs=inputs)
        new[node] = visit(moved)
    leaves = (*graph.inputs, *graph.variables)
    return Graph(
        nodes=ordered([new[node] for node in graph.nodes], leaves),
        inputs=graph.inputs,
        variables=graph.variables,
        outputs=tuple(new[node] for node in graph.outputs),
        updates=tuple((slot, new[node]) for slot, node in graph.updates),
        guard=None if graph.guard is None else new[graph.guard],
    )


def constant_node(value: np.ndarray, like: Node) -> Node:
    """A constant that replaces the node `like`."""
    return Node("constant", (), {"value": value}, value.shape, like.dtype, like.source)


# ---------------------------------------------------------------- constant folding


def fold_constants(graph: Graph) -> Graph:
    """Evaluates nodes that depend on constants alone, unless the result would be large."""
    return rewrite(graph, _fold)


def _fold(node: Node) -> Node:
    if node.is_leaf or node.op in _NOT_FOLDED or None in node.shape:
        return node
    if not all(source.op == "constant" for source in node.inputs) or _grows(node):
        return node
    values = [source.params["value"] for source in node.inputs]
    return constant_node(evaluate(node.op, values, node.params), node)


def _grows(node: Node) -> bool:
    size = known_count(node.shape)
    largest = max((source.params["value"].size for source in node.inputs), default=0)
    return size > max(LARGEST_FOLDED, largest) or (node.op == "broadcast_to" and size > largest)


# ---------------------------------------------------------------- algebra


def simplify(graph: Graph) -> Graph:
    """Removes operations that change nothing and joins or cancels pairs, by the table `RULES`."""
    return rewrite(graph, _simplified)


def _simplified(node: Node) -> Node:
    for rule in RULES.get(node.op, ()):
        replacement = rule(node)
        if replacement is not None:
            return replacement
    return node


def _value_of(node: Node) -> Any:
    """The number that a constant of one element holds; None for any other node."""
    if node.op == "constant":
        value = node.params["value"]
        if value.dtype.kind in "biuf" and value.size == 1:
            return value.item()
    return None


def _neutral(operand: int, number: float) -> Callable[[Node], Node | None]:
    """x op number is x (operand 1), or number op x is x (operand 0), if the shape is unchanged."""

    def rule(node: Node) -> Node | None:
        other = node.inputs[1 - operand]
        fits = other.shape == node.shape and other.dtype == node.dtype
        value = _value_of(node.inputs[operand])
        return other if fits and value is not None and value == number else None

    return rule


def _inverse(node: Node) -> Node | None:
    inner = node.inputs[0]
    return inner.inputs[0] if inner.op == node.op else None


def _no_change(node: Node) -> Node | None:
    """A reshape, broadcast or cast to the shape and dtype that its input has."""
    inner = node.inputs[0]
    return inner if (inner.shape, inner.dtype) == (node.shape, node.dtype) else None


def _reshape_of_reshape(node: Node) -> Node | None:
    inner = node.inputs[0]
    return replace(node, inputs=inner.inputs) if inner.op == "reshape" else None


def _transpose_of_transpose(node: Node) -> Node | None:
    inner = node.inputs[0]
    if inner.op != "transpose":
        return None
    first, second = inner.params["order"], node.params["order"]
    order = tuple(first[axis] for axis in second)
    if order == tuple(range(len(order))):
        return inner.inputs[0]
    return replace(node, inputs=inner.inputs, params={"order": order})


def _negated(node: Node) -> Node | None:
    """x times -1 is -x."""
    left, right = node.inputs
    for number, other in ((left, right), (right, left)):
        if _value_of(number) == -1 and other.shape == node.shape:
            return Node("negative", (other,), {}, node.shape, node.dtype, node.source)
    return None


def _equal_branches(node: Node) -> Node | None:
    _, yes, no = node.inputs
    return yes if yes is no and yes.shape == node.shape else None


def _implied_broadcast(node: Node) -> Node | None:
    """Drops an explicit broadcast_to of an operand that the operation broadcasts by itself."""
    given = node.inputs
    bare = tuple(source.inputs[0] if source.op == "broadcast_to" else source for source in given)
    one_bare = [(*given[:i], bare[i], *given[i + 1 :]) for i in range(len(given))]
    for chosen in (bare, *one_bare):
        if chosen != given and _broadcasts_to(chosen, node):
            return replace(node, inputs=chosen)
    return None


def _broadcasts_to(inputs: tuple[Node, ...], node: Node) -> bool:
    try:
        return broadcast_shapes(node.op, *[source.shape for source in inputs]) == node.shape
    except ShapeError:
        return False


Simplification = Callable[[Node], "Node | None"]
RULES: dict[str, tuple[Simplification, ...]] = {
    "add": (_neutral(1, 0), _neutral(0, 0)),
    "subtract": (_neutral(1, 0),),
    "multiply": (_neutral(1, 1), _neutral(0, 1), _negated),
    "divide": (_neutral(1, 1),),
    "negative": (_inverse,),
    "logical_not": (_inverse,),
    "reshape": (_no_change, _reshape_of_reshape),
    "broadcast_to": (_no_change,),
    "transpose": (_transpose_of_transpose,),
    "cast": (_no_change,),
    "select": (_equal_branches,),
}
for _name, _primitive in PRIMITIVES.items():
    if _primitive.form == "elementwise" and _name != "cast":
        RULES[_name] = (*RULES.get(_name, ()), _implied_broadcast)


# ---------------------------------------------------------------- sharing and dropping


def share_common(graph: Graph) -> Graph:
    """Merges nodes that compute the same: the first one replaces the others."""
    known: dict[Any, Node] = {}
    return rewrite(graph, lambda node: known.setdefault(_identity(node), node))


def _identity(node: Node) -> Any:
    params = [
        (key, value.tobytes() if isinstance(value, np.ndarray) else value)
        for key, value in sorted(node.params.items())
    ]
    inputs = tuple(map(id, node.inputs))
    return node.op, inputs, str(params), node.shape, name_of(node.dtype)


def drop_dead(graph: Graph) -> Graph:
    """Removes nodes that no result depends on; inputs and variables stay."""
    leaves = (*graph.inputs, *graph.variables)
    needed = set(ordered(graph.results, leaves))
    return replace(graph, nodes=tuple(node for node in graph.nodes if node in needed))


PASSES: tuple[Callable[[Graph], Graph], ...] = (
    fold_constants,
    simplify,
    share_common,
    drop_dead,
)
MAX_ROUNDS = 4


def clean(graph: Graph) -> Graph:
    """Applies all passes in order, repeatedly until nothing changes (at most 4 rounds).

    >>> import steepest as st
    >>> clean(st.trace(lambda x: (x * 1.0 + 0.0) - (2.0 - 2.0), [st.TensorSpec((2,))]))
    <program of 1 nodes, 0 variables>
    """
    for _ in range(MAX_ROUNDS):
        before = len(graph.nodes), graph.key()
        for step in PASSES:
            graph = step(graph)
        if (len(graph.nodes), graph.key()) == before:
            break
    return graph

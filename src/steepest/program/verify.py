"""Checks that a graph is legal. Depends on the graph and core's primitives.

Tests run this after every pass, so that an error is found in the pass that makes it.
"""

from __future__ import annotations

from steepest.core.dtype import bool_
from steepest.core.primitives import PRIMITIVES
from steepest.errors import SteepestError
from steepest.program.graph import LEAVES, Graph, Node, describe


class IllegalGraph(SteepestError, AssertionError):
    """A graph that breaks the rules: an error in steepest, not in the user's code."""


def verify(graph: Graph) -> Graph:
    """Raises `IllegalGraph` unless the graph is legal; returns the graph.

    * Every node is listed once, after all nodes that it reads.
    * Operations are primitives; shapes and dtypes are those of their rules.
    * Inputs are numbered by position and variables by slot, from 0, without gaps.
    * Results are listed; an update has the shape and dtype of its variable, and no variable has
      two; the guard is a bool scalar.

    >>> import steepest as st
    >>> verify(st.trace(lambda x: x + 1.0, [st.TensorSpec((None,))]))
    <program of 3 nodes, 0 variables>
    """
    seen: set[Node] = set()
    for node in graph.nodes:
        _require(node not in seen, node, "is listed twice")
        _require(all(source in seen for source in node.inputs), node, "reads a later node")
        seen.add(node)
        _verify_node(node)
    _verify_leaves(graph, seen)
    _verify_results(graph, seen)
    return graph


def _require(condition: bool, node: Node, fault: str) -> None:
    if not condition:
        raise IllegalGraph(f"{node.op} {describe(node)}: {fault}")


def _verify_node(node: Node) -> None:
    if node.op in LEAVES:
        _require(not node.inputs, node, "is a leaf with inputs")
        _require(node.shape.count(None) <= 1, node, "is a leaf with more than one unknown size")
        if node.op == "constant":
            value = node.params["value"]
            _require(value.shape == node.shape, node, f"its value has shape {value.shape}")
            _require(value.dtype == node.dtype, node, f"its value is {value.dtype}")
        return
    _require(node.op in PRIMITIVES, node, "is not a primitive")
    primitive = PRIMITIVES[node.op]
    shape = primitive.shape(*[source.shape for source in node.inputs], **node.params)
    dtype = primitive.dtype(*[source.dtype for source in node.inputs], **node.params)
    _require(shape == node.shape, node, f"the rule gives shape {shape}")
    _require(dtype == node.dtype, node, f"the rule gives {dtype}")


def _verify_leaves(graph: Graph, seen: set[Node]) -> None:
    for op, key, leaves in (
        ("input", "position", graph.inputs),
        ("variable", "slot", graph.variables),
    ):
        for number, leaf in enumerate(leaves):
            _require(leaf.op == op and leaf.params[key] == number, leaf, f"is not {op} {number}")
            _require(leaf in seen, leaf, "is missing from the nodes")
        listed = {node for node in seen if node.op == op}
        for node in listed - set(leaves):
            _require(False, node, f"is not among the {op}s of the graph")


def _verify_results(graph: Graph, seen: set[Node]) -> None:
    for node in graph.results:
        _require(node in seen, node, "is a result but is missing from the nodes")
    slots = [slot for slot, _ in graph.updates]
    for slot, node in graph.updates:
        variable = graph.variables[slot]
        same = (variable.shape, variable.dtype) == (node.shape, node.dtype)
        _require(same, node, f"does not fit variable {slot}, {describe(variable)}")
        _require(slots.count(slot) == 1, node, f"variable {slot} is updated twice")
    if graph.guard is not None:
        legal = graph.guard.shape == () and graph.guard.dtype == bool_
        _require(legal, graph.guard, "a guard must be a bool scalar")

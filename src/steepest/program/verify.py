"""The grammar of a legal graph. Leans on graph and the primitives' rules.

Tests run it around every pass: a pass that breaks a rule is found where it breaks it.
"""

from __future__ import annotations

from steepest.core.dtype import bool_
from steepest.core.primitives import PRIMITIVES
from steepest.errors import SteepestError
from steepest.program.graph import LEAVES, Graph, Node, describe


class IllegalGraph(SteepestError, AssertionError):
    """A graph that breaks the grammar: a fault of steepest, not of its user."""


def verify(graph: Graph) -> Graph:
    """Raise unless the graph is legal; give it back.

    * Every node stands once in the order, after all that it reads.
    * Operations are primitives; shapes and kinds follow from their rules.
    * Inputs are numbered by position and variables by slot, from 0, without gaps.
    * What comes out is in the order; an update has the shape and kind of its variable, and no
      variable has two; the guard is one bool.

    >>> import steepest as st
    >>> verify(st.trace(lambda x: x + 1.0, [st.TensorSpec((None,))]))
    <program of 3 nodes, 0 variables>
    """
    seen: set[Node] = set()
    for node in graph.nodes:
        _require(node not in seen, node, "stands twice in the order")
        _require(all(source in seen for source in node.inputs), node, "reads what comes later")
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
        _require(not node.inputs, node, "a leaf that reads something")
        _require(node.shape.count(None) <= 1, node, "a leaf with more than one unknown size")
        if node.op == "constant":
            value = node.params["value"]
            _require(value.shape == node.shape, node, f"its value has shape {value.shape}")
            _require(value.dtype == node.dtype, node, f"its value is {value.dtype}")
        return
    _require(node.op in PRIMITIVES, node, "is not a primitive")
    primitive = PRIMITIVES[node.op]
    shape = primitive.shape(*[source.shape for source in node.inputs], **node.params)
    kind = primitive.dtype(*[source.dtype for source in node.inputs], **node.params)
    _require(shape == node.shape, node, f"the rule gives shape {shape}")
    _require(kind == node.dtype, node, f"the rule gives {kind}")


def _verify_leaves(graph: Graph, seen: set[Node]) -> None:
    for op, key, leaves in (
        ("input", "position", graph.inputs),
        ("variable", "slot", graph.variables),
    ):
        for place, leaf in enumerate(leaves):
            _require(leaf.op == op and leaf.params[key] == place, leaf, f"is not {op} {place}")
            _require(leaf in seen, leaf, "is missing from the order")
        listed = {node for node in seen if node.op == op}
        for node in listed - set(leaves):
            _require(False, node, f"is not among the {op}s of the graph")


def _verify_results(graph: Graph, seen: set[Node]) -> None:
    for node in graph.results:
        _require(node in seen, node, "comes out but is missing from the order")
    slots = [slot for slot, _ in graph.updates]
    for slot, node in graph.updates:
        variable = graph.variables[slot]
        same = (variable.shape, variable.dtype) == (node.shape, node.dtype)
        _require(same, node, f"does not fit variable {slot}, {describe(variable)}")
        _require(slots.count(slot) == 1, node, f"variable {slot} is updated twice")
    if graph.guard is not None:
        legal = graph.guard.shape == () and graph.guard.dtype == bool_
        _require(legal, graph.guard, "a guard is one bool")

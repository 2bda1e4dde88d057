"""The shape of a graph: its structure without the values of single numbers.

Networks that differ in a penalty, a dropout rate or another such number have graphs of one shape.
Depends on the graph and its passes.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from steepest.program.graph import Graph, Node, ordered
from steepest.program.passes import constant_node, rewrite


class GraphShape:
    """A digest that is equal for graphs of one shape, and the values of their numbers in order.

    Each number of the graph is used once, as `separate_numbers` makes it.

    >>> import steepest as st
    >>> graphs = [st.trace(lambda x: x * n + 2.0, [st.TensorSpec((2,))]) for n in (2.0, 3.0)]
    >>> first, second = (GraphShape(separate_numbers(graph)) for graph in graphs)
    >>> first.key == second.key, [number.item() for number in first.numbers]
    (True, [2.0, 2.0])
    """

    def __init__(self, graph: Graph) -> None:

        def blank(node: Node) -> Node:
            if not _is_number(node):
                return node
            return constant_node(np.zeros_like(node.params["value"]), node)

        self.key = rewrite(graph, blank).key()
        self.numbers = [node.params["value"] for node in numbers_of(graph)]


def numbers_of(graph: Graph) -> list[Node]:
    """The constants that are single numbers with a fraction."""
    return [node for node in graph.nodes if _is_number(node)]


def separate_numbers(graph: Graph) -> Graph:
    """The graph with a constant for each use of a number: two uses may differ in another graph."""

    def visit(node: Node) -> Node:
        inputs = tuple(replace(one) if _is_number(one) else one for one in node.inputs)
        return node if inputs == node.inputs else replace(node, inputs=inputs)

    made = rewrite(graph, visit)
    return replace(made, nodes=ordered(made.results, (*made.inputs, *made.variables)))


def _is_number(node: Node) -> bool:
    return node.op == "constant" and node.dtype.kind == "f" and node.params["value"].size == 1

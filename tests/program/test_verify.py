"""The rules of a legal graph: a legal graph passes, and each broken rule is found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import steepest as st
from steepest.engines.numpy import NumpyProgram
from steepest.errors import ShapeError
from steepest.program.graph import Graph, Node
from steepest.program.trace import guard, record
from steepest.program.verify import IllegalGraph, verify


def legal() -> Graph:
    """A graph with everything: two inputs, two variables, an update, a guard."""
    w, n = st.Variable([1.0, 2.0], name="w"), st.Variable(0, name="n")

    def step(x, y):
        n.assign_add(1)
        guard(st.reduce_all(x < 9.0))
        return x * w + y

    return record(step, [st.TensorSpec((None, 2)), st.TensorSpec((2,))]).graph


def swapped(graph: Graph, old: Node, **changes: object) -> Graph:
    """The graph with one node replaced in `nodes`, but not in the inputs of other nodes."""
    new = replace(old, **changes)
    return replace(graph, nodes=tuple(new if node is old else node for node in graph.nodes))


def last(graph: Graph, op: str) -> Node:
    return [node for node in graph.nodes if node.op == op][-1]


def test_a_legal_graph_comes_back() -> None:
    graph = legal()
    assert verify(graph) is graph


def broken() -> dict[str, tuple[Graph, str]]:
    graph = legal()
    product, leaf = last(graph, "multiply"), graph.inputs[1]
    constant = last(graph, "constant")
    update = graph.updates[0][1]
    stray = Node("input", (), {"position": 5, "name": ""}, (2,), np.dtype("float32"))
    open_twice = Node("input", (), {"position": 0, "name": ""}, (None, None), np.dtype("float32"))
    return {
        "a node is listed twice": (
            replace(graph, nodes=(*graph.nodes, product)),
            "is listed twice",
        ),
        "a node comes before one that it reads": (
            replace(graph, nodes=graph.nodes[::-1]),
            "reads a later node",
        ),
        "no primitive": (swapped(graph, product, op="multiplied"), "is not a primitive"),
        "a wrong shape": (swapped(graph, product, shape=(None, 3)), "the rule gives shape"),
        "a wrong dtype": (swapped(graph, product, dtype=np.dtype("float64")), "the rule gives"),
        "a leaf with inputs": (
            swapped(graph, leaf, inputs=(graph.inputs[0],)),
            "is a leaf with inputs",
        ),
        "a constant of another shape": (
            swapped(graph, constant, params={"value": np.zeros(3, constant.dtype)}),
            "its value has shape",
        ),
        "a constant of another dtype": (
            swapped(graph, constant, params={"value": np.zeros((), "int64")}),
            "its value is int64",
        ),
        "two unknown sizes": (
            replace(graph, nodes=(open_twice, *graph.nodes)),
            "a leaf with more than one unknown size",
        ),
        "inputs in another order": (replace(graph, inputs=graph.inputs[::-1]), "is not input 0"),
        "variables in another order": (
            replace(graph, variables=graph.variables[::-1]),
            "is not variable 0",
        ),
        "an input that is not listed": (
            replace(graph, nodes=(stray, *graph.nodes)),
            "is not among the inputs",
        ),
        "a variable that is missing": (
            replace(graph, variables=graph.variables[:1]),
            "is not among the variables",
        ),
        "an input that is no node of the graph": (
            replace(graph, inputs=(*graph.inputs, replace(stray, params={"position": 2}))),
            "is missing from the nodes",
        ),
        "an output that is no node of the graph": (
            replace(graph, outputs=(replace(product),)),
            "is a result but is missing",
        ),
        "an update of another shape": (
            replace(graph, updates=((0, product),)),
            r"does not fit variable 0",
        ),
        "two updates of a variable": (
            replace(graph, updates=graph.updates * 2),
            "is updated twice",
        ),
        "a guard that is no bool": (replace(graph, guard=update), "a guard must be a bool scalar"),
        "a guard that is no scalar": (
            replace(graph, guard=last(graph, "less")),
            "a guard must be a bool scalar",
        ),
    }


@pytest.mark.parametrize("name", sorted(broken()))
def test_a_broken_rule_is_found(name: str) -> None:
    graph, message = broken()[name]
    with pytest.raises(IllegalGraph, match=message):
        verify(graph)


def test_every_unknown_size_of_a_shape_is_the_batch() -> None:
    graph = verify(st.trace(lambda x: x @ st.transpose(x), [st.TensorSpec((None, 2))]))
    assert graph.outputs[0].shape == (None, None)
    x = np.float32([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    assert NumpyProgram(graph).call([x], [])[0].tolist() == (x @ x.T).tolist()


def test_inputs_that_do_not_fit_each_other_are_found() -> None:
    graph = legal()
    product = last(graph, "multiply")
    wide = next(n for n in graph.nodes if n.op == "constant")
    wide = replace(
        wide, params={"value": np.zeros(3, np.float32)}, shape=(3,), dtype=np.dtype("float32")
    )
    wrong = replace(product, inputs=(product.inputs[0], wide))
    nodes = (wide, *(wrong if node is product else node for node in graph.nodes))
    with pytest.raises(ShapeError, match=r"multiply: shapes \(batch, 2\) and \(3,\)"):
        verify(replace(graph, nodes=nodes))

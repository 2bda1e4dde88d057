"""The grammar: a legal graph passes, and each way of breaking it is found."""

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
    """The graph with one node exchanged, everywhere in the order but not in what reads it."""
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
        "a node stands twice": (
            replace(graph, nodes=(*graph.nodes, product)),
            "stands twice in the order",
        ),
        "a node stands before what it reads": (
            replace(graph, nodes=graph.nodes[::-1]),
            "reads what comes later",
        ),
        "no primitive": (swapped(graph, product, op="multiplied"), "is not a primitive"),
        "a wrong shape": (swapped(graph, product, shape=(None, 3)), "the rule gives shape"),
        "a wrong kind": (swapped(graph, product, dtype=np.dtype("float64")), "the rule gives"),
        "a leaf that reads": (swapped(graph, leaf, inputs=(graph.inputs[0],)), "a leaf that reads"),
        "a constant of another shape": (
            swapped(graph, constant, params={"value": np.zeros(3, constant.dtype)}),
            "its value has shape",
        ),
        "a constant of another kind": (
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
        "an input nobody lists": (
            replace(graph, nodes=(stray, *graph.nodes)),
            "is not among the inputs",
        ),
        "a variable that is missing": (
            replace(graph, variables=graph.variables[:1]),
            "is not among the variables",
        ),
        "an input out of the order": (
            replace(graph, inputs=(*graph.inputs, replace(stray, params={"position": 2}))),
            "is missing from the order",
        ),
        "an output out of the order": (
            replace(graph, outputs=(replace(product),)),
            "comes out but is missing",
        ),
        "an update of another shape": (
            replace(graph, updates=((0, product),)),
            r"does not fit variable 0",
        ),
        "two updates of a variable": (
            replace(graph, updates=graph.updates * 2),
            "is updated twice",
        ),
        "a guard that is no bool": (replace(graph, guard=update), "a guard is one bool"),
        "a guard of many": (replace(graph, guard=last(graph, "less")), "a guard is one bool"),
    }


@pytest.mark.parametrize("name", sorted(broken()))
def test_what_breaks_the_grammar_is_found(name: str) -> None:
    graph, told = broken()[name]
    with pytest.raises(IllegalGraph, match=told):
        verify(graph)


def test_an_unknown_size_is_the_batch_however_often_it_stands() -> None:
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

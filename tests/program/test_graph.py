"""Graphs: how they print, which have equal keys, and the order of their nodes."""

from __future__ import annotations

import inspect

import numpy as np

import steepest as st
from steepest.program.graph import UserLine, describe, ordered
from steepest.program.trace import guard, record

ROWS = st.TensorSpec((None, 3))


def test_a_small_graph_prints_itself() -> None:
    w, count = (
        st.Variable(np.ones((3, 2)), name="kernel", dtype="float32"),
        st.Variable(0, name="n"),
    )

    def step(x):
        y = st.tanh(x @ w) * 2.0
        count.assign_add(1)
        guard(st.reduce_all(y < 5.0))
        return y, st.cast(y, "float64")

    graph = record(step, [ROWS]).graph
    line = inspect.getsourcelines(step)[1]
    file = "test_graph.py"
    assert str(graph) == "\n".join([
        "program(%0: float32(batch, 3); $0 kernel: float32(3, 2), $1 n: int32())",
        f"  %2 = matmul(%0, $0)  float32(batch, 2)  # {file}:{line + 1}",
        f"  %3 = tanh(%2)  float32(batch, 2)  # {file}:{line + 1}",
        "  %4 = 2.0",
        f"  %5 = multiply(%3, %4)  float32(batch, 2)  # {file}:{line + 1}",
        "  %7 = 1",
        f"  %8 = add($1, %7)  int32()  # {file}:{line + 2}",
        "  %9 = 5.0",
        f"  %10 = less(%5, %9)  bool(batch, 2)  # {file}:{line + 3}",
        "  %11 = True",
        f"  %12 = logical_and(%10, %11)  bool(batch, 2)  # {file}:{line + 3}",
        f"  %13 = min(%12, axes=(0, 1))  bool(1, 1)  # {file}:{line + 3}",
        f"  %14 = reshape(%13, to=())  bool()  # {file}:{line + 3}",
        f"  %15 = cast(%5, dtype=float64)  float64(batch, 2)  # {file}:{line + 4}",
        "  unless %14: stop",
        "  $1 <- %8",
        "  return %5, %15",
    ])
    assert repr(graph) == "<program of 16 nodes, 2 variables>"


def test_a_node_has_the_layer_and_the_line_that_made_it() -> None:
    from steepest.core import dispatch

    def layered(x):
        with dispatch.scope("dense_1"):
            return x + 1.0

    (node,) = st.trace(layered, [ROWS]).outputs
    line = inspect.getsourcelines(layered)[1] + 2
    assert node.source == UserLine("test_graph.py", line, "dense_1")
    assert str(node.source) == f"dense_1 at test_graph.py:{line}"
    assert describe(node) == "float32(batch, 3)"


# ---------------------------------------------------------------- keys

SPECS = [st.TensorSpec((2, 3)), st.TensorSpec((2, 3))]


def key(function, specs=SPECS) -> str:
    return st.trace(function, specs).key()


def test_equal_structures_have_equal_keys() -> None:
    def one(x, y):
        return x * 2.0 + y

    def other(first, second):
        doubled = st.multiply(first, 2.0)
        return doubled + second

    assert key(one) == key(other) == key(one)
    named = [st.TensorSpec((2, 3), name="a"), st.TensorSpec((2, 3), name="b")]
    assert key(one) == key(one, named)
    v, w = st.Variable([1.0], name="v"), st.Variable([2.0], name="w")
    assert key(lambda x, y: x + v) == key(lambda x, y: x + w)


def test_different_structures_have_different_keys() -> None:
    whole = [st.TensorSpec((2, 3), "int32")] * 2
    opened = [st.TensorSpec((None, 3))] * 2
    flat = [st.TensorSpec((6,))] * 2
    v, w = st.Variable([1.0]), st.Variable([1.0])
    keys = [
        key(lambda x, y: x - y),
        key(lambda x, y: y - x),
        key(lambda x, y: x + y),
        key(lambda x, y: x + y, whole),
        key(lambda x, y: x + y, opened),
        key(lambda x, y: x + y, flat),
        key(lambda x, y: x),
        key(lambda x, y: y),
        key(lambda x, y: (x, y)),
        key(lambda x, y: x * 2.0),
        key(lambda x, y: x * 3.0),
        key(lambda x, y: x * np.float32([0.0, 0.0, 1.0])),
        key(lambda x, y: x * np.float32([0.0, 1.0, 0.0])),
        key(lambda x, y: x * np.float32([[0.0, 1.0, 0.0]])),
        key(lambda x, y: st.reduce_sum(x, 0)),
        key(lambda x, y: st.reduce_sum(x, 1)),
        key(lambda x, y: st.cast(x, "float64")),
        key(lambda x, y: st.cast(x, "int32")),
        key(lambda x, y: x + v),
        key(lambda x, y: (x + v) * w),
        key(lambda x, y: (x + v) * v),
        key(lambda x, y: v.assign(w).value),
        key(lambda x, y: w.assign(v).value * 0.0 + x),
        key(lambda x, y: guard(st.reduce_all(x < y)) or x),
        key(lambda x, y: v * 2.0),
        key(lambda x, y: v.assign(v * 2.0).value),
        key(lambda x, y: (x, w.assign(v).value)[0]),
        key(lambda x, y: st.reduce_all(x < y)),
        key(lambda x, y: guard(truth := st.reduce_all(x < y)) or truth),
    ]
    assert len(set(keys)) == len(keys)


def test_shapes_are_not_confused_with_the_batch() -> None:
    assert key(lambda x: x, [st.TensorSpec((None,))]) != key(lambda x: x, [st.TensorSpec((1,))])


# ---------------------------------------------------------------- order


def test_nodes_come_after_those_they_read() -> None:
    graph = st.trace(lambda x, y: (x + y) * (x - y), SPECS)
    order = ordered(graph.outputs)
    assert set(order) == set(graph.nodes)
    for place, node in enumerate(order):
        assert all(source in order[:place] for source in node.inputs)


def test_a_deep_graph_is_put_in_order_without_recursion() -> None:
    def deep(x):
        for _ in range(5000):
            x = x + 1.0
        return x

    graph = st.trace(deep, [st.TensorSpec((2,))])
    assert len(ordered(graph.outputs)) == len(graph.nodes) == 10_001


def test_numbers_are_printed_with_the_digits_of_their_dtype() -> None:
    graph = st.trace(lambda x: x * 0.1, [st.TensorSpec((3,))])
    assert "%1 = 0.1\n" in str(graph)

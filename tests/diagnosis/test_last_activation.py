"""The last activation is read off the recorded program, however it was written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import steepest as st
from steepest.diagnosis.last_activation import ending_of, softmax_input

W = st.ones((3, 3))

ENDINGS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "softmax": (st.nn.softmax, "softmax"),
    "softmax, cast": (lambda x: st.cast(st.nn.softmax(x), "float64"), "softmax"),
    "softmax, reshaped": (lambda x: st.reshape(st.nn.softmax(x), (-1, 3, 1)), "softmax"),
    "sigmoid": (lambda x: st.nn.sigmoid(x @ W), "sigmoid"),
    "relu": (lambda x: st.nn.relu(x @ W), "relu"),
    "relu by hand": (lambda x: st.maximum(x @ W, 0.0), "relu"),
    "product": (lambda x: x @ W, "linear"),
    "product and bias": (lambda x: x @ W + 1.0, "linear"),
    "tanh": (lambda x: st.tanh(x @ W), "other"),
    "sum of inputs": (lambda x: x + x, "other"),
    "a quotient of exponentials": (lambda x: st.exp(x) / st.reduce_sum(x), "other"),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_the_ending(name: str) -> None:
    function, expected = ENDINGS[name]
    assert ending_of(st.trace(function, [st.TensorSpec((None, 3))]).outputs[0]) == expected


def test_what_a_softmax_is_taken_of() -> None:
    graph = st.trace(lambda x: st.nn.softmax(st.nn.softmax(x @ W)), [st.TensorSpec((None, 3))])
    inner = softmax_input(graph.outputs[0])
    assert inner is not None and ending_of(inner) == "softmax"
    innermost = softmax_input(inner)
    assert innermost is not None and innermost.op == "matmul"
    assert softmax_input(innermost) is None

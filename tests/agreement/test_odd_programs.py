"""Programs that once went wrong, or might: the smallest form of each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import steepest as st
from steepest.program.trace import guard, record
from tests.agreement.compare import assert_agree


def test_a_row_taken_from_what_the_same_kernel_computes() -> None:
    held = st.Variable(np.array([1.5], np.float32))

    def program(x: st.Tensor) -> st.Tensor:
        clipped = st.minimum(held.read_value(), 3.0)
        return st.round(st.gather(clipped, np.int32(0))) + x

    recording = record(program, [st.TensorSpec(())])
    assert_agree(recording.graph, [np.float32(1)], recording.state())


def test_variables_that_change_places() -> None:
    one, two = st.Variable(np.arange(100.0)), st.Variable(np.arange(100.0) * 2)

    def swap(x: st.Tensor) -> None:
        first, second = one.read_value(), two.read_value()
        one.assign(second)
        two.assign(first)

    recording = record(swap, [st.TensorSpec(())])
    assert_agree(recording.graph, [np.float32(1)], recording.state())


@pytest.mark.parametrize("x", [-1.75, 1.75])
def test_a_false_guard_stops_updates_and_no_output(x: float) -> None:
    held = st.Variable(np.float32(1.5))

    def program(x: st.Tensor) -> list[st.Tensor]:
        held.assign(abs(held + x))
        guard(held + x > 0.0)
        return [held * 2.0, x]

    recording = record(program, [st.TensorSpec(())])
    assert_agree(recording.graph, [np.array(x, np.float32)], recording.state())


def test_an_old_value_is_read_after_the_new_one_is_known() -> None:
    """The transposed product reads all of the old weights while every part is written anew."""
    weights = st.Variable(np.random.default_rng(0).standard_normal((40, 40)))

    def program(x: st.Tensor) -> st.Tensor:
        old = weights.read_value()
        weights.assign(old + old.T * 0.5)
        return x @ old

    recording = record(program, [st.TensorSpec((None, 40), "float64")])
    x = np.random.default_rng(1).standard_normal((3, 40))
    assert_agree(recording.graph, [x], recording.state())


@pytest.mark.parametrize(
    "function",
    [
        lambda x: st.reduce_sum(x, 1),
        lambda x: st.exp(x) + 1.0,
        lambda x: st.matmul(x, st.ones((0, 4))),
        lambda x: st.matmul(st.ones((4, 3)), st.ones((3, 0))) + st.reduce_sum(x),
        lambda x: st.concat([x, st.ones((3, 2)), x], 1),
        lambda x: st.matmul(x.T, x),
        lambda x: st.cumsum(x, 1),
        lambda x: st.gather(st.ones((5, 2)), st.cast(x[0], "int64")),
    ],
)
def test_arrays_without_elements(function: Callable[[st.Tensor], st.Tensor]) -> None:
    graph = st.trace(function, [st.TensorSpec((3, 0))])
    assert_agree(graph, [np.zeros((3, 0), np.float32)])


def test_a_batch_of_none_in_every_kind_of_kernel() -> None:
    def program(x: st.Tensor) -> list[st.Tensor]:
        hidden = st.tanh(x @ st.ones((5, 7)))
        means = st.reduce_sum(hidden, 0)
        return [hidden, means, st.matmul(x.T, hidden), st.argmax(hidden, 1), st.cumsum(x, 0)]

    graph = st.trace(program, [st.TensorSpec((None, 5))])
    assert_agree(graph, [np.zeros((0, 5), np.float32)])


def test_storage_kinds_as_inputs_and_state() -> None:
    held = st.Variable(np.arange(20, dtype=np.float16).reshape(4, 5))

    def program(x: st.Tensor) -> st.Tensor:
        held.assign(st.cast(st.cast(held.read_value(), "float32") * 0.5, "float16"))
        return st.cast(x, "float32") @ st.cast(held, "float32")

    recording = record(program, [st.TensorSpec((None, 4), "float16")])
    x = np.random.default_rng(0).random((6, 4)).astype(np.float16)
    assert_agree(recording.graph, [x], recording.state())

"""Graphs applied again: the same values and updates, also inside another recording."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.engines.choose import bind
from steepest.program.replay import replay, replay_updates
from steepest.program.trace import TensorSpec, guard, record

SPEC = [TensorSpec((3,))]
X = np.array([1.0, -2.0, 0.5], np.float32)


def test_a_graph_gives_the_same_values_again():
    graph = st.trace(lambda x: st.exp(x) * 2.0 + st.reduce_sum(x), SPEC)
    known = {graph.inputs[0]: st.constant(X)}
    replay(graph.outputs, known)
    expected = np.exp(X) * np.float32(2.0) + X.sum()
    np.testing.assert_allclose(known[graph.outputs[0]].numpy(), expected, rtol=1e-6)


def adding(total):
    def add(x):
        total.assign(total.value * 0.5 + st.reduce_sum(x))
        return []

    return record(add, SPEC)


def test_updates_take_place_at_once_and_inside_another_recording():
    total = st.Variable(4.0)
    part = adding(total)
    replay_updates(part, [st.constant(X)])
    assert total.item() == 1.5

    def twice(x):
        replay_updates(part, [x])
        replay_updates(part, [x + 1.0])
        return total.value

    (found,) = bind(record(twice, SPEC)).call([X])
    assert found.item() == total.item() == (1.5 * 0.5 - 0.5) * 0.5 + 2.5


def test_a_guard_is_part_of_the_other_recording():
    total = st.Variable(1.0)

    def update(x):
        guard(st.reduce_sum(x) > 0.0)
        total.assign_add(st.reduce_sum(x))
        return []

    part = record(update, SPEC)
    bound = bind(record(lambda x: replay_updates(part, [x]), SPEC))
    bound.call([X])
    assert total.item() == 1.0
    bound.call([-X])
    assert total.item() == 1.5


def test_a_false_guard_outside_of_a_recording_raises():
    def update(x):
        guard(st.reduce_sum(x) > 0.0)
        return []

    with pytest.raises(st.errors.NumericalError):
        replay_updates(record(update, SPEC), [st.constant(X)])

"""Costs are counted operations: known answers for steps, runs and budgets."""

import numpy as np
import pytest

import steepest as st
from steepest.doctor import budget as file
from steepest.doctor.budget import (
    PER_EPOCH,
    PER_RUN,
    PER_SECOND,
    PER_STEP,
    Budget,
    batch_size,
    cost_of_run,
    cost_of_step,
    operations,
    steps_per_epoch,
)
from steepest.doctor.setup import Setup
from steepest.neuralnet.input.feeds import columns_of


def setup_of(rows=100, **fit):
    model = st.Sequential([st.layers.Dense(1, input_shape=(3,))])
    model.compile("sgd", "mse")
    return Setup.of(model, np.ones((rows, 3), np.float32), np.ones((rows, 1), np.float32), **fit)


@pytest.mark.parametrize(
    ("rows", "fit", "batch", "steps"),
    [
        (100, {}, 32, 4),
        (96, {}, 32, 3),
        (97, {}, 32, 4),
        (10, {}, 10, 1),
        (100, {"batch_size": 7}, 7, 15),
        (5, {"batch_size": 7}, 5, 1),
        (100, {"steps_per_epoch": 9}, 32, 9),
    ],
)
def test_batches_and_steps_of_an_epoch(rows, fit, batch, steps):
    setup = setup_of(rows, **fit)
    assert (batch_size(setup), steps_per_epoch(setup)) == (batch, steps)


@pytest.mark.parametrize(
    ("function", "specs", "count"),
    [
        (st.matmul, [(None, 3), (3, 4)], 2 * 10 * 3 * 4),
        (st.matmul, [(4, 3), (3, 5)], 2 * 4 * 3 * 5),
        (lambda x, g: st.matmul(x.T, g), [(None, 3), (None, 4)], 2 * 3 * 4 * 10 + 8 * 3 * 10),
        (lambda x: st.tanh(x), [(None, 5)], 8 * 10 * 5),
        (lambda x: st.tanh(st.exp(x)), [(4, 6)], 2 * 8 * 4 * 6),
        (lambda x: x, [(None, 5)], 0),
    ],
)
def test_operations_of_a_batch_of_ten(function, specs, count):
    assert operations(st.trace(function, [st.TensorSpec(spec) for spec in specs]), 10) == count


def test_a_run_is_its_steps_and_the_building():
    setup = setup_of(100, batch_size=25, epochs=6)
    model = setup.seeded(0)
    graph = model.recorded_step("train", tuple(columns(setup, model))).graph
    step = cost_of_step(setup)
    assert step == operations(graph, 25) + PER_STEP
    assert operations(graph, 25) > 0
    assert cost_of_run(setup) == 6 * (4 * step + PER_EPOCH) + PER_RUN
    assert cost_of_run(setup_of(100, batch_size=25)) == 4 * step + PER_EPOCH + PER_RUN


def columns(setup, model):
    first = setup.rows.first(25)
    return [columns_of(part, "x", model.compute_dtype) for part in (first.x, first.y)]


def test_a_budget_of_seconds_or_of_a_tenth_of_the_training(monkeypatch):
    assert Budget.of(2.5).operations == 2.5 * PER_SECOND
    assert Budget.of(None).operations == 2.0 * PER_SECOND
    monkeypatch.setattr(file, "cost_of_run", lambda setup: 30.0 * PER_SECOND)
    assert Budget.of(None, setup_of()).operations == 3.0 * PER_SECOND
    monkeypatch.setattr(file, "cost_of_run", lambda setup: 10.0 * PER_SECOND)
    assert Budget.of(None, setup_of()).operations == 2.0 * PER_SECOND
    assert Budget.of(0.5, setup_of()).operations == 0.5 * PER_SECOND


@pytest.mark.parametrize("seconds", [0, 0.0, -1, float("nan")])
def test_a_budget_is_above_zero(seconds):
    with pytest.raises(st.errors.ArgumentError, match="budget: seconds above 0 were expected, got"):
        Budget.of(seconds)

"""Losses, metrics and optimizers as machine code, compared with the NumPy engine."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from tests.losses.test_values import TABLE as LOSSES
from tests.metrics import test_decisions, test_means
from tests.optimizers.test_optimizers import EVERY, rosenbrock


def both(run):
    """The results of a function of the engine's name, on either engine."""
    found, wanted = (np.concatenate([np.ravel(part) for part in run(e)]) for e in ("cpu", "numpy"))
    np.testing.assert_allclose(found, wanted, rtol=2e-4, atol=1e-6)
    assert np.isfinite(wanted).all()


@pytest.mark.parametrize("name", EVERY)
def test_optimizers_walk_the_same_way(name):
    def run(engine):
        w, optimizer = st.Variable([-0.5, 0.5]), EVERY[name]()
        step = st.function(lambda: optimizer.minimize(lambda: rosenbrock(w), [w]), engine=engine)
        for _ in range(20):
            step()
        return w.numpy(), optimizer.iterations.numpy()

    both(run)


SHORT = ("mse", "huber", "binary of logits", "binary", "sparse", "categorical of logits smoothed")


def check_loss(name):
    loss, y, p, _ = LOSSES[name]
    targets = y.astype("float32") if y.dtype.kind == "f" else y
    shapes = [st.TensorSpec((None, *a.shape[1:]), a.dtype) for a in (targets, np.float32(p))]

    def value_and_slope(truth, prediction):
        with st.GradientTape() as tape:
            tape.watch(prediction)
            value = loss(truth, prediction)
        return value, tape.gradient(value, prediction)

    def run(engine):
        program = st.function(value_and_slope, input_signature=shapes, engine=engine)
        return [part.numpy() for part in program(targets, np.float32(p))]

    both(run)


@pytest.mark.parametrize("name", SHORT)
def test_losses_and_their_derivatives_are_the_same(name):
    check_loss(name)


@pytest.mark.long
@pytest.mark.parametrize("name", [n for n in LOSSES if LOSSES[n][2].ndim == 2 and n not in SHORT])
def test_all_losses_and_their_derivatives_are_the_same(name):
    check_loss(name)


def check_metric(make, y, p, batches):
    shapes = [st.TensorSpec((None, *a.shape[1:]), a.dtype) for a in (y, p)]

    def run(engine):
        metric = make()
        update = st.function(
            lambda a, b: metric.update_state(a, b), input_signature=shapes, engine=engine
        )
        for rows in batches:
            update(y[rows], p[rows])
        return [metric.result().numpy()]

    both(run)


@pytest.mark.long
@pytest.mark.parametrize("name", test_means.TABLE)
def test_means_are_the_same(name):
    check_metric(*test_means.TABLE[name][:3], test_means.BATCHES)


@pytest.mark.parametrize("place", range(len(test_decisions.EVERY)))
def test_decisions_and_curves_are_the_same(place):
    truth = test_decisions.TRUTH[:, None].astype("int32")
    scores = test_decisions.SCORES[:, None]
    check_metric(test_decisions.EVERY[place], truth, scores, test_decisions.BATCHES)

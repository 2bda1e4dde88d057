"""The first 12 steps of each optimizer, compared with its published formula in float64."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import optimizers
from tests.optimizers import formulas

STEPS = 12
RATE = 0.125  # a float32 without rounding
START = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.0]])
CURVE = np.array([[3.0, 0.5, 1.0], [10.0, 0.1, 2.0]])


def slope(w: np.ndarray, step: int) -> np.ndarray:
    """The gradient of a tilted bowl that rocks from step to step, with a weight left out."""
    gradient = CURVE * w + np.sin(np.arange(6).reshape(2, 3) + step)
    gradient[0, 2] = 0.0 if step % 3 == 0 else gradient[0, 2]
    return gradient


def expected(formula: formulas.Formula, shape=lambda gradient: gradient) -> list[np.ndarray]:
    run = formula(START.copy())
    path = [next(run)]
    for step in range(STEPS):
        path.append(run.send(shape(slope(path[-1], step))))
    return path[1:]


def trajectory(optimizer, dtype: str = "float64") -> list[np.ndarray]:
    w = st.Variable(START, dtype=dtype)
    path = []
    for step in range(STEPS):
        optimizer.apply([slope(w.numpy().astype("float64"), step).astype(dtype)], [w])
        path.append(w.numpy())
    return path


A = RATE
TABLE = {
    "sgd": (lambda: optimizers.SGD(A), formulas.sgd(A)),
    "momentum": (lambda: optimizers.SGD(A, momentum=0.9), formulas.sgd(A, 0.9)),
    "nesterov": (
        lambda: optimizers.SGD(A, momentum=0.9, nesterov=True),
        formulas.sgd(A, 0.9, nesterov=True),
    ),
    "averaged momentum": (
        lambda: optimizers.SGD(A, momentum=0.9, dampening=0.9),
        formulas.averaged_momentum(A, 0.9),
    ),
    "adagrad": (lambda: optimizers.Adagrad(A), formulas.adagrad(A)),
    "adagrad from 1": (
        lambda: optimizers.Adagrad(A, initial_accumulator_value=1.0, epsilon=1e-3),
        formulas.adagrad(A, 1.0, 1e-3),
    ),
    "adadelta": (lambda: optimizers.Adadelta(1.0, rho=0.9), formulas.adadelta(1.0, 0.9)),
    "rmsprop": (lambda: optimizers.RMSprop(A), formulas.rmsprop(A)),
    "rmsprop centered": (
        lambda: optimizers.RMSprop(A, centered=True, epsilon=1e-3),
        formulas.rmsprop(A, centered=True, eps=1e-3),
    ),
    "rmsprop momentum": (
        lambda: optimizers.RMSprop(A, rho=0.8, momentum=0.5),
        formulas.rmsprop(A, 0.8, momentum=0.5),
    ),
    "rmsprop both": (
        lambda: optimizers.RMSprop(A, momentum=0.5, centered=True, epsilon=1e-3),
        formulas.rmsprop(A, momentum=0.5, centered=True, eps=1e-3),
    ),
    "adam": (lambda: optimizers.Adam(A), formulas.adam(A)),
    "adam other betas": (
        lambda: optimizers.Adam(A, beta_1=0.5, beta_2=0.9, epsilon=0.01),
        formulas.adam(A, 0.5, 0.9, 0.01),
    ),
    "amsgrad": (
        lambda: optimizers.Adam(A, beta_2=0.5, amsgrad=True),
        formulas.adam(A, b2=0.5, amsgrad=True),
    ),
    "adam decay": (
        lambda: optimizers.Adam(A, weight_decay=0.5),
        formulas.decayed(formulas.adam(A), A, 0.5),
    ),
    "adamw": (lambda: optimizers.AdamW(A), formulas.decayed(formulas.adam(A), A, 0.004)),
    "sgd decay": (
        lambda: optimizers.SGD(A, momentum=0.5, weight_decay=0.5),
        formulas.decayed(formulas.sgd(A, 0.5), A, 0.5),
    ),
    "lamb": (lambda: optimizers.Lamb(A), formulas.lamb(A)),
    "lamb other betas": (
        lambda: optimizers.Lamb(A, beta_1=0.5, beta_2=0.9, epsilon=0.01),
        formulas.lamb(A, 0.5, 0.9, 0.01),
    ),
    "muon": (lambda: optimizers.Muon(A, weight_decay=None), formulas.muon(A)),
    "muon other options": (
        lambda: optimizers.Muon(
            A, weight_decay=None, momentum=0.5, ns_steps=3, nesterov=False, rms_rate=0.5
        ),
        formulas.muon(A, 0.5, 3, False, 0.5),
    ),
    "muon decay": (lambda: optimizers.Muon(A), formulas.decayed(formulas.muon(A), A, 0.004)),
    "muon left out": (
        lambda: optimizers.Muon(A, exclude_layers=["variable"], adam_beta_2=0.9),
        formulas.decayed(formulas.adam(A, b2=0.9), A, 0.004),
    ),
    "radam": (lambda: optimizers.RAdam(A), formulas.radam(A)),
    "radam other betas": (
        lambda: optimizers.RAdam(A, beta_1=0.5, beta_2=0.9, epsilon=0.01),
        formulas.radam(A, 0.5, 0.9, 0.01),
    ),
    "adagrad decay": (
        lambda: optimizers.Adagrad(A, weight_decay=0.5),
        formulas.decayed(formulas.adagrad(A), A, 0.5),
    ),
    "adamax other betas": (
        lambda: optimizers.Adamax(A, beta_1=0.5, beta_2=0.9, epsilon=0.01),
        formulas.adamax(A, 0.5, 0.9, 0.01),
    ),
    "nadam other betas": (
        lambda: optimizers.Nadam(A, beta_1=0.5, beta_2=0.9, epsilon=0.01),
        formulas.nadam(A, 0.5, 0.9, 0.01),
    ),
    "lion other betas": (
        lambda: optimizers.Lion(A, beta_1=0.5, beta_2=0.75),
        formulas.lion(A, 0.5, 0.75),
    ),
    "rprop other factors": (
        lambda: optimizers.Rprop(A, increase=1.5, decrease=0.25, smallest=0.05, largest=0.3),
        formulas.rprop(A, 1.5, 0.25, 0.05, 0.3),
    ),
    "quickprop slower": (lambda: optimizers.Quickprop(A, growth=1.25), formulas.quickprop(A, 1.25)),
    "adamax": (lambda: optimizers.Adamax(A), formulas.adamax(A)),
    "nadam": (lambda: optimizers.Nadam(A), formulas.nadam(A)),
    "lion": (lambda: optimizers.Lion(A), formulas.lion(A)),
    "ftrl": (lambda: optimizers.Ftrl(A), formulas.ftrl(A)),
    "ftrl penalties": (
        lambda: optimizers.Ftrl(
            A,
            l1_regularization_strength=0.5,
            l2_regularization_strength=0.25,
            l2_shrinkage_regularization_strength=0.1,
            beta=0.5,
        ),
        formulas.ftrl(A, 0.5, 0.25, 0.1, 0.5),
    ),
    "rprop": (lambda: optimizers.Rprop(A), formulas.rprop(A)),
    "quickprop": (lambda: optimizers.Quickprop(A), formulas.quickprop(A)),
}


@pytest.mark.parametrize("name", TABLE)
def test_follows_the_published_formula(name):
    make, formula = TABLE[name]
    for step, (found, wanted) in enumerate(zip(trajectory(make()), expected(formula), strict=True)):
        np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=1e-8, err_msg=f"step {step}")


@pytest.mark.parametrize("name", [name for name in TABLE if name not in ("quickprop", "lion")])
def test_float32_follows_it_too(name):
    make, formula = TABLE[name]
    np.testing.assert_allclose(
        trajectory(make(), "float32")[-1], expected(formula)[-1], rtol=2e-4, atol=2e-5
    )


def norm_at_most(limit: float):
    return lambda g: g * min(1.0, limit / np.sqrt((g**2).sum()))


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ({"clipnorm": 1.5}, norm_at_most(1.5)),
        ({"global_clipnorm": 1.5}, norm_at_most(1.5)),
        ({"clipvalue": 0.5}, lambda g: np.clip(g, -0.5, 0.5)),
    ],
)
def test_clipping_shapes_each_gradient(options, shape):
    found = trajectory(optimizers.SGD(A, momentum=0.5, **options))
    np.testing.assert_allclose(found, expected(formulas.sgd(A, 0.5), shape), rtol=1e-10)


def test_a_schedule_gives_each_step_its_rate():
    rates = [0.5 / (1 + step) for step in range(STEPS)]
    w = START.copy()
    for step, rate in enumerate(rates):
        w = w - rate * slope(w, step)
    found = trajectory(optimizers.SGD(st.schedules.InverseTimeDecay(0.5, 1, 1.0)))[-1]
    np.testing.assert_allclose(found, w, rtol=1e-6)


def test_the_moving_average_follows_the_weights():
    optimizer = optimizers.SGD(A, use_ema=True, ema_momentum=0.75)
    w = st.Variable(START, dtype="float64")
    average = None
    for step in range(STEPS):
        optimizer.apply([slope(w.numpy(), step)], [w])
        now = w.numpy()
        average = now if average is None else 0.75 * average + 0.25 * now
    last = w.numpy()
    optimizer.swap_averages()
    np.testing.assert_allclose(w.numpy(), average, rtol=1e-12)
    optimizer.swap_averages()
    np.testing.assert_array_equal(w.numpy(), last)
    optimizer.finalize_variable_values([w])
    np.testing.assert_allclose(w.numpy(), average, rtol=1e-12)


def test_the_average_replaces_the_weights_every_so_many_steps():
    optimizer = optimizers.SGD(1.0, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=2)
    w = st.Variable([8.0])
    optimizer.apply([[4.0]], [w])
    assert w.tolist() == [4.0]  # the average starts here
    optimizer.apply([[2.0]], [w])
    assert w.tolist() == [3.0]  # half of 4 and half of 2


def test_accumulated_gradients_update_by_their_mean():
    optimizer = optimizers.Adam(A, gradient_accumulation_steps=3, weight_decay=0.1)
    plain = optimizers.Adam(A, weight_decay=0.1)
    v, w = st.Variable(START, dtype="float64"), st.Variable(START, dtype="float64")
    for step in range(4):
        parts = [slope(START, 3 * step + part) for part in range(3)]
        plain.apply([sum(parts) / 3.0], [w])
        for part in parts:
            before = v.numpy()
            optimizer.apply([part], [v])
            assert (part is parts[-1]) != np.array_equal(v.numpy(), before)
        np.testing.assert_allclose(v.numpy(), w.numpy(), rtol=1e-12)
    assert optimizer.iterations.item() == 12


def test_excluded_variables_have_no_decay():
    w, bias = st.Variable([1.0], name="kernel"), st.Variable([1.0], name="bias")
    other = st.Variable([1.0])
    optimizer = optimizers.SGD(0.5, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_list=[other], var_names=["bias"])
    optimizer.apply([[0.0], [0.0], [0.0]], [w, bias, other])
    assert [w.item(), bias.item(), other.item()] == [0.75, 1.0, 1.0]


def test_constraints_hold_after_the_update():
    w = st.Variable([1.0, 2.0])
    w.constraint = st.constraints.NonNeg()
    optimizers.SGD(1.0).apply([[3.0, 1.0]], [w])
    assert w.tolist() == [0.0, 1.0]

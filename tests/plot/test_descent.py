"""Paths of optimizers: they are those of a loop in Python, and compiled once."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.engines import choose
from steepest.errors import ArgumentError
from steepest.plot import descent

OPT = st.optimizers
MAKERS = {
    "sgd": lambda: OPT.SGD(0.001),
    "momentum": lambda: OPT.SGD(0.001, momentum=0.9),
    "nesterov, averaged": lambda: OPT.SGD(0.001, momentum=0.9, nesterov=True, dampening=0.9),
    "adam": lambda: OPT.Adam(0.01),
    "amsgrad": lambda: OPT.Adam(0.01, amsgrad=True),
    "adamw, clipped": lambda: OPT.AdamW(0.01, weight_decay=0.1, clipnorm=1.0),
    "global clip": lambda: OPT.SGD(0.01, global_clipnorm=2.0),
    "rmsprop": lambda: OPT.RMSprop(0.01, momentum=0.5, centered=True),
    "adagrad": lambda: OPT.Adagrad(0.1),
    "adadelta": lambda: OPT.Adadelta(1.0),
    "adamax": lambda: OPT.Adamax(0.01),
    "nadam": lambda: OPT.Nadam(0.01),
    "radam": lambda: OPT.RAdam(0.01),
    "lion": lambda: OPT.Lion(0.001),
    "ftrl": lambda: OPT.Ftrl(0.01),
    "lamb": lambda: OPT.Lamb(0.01),
    "muon": lambda: OPT.Muon(0.01),
    "adafactor": lambda: OPT.Adafactor(0.01),
    "rprop": lambda: OPT.Rprop(0.01),
    "quickprop": lambda: OPT.Quickprop(0.001),
    "schedule free": lambda: OPT.ScheduleFreeAdamW(0.01),
    "average": lambda: OPT.SGD(0.001, use_ema=True, ema_overwrite_frequency=7),
    "accumulated": lambda: OPT.SGD(0.001, gradient_accumulation_steps=3),
    "schedule": lambda: OPT.SGD(st.schedules.ExponentialDecay(0.002, 10, 0.9), momentum=0.5),
    "progress": lambda: OPT.Adam(lambda progress: 0.1 * (1.0 - progress)),
    "per epoch": lambda: OPT.SGD(st.schedules.per_epoch(st.schedules.PowerDecay(0.002, 0.9))),
}
SCHEDULED = ("schedule", "progress", "per epoch")


def looped(surface, optimizer, start, steps, compiled=True, dtype="float32"):
    """The path of a loop with a tape and `apply_gradients`."""
    point = st.Variable(np.asarray(start, dtype))
    optimizer.plan(steps=1, epochs=steps)

    def step():
        with st.GradientTape() as tape:
            height = surface(point[0], point[1])
        optimizer.apply_gradients([(tape.gradient(height, point), point)])
        return height

    run = st.function(step) if compiled else step
    optimizer.build([point])
    points, values = [], []
    for _ in range(steps + 1):
        points.append(point.numpy().copy())
        values.append(run().numpy())
    return np.array(points), np.array(values)


def assert_same(path, points, values):
    assert path.points.dtype == points.dtype and path.values.dtype == values.dtype
    np.testing.assert_array_equal(path.points, points)
    np.testing.assert_array_equal(path.values, values)


@pytest.mark.parametrize("name", MAKERS)
def test_a_path_has_the_bits_of_a_loop(name):
    surface, make = st.plot.SURFACES["rosenbrock"], MAKERS[name]
    descent = st.plot.Descent(surface, make())
    assert_same(descent.path(steps=40), *looped(surface, make(), surface.start, 40, compiled=False))
    other = make()
    rate = None if name in SCHEDULED else 0.003
    if rate:
        other.learning_rate = rate
    again = descent.path((1.0, -0.5), steps=23, learning_rate=rate)
    assert_same(again, *looped(surface, other, (1.0, -0.5), 23, compiled=False))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_path_over_a_cosine_has_the_bits_of_a_compiled_step(dtype):
    surface = st.plot.SURFACES["rastrigin"]
    path = st.plot.Descent(surface, OPT.Adam(0.02), dtype).path(steps=60)
    assert_same(path, *looped(surface, OPT.Adam(0.02), surface.start, 60, dtype=dtype))


def test_another_start_rate_or_number_of_steps_is_not_recorded_again(monkeypatch):
    adam = st.plot.Descent("beale", OPT.Adam(0.01))
    first = adam.path(steps=5)
    monkeypatch.setattr(descent, "record", None)
    monkeypatch.setattr(descent, "bind", None)
    assert adam.path((0.5, 0.5), steps=9, learning_rate=0.2).points.shape == (10, 2)
    assert_same(adam.path(steps=5), first.points, first.values)


SETTINGS = {
    "sgd": lambda k: OPT.SGD(0.001, momentum=0.5 + 0.1 * k),
    "adam": lambda k: OPT.Adam(0.01, beta_1=0.5 + 0.1 * k, beta_2=0.9 + 0.01 * k, epsilon=1e-6 * k),
    "adamw": lambda k: OPT.AdamW(0.01, weight_decay=0.1 * k, clipnorm=2.0 * k),
    "rmsprop": lambda k: OPT.RMSprop(0.01, rho=0.9 + 0.01 * k, momentum=0.1 * k),
    "schedule": lambda k: OPT.SGD(st.schedules.ExponentialDecay(0.001 * k, 10 * k, 0.5 + 0.1 * k)),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_other_betas_and_decays_compile_nothing_and_keep_the_bits_of_a_loop(name, monkeypatch):
    surface, make = st.plot.SURFACES["rosenbrock"], SETTINGS[name]
    st.plot.Descent(surface, make(2)).path(steps=1)
    monkeypatch.setattr(choose, "_prepared", None)
    path = st.plot.Descent(surface, make(3)).path(steps=20)
    monkeypatch.undo()
    assert_same(path, *looped(surface, make(3), surface.start, 20, compiled=False))


def test_the_optimizer_given_is_not_changed():
    adam = OPT.Adam(0.01)
    st.plot.Descent("bowl", adam).path(steps=5, learning_rate=0.5)
    assert not adam.built and adam.iterations.item() == 0
    assert adam.learning_rate.item() == pytest.approx(0.01)


def test_known_steps_on_a_bowl():
    path = st.plot.Descent("bowl", OPT.SGD(0.25)).path((4.0, -2.0), steps=3)
    assert path.points.tolist() == [[4, -2], [2, -1], [1, -0.5], [0.5, -0.25]]
    assert path.values.tolist() == [20.0, 5.0, 1.25, 0.3125]
    assert path.diverged_at is None


def test_noise_depends_on_the_seed_and_has_the_given_deviation():
    flat = st.plot.Surface("flat", lambda x, y: 0.0 * x * y)
    walk = st.plot.Descent(flat, OPT.SGD(1.0))
    path = walk.path((0.0, 0.0), steps=4000, noise=0.5, seed=3)
    assert np.diff(path.points, axis=0).std() == pytest.approx(0.5, rel=0.05)
    again = walk.path((0.0, 0.0), steps=4000, noise=0.5, seed=3)
    assert np.array_equal(path.points, again.points)
    assert not np.array_equal(walk.path((0.0, 0.0), steps=9, noise=0.5).points, path.points[:10])
    assert not walk.path((0.0, 0.0), steps=9).points.any()


def test_a_path_that_leaves_says_at_which_step():
    path = st.plot.Descent("rosenbrock", OPT.SGD(1.0)).path(steps=20)
    step = path.diverged_at
    assert (
        step and np.isfinite(path.points[:step]).all() and not np.isfinite(path.values[step:]).any()
    )


def test_lbfgs_descends_to_the_minimum_and_stays():
    lbfgs = st.plot.Descent("rosenbrock", OPT.LBFGS())
    path = lbfgs.path(steps=80)
    assert path.points.shape == (81, 2)
    assert path.points[-1] == pytest.approx([1, 1], abs=1e-6)
    assert np.all(np.diff(path.values) <= 0)
    assert_same(lbfgs.path(steps=80), path.points, path.values)
    with pytest.raises(ArgumentError, match=r"LBFGS searches along lines.*leave noise= out"):
        lbfgs.path(noise=0.1)
    with pytest.raises(ArgumentError, match="LevenbergMarquardt needs residuals"):
        st.plot.Descent("rosenbrock", OPT.LevenbergMarquardt()).path()


def test_wrong_arguments_are_named():
    used = OPT.SGD()
    used.build([st.Variable(1.0)])
    with pytest.raises(ArgumentError, match=r"st\.plot\.paths: SGD\(\) has the state of another"):
        st.plot.Descent("bowl", used)
    with pytest.raises(ArgumentError, match="one variable; give one of the optimizers"):
        st.plot.Descent("bowl", OPT.MultiOptimizer(lambda variable: "sgd"))
    sgd = st.plot.Descent("bowl", "sgd")
    with pytest.raises(ArgumentError, match=r"start: two finite numbers were expected, got 1\.0"):
        sgd.path(1.0)
    with pytest.raises(ArgumentError, match="start: two finite numbers"):
        sgd.path((1.0, np.nan))
    with pytest.raises(ArgumentError, match="steps: a whole number from 1"):
        sgd.path(steps=0)
    scheduled = st.plot.Descent("bowl", OPT.SGD(lambda progress: 0.1))
    with pytest.raises(ArgumentError, match="follows OfProgress"):
        scheduled.path(learning_rate=0.1)


NUMBERS = {
    "Adam": ({"beta_1": 0.8, "weight_decay": 0.01}, {"beta_1": 0.95, "weight_decay": 0.2}),
    "SGD": ({"momentum": 0.5, "nesterov": True}, {"momentum": 0.9, "nesterov": True}),
    "Adagrad": ({"initial_accumulator_value": 0.5}, {"initial_accumulator_value": 2.0}),
    "RMSprop": ({"rho": 0.7, "centered": True}, {"rho": 0.99, "centered": True}),
    "Nadam": ({"beta_2": 0.9}, {"beta_2": 0.99}),
    "Lion": ({"use_ema": True, "ema_momentum": 0.5}, {"use_ema": True, "ema_momentum": 0.9}),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_optimizers_that_differ_in_numbers_share_one_program(name, monkeypatch):
    one, other = (
        lambda options=options: getattr(st.optimizers, name)(0.05, **options)
        for options in NUMBERS[name]
    )
    expected = [
        st.plot.Descent("himmelblau", make()).path((1.0, 0.5), 30, noise=0.1).points
        for make in (one, other)
    ]
    programs = {}
    first = st.plot.Descent("himmelblau", one(), programs=programs)
    np.testing.assert_array_equal(first.path((1.0, 0.5), 30, noise=0.1).points, expected[0])
    monkeypatch.setattr(choose, "_prepared", None)
    second = st.plot.Descent("himmelblau", other(), programs=programs)
    for which, points in ((second, expected[1]), (first, expected[0]), (second, expected[1])):
        np.testing.assert_array_equal(which.path((1.0, 0.5), 30, noise=0.1).points, points)
    assert len(programs) == 1


def test_a_rate_of_one_descent_does_not_stay_in_the_shared_program():
    programs = {}
    one, other = (
        st.plot.Descent("bowl", st.optimizers.SGD(rate), programs=programs) for rate in (0.1, 0.4)
    )
    moved = one.path((1.0, 1.0), 3, learning_rate=0.3).points
    assert not np.array_equal(moved, other.path((1.0, 1.0), 3).points)
    usual = st.plot.Descent("bowl", st.optimizers.SGD(0.1)).path((1.0, 1.0), 3).points
    np.testing.assert_array_equal(one.path((1.0, 1.0), 3).points, usual)

"""Scheduled hyper-parameters of optimizers, compared with formulas in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest import optimizers, schedules
from steepest.changes import latest_change
from steepest.errors import ArgumentError
from tests.optimizers.test_optimizers import EVERY

STEPS = 12
START = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.0]])
CURVE = np.array([[3.0, 0.5, 1.0], [10.0, 0.1, 2.0]])
A = 0.125


def slope(w: np.ndarray, step: int) -> np.ndarray:
    return CURVE * w + np.sin(np.arange(6).reshape(2, 3) + step)


def falling(top: float, by: float) -> Any:
    """A schedule, and the same in float64 rounded to float32, as schedules give it."""
    schedule = schedules.PolynomialDecay(top, STEPS, top - by * STEPS)
    return schedule, lambda n: float(np.float32(top - by * n))


def trajectory(optimizer: Any) -> np.ndarray:
    w = st.Variable(START, dtype="float64")
    for step in range(STEPS):
        optimizer.apply([slope(w.numpy(), step)], [w])
    return w.numpy()


def sgd(momentum, dampening, nesterov=False):
    w, v = START.copy(), 0.0
    for n in range(STEPS):
        push = A * (1 - dampening(n)) * slope(w, n)
        v = momentum(n) * v - push
        w = w + (momentum(n) * v - push if nesterov else v)
    return w


def adam(beta_1, beta_2, epsilon=1e-7, decay=lambda n: 0.0):
    w, m, v, left_1, left_2 = START.copy(), 0.0, 0.0, 1.0, 1.0
    for n in range(STEPS):
        g = slope(w, n)
        b1, b2 = beta_1(n), beta_2(n)
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        left_1, left_2 = left_1 * b1, left_2 * b2
        rate = A * np.sqrt(1 - left_2) / (1 - left_1)
        w = w - w * A * decay(n)
        w = w - rate * m / (np.sqrt(v) + epsilon)
    return w


def rmsprop(rho, momentum, epsilon=1e-7):
    w, squares, u = START.copy(), 0.0, 0.0
    for n in range(STEPS):
        g = slope(w, n)
        squares = rho(n) * squares + (1 - rho(n)) * g * g
        u = momentum(n) * u + A * g / np.sqrt(squares + epsilon)
        w = w - u
    return w


def lion(beta_1, beta_2):
    w, m = START.copy(), 0.0
    for n in range(STEPS):
        g = slope(w, n)
        w = w - A * np.sign(beta_1(n) * m + (1 - beta_1(n)) * g)
        m = beta_2(n) * m + (1 - beta_2(n)) * g
    return w


HIGH, high = falling(0.9, 0.05)
LOW, low = falling(0.75, 0.0625)


def nothing(n):
    return 0.0


TABLE = {
    "momentum": (lambda: optimizers.SGD(A, momentum=HIGH), lambda: sgd(high, nothing)),
    "nesterov": (
        lambda: optimizers.SGD(A, momentum=HIGH, nesterov=True),
        lambda: sgd(high, nothing, nesterov=True),
    ),
    "averaged momentum": (
        lambda: optimizers.SGD(A, momentum=HIGH, dampening=HIGH),
        lambda: sgd(high, high),
    ),
    "adam": (lambda: optimizers.Adam(A, beta_1=HIGH, beta_2=LOW), lambda: adam(high, low)),
    "adam, one beta": (
        lambda: optimizers.Adam(A, beta_1=LOW, beta_2=0.99),
        lambda: adam(low, lambda n: 0.99),
    ),
    "decay": (
        lambda: optimizers.AdamW(A, weight_decay=LOW),
        lambda: adam(lambda n: 0.9, lambda n: 0.999, decay=low),
    ),
    "rmsprop": (
        lambda: optimizers.RMSprop(A, rho=HIGH, momentum=LOW),
        lambda: rmsprop(high, low),
    ),
    "lion": (lambda: optimizers.Lion(A, beta_1=HIGH, beta_2=LOW), lambda: lion(high, low)),
}


@pytest.mark.parametrize("name", TABLE)
def test_the_path_is_that_of_the_formula(name):
    make, formula = TABLE[name]
    np.testing.assert_allclose(trajectory(make()), formula(), rtol=1e-9, atol=1e-9)


BETAS = {
    "SGD": {"momentum": 0.5, "dampening": 0.25},
    "RMSprop": {"rho": 0.75, "momentum": 0.5},
    "Adadelta": {"rho": 0.75},
    "Adam": {"beta_1": 0.5, "beta_2": 0.75},
    "RAdam": {"beta_1": 0.5, "beta_2": 0.75},
    "Adamax": {"beta_1": 0.5, "beta_2": 0.75},
    "Nadam": {"beta_1": 0.5, "beta_2": 0.75},
    "Lamb": {"beta_1": 0.5, "beta_2": 0.75},
    "Lion": {"beta_1": 0.5, "beta_2": 0.75},
    "Muon": {"momentum": 0.5, "adam_beta_1": 0.5, "adam_beta_2": 0.75, "adam_weight_decay": 0.25},
    "Adagrad": {},
    "Ftrl": {},
    "Rprop": {},
    "Quickprop": {},
}


@pytest.mark.parametrize("name", BETAS)
def test_a_constant_schedule_gives_the_steps_of_the_constant(name):
    kind = getattr(optimizers, name)
    numbers = {**BETAS[name], "weight_decay": 0.25, "use_ema": True, "ema_momentum": 0.5}
    steady = {
        key: value if value is True else schedules.PowerDecay(value, 1.0)
        for key, value in numbers.items()
    }
    weights = []
    for options in (numbers, steady):
        w = st.Variable(START, dtype="float64")
        b = st.Variable(START[0], dtype="float64")
        optimizer = kind(A, **options)
        for step in range(STEPS):
            g = slope(w.numpy(), step)
            optimizer.apply([g, g[0]], [w, b])
        optimizer.finalize_variable_values()
        weights.append((w.numpy(), b.numpy()))
    for ours, theirs in zip(*weights, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", BETAS)
def test_scheduled_steps_are_equal_recorded_and_restored(name):
    kind = getattr(optimizers, name)
    falls = {key: schedules.PowerDecay(value, 0.99) for key, value in BETAS[name].items()}
    options = {**falls, "weight_decay": lambda_registered}
    optimizer, weights = kind(A, **options), []
    config = optimizer.get_config()
    for recorded in (False, True):
        twin = kind.from_config(config)
        assert repr(twin) == repr(optimizer)
        w = st.Variable(START[:, :2], dtype="float32")
        twin.clock.plan(steps=STEPS)

        def step(twin=twin, w=w):
            twin.minimize(lambda: st.reduce_sum(w * w), [w])

        run = st.function(step) if recorded else step
        for _ in range(STEPS):
            run()
        weights.append(w.numpy())
    np.testing.assert_allclose(*weights, rtol=1e-5, atol=1e-6)


@st.register_serializable
def lambda_registered(progress):
    return 0.25 * (1.0 - progress)


def test_decay_by_progress_is_exact_at_each_step():
    optimizer = optimizers.SGD(0.5, weight_decay=lambda progress: progress)
    optimizer.clock.plan(steps=4)
    w, path = st.Variable([1.0]), []
    for _ in range(5):
        optimizer.apply([[0.0]], [w])
        path.append(w.item())
    assert path == [1.0, 0.875, 0.65625, 0.41015625, 0.205078125]


# ---------------------------------------------------------------- ranges and signatures


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: optimizers.SGD(0.1, momentum=1.5), r"SGD: momentum must lie in \[0, 1\], got 1.5"),
        (lambda: optimizers.SGD(0.1, weight_decay=-0.1), r"SGD: weight_decay must lie in \[0, inf"),
        (
            lambda: optimizers.SGD(0.1, momentum="much"),
            "SGD: momentum must be a number, got 'much'",
        ),
        (
            lambda: optimizers.Adam(beta_1=schedules.PowerDecay(1.5)),
            r"Adam: beta_1 must lie in \[0, 1\), got 1.5 at step 0 from PowerDecay\(1.5\)",
        ),
        (
            lambda: optimizers.Adam(lambda progress: progress - 0.5),
            r"Adam: learning_rate must lie in \[0, inf\), got -0.5 at progress 0.0",
        ),
        (lambda: optimizers.SGD(momentum=lambda a, b: a), r"SGD: momentum: .*takes \(a, b\)"),
        (lambda: optimizers.SGD(lambda step: 0.1), r"takes \(step\): wrap it in st.*PerStep"),
        (lambda: optimizers.SGD(lambda epoch: 0.1), r"takes \(epoch\): wrap it in st.*PerEpoch"),
        (lambda: optimizers.SGD(schedules.PowerDecay), "got the class"),
        (lambda: optimizers.SGD(momentum=lambda p: st.stack([p, p])), r"one number, got shape"),
    ],
)
def test_the_constructor_refuses_known_errors(make, words):
    with pytest.raises(ArgumentError, match=words):
        make()


def test_a_function_that_cannot_be_recorded_is_refused_with_the_remedy():
    with pytest.raises(st.errors.TraceError) as caught:
        optimizers.SGD(0.1, momentum=lambda progress: 0.5 if progress < 0.5 else 0.9)
    assert "SGD.momentum" in caught.value.__notes__[-1]


class Rising(schedules.LearningRateSchedule):
    def __call__(self, step):
        return 0.25 * st.cast(step, "float32")


@pytest.mark.parametrize("recorded", [False, True])
def test_a_value_outside_the_range_stops_before_the_step(recorded):
    optimizer, w = optimizers.SGD(0.5, momentum=Rising()), st.Variable([1.0])

    def step():
        optimizer.apply([[1.0]], [w])

    run = st.function(step) if recorded else step
    for _ in range(5):
        run()
    before = w.item()
    with pytest.raises(ArgumentError, match=r"SGD 'sgd': momentum .* got 1.25 at step 5 .*Rising"):
        run()
    assert w.item() == before


def test_progress_without_a_plan_is_an_error_that_names_the_remedy():
    optimizer = optimizers.SGD(lambda progress: 0.1)
    with pytest.raises(ArgumentError, match=r"optimizer.clock.plan"):
        optimizer.apply([[1.0]], [st.Variable([1.0])])


# ---------------------------------------------------------------- assigned numbers


def test_a_recorded_step_uses_an_assigned_number():
    optimizer, w = optimizers.SGD(0.5), st.Variable([1.0])
    step = st.function(lambda: optimizer.apply([[0.0]], [w]))
    step()
    optimizer.weight_decay = 0.5
    step()
    assert w.item() == 0.75
    optimizer.weight_decay = schedules.PowerDecay(1.0, 0.5)  # 0.25 by now
    step()
    assert w.item() == 0.75 * 0.875
    optimizer.learning_rate = schedules.PowerDecay(1.0, 0.5)  # 0.125 for the next step
    step()
    assert w.item() == pytest.approx(0.75 * 0.875 * (1 - 0.125 * 0.125))
    with pytest.raises(ArgumentError, match="weight_decay must lie"):
        optimizer.weight_decay = -1.0


def test_momentum_assigned_later_starts_at_zero():
    optimizer, w = optimizers.SGD(0.5), st.Variable([0.0])
    step = st.function(lambda: optimizer.apply([[1.0]], [w]))
    step()
    optimizer.momentum = 0.5
    step()
    step()
    assert w.item() == -0.5 - 0.5 - 0.75


def test_a_beta_cannot_become_a_schedule_once_its_average_is_corrected_for_a_constant():
    optimizer, w = optimizers.Adam(0.5), st.Variable([0.0])
    optimizer.beta_1 = schedules.PowerDecay(0.5, 1.0)
    optimizer.apply([[1.0]], [w])
    other = optimizers.Adam(0.5)
    other.apply([[1.0]], [w])
    with pytest.raises(ArgumentError, match="beta_1 cannot become a schedule after 1 steps"):
        other.beta_1 = schedules.PowerDecay(0.5, 1.0)
    assert other.beta_1 == 0.9


def test_making_and_using_optimizers_changes_no_number_of_theirs():
    before = latest_change()
    for make in EVERY.values():
        make().apply([[1.0]], [st.Variable([1.0])])
    assert latest_change() == before


# ---------------------------------------------------------------- configurations


def test_a_plain_function_in_a_configuration_must_be_registered():
    optimizer = optimizers.SGD(lambda progress: 0.1)
    with pytest.raises(ArgumentError, match=r"@st.register_serializable"):
        optimizer.get_config()

    def mine(progress):
        return 0.5 * progress

    with pytest.raises(ArgumentError, match=r"'mine'.*@st.register_serializable"):
        optimizers.SGD(0.1, momentum=mine).get_config()


def test_a_schedule_of_progress_comes_back_from_its_configuration():
    made = optimizers.SGD(lambda_registered, momentum=schedules.OfProgress(HIGH))
    twin = optimizers.SGD.from_config(made.get_config())
    assert twin.get_config() == made.get_config()
    assert repr(twin) == repr(made)
    assert "OfProgress('lambda_registered')" in repr(made)


def test_a_function_without_arguments_gives_the_rate() -> None:
    w = st.Variable(1.0)
    optimizers.SGD(lambda: 0.25).apply([1.0], [w])
    assert w.item() == 0.75


def test_a_variable_is_the_rate_itself() -> None:
    rate, w = st.Variable(0.5), st.Variable(1.0)
    optimizer = optimizers.SGD(rate)
    step = st.function(lambda: optimizer.apply([st.constant(1.0)], [w]))
    step()
    rate.assign(0.25)
    step()
    assert w.item() == 0.25
    assert optimizer.learning_rate is rate


def test_a_function_that_gives_a_plain_number_is_a_rate_of_fit() -> None:
    x = np.ones((4, 1), "float32")
    trained = []
    for rate in (lambda: 0.1, 0.1):
        model = st.Sequential([st.layers.Dense(1, kernel_initializer="ones", input_shape=(1,))])
        model.compile(optimizers.SGD(rate), "mse")
        model.fit(x, x + 1, epochs=2, verbose=0)
        trained.append(model.layers[0].kernel.tolist())
    assert trained[0] == trained[1]


def test_a_function_of_a_variable_is_read_in_each_step() -> None:
    rate, w = st.Variable(0.5), st.Variable(1.0)
    optimizer = optimizers.SGD(lambda: rate * 2.0)
    step = st.function(lambda: optimizer.apply([st.constant(1.0)], [w]))
    step()
    rate.assign(0.125)
    step()
    assert w.item() == -0.25


def test_a_configuration_finds_schedules_of_the_user() -> None:
    class Halved(st.schedules.LearningRateSchedule):
        def __init__(self, start: float) -> None:
            self.start = start

        def __call__(self, step: object) -> float:
            return self.start / 2.0

    config = st.optimizers.SGD(Halved(0.5)).get_config()
    with pytest.raises(st.errors.UnknownNameError, match="'Halved'"):
        st.optimizers.SGD.from_config(config)
    made = st.optimizers.SGD.from_config(config, custom_objects={"Halved": Halved})
    assert float(made.learning_rate) == 0.25


@pytest.mark.parametrize(
    "steps, epochs, begun, progress",
    [(10, 4, 1, 0.25), (None, 4, 1, 0.25), (None, 4, 6, 1.0), (None, 0, 0, 0.0), (10, 0, 0, 0.0)],
)
def test_progress_when_a_fit_begins(steps, epochs, begun, progress) -> None:
    optimizer = st.optimizers.SGD()
    optimizer.plan(steps, epochs, begun)
    assert optimizer.clock.progress.item() == progress

"""Learning rates by step, compared with their closed forms, with edge cases."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import schedules
from steepest.errors import ArgumentError

N = np.arange(0, 60)


def polynomial_cycling(n):
    span = 10 * max(1, np.ceil(n / 10))
    return 0.1 + 0.9 * (1 - n / span) ** 2


def restarting(n, first=4, t_mul=2, m_mul=0.5, alpha=0.1):
    height, start, length = 1.0, 0, first
    while n >= start + length:
        start, length, height = start + length, length * t_mul, height * m_mul
    wave = height * 0.5 * (1 + np.cos(np.pi * (n - start) / length))
    return (1 - alpha) * wave + alpha


def one_cycle(n, total=50, rising=0.3):
    low, top, last, summit = 0.04, 1.0, 0.04e-4, rising * total - 1

    def between(start, end, share):
        return end + (start - end) / 2 * (1 + np.cos(np.pi * share))

    if n < summit:
        return between(low, top, n / summit)
    return between(top, last, min((n - summit) / (total - 1 - summit), 1.0))


def warmed_up(n):
    return 0.1 + 0.09 * n if n < 10 else 0.5 * (1 + np.cos(np.pi * min((n - 10) / 20, 1.0)))


TABLE = {
    "piecewise": (
        schedules.PiecewiseConstantDecay([5, 30], [0.1, 0.01, 0.001]),
        lambda n: 0.1 if n <= 5 else 0.01 if n <= 30 else 0.001,
    ),
    "exponential": (schedules.ExponentialDecay(0.5, 20, 0.9), lambda n: 0.5 * 0.9 ** (n / 20)),
    "exponential stairs": (
        schedules.ExponentialDecay(0.5, 20, 0.9, staircase=True),
        lambda n: 0.5 * 0.9 ** (n // 20),
    ),
    "exponential of the course": (
        schedules.ExponentialDecay(0.5, 7.0),
        lambda n: 0.5 * np.exp(-n / 7.0),
    ),
    "power": (schedules.PowerDecay(0.1), lambda n: 0.1 * 0.95**n),
    "inverse time": (schedules.InverseTimeDecay(0.1, 1, 0.5), lambda n: 0.1 / (1 + 0.5 * n)),
    "inverse time stairs": (
        schedules.InverseTimeDecay(0.1, 10, 0.5, staircase=True),
        lambda n: 0.1 / (1 + 0.5 * (n // 10)),
    ),
    "square root": (schedules.SquareRootDecay(0.3), lambda n: 0.3 / np.sqrt(n + 1)),
    "polynomial": (
        schedules.PolynomialDecay(1.0, 40, 0.1, power=2.0),
        lambda n: 0.1 + 0.9 * (1 - min(n, 40) / 40) ** 2,
    ),
    "polynomial cycling": (
        schedules.PolynomialDecay(1.0, 10, 0.1, power=2.0, cycle=True),
        polynomial_cycling,
    ),
    "cosine": (
        schedules.CosineDecay(0.5, 40, alpha=0.2),
        lambda n: 0.5 * (0.8 * 0.5 * (1 + np.cos(np.pi * min(n, 40) / 40)) + 0.2),
    ),
    "cosine warmed up": (
        schedules.CosineDecay(0.1, 20, warmup_target=1.0, warmup_steps=10),
        warmed_up,
    ),
    "restarts": (schedules.CosineDecayRestarts(1.0, 4, 2.0, 0.5, 0.1), restarting),
    "equal restarts": (
        schedules.CosineDecayRestarts(1.0, 7, 1.0, 0.5, 0.1),
        lambda n: restarting(n, 7, 1),
    ),
    "one cycle": (schedules.OneCycle(1.0, 50), one_cycle),
    "by epochs": (
        schedules.per_epoch(schedules.PowerDecay(1.0, 0.9), 7),
        lambda n: 0.9 ** (n // 7),
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_gives_the_closed_form_at_every_step(name):
    schedule, formula = TABLE[name]
    found = [schedule(int(n)) for n in N]
    assert {(rate.dtype.name, rate.shape) for rate in found} == {("float32", ())}
    np.testing.assert_allclose(found, [formula(n) for n in N], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", TABLE)
def test_can_be_recorded_with_the_step_as_a_variable(name):
    schedule, formula = TABLE[name]
    step = st.Variable(0, dtype="int64")
    program = st.function(lambda: schedule(step.value))
    for n in (0, 5, 31):
        step.assign(n)
        assert program().item() == pytest.approx(formula(n), rel=1e-6)


@pytest.mark.parametrize("name", TABLE)
def test_the_configuration_makes_an_equal_one(name):
    schedule, _ = TABLE[name]
    twin = schedules.SCHEDULES.get(st.registry.to_config(schedule))
    assert repr(twin) == repr(schedule)
    assert twin(11).item() == schedule(11).item()


def test_piecewise_rates_of_the_course():
    rate = schedules.per_epoch(
        schedules.PiecewiseConstantDecay([4, 84], [0.1, 0.01, 0.001]), steps_per_epoch=3
    )
    path = [round(rate(3 * epoch).item(), 6) for epoch in range(100)]
    assert path == [0.1] * 5 + [0.01] * 80 + [0.001] * 15


def test_restarts_are_never_missed():
    schedule = schedules.CosineDecayRestarts(1.0, 3, t_mul=3.0)
    start, length = 0, 3
    for _ in range(12):
        assert schedule(start).item() == pytest.approx(1.0)
        start, length = start + length, 3 * length


def test_a_given_length_of_an_epoch_is_not_replaced():
    given, open_ = (schedules.per_epoch(schedules.PowerDecay(1.0, 0.5), n) for n in (10, None))
    for schedule in (given, open_):
        schedule.set_steps_per_epoch(5)
    assert (given(5).item(), open_(5).item()) == (1.0, 0.5)


def test_while_its_length_is_unknown_the_first_epoch_continues():
    assert schedules.per_epoch(schedules.PowerDecay(1.0, 0.5))(1000).item() == 1.0


def test_a_million_steps_later():
    assert schedules.SquareRootDecay(1.0)(10**12 - 1).item() == pytest.approx(1e-6, rel=1e-6)


@pytest.mark.parametrize(
    "make",
    [
        lambda: schedules.PiecewiseConstantDecay([5], [0.1]),
        lambda: schedules.PiecewiseConstantDecay([5, 3], [0.1, 0.2, 0.3]),
        lambda: schedules.ExponentialDecay(0.1, 0),
        lambda: schedules.ExponentialDecay(0.1, 10, -1.0),
        lambda: schedules.CosineDecay(0.1, 0),
        lambda: schedules.CosineDecayRestarts(0.1, 5, t_mul=0.5),
        lambda: schedules.OneCycle(0.1, 2),
        lambda: schedules.PolynomialDecay(0.1, -1),
    ],
)
def test_invalid_arguments_are_refused(make):
    with pytest.raises(ArgumentError):
        make()


@pytest.mark.parametrize(
    ("rising", "total", "sound"),
    [(0.1, 10, False), (0.11, 10, True), (0.89, 10, True), (0.9, 10, False), (0.95, 10, False)],
)
def test_one_cycle_rises_and_falls(rising, total, sound):
    if sound:
        assert schedules.OneCycle(0.1, total, rising).rising == rising
    else:
        with pytest.raises(ArgumentError, match="leaves no step to rise or fall"):
            schedules.OneCycle(0.1, total, rising)

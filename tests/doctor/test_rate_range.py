"""What is read off the losses of a range test, by known courses."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

import steepest as st
from steepest.doctor.rate_range import BETA, RateRange, Sweep

RATES = np.geomspace(1e-4, 10.0, 101)  # twenty to a decade


def swept(loss: Callable[[float], float], still: Callable[[int], float] = lambda k: 1.0) -> Sweep:
    """The sweep of a loss that is `loss(rate)` times what it was at the first weights."""
    sweep = Sweep()
    for k, rate in enumerate(RATES):
        sweep.add(float(rate), loss(rate) * still(k), still(k))
        if sweep.diverged:
            break
    return sweep


def bowl(rate: float) -> float:
    """It falls from 1 at 0.001 to 0.2 at 0.1, and rises above it."""
    fall = np.clip(math.log10(rate) + 3.0, 0.0, 2.0)
    return float(1.0 - 0.4 * fall + max(0.0, 8.0 * (rate - 0.1)))


def test_the_suggestion_is_at_two_thirds_of_the_fall_or_a_third_of_the_lowest_rate() -> None:
    found = swept(bowl).read()
    assert found.diverged and found.suggestion and found.falling
    lowest = int(np.argmin(found.smoothed))
    share = (1.0 - found.smoothed) / (1.0 - found.smoothed[lowest])
    reached = found.rates[int(np.argmax(share >= 2 / 3))]
    assert found.suggestion == pytest.approx(min(reached, found.rates[lowest] / 3))
    assert found.falling == (found.rates[int(np.argmax(share >= 0.1))], found.rates[lowest])
    assert 0.1 <= found.falling[1] <= 0.2 and found.rates[-1] < 1.0


def test_the_suggestion_is_far_from_a_steep_end() -> None:
    found = swept(lambda rate: 1.0 if rate < 0.05 else 0.1 if rate < 0.1 else 9.0).read()
    assert found.suggestion and found.falling
    assert found.suggestion == pytest.approx(found.falling[1] / 3)


def test_the_smoothed_losses_are_bias_corrected_averages() -> None:
    found = swept(bowl).read()
    expected = st.optimizers.exponential_average(found.losses, BETA)
    np.testing.assert_allclose(found.smoothed, expected, rtol=1e-12)


def test_differences_between_batches_do_not_count() -> None:
    noise = np.random.default_rng(0).uniform(0.5, 1.5, len(RATES))
    plain, noisy = swept(bowl).read(), swept(bowl, lambda k: float(noise[k])).read()
    assert plain.suggestion == pytest.approx(noisy.suggestion, rel=0.5)
    scale = swept(bowl, lambda k: 1000.0).read()
    assert scale.suggestion == plain.suggestion and scale.falling == plain.falling


def test_a_loss_that_does_not_fall_gives_no_suggestion() -> None:
    for course in (lambda rate: 1.0, lambda rate: 1.0 + 0.01 * rate, lambda rate: 1.0 - 1e-4):
        found = swept(course).read()
        assert found.suggestion is None and found.falling is None and not found.diverged
        assert str(found).startswith("no learning rate to suggest: the loss did not fall in 101 ")


def test_the_test_ends_where_the_loss_diverges() -> None:
    sweep = Sweep()
    sweep.add(0.1, 1.0, 1.0)
    assert not sweep.diverged
    sweep.add(0.2, math.inf, 1.0)
    assert sweep.diverged
    assert isinstance(sweep.read(), RateRange) and not Sweep().diverged
    ended = swept(lambda rate: 1.0 if rate < 0.01 else 0.1 if rate < 1.0 else math.nan)
    assert ended.diverged and ended.read().suggestion  # a user-defined step may give NaN
    higher = swept(lambda rate: 0.2 if rate < 0.1 else 1.7)
    assert not higher.diverged and 0.6 < max(higher.changes) < -min(higher.changes)
    risen = swept(lambda rate: 1.0 if rate < 0.01 else 1.2)
    assert risen.diverged and risen.changes[-1] > 0.1 >= risen.changes[-2]


def test_the_text_names_rate_range_and_end() -> None:
    found = RateRange(RATES, RATES, RATES, 0.0123, (0.001, 0.456), diverged=True)
    assert str(found) == (
        "learning rate 0.012: the loss fell from 0.001 to 0.46, in 101 batches at rates from "
        "0.0001 to 10, where it diverged"
    )

"""The courses' three learning rates on their table: one learns, one overshoots, one crawls."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.diagnosis.advice import rate_advice


def trained(rate: Any, **options: Any) -> Any:
    (x, y), _ = st.datasets.softmax_table.load_data()
    model = st.Sequential([st.layers.Dense(3, "softmax", input_shape=(3,))])
    model.compile(st.optimizers.SGD(rate), "categorical_crossentropy")
    return model.fit(x, y, check=False, seed=1, **{"verbose": 0, **options})


@pytest.mark.parametrize("epochs", [5, 30, 200])
@pytest.mark.parametrize("batch", [1, 8])
@pytest.mark.parametrize(
    ("rate", "advice"), [(0.01, None), (1.5, "overshoots"), (1e-5, "is too small; try 0.0001")]
)
def test_the_rate_is_spoken_of(rate: float, advice: str | None, epochs: int, batch: int) -> None:
    if rate == 1e-5 and batch == 1 and epochs == 200:
        pytest.skip("1,600 steps do move the loss")
    advised = trained(rate, epochs=epochs, batch_size=batch).advice
    assert advised == [] if advice is None else advice in advised[0]


def test_advice_is_printed_where_epochs_are(capsys: pytest.CaptureFixture[str]) -> None:
    trained(1.5, epochs=10, verbose=2)
    assert "\nadvice: the loss rose in " in capsys.readouterr().out
    trained(1.5, epochs=10)
    assert capsys.readouterr().out == ""


def test_a_loss_at_its_minimum_is_left_alone() -> None:
    assert list(rate_advice([0.0] * 10, lambda epoch: 0.1)) == []
    assert list(rate_advice([1.0, 0.5, 0.3, 0.299, 0.298, 0.2979], lambda epoch: 0.1)) == []


def test_evaluate_has_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    model.evaluate(st.ones((40, 2)), st.ones((40, 1)), verbose=2)
    assert re.match(r"2/2 - \d+s - loss: ", capsys.readouterr().out)


# ---------------------------------------------------------------- what is not the rate's fault


def digits() -> tuple[Any, Any]:
    (x, y), _ = st.datasets.digits.load_data()
    return np.float32(x.reshape(len(x), -1)[:500]) / 16.0, y[:500]


def found_in(layers: list[Any], optimizer: Any, loss: Any = None, **options: Any) -> list[Any]:
    model = st.Sequential(layers)
    model.compile(optimizer, loss or "sparse_categorical_crossentropy")
    return model.fit(*digits(), seed=1, verbose=0, **{"epochs": 12, **options}).findings


def dense(units: int, activation: Any = None, **options: Any) -> Any:
    return st.layers.Dense(units, activation, **options)


def test_a_schedule_is_judged_by_its_rates_not_by_its_last() -> None:
    late = st.schedules.PiecewiseConstantDecay([28], [1.5, 1e-6])
    (advice,) = trained(late, epochs=30).findings
    assert (advice.rule, advice.evidence["rate"]) == ("rate-overshoots", 1.5)
    model = [dense(32, "relu"), dense(10, "softmax")]
    gentle = st.schedules.OneCycle(0.2, total_steps=12 * 16)
    assert found_in(model, st.optimizers.SGD(gentle, 0.9)) == []


def test_a_rate_that_is_lowered_in_time_is_left_alone() -> None:
    history = trained(st.schedules.PiecewiseConstantDecay([40], [1.5, 0.05]), epochs=70)
    assert history.advice == []
    losses = history.history["loss"]
    assert [found.rule for found in rate_advice(losses, lambda epoch: 1.5)] == ["rate-overshoots"]


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_units_that_start_equal_are_named_not_the_rate(activation: str) -> None:
    layers = [
        dense(16, activation, kernel_initializer="zeros", name="first"),
        dense(10, "softmax", kernel_initializer="zeros"),
    ]
    (found,) = found_in(layers, st.optimizers.SGD(0.1))
    assert (found.rule, found.where.layer) == ("equal-units", "first")
    assert found.evidence == {"units": 16}


def rounded(y_true: Any, y_pred: Any) -> Any:
    return 3.0 + st.reduce_mean(st.round(y_pred) + 0.0 * y_pred, axis=-1)


def test_a_loss_without_gradient_is_named_not_the_rate() -> None:
    (found,) = found_in([dense(16, "tanh"), dense(1)], st.optimizers.SGD(0.1), rounded)
    assert found.rule == "zero-gradient"


def test_units_that_are_never_active_are_named_not_the_rate() -> None:
    layers = [dense(16, "relu", bias_initializer=st.initializers.Constant(-1e3)), dense(10)]
    loss = st.losses.SparseCategoricalCrossentropy(from_logits=True)
    (found,) = found_in(layers, st.optimizers.SGD(1e-4), loss)
    assert found.rule == "zero-gradient"


def test_a_second_fit_that_gains_little_is_left_alone() -> None:
    x, y = digits()
    model = st.Sequential([dense(10, "softmax")])
    model.compile(st.optimizers.SGD(1e-6), "sparse_categorical_crossentropy")
    (advice,) = model.fit(x, y, epochs=6, seed=1, verbose=0).advice
    assert "is too small" in advice
    assert model.fit(x, y, epochs=6, seed=2, verbose=0).advice == []


def test_rates_that_a_callback_sets_are_those_of_their_epochs() -> None:
    rates = [2.5] * 8 + [2.0] * 4
    callback = st.callbacks.LearningRateScheduler(lambda epoch: rates[epoch])
    (advice,) = trained(0.1, epochs=12, callbacks=[callback]).findings
    assert (advice.rule, advice.evidence["rate"]) == ("rate-overshoots", 2.5)


def test_a_rate_that_is_far_too_high_is_answered_by_one_that_learns() -> None:
    with pytest.warns(st.errors.TrainingWarning, match="start from its default 0.001, or measure"):
        (found,) = found_in([dense(32, "relu"), dense(10, "softmax")], st.optimizers.Adam(0.3))
    assert found.evidence["greatest"] == 0.1


SMALL, LARGE = "rate-too-small", "rate-overshoots"
SLOW = [100, 99.9, 99.8, 99.7, 99.6, 99.5, 99.4, 99.3, 99.2]
JUMPS = [100, 90, 104, 94, 108, 98, 112, 102]
BOTH_SIDES = {  # of each threshold: a course, the rate of its last epoch, and the advice
    "five epochs": ([100, 99, 98, 97, 96], 1.0, SMALL),
    "four epochs": ([100, 99, 98, 97], 1.0, None),
    "by less than 5 percent": ([100, 98.75, 97.5, 96.25, 95.01], 1.0, SMALL),
    "by 5 percent": ([100, 98.75, 97.5, 96.25, 95.0], 1.0, None),
    "half as fast as before": ([100, 99, 98, 97.5, 97.0], 1.0, SMALL),
    "slower than that": ([100, 99, 98, 97.5, 97.01], 1.0, None),
    "by less than 1 percent": ([100, 99.5, 99.1, 99.05, 99.01], 1.0, SMALL),
    "by 1 percent": ([100, 99.5, 99.1, 99.05, 99.0], 1.0, None),
    "falls in 8 of 10 epochs": ([*SLOW, 99.25, 99.3], 1.0, SMALL),
    "falls in 7 of 10 epochs": ([*SLOW[:-1], 99.35, 99.4, 99.45], 1.0, None),
    "an equal loss is a fall": ([100, 99.9, 99.9, 99.8, 99.7], 1.0, SMALL),
    "not finite": ([100, 99, 98, 97, math.nan], 1.0, None),
    "a loss that begins at 0": ([0.0, 0.0, 0.0, 0.0, 0.0], 1.0, None),
    "a rate of 0": ([100, 99, 98, 97, 96], 0.0, SMALL),
    "rises of 5 percent": ([100, 105, 100, 105, 100], 1.0, None),
    "rises of more": ([100, 105.1, 100, 105.1, 100], 1.0, LARGE),
    "rises in a quarter": ([1, 0.9, 1.3, 1.2, 1.1, 1.4, 1.3, 1.25, 1.2], 1.0, LARGE),
    "rises in less": ([1, 0.9, 1.3, 1.2, 1.1, 1.4, 1.3, 1.25, 1.2, 1.15], 1.0, None),
    "rises that undo 85 percent": ([*JUMPS, 92.6], 1.0, LARGE),
    "rises that undo less": ([*JUMPS, 92.5], 1.0, None),
    "leaps in a quarter": ([100, 50, 66, 40, 56, 30, 20, 10, 5], 1.0, LARGE),
    "leaps of 15 percent": ([100, 50, 65, 40, 55, 30, 20, 10, 5], 1.0, None),
    "a rate lowered to half": ([1.0, 1.2, 1.0, 1.2, 1.0], 0.5, LARGE),
    "a rate lowered by more": ([1.0, 1.2, 1.0, 1.2, 1.0], 0.49, None),
    "a rate lowered in vain": ([1.0, 1.2, 1.0, 1.2, 1.06], 0.49, LARGE),
    "and just not in vain": ([1.0, 1.2, 1.0, 1.2, 1.05], 0.49, None),
}


@pytest.mark.parametrize("name", BOTH_SIDES)
def test_advice_begins_at_its_thresholds(name: str) -> None:
    course, last, expected = BOTH_SIDES[name]
    found = list(rate_advice(course, lambda epoch: last if epoch == len(course) - 1 else 1.0))
    assert [finding.rule for finding in found] == ([expected] if expected else [])


def test_the_evidence_of_advice() -> None:
    (large,) = rate_advice([1.0, 1.2, 1.0, 1.2, 1.0], lambda epoch: 0.5 + epoch)
    assert large.evidence == {"rises": 2, "epochs": 4, "rate": 3.5, "suggested": 0.35}
    (small,) = rate_advice([200.0, 199, 198, 197, 196], lambda epoch: 0.5 - epoch / 10)
    assert small.evidence == {"epochs": 5, "gain": 0.02, "rate": 0.5, "suggested": 5.0}
    assert not list(rate_advice([200.0, 199, 198, 197, 196], lambda epoch: 0.0))
    assert not list(rate_advice([200.0, 199, 198, 197, 196], lambda epoch: 0.1, is_new=False))

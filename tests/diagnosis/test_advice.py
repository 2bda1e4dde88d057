"""The courses' three learning rates on their table: one learns, one overshoots, one crawls."""

from __future__ import annotations

import re
from typing import Any

import pytest

import steepest as st
from steepest.diagnosis.advice import rate_advice


def trained(rate: float, **options: Any) -> Any:
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
    assert list(rate_advice([0.0] * 10, 0.1)) == []
    assert list(rate_advice([1.0, 0.5, 0.3, 0.299, 0.298, 0.2979], 0.1)) == []


def test_evaluate_has_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    model.evaluate(st.ones((40, 2)), st.ones((40, 1)), verbose=2)
    assert re.match(r"2/2 - \d+s - loss: ", capsys.readouterr().out)

"""Tables with the columns of the training in another order, or with other columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import DataError, TrainingWarning

X = np.random.default_rng(0).standard_normal((20, 3)).astype("float32")


class Table:
    """The least of a frame."""

    def __init__(self, **columns: Any) -> None:
        self.column_names, self.columns = list(columns), list(columns.values())
        self.shape = (20, len(columns))


def trained() -> Any:
    model = st.Sequential([st.layers.Dense(1, input_shape=(3,))])
    model.compile("sgd", "mse")
    model.fit(Table(a=X[:, 0], b=X[:, 1], c=X[:, 2]), X.sum(1), verbose=0)
    return model


def test_columns_are_brought_into_the_order_of_the_training() -> None:
    model, moved = trained(), Table(c=X[:, 2], a=X[:, 0], b=X[:, 1])
    wanted = model.predict(X, verbose=0)
    with pytest.warns(TrainingWarning, match=r"brought into that order .*\['a', 'b', 'c'\]"):
        np.testing.assert_array_equal(model.predict(moved, verbose=0), wanted)
    with pytest.warns(TrainingWarning, match="in another order than in training"):
        np.testing.assert_array_equal(model.predict_on_batch(moved), wanted)
    with pytest.warns(TrainingWarning, match="in another order than in training"):
        loss = model.evaluate(moved, X.sum(1), verbose=0)
    assert loss == model.evaluate(X, X.sum(1), verbose=0)
    assert model.predict(X[:, ::-1], verbose=0).shape == (20, 1)  # an array has no names


def test_other_columns_are_refused() -> None:
    model = trained()
    with pytest.raises(DataError, match=r"\['b'\] are missing; \['d'\] were not there; choose"):
        model.predict(Table(a=X[:, 0], d=X[:, 1], c=X[:, 2]), verbose=0)
    more = Table(a=X[:, 0], b=X[:, 1], c=X[:, 2], y=X.sum(1))
    with pytest.raises(DataError, match=r"training: \['y'\] were not there"):
        model.evaluate(more, X.sum(1), verbose=0)


def test_a_file_of_the_model_or_of_its_weights_keeps_the_order(tmp_path: Any) -> None:
    model, moved = trained(), Table(c=X[:, 2], a=X[:, 0], b=X[:, 1])
    wanted = model.predict(X, verbose=0)
    model.save(tmp_path / "model")
    model.save_weights(tmp_path / "weights")
    fresh = st.Sequential([st.layers.Dense(1, input_shape=(3,))])
    fresh.load_weights(tmp_path / "weights")
    for again in (st.load_model(tmp_path / "model"), fresh):
        with pytest.warns(TrainingWarning, match="in another order than in training"):
            np.testing.assert_array_equal(again.predict(moved, verbose=0), wanted)

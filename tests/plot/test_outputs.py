"""Outputs of models as rows of numbers, labels as class numbers."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, DataError, ShapeError
from steepest.plot import outputs


def test_outputs_of_models_and_functions():
    model = st.Sequential([st.layers.Dense(2, kernel_initializer="ones", input_shape=(2,))])
    assert outputs.outputs_of("f", model, np.eye(2)).tolist() == [[1.0, 1.0], [1.0, 1.0]]

    class Other:
        def predict(self, x):
            return x.sum(axis=1)

    assert outputs.outputs_of("f", Other(), np.eye(2)).tolist() == [[1.0], [1.0]]


def test_a_model_with_several_outputs_is_refused():
    x = st.Input((2,))
    model = st.Model(x, [st.layers.Dense(1)(x), st.layers.Dense(1)(x)])
    with pytest.raises(ArgumentError, match="one output was expected, it has 2"):
        outputs.outputs_of("f", model, np.eye(2))
    with pytest.raises(ShapeError, match=r"numbers with shape \(rows,\) or \(rows, columns\)"):
        outputs.as_rows("f", "y", np.ones((2, 2, 2)))
    with pytest.raises(ShapeError, match="y: numbers"):
        outputs.as_rows("f", "y", ["a"])


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        ([0, 2], [0, 2]),
        ([[0.0], [1.0]], [0, 1]),
        ([True, False], [1, 0]),
        ([-1, 1, -1], [0, 1, 0]),
        (np.eye(3)[[2, 0]], [2, 0]),
    ],
)
def test_labels_as_class_numbers(labels, found):
    assert outputs.class_numbers("f", "y", labels).tolist() == found


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0.5, 1.0], "class numbers from 0, or one-hot rows were expected, got float64"),
        (["a", "b"], "class numbers from 0, or one-hot rows were expected"),
        ([], "class numbers from 0"),
        ([-2, 1], "from 0 to 2 were expected, got -2"),
        ([0, 3], "from 0 to 2 were expected, got 3"),
    ],
)
def test_wrong_labels_are_named(labels, message):
    with pytest.raises(DataError, match=f"f: y: .*{message}"):
        outputs.class_numbers("f", "y", labels, 3)

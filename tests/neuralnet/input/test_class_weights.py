"""Class weights of batches: one for each row, by any form of label."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError
from steepest.neuralnet.input.class_weights import weighing

X = st.zeros((3, 2))
WEIGHTS = {2: 4.0, 0: 1.0, 1: 2.5}


@pytest.mark.parametrize(
    "y",
    [
        st.constant([1, 0, 2]),
        st.constant([1.0, 0.0, 2.0]),
        st.constant([[1], [0], [2]]),
        st.constant([[0.0, 1, 0], [1, 0, 0], [0, 0, 1]]),
        st.constant([[0.3, 0.4, 0.3], [0.9, 0.1, 0.0], [0.0, 0.0, 1.0]]),
    ],
    ids=["integers", "floats", "a column", "one-hot", "probabilities"],
)
def test_each_row_has_the_weight_of_its_class(y: st.Tensor) -> None:
    x, labels, found = weighing(WEIGHTS)((X, y))
    assert x is X and labels is y
    assert found.dtype == np.float32 and found.tolist() == [2.5, 1.0, 4.0]
    *_, both = weighing(WEIGHTS)((X, y, st.constant([2.0, 3.0, 0.5])))
    assert both.tolist() == [5.0, 3.0, 2.0]


def test_a_class_without_weight_gives_nan_so_that_training_stops() -> None:
    *_, found = weighing({0: 1.0, 1: 2.0})((X, st.constant([1, 2, 900])))
    assert found.tolist()[0] == 2.0 and all(map(math.isnan, found.tolist()[1:]))


def test_preparation_comes_first() -> None:
    def prepare(data: Any) -> Any:
        return data[0] * 0.0, data[1] - 1

    *_, found = weighing(WEIGHTS, prepare)((X, st.constant([2, 1, 3])))
    assert found.tolist() == [2.5, 1.0, 4.0]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([1.0, 2.0], r"a dictionary of class to weight was expected, got \[1.0, 2.0\]"),
        ("balanced", "a dictionary of class to weight was expected, got 'balanced'"),
        ({0: 1.0, 2: 1.0}, r"for each class from 0 on was expected, got \[0, 2\]"),
        ({1: 1.0}, r"got \[1\]"),
    ],
)
def test_weights_of_all_classes_are_needed(given: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        weighing(given)


@pytest.mark.parametrize("batch", [X, (X,), (X, {"a": X}), [X, X]])
def test_batches_have_labels(batch: Any) -> None:
    with pytest.raises(ArgumentError, match="with one output of classes"):
        weighing(WEIGHTS)(batch)

"""Whether labels are classes, and how (n,) is matched to (n, 1), in every caller."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest import labels
from steepest.core.dtype import as_dtype
from steepest.errors import ShapeError
from steepest.evaluate import cross_validation
from steepest.neuralnet.input import accept

# Labels, and the class of each row, or None where rows name none.
READ: list[tuple[Any, list[Any] | None]] = [
    ([0, 1, 1], [0, 1, 1]),
    ([[3], [3], [7]], [3, 3, 7]),
    ([2.0, 0.0], [2.0, 0.0]),
    ([True, False], [True, False]),
    (["cat", "dog"], ["cat", "dog"]),
    ([[0, 1, 0], [1, 0, 0]], [1, 0]),
    ([[0.0, 1.0], [1.0, 0.0]], [1, 0]),
    ([[[1]], [[2]]], [1, 2]),
    ([0.5, 1.0], None),
    ([0.0, np.nan], None),
    (np.array([1, 2], as_dtype("bfloat16")), None),
    (np.array(["2024-01-01", "2024-01-02"], "datetime64[D]"), None),
    ([[0, 1, 1], [1, 0, 0]], None),
    ([[3, 1], [4, 2]], None),
    ([["a", "b"], ["c", "d"]], None),
    (np.zeros((2, 3, 3)), None),
    (5, None),
]


@pytest.mark.parametrize(("given", "classes"), READ)
def test_the_class_of_each_row(given: Any, classes: list[Any] | None) -> None:
    found = labels.class_of_each_row(np.asarray(given))
    assert (None if found is None else found.tolist()) == classes


@pytest.mark.parametrize(
    ("given", "rows_each", "expected"),
    [
        ([0, 1, 0, 1], 2, True),
        ([0, 1, 0], 2, False),
        ([0, 1, 0], 1, True),
        ([0, 1] * 3, 4, False),
        (np.repeat(np.arange(1000), 2), 2, True),
        (np.repeat(np.arange(1001), 2), 2, False),
        ([0.5, 0.5], 2, False),
        ([], 2, True),
    ],
)
def test_classes_have_rows_enough_and_are_not_too_many(
    given: Any, rows_each: int, expected: bool
) -> None:
    assert (labels.stratification(np.asarray(given), rows_each) is not None) is expected


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ([0, 1, 2] * 2, 3),
        ([[0], [0]], 1),
        ([1, 2] * 2, 0),
        ([0, 2] * 2, 0),
        ([0.0, 1.0] * 2, 0),
        ([0, 1, 1], 0),
        (np.eye(2, dtype=int), 0),
        (np.zeros(0, int), 0),
    ],
)
def test_classes_numbered_from_0(given: Any, count: int) -> None:
    assert labels.class_count(np.asarray(given)) == count


def feed_of(y: np.ndarray) -> Any:
    model = st.Sequential([st.layers.Input((1,)), st.layers.Dense(1)])
    return accept.intake(model, np.zeros((len(y), 1)), y, batch_size=2)


def test_fit_and_cross_validation_ask_the_same_question() -> None:
    for given, _ in READ:
        rows = np.asarray(given)
        if rows.dtype.kind not in "iuf" or not rows.ndim:
            continue
        repeated = np.concatenate([rows] * 3)
        feed = feed_of(repeated)
        assert (accept._stratification(feed) is None) is not (
            cross_validation._are_classes(repeated, 2)
        ), given


def test_several_labels_a_row_are_not_stratified_by_their_largest() -> None:
    both = np.array([[0, 1, 1], [1, 0, 0]] * 5)
    assert accept._stratification(feed_of(both)) is None


def test_weights_by_class_take_probabilities_and_refuse_quantities() -> None:
    weights = {0: 1.0, 1: 2.0}
    assert accept.combined_weights([[0.9, 0.1], [0.2, 0.8]], None, weights).tolist() == [1.0, 2.0]
    for wrong in ([0.5, 1.0], ["a", "b"], np.zeros((2, 3, 3))):
        with pytest.raises(st.errors.ArgumentError, match="the labels are no classes"):
            accept.combined_weights(wrong, None, weights)


def test_a_column_and_a_vector_are_matched_in_three_ways() -> None:
    """Losses refuse, metrics compare elements, fit gives labels the rank of the output."""
    vector, column = np.float32([0.0, 1.0]), np.float32([[0.25], [0.5]])
    for pair in ((vector, column), (column, vector)):
        with pytest.raises(st.errors.ShapeError, match=r"reshape\(-1, 1\)"):
            st.losses.MeanSquaredError()(*pair)
        assert st.metrics.accuracy(*pair).shape == (2,)
    model = st.Sequential([st.layers.Lambda(lambda x: x)])
    model.compile("sgd", "mse", metrics=["mse"])
    expected = np.mean((vector - column[:, 0]) ** 2)
    assert model.evaluate(column, vector, verbose=0) == pytest.approx([expected, expected])
    assert model.evaluate(vector, column, verbose=0) == pytest.approx([expected, expected])


@pytest.mark.parametrize(
    "true, pred, wanted",
    [
        ((4,), (4, 1), (4, 1)),
        ((4, 1), (4,), (4, 1)),
        ((4, 3), (4, 3), (4, 3)),
        ((4,), (4,), (4, 1)),
    ],
)
def test_labels_and_predictions_in_one_shape(true: Any, pred: Any, wanted: Any) -> None:
    found = labels.in_one_shape("mine", st.zeros(true), st.zeros(pred))
    assert [tensor.shape for tensor in found] == [wanted, wanted]


def test_labels_and_predictions_of_unequal_shapes() -> None:
    for true, pred in (((4, 2), (4, 3)), ((3,), (4, 1)), ((4, 1, 1), (4,))):
        with pytest.raises(ShapeError, match=r"mine: y_true has shape .*; they must be equal"):
            labels.in_one_shape("mine", st.zeros(true), st.zeros(pred))


@pytest.mark.parametrize(
    "output, target, wanted",
    [
        ((4, 1), (4,), (4, 1)), ((4, 2), (4,), (4,)), ((4,), (4, 1), (4,)),
        ((4,), (4, 2), (4, 2)), ((4, 1), (4, 1), (4, 1)),
    ],
)  # fmt: skip
def test_targets_in_the_rank_of_an_output(output: Any, target: Any, wanted: Any) -> None:
    assert labels.in_rank_of(st.zeros(output), st.zeros(target)).shape == wanted

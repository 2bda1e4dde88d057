"""Losses along other axes, sample weights of all shapes, and what their shapes must be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest import losses
from steepest.errors import ArgumentError, ShapeError
from steepest.losses.base import reduced, same_shape, weights_like
from steepest.losses.crossentropy import class_labels, probabilities

rng = np.random.default_rng(6)
P = rng.uniform(0.1, 0.9, (3, 4, 5))
HITS = (rng.uniform(size=P.shape) < 0.5).astype(float)
LABELS = rng.integers(0, 4, (3, 5))
ONE_HOT = np.moveaxis(np.eye(4)[LABELS], -1, 1)


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
@pytest.mark.parametrize("name", ["binary_crossentropy", "binary_focal_crossentropy", "cosine"])
def test_elementwise_losses_along_each_axis(name: str, axis: int) -> None:
    loss = losses.cosine_similarity if name == "cosine" else getattr(losses, name)
    found = loss(HITS, P, axis=axis).numpy()
    moved = loss(np.moveaxis(HITS, axis, -1), np.moveaxis(P, axis, -1)).numpy()
    np.testing.assert_allclose(found, moved, rtol=1e-5)


@pytest.mark.parametrize("logits", [False, True])
@pytest.mark.parametrize("axis", [1, -2])
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_losses_of_classes_along_another_axis(logits: bool, axis: int, smoothing: float) -> None:
    last, options = np.moveaxis(P, 1, -1), {"from_logits": logits}
    soft = {**options, "label_smoothing": smoothing}
    for kind in (losses.categorical_crossentropy, losses.categorical_focal_crossentropy):
        found = kind(ONE_HOT, P, axis=axis, **soft).numpy()
        wanted = kind(np.moveaxis(ONE_HOT, 1, -1), last, **soft).numpy()
        np.testing.assert_allclose(found, wanted, rtol=1e-5)
    sparse = losses.sparse_categorical_crossentropy
    found = sparse(LABELS, P, axis=axis, **options).numpy()
    np.testing.assert_allclose(found, sparse(LABELS, last, **options).numpy(), rtol=1e-5)


@pytest.mark.parametrize("axis", [None, 0, (1, 2), -1])
def test_overlaps_along_axes(axis: Any) -> None:
    both, y, p = (value.sum(axis) for value in (HITS * P, HITS, P))
    found = losses.dice(HITS, P, axis).numpy()
    np.testing.assert_allclose(found, 1 - 2 * both / (y + p), rtol=1e-5)
    found = losses.tversky(HITS, P, 0.3, 0.6, axis).numpy()
    wanted = 1 - both / (both + 0.3 * (p - both) + 0.6 * (y - both))
    np.testing.assert_allclose(found, wanted, rtol=1e-5)
    listed = list(axis) if isinstance(axis, tuple) else axis
    for kind in (losses.Dice(axis=listed), losses.Tversky(axis=listed)):
        assert kind(HITS, P).numpy().shape == ()


@pytest.mark.parametrize(
    ("weights", "values", "shape"),
    [
        (2.0, (3,), ()), ((3,), (3,), (3,)), ((3, 1), (3,), (3,)), ((3,), (3, 4), (3, 1)),
        ((3, 1), (3, 4), (3, 1)), ((3, 4), (3, 4), (3, 4)), ((3, 1, 1), (3, 4), (3, 1)),
        ((1,), (3, 4), (1, 1)), ((3, 4, 1), (3, 4), (3, 4)), ((3,), (3, 4, 5), (3, 1, 1)),
    ],
)  # fmt: skip
def test_weights_get_the_axes_of_the_values(weights: Any, values: Any, shape: Any) -> None:
    given = np.ones(weights) if isinstance(weights, tuple) else weights
    found = weights_like(given, st.zeros(values, "float64"))
    assert found.shape == shape and found.dtype.name == "float64"


@pytest.mark.parametrize("weights", [(4,), (3, 2), (3, 1, 1, 1), (3, 4, 2), (1, 3)])
def test_weights_of_another_shape_are_refused(weights: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match=r"does not fit losses of shape \(3, 4\)"):
        weights_like(np.ones(weights), st.zeros((3, 4)))


VALUES, WEIGHTS = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 3.0])
COUNTED = np.array([[True, False], [True, True]])


@pytest.mark.parametrize(
    ("reduction", "plain", "weighted", "counted", "both"),
    [
        ("sum", 10.0, 24.0, 8.0, 22.0),
        ("mean", 2.5, 6.0, 8 / 3, 22 / 3),
        ("sum_over_batch_size", 2.5, 6.0, 8 / 3, 22 / 3),
        ("mean_with_sample_weight", 2.5, 3.0, 8 / 3, 22 / 7),
    ],
)
def test_reductions_of_what_counts(
    reduction: str, plain: float, weighted: float, counted: float, both: float
) -> None:
    values = st.constant(VALUES)
    marks = st.constant(COUNTED)
    found = [
        reduced(values, None, None, reduction), reduced(values, WEIGHTS, None, reduction),
        reduced(values, None, marks, reduction), reduced(values, WEIGHTS, marks, reduction),
    ]  # fmt: skip
    assert [each.item() for each in found] == pytest.approx([plain, weighted, counted, both])
    for none in (None, "none"):
        assert reduced(values, WEIGHTS, marks, none).tolist() == [[1.0, 0.0], [9.0, 12.0]]


def test_nothing_that_counts_gives_zero() -> None:
    values, none = st.constant(VALUES), st.constant(np.zeros((2, 2), bool))
    assert reduced(values, None, none).item() == 0.0
    assert reduced(values, [0.0, 0.0], None, "mean_with_sample_weight").item() == 0.0


def test_class_numbers_are_one_a_row_or_a_column() -> None:
    p = st.zeros((2, 3))
    for y in ([2, 0], [[2], [0]], [[2.0], [0.0]], np.array([2, 0], "uint8")):
        found = class_labels("a loss", y, p)
        assert found.tolist() == [2, 0] and found.dtype.name == "int64"
    assert class_labels("a loss", 1, st.zeros(3)).tolist() == 1
    for y, hint in (([[2, 0, 1], [1, 0, 2]], "categorical form$"), ([2, 0, 1], r"\(2,\)$")):
        with pytest.raises(ShapeError, match=hint):
            class_labels("a loss", y, p)
    with pytest.raises(ShapeError, match="a loss: y_pred is a single number"):
        class_labels("a loss", 0, st.constant(1.0))


def test_probabilities_add_up_to_one_and_stay_away_from_0_and_1() -> None:
    found = probabilities(st.constant([[0.0, 4.0], [0.0, 0.0], [1.0, 1.0]], "float64")).numpy()
    np.testing.assert_allclose(found, [[1e-7, 1 - 1e-7], [1e-7, 1e-7], [0.5, 0.5]])


def test_shapes_must_be_equal() -> None:
    same_shape("a loss", st.zeros((2, 3)), st.zeros((2, 3)))
    with pytest.raises(ShapeError, match=r"a loss: y_true has shape \(2, 3\) and y_pred has shape"):
        same_shape("a loss", st.zeros((2, 3)), st.zeros((2, 4)))


def test_a_subclass_with_another_formula_has_no_squared_residuals() -> None:
    class Own(losses.MeanSquaredError):
        def call(self, y_true: Any, y_pred: Any) -> Any:
            return super().call(y_true, y_pred)

    assert losses.MeanSquaredError().squared_residuals and not Own().squared_residuals
    assert not losses.MeanAbsoluteError().squared_residuals


def test_names_of_losses_and_options_of_functions() -> None:
    loss = losses.LossFunction(losses.huber, delta=2.0)
    assert (loss.name, loss.__name__, loss.options) == ("huber", "huber", {"delta": 2.0})
    assert losses.LossFunction(losses.huber, name="mine", delta=2.0).name == "mine"
    assert loss.is_argument("delta") and not loss.is_argument("tau")
    assert loss([[0.0]], [[4.0]]).item() == 6.0
    with pytest.raises(ArgumentError, match="returned nothing; end it with return"):
        losses.LossFunction(lambda y_true, y_pred: None)([[0.0]], [[0.0]])

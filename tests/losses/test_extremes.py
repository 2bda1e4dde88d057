"""Losses are finite at 0, at 1 and for any logit, and use the logits behind an activation."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import activations, losses
from steepest.errors import DataError

SURE = [[1.0, 0.0], [0.0, 1.0]]
MIXED = [[0.0, 1.0], [1.0, 0.0]]


@pytest.mark.parametrize(
    "loss",
    [
        losses.BinaryCrossentropy(),
        losses.CategoricalCrossentropy(),
        losses.BinaryFocalCrossentropy(gamma=0.5),
        losses.CategoricalFocalCrossentropy(gamma=0.5),
        losses.KLDivergence(),
        losses.Poisson(),
        losses.CosineSimilarity(),
        losses.Dice(),
        losses.Tversky(),
        losses.MeanAbsolutePercentageError(),
        losses.MeanSquaredLogarithmicError(),
    ],
    ids=lambda loss: loss.name,
)
@pytest.mark.parametrize("p", [SURE, [[0.0, 0.0], [0.0, 0.0]]])
def test_zeros_and_ones_give_finite_losses_and_derivatives(loss, p):
    for y in (SURE, MIXED, [[0.0, 0.0], [0.0, 0.0]]):
        assert np.isfinite(loss(y, p).numpy())
        assert np.isfinite(loss.derivative(y, p).numpy()).all()


def test_a_certain_wrong_prediction_costs_the_logarithm_of_the_clipping_bound():
    wrong = losses.BinaryCrossentropy()([[1.0]], [[0.0]]).item()
    assert wrong == pytest.approx(-np.log(1e-7), rel=1e-5)
    sparse = losses.SparseCategoricalCrossentropy()([0], [[0.0, 1.0]]).item()
    assert sparse == pytest.approx(-np.log(1e-7), rel=1e-5)


@pytest.mark.parametrize("size", [10.0, 100.0, 1e4, 1e30])
def test_logits_of_any_size(size):
    binary = losses.BinaryCrossentropy(from_logits=True, reduction=None)
    x = [[-size], [size]]
    np.testing.assert_allclose(binary([[1.0], [1.0]], x).numpy(), [size, 0.0], rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(
        binary.derivative([[1.0], [1.0]], x).numpy(), [[-1.0], [0.0]], atol=1e-4
    )
    sparse = losses.SparseCategoricalCrossentropy(from_logits=True, reduction=None)
    categorical = losses.CategoricalCrossentropy(from_logits=True, reduction=None)
    x = [[size, 0.0], [size, 0.0]]
    for found in (sparse([1, 0], x), categorical([[0.0, 1.0], [1.0, 0.0]], x)):
        np.testing.assert_allclose(found.numpy(), [size, 0.0], rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(
        sparse.derivative([1, 0], x).numpy(), [[1.0, -1.0], [0.0, 0.0]], atol=1e-4
    )


def test_the_derivative_at_a_logit_of_zero_is_a_half():
    loss = losses.BinaryCrossentropy(from_logits=True)
    assert loss.derivative([[1.0]], [[0.0]]).item() == -0.5


def test_a_logit_of_minus_infinity_is_an_impossible_class():
    x = [[0.0, -np.inf, 0.0]]
    sparse = losses.SparseCategoricalCrossentropy(from_logits=True)
    categorical = losses.CategoricalCrossentropy(from_logits=True)
    for loss, y in ((sparse, [0]), (categorical, [[1.0, 0.0, 0.0]])):
        assert loss(y, x).item() == pytest.approx(np.log(2.0))
        np.testing.assert_allclose(loss.derivative(y, x).numpy(), [[-0.5, 0.0, 0.5]])
    assert sparse([1], x).item() == np.inf


# ---------------------------------------------------------------- behind an activation


def through(activation, loss, y, x):
    """Value and derivative by x of a loss of an activation's output."""
    logits = st.constant(x)
    with st.GradientTape() as tape:
        tape.watch(logits)
        value = loss(y, activation(logits))
    return value.numpy(), tape.gradient(value, logits).numpy()


CASES = [
    (activations.softmax, losses.SparseCategoricalCrossentropy, [0, 1]),
    (activations.softmax, losses.CategoricalCrossentropy, [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]),
    (activations.sigmoid, losses.BinaryCrossentropy, [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]),
]


@pytest.mark.parametrize(("activation", "kind", "y"), CASES)
def test_the_loss_of_probabilities_is_that_of_their_logits(activation, kind, y):
    x = [[-300.0, 300.0, 1.0], [50.0, 40.0, 0.0]]
    value, slope = through(activation, kind(), y, x)
    wanted, wanted_slope = through(lambda logits: logits, kind(from_logits=True), y, x)
    np.testing.assert_array_equal(value, wanted)
    np.testing.assert_array_equal(slope, wanted_slope)
    assert value > 20.0  # more than 1e-7 would allow


@pytest.mark.parametrize(
    ("shape", "made", "used", "is_same"),
    [
        ((2,), 0, -1, True),
        ((2,), -1, 0, True),
        ((2, 2), 1, -1, True),
        ((2, 2), 0, -2, True),
        ((2, 2), 0, -1, False),
        ((2, 2), -1, 0, False),
        ((2, 2, 2), 0, -3, True),
        ((2, 2, 2), -1, 2, True),
        ((2, 2, 2), 1, -1, False),
        ((2, 2, 2), 2, 1, False),
    ],
)
def test_logits_are_used_where_both_are_along_one_axis(shape, made, used, is_same):
    first = np.zeros(shape, np.float32)
    np.moveaxis(first, made, -1)[..., 0] = 1.0
    p = activations.softmax(st.constant(-300.0 * first), axis=made)
    value = losses.categorical_crossentropy(first, p, axis=used).numpy()
    assert (value.max() == 300.0) == is_same


def test_the_derivative_is_probability_minus_target(rng):
    x, y = rng.normal(size=(5, 3)).astype("float32"), np.array([0, 2, 1, 1, 0])
    _, slope = through(activations.softmax, losses.SparseCategoricalCrossentropy(), y, x)
    p = st.softmax(x).numpy()
    np.testing.assert_allclose(slope, (p - np.eye(3)[y]) / 5.0, atol=1e-7)


def test_it_holds_inside_a_recorded_program():
    w = st.Variable([[-300.0, 300.0]])
    loss = losses.SparseCategoricalCrossentropy()

    @st.function
    def step(y):
        with st.GradientTape() as tape:
            value = loss(y, activations.softmax(w))
        return value, tape.gradient(value, w)

    value, slope = step(np.array([0]))
    assert value.item() == 600.0
    assert slope.tolist() == [[-1.0, 1.0]]


@pytest.mark.parametrize(("activation", "kind", "y"), CASES)
def test_the_derivative_by_probabilities_does_not_use_their_logits(activation, kind, y):
    p = activation(st.constant([[0.1, 0.5, 0.2], [0.3, -0.4, 0.1]]))
    found = kind().derivative(y, p).numpy()
    np.testing.assert_array_equal(found, kind().derivative(y, p.numpy()).numpy())
    assert np.any(found)


def test_logits_of_another_activation_or_axis_are_not_used():
    x = st.constant([[-300.0, 300.0], [0.0, 0.0]])
    wrong = losses.BinaryCrossentropy()([[1.0, 0.0], [1.0, 0.0]], activations.softmax(x))
    assert wrong.item() < 20.0  # from probabilities, clipped
    other = losses.CategoricalCrossentropy()([[1.0, 0.0], [1.0, 0.0]],
                                             activations.softmax(x, axis=0))  # fmt: skip
    assert other.item() < 20.0


# ---------------------------------------------------------------- labels


def test_a_label_outside_the_classes_is_shown_with_its_row():
    with pytest.raises(DataError, match=r"y_true\[1\] is 3, outside the classes 0\.\.2"):
        losses.SparseCategoricalCrossentropy()([0, 3], [[0.2, 0.3, 0.5]] * 2)
    with pytest.raises(DataError, match=r"y_true\[0, 1\] is -1"):
        losses.sparse_categorical_crossentropy([[0, -1]], [[[0.5, 0.5], [0.5, 0.5]]])


@pytest.mark.parametrize("ignored", [-1, 1, 255])
def test_ignored_classes_count_neither_in_sum_nor_mean(ignored):
    loss = losses.SparseCategoricalCrossentropy(ignore_class=ignored)
    p = np.array([[0.2, 0.3, 0.5], [0.9, 0.05, 0.05], [0.1, 0.1, 0.8]])
    wanted = (-np.log(0.2) - np.log(0.8)) / 2
    assert loss([0, ignored, 2], p).item() == pytest.approx(wanted, rel=1e-6)
    assert not loss.derivative([0, ignored, 2], p).numpy()[1].any()
    weighted = loss([0, ignored, 2], p, sample_weight=[1.0, 5.0, 3.0])
    assert weighted.item() == pytest.approx((-np.log(0.2) - 3 * np.log(0.8)) / 2, rel=1e-6)
    assert loss([ignored, ignored, ignored], p).item() == 0.0

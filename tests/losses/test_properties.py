"""Properties of losses that hold for all inputs."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as some

import steepest as st
from steepest import losses

sizes = some.tuples(some.integers(1, 6), some.integers(2, 5))
REGRESSION = [losses.MeanSquaredError(), losses.MeanAbsoluteError(), losses.Huber(),
              losses.LogCosh()]  # fmt: skip


def drawn(seed, size, spread=3.0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, size[1], size[0])
    return rng.normal(0.0, spread, size), np.eye(size[1])[labels], labels


@given(some.integers(0, 2**31), sizes, some.floats(-50, 50))
def test_a_shift_of_all_logits_changes_nothing(seed, size, shift):
    x, y, labels = drawn(seed, size)
    for loss, truth in (
        (losses.CategoricalCrossentropy(from_logits=True, reduction=None), y),
        (losses.SparseCategoricalCrossentropy(from_logits=True, reduction=None), labels),
    ):
        np.testing.assert_allclose(loss(truth, x + shift).numpy(), loss(truth, x).numpy(),
                                   rtol=1e-9, atol=1e-9)  # fmt: skip


@given(some.integers(0, 2**31), sizes)
def test_a_softmax_of_two_classes_is_a_sigmoid(seed, size):
    x, _, _ = drawn(seed, (size[0], 2))
    y = np.random.default_rng(seed).integers(0, 2, size[0])
    sparse = losses.SparseCategoricalCrossentropy(from_logits=True)
    binary = losses.BinaryCrossentropy(from_logits=True)
    difference = x[:, 1:] - x[:, :1]
    np.testing.assert_allclose(
        sparse(y, x).numpy(), binary(y[:, None], difference).numpy(), rtol=1e-9, atol=1e-12
    )


@given(some.integers(0, 2**31), sizes)
def test_sparse_and_one_hot_targets_cost_the_same(seed, size):
    x, y, labels = drawn(seed, size)
    p = st.softmax(x)
    for options, given_ in (({"from_logits": True}, x), ({}, p)):
        np.testing.assert_allclose(
            losses.SparseCategoricalCrossentropy(**options)(labels, given_).numpy(),
            losses.CategoricalCrossentropy(**options)(y, given_).numpy(),
            rtol=1e-6,
        )


@given(some.integers(0, 2**31), sizes)
def test_the_derivatives_by_a_row_of_logits_add_up_to_zero(seed, size):
    x, y, labels = drawn(seed, size)
    for loss, truth in (
        (losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1), y),
        (losses.SparseCategoricalCrossentropy(from_logits=True), labels),
    ):
        np.testing.assert_allclose(loss.derivative(truth, x).numpy().sum(1), 0.0, atol=1e-12)


@given(some.integers(0, 2**31), sizes)
def test_errors_have_a_positive_loss_and_equal_predictions_none(seed, size):
    x, y, _ = drawn(seed, size)
    for loss in REGRESSION:
        assert loss(y, x).item() > 0.0
        assert loss(y, y).item() == 0.0
        assert not loss.derivative(y, y).numpy().any()


@given(some.integers(0, 2**31), sizes)
def test_integer_weights_repeat_examples(seed, size):
    x, y, _ = drawn(seed, size)
    times = np.random.default_rng(seed).integers(0, 4, size[0])
    for loss in (losses.MeanSquaredError(reduction="sum"),
                 losses.CategoricalCrossentropy(from_logits=True, reduction="sum")):  # fmt: skip
        repeated = loss(np.repeat(y, times, 0), np.repeat(x, times, 0)).numpy()
        np.testing.assert_allclose(loss(y, x, times).numpy(), repeated, rtol=1e-9, atol=1e-12)

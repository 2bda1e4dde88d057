"""The cross-entropies of logits: derivatives at 0, logits of -inf, agreement with the losses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.functions import crossentropies

INF = float("inf")


def test_the_derivative_of_the_sigmoids_is_exact_at_0() -> None:
    """s(x) - z for each pair of a logit 0 and a label, and twice: the second is s(x) (1 - s(x))."""
    x, z = st.constant([0.0, 0.0, 0.0]), [0.0, 0.25, 1.0]
    with st.GradientTape() as outer:
        outer.watch(x)
        with st.GradientTape() as inner:
            inner.watch(x)
            loss = st.nn.sigmoid_cross_entropy_with_logits(z, x)
        slope = inner.gradient(loss, x)
    assert slope.tolist() == [0.5, 0.25, -0.5]
    assert outer.gradient(slope, x).tolist() == [0.25, 0.25, 0.25]


def test_the_derivative_by_the_labels() -> None:
    for function, expected in (
        (st.nn.sigmoid_cross_entropy_with_logits, [[-1.0, 2.0]]),
        (st.nn.softmax_cross_entropy_with_logits, [[3.048587, 0.048587]]),
    ):
        x = np.float32([[1.0, -2.0]]) if "sigmoid" in function.__name__ else [[0.0, 3.0]]
        (slope,) = st.gradients(lambda z, f=function, x=x: f(z, x), [[0.5, 0.5]])
        np.testing.assert_allclose(slope.numpy(), expected, rtol=1e-5)


def test_a_logit_of_minus_infinity_is_a_class_of_probability_0() -> None:
    x = st.constant([[0.0, -INF, 0.0]])
    for call in (
        lambda x: st.nn.softmax_cross_entropy_with_logits([[1.0, 0.0, 0.0]], x),
        lambda x: st.nn.sparse_softmax_cross_entropy_with_logits([0], x),
    ):
        np.testing.assert_allclose(call(x).numpy(), [np.log(2.0)], rtol=1e-6)
        (slope,) = st.gradients(call, x)
        np.testing.assert_allclose(slope.numpy(), [[-0.5, 0.0, 0.5]], rtol=1e-6)


@pytest.mark.parametrize("shape", [(2, 3), (2, 2, 3)])
def test_the_loss_from_logits_is_the_same_function(shape: tuple[int, ...]) -> None:
    generator = np.random.default_rng(0)
    x = generator.normal(size=shape).astype(np.float32)
    labels = generator.integers(0, 3, shape[:-1])
    hot = np.eye(3, dtype=np.float32)[labels]
    for ours, loss in (
        (st.nn.sparse_softmax_cross_entropy_with_logits(labels, x),
         st.losses.sparse_categorical_crossentropy(labels, x, from_logits=True)),
        (st.nn.softmax_cross_entropy_with_logits(hot, x),
         st.losses.categorical_crossentropy(hot, x, from_logits=True)),
        (st.reduce_mean(st.nn.sigmoid_cross_entropy_with_logits(hot, x), -1),
         st.losses.binary_crossentropy(hot, x, from_logits=True)),
    ):  # fmt: skip
        np.testing.assert_array_equal(ours.numpy(), loss.numpy())


@pytest.mark.parametrize(
    ("labels", "logits"), [([[0]], [[0.0, 1.0]]), ([0, 1], [[0.0, 1.0]]), (0, 1.0)]
)
def test_sparse_labels_need_one_row_of_logits_each(labels: Any, logits: Any) -> None:
    with pytest.raises(st.errors.ShapeError, match="one class number for each row of logits"):
        st.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)


def test_a_label_that_is_ignored_adds_the_normaliser_alone() -> None:
    """What `ignore_class` masks afterwards must be finite, or its derivative would be NaN."""
    assert crossentropies.at_labels(st.constant([-1]), st.constant([[0.0, 0.0]])).item() == (
        pytest.approx(np.log(2.0))
    )

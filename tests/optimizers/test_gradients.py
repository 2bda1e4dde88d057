"""Gradients before the update: checked, accumulated and clipped."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import optimizers
from steepest.errors import ArgumentError, ShapeError
from steepest.optimizers.gradients import accumulated


def test_a_missing_gradient_is_named():
    w, b = st.Variable([1.0], name="w"), st.Variable([1.0], name="b")
    with pytest.warns(UserWarning, match="b: no update"):
        optimizers.SGD(1.0).apply([[1.0], None], [w, b])
    assert (w.item(), b.item()) == (0.0, 1.0)
    with pytest.raises(ArgumentError, match=r"no gradients for any variable \(w, b\)"):
        optimizers.SGD().apply([None, None], [w, b])


def test_gradients_must_fit_the_variables():
    w = st.Variable([1.0, 2.0], name="w")
    with pytest.raises(ShapeError, match=r"'w' has shape \(1,\).*\(2,\)"):
        optimizers.SGD().apply([[1.0]], [w])
    with pytest.raises(ArgumentError, match="2 gradients for 1"):
        optimizers.SGD().apply([[1.0, 2.0], [1.0]], [w])


def test_the_global_norm_is_that_of_all_gradients():
    v, w = st.Variable([0.0]), st.Variable([0.0])
    optimizers.SGD(1.0, global_clipnorm=1.0).apply([[3.0], [4.0]], [v, w])
    np.testing.assert_allclose([v.numpy()[0], w.numpy()[0]], [-0.6, -0.8], rtol=1e-6)


def test_clipnorm_is_the_norm_of_each_gradient():
    v, w = st.Variable([0.0]), st.Variable([0.0])
    optimizers.SGD(1.0, clipnorm=1.0).apply([[3.0], [0.5]], [v, w])
    np.testing.assert_allclose([v.numpy()[0], w.numpy()[0]], [-1.0, -0.5], rtol=1e-6)


def test_sums_are_returned_as_means_and_cleared_when_an_update_is_due():
    total, gradient = st.Variable([0.0]), st.constant([3.0])
    means = [accumulated([gradient], [total], 3, st.constant(step))[0].item() for step in range(3)]
    assert means == [1.0, 2.0, 3.0]
    assert total.item() == 0.0


def test_what_are_no_pairs_of_gradients_and_variables():
    w = st.Variable([1.0], name="w")
    for wrong in ([1.0], [(1.0, w, 2)], None):
        with pytest.raises(ArgumentError, match=r"apply_gradients: pairs \(gradient, variable\)"):
            st.optimizers.SGD().apply_gradients(wrong)
    with pytest.raises(ArgumentError, match=r"got \[1\.0\] for the variable; give \(gradient, var"):
        st.optimizers.SGD().apply([w], [[1.0]])

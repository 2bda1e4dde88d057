"""The matrix product: NumPy's, with transposes, vectors and stacks."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.core.matmul import swap_last
from steepest.errors import ShapeError

A, B = np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(3, 4)


@pytest.mark.parametrize("left", [A, A[0], np.stack([A, A + 1])])
@pytest.mark.parametrize("right", [B, B[:, 0], np.stack([B, B * 2])])
def test_products_of_matrices_vectors_and_stacks(left: np.ndarray, right: np.ndarray) -> None:
    np.testing.assert_array_equal(st.matmul(left, right), left @ right)


def test_transposed_factors() -> None:
    np.testing.assert_array_equal(st.matmul(A.T, B, transpose_a=True), A @ B)
    np.testing.assert_array_equal(st.matmul(A, B.T, transpose_b=True), A @ B)
    stack = np.arange(24.0).reshape(2, 3, 4)
    np.testing.assert_array_equal(swap_last(stack), np.swapaxes(stack, -1, -2))
    with pytest.raises(ShapeError, match=r"a matrix has at least two axes, got shape \(3,\)"):
        st.matmul(A[0], B, transpose_a=True)


def test_truth_values_are_counted() -> None:
    product = st.matmul(np.array([[True, True]]), np.array([[True], [True]]))
    assert product.tolist() == [[2]] and product.dtype == st.int32


@pytest.mark.parametrize("left, right", [(2.0, B), (A, 2.0), (2.0, 3.0)])
def test_a_number_is_no_matrix(left: object, right: object) -> None:
    with pytest.raises(ShapeError, match=r"a single number is not a matrix; use \* to scale"):
        st.matmul(left, right)

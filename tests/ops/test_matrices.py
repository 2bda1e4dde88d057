"""Matrices, against numbers that Keras 3.15.1 gave."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError

TALL = np.array([[1, 1], [1, 2], [1, 3]], np.float32)


def near(found: object, known: object) -> None:
    np.testing.assert_allclose(np.asarray(found), known, rtol=1e-5, atol=1e-6)


def test_triangular_systems_read_one_triangle() -> None:
    near(st.ops.solve_triangular([[2.0, 9.0], [1.0, 3.0]], [2.0, 4.0], lower=True), [1, 1])
    upper = st.ops.solve_triangular([[2.0, 1.0], [7.0, 3.0]], [[2.0, 4.0], [1.0, 1.0]])
    near(upper, [[0.8333333, 1.8333333], [0.3333333, 0.3333333]])


def test_least_squares() -> None:
    near(st.ops.lstsq(TALL, np.float32([1, 2, 2])), [0.6666667, 0.5])
    near(st.ops.lstsq(TALL, np.float32([[1], [2], [2]])), [[0.6666667], [0.5]])
    near(st.ops.pinv(TALL), [[1.3333333, 0.3333333, -0.6666667], [-0.5, 0.0, 0.5]])


def test_singular_values_are_in_the_middle() -> None:
    given = np.array([[0, 2], [3, 0], [0, 0]], np.float32)
    u, s, vh = st.ops.svd(given)
    assert u.shape == (3, 3) and vh.shape == (2, 2)
    near(s, [3, 2])
    u, s, vh = st.ops.svd(given, full_matrices=False)
    near(st.matmul(u * s, vh), given)
    near(st.ops.svd(given, compute_uv=False), [3, 2])


def test_factors_and_eigenvalues() -> None:
    near(st.ops.eigh([[2.0, 1.0], [1.0, 2.0]])[0], [1, 3])
    q, r = st.ops.qr(TALL)
    near(st.matmul(q, r), TALL)
    assert [part.shape for part in st.ops.qr(TALL, mode="complete")] == [(3, 3), (3, 2)]
    with pytest.raises(ArgumentError, match="'reduced' or 'complete', got 'raw'"):
        st.ops.qr(TALL, mode="raw")
    known = [[0.2777778, -0.0555556], [-0.0555556, 0.1111111]]
    near(st.ops.cholesky_inverse([[2.0, 0.0], [1.0, 3.0]]), known)
    near(st.ops.cholesky_inverse([[2.0, 1.0], [0.0, 3.0]], upper=True), known)
    assert st.ops.matrix_rank([[5.0, 0.0], [0.0, 1.0]], tol=2.0).item() == 1


def test_distances() -> None:
    near(st.ops.cdist([[3.0, 1.0, 2.0], [9.0, 7.0, 8.0]], [[3.0, 1.0, 2.0]]), [[0], [10.392305]])
    assert st.ops.cdist(np.ones((5, 2, 3)), np.ones((5, 4, 3))).shape == (5, 2, 4)

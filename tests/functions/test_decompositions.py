"""Decompositions: known answers, errors, and derivatives of symmetric matrices."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import NumericalError, ShapeError, TraceError

A = np.array([[4.0, 1.0], [2.0, 3.0]])
TALL = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]])


def test_lstsq_solves_as_tensorflow() -> None:
    found = st.linalg.lstsq(A, [[1.0], [2.0]])
    np.testing.assert_allclose(found, [[0.1], [0.6]], rtol=1e-12)
    penalised = st.linalg.lstsq(TALL, [[1.0], [2.0], [3.0]], l2_regularizer=0.5)
    wanted = np.linalg.solve(TALL.T @ TALL + 0.5 * np.eye(2), TALL.T @ [[1.0], [2.0], [3.0]])
    np.testing.assert_allclose(penalised, wanted, rtol=1e-12)


def test_lstsq_of_dependent_columns_is_the_shortest() -> None:
    matrix = np.array([[1.0, 1.0], [2.0, 2.0]])
    np.testing.assert_allclose(st.linalg.lstsq(matrix, [[2.0], [4.0]]), [[1.0], [1.0]], rtol=1e-9)


def test_full_matrices() -> None:
    _, u, v = st.linalg.svd(TALL, full_matrices=True)
    assert (u.shape, v.shape) == ((3, 3), (2, 2))
    q, r = st.linalg.qr(TALL, full_matrices=True)
    np.testing.assert_allclose(q @ r, TALL, rtol=1e-12)


def test_the_derivatives_of_eigenvalues_and_vectors() -> None:
    def both(x: st.Tensor) -> list[st.Tensor]:
        values, vectors = st.linalg.eigh(x + st.transpose(x))
        return [values * [1.0, 2.0], vectors * [[1.0, 3.0], [2.0, 4.0]]]

    assert st.gradcheck(both, A)


def test_rank_and_exponential() -> None:
    assert st.linalg.matrix_rank(TALL).item() == 2
    assert st.linalg.matrix_rank(TALL).dtype == st.int32
    np.testing.assert_allclose(st.linalg.expm(np.zeros((2, 2))), np.eye(2))
    turn = st.linalg.expm([[0.0, -np.pi], [np.pi, 0.0]])
    np.testing.assert_allclose(turn, -np.eye(2), atol=1e-5)


def test_errors_name_what_is_wrong() -> None:
    with pytest.raises(ShapeError, match=r"svd: a matrix has at least two axes, got shape \(2,\)"):
        st.linalg.svd([1.0, 2.0])
    with pytest.raises(ShapeError, match="eigh: square matrices were expected"):
        st.linalg.eigh(TALL)
    with pytest.raises(ShapeError, match="lstsq: rhs must hold 3 rows"):
        st.linalg.lstsq(TALL, [[1.0], [2.0]])
    with pytest.raises(NumericalError, match="qr: nan is at index"):
        st.linalg.qr([[np.nan, 1.0], [1.0, 1.0]])
    with pytest.raises(TraceError, match=r"st\.linalg\.svd cannot be part of a recorded program"):
        st.function(st.linalg.svd)(st.constant(A))

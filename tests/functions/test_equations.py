"""Systems of equations: known answers, derivatives of first and second order, refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import NumericalError, ShapeError

rng = np.random.default_rng(0)
A = st.constant(rng.normal(size=(2, 3, 3)), "float64")
B = st.constant(rng.normal(size=(2, 3, 2)), "float64")
S = st.matmul(A, A, transpose_b=True) + st.eye(3, dtype="float64")


def symmetric(x: Any) -> Any:
    return 0.5 * (x + st.linalg.matrix_transpose(x))


FUNCTIONS: dict[str, tuple[Callable[..., Any], Any]] = {
    "inv": (st.linalg.inv, A),
    "adjoint inv": (lambda x: st.linalg.inv(x, adjoint=True), A),
    "solve for matrices": (lambda x: st.linalg.solve(x, B), A),
    "solve for sides": (lambda x: st.linalg.solve(A, x, adjoint=True), B),
    "solve many by one": (lambda x: st.linalg.solve(x, B), A[0]),
    "det": (st.linalg.det, A),
    "slogdet": (lambda x: st.linalg.slogdet(x)[1], A),
    "cholesky": (lambda x: st.linalg.cholesky(symmetric(x)), S),
    "cholesky_solve": (lambda x: st.linalg.cholesky_solve(st.linalg.cholesky(symmetric(x)), B), S),
}
EACH = pytest.mark.parametrize("name", sorted(FUNCTIONS))


def test_known_answers():
    x = [[4.0, 2.0], [2.0, 5.0]]
    assert st.linalg.cholesky(x).tolist() == [[2.0, 0.0], [1.0, 2.0]]
    assert st.linalg.det(x).item() == pytest.approx(16.0)
    assert st.linalg.inv(x).numpy() * 16 == pytest.approx(np.array([[5.0, -2.0], [-2.0, 4.0]]))
    assert st.linalg.solve(x, [[8.0], [12.0]]).numpy() == pytest.approx(np.array([[1.0], [2.0]]))
    sign, size = st.linalg.slogdet([[0.0, 1e-30], [1e-30, 0.0]])
    assert (sign.item(), size.item()) == (-1.0, pytest.approx(2 * np.log(1e-30)))


def test_the_dtype_is_preserved_and_integers_become_float32():
    assert st.linalg.inv(A).dtype == st.float64
    assert st.linalg.inv(st.cast(A, "float32")).dtype == st.float32
    assert st.linalg.inv([[2, 0], [0, 4]]).tolist() == [[0.5, 0.0], [0.0, 0.25]]
    assert st.linalg.inv(st.eye(2, dtype="float16")).dtype == st.float32


@EACH
def test_derivatives_are_those_of_finite_differences(name):
    function, at = FUNCTIONS[name]
    check = st.gradcheck(function, at)
    assert check, str(check)


@EACH
def test_derivatives_of_derivatives_too(name):
    function, at = FUNCTIONS[name]

    def slope(x: Any) -> Any:
        with st.GradientTape() as tape:
            tape.watch(x)
            total = st.reduce_sum(function(x) ** 2)
        return tape.gradient(total, x)

    check = st.gradcheck(slope, at, tolerance=1e-5)
    assert check, str(check)


def test_the_log_likelihood_of_a_normal_distribution_finds_its_covariance():
    """Where it is greatest the covariance is that of the sample."""
    sample = rng.normal(size=(200, 2)) @ np.array([[1.0, 0.0], [0.7, 0.5]])
    wanted = sample.T @ sample / len(sample)

    def cost(covariance: Any) -> Any:
        inside = st.linalg.trace(st.linalg.solve(covariance, wanted))
        return inside + st.linalg.slogdet(covariance)[1]

    (slope,) = st.gradients(cost, wanted)
    assert slope.numpy() == pytest.approx(np.zeros((2, 2)), abs=1e-9)


def test_singular_and_misshapen_input_is_refused():
    singular = [[1.0, 2.0], [2.0, 4.0]]
    assert st.linalg.det(singular).item() == 0.0
    for call, error, message in [
        (lambda: st.linalg.inv(singular), NumericalError, "inv: a matrix is singular"),
        (lambda: st.linalg.solve(singular, [[1.0], [1.0]]), NumericalError, "solve: a matrix is"),
        (lambda: st.linalg.cholesky([[1.0, 2.0], [2.0, 1.0]]), NumericalError, "positive definite"),
        (lambda: st.linalg.det([[1.0, 2.0]]), ShapeError, r"square matrices.* got shape \(1, 2\)"),
        (lambda: st.linalg.inv([1.0]), ShapeError, r"square matrices.* got shape \(1,\)"),
        (lambda: st.linalg.solve(st.eye(2), [1.0, 2.0]), ShapeError, "a column by"),
        (lambda: st.linalg.solve(st.eye(2), st.eye(3)), ShapeError, "must hold 2 rows"),
    ]:
        with pytest.raises(error, match=message):
            call()


@pytest.mark.parametrize("name", ["inv", "det", "cholesky"])
def test_they_are_part_of_functional_models(name):
    function = getattr(st.linalg, name)
    x = st.Input((2, 2))
    matrices = np.float32([[[4.0, 2.0], [2.0, 5.0]], [[1.0, 0.0], [0.0, 2.0]]])
    found = st.Model(x, function(x)).predict(matrices, verbose=0)
    np.testing.assert_allclose(found, getattr(np.linalg, name)(matrices), rtol=1e-5)


@pytest.mark.parametrize("odd", [np.nan, np.inf])
@pytest.mark.parametrize("name", ["inv", "det", "slogdet", "cholesky", "solve"])
def test_a_value_that_is_not_finite_is_named_with_its_index(name, odd):
    matrix = [[2.0, 0.0], [odd, 3.0]]
    rest = ([[1.0], [2.0]],) if name == "solve" else ()
    with pytest.raises(NumericalError, match=rf"{name}: {odd} is at index \(1, 0\)"):
        getattr(st.linalg, name)(matrix, *rest)

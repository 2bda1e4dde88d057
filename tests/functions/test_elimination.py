"""Systems of equations inside recorded programs: NumPy's results and slopes on every engine."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import TraceError

RNG = np.random.default_rng(3)
A = RNG.standard_normal((5, 3, 3)).astype(np.float32) + 2.0 * np.eye(3, dtype=np.float32)
A[0, 0, 0] = 0.0  # its first pivot is another row
S = A @ A.transpose(0, 2, 1) + np.eye(3, dtype=np.float32)
B = RNG.standard_normal((5, 3, 2)).astype(np.float32)

CALLS = {
    "inv": (st.linalg.inv, A),
    "solve": (st.linalg.solve, A, B),
    "det": (st.linalg.det, A),
    "slogdet": (st.linalg.slogdet, A),
    "cholesky": (st.linalg.cholesky, S),
    "cholesky_solve": (lambda s, b: st.linalg.cholesky_solve(st.linalg.cholesky(s), b), S, B),
}


def results_and_slopes(function, *arrays):
    """The function's results and the derivatives of the sum of their sines."""
    inputs = [st.constant(array) if isinstance(array, np.ndarray) else array for array in arrays]
    with st.GradientTape() as tape:
        tape.watch(inputs)
        found = function(*inputs)
        results = list(found) if isinstance(found, tuple) else [found]
        loss = st.add_n([st.reduce_sum(st.sin(result)) for result in results])
    return results + tape.gradient(loss, inputs)


@pytest.mark.parametrize("engine", ["numpy", "cpu"])
@pytest.mark.parametrize("name", CALLS)
def test_a_program_computes_what_numpy_does(engine: str, name: str) -> None:
    function, *arrays = CALLS[name]
    meant = results_and_slopes(function, *arrays)
    recorded = st.function(
        lambda *inputs: results_and_slopes(function, *inputs),
        input_signature=[st.TensorSpec((None, *array.shape[1:])) for array in arrays],
        engine=engine,
    )
    for ours, theirs in zip(recorded(*arrays), meant, strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=2e-3, atol=2e-4)


def test_a_singular_matrix_gives_no_number() -> None:
    singular = np.float32([[1.0, 2.0], [2.0, 4.0]])
    assert st.function(st.linalg.det)(singular).item() == 0.0
    assert not np.isfinite(st.function(st.linalg.inv)(singular).numpy()).any()
    assert np.isnan(st.function(st.linalg.cholesky)(-singular).numpy()).any()


def test_large_matrices_are_refused_with_the_remedy() -> None:
    with pytest.raises(TraceError, match=r"st\.linalg\.solve.*at most 32 rows.*GradientTape"):
        st.function(st.linalg.solve)(np.eye(33), np.eye(33))

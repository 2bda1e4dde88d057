"""Sorting inside recorded programs, where ranks are counted: the same values on every engine."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, UnknownSizeError

RNG = np.random.default_rng(0)
X = RNG.standard_normal((6, 7)).astype(np.float32)
X[0, 1] = X[0, 3] = np.nan
X[1, 2] = X[1, 5]
X[2, :3] = np.inf, -np.inf, 0.0
TIES = RNG.integers(0, 3, (6, 7))

FUNCTIONS = {
    "sort": st.sort,
    "descending": lambda x: st.sort(x, direction="DESCENDING"),
    "places": st.argsort,
    "descending places": lambda x: st.argsort(x, direction="DESCENDING"),
    "top 3": lambda x: list(st.math.top_k(x, 3)),
}


@pytest.mark.parametrize("engine", ["numpy", "cpu"])
@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("x", [X, TIES, TIES > 1], ids=["floats", "ties", "bools"])
def test_a_program_sorts_as_numpy_does(engine: str, name: str, x: np.ndarray) -> None:
    function = FUNCTIONS[name]
    spec = st.TensorSpec((None, 7), x.dtype)
    found = st.function(function, input_signature=[spec], engine=engine)(x)
    meant = function(st.constant(x))
    pairs = zip(found, meant, strict=True) if isinstance(meant, list) else [(found, meant)]
    for ours, theirs in pairs:
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def test_the_derivative_flows_to_the_places_of_the_values() -> None:
    weights = np.arange(7, dtype=np.float32)

    def slope(x):
        with st.GradientTape() as tape:
            tape.watch(x)
            loss = st.reduce_sum(st.sort(x, direction="DESCENDING") * weights)
        return tape.gradient(loss, x)

    rows = X[3:]
    meant = np.empty_like(rows)
    np.put_along_axis(meant, np.argsort(-rows, 1), np.broadcast_to(weights, rows.shape), 1)
    np.testing.assert_array_equal(slope(st.constant(rows)).numpy(), meant)
    np.testing.assert_array_equal(st.function(slope)(rows).numpy(), meant)


def test_other_axes_and_the_flattened_tensor() -> None:
    np.testing.assert_array_equal(st.function(lambda x: st.sort(x, 0))(X), np.sort(X, 0))
    np.testing.assert_array_equal(st.sort(TIES, axis=None), np.sort(TIES, axis=None))
    places = np.argsort(TIES, axis=None, kind="stable")
    np.testing.assert_array_equal(st.argsort(TIES, axis=None), places)
    np.testing.assert_array_equal(st.function(lambda x: st.argsort(x, None))(TIES), places)


def test_a_median_inside_a_program() -> None:
    found = st.function(lambda x: st.ops.median(x, 1))(TIES.astype(np.float32))
    assert found.tolist() == np.median(TIES, 1).tolist()


def test_what_cannot_be_sorted() -> None:
    spec = [st.TensorSpec((None, 2))]
    with pytest.raises(UnknownSizeError, match="the batch cannot be sorted"):
        st.function(lambda x: st.sort(x, 0), input_signature=spec)(np.ones((3, 2), np.float32))
    with pytest.raises(ArgumentError, match="'ASCENDING' or 'DESCENDING'"):
        st.function(lambda x: st.sort(x, direction="UP"))(X)

"""st.ops: NumPy's meaning of the functions that `st` does not have under the same name."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st

RNG = np.random.default_rng(0)
X = RNG.standard_normal((3, 4)).astype(np.float32)
Y = RNG.standard_normal((3, 4)).astype(np.float32)
GAPS = np.where(X > 1.0, np.nan, X).astype(np.float32)

SAME = {
    "arccos": (X / 4.0,), "arctan2": (X, Y), "clip": (X, -0.5, 0.5), "cbrt": (X,),
    "deg2rad": (X,), "exp2": (X,), "log2": (abs(X),), "log10": (abs(X),), "logaddexp": (X, Y),
    "logaddexp2": (X, Y), "hypot": (X, Y), "fmax": (GAPS, Y), "fmin": (GAPS, Y), "fmod": (X, Y),
    "trunc": (3.0 * X,), "heaviside": (X, 0.5), "isclose": (X, X + 1e-7), "isneginf": (X,),
    "isin": (np.arange(4), [1, 3]), "nan_to_num": (GAPS,), "sinc": (X,), "ptp": (X,),
    "median": (X, 1), "quantile": (X, [0.1, 0.7], 1), "percentile": (X, 40.0), "nansum": (GAPS, 1),
    "nanmean": (GAPS, 1), "nanmax": (GAPS,), "nanmin": (GAPS,), "nanstd": (GAPS,),
    "nanprod": (GAPS,), "argmax": (X,), "argmin": (X, 1), "cumsum": (X,), "cumprod": (X, 1),
    "average": (X, 1, [0.1, 0.2, 0.3, 0.4]), "tril": (X,), "triu": (X, 1), "diag": (X[0], -1),
    "diagonal": (X, 1), "trace": (X, 1), "append": (X, Y), "diff": (X, 2), "fliplr": (X,),
    "flipud": (X,), "hstack": ([X, Y],), "vstack": ([X, Y],), "pad": (X, ((1, 0), (0, 2))),
    "swapaxes": (X, 0, 1), "take": (X, [-1, 0], 1), "dot": (X, Y.T), "vdot": (X, Y),
    "take_along_axis": (X, np.argsort(X, 1), 1), "inner": (X, Y), "outer": (X[0], Y[0]),
    "kron": (X, Y), "eye": (3, 4, 1), "tri": (3, 4, -1),
    "arange": (1, 7, 2), "logspace": (0, 2, 3), "full_like": (X, 2.0), "round": (X, 1),
    "select": ([X > 0, X > -1], [X, Y], 7.0), "array_split": (X, 3, 1), "split": (X, [1, 3], 1),
    "diagflat": (X[:, :2], -1), "digitize": (X, [-1.0, 0.0, 1.0]), "dstack": ([X, Y],),
    "dsplit": (X.reshape(1, 3, 4), [1, 3]), "hsplit": (X, 2), "vsplit": (X, [1]),
    "geomspace": (1.0, 64.0, 4), "ldexp": (X, [1, -1, 2, 0]), "rot90": (X, 3), "trapezoid": (X,),
    "vander": (X[0], 3), "corrcoef": (X,), "nanargmin": (GAPS, 1), "nanargmax": (GAPS,),
    "nancumsum": (GAPS, 1), "nancumprod": (GAPS,), "nanmedian": (GAPS,), "isreal": (X,),
    "nanquantile": (GAPS, [0.1, 0.7], 1), "nanpercentile": (GAPS, 40.0, 0),
    "unravel_index": (np.arange(6), (2, 3)), "nonzero": (np.round(X),),
    "cross": (X[:, :3], Y[:, :3]),
    "argsort": (X, 0), "sort": (X, None), "empty_like": (np.zeros((2, 2)),), "tile": (X, (2, 1, 2)),
    "transpose": (X, (1, 0)), "stack": ([X, Y], 1), "concatenate": ([X, Y], 1),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(SAME))
def test_the_meaning_is_numpys(name: str) -> None:
    meant = getattr(np, name)(*SAME[name])
    found = getattr(st.ops, name)(*SAME[name])
    pairs = zip(found, meant, strict=True) if isinstance(meant, (list, tuple)) else [(found, meant)]
    for ours, theirs in pairs:
        assert np.shape(ours) == np.shape(theirs)
        np.testing.assert_allclose(np.asarray(ours), theirs, rtol=2e-5, atol=1e-6)


def test_slices_scatters_and_loops() -> None:
    updated = st.ops.slice_update(X, (1, 1), Y[:2, :2]).numpy()
    wanted = X.copy()
    wanted[1:, 1:3] = Y[:2, :2]
    np.testing.assert_array_equal(updated, wanted)
    assert st.ops.slice(X, (1, 1), (2, 2)).tolist() == X[1:, 1:3].tolist()
    assert st.ops.scatter_update([1, 1], [[1]], [5], reduction="add").tolist() == [1, 6]
    carry, rows = st.ops.scan(
        lambda c, x: (c + x, c * x), st.constant(0.0), st.constant([1.0, 2.0])
    )
    assert carry.item() == 3.0 and rows.tolist() == [0.0, 2.0]
    assert st.ops.fori_loop(0, 4, lambda i, v: v + i, 1) == 7
    assert st.ops.switch(5, [lambda: "a", lambda: "b"]) == "b"
    with pytest.raises(st.errors.ArgumentError, match="'add'"):
        st.ops.scatter_update([1, 1], [[1]], [5], reduction="mul")


def test_functions_of_ops_are_recorded_and_differentiated() -> None:
    w = st.Variable([[1.0, 2.0], [3.0, 4.0]])

    @st.function
    def loss_and_gradient(x):
        with st.GradientTape() as tape:
            y = st.ops.layer_normalization(st.ops.dot(x, w))
            loss = st.ops.sum(st.ops.logaddexp(y, st.ops.glu(st.ops.hstack([y, y]))))
        return loss, tape.gradient(loss, w)

    loss, gradient = loss_and_gradient(X[:, :2])
    assert np.isfinite(loss.item()) and gradient.shape == (2, 2)


def test_a_function_that_is_missing_says_so() -> None:
    with pytest.raises(AttributeError, match=r"st\.ops has no 'conv'"):
        _ = st.ops.conv

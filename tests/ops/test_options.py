"""Options of the functions of NumPy in `st.ops`: each axis, offset, side, order and default."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import steepest as st

RNG = np.random.default_rng(1)
X = RNG.standard_normal((3, 4)).astype(np.float32)
Y = RNG.standard_normal((3, 4)).astype(np.float32)
CUBE = RNG.standard_normal((2, 3, 4)).astype(np.float32)
GAPS = np.where(CUBE > 0.8, np.nan, CUBE).astype(np.float32)
WHOLE = RNG.integers(-3, 4, (3, 4)).astype(np.int32)
TIES = np.round(CUBE).astype(np.float32)


def each(given: Any, name: str, *values: Any, **more: Any) -> list[Any]:
    """A call for each value of an option."""
    given = given if isinstance(given, tuple) else (given,)
    return [(given, {name: value, **more}) for value in values]


AXES = (None, 0, 1, 2, -1, -3)
TABLE: dict[str, list[Any]] = {
    **{name: each(CUBE, "axis", *AXES) + each(CUBE, "keepdims", True) + each(CUBE, "axis", (0, 2))
       for name in ("sum", "mean", "max", "min", "prod", "std", "var", "any", "all")},
    **{name: each(TIES, "axis", *AXES) + each(TIES, "axis", 1, keepdims=True)
       for name in ("argmax", "argmin", "count_nonzero")},
    **{name: each(GAPS, "axis", *AXES)
       for name in ("nansum", "nanmean", "nanmax", "nanmin", "nanstd", "nanvar", "nanprod")},
    **{name: each(CUBE, "axis", 0, 1, 2, -2) for name in ("cumsum", "cumprod", "sort", "argsort")},
    **{name: each((CUBE,), "axis", None, 0, 1, -1) for name in ("median", "ptp", "flip")},
    **{name: each((CUBE, 0.3), "axis", None, 0, -1) + each((CUBE, [0.2, 0.9]), "keepdims", True)
       for name in ("quantile",)},
    "average": each((CUBE,), "axis", None, 0, 1, 2) + each((X,), "weights", abs(Y)),
    "tril": each(X, "k", 0, 1, -1, 3, -3), "triu": each(X, "k", 0, 1, -1, 3, -3),
    "diag": each(X, "k", 0, 1, -1, 3) + each(X[0], "k", 0, 1, -1),
    "diagflat": each(X, "k", 0, 2, -2),
    "diagonal": each(CUBE, "offset", 0, 1, -1) + each(CUBE, "axis1", 1, axis2=2)
    + each(CUBE, "axis1", 2, axis2=0, offset=1),
    "trace": each(CUBE, "offset", 0, 1, -1) + each(CUBE, "axis1", 1, axis2=2),
    "eye": [((3,), {}), ((3, 5), {}), ((3, 5, 2), {}), ((3, 5, -1), {}), ((3, None, 1), {})],
    "tri": [((3,), {}), ((3, 5), {}), ((3, 5, 1), {}), ((3, 2, -2), {})],
    "diff": each(CUBE, "n", 0, 1, 2, 3) + each(CUBE, "axis", 0, 1, 2),
    "roll": [((CUBE, 1), {}), *each((CUBE, 2), "axis", 0, 1, 2), *each((CUBE, -1), "axis", 1),
             ((CUBE, (1, 2)), {"axis": (0, 2)})],
    "rot90": each(X, "k", 0, 1, 2, 3, 4, -1) + each(CUBE, "axes", (0, 1), (1, 2), (2, 0)),
    "swapaxes": [((CUBE, 0, 2), {}), ((CUBE, -1, 1), {})],
    "moveaxis": [((CUBE, 0, 2), {}), ((CUBE, (0, 1), (1, 2)), {}), ((CUBE, -1, 0), {}),
                 ((CUBE, (2, 0), (0, -1)), {}), ((CUBE, (0, 2), (2, 0)), {})],
    "squeeze": [((CUBE[:1],), {}), *each(CUBE[:, :1], "axis", 1), *each(X[:, :1], "axis", -1)],
    "expand_dims": each(CUBE, "axis", 0, 1, 3, -1, -2, (0, 2), (-1, 1), (1,)),
    "repeat": [((CUBE, 2), {}), *each((CUBE, 2), "axis", 0, 1, 2),
               *each((X, [1, 0, 2]), "axis", 0)],
    "tile": [((X, 2), {}), ((X, (2, 1)), {}), ((X, (1, 3)), {}), ((X, (2, 1, 3)), {})],
    "concatenate": each(([CUBE, CUBE],), "axis", 0, 1, 2, -1),
    "stack": each(([X, Y],), "axis", 0, 1, 2, -1, -2),
    "append": each((X, Y), "axis", None, 0, 1, -1),
    "split": each((CUBE, 2), "axis", 0, -1) + each((CUBE, [1, 2]), "axis", 1, 2),
    "array_split": each((CUBE, 2), "axis", 0, 1, 2) + each((CUBE, 3), "axis", 2),
    "take": [*each((CUBE, [1, 0]), "axis", None, 0, 1, -1), ((CUBE, 1), {"axis": 2})],
    "take_along_axis": [((CUBE, np.argsort(CUBE, a)), {"axis": a}) for a in (0, 1, 2, -1)],
    "linspace": [((0.0, 1.0, 5), {}), ((0.0, 1.0, 1), {}), ((X, Y, 3), {"axis": 1}),
                 ((0.0, 1.0, 4), {"endpoint": False}), ((X, Y, 3), {"axis": -1})],
    "logspace": [((0.0, 2.0, 3), {}), ((0.0, 2.0, 3), {"base": 2.0}),
                 ((0.0, 2.0, 4), {"endpoint": False})],
    "geomspace": [((1.0, 8.0, 4), {}), ((8.0, 1.0, 3), {}), ((1.0, 8.0, 3), {"endpoint": False})],
    "arange": [((5,), {}), ((1, 5), {}), ((1, 8, 3), {}), ((8, 1, -3), {}), ((0.0, 1.0, 0.25), {})],
    "clip": [((X, -0.3, 0.3), {}), ((WHOLE, -1, 1), {})],
    "round": each(10 * X, "decimals", 0, 1, 2),
    "isclose": each((X, X + 1e-4), "rtol", 1e-5, 1e-1) + each((X, X + 1e-4), "atol", 1e-8, 1e-3)
    + each((GAPS, GAPS), "equal_nan", False, True),
    "allclose": each((X, X + 1e-4), "rtol", 1e-5, 1e-1)
    + each((GAPS, GAPS), "equal_nan", False, True),
    "isin": each((WHOLE, [1, 2]), "invert", False, True),
    "digitize": [((X, [-1.0, 0.0, 1.0]), {}), ((WHOLE, [-1, 0, 2]), {})],
    "searchsorted": each(([0.0, 1.0, 1.0, 2.0], [1.0, 0.5, 3.0, -1.0]), "side", "left", "right"),
    "bincount": [(([0, 2, 2],), {}), (([0, 2, 2],), {"minlength": 5}),
                 (([0, 2, 2],), {"weights": [1.0, 2.0, 3.0]})],
    "tensordot": [((X, Y.T), {"axes": 1}), ((X, Y), {"axes": 2}), ((X, Y), {"axes": 0}),
                  ((X, Y), {"axes": ([1], [1])}), ((CUBE, X), {"axes": ([1, 2], [0, 1])})],
    "cross": [((X[:, :3], Y[:, :3]), {}), ((X[:, :3].T, Y[:, :3].T), {"axisa": 0, "axisb": 0}),
              ((X[:, :3], Y[:, :3]), {"axisc": 0})],
    "vander": [((X[0],), {}), ((X[0], 3), {}), ((X[0], 6), {}), ((X[0], 3), {"increasing": True})],
    "trapezoid": each(CUBE, "axis", 0, 1, 2) + each(X, "dx", 1.0, 0.5)
    + each(X[0], "x", np.sort(Y[0])),
    "pad": [((X, 1), {}), ((X, (1, 2)), {}), ((X, ((1, 0), (0, 2))), {}),
            ((X, 1), {"mode": "reflect"}), ((X, 2), {"mode": "symmetric"}),
            ((X, 1), {"constant_values": 7.0})],
    "hsplit": [((CUBE, [1, 2]), {}), ((X, 2), {}), ((X[0], 2), {})],
    "vsplit": [((X, 3), {})], "dsplit": [((CUBE, 2), {})],
    "nanmedian": each(GAPS, "axis", None, 0, 1, 2), "nancumsum": each(GAPS, "axis", 0, 1, 2),
    "nanargmax": each(np.nan_to_num(GAPS), "axis", 0, 1),
    "nanargmin": each(np.nan_to_num(GAPS), "axis", None, 2),
    "nan_to_num": [((np.float32([np.nan, np.inf, -np.inf, 1.0]),), {}),
                   ((np.float32([np.nan, 1.0]),), {"nan": 3.0}),
                   ((np.float32([np.inf, -np.inf]),), {"posinf": 1.0, "neginf": -1.0})],
}  # fmt: skip
CALLS = [
    pytest.param(name, *call, id=f"{name} {number}")
    for name, calls in TABLE.items()
    for number, call in enumerate(calls)
]


@pytest.mark.parametrize(("name", "arguments", "options"), CALLS)
def test_options_mean_what_they_mean_in_numpy(name: str, arguments: Any, options: Any) -> None:
    function = getattr(st.ops, name)
    unknown = set(options) - set(inspect.signature(function).parameters)
    assert not unknown
    with np.errstate(all="ignore"):
        meant = getattr(np, name)(*arguments, **options)
    found = function(*arguments, **options)
    pairs = zip(found, meant, strict=True) if isinstance(meant, (list, tuple)) else [(found, meant)]
    for ours, theirs in pairs:
        assert np.shape(ours) == np.shape(theirs)
        np.testing.assert_allclose(np.asarray(ours), theirs, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("source", "target"), [((0, 1), 2), ((0, 0), (1, 2)), (0, (1, 2))])
def test_as_many_axes_as_positions_are_moved(source: Any, target: Any) -> None:
    with pytest.raises(st.errors.ArgumentError, match="as many different axes as positions"):
        st.ops.moveaxis(CUBE, source, target)


def test_made_tensors_have_the_dtype_that_is_asked_for_else_float32() -> None:
    for make in (st.ops.empty, lambda shape, dtype=None: st.ops.full(shape, 7, dtype)):
        assert make((2,)).dtype == st.float32 and make((2,), dtype="int64").dtype == st.int64
    assert st.ops.empty_like(WHOLE).dtype == st.int32
    assert st.ops.empty_like(WHOLE, dtype="float64").dtype == st.float64


def test_integers_are_counted_row_by_row_also_without_rows() -> None:
    assert st.ops.bincount([[0, 2], [1, 1]]).tolist() == [[1, 0, 1], [0, 2, 0]]
    assert st.ops.bincount([[0, 2]], minlength=5).tolist() == [[1, 0, 1, 0, 0]]
    assert st.ops.bincount([[0, 2]], weights=[[0.5, 2.0]]).tolist() == [[0.5, 0.0, 2.0]]
    assert st.ops.bincount(np.zeros((0, 3), "int32"), minlength=2).shape == (0, 2)


def test_places_of_trapezoids_may_differ_by_row() -> None:
    x = np.sort(CUBE, axis=1)
    for places, axis in ((x, 1), (np.sort(CUBE, axis=-1), -1), (x[0, :, 0], 1)):
        found = st.ops.trapezoid(CUBE, places, axis=axis)
        np.testing.assert_allclose(
            found, np.trapezoid(CUBE, places, axis=axis), rtol=1e-4, atol=1e-5
        )

"""Functions that leave NaN out, against numbers that Keras 3.15.1 gave."""

from __future__ import annotations

import numpy as np

import steepest as st

NAN = np.nan
GAPS = np.array([[3, NAN, 2], [NAN, 7, 8]], np.float32)
EMPTY = np.array([[NAN, NAN], [1, 2]], np.float32)


def test_places_of_extremes() -> None:
    assert st.ops.nanargmax(GAPS).item() == 5
    assert st.ops.nanargmin(GAPS, axis=1, keepdims=True).tolist() == [[2], [1]]
    assert st.ops.nanargmin(GAPS, keepdims=True).tolist() == [[2]]
    assert st.ops.nanargmax(EMPTY, axis=1).tolist() == [-1, 1]
    assert st.ops.nanargmax(np.array([2**40, 2**40 + 1])).item() == 1


def test_cumulative_sums_and_products() -> None:
    assert st.ops.nancumsum(GAPS).tolist() == [3, 3, 5, 5, 12, 20]
    assert st.ops.nancumprod(GAPS, axis=0).tolist() == [[3, 1, 2], [3, 7, 16]]
    assert st.ops.nancumsum([1, 2]).dtype == "int32"


def test_order_statistics() -> None:
    assert st.ops.nanmedian(GAPS, axis=1).tolist() == [2.5, 7.5]
    assert st.ops.nanmedian(GAPS).item() == 5.0
    assert st.ops.nanquantile(GAPS, [0.25, 0.5], axis=1).tolist() == [[2.25, 7.25], [2.5, 7.5]]
    assert st.ops.nanpercentile(GAPS, 50, axis=0, keepdims=True).tolist() == [[3.0, 7.0, 5.0]]
    assert st.ops.nanquantile(GAPS, 0.3, axis=1, method="lower").tolist() == [2.0, 7.0]
    empty, known = st.ops.nanmedian(EMPTY, axis=1).tolist()
    assert np.isnan(empty) and known == 1.5


def test_they_are_recorded_too() -> None:
    names = "nanmedian nanargmax nancumsum".split()
    recorded = st.function(lambda x: [getattr(st.ops, name)(x, axis=1) for name in names])
    found = [part.tolist() for part in recorded(st.constant(GAPS))]
    assert found == [[2.5, 7.5], [0, 2], [[3.0, 3.0, 5.0], [0.0, 7.0, 15.0]]]

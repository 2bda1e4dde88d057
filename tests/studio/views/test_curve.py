"""Curves of bounded length."""

from __future__ import annotations

import numpy as np

from steepest.studio.views.curve import MOST, Curve


def test_a_short_curve_has_all_its_values():
    curve = Curve()
    curve.extend(1, [3.0, 1.0, 2.0])
    places, values = curve.arrays()
    assert places.tolist() == [1.0, 2.0, 3.0] and values.tolist() == [3.0, 1.0, 2.0]
    assert curve.last == 2.0 and curve.least == 1.0 and len(curve) == 3


def test_a_long_curve_has_evenly_spaced_values_in_bounded_memory():
    curve = Curve()
    curve.extend(0, np.arange(1e5))
    places, values = curve.arrays()
    assert MOST / 2 <= len(places) <= MOST + 1
    assert len(set(np.diff(places))) == 1 and np.array_equal(places, values)
    assert curve.last == 99999.0


def test_a_curve_can_be_cut_and_continued():
    curve = Curve()
    curve.extend(1, range(10))
    curve.cut(4)
    assert curve.last == 3 and curve.least == 0
    curve.extend(5, [7.0])
    assert curve.arrays()[0].tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]
    curve.cut(0)
    assert curve.last is None and curve.arrays()[0].size == 0

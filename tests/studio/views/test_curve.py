"""Curves of bounded length."""

from __future__ import annotations

import numpy as np

from steepest.studio.views.curve import MOST_SPANS, Curve


def test_a_short_curve_has_all_its_values():
    curve = Curve()
    curve.extend(1, [3.0, 1.0, 2.0])
    places, values = curve.arrays()
    assert places.tolist() == [1.0, 2.0, 3.0] and values.tolist() == [3.0, 1.0, 2.0]
    assert curve.last == 2.0 and curve.least == 1.0 and len(curve) == 3


def test_a_long_curve_has_the_extremes_of_equal_spans_in_bounded_memory():
    values = np.random.default_rng(0).standard_normal(300_001)
    for parts in (97, 777, 5000):
        curve = Curve()
        for start in range(0, len(values), parts):
            curve.extend(start, values[start : start + parts])
        places, shown = curve.arrays()
        assert MOST_SPANS <= len(places) <= 2 * MOST_SPANS + 2
        assert np.array_equal(shown, values[places.astype(int)].astype(np.float32))
        spans = values[: len(values) // 256 * 256].reshape(-1, 256)
        assert (np.diff(places) > 0).all()
        pairs = np.sort(shown[: 2 * len(spans)].reshape(-1, 2), axis=1)
        assert np.array_equal(pairs, np.stack([spans.min(1), spans.max(1)], 1).astype(np.float32))
        assert curve.last == values[-1] and curve.end == 300_000 and len(curve) == 300_001


def test_values_one_by_one_give_the_curve_of_all_at_once():
    values = np.random.default_rng(1).standard_normal(30_000)
    one, other = Curve(), Curve()
    for place, value in enumerate(values):
        one.add(place, value)
    other.extend(0, values)
    for ours, theirs in zip(one.arrays(), other.arrays(), strict=True):
        assert np.array_equal(ours, theirs)
    assert one.last == other.last and one.least == other.least and one.end == other.end


def distances(points, line):
    """The distance of each point to the nearest part of a line that leads from left to right."""
    found = np.full(len(points), np.inf)
    at = np.searchsorted(line[:, 0], points[:, 0])
    for shift in range(-2, 2):
        start = np.clip(at + shift, 0, len(line) - 2)
        one, step = line[start], line[start + 1] - line[start]
        length = np.maximum((step**2).sum(1), 1e-12)
        along = np.clip(((points - one) * step).sum(1) / length, 0, 1)
        found = np.minimum(found, np.hypot(*(one + along[:, None] * step - points).T))
    return found


def test_a_curve_of_a_million_steps_is_within_a_pixel_of_all_its_values():
    rng = np.random.default_rng(2)
    values = np.exp(-np.arange(1e6) / 2e5) * (1 + 0.3 * rng.standard_normal(1_000_000))
    values[345_678] = 3.0  # a value that stands alone
    curve = Curve()
    for start in range(0, len(values), 4_321):
        curve.extend(start, values[start : start + 4_321])
    width, height = 700, 300
    scale = np.array([width / 1e6, height / (values.max() - values.min())])
    line = np.stack(curve.arrays(), axis=1) * scale
    points = np.stack([np.arange(1e6), values], axis=1) * scale
    assert distances(points, line).max() <= 1.0


def test_a_curve_stays_small_however_long_it_grows():
    curve, part = Curve(), np.zeros(100_000)
    for start in range(0, 10**8, len(part)):
        curve.extend(start, part)
    assert len(curve) == 10**8 and len(curve.arrays()[0]) <= 2 * MOST_SPANS + 2


def test_a_curve_can_be_cut_and_continued():
    curve = Curve()
    curve.extend(1, range(10))
    curve.cut(4)
    assert curve.last == 3 and curve.least == 0
    curve.extend(5, [7.0])
    assert curve.arrays()[0].tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]
    curve.cut(0)
    assert curve.last is None and curve.arrays()[0].size == 0

"""Scales: places from 0 to 1 and ticks at round numbers, for any range of numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from steepest.page.scales import Categories, Scale, axis_of, scale_over
from steepest.page.values import Column

FINITE = some.floats(allow_nan=False, allow_infinity=False)


TICKS = {
    "epochs": (Scale(1.0, 20.0), 6, "5 10 15 20"),
    "two epochs": (Scale(1.0, 2.0, whole=True), 6, "1 2"),
    "shares": (Scale(0.0, 1.0), 6, "0.0 0.2 0.4 0.6 0.8 1.0"),
    "few": (Scale(0.0, 1.0), 4, "0.0 0.5 1.0"),
    "small": (Scale(0.0, 3e-7), 4, "0 1e-7 2e-7 3e-7"),
    "small with decimals": (Scale(0.0, 1e-7), 4, "0 0.5e-7 1.0e-7"),
    "large": (Scale(0.0, 3e7), 6, "0 1e7 2e7 3e7"),
    "thousands": (Scale(0.0, 60_000.0), 4, "0 20,000 40,000 60,000"),
    "around 0": (Scale(-1.0, 1.0), 5, "-1.0 -0.5 0.0 0.5 1.0"),
    "far from 0": (Scale(1e9 + 1, 1e9 + 2), 4, "1.0000000010e9 1.0000000015e9 1.0000000020e9"),
    "decades": (Scale(1e-5, 0.1, is_log=True), 6, "1e-5 0.0001 0.001 0.01 0.1"),
    "many decades": (Scale(1e-30, 1.0, is_log=True), 6, "1e-30 1e-24 1e-18 1e-12 1e-6 1"),
    "two decades": (Scale(0.01, 1.0, is_log=True), 6, "0.01 0.1 1"),
    "one decade": (Scale(0.1, 1.0, is_log=True), 6, "0.1 0.2 0.3 0.5 0.7 1"),
    "one decade with few ticks": (Scale(0.1, 1.0, is_log=True), 4, "0.1 0.2 0.5 1"),
    "part of a decade": (Scale(2.1, 2.6, is_log=True), 6, "2.1 2.2 2.3 2.4 2.5 2.6"),
    "the whole range": (Scale(-1.7e308, 1.7e308), 4, "-1e308 0 1e308"),
}


@pytest.mark.parametrize(("scale", "most", "expected"), TICKS.values(), ids=TICKS)
def test_ticks_are_round_numbers(scale: Scale, most: int, expected: str):
    assert " ".join(label for _, label in scale.ticks(most)) == expected


@given(some.lists(FINITE, min_size=1, max_size=5), some.integers(3, 9))
def test_ticks_of_any_numbers_are_few_inside_and_different(values: list[float], most: int):
    scale = scale_over(np.array(values), margin=0.05)
    ticks = scale.ticks(most)
    places = [place for place, _ in ticks]
    assert 1 <= len(ticks) <= most
    assert all(0 <= place <= 1 for place in places) and places == sorted(places)
    assert len({label for _, label in ticks}) == len(ticks)


@given(some.lists(some.floats(5e-324, 1.7e308), min_size=1, max_size=5), some.integers(3, 9))
def test_ticks_of_logarithmic_axes_are_few_inside_and_different(values: list[float], most: int):
    scale = scale_over(np.array(values), "log", 0.05)
    ticks = scale.ticks(most)
    assert 1 <= len(ticks) <= most
    assert all(0 <= place <= 1 for place, _ in ticks)
    assert len({label for _, label in ticks}) == len(ticks)


@given(some.lists(FINITE, min_size=2, max_size=9))
def test_places_are_inside_and_keep_the_order(values: list[float]):
    numbers = np.sort(np.array(values))
    places = scale_over(numbers).places(numbers)
    assert np.all((places >= 0) & (places <= 1)) and np.all(np.diff(places) >= 0)


def test_a_tick_is_where_its_label_says():
    scale = Scale(0.0, 23.0)
    for place, label in scale.ticks(6):
        assert place == pytest.approx(float(label) / 23.0)


def test_values_without_a_place_are_nan():
    values = np.array([np.nan, np.inf, -np.inf, 0.0, -1.0, 10.0])
    assert np.isnan(Scale(1.0, 100.0, is_log=True).places(values)).tolist() == [True] * 5 + [False]
    assert np.isnan(Scale(0.0, 10.0).places(values)).tolist() == [True] * 3 + [False] * 3


@pytest.mark.parametrize("kind", ["linear", "log"])
def test_a_scale_of_nothing_finite_has_ticks(kind: str):
    assert len(scale_over(np.array([np.nan, np.inf]), kind).ticks(5)) > 1


def test_a_constant_is_in_the_middle():
    for value in (5.0, 0.0, -3.0, 1e300, 1e-300):
        assert scale_over(np.array([value])).places(np.array([value])) == pytest.approx(0.5)


def test_names_are_at_equal_distances():
    names = Categories(tuple("abcd"))
    assert names.places(["a", "d", ""]).tolist()[:2] == [0.125, 0.875]
    assert [label for _, label in names.ticks(2)] == ["a", "c"]


def test_a_column_of_texts_has_a_place_for_each():
    column = Column("units", ([64], [64, 32], [64], None), None)
    axis, places = axis_of(column)
    assert axis.ticks(9) == [(0.25, "[64]"), (0.75, "[64, 32]")]
    assert places[:3].tolist() == [0.25, 0.75, 0.25] and np.isnan(places[3])

"""Scales of axes: where a value is between the ends 0 and 1, and which ticks have labels.

Depends on number_texts and NumPy.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from steepest.page.number_texts import MANY, Numbers, fixed_text, number_text
from steepest.page.values import Column

SCALES = ("linear", "log")
MOST_POWER = 300.0  # beyond it and below its inverse numbers are at the end of a log axis
LARGEST = float(np.finfo(np.float64).max)
FLAT = 1e-12  # a range that is smaller than this part of its values is widened

Tick = tuple[float, str]
"""Where a tick is, from 0 to 1, and its label."""


class Axis(Protocol):
    """What figures need of a scale."""

    def ticks(self, most: int) -> list[Tick]:
        """At most so many ticks, from the lower end upwards."""


@dataclass(frozen=True)
class Scale:
    """Numbers from `low` to `high` on an axis, linear or logarithmic.

    >>> Scale(0.0, 4.0).places(np.array([1.0, np.nan])).tolist()
    [0.25, nan]
    >>> Scale(0.001, 10.0, is_log=True).places(np.array([0.1, 0.0])).tolist()
    [0.5, nan]
    """

    low: float
    high: float
    is_log: bool = False
    whole: bool = False  # only whole numbers have ticks

    def places(self, values: Numbers) -> Numbers:
        """Where values are, from 0 to 1; NaN for those that have no place."""
        drawn = np.where(placeable(values, self.is_log), values, np.nan)
        if self.is_log:
            return _between(np.log10(drawn), math.log10(self.low), math.log10(self.high))
        unit = max(abs(self.low), abs(self.high))  # the difference of two large numbers overflows
        return _between(drawn / unit, self.low / unit, self.high / unit)

    def ticks(self, most: int) -> list[Tick]:
        """At most so many ticks at round numbers.

        >>> Scale(0.0, 23.0).ticks(6)[:2], [label for _, label in Scale(1e-5, 0.1, True).ticks(6)]
        ([(0.0, '0'), (0.21739130434782608, '5')], ['1e-5', '0.0001', '0.001', '0.01', '0.1'])
        """
        values = _powers(self.low, self.high, most) if self.is_log else []
        if len(values) > 1:
            labels = [number_text(value) for value in values]
        else:
            values, labels = _rounds(self.low, self.high, most, self.whole)
        places = self.places(np.array(values))
        return [(float(p), label) for p, label in zip(places, labels, strict=True) if p == p]


def _between(values: Numbers, low: float, high: float) -> Numbers:
    return np.clip((values - low) / (high - low), 0.0, 1.0)


def placeable(values: Numbers, is_log: bool) -> np.ndarray:
    """Which values have a place on an axis: finite ones, and above 0 if it is logarithmic.

    >>> placeable(np.array([1.0, 0.0, np.inf]), is_log=True).tolist()
    [True, False, False]
    """
    return np.isfinite(values) & ((values > 0) if is_log else True)


def scale_over(
    values: Numbers, kind: str = "linear", margin: float = 0.0, ends: Sequence[float] = ()
) -> Scale:
    """The scale that holds values, with a margin in parts of its length, and given ends.

    >>> scale_over(np.array([1.0, 2.5, np.nan]), margin=0.2)
    Scale(low=0.7, high=2.8, is_log=False, whole=False)
    >>> scale_over(np.array([2.0]))
    Scale(low=1.0, high=3.0, is_log=False, whole=True)
    """
    is_log = kind == "log"
    drawn = values[placeable(values, is_log)]
    points = np.concatenate([drawn, np.asarray(ends, np.float64)])
    if not points.size:
        points = np.array([0.1, 1.0] if is_log else [0.0, 1.0])
    low, high = float(points.min()), float(points.max())
    if is_log:
        first, last = np.clip(np.log10([low, high]), -MOST_POWER, MOST_POWER).tolist()
        first, last = _widened(first, last, margin, 0.5)
        return Scale(10.0 ** max(first, -307.0), 10.0 ** min(last, 308.0), is_log=True)
    whole = bool(drawn.size and np.all(drawn == np.floor(drawn)))
    return Scale(*_widened(low, high, margin, max(abs(low), abs(high)) / 2 or 1.0), whole=whole)


def _widened(low: float, high: float, margin: float, least: float) -> tuple[float, float]:
    if high / 2 - low / 2 <= FLAT * max(abs(low), abs(high)):
        low, high = low - least, high + least
    elif margin:
        more = margin * high - margin * low
        low, high = low - more, high + more
    return max(low, -LARGEST), min(high, LARGEST)


def _rounds(low: float, high: float, most: int, whole: bool) -> tuple[list[float], list[str]]:
    """The multiples of 1, 2 or 5 times a power of ten between two ends."""
    least = high / most - low / most
    power = math.floor(math.log10(least)) if least > 0 else -320
    for exponent, factor in itertools.product(range(max(power, -320), 309), (1, 2, 5)):
        step = factor * 10.0**exponent
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first < most and (step >= 1 or not whole):
            break
    values = [number * step for number in range(first, last + 1)]
    return [min(max(v, low), high) for v in values], [
        _label(v, exponent, high, low) for v in values
    ]


def _label(value: float, exponent: int, *ends: float) -> str:
    largest = max(map(abs, ends))
    if largest < MANY and exponent >= -5:
        return fixed_text(value, max(0, -exponent))
    if value == 0:
        return "0"
    power = math.floor(math.log10(largest))
    return f"{value / 10.0**power:.{max(0, power - exponent)}f}e{power}"


def _powers(low: float, high: float, most: int) -> list[float]:
    """The powers of ten between two ends; with 2 and 5 times them, or more, where these are few."""
    first, last = math.ceil(math.log10(low) - FLAT), math.floor(math.log10(high) + FLAT)
    every = max(1, -(-(last - first + 1) // most))
    tens = [10.0**power for power in range(first, last + 1) if power % every == 0]
    finer = [
        [float(f"{factor}e{power}") for power in range(first - 1, last + 1) for factor in factors]
        for factors in ((1, 2, 5), (1, 2, 3, 5, 7))
    ]
    inside = [
        [v for v in values if low <= v * (1 + FLAT) and v <= high * (1 + FLAT)] for values in finer
    ]
    fitting = [tens, *(values for values in inside if len(values) <= most)]
    return fitting[0] if len(tens) > 2 else max(fitting, key=len)


@dataclass(frozen=True)
class Categories:
    """Names at equal distances on an axis.

    >>> Categories(("relu", "tanh")).ticks(9)
    [(0.25, 'relu'), (0.75, 'tanh')]
    """

    names: tuple[str, ...]

    def places(self, texts: Sequence[str]) -> Numbers:
        """Where texts are, from 0 to 1; NaN for an empty one."""
        numbers = {name: (k + 0.5) / len(self.names) for k, name in enumerate(self.names)}
        return np.array([numbers.get(text, np.nan) for text in texts])

    def ticks(self, most: int) -> list[Tick]:
        """The names; only every second, third, ... where there are more than `most`."""
        every = max(1, -(-len(self.names) // most))
        return [
            ((k + 0.5) / len(self.names), self.names[k]) for k in range(0, len(self.names), every)
        ]


def axis_of(column: Column, kind: str = "linear", margin: float = 0.03) -> tuple[Axis, Numbers]:
    """The axis of a column, of numbers or of its different texts, and where its entries are.

    >>> axis, places = axis_of(Column("activation", ("tanh", "relu", None), None))
    >>> axis.ticks(9), places.tolist()
    ([(0.25, 'tanh'), (0.75, 'relu')], [0.25, 0.75, nan])
    """
    if column.numbers is not None:
        scale = scale_over(column.numbers, kind, margin)
        return scale, scale.places(column.numbers)
    categories = Categories(tuple(dict.fromkeys(text for text in column.texts if text)))
    return categories, categories.places(column.texts)

"""The distributions of one option: choice, uniform, log_uniform, integer.

`at(fraction)` is the value at a quantile from 0 to 1. Depends on arguments and errors only.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from steepest.arguments import is_number, whole
from steepest.errors import ArgumentError


class Distribution(Protocol):
    """What one option may be."""

    def at(self, fraction: float) -> Any:
        """The value at a quantile from 0 to 1; of a choice the index of its value."""

    def suggested(self, trial: Any, name: str) -> Any:
        """The value, or the index, that a trial of Optuna suggests."""

    def holds(self, value: Any) -> bool:
        """Whether a value, or an index, is possible."""


@dataclass(frozen=True)
class Choice:
    """One of several values; `parts` are the options that come with each of them."""

    values: tuple[Any, ...]
    parts: tuple[Mapping[str, Any], ...]

    def at(self, fraction: float) -> int:
        """The index of the value at a quantile."""
        return min(int(fraction * len(self.values)), len(self.values) - 1)

    def suggested(self, trial: Any, name: str) -> int:
        """The index that a trial of Optuna suggests."""
        return int(trial.suggest_categorical(name, list(range(len(self.values)))))

    def holds(self, value: Any) -> bool:
        """Whether this is the index of a value."""
        return value in range(len(self.values))


@dataclass(frozen=True)
class Uniform:
    """A number of an interval, each equally likely; with `log` its logarithm is uniform."""

    low: float
    high: float
    log: bool = False

    def at(self, fraction: float) -> float:
        """The number at a quantile."""
        if not self.log:
            return self.low + (self.high - self.low) * fraction
        low, high = math.log(self.low), math.log(self.high)
        return min(max(math.exp(low + (high - low) * fraction), self.low), self.high)

    def suggested(self, trial: Any, name: str) -> float:
        """The number that a trial of Optuna suggests."""
        return float(trial.suggest_float(name, self.low, self.high, log=self.log))

    def holds(self, value: Any) -> bool:
        """Whether a value is a number of the interval."""
        return is_number(value) and self.low <= value <= self.high


@dataclass(frozen=True)
class Integer:
    """A whole number from `low` to `high`, both included; with `log` small ones are likelier."""

    low: int
    high: int
    log: bool = False

    @property
    def count(self) -> int:
        """How many whole numbers there are."""
        return self.high - self.low + 1

    def at(self, fraction: float) -> int:
        """The whole number at a quantile."""
        if self.log:
            wide = Uniform(self.low - 0.5, self.high + 0.5, log=True)
            return min(max(round(wide.at(fraction)), self.low), self.high)
        return min(self.low + int(fraction * self.count), self.high)

    def suggested(self, trial: Any, name: str) -> int:
        """The whole number that a trial of Optuna suggests."""
        return int(trial.suggest_int(name, self.low, self.high, log=self.log))

    def holds(self, value: Any) -> bool:
        """Whether a value is one of the whole numbers."""
        return is_number(value) and value == int(value) and self.low <= value <= self.high


def choice(values: Iterable[Any]) -> Choice:
    """One of several values, which may be anything: texts, lists, optimizers, functions, None.

    A list in a space means the same. A dictionary gives each value options of its own, which are
    part of the trial only where that value is chosen.

    >>> space = st.tune.Space({
    ...     "optimizer": st.tune.choice({
    ...         "adam": {}, "sgd": {"momentum": st.tune.uniform(0.5, 0.99)},
    ...     }),
    ... })
    >>> study = st.tune.Study(space, seed=1)
    >>> [sorted(study.ask().options) for _ in range(2)]
    [['momentum', 'optimizer'], ['optimizer']]
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise ArgumentError(f"choice: a list of values was expected, got {values!r:.60}")
    several = tuple(values)
    if not several:
        raise ArgumentError("choice: no values were given; at least one is needed")
    parts = tuple(values.values()) if isinstance(values, Mapping) else ({},) * len(several)
    for value, part in zip(several, parts, strict=True):
        if not isinstance(part, Mapping):
            raise ArgumentError(
                f"choice: {value!r} comes with {part!r:.60}, where a dictionary of its own options "
                "was expected ({} for none)"
            )
    return Choice(several, parts)


def uniform(low: float, high: float) -> Uniform:
    """A number from `low` to `high`, each equally likely.

    >>> st.tune.uniform(0.0, 0.5).at(0.5)
    0.25
    """
    return Uniform(*_interval("uniform", low, high))


def log_uniform(low: float, high: float) -> Uniform:
    """A number from `low` to `high` whose logarithm is uniform, as for a learning rate.

    >>> round(st.tune.log_uniform(1e-4, 1e-2).at(0.5), 6)
    0.001
    """
    low, high = _interval("log_uniform", low, high)
    if low <= 0:
        raise ArgumentError(f"log_uniform: low must be above 0, got {low}; or use uniform")
    return Uniform(low, high, log=True)


def integer(low: int, high: int, log: bool = False) -> Integer:
    """A whole number from `low` to `high`, both included; with `log` small ones are likelier.

    >>> size = st.tune.integer(1, 3)
    >>> [size.at(fraction) for fraction in (0.0, 0.5, 1.0)]
    [1, 2, 3]
    """
    least, most = whole("integer: low", low), whole("integer: high", high)
    if least >= most:
        raise ArgumentError(f"integer: low must be below high, got {low} and {high}")
    if log and least < 1:
        raise ArgumentError(f"integer: with log=True low must be at least 1, got {low}")
    return Integer(least, most, log)


def _interval(name: str, low: Any, high: Any) -> tuple[float, float]:
    for number in (low, high):
        if not is_number(number) or math.isinf(number):
            raise ArgumentError(f"{name}: two finite numbers were expected, got {low!r}, {high!r}")
    if not low < high:
        raise ArgumentError(f"{name}: low must be below high, got {low} and {high}")
    return float(low), float(high)

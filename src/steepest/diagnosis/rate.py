"""Rules on settings of the optimizer: unusual learning rates, scheduled values out of range.

Which rates are usual is declared by the optimizers (`Optimizer.usual_rates`). Depends on
optimizers and finding.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from steepest.constructors import constructor_parameters
from steepest.errors import ArgumentError
from steepest.finding import Finding, Rule, Severity, Where
from steepest.optimizers import Optimizer

ROUNDING = 1e-6  # a rate is stored as float32

UNUSUAL_RATE = Rule(
    "unusual-rate",
    Severity.WARNING,
    "The learning rate is far outside the usual range of the optimizer.",
    "learning_rate {rate:.4g} is far too {word} for {optimizer}",
    "{start}measure a good one: model.find_rate(x, y)",
)
OUT_OF_RANGE = Rule(
    "setting-out-of-range",
    Severity.ERROR,
    "A number that follows a schedule left its range.",
    "{fault}; the weights are those before this step",
    "change the schedule",
    ArgumentError,
)


def rate_findings(optimizer: Optimizer) -> Iterator[Finding]:
    """A constant learning rate far outside the usual range.

    >>> import steepest as st
    >>> print(*rate_findings(st.optimizers.Adam(5.0)))
    learning_rate 5 is far too high for Adam; start from its default 0.001, or measure a good ...
    """
    if optimizer.usual_rates is None or optimizer.schedule is not None:
        return
    least, greatest = optimizer.usual_rates
    value = float(np.asarray(optimizer.learning_rate))
    if not least * (1.0 - ROUNDING) <= value <= greatest * (1.0 + ROUNDING):
        default = default_rate(optimizer)
        yield UNUSUAL_RATE.finding(
            Where("learning_rate"),
            rate=value,
            word="high" if value > greatest else "low",
            optimizer=type(optimizer).__name__,
            least=least,
            greatest=greatest,
            start="" if default is None else f"start from its default {default:g}, or ",
        )


def default_rate(optimizer: Optimizer) -> float | None:
    """The rate that the optimizer's class has by default, if that is within its usual range.

    >>> import steepest as st
    >>> default_rate(st.optimizers.SGD(5.0))
    0.01
    """
    least, greatest = optimizer.usual_rates or (0.0, np.inf)
    parameter = constructor_parameters(type(optimizer)).get("learning_rate")
    given = None if parameter is None else parameter.default
    return given if isinstance(given, float) and least <= given <= greatest else None


def lower_rate(optimizer: Optimizer, rate: float) -> float:
    """The rate to try instead of one that is too high.

    It is a tenth, or the default where the rate is above the usual range: there a tenth may be too
    high as well.

    >>> import steepest as st
    >>> lower_rate(st.optimizers.SGD(), 0.5), lower_rate(st.optimizers.Adam(), 0.3)
    (0.05, 0.001)
    """
    usual, default = optimizer.usual_rates, default_rate(optimizer)
    if usual is None or default is None or rate <= usual[1] * (1.0 + ROUNDING):
        return rate / 10
    return min(rate / 10, default)

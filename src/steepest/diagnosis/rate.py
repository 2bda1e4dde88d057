"""Rules on settings of the optimizer: unusual learning rates, scheduled values out of range.

Which rates are usual is declared by the optimizers (`Optimizer.usual_rates`). Depends on
optimizers and finding.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from steepest.errors import ArgumentError
from steepest.finding import Finding, Rule, Severity, Where
from steepest.optimizers import Optimizer

ROUNDING = 1e-6  # a rate is stored as float32

UNUSUAL_RATE = Rule(
    "unusual-rate",
    Severity.WARNING,
    "The learning rate is far outside the usual range of the optimizer.",
    "learning_rate {rate:.4g} is far too {word} for {optimizer}",
    "its range is about {least:g} to {greatest:g}",
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
    learning_rate 5 is far too high for Adam; its range is about 1e-07 to 0.1
    """
    if optimizer.usual_rates is None or optimizer.schedule is not None:
        return
    least, greatest = optimizer.usual_rates
    value = float(np.asarray(optimizer.learning_rate))
    if not least * (1.0 - ROUNDING) <= value <= greatest * (1.0 + ROUNDING):
        yield UNUSUAL_RATE.finding(
            Where("learning_rate"),
            rate=value,
            word="high" if value > greatest else "low",
            optimizer=type(optimizer).__name__,
            least=least,
            greatest=greatest,
        )

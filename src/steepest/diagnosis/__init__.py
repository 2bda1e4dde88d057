"""Rules that find errors and doubtful points in data, losses, settings and losses of a training.

`fit` raises or warns from their findings: the error or warning has its finding as `error.finding`,
and `history.findings` lists those of a run. Each rule is in `RULES` under its name. A user-defined
loss declares by `Labels` and `Predictions` what it takes.
"""

from __future__ import annotations

from steepest.diagnosis import (  # noqa: F401 - each adds its rules to RULES
    advice,
    bias_variance,
    data,
    diverged,
    first_layers,
    last_activation,
    loss_and_labels,
    loss_and_output,
    nothing_to_train,
    rate,
    settings,
    standstill,
)
from steepest.errors import suggest_names
from steepest.finding import RULES, Finding, Rule, Severity, Where, report
from steepest.losses.facts import Labels, Predictions

__all__ = [
    "Finding",
    "Where",
    "Severity",
    "Rule",
    "RULES",
    "report",
    "Labels",
    "Predictions",
]

suggest_names(__name__)

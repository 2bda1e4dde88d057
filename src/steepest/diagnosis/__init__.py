"""Findings: what is wrong or doubtful with data, losses, settings and the course of a training.

`fit` raises or warns from them: the error or warning carries its finding as `error.finding`, and
`history.findings` lists those of a run. Each rule is in `RULES` under its name. A loss of one's own
says by `Labels` and `Predictions` what it takes.
"""

from __future__ import annotations

from steepest.diagnosis import (  # noqa: F401 - each enters its rules in RULES
    advice,
    data,
    diverged,
    first_layers,
    last_activation,
    loss_and_labels,
    loss_and_output,
    nothing_to_train,
    rate,
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

"""Default values of evaluations."""

from __future__ import annotations

import steepest as st
from tests.signatures import defaults_of

DEFAULTS = """\
Comparison: columns=<factory>
cross_validate: k=5, seed=0
same_distribution: seed=0
together: every='epoch'
"""


def test_defaults() -> None:
    assert defaults_of([st, st.data], "steepest.evaluate") == DEFAULTS

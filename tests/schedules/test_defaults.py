"""Default values of schedules, as in Keras; `tests/peers` lists differences."""

from __future__ import annotations

import steepest as st
from tests.signatures import defaults_of

DEFAULTS = """\
CosineDecay: alpha=0.0, warmup_steps=0
CosineDecayRestarts: t_mul=2.0, m_mul=1.0, alpha=0.0
ExponentialDecay: decay_rate=0.36787944117144233, staircase=False
InverseTimeDecay: staircase=False
OneCycle: rising=0.3, div_factor=25.0, final_div_factor=10000.0
PolynomialDecay: end_learning_rate=0.0001, power=1.0, cycle=False
PowerDecay: base=0.95
"""


def test_defaults() -> None:
    assert defaults_of([st.schedules], "steepest.schedules") == DEFAULTS

"""Default values of initializers, as in Keras; `tests/peers` lists differences."""

from __future__ import annotations

import steepest as st
from tests.signatures import defaults_of

DEFAULTS = """\
Constant: value=0.0
Identity: gain=1.0
IdentityInitializer: gain=1.0
Orthogonal: gain=1.0
OrthogonalInitializer: gain=1.0
RandomNormal: mean=0.0, stddev=0.05
RandomUniform: minval=-0.05, maxval=0.05
TruncatedNormal: mean=0.0, stddev=0.05
VarianceScaling: scale=1.0, mode='fan_in', distribution='truncated_normal'
constant: value=0.0
identity: gain=1.0
orthogonal: gain=1.0
random_normal: mean=0.0, stddev=0.05
random_uniform: minval=-0.05, maxval=0.05
truncated_normal: mean=0.0, stddev=0.05
variance_scaling: scale=1.0, mode='fan_in', distribution='truncated_normal'
"""


def test_defaults() -> None:
    assert defaults_of([st.initializers], "steepest.initializers") == DEFAULTS

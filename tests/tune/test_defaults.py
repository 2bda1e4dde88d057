"""Default values of searches."""

from __future__ import annotations

import steepest as st
from tests.signatures import defaults_of

DEFAULTS = """\
Duel: overlap=0.0
Halving: factor=3, least=1, start=<factory>
ModelBased: at_once=4, lease=60.0
Random: low_discrepancy=True
Space: constraints=()
Study: strategy='random', metric='score', mode='max', seed=0, first=()
Trial: state='waiting', parts=<factory>, epochs=0, level=0, seconds=0.0, history=<factory>,
    error=''
compare: seeds=16, mode='auto', validation=0.2
integer: log=False
search: mode='auto', test=0.1, first=(), seed=0, verbose='auto'
"""


def test_defaults() -> None:
    assert defaults_of([st.tune], "steepest.tune") == DEFAULTS

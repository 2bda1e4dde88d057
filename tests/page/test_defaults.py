"""Default values of pages and their figures."""

from __future__ import annotations

import steepest as st
from tests.signatures import defaults_of

DEFAULTS = """\
Bars: x_label='', description=''
Code: diff=False
Heading: level=2
Lines: x_label='', y_label='', x_scale='linear', y_scale='linear', highlight=(), description='',
    hover=False
Notice: kind='note', title=''
Parallel: best='low', description=''
Pictures: colours='ink', size=64
Scatter: x_label='', y_label='', x_scale='linear', y_scale='linear', highlight=(),
    description=''
Slices: best='low', description=''
Table: rows=200, digits=4
"""


def test_defaults() -> None:
    assert defaults_of([st.page], "steepest.page") == DEFAULTS

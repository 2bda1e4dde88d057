"""Warnings about a training, shown at the user's own line. Leans on nothing."""

from __future__ import annotations

import os
import sys
import warnings

_HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


class TrainingWarning(UserWarning):
    """Something about the data or the settings is probably not what was meant.

    >>> issubclass(TrainingWarning, UserWarning)
    True
    """


def caution(message: str) -> None:
    """Warn of what is probably wrong, at the innermost line outside of steepest.

    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     caution("columns differ in scale")
    >>> caught[0].category.__name__
    'TrainingWarning'
    """
    depth, frame = 1, sys._getframe(0)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_HOME):
        depth, frame = depth + 1, frame.f_back
    warnings.warn(message, TrainingWarning, stacklevel=depth)

"""The current distribution, which the choice of the engine asks for. Depends on the config."""

from __future__ import annotations

from typing import TYPE_CHECKING

from steepest.changes import note_change
from steepest.config import config
from steepest.errors import ArgumentError

if TYPE_CHECKING:
    from steepest.distribution.strategies import Distribution

ENGINE = "xla"
"""The engine that computes on several devices."""

_current: list[Distribution | None] = [None]


def distribution() -> Distribution | None:
    """The distribution that models are trained by; None on one device.

    >>> st.distribution.distribution() is None
    True
    """
    return _current[0]


def set_distribution(value: Distribution | None) -> None:
    """Trains models by a distribution from here on; None ends it.

    While there is one, the engine "auto" is XLA's.

    >>> st.distribution.set_distribution(None)
    """
    if value is not None:
        if not hasattr(value, "get_variable_layout"):
            raise ArgumentError(
                "set_distribution: a DataParallel or ModelParallel was expected, or None, "
                f"got {value!r:.60}"
            )
        if config.engine not in ("auto", ENGINE):
            raise ArgumentError(
                f"set_distribution: the engine is {config.engine!r}, which computes on one "
                f"processor; set st.config.engine to 'auto' or {ENGINE!r}"
            )
    if value is not _current[0]:
        _current[0] = value
        note_change()

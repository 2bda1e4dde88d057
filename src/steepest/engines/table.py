"""The table of engines by name; one entry adds an engine.

Depends on the NumPy engine; any other is imported when it is first needed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

from steepest.config import know_engines
from steepest.engines.engine import Engine
from steepest.engines.numpy import NumpyEngine


def _cpu() -> Engine:
    from steepest.engines.cpu.engine import CpuEngine

    return CpuEngine()


def _xla() -> Engine:
    from steepest.engines.xla.engine import XlaEngine

    return XlaEngine()


ENGINES: dict[str, Callable[[], Engine]] = {"cpu": _cpu, "numpy": NumpyEngine, "xla": _xla}
AUTO = ("cpu", "numpy")
"""The engines of "auto", the quickest first: the first that can run a graph runs it."""

know_engines(ENGINES)


def engine_named(name: str) -> Engine:
    """The engine of a name, created once.

    >>> engine_named("numpy") is engine_named("numpy")
    True
    """
    return _made(ENGINES[name])


@functools.cache
def _made(load: Callable[[], Engine]) -> Engine:
    return load()


def candidates(wanted: str) -> list[Engine]:
    """The engines to try for a name ("auto" or one engine), in order.

    >>> [engine.name for engine in candidates("auto")]
    ['cpu', 'numpy']
    """
    return [engine_named(name) for name in (AUTO if wanted == "auto" else (wanted,))]

"""Which engine runs a program, and why. Leans on the engines, the cleaned graph and the config."""

from __future__ import annotations

import functools
import sys
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from steepest.config import checked_engine, config
from steepest.engines.bound import Bound
from steepest.engines.engine import Program
from steepest.engines.numpy import NumpyEngine
from steepest.errors import EngineUnavailable
from steepest.program.graph import Graph
from steepest.program.trace import Recording

if TYPE_CHECKING:
    from steepest.engines.cpu.engine import CpuEngine

MOST_PROGRAMS = 128
_programs: OrderedDict[tuple[str, str, tuple[str, ...]], Program] = OrderedDict()
_said: set[str] = set()


def prepare(
    graph: Graph, storage: Sequence[str] | None = None, engine: str | None = None
) -> Program:
    """The program of a graph on the engine asked for (or set, or best).

    Programs are kept, so that a graph of the same structure is prepared once.

    >>> import numpy as np, steepest as st
    >>> graph = st.trace(lambda x: x + 1.0, [st.TensorSpec((None,))])
    >>> prepare(graph, engine="numpy").call([np.float32([1, 2])], [])
    [array([2., 3.], dtype=float32)]
    """
    wanted = checked_engine(engine or config.engine)
    key = (wanted, graph.key(), tuple(storage or ()))
    program = _programs.get(key)
    if program is None:
        program = _programs[key] = _prepared(graph, storage, wanted)
        while len(_programs) > MOST_PROGRAMS:
            _programs.popitem(last=False)
    with suppress(KeyError):  # another thread's programs may have pushed it out
        _programs.move_to_end(key)
    return program


def bind(
    recording: Recording, storage: Sequence[str] | None = None, engine: str | None = None
) -> Bound:
    """The program of a recording on the engine asked for, with the recording's variables.

    >>> import numpy as np, steepest as st
    >>> from steepest.program.trace import record
    >>> bind(record(lambda x: x + 1.0, [st.TensorSpec((None,))])).call([np.float32([1, 2])])
    [array([2., 3.], dtype=float32)]
    """
    return prepare(recording.graph, storage, engine).bind(recording)


def expect(engine: str | None = None) -> None:
    """A graph is about to be recorded: what its engine has to load may begin to be loaded.

    >>> expect("numpy")
    """
    if checked_engine(engine or config.engine) != "numpy":
        with suppress(EngineUnavailable):  # `prepare` will say so
            _cpu_engine().expect()


def _prepared(graph: Graph, storage: Sequence[str] | None, wanted: str) -> Program:
    if wanted != "numpy":
        try:
            return _cpu_engine().prepare(graph, storage)
        except EngineUnavailable as reason:
            if wanted == "cpu":
                raise
            _say_once(f"steepest runs on NumPy: {reason}")
    return NumpyEngine().prepare(graph, storage)


@functools.cache
def _cpu_engine() -> CpuEngine:
    from steepest.engines.cpu.engine import CpuEngine

    return CpuEngine()


def _say_once(message: str) -> None:
    if message not in _said:
        _said.add(message)
        print(message, file=sys.stderr)

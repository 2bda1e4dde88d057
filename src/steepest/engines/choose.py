"""Which engine runs a program, and why. Leans on the engines, the cleaned graph and the config."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress

from steepest.config import checked_engine, config
from steepest.engines.bound import Bound
from steepest.engines.engine import Engine, Program
from steepest.engines.table import candidates
from steepest.errors import EngineUnavailable
from steepest.program.graph import Graph
from steepest.program.trace import Recording

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
    recording: Recording,
    storage: Sequence[str] | None = None,
    engine: str | None = None,
    threads: int | None = None,
) -> Bound:
    """The program of a recording on the engine asked for, with the recording's variables.

    >>> import numpy as np, steepest as st
    >>> from steepest.program.trace import record
    >>> bind(record(lambda x: x + 1.0, [st.TensorSpec((None,))])).call([np.float32([1, 2])])
    [array([2., 3.], dtype=float32)]
    """
    return prepare(recording.graph, storage, engine).bind(recording, threads)


def engine_for(graph: Graph, engine: str | None = None) -> Engine:
    """The engine that would run a graph: the one asked for (or set, or the best that can).

    >>> import steepest as st
    >>> engine_for(st.trace(lambda x: x + 1.0, [st.TensorSpec((None,))]), "numpy").name
    'numpy'
    """
    *others, last = _tried(engine)
    return next((other for other in others if other.can(graph) is None), last)


def reads(storage: str, engine: str | None = None) -> bool:
    """Whether the engine asked for (or set, or one that may be) reads columns stored so.

    >>> reads("sparse", "numpy"), reads("sparse", "cpu")
    (False, True)
    """
    return any(one.reads(storage) for one in _tried(engine))


def expect(engine: str | None = None) -> None:
    """A graph is about to be recorded: what its engine has to load may begin to be loaded.

    >>> expect("numpy")
    """
    _tried(engine)[0].expect()


def _tried(engine: str | None) -> list[Engine]:
    return candidates(checked_engine(engine or config.engine))


def _prepared(graph: Graph, storage: Sequence[str] | None, wanted: str) -> Program:
    *others, last = candidates(wanted)
    for other in others:
        try:
            return _on(other, graph, storage)
        except EngineUnavailable as reason:
            _say_once(f"steepest runs on NumPy: {reason}")
    return _on(last, graph, storage)


def _on(engine: Engine, graph: Graph, storage: Sequence[str] | None) -> Program:
    reason = engine.can(graph)
    if reason is not None:
        raise EngineUnavailable(reason)
    return engine.prepare(graph, storage)


def _say_once(message: str) -> None:
    if message not in _said:
        _said.add(message)
        print(message, file=sys.stderr)

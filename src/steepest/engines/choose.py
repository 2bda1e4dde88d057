"""Chooses the engine of a program. Depends on the table of engines, the graph and the config."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress

from steepest.config import checked_engine, config
from steepest.distribution.current import ENGINE, distribution
from steepest.engines.bound import Bound
from steepest.engines.engine import Engine, Program
from steepest.engines.table import candidates
from steepest.errors import EngineUnavailable
from steepest.program.graph import Graph
from steepest.program.trace import Recording

MOST_PROGRAMS = 128
_programs: OrderedDict[tuple[str, str, tuple[str, ...]], Program] = OrderedDict()
_printed: set[str] = set()


def prepare(
    graph: Graph, storage: Sequence[str] | None = None, engine: str | None = None
) -> Program:
    """The program of a graph on the given engine (or that of the config, or the best).

    Programs are cached: graphs of the same structure are prepared once.

    >>> import numpy as np, steepest as st
    >>> graph = st.trace(lambda x: x + 1.0, [st.TensorSpec((None,))])
    >>> prepare(graph, engine="numpy").call([np.float32([1, 2])], [])
    [array([2., 3.], dtype=float32)]
    """
    wanted = _wanted(engine)
    key = (wanted, graph.key(), tuple(storage or ()))
    program = _programs.get(key)
    if program is None:
        program = _programs[key] = _prepared(graph, storage, wanted)
        while len(_programs) > MOST_PROGRAMS:
            _programs.popitem(last=False)
    with suppress(KeyError):  # another thread may have removed it from the cache
        _programs.move_to_end(key)
    return program


def bind(
    recording: Recording,
    storage: Sequence[str] | None = None,
    engine: str | None = None,
    threads: int | None = None,
) -> Bound:
    """The program of a recording on the given engine, with the recording's variables.

    >>> import numpy as np, steepest as st
    >>> from steepest.program.trace import record
    >>> bind(record(lambda x: x + 1.0, [st.TensorSpec((None,))])).call([np.float32([1, 2])])
    [array([2., 3.], dtype=float32)]
    """
    return prepare(recording.graph, storage, engine).bind(recording, threads)


def engine_for(graph: Graph, engine: str | None = None) -> Engine:
    """The engine that would run a graph: the given one, that of the config, or the best.

    >>> import steepest as st
    >>> engine_for(st.trace(lambda x: x + 1.0, [st.TensorSpec((None,))]), "numpy").name
    'numpy'
    """
    *others, last = _tried(engine)
    return next((other for other in others if other.can(graph) is None), last)


def packs(engine: str | None = None) -> bool:
    """Whether the given engine, or one that may be chosen, reads packed columns faster.

    >>> packs("numpy"), packs("cpu")
    (False, True)
    """
    return any(one.packs() for one in _tried(engine))


def mixes(engine: str | None = None) -> bool:
    """Whether the given engine, or one that may be chosen, runs mixed policies of layers.

    >>> mixes("cpu")
    False
    """
    return any(one.mixes() for one in _tried(engine))


def joins(engine: str | None = None) -> bool:
    """Whether the given engine, or one that may be chosen, makes calls of several jobs as one.

    >>> joins("xla"), joins("cpu")
    (True, False)
    """
    return any(one.joins() for one in _tried(engine))


def expect(engine: str | None = None) -> None:
    """Begins to load the libraries of the engine: a graph is about to be recorded.

    >>> expect("numpy")
    """
    _tried(engine)[0].expect()


def _tried(engine: str | None) -> list[Engine]:
    return candidates(_wanted(engine))


def _wanted(engine: str | None) -> str:
    """The given name of an engine, or that of the config; "auto" on several devices is XLA's."""
    wanted = checked_engine(engine or config.engine)
    return ENGINE if wanted == "auto" and distribution() is not None else wanted


def _prepared(graph: Graph, storage: Sequence[str] | None, wanted: str) -> Program:
    *others, last = candidates(wanted)
    for other in others:
        try:
            return _on(other, graph, storage)
        except EngineUnavailable as reason:
            message = f"steepest runs on NumPy: {reason}"
            if message not in _printed:
                _printed.add(message)
                print(message, file=sys.stderr)
    return _on(last, graph, storage)


def _on(engine: Engine, graph: Graph, storage: Sequence[str] | None) -> Program:
    reason = engine.can(graph)
    if reason is not None:
        raise EngineUnavailable(reason)
    return engine.prepare(graph, storage)

"""SharedRecordings: models of equal structure that are trained side by side record a step once.

A recording is a graph and the variable of each of its slots; another model of the same structure
has the same graph, and its own variables in their places. Depends on structure and the recorder.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Hashable, Iterator
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from steepest.core import dispatch, tree
from steepest.neuralnet.batch_count import BatchCount
from steepest.neuralnet.input.feeds import specs_of
from steepest.neuralnet.structure import NotDescribed, Structure, is_sequential
from steepest.program.graph import Graph
from steepest.program.trace import Recorder, Recording, TensorSpec

if TYPE_CHECKING:
    from steepest.neuralnet.learner import Learner

MOST_RECORDINGS = 256


class SharedRecordings:
    """Recordings by the structure of their models."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[Recording, list[int]]] = {}
        # How many batches one engine call runs, by the graph and the size of a batch.
        self.counts: dict[Graph, dict[int, BatchCount]] = {}
        self._latest = threading.local()  # the model that was described last, and its structure

    def recording(
        self, model: Learner, step: Hashable, record: Callable[[], Recording]
    ) -> Recording:
        """The recording of a model's step: `record()`, or that of an equal model, with its own
        variables.
        """
        try:
            before = self._structure(model)
        except NotDescribed:
            return record()
        known = self._known.get((step, before.key))
        if known is not None:
            recording, places = known
            return replace(recording, variables=tuple(before.variables[at] for at in places))
        recording = record()
        try:
            after = self._structure(model)  # recording may make variables or metrics
        except NotDescribed:
            return recording
        positions = {variable: at for at, variable in enumerate(after.variables)}
        complete = all(variable in positions for variable in recording.variables)
        is_plain = complete and after.key == before.key and not recording.faults
        if is_plain and len(self._known) < MOST_RECORDINGS:
            places = [positions[variable] for variable in recording.variables]
            self._known[step, before.key] = recording, places
        return recording

    def _structure(self, model: Learner) -> Structure:
        """The structure of a model, described again only if something in it was assigned."""
        if not is_sequential(model):  # the layers of others are called in any order
            raise NotDescribed("a model whose calls are not in its attributes")
        known: tuple[Learner, Structure] | None = getattr(self._latest, "described", None)
        if known is not None and known[0] is model and known[1].is_current():
            return known[1]
        structure = Structure(model, model.epoch_position)
        self._latest.described = model, structure
        return structure


_shared: ContextVar[SharedRecordings | None] = ContextVar("_shared", default=None)


def share_recordings(shared: SharedRecordings) -> None:
    """Lets the models of this context, and of others with the same object, share recordings."""
    _shared.set(shared)


@contextlib.contextmanager
def recordings_shared() -> Iterator[None]:
    """Lets all models within a `with` block share recordings, those of jobs side by side too.

    >>> with recordings_shared():
    ...     shared_recordings() is None
    False
    """
    token = _shared.set(_shared.get() or SharedRecordings())
    try:
        yield
    finally:
        _shared.reset(token)


def shared_recordings() -> SharedRecordings | None:
    """The recordings that models of this context share, if they do.

    >>> shared_recordings() is None
    True
    """
    return _shared.get()


def resolve_objectives(model: Learner, nest: Any) -> bool:
    """Makes the losses and metrics of a built model from the forms of its labels and outputs.

    Returns whether that is possible without recording a step.
    """
    aims = model.objectives
    if aims is None or len(nest) < 2 or not is_sequential(model) or not model.built:
        return False
    shape = model.output_shape
    if not isinstance(shape, tuple):
        return False
    recorder = Recorder()
    labels = [recorder.input(spec, at) for at, spec in enumerate(specs_of(nest[1:2]))]
    output = recorder.input(TensorSpec(shape, model.compute_dtype), len(labels))
    with dispatch.interpreting(recorder):
        aims.resolve(tree.rebuild(nest[1], iter(labels)), output, model.output_names)
    return True

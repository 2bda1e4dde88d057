"""StepCache: the recorded steps of a model, keyed by all that they depend on.

A step is recorded once for a form of data, and bound to an engine once for a form of storage;
freezing a layer or choosing another engine gives another step, and the former one stays cached.
Depends on step and feeds.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from steepest.config import config
from steepest.core import dispatch, ops, tree
from steepest.core.primitives import show
from steepest.engines.choose import expect, mixes
from steepest.engines.meeting import current_seat
from steepest.errors import ArgumentError, UnknownSizeError, noted
from steepest.neuralnet import step as steps
from steepest.neuralnet.batchwise import BoundBySize, EagerBound
from steepest.neuralnet.input.feeds import Prepare, specs_of, storage_of
from steepest.neuralnet.shared_recordings import shared_recordings
from steepest.program.trace import Recording, TensorSpec

if TYPE_CHECKING:
    from steepest.neuralnet.learner import Learner, Trained


EXAMPLE_ROWS = 32  # of the first recording of a step that depends on the size of the batch


class RecordingKey(NamedTuple):
    """All that a recording depends on: the data's form, and which weights are trained."""

    kind: str
    nest: str
    specs: tuple[TensorSpec, ...]
    flags: tuple[bool, ...]
    weights: tuple[int, ...]
    engine: str | None
    prepare: Prepare | None


class StepKey(NamedTuple):
    """All that a step depends on: its recording, and how the columns are stored."""

    recording: RecordingKey
    storage: tuple[str, ...]


class StepCache:
    """The steps of one model and the recordings that they are made of.

    >>> import numpy as np, steepest as st
    >>> from steepest.neuralnet.input.feeds import columns_of
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> nest = (columns_of(np.zeros((4, 2), np.float32), "x", np.dtype("float32")),)
    >>> cache = StepCache()
    >>> cache.step(model, "predict", nest) is cache.step(model, "predict", nest)
    True
    >>> [key.storage for key in cache.steps]
    [('dense',)]
    """

    def __init__(self) -> None:
        self.steps: dict[StepKey, steps.Step] = {}
        self.recordings: dict[RecordingKey, Recording] = {}

    def step(
        self,
        model: Learner,
        kind: str,
        nest: Any,
        prepare: Prepare | None = None,
        trained: Trained | None = None,
    ) -> steps.Step:
        """The step of a kind for data of this form, recorded and bound if it is new."""
        if model.run_eagerly:
            return _eager_step(model, kind, nest, prepare)
        storage = storage_of(nest)
        key = StepKey(_recording_key(model, kind, nest, prepare, trained), storage)
        if key not in self.steps:
            # A callback may have frozen a layer since the caller asked what is trained.
            current = (
                key.recording if trained is None else _recording_key(model, kind, nest, prepare)
            )
            current, recording = self._recording(model, current, nest)
            key = StepKey(current, storage)
            self.steps[key] = _bound(model, kind, nest, prepare, recording)
        return self.steps[key]

    def recording(
        self,
        model: Learner,
        kind: str,
        nest: Any,
        prepare: Prepare | None = None,
        trained: Trained | None = None,
    ) -> Recording:
        """The recording of a step of a kind, not bound to an engine."""
        return self._recording(model, _recording_key(model, kind, nest, prepare, trained), nest)[1]

    def _recording(
        self, model: Learner, key: RecordingKey, nest: Any
    ) -> tuple[RecordingKey, Recording]:
        """The recording of a key, and its key: to record may build the model, which changes it."""
        if key in self.recordings:
            return key, self.recordings[key]
        expect(model._engine)
        kind, prepare, made = key.kind, key.prepare, list[Recording]()

        def record() -> Recording:
            made.append(_recorded_for_nest(model, kind, nest, prepare))
            return made[0]

        shared, was_built = None if prepare is not None else shared_recordings(), model.built
        with noted(f"in the {kind} step of {model.name!r}, for {_shapes_of(nest)}"):
            build(model, kind, nest, prepare)
            form = kind, key.nest, key.specs
            recording = record() if shared is None else shared.recording(model, form, record)
        if made or not was_built:
            key = _recording_key(model, kind, nest, prepare)
        self.recordings[key] = recording
        return key, recording


def _recorded_for_nest(model: Learner, kind: str, nest: Any, prepare: Prepare | None) -> Recording:
    """Records a step for batches of any size if there is one for them, else for an example's."""
    try:
        return _recorded(model, kind, nest, prepare)
    except UnknownSizeError:  # then for the size of a batch, each that occurs
        rows = min(len(tree.leaves(nest)[0]), EXAMPLE_ROWS)
        return _recorded(model, kind, nest, prepare, rows)


def _recorded(
    model: Learner, kind: str, nest: Any, prepare: Prepare | None, rows: int | None = None
) -> Recording:
    """Records a step for batches of any size, or of a number of rows."""
    function = steps.after(prepare, steps.KINDS[kind](model))
    with model.counted(training=kind in ("train", "epochs")):
        return steps.recorded(function, nest, specs_of(nest, rows))


def _bound(
    model: Learner, kind: str, nest: Any, prepare: Prepare | None, recording: Recording
) -> steps.Step:
    _require_mixing(model)
    inputs = recording.graph.inputs
    if not inputs or any(None in node.shape for node in inputs):
        step = steps.bound(recording, storage_of(nest), model._engine, model._threads)
        shared = shared_recordings()
        if shared is not None and current_seat() is None:
            step.counts = shared.counts.setdefault(recording.graph, step.counts)
        return step
    record = partial(_recorded, model, kind, nest, prepare)
    by_size = BoundBySize(recording, record, kind == "predict", model._engine, model._threads)
    return steps.Step(by_size)


def _require_mixing(model: Learner) -> None:
    """Raises if a layer has a mixed policy and the engine would gain nothing by it."""
    mixed = (part for part in model.flatten_layers() if getattr(part, "_is_mixed", False))
    layer = next(mixed, None)
    if layer is not None and not mixes(model._engine):
        raise ArgumentError(
            f"layer {layer.name!r} has the policy 'mixed_bfloat16', which is no faster on the "
            f"engine {model._engine or config.engine!r}: compile the model with engine='xla', or "
            "make its layers with dtype='float32'"
        )


def _eager_step(model: Learner, kind: str, nest: Any, prepare: Prepare | None) -> steps.Step:
    function = steps.after(prepare, steps.eager(model, kind))

    def counted(data: Any) -> Any:
        with model.counted(training=kind == "train"):
            return function(data)

    form = tree.transform(lambda _: None, nest)
    return steps.Step(EagerBound(counted, form, kind == "predict"))


def _recording_key(
    model: Learner, kind: str, nest: Any, prepare: Prepare | None, trained: Trained | None = None
) -> RecordingKey:
    weights, flags = model.trained() if trained is None else trained
    return RecordingKey(
        kind,
        str(tree.transform(lambda _: None, nest)),
        tuple(specs_of(nest)),
        flags,
        tuple(map(id, weights)),
        model._engine,
        prepare,
    )


def build(model: Learner, kind: str, nest: Any, prepare: Prepare | None) -> None:
    """Builds the model and the optimizer, so that recording need not.

    Where a step of the model's own calls its parts, `call` may be missing or take other inputs.
    """
    if not model.built and (model.has_call or not model.has_own_step(kind)):
        with dispatch.eagerly():
            first = tree.transform(lambda column: ops.constant(column.take(np.arange(1))), nest)
            try:
                model(steps.unpack(steps.after(prepare, lambda data: data)(first))[0])
            except Exception:
                parts = [part for part in model.flatten_layers() if part is not model]
                if not model.has_own_step(kind) or not all(part.built for part in parts):
                    raise
    if kind == "train" and model.optimizer is not None:
        model.optimizer.ensure_built(model.trainable_weights)


def _shapes_of(nest: Any) -> str:
    """The shapes of the data, as messages show them."""
    parts = []
    for name, part in zip(("x", "y", "sample_weight"), nest, strict=False):
        shapes = tree.transform(lambda column: _Unquoted(show((None, *column.row_shape))), part)
        parts.append(f"{name} {shapes}")
    return ", ".join(parts)


class _Unquoted(str):
    """A text that lists and dictionaries show without quotation marks."""

    __repr__ = str.__str__

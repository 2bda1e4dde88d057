"""StepCache: the recorded steps of a model, by all that they depend on. Leans on step and feed.

A step is recorded once for a form of data, and made ready once for a form of storage; freezing a
layer or another engine gives another step, and the former one is found again afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from steepest.core import dispatch, ops, tree
from steepest.core.primitives import show
from steepest.engines.choose import expect
from steepest.errors import noted
from steepest.neuralnet import step as steps
from steepest.neuralnet.input.feeds import Prepare, specs_of, storage_of
from steepest.program.trace import Recording, TensorSpec

if TYPE_CHECKING:
    from steepest.neuralnet.learner import Learner, Trained


class Form(NamedTuple):
    """All that a recording depends on: the data's form, and which weights are trained."""

    kind: str
    nest: str
    specs: tuple[TensorSpec, ...]
    flags: tuple[bool, ...]
    weights: tuple[int, ...]
    engine: str | None
    prepare: Prepare | None


class Key(NamedTuple):
    """All that a step depends on: its recording, and how the columns are stored."""

    form: Form
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
        self.steps: dict[Key, steps.Step] = {}
        self.recordings: dict[Form, Recording] = {}

    def step(
        self,
        model: Learner,
        kind: str,
        nest: Any,
        prepare: Prepare | None = None,
        trained: Trained | None = None,
    ) -> steps.Step:
        """The step of a kind for data of this form, recorded and made ready if it is new."""
        key = _key(model, kind, nest, prepare, trained)
        if key not in self.steps:
            recording = self.recording(model, kind, nest, prepare)
            key = _key(model, kind, nest, prepare)  # building the model has changed it
            self.steps[key] = steps.ready(recording, key.storage, model._engine, model._threads)
        return self.steps[key]

    def recording(
        self,
        model: Learner,
        kind: str,
        nest: Any,
        prepare: Prepare | None = None,
        trained: Trained | None = None,
    ) -> Recording:
        """What a step of a kind does, recorded and not made ready to run."""
        form = _form(model, kind, nest, prepare, trained)
        if form not in self.recordings:
            expect(model._engine)
            with noted(f"in the {kind} step of {model.name!r}, for {_shapes_of(nest)}"):
                _build(model, kind, nest, prepare)
                function = steps.after(prepare, steps.KINDS[kind](model))
                with model.counted(training=kind in ("train", "epochs")):
                    recording = steps.recorded(function, nest, specs_of(nest))
            # By the form that holds now: recording may have built the model, which changes it.
            self.recordings[_form(model, kind, nest, prepare)] = recording
            return recording
        return self.recordings[form]


def _key(
    model: Learner, kind: str, nest: Any, prepare: Prepare | None, trained: Trained | None = None
) -> Key:
    return Key(_form(model, kind, nest, prepare, trained), storage_of(nest))


def _form(
    model: Learner, kind: str, nest: Any, prepare: Prepare | None, trained: Trained | None = None
) -> Form:
    weights, flags = model.trained() if trained is None else trained
    return Form(
        kind,
        str(tree.transform(lambda _: None, nest)),
        tuple(specs_of(nest)),
        flags,
        tuple(map(id, weights)),
        model._engine,
        prepare,
    )


def _build(model: Learner, kind: str, nest: Any, prepare: Prepare | None) -> None:
    """Builds what recording would otherwise have to build on the way."""
    if not model.built:
        with dispatch.eagerly():
            first = tree.transform(lambda column: ops.constant(column.take(np.arange(1))), nest)
            model(steps.unpack(steps.after(prepare, lambda data: data)(first))[0])
    if kind == "train" and model.optimizer is not None:
        model.optimizer.build(model.trainable_weights)


def _shapes_of(nest: Any) -> str:
    """The shapes of the data, as messages show them."""
    parts = []
    for name, part in zip(("x", "y", "sample_weight"), nest, strict=False):
        shapes = tree.transform(lambda column: _Unquoted(show((None, *column.row_shape))), part)
        parts.append(f"{name} {shapes}")
    return ", ".join(parts)


class _Unquoted(str):
    """A text that stands in a list or dictionary without quotation marks."""

    __repr__ = str.__str__

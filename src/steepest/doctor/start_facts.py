"""Facts of a new model at its start: loss, activations of each layer, gradient of each weight.

One recorded program computes all of them for a sample of the rows. It runs on a model made for it,
so that no object of the user changes. Depends on facts, the tape and the recorder.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from steepest.core import ops, tree
from steepest.core.tape import GradientTape
from steepest.core.tensor import Tensor
from steepest.doctor.facts import Facts, fact
from steepest.doctor.rows import Rows
from steepest.doctor.setup import Setup
from steepest.engines.choose import bind
from steepest.errors import SteepestError
from steepest.layers.dense import KernelAndBias
from steepest.layers.layer import Layer
from steepest.layers.symbolic import InputLayer
from steepest.neuralnet.input.accept import intake
from steepest.neuralnet.input.feeds import specs_of
from steepest.neuralnet.model import Model
from steepest.neuralnet.step import recorded, unpack
from steepest.program.graph import Graph

PROBE_ROWS = 256
"""Rows of the sample for which a new model is computed."""


@dataclass(frozen=True)
class LayerStart:
    """The inputs and outputs of one layer for the sample, one row each, and its kernel."""

    name: str
    inputs: np.ndarray = field(repr=False)
    outputs: np.ndarray = field(repr=False)
    kernel: np.ndarray | None = field(default=None, repr=False)


@dataclass(frozen=True)
class WeightStart:
    """A trainable weight: its path, initial values and gradient; None if the loss has none."""

    path: str
    values: np.ndarray = field(repr=False)
    gradient: np.ndarray | None = field(repr=False)

    @property
    def has_gradient(self) -> bool:
        """Whether some entry of the gradient is not 0.

        >>> WeightStart("dense/kernel", np.ones(2), np.zeros(2)).has_gradient
        False
        """
        return self.gradient is not None and bool(self.gradient.any())


@dataclass(frozen=True)
class Start:
    """A new model of seed 0 for a sample of the rows, in training.

    `loss` is that of the data alone and `penalty` what regularizers add; `fault` says why nothing
    of it is known.
    """

    loss: float = np.nan
    penalty: float = 0.0
    layers: tuple[LayerStart, ...] = ()
    weights: tuple[WeightStart, ...] = ()
    fault: str = ""


@fact
def start_of(facts: Facts) -> Start:
    """The start of the training.

    >>> model = st.Sequential([st.layers.Dense(2, "relu", input_shape=(3,)), st.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> start = start_of(Facts.of(model, np.ones((8, 3), np.float32), np.zeros(8, np.float32)))
    >>> [layer.outputs.shape for layer in start.layers], len(start.weights)
    ([(8, 2), (8, 1)], 4)
    """
    return started(facts.setup)


def started(setup: Setup, rows: int = PROBE_ROWS) -> Start:
    """The start of any setup, such as one with a proposed change.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(3,), kernel_initializer="zeros")])
    >>> model.compile("sgd", "mse")
    >>> started(Setup.of(model, np.ones((8, 3)), np.ones(8))).loss
    1.0
    """
    try:
        sample = setup.prepared(setup.rows).sample(rows)
        program = InsideProgram(setup, sample)
        return program.computed(program.arrays(sample))
    except (SteepestError, ValueError, TypeError) as error:
        return Start(fault=str(error))


class InsideProgram:
    """A program that gives losses, layers' outputs and gradients of a model made for it.

    It is given prepared rows: a preparation may drop rows, or take values of neighbouring ones.
    `move_to` sets its weights to those of another model of the same setup, which may be training.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,), kernel_initializer="zeros")])
    >>> model.compile("sgd", "mse")
    >>> setup = Setup.of(model, np.ones((4, 1)), np.ones(4))
    >>> program = InsideProgram(setup, setup.rows)
    >>> model.set_weights([np.ones((1, 1)), np.zeros(1)])
    >>> program.move_to(model)
    >>> program.computed(program.arrays(setup.rows)).loss
    0.0
    """

    def __init__(self, setup: Setup, rows: Rows) -> None:
        self.model = setup.seeded(0)
        feed = intake(self.model, rows.x, rows.y)
        self._recording = recorded(_probe(self.model), feed.nest, specs_of(feed.nest))
        self._bound = bind(self._recording, engine="numpy")

    @property
    def graph(self) -> Graph:
        """The program, whose arithmetic is that of a step without its update."""
        return self._recording.graph

    def move_to(self, other: Model) -> None:
        """Copies the weights of another model of the same setup."""
        for own, given in zip(self.model.weights, other.weights, strict=True):
            own.buffer()[...] = given.numpy()

    def arrays(self, rows: Rows) -> list[np.ndarray]:
        """Rows as the program reads them."""
        feed = intake(self.model, rows.x, rows.y)
        return [column.take(np.arange(len(rows))) for column in tree.leaves(feed.nest)]

    def computed(self, arrays: list[np.ndarray]) -> Start:
        """The losses, outputs and gradients for the arrays of some rows."""
        with np.errstate(all="ignore"):
            return _start(self.model, self._recording.rebuild(self._bound.call(arrays)))


def _probe(model: Model) -> Callable[[Any], Any]:
    """The function that is recorded: losses, inputs and outputs of layers, gradients."""
    seen: dict[str, tuple[Tensor, Tensor]] = {}
    for layer in model.flatten_layers():
        if isinstance(layer, Layer) and not (layer.sublayers or isinstance(layer, InputLayer)):
            _watch(layer, seen)

    def run(data: Any) -> dict[str, Any]:
        x, y, _ = unpack(data)
        with GradientTape() as tape:
            output = model(x, training=True)
            total = model.compute_loss(x, y, output)
        gradients = tape.gradient(total, model.trainable_weights)
        penalty = sum(model.losses, ops.constant(0.0))
        return {
            "loss": total - penalty, "penalty": penalty, "gradients": gradients, "layers": seen,
        }  # fmt: skip

    return run


def _watch(layer: Layer, seen: dict[str, tuple[Tensor, Tensor]]) -> None:
    """Lets a layer of the doctor's own model keep what it is given and returns."""
    call = layer.call

    @functools.wraps(call)
    def watched(inputs: Any, *args: Any, **kwargs: Any) -> Any:
        outputs = call(inputs, *args, **kwargs)
        if isinstance(inputs, Tensor) and isinstance(outputs, Tensor):
            seen[layer.name] = (inputs, outputs)
        return outputs

    vars(layer)["call"] = watched


def _start(model: Model, values: dict[str, Any]) -> Start:
    kernels = {
        layer.name: np.asarray(layer.kernel)
        for layer in model.flatten_layers()
        if isinstance(layer, KernelAndBias)
    }
    layers = [
        LayerStart(name, by_row(inputs.numpy()), by_row(outputs.numpy()), kernels.get(name))
        for name, (inputs, outputs) in values["layers"].items()
    ]
    weights = [
        WeightStart(weight.path, weight.numpy(), None if gradient is None else gradient.numpy())
        for weight, gradient in zip(model.trainable_weights, values["gradients"], strict=True)
    ]
    loss, penalty = float(values["loss"].numpy()), float(values["penalty"].numpy())
    return Start(loss, penalty, tuple(layers), tuple(weights))


def by_row(array: np.ndarray) -> np.ndarray:
    """The values of each row of a batch as one row.

    >>> by_row(np.zeros((4, 2, 3))).shape
    (4, 6)
    """
    return array.reshape(len(array), -1)

"""Checks of layers with weights. Depends on the other files of the classroom."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from steepest.classroom import mistakes
from steepest.classroom.differences import (
    Difference,
    Found,
    attempt,
    compared,
    gradient_by_differences,
)
from steepest.classroom.layers import DenseLayer, Layer, LibraryLayer, is_overridden
from steepest.classroom.optimizer import SGD
from steepest.core.tensor import Tensor

Array = np.ndarray


FORWARD, BACKWARD = "forward_propagation", "backward_propagation"


class Slot(NamedTuple):
    """An array of weights of a layer, with how to read and replace it."""

    name: str
    get: Callable[[], Array]
    set: Callable[[Array], Any]


COURSE_NAMES = {"kernel": "weights", "bias": "biases"}


def slots_of(layer: Any) -> list[Slot]:
    """The weights of a layer: arrays of floats, except for its input and output.

    >>> [slot.name for slot in slots_of(DenseLayer(2, (3,)))]
    ['weights', 'biases']
    """
    if isinstance(layer, LibraryLayer):
        named = [
            (weight.name.rpartition("/")[2], weight) for weight in layer.wrapped.trainable_weights
        ]
        return [Slot(COURSE_NAMES.get(name, name), w.numpy, w.assign) for name, w in named]
    arrays = {
        name: np.asarray(value)
        for name, value in vars(layer).items()
        if isinstance(value, (np.ndarray, Tensor)) and name not in ("input", "output")
    }
    return [
        Slot(name, partial(_read, layer, name), partial(setattr, layer, name))
        for name, value in arrays.items()
        if value.dtype.kind == "f"
    ]


def _read(layer: Any, name: str) -> Array:
    return np.array(getattr(layer, name))


def ready(subject: Any) -> Any:
    """A copy of a layer in float64 whose backward step subtracts the gradient itself.

    >>> ready(DenseLayer(2)).weights.shape
    (3, 2)
    """
    layer = copy.deepcopy(subject)
    if isinstance(layer, LibraryLayer) and layer.wrapped.dtype != np.float64:
        old = layer.wrapped
        layer.wrapped = type(old).from_config({**old.get_config(), "dtype": "float64"})
        if old.built:
            layer.wrapped.ensure_built(old.input_shape)
            layer.wrapped.set_weights(old.get_weights())
    if layer.input_shape() is None:
        layer.set_input_shape((3,))
    layer.initialize(SGD(1.0, momentum=0.0))
    return layer


def layer_differences(subject: Layer) -> Found:
    """What is wrong in the forward step of a dense layer, or the backward step of any layer.

    >>> list(layer_differences(DenseLayer(2)))
    [None, None, None]
    """
    layer = ready(subject)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4, *layer.input_shape()))
    output = attempt(FORWARD, lambda: layer.forward_propagation(x, False))
    forward = output if isinstance(output, Difference) else _forward_of_dense(layer, x, output)
    if output is None or forward is not None:
        yield forward or Difference(FORWARD, "nothing was returned", "end the method with return")
        return
    error = rng.normal(size=np.shape(output))
    yield from _backward_of_layer(layer, x, error)


def _forward_of_dense(layer: Any, x: Array, output: Any) -> Difference | None:
    """What a dense layer's own forward step has wrong."""
    if not (isinstance(layer, DenseLayer) and is_overridden(layer, DenseLayer, FORWARD)):
        return None
    w, b = layer.weights.copy(), layer.biases + np.arange(1, layer.n_units + 1)
    layer.biases = b
    output = attempt(FORWARD, lambda: layer.forward_propagation(x, False))
    if isinstance(output, Difference):
        return output
    wrong = mistakes.of_dense_forward(x, w, b)
    found = compared(FORWARD, output, x @ w + b, wrong)
    stored = layer.input is not None and np.array_equal(layer.input, x)
    if found is None and not stored:
        return Difference(
            FORWARD,
            "self.input is not the input",
            "store it, self.input = input, for the backward step",
        )
    return found


def _backward_of_layer(layer: Any, x: Array, error: Array) -> Found:
    def total(inputs: Array) -> float:
        return float(np.sum(error * np.asarray(layer.forward_propagation(inputs, False))))

    slopes = slopes_of(layer, lambda: total(x))
    of_input = gradient_by_differences(total, x)
    matrix = getattr(layer, "weights", None)
    before = {slot.name: slot.get() for slot in slots_of(layer)}
    output = np.asarray(layer.forward_propagation(x, False))
    w = matrix.copy() if isinstance(matrix, np.ndarray) else None
    returned = attempt(BACKWARD, lambda: layer.backward_propagation(error))
    if isinstance(returned, Difference):
        yield returned
        return
    w_after = None if w is None else np.array(layer.weights)
    yield compared(
        f"{BACKWARD}, the error of the input that it returns",
        returned,
        of_input,
        mistakes.of_input_error(error, w, w_after),
    )
    for slot in slots_of(layer):
        change = before[slot.name] - slot.get()
        if change.any() or isinstance(layer, LibraryLayer) or slot.name in COURSE_NAMES.values():
            wrong = mistakes.of_gradient(slot.name, slopes[slot.name], x, error, output)
            where = f"{BACKWARD}, the gradient by which it updates {slot.name}"
            yield compared(where, change, slopes[slot.name], wrong)


def slopes_of(layer: Any, value: Callable[[], float]) -> dict[str, Array]:
    """The derivative of a number with respect to each array of weights of a layer.

    >>> layer = DenseLayer(2, (1,))
    >>> slopes_of(layer, lambda: float(layer.weights.sum()))["weights"].round(6).tolist()
    [[1.0, 1.0]]
    """
    found = {}
    for slot in slots_of(layer):

        def moved_to(array: Array, slot: Slot = slot) -> float:
            slot.set(array)
            return value()

        at = slot.get()
        found[slot.name] = gradient_by_differences(moved_to, at)
        slot.set(at)
    return found

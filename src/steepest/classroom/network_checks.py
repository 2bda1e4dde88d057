"""Checks of a whole network. Depends on the other files of the classroom."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from steepest.classroom.differences import (
    Difference,
    Found,
    attempt,
    compared,
    gradient_by_differences,
    result_of,
)
from steepest.classroom.layer_checks import ready, slopes_of, slots_of
from steepest.classroom.neuralnet import NeuralNetwork
from steepest.errors import ArgumentError

Array = np.ndarray


def network_differences(
    subject: NeuralNetwork, dataset: Any, differences_of: Callable[[Any], Found]
) -> Found:
    """What is wrong in the parts of a network, or else in its own steps.

    `differences_of` gives the differences of a layer or loss.

    >>> net = NeuralNetwork().add(st.layers.Dense(2, input_shape=(3,)))
    >>> [one for one in network_differences(net, None, lambda part: iter(())) if one is not None]
    []
    """
    net = copy.copy(subject)
    net._model = None
    net.layers = [ready(layer) for layer in subject.layers]
    parts = [(f"layer {number}", layer) for number, layer in enumerate(subject.layers, 1)]
    wrong = False
    for place, part in [*parts, ("loss", net.loss)]:
        for one in differences_of(part):
            if one is not None:
                wrong = True
                where = f"{place} ({type(part).__name__}), {one.where}"
                yield Difference(where, one.what, one.mistake, one.entry)
    if not wrong:
        X, y = _rows(net, dataset)
        forward = _forward_of_network(net, X)
        yield forward
        if forward is None:
            yield from _backward_of_network(net, X, y)


def _rows(net: NeuralNetwork, dataset: Any) -> tuple[Array, Array]:
    """Some rows with labels: of the data set, or random ones."""
    if dataset is not None:
        return np.asarray(dataset.X, np.float64)[:5], net.labels(dataset)[:5]
    if not net.layers:
        raise ArgumentError("check: the network has no layers; add some")
    X = np.random.default_rng(0).normal(size=(5, *net.layers[0].input_shape()))
    outputs = net.layers[-1].output_shape()[-1]
    y = np.arange(5)[:, None] % 2 if outputs == 1 else np.eye(outputs)[np.arange(5) % outputs]
    return X, y.astype(np.float64)


def _forward_of_network(net: NeuralNetwork, X: Array) -> Difference | None:
    expected = X
    for layer in net.layers:
        expected = np.asarray(layer.forward_propagation(expected, False))
    last_alone = attempt("", lambda: np.asarray(net.layers[-1].forward_propagation(X, False)))
    wrong = {
        "each layer gets the inputs of the network: give it the outputs of the layer before": (
            None if isinstance(last_alone, Difference) else last_alone
        ),
        "the inputs are returned: return the outputs of the last layer": X,
    }
    return result_of(
        "forward_propagation", lambda: net.forward_propagation(X, False), expected, wrong
    )


def _backward_of_network(net: NeuralNetwork, X: Array, y: Array) -> Found:
    def value(inputs: Array) -> float:
        output = np.asarray(net.forward_propagation(inputs, False))
        return float(np.asarray(net.loss.loss(y, output)))

    slopes = [slopes_of(layer, lambda: value(X)) for layer in net.layers]
    of_input = gradient_by_differences(value, X)
    error = np.asarray(net.loss.derivative(y, np.asarray(net.forward_propagation(X, False))))
    unpassed = [_changes(layer, error) for layer in net.layers]
    before = [{slot.name: slot.get() for slot in slots_of(layer)} for layer in net.layers]
    returned = attempt("backward_propagation", lambda: net.backward_propagation(error))
    if isinstance(returned, Difference):
        yield returned
        return
    for number, layer in enumerate(net.layers):
        for slot in slots_of(layer):
            wrong = {
                "each layer gets the error of the network's output: give it what the layer after "
                "it returned": unpassed[number].get(slot.name)
            }
            layer_name = f"layer {number + 1} ({layer.layer_name()})"
            where = f"backward_propagation, {layer_name}, the gradient of {slot.name}"
            change = before[number][slot.name] - slot.get()
            yield compared(where, change, slopes[number][slot.name], wrong)
    wrong = {"the error of the network's output is returned": error}
    where = "backward_propagation, the error of the input that it returns"
    yield compared(where, returned, of_input, wrong)


def _changes(layer: Any, error: Array) -> dict[str, Array]:
    """How an error of its output would change the weights of a layer; {} if it does not fit."""
    tried = copy.deepcopy(layer)
    before = {slot.name: slot.get() for slot in slots_of(tried)}
    failed = isinstance(attempt("", lambda: tried.backward_propagation(error)), Difference)
    return {} if failed else {slot.name: before[slot.name] - slot.get() for slot in slots_of(tried)}

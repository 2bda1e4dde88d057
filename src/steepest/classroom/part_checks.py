"""Checks of activations, losses and optimizers. Depends on the other files of the classroom."""

from __future__ import annotations

import copy
from functools import partial
from typing import Any

import numpy as np

from steepest.classroom import mistakes
from steepest.classroom.activations import ActivationLayer
from steepest.classroom.differences import (
    Difference,
    Found,
    attempt,
    compared,
    gradient_by_differences,
    result_of,
)

Array = np.ndarray
RATE, MOMENTUM = 0.25, 0.875  # with which no two mistakes look the same


def activation_differences(subject: ActivationLayer) -> Found:
    """What is wrong in the derivative of an activation, or else in its backward step.

    >>> list(activation_differences(ActivationLayer("tanh")))
    [None, None]
    """
    layer = copy.deepcopy(subject)
    rng = np.random.default_rng(0)
    x = rng.uniform(0.3, 1.5, (4, 3)) * np.where(rng.random((4, 3)) < 0.5, -1, 1)
    values = attempt("activation_function", lambda: np.asarray(layer.activation_function(x)))
    if isinstance(values, Difference):
        yield values
        return
    slopes = np.empty(x.shape)
    for entry in np.ndindex(x.shape):

        def one(moved: Array, entry: tuple[int, ...] = entry) -> float:
            return float(np.asarray(layer.activation_function(moved))[entry])

        slopes[entry] = gradient_by_differences(one, x)[entry]
    derivative = result_of(
        "derivative", lambda: layer.derivative(x), slopes, mistakes.of_derivative(x, values, slopes)
    )
    yield derivative
    if derivative is None:
        yield from _backward_of_activation(layer, x, rng.normal(size=x.shape), slopes)


def _backward_of_activation(layer: ActivationLayer, x: Array, error: Array, slopes: Array) -> Found:
    def total(moved: Array) -> float:
        return float(np.sum(error * np.asarray(layer.activation_function(moved))))

    layer.forward_propagation(x, False)
    yield result_of(
        "backward_propagation",
        lambda: layer.backward_propagation(error),
        gradient_by_differences(total, x),
        mistakes.of_activation_backward(error, slopes),
    )


def loss_differences(loss: Any) -> Found:
    """What is wrong in the derivative of a loss.

    >>> list(loss_differences(st.losses.MeanSquaredError()))
    [None]
    """
    rng = np.random.default_rng(0)
    y = np.eye(3)[[0, 2, 1, 2]]
    p = rng.uniform(0.1, 0.9, y.shape)
    value = attempt("loss", lambda: np.asarray(loss.loss(y, p)))
    if isinstance(value, Difference):
        yield value
    elif value.shape:
        yield Difference(
            "loss",
            f"its shape is {value.shape}, one number was expected",
            "the mean over all predictions is missing",
        )
    else:
        slopes = gradient_by_differences(lambda moved: float(np.asarray(loss.loss(y, moved))), p)
        yield result_of(
            "derivative",
            lambda: loss.derivative(y, p),
            slopes,
            mistakes.of_loss_derivative(y, p, slopes),
        )


def optimizer_differences(subject: Any) -> Found:
    """What is wrong in three steps of gradient descent with averaged momentum.

    >>> from steepest.classroom import SGD
    >>> list(optimizer_differences(SGD(0.1)))
    []
    """
    rng = np.random.default_rng(0)
    rule, w = copy.deepcopy(subject), rng.normal(size=(2, 3))
    rule.learning_rate, rule.momentum = RATE, MOMENTUM
    rule.retained_gradient = None
    gradients = [rng.normal(size=w.shape) for _ in range(3)]
    steps = mistakes.paths_of_descent(w, gradients, RATE, MOMENTUM)
    made = w
    for number, gradient in enumerate(gradients):
        made = attempt("update", partial(rule.update, made, gradient))
        if made is None or isinstance(made, Difference):
            yield made or Difference("update", "nothing was returned", "end the method with return")
            return
        # Some mistakes show in the second step only, and several look the same in the first.
        if number > 0:
            expected, *wrong = (path[number] for path in steps.values())
            where = f"update, the weights after {number + 1} steps"
            found = compared(where, made, expected, dict(zip([*steps][1:], wrong, strict=True)))
            if found is not None:
                yield found
                return

"""Rules on the output's last activation: whether it fits the loss and the labels.

Which predictions a loss takes is declared by the loss (`Loss.predictions`). Depends on losses,
graphs and finding.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from steepest.diagnosis.last_activation import ending_of, softmax_input
from steepest.diagnosis.loss_and_labels import Y, first_wrong, labels_of
from steepest.errors import ArgumentError
from steepest.finding import Finding, Rule, Severity, Where
from steepest.labels import is_one_hot
from steepest.losses import Loss
from steepest.losses.facts import Predictions
from steepest.program.graph import Node

SOFTMAX_OF_ONE_UNIT = Rule(
    "softmax-of-one-unit",
    Severity.ERROR,
    "The output is a softmax over one unit.",
    "softmax over one unit is always 1",
    "use Dense(1, 'sigmoid') with binary_crossentropy, or one unit a class",
    ArgumentError,
)
SOFTMAX_TWICE = Rule(
    "softmax-twice",
    Severity.ERROR,
    "The output is a softmax of a softmax.",
    "softmax is applied twice to the output, which flattens the probabilities",
    "leave out one of the two",
    ArgumentError,
)
ACTIVATION_AND_LOGITS = Rule(
    "activation-before-logits",
    Severity.ERROR,
    "A loss with from_logits=True is given the output of a softmax or sigmoid.",
    "{loss}(from_logits=True) after {activation}: the loss applies {activation} itself",
    "leave out the activation, or from_logits",
    ArgumentError,
)
ACTIVATION_MISSING = Rule(
    "activation-missing",
    Severity.WARNING,
    "A loss that takes probabilities is given an output without softmax or sigmoid.",
    "{loss} takes probabilities, but the output ends in {ending}",
    "end the last layer in {activation!r}, or give the loss from_logits=True",
)
SIGMOID_OVER_CLASSES = Rule(
    "sigmoid-over-classes",
    Severity.WARNING,
    "The output is a sigmoid where each row belongs to exactly one of several classes.",
    "sigmoid over {units} exclusive classes with {loss}",
    "use softmax with categorical_crossentropy",
)
MAY_BE_NEGATIVE = Rule(
    "output-may-be-negative",
    Severity.WARNING,
    "A loss takes the logarithm of an output that may fall below 0.",
    "{loss} takes the logarithm of the output, which ends in plain numbers that may fall below 0",
    "end the last layer in 'softplus' or 'exponential'",
)
OUT_OF_REACH = Rule(
    "target-out-of-reach",
    Severity.WARNING,
    "The last activation keeps the output from reaching a label.",
    "the output ends in {ending} and reaches {limits}, but {where.labels} holds {label:.4g} in "
    "row {where.row}",
    "leave out the last activation, or scale y",
)
REACHED = {"relu": (0.0, np.inf), "sigmoid": (0.0, 1.0)}
"""The least and the greatest output, by the last activation."""


def output_findings(
    loss: Loss, output: Node, values: np.ndarray, where: Where = Y
) -> Iterator[Finding]:
    """Where the last activation of an output does not fit the loss or the labels `values`.

    >>> import steepest as st
    >>> output = st.trace(st.nn.softmax, [st.TensorSpec((None, 1))]).outputs[0]
    >>> loss = st.losses.get("binary_crossentropy")
    >>> print(next(output_findings(loss, output, np.array([1]))))
    softmax over one unit is always 1; use Dense(1, 'sigmoid') with binary_crossentropy, or ...
    """
    ending = ending_of(output)
    if ending == "softmax":
        yield from _softmax_findings(output, where)
    if isinstance(loss.predictions, Predictions):
        yield from _prediction_findings(loss, loss.predictions, output, values, where)
    labels = labels_of(loss)
    if labels is not None and labels.kind == "quantities" and ending in REACHED:
        low, high = REACHED[ending]
        outside = (values < low) | (values > high)
        if outside.any():
            at, label = first_wrong(where, outside, values)
            limits = "0 or more" if high == np.inf else f"{low:g} to {high:g}"
            yield OUT_OF_REACH.finding(at, ending=ending, limits=limits, label=label)


def _softmax_findings(output: Node, where: Where) -> Iterator[Finding]:
    if output.shape[-1] == 1:
        yield SOFTMAX_OF_ONE_UNIT.finding(where)
    inner = softmax_input(output)
    if inner is not None and softmax_input(inner) is not None:
        yield SOFTMAX_TWICE.finding(where)


def _prediction_findings(
    loss: Loss, wanted: Predictions, output: Node, values: np.ndarray, where: Where
) -> Iterator[Finding]:
    name, ending, units = type(loss).__name__, ending_of(output), output.shape[-1]
    if wanted.positive and ending == "linear":
        yield MAY_BE_NEGATIVE.finding(where, loss=loss.name)
    if wanted.activation is None:
        return
    if loss.from_logits and ending in ("softmax", "sigmoid"):
        yield ACTIVATION_AND_LOGITS.finding(where, loss=name, activation=ending)
    if not loss.from_logits and ending in ("linear", "relu"):
        wants = wanted.activation
        yield ACTIVATION_MISSING.finding(where, loss=name, ending=ending, activation=wants)
    exclusive = ending == "sigmoid" and units != 1
    one_hot = values.shape[-1] > 2 and is_one_hot(values)
    if exclusive and (wanted.activation == "softmax" or one_hot):
        yield SIGMOID_OVER_CLASSES.finding(where, units=units, loss=name)

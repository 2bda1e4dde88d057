"""The loss of a setup, what it is for constant predictions, and the output that suits the targets.

Depends on facts and losses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from steepest import layers, losses
from steepest.core import ops
from steepest.doctor.changes import compiled_with, layer_option, layer_removed, several
from steepest.doctor.facts import Facts, fact
from steepest.doctor.layer_kinds import ACTIVATION_LAYERS, activation_of, kernel_positions
from steepest.doctor.rule import Change
from steepest.doctor.writing import value_text
from steepest.errors import SteepestError
from steepest.losses import Loss

SMALLEST = 1e-7


@fact
def loss_of(facts: Facts) -> Loss | None:
    """The loss as an object; None without one, or where several outputs have one each.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> loss_of(Facts.of(model, np.ones((4, 2)), np.ones(4))).name
    'mean_squared_error'
    """
    given = facts.setup.compile_arguments().get("loss")
    try:
        found = losses.get(given)
    except (SteepestError, TypeError):
        return None
    return found if isinstance(found, Loss) else None


@fact
def last_activation(facts: Facts) -> str:
    """The activation of the output: that of the recorded model, or else the last layer's name.

    >>> model = st.Sequential([st.layers.Dense(1, "tanh", input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> last_activation(Facts.of(model, np.ones((4, 2)), np.ones(4)))
    'tanh'
    """
    named = next((activation_of(spec) for spec in reversed(facts.layers)), "linear")
    return facts.ending if facts.ending != "other" or named == "linear" else named


# ------------------------------------------------------------ the loss of a constant prediction


@fact
def loss_at_zero(facts: Facts) -> float:
    """The loss of a network whose last layer computes 0 for every row: log K for K classes.

    >>> model = st.Sequential([st.layers.Dense(4, "softmax", input_shape=(2,))])
    >>> model.compile("sgd", "sparse_categorical_crossentropy")
    >>> facts = Facts.of(model, np.ones((8, 2)), np.arange(8) % 4)
    >>> round(loss_at_zero(facts), 4), round(float(np.log(4)), 4)
    (1.3863, 1.3863)
    """
    units, ending = facts.output_width, last_activation(facts)
    value = {"softmax": 1.0 / units, "sigmoid": 0.5}.get(ending, 0.0)
    return constant_loss(facts, np.full(units, value))


@fact
def loss_of_prior(facts: Facts) -> float:
    """The loss of the best constant prediction: the shares of the classes, or the mean.

    NaN without rows, as of a history alone.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> loss_of_prior(Facts.of(model, np.ones((2, 2)), np.array([1.5, 3.5])))
    1.0
    """
    if not len(facts.rows):
        return math.nan
    return constant_loss(facts, prior_prediction(facts, facts.rows.y))


def prior_prediction(facts: Facts, y: np.ndarray) -> np.ndarray:
    """The best constant output for targets, in the form of the outputs: shares, logits or means.

    >>> model = st.Sequential([st.layers.Dense(2, "softmax", input_shape=(2,))])
    >>> model.compile("sgd", "sparse_categorical_crossentropy")
    >>> facts = Facts.of(model, np.ones((4, 2)), np.array([0, 0, 0, 1]))
    >>> prior_prediction(facts, facts.rows.y).tolist()
    [0.75, 0.25]
    """
    loss, units = loss_of(facts), facts.output_width
    flat = np.asarray(y, np.float64).reshape(len(y), -1)
    takes_numbers = loss is not None and loss.labels is not None and loss.labels.kind == "classes"
    if takes_numbers and flat.shape[1] == 1:
        classes = flat[:, 0].clip(0, units - 1).astype(np.int64)
        mean = np.bincount(classes, minlength=units) / len(y)
    else:
        mean = np.resize(flat.mean(axis=0), units)
    if loss is None or not loss.from_logits:
        return mean
    shares = mean.clip(SMALLEST, 1.0 - SMALLEST)
    is_binary = loss.predictions is not None and loss.predictions.activation == "sigmoid"
    return np.log(shares / (1.0 - shares)) if is_binary else np.log(shares)


def constant_loss(facts: Facts, output: np.ndarray) -> float:
    """The mean loss of all rows for one output; NaN where the loss does not take it.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> constant_loss(Facts.of(model, np.ones((2, 2)), np.array([1.0, 3.0])), np.zeros(1))
    5.0
    """
    rows = facts.rows
    found = row_losses(facts, np.tile(np.float32(output), (len(rows), 1)), rows.y)
    return float(np.mean(found, dtype=np.float64))


def row_losses(facts: Facts, outputs: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The loss of each row; NaN where the loss does not take these outputs and targets.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> facts = Facts.of(model, np.ones((2, 2)), np.array([1.0, 3.0]))
    >>> row_losses(facts, np.zeros((2, 1)), facts.rows.y).tolist()
    [1.0, 9.0]
    """
    loss = loss_of(facts)
    if loss is None:
        return np.full(len(y), np.nan)
    targets = np.asarray(y) if y.ndim > 1 else np.asarray(y)[:, None]
    if targets.dtype.kind in "fiub" and loss.labels is not None and loss.labels.kind != "classes":
        targets = targets.astype(np.float32)
    try:
        values = loss.call(ops.constant(targets), ops.constant(np.float32(outputs))).numpy()
    except (SteepestError, ValueError, TypeError):
        return np.full(len(y), np.nan)
    values = np.asarray(values, np.float64)
    return values.reshape(len(y), -1).mean(axis=1) if values.ndim else np.full(len(y), values)


# ------------------------------------------------------------ the output that suits the targets


@dataclass(frozen=True)
class Suited:
    """The last layer and the loss that suit targets.

    >>> Suited(1, "sigmoid", "binary_crossentropy").words
    'Dense(1, "sigmoid") with binary_crossentropy'
    """

    units: int
    activation: str
    loss: str

    @property
    def words(self) -> str:
        """The last layer and the loss as text."""
        shown = "" if self.activation == "linear" else f", {value_text(self.activation)}"
        return f"Dense({self.units}{shown}) with {self.loss}"


@fact
def suited_output(facts: Facts) -> Suited:
    """The last layer and the loss by the targets: two classes, several, shares or quantities.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> facts = Facts.of(model, np.ones((6, 2)), np.array([0, 1, 2, 0, 1, 2]))
    >>> suited_output(facts).words
    'Dense(3, "softmax") with sparse_categorical_crossentropy'
    """
    y = facts.rows.y
    width = int(np.prod(y.shape[1:], dtype=np.int64))
    numbers = y.dtype.kind in "fiub" and y.size > 0
    if facts.task == "classes" and width > 1:
        return Suited(width, "softmax", "categorical_crossentropy")
    low, high = (float(y.min()), float(y.max())) if numbers else (0.0, 0.0)
    if facts.task == "classes" and low == 0.0 and high <= 1.0:
        return Suited(1, "sigmoid", "binary_crossentropy")
    if facts.task == "classes" and low >= 0.0:
        return Suited(int(high) + 1, "softmax", "sparse_categorical_crossentropy")
    if numbers and width > 1 and bool(np.isin(y, (0, 1)).all()):
        return Suited(width, "sigmoid", "binary_crossentropy")
    return Suited(width, "linear", "mean_squared_error")


def output_changes(facts: Facts) -> tuple[Change, ...]:
    """The change of the last layer and the loss to those that suit the targets, if it is one.

    None is possible where something else than an activation comes after the last Dense layer.
    """
    specs = facts.layers
    last = kernel_positions(specs)[-1:]
    after = specs[last[0] + 1 :] if last else ()
    if not last or any(spec.kind not in ACTIVATION_LAYERS for spec in after):
        return ()
    suited, loss = suited_output(facts), loss_of(facts)
    is_loss = loss is not None and not loss.from_logits and loss.name == suited.loss
    ends = [activation_of(spec) for spec in specs[last[0] :]]
    is_output = facts.output_width == suited.units and len(set(ends)) == len(ends)
    if is_loss and is_output and last_activation(facts) == suited.activation:
        return ()
    changes = [layer_option(specs[last[0]].name, units=suited.units, activation=suited.activation)]
    for position in range(len(specs) - 1, last[0], -1):
        is_chain = facts.setup.template is None
        if is_chain:
            changes.append(layer_removed(specs[position].name))
        elif specs[position].kind is layers.Activation:
            changes.append(layer_option(specs[position].name, activation="linear"))
        else:
            return ()
    if not is_loss:
        changes.append(compiled_with(loss=suited.loss))
    return (several(f"end in {suited.words}", changes),)

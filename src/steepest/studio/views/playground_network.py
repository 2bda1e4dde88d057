"""The network of the playground: its state, the model that it describes, and changes of both.

A model is described by choices of the catalogue, from which the model itself and its Python follow.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.core import ops
from steepest.engines.bound import Bound
from steepest.engines.choose import bind
from steepest.errors import SteepestError
from steepest.layers.symbolic import Input
from steepest.neuralnet.sequential import Sequential
from steepest.program.trace import TensorSpec, record
from steepest.studio.catalogue import entries
from steepest.studio.choices import chosen, made
from steepest.studio.expression import Expression
from steepest.studio.fields import (
    Field,
    FieldError,
    State,
    choice,
    list_of,
    number,
    optional,
    text,
    whole,
)
from steepest.studio.fields import record as record_of
from steepest.studio.views.playground_data import data_field
from steepest.studio.views.playground_points import Points

FEATURES = ("x", "y", "x^2", "y^2", "x*y", "sin(x)", "sin(y)")
MOST_LAYERS, MOST_UNITS = 8, 64
NORMALISATIONS: dict[str, str] = {
    "none": "",
    "batch": "BatchNormalization",
    "layer": "LayerNormalization",
    "rms": "RMSNormalization",
}
SEEDS = 100  # of one network: initializers and dropout take the seeds after seed * SEEDS


def _read_feature(value: Any, where: str) -> str:
    given: str = text(60).read(value, where)
    try:
        Expression(given)
    except SteepestError as error:
        raise FieldError(where, str(error)) from None
    return given


layer_field = record_of({
    "units": whole(1, MOST_UNITS, default=4),
    "activation": choice(entries("activation"), default="tanh"),
    "initializer": chosen("initializer", {"name": "GlorotUniform"}),
    "regularizer": optional(chosen("regularizer")),
    "normalisation": choice(NORMALISATIONS, default="none"),
    "dropout": number(0, 0.9, default=0.0),
})
stop_field = record_of({
    "epochs": optional(whole(1, 10**6)),
    "train_loss": optional(number(0)),
    "test_loss": optional(number(0)),
    "accuracy": optional(number(0, 1)),
})
SETTINGS = {
    "features": list_of(Field(_read_feature), 1, 12, default=["x", "y"]),
    "layers": list_of(layer_field, most=MOST_LAYERS, default=[{"units": 4}, {"units": 2}]),
    "optimizer": chosen("optimizer", {"name": "SGD", "options": {"learning_rate": 0.03}}),
    "loss": optional(chosen("loss")),
    "batch": whole(1, 5000, default=10),
    "seed": whole(0, 2**24, default=0),
}
NETWORK = {
    "data": data_field,
    **SETTINGS,
    "stop": Field(stop_field.read, {}),
    "other": optional(record_of(SETTINGS)),
}
"""A state; `other` holds the settings of a second network, which learns the same points."""


def layer_choices(state: State, classes: int) -> list[State]:
    """The layers of the model, as choices of the catalogue.

    >>> from steepest.studio.fields import check
    >>> state = check(NETWORK, {"layers": [{"units": 3, "dropout": 0.5}]})
    >>> [layer["name"] for layer in layer_choices(state, 2)]
    ['Dense', 'Dropout', 'Dense']
    """
    seed, found = state["seed"] * SEEDS, []
    for place, layer in enumerate(state["layers"]):
        options = {
            "units": layer["units"],
            "activation": {"name": layer["activation"], "options": {}},
            "kernel_initializer": _seeded(layer["initializer"], seed + 2 * place),
        }
        if layer["regularizer"]:
            options["kernel_regularizer"] = layer["regularizer"]
        found.append({"name": "Dense", "options": options})
        if NORMALISATIONS[layer["normalisation"]]:
            found.append({"name": NORMALISATIONS[layer["normalisation"]], "options": {}})
        if layer["dropout"]:
            own = {"rate": layer["dropout"], "seed": seed + 2 * place + 1}
            found.append({"name": "Dropout", "options": own})
    activation = {0: "linear", 2: "sigmoid"}.get(classes, "softmax")
    last = {
        "units": classes if classes > 2 else 1,
        "activation": {"name": activation, "options": {}},
        "kernel_initializer": _seeded({"name": "GlorotUniform", "options": {}}, seed + SEEDS - 1),
    }
    return [*found, {"name": "Dense", "options": last}]


def _seeded(initializer: State, seed: int) -> State:
    """The initializer with a seed of its own, if it draws numbers and has none."""
    options = initializer["options"]
    if "seed" not in entries("initializer")[initializer["name"]].options or "seed" in options:
        return initializer
    return {"name": initializer["name"], "options": {**options, "seed": seed}}


def loss_choice(state: State, classes: int) -> State:
    """The chosen loss, or the usual one for the kind of target."""
    usual = {0: "MeanSquaredError", 2: "BinaryCrossentropy"}
    given: State | None = state["loss"]
    return given or {"name": usual.get(classes, "SparseCategoricalCrossentropy"), "options": {}}


def takes_numbers_of_classes(state: State, classes: int) -> bool:
    """Whether the loss takes the number of each row's class, not a column for each class."""
    return classes > 2 and loss_choice(state, classes)["name"].startswith("Sparse")


def targets(state: State, y: np.ndarray, classes: int) -> np.ndarray:
    """The targets as the loss takes them.

    >>> targets({"loss": None}, np.int32([0, 1]), 2).tolist()
    [[0.0], [1.0]]
    """
    if takes_numbers_of_classes(state, classes):
        return y
    if classes > 2:
        return np.eye(classes, dtype=np.float32)[y]
    return y.astype(np.float32)[:, np.newaxis]


def features_of(state: State, x: np.ndarray) -> np.ndarray:
    """The inputs of the network: a column for each feature of the points.

    >>> features_of({"features": ["x", "x*y"]}, np.float32([[2, 3]])).tolist()
    [[2.0, 6.0]]
    """
    columns = [ops.constant(np.ascontiguousarray(column), "float32") for column in x.T]
    with np.errstate(all="ignore"):
        found = [Expression(feature)(*columns) for feature in state["features"]]
        made = [np.broadcast_to(np.asarray(each, np.float32), len(x)) for each in found]
    return np.stack(made, axis=1)


def new_model(state: State, points: Points) -> Any:
    """The compiled model of a state, with its initial weights.

    >>> from steepest.studio.fields import check
    >>> from steepest.studio.views.playground_data import points_of
    >>> state = check(NETWORK, {})
    >>> new_model(state, points_of(state["data"])).count_params()
    25
    """
    layers = [made("layer", each) for each in layer_choices(state, points.classes)]
    model = Sequential([Input((len(state["features"]),)), *layers])
    loss = made("loss", loss_choice(state, points.classes))
    try:
        model.compile(made("optimizer", state["optimizer"]), loss)
    except SteepestError as error:
        raise FieldError("optimizer", str(error)) from None
    return model


def dense_layers(model: Any) -> list[Any]:
    """The layers with kernels, the output last."""
    return [layer for layer in model.layers if hasattr(layer, "kernel")]


def keep_weights(old: Any, new: Any) -> None:
    """Copies what was learned: hidden layers by their place, the last layer to the last.

    Units and inputs that are new get no influence at first: the weights that read them are 0.
    """
    before, after = dense_layers(old), dense_layers(new)
    pairs = [*zip(before[:-1], after[:-1], strict=False), (before[-1], after[-1])]
    for one, other in pairs:
        kernel, bias = other.kernel.numpy().copy(), other.bias.numpy().copy()
        rows, units = (min(sizes) for sizes in zip(one.kernel.shape, kernel.shape, strict=True))
        kernel[rows:, :units] = 0.0
        kernel[:rows, :units] = one.kernel.numpy()[:rows, :units]
        bias[:units] = one.bias.numpy()[:units]
        other.kernel.assign(kernel)
        other.bias.assign(bias)
    others = [
        [layer for layer in model.layers if not hasattr(layer, "kernel") and layer.weights]
        for model in (old, new)
    ]
    for one, other in zip(*others, strict=False):
        shapes = [[weight.shape for weight in layer.weights] for layer in (one, other)]
        if type(one) is type(other) and shapes[0] == shapes[1]:
            other.set_weights(one.get_weights())


def keep_optimizer(old: Any, new: Any) -> None:
    """Copies the state of the optimizer, if it is of the same kind and for weights of one shape."""
    before, after = old.optimizer, new.optimizer
    if type(before) is not type(after) or not before.built:
        return
    after.build(new.trainable_weights)
    slots = [
        [slot for weight in each.built_for for slot in each.slots_of(weight).values()]
        for each in (before, after)
    ]
    shapes = [[slot.shape for slot in each] for each in slots]
    if shapes[0] == shapes[1]:
        after.iterations.assign(before.iterations.value)
        for one, other in zip(*slots, strict=True):
            other.assign(one.value)


def compiled_outputs(model: Any, hidden: bool) -> Bound:
    """A program of the output for rows of features, or of the outputs of all hidden layers."""
    width = model.layers[0].kernel.shape[0]

    def outputs(rows: Any) -> list[Any]:
        value, found = rows, []
        for layer in model.layers:
            value = layer(value)
            if hidden and hasattr(layer, "kernel"):
                found.append(value)
        return found[:-1] if hidden else [value]

    return bind(record(outputs, [TensorSpec((None, width))]), threads=1)


def compiled_scores(model: Any, wanted: np.ndarray) -> Bound:
    """A program of the outputs and the loss for rows of features and targets like `wanted`.

    The loss has the penalties of regularizers, as that of `model.evaluate`.
    """
    width = model.layers[0].kernel.shape[0]

    def scores(rows: Any, targets: Any) -> list[Any]:
        outputs = model(rows, training=False)
        loss = model.loss(targets, outputs)
        return [outputs, sum(model.losses, loss)]

    specs = [TensorSpec((None, width)), TensorSpec((None, *wanted.shape[1:]), wanted.dtype)]
    return bind(record(scores, specs), threads=1)


def accuracy(outputs: np.ndarray, y: np.ndarray) -> float:
    """The share of rows whose class is that of the output.

    >>> accuracy(np.float32([[0.9], [0.2]]), np.int32([1, 1]))
    0.5
    """
    return float((classes_in(outputs) == y).mean()) if len(y) else float("nan")


def classes_in(outputs: np.ndarray) -> np.ndarray:
    """The class of each output: the largest, or whether the only one is above a half."""
    found: np.ndarray = outputs.argmax(axis=1) if outputs.shape[1] > 1 else outputs[:, 0] > 0.5
    return found.astype(np.int32)


def set_options(optimizer: Any, before: State, after: State) -> bool:
    """Assigns the options that differ, if the optimizer is of the same kind and takes them."""
    one, other = before["optimizer"], after["optimizer"]
    held, wanted = one["options"], other["options"]
    if one["name"] != other["name"] or set(held) != set(wanted):
        return False
    changed = [name for name in wanted if wanted[name] != held[name]]
    if any(type(each[name]) is not float for name in changed for each in (held, wanted)):
        return False
    for name in changed:
        setattr(optimizer, name, wanted[name])
    return True

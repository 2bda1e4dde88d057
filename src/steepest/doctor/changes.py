"""Changes that rules propose: to layers, to the arguments of compile and fit, and to the data.

Each is a function that returns a `Change`: words, and a function from a setup to a setup. Depends
on rule and setup.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from steepest.callbacks.callback import Callback
from steepest.doctor.rows import Rows
from steepest.doctor.rule import Change
from steepest.doctor.setup import LayerSpec, Preparation, Setup
from steepest.doctor.writing import callback_text, value_text
from steepest.layers.layer import Layer
from steepest.layers.preprocessing.scaling import Normalization, Rescaling

# ------------------------------------------------------------ layers


def layer_option(layer: str, **options: Any) -> Change:
    """Gives the layer of a name other options.

    >>> layer_option("dense_2", activation="softmax").words
    'dense_2: activation="softmax"'
    """
    words = ", ".join(f"{name}={value_text(value)}" for name, value in options.items())
    return Change(f"{layer}: {words}", lambda setup: setup.with_layer(layer, **options))


def layer_added(make: Callable[[], Layer], before: str) -> Change:
    """Puts a new layer before the layer of a name.

    >>> layer_added(lambda: st.layers.Flatten(), before="dense").words
    'add Flatten before dense'
    """

    def applied(setup: Setup) -> Setup:
        layers = list(setup.layers)
        layers.insert(setup.place_of(before), LayerSpec.of(make()))
        return setup.with_layers(layers)

    return Change(f"add {type(make()).__name__} before {before}", applied)


def layer_removed(layer: str) -> Change:
    """Takes the layer of a name out.

    >>> layer_removed("dropout").words
    'remove dropout'
    """

    def applied(setup: Setup) -> Setup:
        layers = list(setup.layers)
        del layers[setup.place_of(layer)]
        return setup.with_layers(layers)

    return Change(f"remove {layer}", applied)


def adapted_first(words: str, make: Callable[[], Layer]) -> Change:
    """Puts a new layer first, which is adapted to the training rows.

    >>> adapted_first("fill gaps", lambda: st.layers.MissingValues()).words
    'fill gaps'
    """

    def applied(setup: Setup) -> Setup:
        layer = make()
        first = LayerSpec(type(layer), layer.get_config(), None, adapts=True)
        return setup.with_layers([first, *setup.layers])

    return Change(words, applied)


def scaled_inputs() -> Change:
    """Puts a `Normalization` layer first, which is adapted to the training rows.

    >>> scaled_inputs().words
    'scale the inputs by Normalization'
    """
    return adapted_first("scale the inputs by Normalization", lambda: Normalization(name="scaling"))


def outputs_rescaled(scale: float, offset: float) -> Change:
    """Puts a `Rescaling` layer last, so that a new network answers in the size of the targets.

    >>> outputs_rescaled(80.0, 150.0).words
    'multiply the outputs by 80 and add 150'
    """

    def applied(setup: Setup) -> Setup:
        last = LayerSpec.of(Rescaling(scale, offset))
        return setup.with_layers([*setup.layers, last])

    return Change(f"multiply the outputs by {scale:g} and add {offset:g}", applied)


# ------------------------------------------------------------ compile and fit


def optimizer_option(**options: Any) -> Change:
    """Gives the optimizer other options.

    >>> optimizer_option(learning_rate=0.01).words
    'optimizer: learning_rate=0.01'
    """
    words = ", ".join(f"{name}={value_text(value)}" for name, value in options.items())

    def applied(setup: Setup) -> Setup:
        given = setup.compile["optimizer"]
        changed = {**given, "config": {**given["config"], **options}}
        return setup.with_compile(optimizer=changed)

    return Change(f"optimizer: {words}", applied)


def compiled_with(**arguments: Any) -> Change:
    """Gives `compile` other arguments, such as another loss."""
    words = ", ".join(f"{name}={value_text(value)}" for name, value in arguments.items())
    return Change(words, lambda setup: setup.with_compile(**arguments))


def fitted_with(**arguments: Any) -> Change:
    """Gives `fit` other arguments.

    >>> fitted_with(epochs=100).words
    'epochs=100'
    """
    words = ", ".join(f"{name}={value_text(value)}" for name, value in arguments.items())
    return Change(words, lambda setup: setup.with_fit(**arguments))


def callback_added(make: Callable[[], Callback]) -> Change:
    """Gives `fit` a further callback.

    >>> callback_added(lambda: st.callbacks.EarlyStopping(patience=3)).words
    'add st.callbacks.EarlyStopping(patience=3)'
    """
    words = f"add {callback_text(make())}"
    return Change(words, lambda setup: replace(setup, callbacks=(*setup.callbacks, make())))


def callback_option(position: int, **options: Any) -> Change:
    """Gives a callback other options.

    >>> callback_option(0, patience=10).words
    'callback 0: patience=10'
    """
    words = ", ".join(f"{name}={value_text(value)}" for name, value in options.items())

    def applied(setup: Setup) -> Setup:
        callbacks = [copy.deepcopy(callback) for callback in setup.callbacks]
        vars(callbacks[position]).update(options)
        return replace(setup, callbacks=tuple(callbacks))

    return Change(f"callback {position}: {words}", applied)


def several(words: str, changes: Sequence[Change]) -> Change:
    """Several changes as one, where neither makes sense alone."""

    def applied(setup: Setup) -> Setup:
        for change in changes:
            setup = change.applied(setup)
        return setup

    return Change(words, applied)


# ------------------------------------------------------------ data


def prepared_by(words: str, code: str, applied: Callable[[Rows], Rows]) -> Change:
    """Adds a line that prepares the data: `code` says in Python what `applied` does.

    The code is about `x_train`, `y_train`, `x_val` and `y_val`.
    """
    preparation = Preparation(code, lambda training: applied)
    return Change(words, lambda setup: setup.with_preparation(preparation))


def targets_divided(by: float) -> Change:
    """Divides the targets by a number.

    >>> targets_divided(100.0).words
    'divide the targets by 100'
    """

    def applied(rows: Rows) -> Rows:
        return replace(rows, y=np.asarray(rows.y, np.float32) / np.float32(by))

    preparation = Preparation(
        f"y_train, y_val = y_train / {by!r}, y_val / {by!r}",
        lambda training: applied,
        f"y_train = y_train / {by!r}",
    )
    words = f"divide the targets by {by:g}"
    return Change(words, lambda setup: setup.with_preparation(preparation))

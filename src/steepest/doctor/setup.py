"""Setup: a training as a value: its data, layers, arguments of compile and arguments of fit.

A repair is a function from one Setup to another, so that the doctor can write the difference as
Python, measure it side by side, and give it back. Depends on neuralnet.
"""

from __future__ import annotations

import copy
import itertools
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from steepest.callbacks.callback import Callback
from steepest.callbacks.early_stopping import EarlyStopping
from steepest.callbacks.rates import LearningRateScheduler, ReduceLROnPlateau
from steepest.config import config
from steepest.data.splitting.split import split_indices
from steepest.doctor.rows import Part, Rows
from steepest.errors import ArgumentError, SteepestError, unknown_name
from steepest.functions import generators
from steepest.labels import stratification
from steepest.layers.layer import Layer
from steepest.layers.preprocessing.base import PreprocessingLayer
from steepest.layers.symbolic import InputLayer
from steepest.neuralnet.cloning import clone_model
from steepest.neuralnet.compile_config import compile_arguments
from steepest.neuralnet.model import Model
from steepest.neuralnet.sequential import Sequential
from steepest.program.graph import Graph
from steepest.registry import to_config

COPIED = (EarlyStopping, ReduceLROnPlateau, LearningRateScheduler)
"""Callbacks that act on the training alone, which the doctor's own runs have too."""
SHAPES = {"input_shape", "input_dim"}
LEARNED = {"mean", "variance"}
"""Options of a layer that `adapt` computes."""


@dataclass(frozen=True)
class LayerSpec:
    """A layer as its class and its configuration; `state` holds stored weights.

    They are stored where a new training would not learn them: those of a frozen layer, and what
    `adapt` has computed.

    >>> spec = LayerSpec.of(st.layers.Dense(3, "relu", name="hidden"))
    >>> spec.name, spec["units"], spec.changed(units=5).made().units
    ('hidden', 3, 5)
    """

    kind: type[Layer]
    config: Mapping[str, Any] = field(hash=False)
    state: tuple[np.ndarray, ...] | None = field(default=None, hash=False, repr=False)
    adapts: bool = False

    @classmethod
    def of(cls, layer: Layer) -> LayerSpec:
        """The description of a layer."""
        adapts = getattr(type(layer), "adapt", PreprocessingLayer.adapt)
        is_adapted = adapts is not PreprocessingLayer.adapt
        keeps = layer.built and layer.weights and (is_adapted or not layer.trainable)
        state = tuple(layer.get_weights()) if keeps else None
        config = layer.get_config()
        config |= dict.fromkeys(SHAPES & config.keys())  # the setup has the shape of the inputs
        if is_adapted and state is not None:  # what it has learned is in the state
            config |= dict.fromkeys(LEARNED & config.keys())
        return cls(type(layer), config, state, is_adapted and state is not None)

    @property
    def name(self) -> str:
        """The layer's name."""
        return str(self.config["name"])

    def __getitem__(self, option: str) -> Any:
        return self.config.get(option)

    def changed(self, **options: Any) -> LayerSpec:
        """The same layer with other options; its stored weights are dropped if it learns again."""
        keeps = self.state if not options.get("trainable") or self.adapts else None
        return replace(self, config={**self.config, **options}, state=keeps)

    def made(self) -> Layer:
        """A new layer, without its stored weights, which are set when it is built."""
        return self.kind.from_config(copy.deepcopy(dict(self.config)))


Applied = Callable[[Rows], Rows]


@dataclass(frozen=True)
class Preparation:
    """A change of the data before a training: its Python, and what it does to rows.

    `fitted` is given the training rows, and returns what is done to the rows of each of `parts`:
    what is computed of data, such as a median, is computed of the training rows alone. `code` is
    its Python, `code_alone` that of a training without validation rows.

    >>> centred = Preparation(
    ...     "x_train, x_val = x_train - x_train.mean(0), x_val - x_train.mean(0)",
    ...     lambda training: lambda rows: Rows(rows.x - training.x.mean(0), rows.y, rows.names),
    ... )
    >>> training = Rows.of([[1.0], [3.0]], [0, 1])
    >>> centred.fitted(training)(Rows.of([[5.0]], [1])).x
    array([[3.]])
    """

    code: str
    fitted: Callable[[Rows], Applied]
    code_alone: str | None = None
    parts: tuple[Part, ...] = ("train", "val")

    def written(self, has_validation: bool) -> str:
        """The Python, with or without validation rows."""
        return self.code if has_validation or self.code_alone is None else self.code_alone


@dataclass(frozen=True)
class Setup:
    """A training as a value.

    `rows` are those of the training, `validation` those that it watches. `compile` holds the
    arguments of `compile`, `fit` those of `fit` that are plain values. `template` is the model
    whose layers are not a chain: its layers' options can be changed, and no layer added.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,), name="dense")])
    >>> model.compile("sgd", "mse")
    >>> setup = Setup.of(model, np.ones((4, 2)), np.ones((4, 1)), epochs=3)
    >>> [spec.name for spec in setup.layers], setup.fit
    (['dense'], {'epochs': 3})
    >>> longer = setup.with_fit(epochs=30)
    >>> model, history = longer.trained(seed=1)
    >>> len(history.epoch)
    30
    """

    rows: Rows
    validation: Rows | None
    layers: tuple[LayerSpec, ...]
    compile: Mapping[str, Any] = field(hash=False)
    fit: Mapping[str, Any] = field(default_factory=dict, hash=False)
    callbacks: tuple[Callback, ...] = ()
    preparations: tuple[Preparation, ...] = ()
    input_shape: tuple[int | None, ...] | None = None
    template: Model | None = field(default=None, hash=False, repr=False)

    @classmethod
    def of(
        cls,
        model: Model,
        x: Any,
        y: Any = None,
        validation_data: Any = None,
        callbacks: Sequence[Callback] = (),
        **fit: Any,
    ) -> Setup:
        """The setup of a compiled model, its data and the arguments of its `fit`."""
        if not isinstance(model, Model):
            raise ArgumentError(f"doctor: a model was expected, got {type(model).__name__}")
        if model.optimizer is None:
            raise ArgumentError(
                f"doctor: {model.name!r} is not compiled; call model.compile(optimizer, loss) first"
            )
        if isinstance(callbacks, Callback):  # one alone, as `fit` takes it
            callbacks = [callbacks]
        if not isinstance(callbacks, (list, tuple)):
            raise ArgumentError(f"doctor: callbacks: a list was expected, got {callbacks!r:.60}")
        if validation_data is not None and not isinstance(validation_data, (list, tuple)):
            raise ArgumentError(
                "doctor: validation_data: a pair of arrays (x, y) was expected, got "
                f"{type(validation_data).__name__}"
            )
        if fit.get("sample_weight") is not None:
            raise ArgumentError(
                "doctor: sample_weight is not examined, as the doctor trains on parts of the rows; "
                "leave it out, or give class_weight"
            )
        rows = Rows.of(x, y, "x", "y")
        watched = None
        if validation_data is not None:
            watched = Rows.of(
                validation_data[0], validation_data[1], "validation x", "validation y", "val"
            )
        if not model.built:
            model.build((None, *rows.x.shape[1:]))
        chain = chain_of_layers(model)
        aims = {} if model.objectives is None else model.objectives.given
        return cls(
            rows=rows,
            validation=watched,
            layers=tuple(map(LayerSpec.of, model.layers if chain is None else chain)),
            compile=_described({"optimizer": model.optimizer, **aims}),
            fit=fit,
            callbacks=tuple(one for one in callbacks if isinstance(one, COPIED)),
            input_shape=model.input_shape,
            template=model if chain is None else None,
        )

    # ------------------------------------------------------------ changes

    def place_of(self, layer: str) -> int:
        """The index of a layer by its name, which stays when layers are added before it."""
        names = [spec.name for spec in self.layers]
        if layer not in names:
            raise unknown_name("layer", layer, names)
        return names.index(layer)

    def with_layer(self, layer: str, **options: Any) -> Setup:
        """With other options of the layer of a name."""
        layers, at = list(self.layers), self.place_of(layer)
        layers[at] = layers[at].changed(**options)
        return replace(self, layers=tuple(layers))

    def with_layers(self, layers: Sequence[LayerSpec]) -> Setup:
        """With other layers, which only a chain of layers can have."""
        if self.template is not None:
            raise ArgumentError("doctor: layers can be added to a chain of layers only")
        return replace(self, layers=tuple(layers))

    def with_compile(self, **arguments: Any) -> Setup:
        """With other arguments of compile."""
        return replace(self, compile={**self.compile, **arguments})

    def with_fit(self, **arguments: Any) -> Setup:
        """With other arguments of fit."""
        return replace(self, fit={**self.fit, **arguments})

    def with_preparation(self, added: Preparation) -> Setup:
        """With a further preparation of the data."""
        return replace(self, preparations=(*self.preparations, added))

    def divided(self) -> Setup:
        """With the rows of `validation_split` as those that the training watches, as of seed 0.

        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.compile("sgd", "mse")
        >>> setup = Setup.of(model, np.ones((10, 2)), np.ones(10), validation_split=0.2)
        >>> divided = setup.divided()
        >>> len(divided.rows), len(divided.validation)
        (8, 2)
        """
        share = self.fit.get("validation_split")
        if not share or self.validation is not None:
            return self
        y = self.rows.y
        labels = stratification(y.reshape(len(y), -1)) if y.dtype.kind in "fiub" else None
        is_shuffled = bool(self.fit.get("shuffle", True))
        parts = split_indices(
            len(y),
            (1.0 - share, share),
            shuffle=is_shuffled,
            stratify=labels if is_shuffled else None,
            seed=0,
        )
        own, watched = (self.rows.take(np.sort(part)) for part in parts)
        return replace(self, rows=own, validation=watched)  # prepared as the training rows are

    # ------------------------------------------------------------ use

    def prepared(self, rows: Rows) -> Rows:
        """Rows after all lines that prepare the data."""
        for preparation, applied in zip(self.preparations, self._fitted, strict=True):
            if rows.part in preparation.parts:
                rows = applied(rows)
        return rows

    @cached_property
    def _fitted(self) -> list[Applied]:
        """What each preparation does, with what it has computed of the training rows."""
        fitted: list[Applied] = []
        training = self.rows
        for number, preparation in enumerate(self.preparations, 1):
            fitted.append(preparation.fitted(training))
            if "train" in preparation.parts and number < len(self.preparations):
                training = fitted[-1](training)
        return fitted

    def built(self) -> Model:
        """A new compiled model with initial weights; stored ones are set."""
        made = [spec.made() for spec in self.layers]
        model: Model
        if self.template is None:
            model = Sequential(made, name="sequential")  # equal models share their recordings
            if not model.built:
                model.build((None, *self.prepared(self.rows.first(1)).x.shape[1:]))
        else:
            by_name = {layer.name: layer for layer in made}
            model = clone_model(self.template, clone_function=lambda old: by_name[old.name])
        for spec, layer in zip(self.layers, made, strict=True):
            if spec.state is not None:
                layer.set_weights(list(spec.state))
            elif spec.adapts:
                layer.adapt(self.prepared(self.rows).x)  # type: ignore[attr-defined] # a preprocessing layer
        model.compile(**self.compile_arguments())
        return model

    def compile_arguments(self) -> dict[str, Any]:
        """New objects for the arguments of `compile`."""
        return compile_arguments(copy.deepcopy(dict(self.compile)))

    def fit_arguments(self) -> dict[str, Any]:
        """The arguments of `fit` or of a run of `st.together`, with data and copied callbacks."""
        rows = self.prepared(self.rows)
        arguments = {"x": rows.x, "y": rows.y, "callbacks": copy.deepcopy(list(self.callbacks))}
        if self.validation is not None:
            watched = self.prepared(self.validation)
            arguments["validation_data"] = (watched.x, watched.y)
        given = {**self.fit, **arguments}
        if self.validation is not None:
            given.pop("validation_split", None)
        return given

    def seeded(self, seed: int) -> Model:
        """A new compiled model whose initial weights are those of a seed."""
        with generators.seeded(seed):
            return self.built()

    @cached_property
    def refusal(self) -> SteepestError | None:
        """What `fit` raises before its first step, or None if it trains.

        >>> model = st.Sequential([st.layers.Dense(1, "sigmoid", input_shape=(2,))])
        >>> model.compile("sgd", "binary_crossentropy")
        >>> print(Setup.of(model, np.ones((2, 2)), np.array([-1, 1])).refusal)
        y: the loss takes labels between 0 and 1, row 0 holds -1; map the two classes to 0 and 1
        """
        return self._begun if isinstance(self._begun, SteepestError) else None

    @cached_property
    def step_graph(self) -> Graph:
        """The program of a step of the training, which `fit` must not refuse.

        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.compile("sgd", "mse")
        >>> setup = Setup.of(model, np.ones((4, 2)), np.ones((4, 1)))
        >>> "matmul" in {node.op for node in setup.step_graph.nodes}
        True
        """
        if isinstance(self._begun, SteepestError):
            raise self._begun
        return self._begun

    @cached_property
    def _begun(self) -> Graph | SteepestError:
        """The program of a step, or what is raised before the first one.

        Nothing is compiled for that: NumPy's engine runs every program that is recorded.
        """
        arguments = self.fit_arguments()
        del arguments["callbacks"]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                model = self.seeded(0)
                if (model._engine or config.engine) in ("auto", "cpu"):
                    model._engine = "numpy"
                begun = model.training(**{**arguments, "seed": 0})
                return model.recorded_step("train", begun.feed.nest, begun.feed.prepare).graph
            except SteepestError as error:
                return error

    def trained(self, seed: int) -> tuple[Model, Any]:
        """A model trained by this setup from initial weights of a seed, and its history."""
        model = self.seeded(seed)
        return model, model.fit(**{**self.fit_arguments(), "seed": seed, "verbose": 0})


def chain_of_layers(model: Model) -> list[Layer] | None:
    """The layers in their order if each reads the one before it, else None.

    >>> inputs = st.Input((2,))
    >>> hidden = st.layers.Dense(3)(inputs)
    >>> [layer.units for layer in chain_of_layers(st.Model(inputs, st.layers.Dense(1)(hidden)))]
    [3, 1]
    >>> both = st.layers.Add()([hidden, st.layers.Dense(3)(inputs)])
    >>> chain_of_layers(st.Model(inputs, both)) is None
    True
    """
    layers = [layer for layer in model.layers if not isinstance(layer, InputLayer)]
    if isinstance(model, Sequential):
        return layers
    links = model.links
    is_chain = links is not None and links == list(itertools.pairwise(model.layers))
    return layers if is_chain else None


def _described(value: Any) -> Any:
    """An argument of `compile` as a configuration; a user's functions stay as they are."""
    if isinstance(value, dict):
        return {key: _described(part) for key, part in value.items() if part is not None}
    if isinstance(value, (list, tuple)):
        return [_described(part) for part in value]
    return to_config(value) if isinstance(value, str) or hasattr(value, "get_config") else value

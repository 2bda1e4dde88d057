"""Sequential: a model whose layers are called one after another. Depends on Model."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

from steepest.core.dtype import DTypeLike, input_dtype, name_of, string
from steepest.core.primitives import Shape
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError
from steepest.layers.drawn_ends import NotDrawn
from steepest.layers.inputs import Prepared
from steepest.layers.layer import LAYERS, Layer
from steepest.layers.overridable import Overridable
from steepest.layers.symbolic import Input, InputLayer, is_drawn
from steepest.neuralnet.drawing import Drawing, in_rank_of_input, warn_of_equal_names
from steepest.neuralnet.model import Model
from steepest.neuralnet.prefix import HostPrefix


@LAYERS.register
class Sequential(Model):
    """A stack of layers; the shape comes from `input_shape=`, an `Input`, or the first data.

    The first layer may take several inputs, as a list or a dictionary.

    >>> import steepest as st
    >>> model = st.Sequential([
    ...     st.layers.Dense(50, "relu", input_shape=(784,)),
    ...     st.layers.Dense(10, "softmax"),
    ... ])
    >>> model.count_params()
    39760
    """

    def __init__(self, layers: Iterable[Any] | None = None, name: str | None = None) -> None:
        super().__init__(name=name)
        if isinstance(layers, Layer):
            raise ArgumentError(
                f"Sequential: a list of layers was expected, got the layer {layers!r}; "
                "put it in brackets"
            )
        self.layers: list[Layer] = []
        self._given_shape: Any = None  # of the input, or a nest of shapes
        self._given_dtype: DTypeLike = None
        for layer in layers or ():
            self._append(layer)
        self._build_if_known()

    @Overridable
    def links(self) -> list[tuple[Layer, Layer]] | None:
        """Which layer's outputs go into which: each one's into the next."""
        return list(itertools.pairwise(self.layers))

    @Overridable
    def first_layers(self) -> list[list[Layer]]:
        """The layer that reads the input of the compiled steps."""
        if self.prefix is not None:
            return super().first_layers
        return [self.layers[:1]] if self.layers else []

    @property
    def prefix(self) -> HostPrefix | None:
        """The layers that run on the host; a first layer of texts takes one in each row."""
        if self._drawing is None and self.layers and self.layers[0].runs_on_host:
            self.build((None, 1))
        return super().prefix

    @Overridable
    def input_names(self) -> list[str]:
        """None: the one input needs no name."""
        return []

    @property
    def output_names(self) -> list[str]:
        """The name of the one output."""
        return ["output"]

    def add(self, layer: Any) -> None:
        """Adds a layer after the last one.

        >>> import steepest as st
        >>> model = st.Sequential()
        >>> model.add(st.layers.Dense(2, input_shape=(3,)))
        >>> model.output_shape
        (None, 2)
        """
        self._append(layer)
        self._changed()

    def pop(self) -> None:
        """Removes the last layer."""
        if not self.layers:
            raise ArgumentError(f"{self.name}: there is no layer to remove")
        self.layers = self.layers[:-1]
        self._changed()

    def is_argument(self, name: str) -> bool:
        """Whether an attribute is an argument; `layers` is not, as `add` and `pop` change it."""
        return name != "layers" and super().is_argument(name)

    def _changed(self) -> None:
        self.built = False
        self._drawing = None
        self._forget_programs()
        self._build_if_known()

    def _append(self, layer: Any) -> None:
        if is_drawn(layer) and layer.data.call is None:
            layer = InputLayer(layer.shape[1:], dtype=name_of(layer.dtype), name=layer.data.name)
        if isinstance(layer, InputLayer):
            if self._given_shape is not None:
                raise ArgumentError(
                    f"{self.name}: a second input was given; leave them out where the first layer "
                    "takes several, or declare their shapes by build([(None, 2), (None, 3)])"
                )
            self._given_shape = (None, *layer.shape)
            self._given_dtype = layer.input_dtype
            return
        if not isinstance(layer, Layer):
            remedy = (
                "make an instance of the class"
                if isinstance(layer, type)
                else "wrap a function in st.layers.Lambda"
            )
            raise ArgumentError(f"{self.name}: a layer was expected, got {layer!r}; {remedy}")
        if not self.layers and self._given_shape is None:
            self._given_shape = _known_shape(layer)
        self.layers = [*self.layers, layer]
        warn_of_equal_names(self.name, self.layers)

    def _build_if_known(self) -> None:
        if self._given_shape is not None and self.layers:
            self.build(self._given_shape)

    def build(self, input_shape: Any) -> None:
        """Builds each layer for the output shape of the one before it, and makes the drawing.

        Where the first layer takes several inputs, their shapes are a list or a dictionary.

        >>> import steepest as st
        >>> model = st.Sequential([st.layers.Concatenate(), st.layers.Dense(1)])
        >>> model.build([(None, 2), (None, 3)])
        >>> model.count_params()
        6
        """
        self._given_shape = _as_shapes(input_shape)
        on_host = bool(self.layers) and self.layers[0].runs_on_host
        dtype = self._given_dtype if on_host or self._given_dtype == string else None
        dtype = "string" if on_host and dtype is None else dtype
        value: Any = _inputs(self._given_shape, f"{self.name}_input", dtype)
        first = value
        for layer in self.layers:
            value = layer(value)
        self._drawing = Drawing(first, value)
        self.built = True

    @property
    def input_shape(self) -> Any:
        """The shape of the input, with None for the batch."""
        self._require_built("input_shape")
        return super().input_shape

    @property
    def output_shape(self) -> Any:
        """The shape of the output, with None for the batch."""
        self._require_built("output_shape")
        return super().output_shape

    def _require_built(self, what: str) -> None:
        if not self.built:
            raise NotDrawn(
                f"{self.name}: {what} is not known before the model is called; give the first "
                "layer input_shape=, or call the model on an example"
            )

    def call(self, inputs: Tensor, training: bool | None = None) -> Any:
        """The outputs of the layers, called in order."""
        if not self.layers:
            raise ArgumentError(f"{self.name} has no layers yet: add some with model.add(layer)")
        if isinstance(inputs, Prepared):
            return super().call(inputs)
        value: Any = inputs
        if isinstance(self._given_shape, tuple) and isinstance(inputs, Tensor):
            value = in_rank_of_input(self._given_shape, inputs)
        for layer in self.layers:
            value = layer(value)
        return value

    def get_config(self) -> dict[str, Any]:
        """The name and the configurations of the layers."""
        from steepest.registry import to_config

        return {
            "name": self.name,
            "trainable": self.trainable,
            "input_shape": to_config(self._given_shape),
            **({} if self.prefix is None else {"input_dtype": self.prefix.input_dtype}),
            "layers": [to_config(layer) for layer in self.layers],
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> Sequential:
        """A model of the same layers with new weights."""
        from steepest.registry import from_config
        from steepest.user_objects import custom_objects as named_objects

        if custom_objects:
            with named_objects(custom_objects):
                return cls.from_config(config)
        model = cls(
            [from_config(entry, "layer") for entry in config["layers"]], name=config["name"]
        )
        if "input_dtype" in config:
            model._given_dtype = input_dtype(config["input_dtype"])
        if config.get("input_shape") is not None and not model.built:
            model.build(config["input_shape"])
        return model


def _as_shapes(given: Any) -> Any:
    """A shape as a tuple; several as a list or a dictionary of tuples."""
    if isinstance(given, dict):
        return {name: _as_shapes(part) for name, part in given.items()}
    if not isinstance(given, (tuple, list)):
        raise ArgumentError(f"build: a shape such as (None, 4) was expected, got {given!r:.60}")
    if any(isinstance(part, (tuple, list, dict)) for part in given):
        return [_as_shapes(part) for part in given]
    return tuple(given)


def _inputs(shapes: Any, name: str, dtype: DTypeLike) -> Any:
    """A drawn input for each shape."""
    if isinstance(shapes, dict):
        return {key: _inputs(shape, key, dtype) for key, shape in shapes.items()}
    if isinstance(shapes, list):
        return [_inputs(shape, f"{name}_{place}", dtype) for place, shape in enumerate(shapes, 1)]
    return Input(shapes[1:], shapes[0], dtype, name)


def _known_shape(layer: Layer) -> Shape | None:
    """The input shape of a first layer that was given one, or of a model that is built."""
    if layer.given_input_shape is not None:
        return (None, *layer.given_input_shape)
    shape = layer.input_shape if isinstance(layer, Model) and layer.built else None
    return shape if isinstance(shape, tuple) else None

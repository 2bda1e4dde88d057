"""Model: a network that can be compiled, trained, evaluated, saved and used.

What runs it over data is in trainer.py, what writes it to files in stored.py. Depends on these and
Drawing.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from steepest.arguments import is_whole, suggests_arguments
from steepest.core import tree
from steepest.core.dtype import DTypeLike
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError, unknown_name
from steepest.layers import call_context
from steepest.layers.inputs import Prepared, call_recorder_of
from steepest.layers.layer import LAYERS, MISSING, Layer
from steepest.layers.overridable import Overridable
from steepest.neuralnet.drawing import Drawing, warn_of_equal_names
from steepest.neuralnet.learner import Learner
from steepest.neuralnet.prefix import HostPrefix
from steepest.neuralnet.trainer import Trainer
from steepest.user_objects import custom_objects as named_objects


@LAYERS.register("Functional")  # what drawn models were called in files written before
class Model(Trainer):
    """A network: drawn from inputs to outputs, or a subclass that defines `call`.

    >>> import steepest as st
    >>> x = st.Input((3,))
    >>> model = st.Model(inputs=x, outputs=st.layers.Dense(1)(x))
    >>> model.compile("sgd", "mse")
    >>> history = model.fit(st.ones((8, 3)), st.ones((8, 1)), epochs=2, verbose=0)
    >>> len(history.history["loss"])
    2
    """

    supports_masking = True

    _drawing: Drawing | None = None

    def __init__(
        self,
        inputs: Any = None,
        outputs: Any = None,
        name: str | None = None,
        trainable: bool = True,
        dtype: DTypeLike = None,
    ) -> None:
        if isinstance(inputs, str):  # Model("name"), as of any layer
            name, inputs = inputs, None
        super().__init__(name=name, trainable=trainable, dtype=dtype)
        if inputs is not None or outputs is not None:
            single = isinstance(outputs, (list, tuple)) and len(outputs) == 1
            self._drawing = Drawing(inputs, outputs[0] if single else outputs)
            self.layers = self._drawing.layers
            warn_of_equal_names(self.name, self.layers)
            self._own_variables = self._drawing.variables
            self.built = True
            if not trainable:
                self.trainable = False  # sets that of the layers too

    # ------------------------------------------------------------ the drawing

    @Overridable
    def inputs(self) -> list[Tensor]:
        """The drawn inputs, one after another."""
        return tree.leaves(self.drawn_ends()[0])

    @Overridable
    def outputs(self) -> list[Tensor]:
        """The drawn outputs, one after another."""
        return tree.leaves(self.drawn_ends()[1])

    @Overridable
    def links(self) -> list[tuple[Layer, Layer]] | None:
        """Which layer's outputs go into which; None where `call` decides it."""
        return None if self._drawing is None else self._drawing.links

    @Overridable
    def first_layers(self) -> list[list[Layer]]:
        """For each input the layers that read it; none where `call` decides it."""
        return [] if self._drawing is None else self._drawing.first_layers

    @Overridable
    def input_names(self) -> list[str]:
        """The names of the inputs in a dictionary of them; none where `call` decides it."""
        return [] if self._drawing is None else self._drawing.input_names

    @property
    def metrics(self) -> list[Any]:
        """The metrics that each batch updates: the loss, those of `compile`, those of attributes.

        Those of `compile` are among them once the model is built, and at the latest after the first
        batch where only the labels decide what "accuracy" means.
        """
        objectives, drawing = self.objectives, self._drawing
        if objectives is not None and not objectives.resolved and drawing is not None:
            own = type(self)
            if own.train_step is Learner.train_step and own.compute_loss is Learner.compute_loss:
                objectives.resolve_by_outputs(tree.leaves(drawing.outputs), self.output_names)
        return super().metrics

    @property
    def output_names(self) -> list[str]:
        """The names of the outputs, by which losses and metrics can be given."""
        return super().output_names if self._drawing is None else self._drawing.output_names

    @property
    def input_shape(self) -> Any:
        """The shapes of the inputs; None where they are not known yet."""
        return super().input_shape if self._drawing is None else self._drawing.input_shape

    @property
    def output_shape(self) -> Any:
        """The shapes of the outputs; None where they are not known yet."""
        return super().output_shape if self._drawing is None else self._drawing.output_shape

    @property
    def prefix(self) -> HostPrefix | None:
        """The layers that run on the host, before the compiled steps; None without such layers."""
        return None if self._drawing is None else self._drawing.prefix

    def __call__(self, inputs: Any = MISSING, *args: Any, **kwargs: Any) -> Any:
        """The outputs for inputs; texts are prepared on the host first.

        In another model's drawing the calls of a model that takes texts become calls of that model.
        """
        if self.prefix is not None and inputs is MISSING:
            inputs = self._named_inputs(kwargs)
        if self.prefix is not None and not isinstance(inputs, Prepared):
            assert self._drawing is not None
            if call_recorder_of(inputs) is not None:
                return self._drawing.replay(inputs, self.name)
            columns = self.prepared(inputs)
            inputs = Prepared(column.take(slice(None)) for column in columns)
        return super().__call__(inputs, *args, **kwargs)

    def prepared(self, inputs: Any) -> Any:
        """The inputs of the compiled steps: those given, or the columns that the host makes."""
        if self.prefix is None or isinstance(inputs, Prepared):
            return inputs
        assert self._drawing is not None
        return self._drawing.prepared(inputs, self.name)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Infers the shape of the outputs for a shape of the inputs."""
        if self.prefix is not None:
            return self.output_shape
        return super().compute_output_shape(input_shape)

    def drawn_ends(self) -> tuple[Any, Any]:
        """The inputs and outputs of the drawing, in the form that they were given in."""
        if self._drawing is None:
            return super().drawn_ends()
        return self._drawing.inputs, self._drawing.outputs

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """The outputs for inputs; a subclass overrides it to compute them."""
        if self._drawing is None:
            return super().call(inputs)
        return self._drawing.replay(inputs, self.name)

    @property
    def has_call(self) -> bool:
        """Whether the model computes outputs for inputs: it was drawn, or has a `call`."""
        return self._drawing is not None or type(self).call is not Model.call

    def compute_mask(self, inputs: Any, mask: Any = None) -> None:
        """Returns None: the layers inside give the outputs their mask."""

    @suggests_arguments
    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """The layer of a name, or at an index.

        >>> import steepest as st
        >>> model = st.Sequential([st.layers.Dense(2, name="hidden"), st.layers.Dense(1)])
        >>> model.get_layer("hidden") is model.get_layer(index=0)
        True
        """
        layers = self.layers
        if index is not None:
            if not (is_whole(index) and -len(layers) <= index < len(layers)):
                raise ArgumentError(f"get_layer: index {index!r} of {len(layers)} layers")
            return layers[index]
        found = {layer.name: layer for layer in layers}
        if name not in found:
            raise unknown_name("layer", name, found)
        return found[name]

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments; of a functional model, its layers and their calls.

        A subclass whose constructor makes the drawing is described by that constructor's arguments.
        """
        if self._drawing is None or _has_own_constructor(type(self)):
            config = super().get_config()
            return {key: value for key, value in config.items() if not self._is_end(key)}
        drawn = self._drawing.get_config()
        return {"name": self.name, "trainable": self.trainable, **drawn}

    def argument(self, name: str) -> Any:
        """The constructor's argument of a name."""
        return None if self._is_end(name) else super().argument(name)

    def _is_end(self, name: str) -> bool:
        """Whether an argument is `inputs` or `outputs`, which no configuration can hold."""
        return name in ("inputs", "outputs") and name not in vars(self)

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> Any:
        """A model by a configuration from `get_config`, with new weights.

        `custom_objects` are classes and functions of the user's own by name.
        """
        if custom_objects:
            with named_objects(custom_objects):
                return cls.from_config(config)
        if "calls" not in config or "inputs" not in config:
            return super().from_config(config)
        drawing = Drawing.from_config(config)
        model = cls(drawing.inputs, drawing.outputs, name=config["name"])
        model._trainable = config.get("trainable", True)
        return model

    @property
    def is_drawn(self) -> bool:
        """Whether the model was made from inputs to outputs."""
        return self._drawing is not None

    def redrawn(
        self,
        clone: Callable[[Layer], Layer],
        inputs: Any = None,
        call: Callable[..., Any] | None = None,
    ) -> tuple[Any, Any]:
        """New drawn inputs and outputs of a drawn model, by a clone of each layer."""
        assert self._drawing is not None
        return self._drawing.redrawn(clone, inputs, call)

    def build(self, input_shape: Any) -> None:
        """Makes the weights for inputs of a shape, whose batch is None, by a trial call."""
        super().build(input_shape)
        if not call_context.inside_a_call():
            self.compute_output_shape(input_shape)

    @suggests_arguments
    def summary(
        self,
        line_length: int | None = None,
        positions: Sequence[float] | None = None,
        print_fn: Callable[[str], Any] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Sequence[str] | None = None,
    ) -> None:
        """Prints the layers, their output shapes and their numbers of weights.

        Columns are as wide as their texts; `positions` are their ends, as shares of the line or as
        numbers of characters, and `line_length` widens the last one. `expand_nested` shows the
        layers of inner models, `show_trainable` which layers train; `layer_range` are the names of
        the first and the last layer to show, or regular expressions for them.

        >>> import steepest as st
        >>> inner = st.Sequential([st.layers.Dense(2, name="hidden")], name="inner")
        >>> model = st.Sequential([st.Input((3,)), inner], name="outer")
        >>> lines = []
        >>> model.summary(print_fn=lines.append, expand_nested=True, show_trainable=True)
        >>> print(*lines[:5], sep="\\n")
        Model: outer
        Layer (type)        Output shape  Parameters  Trainable
        ------------------  ------------  ----------  ---------
        inner (Sequential)  (batch, 2)             8        yes
          hidden (Dense)    (batch, 2)             8        yes
        """
        from steepest.neuralnet.summary import summary

        summary(self, line_length, positions, print_fn, expand_nested, show_trainable, layer_range)


def _has_own_constructor(kind: type[Model]) -> bool:
    """Whether a class's constructor takes arguments of its own, and no `inputs`."""
    taken = inspect.signature(kind.__init__).parameters.values()
    named = [p.name for p in taken if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)][1:]
    return bool(named) and "inputs" not in named

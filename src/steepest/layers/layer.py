"""Layer, the base class: `build` creates weights, `call` computes the outputs.

Whatever is assigned to an attribute (variables, layers, random generators, lists of them) belongs
to the layer; its constructor's arguments, stored as attributes, are its configuration. Depends on
core, the program recorder and the registry.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Self

import numpy as np

from steepest import backend, regularizers
from steepest.arguments import refuse_more, refuse_unknown
from steepest.config import MIXED, DTypePolicy, config
from steepest.configurable import Configurable, require_config
from steepest.constructors import checked, constructor_parameters
from steepest.core import dispatch, ops, tree
from steepest.core.dtype import DTypeLike, as_dtype, computing
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError, SteepestError
from steepest.finding import Finding
from steepest.functions import composed
from steepest.layers import call_context, class_hooks, masks
from steepest.layers.drawn_ends import DrawnEnds
from steepest.layers.inputs import (
    Prepared,
    as_inputs,
    call_recorder_of,
    format_shapes,
    open_shapes,
    shapes_of,
)
from steepest.layers.open_sizes import inferred
from steepest.layers.overridable import Overridable
from steepest.layers.sized import Sized, declared_sizes
from steepest.layers.tracking import Trackable
from steepest.layers.weights import Weighted
from steepest.registry import Registry, snake_case

LAYERS = Registry("layer")
MISSING = object()  # stands for inputs or an argument that were not given


class Layer(Sized, DrawnEnds, Weighted, Configurable):
    """The base class of layers: a subclass writes `build`, which creates weights, and `call`.

    No backward pass is needed: the operations in `call` are differentiated automatically.

    >>> class Scale(Layer):
    ...     def build(self, input_shape):
    ...         self.w = self.add_weight("w", shape=[input_shape[-1]], initializer="ones")
    ...     def call(self, x):
    ...         return x * self.w
    >>> Scale()([[1.0, 2.0]])
    Tensor([[1. 2.]], shape=(1, 2), dtype=float32)
    """

    single_input: ClassVar[bool] = False
    """Whether `call` takes one tensor: a list or dictionary is then refused."""
    inspects_inputs = False
    """Whether models pass the inputs that it reads first to `findings_in`."""
    takes_gaps = False
    """Whether the layer is made for inputs with NaN."""
    input_spec: Any = None
    """The `InputSpec` of the inputs, or a list of them; None if `check_shapes` says it all."""
    supports_masking: bool = False
    """Whether the outputs get a mask: that of the inputs, or what `compute_mask` returns."""
    runs_on_host = False
    """Whether the layer computes in Python, on texts too: models run it before their steps."""
    output_depends_on: ClassVar[tuple[str, ...] | None] = None
    """The attributes that decide the form of the one output, besides the dtype and the input; None
    where it is found by a trial call. A class that overrides `call` does not inherit it."""
    scales = False
    """Whether the layer scales its inputs to a common range."""
    activity_regularizer: Callable[[Tensor], Tensor] | None = None
    given_input_shape: tuple[int | None, ...] | None = None
    _name: str | None = None
    _input_shape: Any = None
    _training_position: ClassVar[int | None] = None  # among the arguments of `call`
    _mask_position: ClassVar[int | None] = None

    @checked(skip=("input_shape",))
    def __init__(
        self,
        name: str | None = None,
        trainable: bool = True,
        dtype: DTypeLike | DTypePolicy = None,
        input_shape: int | Sequence[int | None] | None = None,
        activity_regularizer: Any = None,
        input_dim: int | None = None,
    ) -> None:
        self._name = name or _auto_name(type(self))
        self._trainable = trainable
        wanted = config.dtype_policy() if dtype is None else dtype
        if isinstance(wanted, str) and wanted.startswith("mixed_"):
            wanted = DTypePolicy(wanted)
        if isinstance(wanted, DTypePolicy):
            self._is_mixed, wanted = wanted.name == MIXED, wanted.variable_dtype
        self._dtype = as_dtype(wanted)
        self.given_input_shape = declared_sizes(input_dim if input_shape is None else input_shape)
        vars(self)["activity_regularizer"] = regularizers.get(activity_regularizer)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        class_hooks.prepare_class(cls)

    # ------------------------------------------------------------ what a subclass writes

    def build(self, input_shape: Any) -> None:
        """Creates the weights for inputs of a shape whose batch size is None. Runs once."""
        self._set_built(input_shape)

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Returns the outputs; an argument `training` gets True in training, else False."""
        raise NotImplementedError(
            f"{type(self).__name__} computes nothing yet: write its method call(self, inputs)"
        )

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Returns the mask of the outputs, given that of the inputs: the same, by default.

        It is called where `supports_masking` is True, as it is in a class that overrides it.

        >>> st.layers.Embedding(5, 2, mask_zero=True).compute_mask([[3, 1, 0]]).tolist()
        [[True, True, False]]
        """
        return mask

    def check_shapes(self, shapes: Any) -> None:
        """Raises if inputs of these shapes do not fit those that the layer was built for."""
        declared = self.given_input_shape
        if declared is None or not isinstance(shapes, tuple) or shapes[1:] == declared:
            return
        own = zip(shapes[1:], declared, strict=False)
        if len(shapes) != len(declared) + 1 or any(size not in (None, at) for at, size in own):
            raise self.misfit(shapes, (None, *declared))

    def findings_in(self, values: np.ndarray) -> Iterator[Finding]:
        """Yields findings about a model's inputs; called where `inspects_inputs` is True.

        A program cannot raise, so models pass their inputs to the first layers before they run.
        """
        return iter(())

    # ------------------------------------------------------------ calling

    def __call__(
        self, inputs: Any = MISSING, *args: Any, training: bool | None = None, **kwargs: Any
    ) -> Any:
        """Returns the outputs for inputs; the first call creates the weights."""
        if inputs is MISSING:
            inputs = self._named_inputs(kwargs)
        recorder = call_recorder_of((inputs, args, kwargs))
        if recorder is not None:
            flag = {} if training is None else {"training": training}
            return recorder.call_layer(self, (inputs, *args), {**kwargs, **flag})
        tensors = as_inputs(inputs, computing(self.dtype))
        shapes = shapes_of(tensors)
        training, args = self._resolve_training(training, args)
        if not call_context.inside_a_call():
            self.forget_losses()
        try:
            with dispatch.scope(self.name), call_context.training_as(training):
                self._build_and_check(tensors, shapes)
                return self._checked_call(tensors, args, kwargs)
        except SteepestError as error:
            error.add_note(f"in layer {self.name!r}, given {format_shapes(shapes)}")
            raise

    def _named_inputs(self, kwargs: dict[str, Any]) -> Any:
        """Takes the first argument of `call` out of those given by name."""
        first = next(iter(inspect.signature(self.call).parameters), "inputs")
        if first not in kwargs:
            raise ArgumentError(
                f"layer {self.name!r} was called without inputs: give {first!r} first, or by name"
            )
        return kwargs.pop(first)

    def _resolve_training(
        self, given: bool | None, args: tuple[Any, ...]
    ) -> tuple[bool, tuple[Any, ...]]:
        """Takes `training` as given by name or by position, or else from the outer call."""
        position = self._training_position
        if position is not None and 0 <= position < len(args):
            return bool(args[position]), args[:position] + args[position + 1 :]
        return call_context.training_now() if given is None else bool(given), args

    def _build_and_check(self, inputs: Any, shapes: Any) -> None:
        """Builds the layer for its first inputs; raises if inputs do not fit."""
        if self.single_input and not isinstance(inputs, (Tensor, Prepared)):
            raise self._not_one_tensor(shapes)
        if not self.built:
            self.ensure_built(open_shapes(inputs))
        if self.input_spec is not None:
            specs = tree.leaves(self.input_spec)
            for spec, tensor in zip(specs, tree.leaves(inputs), strict=False):
                spec.check(self.name, tensor)
        self.check_shapes(shapes)

    def _checked_call(self, inputs: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Runs `call`; raises if it created weights or returned nothing."""
        mask = masks.with_mask(self, inputs, args, kwargs)
        takes_training = self._training_position is not None
        flag = {"training": call_context.training_now()} if takes_training else {}
        weights = len(self._weights)
        try:
            outputs = self.call(inputs, *args, **flag, **kwargs)
        except TypeError:
            refuse_unknown(self.call, kwargs, f"layer {self.name!r}")
            refuse_more(self.call, 1 + len(args), f"layer {self.name!r}")
            raise
        if len(self._weights) > weights:
            made = self._weights.pop().name
            raise ArgumentError(
                f"layer {self.name!r}: call made the weight {made!r}, and would at each call; "
                "make weights in build(self, input_shape), which runs once"
            )
        if outputs is None:
            raise ArgumentError(
                f"layer {self.name!r}: call returned nothing; end it with return and the outputs"
            )
        masks.pass_on(self, inputs, mask, outputs)
        if self.activity_regularizer is not None:
            self.add_loss([self._activity_penalty(leaf) for leaf in tree.leaves(outputs)])
        return outputs

    def _activity_penalty(self, output: Tensor) -> Tensor:
        """The penalty of outputs for one example, so that it does not grow with the batch."""
        assert self.activity_regularizer is not None
        penalty = self.activity_regularizer(output)
        if not output.ndim:
            return penalty
        return composed.divide_no_nan(penalty, ops.count_of(output.shape, (0,), output.dtype))

    # ------------------------------------------------------------ building

    def ensure_built(self, shapes: Any) -> None:
        """Builds the layer, unless it is built, for the declared shape or the given shapes."""
        if not self.built:
            self.build(
                shapes if self.given_input_shape is None else (None, *self.given_input_shape)
            )

    def _set_built(self, input_shape: Any) -> None:
        self.built = True
        self._input_shape = input_shape if self._input_shape is None else self._input_shape

    # ------------------------------------------------------------ names and shapes

    @property
    def name(self) -> str:
        """The layer's name; by default the name of its class with a number."""
        if self._name is None:
            self._name = _auto_name(type(self))
        return self._name

    @name.setter
    def name(self, name: str) -> None:
        self._name = name

    @Overridable
    def path(self) -> str:
        """The name, with which the paths of the weights begin."""
        return self.name

    @property
    def input_shape(self) -> Any:
        """The shape that the layer was built for, or was declared; None if neither is known."""
        if self._input_shape is None and self.given_input_shape is not None:
            return (None, *self.given_input_shape)
        return self._input_shape

    @property
    def output_shape(self) -> Any:
        """The shape of the outputs; None if the shape of the inputs is unknown."""
        return None if self.input_shape is None else self.compute_output_shape(self.input_shape)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Infers the shape of the outputs for one input shape or a list, by a trial call."""
        if not isinstance(input_shape, (tuple, list)):
            raise ArgumentError(
                f"layer {self.name!r}: a shape such as (None, 3) was expected, got {input_shape!r}"
            )
        several = not all(size is None or isinstance(size, int) for size in input_shape)
        shapes = input_shape if several else [input_shape]
        specs = [(tuple(shape), computing(self.dtype)) for shape in shapes]
        with call_context.shape_inference(self):
            _, found = inferred(lambda *x: self(list(x) if several else x[0]), specs)
        return found[0] if len(found) == 1 else found

    def built_output_shape(self, input_shape: Any) -> Any:
        """Builds the layer, if necessary, and returns the shape of the outputs."""
        self.ensure_built(input_shape)
        return self.compute_output_shape(input_shape)

    # ------------------------------------------------------------ configuration

    def __getstate__(self) -> dict[str, Any]:
        """Returns what is copied and pickled: all except for the drawing, part of another model."""
        return {**vars(self), "_drawn": None}

    def argument(self, name: str) -> Any:
        """Returns the constructor's argument of a name."""
        if name == "input_shape":
            return self.given_input_shape
        if name == "input_dim" and name not in vars(self):  # another form of input_shape
            return None
        if name == "dtype":
            return self.dtype_policy.name
        found = getattr(self, name, MISSING)
        if self._constructed_with is not None and (
            found is MISSING or isinstance(found, Trackable)
        ):
            default = constructor_parameters(type(self))[name].default
            given = self._constructed_with.by_name(type(self)).get(name, default)
            if given is not inspect.Parameter.empty:
                return given
        return super().argument(name)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments, the name and `trainable`, as values for JSON."""
        return {"name": self.name, "trainable": self.trainable, **super().get_config()}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Returns a layer with the configuration that `get_config` returned, with new weights."""
        require_config(cls, config)
        taken = constructor_parameters(cls)
        layer = cls(**{key: value for key, value in config.items() if key in taken or (
            key not in ("name", "trainable"))})  # fmt: skip
        if "name" not in taken and "name" in config:
            layer.name = config["name"]
        if "trainable" not in taken and not config.get("trainable", True):
            layer.trainable = False
        return layer

    def _shown_argument(self, parameter: inspect.Parameter, value: Any) -> str:
        """Formats an argument for the repr: a name or dtype only if it was given."""
        if parameter.name in ("input_shape", "output_shape", "weights"):  # properties too
            value = self.argument(parameter.name)
        if parameter.name == "dtype":
            name = self.dtype_policy.name
            value = None if name == "float32" else name
        return super()._shown_argument(parameter, value)


def _auto_name(cls: type) -> str:
    """Returns the class's name in snake case, with a number from the second layer on."""
    base = snake_case(cls.__name__)
    number = backend.get_uid(base) - 1
    return f"{base}_{number}" if number else base

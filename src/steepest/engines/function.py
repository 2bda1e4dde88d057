"""st.function: a Python function that is recorded once per signature and run by an engine.

Depends on the recorder and the choice of engine.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from steepest.arguments import require_function
from steepest.changes import latest_change
from steepest.core import dispatch, ops, tree
from steepest.core.dtype import name_of
from steepest.core.primitives import show
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.engines.bound import Bound
from steepest.engines.choose import bind
from steepest.errors import ArgumentError, ShapeError
from steepest.program.graph import Graph
from steepest.program.trace import TensorSpec, record

MANY = 16
"""The number of recordings of one function at which a warning is given."""


class Function:
    """A function of tensors with its recordings, one for each signature.

    Tensors and arrays are inputs of the program, so that other values of the same shape and dtype
    run the same program; anything else (numbers, models) is part of the signature. Side effects of
    the Python code happen only while it is recorded. Under a tape opened outside, or inside another
    recording, the Python function itself is run.

    >>> square = Function(lambda x: x * x)
    >>> square(np.ones(2)).tolist(), square(np.zeros(2)).tolist(), square.traces
    ([1.0, 1.0], [0.0, 0.0], 1)
    """

    __name__: str

    def __init__(
        self,
        function: Callable[..., Any],
        input_signature: Sequence[TensorSpec] | None = None,
        engine: str | None = None,
    ) -> None:
        require_function("function", function)
        if not isinstance(input_signature, (list, tuple, type(None))):
            raise ArgumentError(
                f"function: input_signature: a list of st.TensorSpec, got {input_signature!r:.60}"
            )
        functools.update_wrapper(self, function)
        self.python_function = function
        self._signature = None if input_signature is None else tuple(input_signature)
        self._engine = engine
        self._recorded: dict[Any, tuple[Bound, Any]] = {}
        self._recorded_at = latest_change()

    def __repr__(self) -> str:
        times = "once" if self.traces == 1 else f"{self.traces} times"
        return f"<st.function {self.__name__}, recorded {times}>"

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """As a method: each instance has its own recordings, which live as long as it does."""
        if instance is None:
            return self
        name = f"_recorded_{self.python_function.__name__}"
        if name not in instance.__dict__:
            method = self.python_function.__get__(instance, owner)
            instance.__dict__[name] = Function(method, self._signature, self._engine)
        return instance.__dict__[name]

    @property
    def traces(self) -> int:
        """The number of recorded signatures."""
        return len(self._recorded)

    @property
    def graphs(self) -> list[Graph]:
        """The recorded graphs, one for each signature."""
        return [bound.recording.graph for bound, _ in self._recorded.values()]

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        if dispatch.STACKS.tapes or dispatch.STACKS.interpreters:
            return self.python_function(*arguments, **options)
        nest = (self._signed(arguments), options)
        found = tree.leaves(nest)
        places = [n for n, leaf in enumerate(found) if isinstance(leaf, (Tensor, np.ndarray))]
        inputs = [ops.as_tensor(found[place]) for place in places]
        bound = self._prepared(nest, found, places, inputs)
        try:
            recording, outputs = bound.recording, bound.call([tensor.data for tensor in inputs])
        except AttributeError:
            for tensor in inputs:
                tensor.numpy()  # of a symbolic one: an error that says where it comes from
            raise
        if recording.faults and not outputs.pop():
            raise ArgumentError(recording.fault() or f"{self.__name__}: a guard was false")
        return recording.rebuild(outputs)

    def _prepared(
        self, nest: Any, found: list[Any], places: list[int], inputs: list[Tensor]
    ) -> Bound:
        specs = self._specs(inputs)
        static = [None if place in places else leaf for place, leaf in enumerate(found)]
        key = (tree_key(nest), tuple(specs), tuple(map(_static_key, static)))
        if self._recorded_at != latest_change():  # a rate that was recorded may have been assigned
            self._recorded.clear()
            self._recorded_at = latest_change()
        if key not in self._recorded:
            function = functools.partial(self._replay, nest, found, places)
            recording = record(function, specs)
            graph = recording.graph
            if recording.faults and graph.guard is not None:  # whether it was true, as an output
                graph = replace(graph, outputs=(*graph.outputs, graph.guard))
            bound = bind(replace(recording, graph=graph), engine=self._engine)
            # The reference to the static leaves stops other objects from getting their id().
            self._recorded[key] = bound, static
            if self.traces == MANY:
                warnings.warn(_too_often(self.__name__, static), stacklevel=4)
        return self._recorded[key][0]

    def _replay(self, nest: Any, found: list[Any], places: list[int], *inputs: Tensor) -> Any:
        filled = list(found)
        for place, tensor in zip(places, inputs, strict=True):
            filled[place] = tensor
        arguments, options = tree.rebuild(nest, iter(filled))
        return self.python_function(*arguments, **options)

    def _signed(self, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments; under a signature lists and Python's numbers become tensors."""
        if self._signature is None or len(arguments) != len(self._signature):
            return arguments
        pairs = zip(arguments, self._signature, strict=True)
        return tuple(
            ops.constant(argument, spec.dtype)
            if all(isinstance(leaf, (bool, int, float)) for leaf in tree.leaves(argument))
            else argument
            for argument, spec in pairs
        )

    def _specs(self, inputs: list[Tensor]) -> list[TensorSpec]:
        if self._signature is None:
            return [TensorSpec(tensor.shape, tensor.dtype) for tensor in inputs]
        if len(inputs) != len(self._signature):
            raise ArgumentError(
                f"{self.__name__}: the signature has {len(self._signature)} tensors, "
                f"the call gave {len(inputs)}"
            )
        for tensor, spec in zip(inputs, self._signature, strict=True):
            _check_fits(tensor, spec)
        return list(self._signature)


def _too_often(name: str, static: list[Any]) -> str:
    numbers = any(isinstance(leaf, (bool, int, float)) for leaf in static)
    remedy = (
        "a number among its arguments takes part in the signature: hand it in as a tensor, "
        "st.constant(...)"
        if numbers
        else "each new shape is a new signature: leave the batch open with input_signature="
    )
    return f"{name} was recorded {MANY} times, which costs more than running it; {remedy}"


def _check_fits(tensor: Tensor, spec: TensorSpec) -> None:
    fits = len(tensor.shape) == len(spec.shape) and all(
        want in (None, size) for want, size in zip(spec.shape, tensor.shape, strict=True)
    )
    if not fits or tensor.dtype != spec.dtype:
        given = f"{name_of(tensor.dtype)}{show(tensor.shape)}"
        remedy = (
            "" if tensor.dtype == spec.dtype else f"; st.cast(x, {name_of(spec.dtype)!r}) first"
        )
        raise ShapeError(f"the signature takes {spec}, got {given}{remedy}")


def _static_key(leaf: Any) -> Any:
    if isinstance(leaf, (float, np.generic)):
        return type(leaf), np.asarray(leaf).tobytes()  # NaN is one signature, 0.0 and -0.0 are two
    plain = isinstance(leaf, (bool, int, str, bytes, type(None)))
    return (type(leaf), leaf) if plain else (Variable, id(leaf))


def tree_key(nest: Any) -> Any:
    """The structure of a nest, as a value that can be compared.

    >>> tree_key([1, {"a": 2}])
    ('list', None, ('dict', 'a', None))
    """
    if isinstance(nest, dict):
        return ("dict", *(part for key in sorted(nest) for part in (key, tree_key(nest[key]))))
    if isinstance(nest, (list, tuple)):
        return (type(nest).__name__, *map(tree_key, nest))
    return None


def function(
    func: Callable[..., Any] | None = None,
    *,
    input_signature: Sequence[TensorSpec] | None = None,
    engine: str | None = None,
    jit_compile: bool | None = None,
    reduce_retracing: bool = False,
    autograph: bool = True,
) -> Any:
    """Records a function once per signature and lets an engine run it; also a decorator.

    `jit_compile`, `reduce_retracing` and `autograph` are TensorFlow's and change nothing: programs
    are always compiled where the engine can, shapes stay part of the signature, and Python's `if`
    and loops run while the function is recorded.

    >>> import steepest as st
    >>> @st.function
    ... def double(x):
    ...     return x + x
    >>> double(st.constant([1.0, 2.0])).tolist(), double(st.constant([5.0, 6.0])).tolist()
    ([2.0, 4.0], [10.0, 12.0])
    >>> double.traces
    1
    """
    if func is None:
        return functools.partial(function, input_signature=input_signature, engine=engine)
    return Function(func, input_signature, engine)

"""HostPrefix: the part of a functional model that runs on the host, before the compiled steps.

It is made of the layers that programs cannot run (texts, hashes), and of all that their inputs
need. It runs over the columns of a fit once, over streams batch by batch; what it makes, and the
inputs that the rest of the model reads, are the columns of the steps. Depends on drawn tensors and
columns.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest.core import ops, tree
from steepest.core.dtype import is_float, name_of, string
from steepest.core.primitives import show
from steepest.core.tensor import Operators, Tensor
from steepest.core.variable import Variable
from steepest.data.columns import DenseColumn, SparseColumn, Stored, as_column
from steepest.errors import ArgumentError, DTypeError, ShapeError, noted
from steepest.layers.inputs import Prepared
from steepest.layers.layer import Layer
from steepest.layers.preprocessing.host import HostLayer, host_values
from steepest.layers.symbolic import Call, is_drawn, key_of

LEAST_SPARSE = 512  # features of rows of counts that stay sparse


class HostPrefix:
    """The calls of a drawing that run on the host, and the cut: the tensors that the rest reads.

    >>> import steepest as st
    >>> text = st.Input((1,), dtype="string", name="colour")
    >>> lookup = st.layers.StringLookup(vocabulary=["red"])
    >>> model = st.Model(text, st.layers.Dense(1)(lookup(text)))
    >>> prefix = model.prefix
    >>> prefix.layers, prefix.run([["red", "red"]])
    ([StringLookup(vocabulary=['red'], name=...)], (DenseColumn(int64[2, 1]),))
    """

    def __init__(self, inputs: Any, calls: Sequence[Call], host: set[Call], outputs: Any) -> None:
        self.inputs: list[Tensor] = tree.leaves(inputs)
        self.calls = [call for call in calls if call in host]
        self.following = [call for call in calls if call not in host]
        read = [leaf for call in self.following for leaf in drawn_arguments(call)]
        cut = {key_of(leaf): leaf for leaf in [*read, *tree.leaves(outputs)]}
        self.cut = [leaf for leaf in cut.values() if leaf.data.call in {None, *host}]
        self._read_on_host = {key_of(leaf) for call in self.calls for leaf in drawn_arguments(call)}
        for leaf in self.cut:
            if leaf.dtype == string:
                raise ArgumentError(
                    f"Model: the text {leaf.data.name!r} is an output, or is read by no layer that "
                    "takes texts; outputs of models are numbers"
                )
        for layer in self.layers:
            if layer.trainable_weights:
                raise ArgumentError(
                    f"Model: layer {layer.name!r} has weights to train and lies before a layer "
                    "that runs on the host, where no derivative passes; set its trainable to False"
                )

    @property
    def input_dtype(self) -> str:
        """The name of the dtype of the first input."""
        return name_of(self.inputs[0].dtype)

    @property
    def layers(self) -> list[Layer]:
        """The layers that run on the host."""
        operations = (call.operation for call in self.calls)
        return list(dict.fromkeys(each for each in operations if isinstance(each, Layer)))

    @property
    def readers(self) -> list[list[Layer]]:
        """For each tensor of the cut the layers that read it."""
        return [
            [
                call.operation
                for call in self.following
                if isinstance(call.operation, Layer)
                and key_of(leaf) in map(key_of, drawn_arguments(call))
            ]
            for leaf in self.cut
        ]

    def run(self, given: Sequence[Any]) -> Prepared:
        """The columns at the cut for the values of the inputs, in the order of the inputs."""
        values: dict[Any, Any] = {}
        for leaf, value in zip(self.inputs, given, strict=True):
            on_host = leaf.dtype == string or key_of(leaf) in self._read_on_host
            values[key_of(leaf)] = (_host_column if on_host else _column)(leaf, value)
        for call in self.calls:
            arguments, options = tree.transform(
                functools.partial(filled, values), (call.arguments, call.options)
            )
            if isinstance(call.operation, HostLayer):
                results = [call.operation.rows_for(*arguments)]
            else:
                tensors = tree.transform(
                    lambda leaf: ops.as_tensor(leaf) if isinstance(leaf, np.ndarray) else leaf,
                    arguments,
                )
                results = tree.leaves(call.operation(*tensors, **options))
            for place, result in enumerate(results):
                values[call, place] = result
        return Prepared(_at_cut(leaf, values[key_of(leaf)]) for leaf in self.cut)


def prefix_of(inputs: Any, calls: Sequence[Call], outputs: Any) -> HostPrefix | None:
    """The prefix of a drawing; None if all of it can run in programs."""
    host: set[Call] = set()
    for call in reversed(calls):
        if call in host or getattr(call.operation, "runs_on_host", False):
            host |= {call, *(leaf.data.call for leaf in drawn_arguments(call))}
    texts = any(leaf.dtype == string for leaf in tree.leaves(inputs))
    return HostPrefix(inputs, calls, host - {None}, outputs) if host or texts else None


def drawn_arguments(call: Call) -> list[Tensor]:
    """The drawn tensors among a call's arguments."""
    return [leaf for leaf in tree.leaves((call.arguments, call.options)) if is_drawn(leaf)]


def filled(values: dict[Any, Any], leaf: Any) -> Any:
    """A leaf of a call's arguments, with the value of a drawn tensor or a variable.

    >>> filled({}, 3)
    3
    """
    if isinstance(leaf, Variable):
        return leaf.value
    return values[key_of(leaf)] if is_drawn(leaf) else leaf


def _host_column(leaf: Tensor, value: Any) -> Any:
    """The values of an input that layers on the host read, in its shape."""
    stored = isinstance(value, (DenseColumn, SparseColumn)) or hasattr(value, "storage")
    values = value.take(slice(None)) if stored else host_values(value)
    name = leaf.data.name
    if not values.ndim:
        raise ShapeError(f"input {name!r}: rows were expected, got the single value {value!r:.40}")
    if leaf.dtype != string and values.dtype == object:
        raise DTypeError(_texts_given(name, values))
    if leaf.dtype != string:
        values = values.astype(leaf.dtype, copy=False)
    return _in_shape(leaf, values)


def _column(leaf: Tensor, value: Any) -> Stored:
    """The column of an input that the compiled steps read."""
    value = value.numpy() if isinstance(value, Operators) else value
    column = as_column(value, f"x[{leaf.data.name!r}]")
    if isinstance(column, DenseColumn):
        casts = is_float(leaf.dtype) is not is_float(column.dtype)
        dtype = leaf.dtype if casts else column.dtype
        column = DenseColumn(_in_shape(leaf, column.array), column.names, dtype)
    return column


def _texts_given(name: str, values: np.ndarray) -> str:
    return (
        f"input {name!r} takes numbers, got {values.flat[0]!r}; declare it as "
        "st.Input((1,), dtype='string') and put st.layers.StringLookup, TextVectorization or "
        "Hashing behind it"
    )


def _in_shape(leaf: Tensor, values: np.ndarray) -> np.ndarray:
    """The values with an axis of size 1 added or left out, as the input declares it."""
    wanted = leaf.shape
    if wanted[1:] == (1,) and values.ndim == 1:
        values = values[:, None]
    elif len(wanted) == 1 and values.shape[1:] == (1,):
        values = values[:, 0]
    fits = len(wanted) == values.ndim and all(
        want is None or want == have
        for want, have in zip(wanted[1:], values.shape[1:], strict=True)
    )
    if not fits:
        raise ShapeError(
            f"input {leaf.data.name!r} has shape {show(wanted)}, got {show(values.shape)}"
        )
    return values


def _at_cut(leaf: Tensor, value: Any) -> Stored:
    """A column of what the host made; raises if its shape is not that of the drawn tensor."""
    if isinstance(value, SparseColumn) and value.width < LEAST_SPARSE:
        value = value.toarray()
    column = (
        value if isinstance(value, (DenseColumn, SparseColumn)) else as_column(np.asarray(value))
    )
    sizes = zip(leaf.shape[1:], column.row_shape, strict=False)
    if len(leaf.shape) - 1 != len(column.row_shape) or any(a not in (None, b) for a, b in sizes):
        shape = (None, *column.row_shape)
        with noted("was the layer adapted to other data after the model was made?"):
            raise ShapeError(
                f"layer {leaf.data.name!r} gave the shape {show(shape)}, the model was made for "
                f"{show(leaf.shape)}"
            )
    return column

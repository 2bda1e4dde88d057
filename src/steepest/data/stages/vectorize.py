"""Turns a function of one element into a function of batches: recorded once, replayed with a
batch axis in front. Depends on core and program.

Each primitive has a batching rule for inputs that have this axis. So a function given to
`Dataset.map` runs inside the training step instead of once per element.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from steepest.core import dispatch, ops, tree
from steepest.core.dispatch import bind
from steepest.core.primitives import PRIMITIVES
from steepest.core.tensor import Tensor
from steepest.data.stages import blocks
from steepest.program.graph import Node
from steepest.program.trace import Recording, TensorSpec, record

Pair = tuple[Tensor, bool]
"""A value, and whether it has the batch as its first axis."""
BatchingRule = Callable[[str, Sequence[Pair], dict[str, Any], Any], Tensor]
BatchFunction = Callable[[Any], Any]


class Untraceable(Exception):
    """Raised for an operation that can only run element by element."""


def call(function: Callable[..., Any], element: Any) -> Any:
    """Calls a function with an element; the parts of a tuple are its arguments.

    >>> call(lambda x, y: x + y, (1, 2))
    3
    """
    result = function(*element) if isinstance(element, tuple) else function(element)
    return tuple(result) if isinstance(result, list) else result


def recorded(function: Callable[..., Any], spec: Any) -> Recording | None:
    """The function as a program for elements of a spec; None if it must run in Python.

    It is recorded twice: values that differ between the two (of Python's random generators,
    counters, clocks) would become constants of the program, so such a function runs in Python.
    """
    specs = tree.leaves(spec)
    if not all(isinstance(leaf, TensorSpec) for leaf in specs):
        return None

    def flat(*tensors: Tensor) -> Any:
        result = call(function, tree.rebuild(spec, iter(tensors)))
        return tree.transform(ops.as_tensor, blocks.packed(result))

    try:
        with dispatch.untaped():
            first, second = record(flat, specs), record(flat, specs)
    except Exception:  # Python will raise it again, with the number of the element
        return None
    alike = first.graph.key() == second.graph.key() and first.graph.guard is None
    # Sizes that depend on values differ from element to element, unless they were given as open.
    open_inside = any(None in node.shape for node in first.graph.nodes)
    even = not open_inside or any(None in leaf.shape for leaf in specs)
    return first if alike and even and all(first.is_tensor) else None


def spec_of(recording: Recording) -> Any:
    """The spec of a recorded function's result."""
    specs = (TensorSpec(node.shape, node.dtype) for node in recording.graph.outputs)
    return tree.transform(lambda _: next(specs), recording.result)


def vectorized(recording: Recording) -> BatchFunction | None:
    """The recorded function of one element as a function of batches; None if a rule is missing.

    >>> import steepest as st
    >>> recording = recorded(lambda x: st.reduce_sum(x * x), TensorSpec((2,)))
    >>> vectorized(recording)(st.constant([[1.0, 2.0], [3.0, 4.0]])).tolist()
    [5.0, 25.0]
    """
    graph = recording.graph
    if not all(node.is_leaf or node.op in RULES for node in graph.nodes):
        return None

    def function(batch: Any) -> Any:
        outputs = iter(_replay(recording, tree.leaves(batch)))
        return tree.transform(lambda _: next(outputs), recording.result)

    specs = [TensorSpec((None, *node.shape), node.dtype) for node in graph.inputs]
    nest = tree.rebuild(list(range(len(specs))), iter(specs))
    try:
        with dispatch.untaped():
            record(lambda *tensors: function(list(tensors)), nest)
    except Exception:
        return None
    return function


def _replay(recording: Recording, inputs: Sequence[Tensor]) -> Iterator[Tensor]:
    graph = recording.graph
    size = inputs[0].shape[0]
    values: dict[Node, Pair] = {
        node: (tensor, True) for node, tensor in zip(graph.inputs, inputs, strict=True)
    }
    for node, variable in zip(graph.variables, recording.variables, strict=True):
        values[node] = (variable.value, False)
    for node in graph.nodes:
        if node.op == "constant":
            values[node] = (ops.constant(node.params["value"], node.dtype), False)
        elif not node.is_leaf:
            given = [values[source] for source in node.inputs]
            if node.op != "random_bits" and not any(batched for _, batched in given):
                plain = [value for value, _ in given]
                values[node] = bind(PRIMITIVES[node.op], *plain, **node.params), False
            else:
                values[node] = RULES[node.op](node.op, given, node.params, size), True
    _update(recording, values)
    return (_spread(*values[node], size) for node in graph.outputs)


def _update(recording: Recording, values: dict[Node, Pair]) -> None:
    for slot, node in recording.graph.updates:
        value, batched = values[node]
        if batched:
            raise Untraceable("a variable's new value depends on the element")
        recording.variables[slot].assign(value)


def _spread(value: Tensor, batched: bool, size: int | None) -> Tensor:
    """The value with the batch as its first axis."""
    if batched:
        return value
    single = ops.reshape(value, (1, *value.shape))
    return bind(PRIMITIVES["broadcast_to"], single, to=(size, *value.shape))


def _rank(value: Tensor, batched: bool) -> int:
    return value.ndim - batched


def _raised(pair: Pair, rank: int) -> Tensor:
    """A batched value with ones after the batch, so that it broadcasts as its element does."""
    value, batched = pair
    missing = rank - _rank(*pair)
    if not batched or not missing:
        return value
    return ops.reshape(value, (value.shape[0], *(1,) * missing, *value.shape[1:]))


# ---------------------------------------------------------------- the batching rules


def _elementwise(op: str, inputs: Sequence[Pair], params: dict[str, Any], size: Any) -> Tensor:
    rank = max(_rank(*pair) for pair in inputs)
    return bind(PRIMITIVES[op], *[_raised(pair, rank) for pair in inputs], **params)


def _reduction(op: str, inputs: Sequence[Pair], params: dict[str, Any], size: Any) -> Tensor:
    (value, _) = inputs[0]
    if op == "argmax":
        return bind(PRIMITIVES[op], value, axis=params["axis"] + 1)
    return bind(PRIMITIVES[op], value, axes=tuple(axis + 1 for axis in params["axes"]))


def _broadcast(op: str, inputs: Sequence[Pair], params: dict[str, Any], size: Any) -> Tensor:
    to = params["to"]
    return bind(PRIMITIVES[op], _raised(inputs[0], len(to)), to=(size, *to))


def _ranges(op: str, inputs: Sequence[Pair], params: dict[str, Any], size: Any) -> Tensor:
    """slice and place: all of the batch axis is taken."""
    more = {"ranges": ((0, size, 1), *params["ranges"])}
    if "to" in params:
        more["to"] = (size, *params["to"])
    return bind(PRIMITIVES[op], inputs[0][0], **more)


def _concat(op: str, inputs: Sequence[Pair], params: dict[str, Any], size: Any) -> Tensor:
    parts = [_spread(*pair, size) for pair in inputs]
    return bind(PRIMITIVES[op], *parts, axis=params["axis"] + 1)


def _gather(op: str, inputs: Sequence[Pair], params: dict[str, Any], size: Any) -> Tensor:
    (table, of_batch), (indices, by_batch) = inputs
    if of_batch and by_batch:
        raise Untraceable("every element has its own table to look up in")
    return ops.gather(table, indices, axis=int(of_batch))


def _random(op: str, inputs: Sequence[Pair], params: dict[str, Any], size: Any) -> Tensor:
    """Each element gets different numbers, drawn from the common state."""
    state, batched = inputs[0]
    if batched:
        raise Untraceable("every element has its own random state")
    return bind(PRIMITIVES[op], state, **{**params, "shape": (size, *params["shape"])})


RULES: dict[str, BatchingRule] = {
    name: _elementwise for name, made in PRIMITIVES.items() if made.form == "elementwise"
}
RULES.update(dict.fromkeys(("sum", "max", "min", "argmax", "cumsum"), _reduction))
RULES.update(
    matmul=_elementwise,
    reshape=lambda op, inputs, params, size: ops.reshape(inputs[0][0], (size, *params["to"])),
    transpose=lambda op, inputs, params, size: ops.transpose(
        inputs[0][0], (0, *(axis + 1 for axis in params["order"]))
    ),
    broadcast_to=_broadcast,
    slice=_ranges,
    place=_ranges,
    concat=_concat,
    gather=_gather,
    random_bits=_random,
)
# Functions with these two primitives run in Python; `iota` never has a batched input.
MISSING = frozenset({"scatter_add", "batch_size"})
RULES["iota"] = _elementwise


def on_arrays(function: BatchFunction, block: Any) -> Any:
    """Runs a function of batches on arrays.

    >>> on_arrays(lambda x: x + 1, np.array([1, 2]))
    array([2, 3])
    """
    with dispatch.untaped():
        result = function(tree.transform(Tensor, block))
    return tree.transform(np.asarray, result)

"""A Python function becomes a graph: it is run once on tensors that stand for values to come.

Leans on core and graph. Reading a variable makes it an input of the program; assigning it makes
its new value an output.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from steepest.arguments import as_tuple
from steepest.core import dispatch, ops, tree
from steepest.core.dtype import DType, DTypeLike, as_dtype, name_of
from steepest.core.primitives import Primitive, Shape, show
from steepest.core.tensor import Operators, Tensor
from steepest.core.user_line import user_frame
from steepest.core.variable import Variable
from steepest.errors import NumericalError, ShapeError, TraceError
from steepest.program.graph import Graph, Node, Source


@dataclass(frozen=True)
class TensorSpec:
    """What a program's input looks like: its shape, None standing for the batch, and its kind.

    >>> TensorSpec((None, 3))
    TensorSpec(float32(batch, 3))
    """

    shape: Shape
    dtype: DType = field(default=np.dtype("float32"))
    name: str = ""

    def __init__(self, shape: Any, dtype: DTypeLike = "float32", name: str = "") -> None:
        sizes = as_tuple(shape)
        if sizes.count(None) > 1:
            raise ShapeError(
                f"a shape can leave one size open, the batch; {sizes} leaves {sizes.count(None)}"
            )
        object.__setattr__(self, "shape", sizes)
        object.__setattr__(self, "dtype", as_dtype(dtype))
        object.__setattr__(self, "name", name)

    def __repr__(self) -> str:
        return f"TensorSpec({name_of(self.dtype)}{show(self.shape)})"


class Recorder:
    """The interpreter that writes operations down instead of running them."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.variables: dict[Variable, Node] = {}
        self.guard: Tensor | None = None
        self._known: set[Node] = set()
        self._constants: dict[int, tuple[Tensor, Node]] = {}
        self._current: dict[Variable, Tensor] = {}
        self._first: dict[Variable, Tensor] = {}

    def apply(self, primitive: Primitive, inputs: Sequence[Tensor], params: Any) -> Tensor:
        """Note one operation; its shape and kind follow from the rules."""
        shape = primitive.shape(*[tensor.shape for tensor in inputs], **params)
        kind = primitive.dtype(*[tensor.dtype for tensor in inputs], **params)
        sources = tuple(self.node_of(tensor) for tensor in inputs)
        return self._add(Node(primitive.name, sources, params, shape, kind, user_line()))

    def _add(self, node: Node) -> Tensor:
        self.nodes.append(node)
        self._known.add(node)
        return Tensor(node, node.shape, node.dtype)

    def node_of(self, tensor: Tensor) -> Node:
        """The node that a tensor stands for; a plain tensor becomes a constant."""
        if not tensor.is_symbolic:
            return self._constant(tensor)
        if tensor.data not in self._known:
            raise TraceError(
                "a tensor of another recording, finished or not, was used in this one "
                f"({getattr(tensor.data, 'source', 'unknown line')}); "
                "pass it in as an argument or keep it in a variable"
            )
        return tensor.data

    def _constant(self, tensor: Tensor) -> Node:
        if tensor.serial not in self._constants:
            value = {"value": tensor.data}
            made = self._add(Node("constant", (), value, tensor.shape, tensor.dtype))
            self._constants[tensor.serial] = (tensor, made.data)
        return self._constants[tensor.serial][1]

    def input(self, spec: TensorSpec, position: int) -> Tensor:
        """A tensor that stands for the program's input at a position."""
        params = {"position": position, "name": spec.name}
        return self._add(Node("input", (), params, spec.shape, spec.dtype))

    def read(self, variable: Variable) -> Tensor:
        """The variable's tensor as far as the recording has come."""
        if variable not in self._current:
            params = {"slot": len(self.variables), "name": variable.name}
            self._current[variable] = self._add(
                Node("variable", (), params, variable.shape, variable.dtype)
            )
            self._first[variable] = self._current[variable]
            self.variables[variable] = self._current[variable].data
        return self._current[variable]

    def assign(self, variable: Variable, value: Tensor) -> None:
        """Let later readings, and the program's end, see a new value."""
        self.read(variable)
        self._current[variable] = value

    def held(self) -> dict[Variable, Tensor]:
        """What each variable read so far holds as far as the recording has come."""
        return dict(self._current)

    def first(self, variable: Variable) -> Tensor:
        """What a variable holds when the program begins."""
        return self._first[variable]

    def assigned(self, variable: Variable) -> bool:
        """Whether the recording gives the variable a new value."""
        leaf = self.variables.get(variable)
        return leaf is not None and self._current[variable].data is not leaf

    def finish(self, inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> Graph:
        """The graph of all that was noted."""
        results = tuple(self.node_of(tensor) for tensor in outputs)
        guard = None if self.guard is None else self.node_of(self.guard)
        updates = tuple(
            (slot, self.node_of(self._current[variable]))
            for slot, variable in enumerate(self.variables)
            if self.assigned(variable)
        )
        return Graph(
            nodes=tuple(self.nodes),
            inputs=tuple(tensor.data for tensor in inputs),
            variables=tuple(self.variables.values()),
            outputs=results,
            updates=updates,
            guard=guard,
        )


def user_line() -> Source | None:
    """The innermost line outside of steepest that is being run, with the layer at work."""
    frame = user_frame()
    if frame is None:
        return None
    scopes = dispatch.STACKS.scopes
    name = os.path.basename(frame.f_code.co_filename)
    return Source(name, frame.f_lineno, scopes[-1] if scopes else "")


@dataclass(frozen=True)
class Recording:
    """A recorded function: its graph, the variables behind the slots, the form of its result."""

    graph: Graph
    variables: tuple[Variable, ...]
    result: Any
    is_tensor: tuple[bool, ...]

    def state(self) -> list[np.ndarray]:
        """The variables' arrays by slot; those that the program updates may be changed in place."""
        return [
            variable.buffer() if changed else variable.array for variable, changed in self.slots
        ]

    def values(self) -> list[np.ndarray]:
        """The variables' arrays by slot, to be read only."""
        return [variable.array for variable in self.variables]

    @cached_property
    def slots(self) -> tuple[tuple[Variable, bool], ...]:
        """The variable of each slot, and whether the program gives it a new value."""
        changed = {slot for slot, _ in self.graph.updates}
        return tuple((variable, slot in changed) for slot, variable in enumerate(self.variables))

    def rebuild(self, outputs: Sequence[np.ndarray]) -> Any:
        """The function's result around computed outputs."""
        return tree.rebuild(self.result, self._leaves(iter(outputs)))

    def _leaves(self, outputs: Iterator[np.ndarray]) -> Iterator[Any]:
        for leaf, computed in zip(tree.leaves(self.result), self.is_tensor, strict=True):
            yield Tensor(next(outputs)) if computed else leaf


def record(function: Callable[..., Any], specs: Sequence[TensorSpec]) -> Recording:
    """Run a function once on stand-ins for its inputs, and keep what it did.

    >>> import steepest as st
    >>> record(lambda x: {"twice": x + x}, [TensorSpec((2,))]).graph
    <program of 2 nodes, 0 variables>
    """
    recorder = Recorder()
    inputs = [recorder.input(_spec(spec), place) for place, spec in enumerate(specs)]
    with dispatch.interpreting(recorder):
        result = tree.transform(_as_result, function(*inputs))
        found = tree.leaves(result)
        outputs = [leaf for leaf in found if isinstance(leaf, Tensor)]
        graph = recorder.finish(inputs, outputs)
    flags = tuple(isinstance(leaf, Tensor) for leaf in found)
    kept = tree.transform(lambda leaf: None if isinstance(leaf, Tensor) else leaf, result)
    return Recording(graph, tuple(recorder.variables), kept, flags)


def _spec(given: Any) -> TensorSpec:
    """A bare shape stands for a float32 tensor of it."""
    return given if isinstance(given, TensorSpec) else TensorSpec(given)


def _as_result(leaf: Any) -> Any:
    return ops.as_tensor(leaf) if isinstance(leaf, (Operators, np.ndarray)) else leaf


def trace(function: Callable[..., Any], specs: Sequence[TensorSpec]) -> Graph:
    """The graph of a function of tensors.

    >>> import steepest as st
    >>> print(trace(lambda x: st.exp(x), [TensorSpec((None, 3))]))  # doctest: +ELLIPSIS
    program(%0: float32(batch, 3))
      %1 = exp(%0)  float32(batch, 3)...
      return %1
    """
    return record(function, specs).graph


def guard(condition: Tensor) -> None:
    """Let the program's updates take place only where `condition` (a bool scalar) is true.

    Outside of a recording a false condition is an error at once.

    >>> guard(ops.constant(True))
    """
    recorder = dispatch.current()
    if isinstance(recorder, Recorder):
        before = recorder.guard
        recorder.guard = condition if before is None else ops.logical_and(before, condition)
    elif not bool(condition):
        raise NumericalError("a guarded computation went wrong: the condition is false")

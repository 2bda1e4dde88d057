"""Recording: a Python function runs once on symbolic tensors, and its operations become a graph.

Reading a variable makes it an input of the program; assigning it makes its new value an output.
Depends on core and the graph.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from steepest.arguments import sizes_of
from steepest.core import dispatch, ops, tree
from steepest.core.dtype import DType, DTypeLike, as_dtype, is_string, name_of, string
from steepest.core.numpy_rules import evaluate
from steepest.core.primitives import Primitive, Shape, show
from steepest.core.tensor import Operators, Tensor
from steepest.core.user_line import user_frame, user_place
from steepest.core.variable import Variable
from steepest.errors import NumericalError, ShapeError, TraceError
from steepest.program.graph import Graph, Node, UserLine

Fault = Callable[[], str | None]
"""Says what is wrong with the state that a program is about to read, or None if nothing is."""


@dataclass(frozen=True)
class TensorSpec:
    """The shape and dtype of a program's input; None in the shape is the size of the batch.

    The dtype "string" is for the elements of a data set: recorded programs read no texts.

    >>> TensorSpec((None, 3))
    TensorSpec(float32(batch, 3))
    """

    shape: Shape
    dtype: DType = field(default=np.dtype("float32"))
    name: str = ""

    def __init__(self, shape: Any, dtype: DTypeLike = "float32", name: str = "") -> None:
        sizes = sizes_of("TensorSpec", shape)
        if sizes.count(None) > 1:
            raise ShapeError(
                f"TensorSpec: at most one size of a shape may be None, the batch; {sizes} has "
                f"{sizes.count(None)}"
            )
        object.__setattr__(self, "shape", sizes)
        object.__setattr__(self, "dtype", string if is_string(dtype) else as_dtype(dtype))
        object.__setattr__(self, "name", name)

    def __repr__(self) -> str:
        return f"TensorSpec({name_of(self.dtype)}{show(self.shape)})"


class Recorder:
    """The interpreter that records operations as nodes instead of running them."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.variables: dict[Variable, Node] = {}
        self.guard: Tensor | None = None
        self.faults: list[Fault] = []
        self._known: set[Node] = set()
        self._constants: dict[int, tuple[Tensor, Node]] = {}
        self._current: dict[Variable, Tensor] = {}
        self._first: dict[Variable, Tensor] = {}

    def apply(self, primitive: Primitive, inputs: Sequence[Tensor], params: Any) -> Tensor:
        """Records one operation; the primitive's rules give its shape and dtype."""
        shape = primitive.shape(*[tensor.shape for tensor in inputs], **params)
        dtype = primitive.dtype(*[tensor.dtype for tensor in inputs], **params)
        sources = tuple(self.node_of(tensor) for tensor in inputs)
        return self._add(Node(primitive.name, sources, params, shape, dtype, user_line()))

    def _add(self, node: Node) -> Tensor:
        self.nodes.append(node)
        self._known.add(node)
        return Tensor(node, node.shape, node.dtype)

    def node_of(self, tensor: Tensor) -> Node:
        """The node of a symbolic tensor; any other tensor becomes a constant."""
        if not tensor.is_symbolic:
            return self._constant(tensor)
        if tensor.data not in self._known:
            raise TraceError(
                "a tensor of another recording, finished or not, was used in this one "
                f"({getattr(tensor.data, 'source', 'unknown line')}); "
                "pass it in as an argument or store it in a variable"
            )
        return tensor.data

    def _constant(self, tensor: Tensor) -> Node:
        if tensor.serial not in self._constants:
            value = {"value": tensor.data}
            symbolic = self._add(Node("constant", (), value, tensor.shape, tensor.dtype))
            self._constants[tensor.serial] = (tensor, symbolic.data)
        return self._constants[tensor.serial][1]

    def input(self, spec: TensorSpec, position: int) -> Tensor:
        """A symbolic tensor for the program's input at a position."""
        params = {"position": position, "name": spec.name}
        as_dtype(name_of(spec.dtype))  # refuses texts
        return self._add(Node("input", (), params, spec.shape, spec.dtype))

    def read(self, variable: Variable) -> Tensor:
        """The variable's current value in this recording."""
        if variable not in self._current:
            params = {"slot": len(self.variables), "name": variable.name}
            self._current[variable] = self._add(
                Node("variable", (), params, variable.shape, variable.dtype)
            )
            self._first[variable] = self._current[variable]
            self.variables[variable] = self._current[variable].data
        return self._current[variable]

    def assign(self, variable: Variable, value: Tensor) -> None:
        """Sets the value that later reads give, and that the variable has after the program."""
        self.read(variable)
        self._current[variable] = value

    def value_of(self, tensor: Tensor) -> np.ndarray:
        """The value of a tensor that depends on constants and variables alone."""
        held = {leaf: variable.array for variable, leaf in self.variables.items()}
        value = folded(self.node_of(tensor), held)
        if value is None:
            raise TraceError(
                f"{user_place()}: the initial value of a variable depends on an argument of the "
                "recorded function, and is not known while it is recorded; make the variable "
                "outside, or from st.zeros(shape) or st.random, and assign it inside"
            )
        return np.asarray(value)

    def current_values(self) -> dict[Variable, Tensor]:
        """The current value of each variable that has been read or assigned so far."""
        return dict(self._current)

    def first_value(self, variable: Variable) -> Tensor:
        """The variable's value at the start of the program."""
        return self._first[variable]

    def assigned(self, variable: Variable) -> bool:
        """Whether the program gives the variable a new value."""
        leaf = self.variables.get(variable)
        return leaf is not None and self._current[variable].data is not leaf

    def finish(self, inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> Graph:
        """The graph of the recorded operations."""
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


def folded(wanted: Node, known: dict[Node, Any]) -> Any:
    """The value of a node that depends on constants and known values; None if it does not.

    >>> import steepest as st
    >>> graph = trace(lambda x: (x + 1.0, st.exp(0.0) + 1.0), [TensorSpec((2,))])
    >>> [folded(node, {}) for node in graph.outputs]
    [None, array(2., dtype=float32)]
    """
    waiting = [wanted]
    while waiting:
        node = waiting[-1]
        missing = [source for source in node.inputs if source not in known]
        if missing:
            waiting += missing
        else:
            known[node] = _node_value(node, [known[source] for source in node.inputs])
            waiting.pop()
    return known[wanted]


def _node_value(node: Node, inputs: list[Any]) -> Any:
    if node.op == "constant":
        return node.params["value"]
    if (
        node.is_leaf
        or node.op == "batch_size"
        or any(value is None for value in (*inputs, *node.shape))
    ):
        return None
    return evaluate(node.op, inputs, node.params)


def user_line() -> UserLine | None:
    """The innermost active line outside of steepest, with the name of the active layer."""
    frame = user_frame()
    if frame is None:
        return None
    scopes = dispatch.STACKS.scopes
    name = os.path.basename(frame.f_code.co_filename)
    return UserLine(name, frame.f_lineno, scopes[-1] if scopes else "")


@dataclass(frozen=True)
class Recording:
    """A recorded function: its graph, the variable of each slot, the structure of its result.

    `faults` are asked for the reason when the guard was false.
    """

    graph: Graph
    variables: tuple[Variable, ...]
    result: Any
    is_tensor: tuple[bool, ...]
    faults: tuple[Fault, ...] = ()

    def fault(self) -> str | None:
        """What is wrong with the state, as far as those who set the guard can say."""
        return next((text for text in (fault() for fault in self.faults) if text), None)

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
        """The function's result, with the program's outputs as its tensors."""
        left = iter(outputs)
        pairs = zip(tree.leaves(self.result), self.is_tensor, strict=True)
        leaves = [Tensor(next(left)) if computed else leaf for leaf, computed in pairs]
        return tree.rebuild(self.result, iter(leaves))


def record(function: Callable[..., Any], specs: Sequence[TensorSpec]) -> Recording:
    """Runs a function once on symbolic inputs and records its operations.

    >>> import steepest as st
    >>> record(lambda x: {"twice": x + x}, [TensorSpec((2,))]).graph
    <program of 2 nodes, 0 variables>
    """
    recorder = Recorder()
    full = [spec if isinstance(spec, TensorSpec) else TensorSpec(spec) for spec in specs]
    inputs = [recorder.input(spec, position) for position, spec in enumerate(full)]
    with dispatch.interpreting(recorder):
        result = tree.transform(
            lambda leaf: ops.as_tensor(leaf) if isinstance(leaf, (Operators, np.ndarray)) else leaf,
            function(*inputs),
        )
        leaves = tree.leaves(result)
        graph = recorder.finish(inputs, [leaf for leaf in leaves if isinstance(leaf, Tensor)])
    flags = tuple(isinstance(leaf, Tensor) for leaf in leaves)
    form = tree.transform(lambda leaf: None if isinstance(leaf, Tensor) else leaf, result)
    return Recording(graph, tuple(recorder.variables), form, flags, tuple(recorder.faults))


def trace(function: Callable[..., Any], specs: Sequence[TensorSpec]) -> Graph:
    """The graph of a function of tensors; a bare shape among `specs` means float32.

    >>> import steepest as st
    >>> print(trace(lambda x: st.exp(x), [TensorSpec((None, 3))]))  # doctest: +ELLIPSIS
    program(%0: float32(batch, 3))
      %1 = exp(%0)  float32(batch, 3)...
      return %1
    """
    return record(function, specs).graph


def guard(condition: Tensor, fault: Fault | None = None) -> None:
    """Lets the program's updates take place only if `condition`, a bool scalar, is true.

    `fault` says afterwards why it was false. Outside of a recording a false condition raises an
    error at once.

    >>> guard(ops.constant(True))
    """
    recorder = dispatch.current()
    if isinstance(recorder, Recorder):
        before = recorder.guard
        recorder.guard = condition if before is None else ops.logical_and(before, condition)
        recorder.faults += [] if fault is None else [fault]
    elif not bool(condition):
        raise NumericalError(
            "the condition of a guard is false, as where a loss is NaN or infinite; its "
            "update did not take place"
        )

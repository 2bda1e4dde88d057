"""The graph of a recorded program: nodes in order, each assigned once; its printed form and key.

Depends on core's shapes and dtypes. Passes and engines read a program in this form alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from steepest.core.dtype import DType, name_of
from steepest.core.primitives import Shape

LEAVES = ("input", "variable", "constant")


@dataclass(frozen=True, slots=True)
class UserLine:
    """The line of the user's code that recorded a node, and the layer active then, if any."""

    file: str
    line: int
    scope: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        return f"{self.scope} at {where}" if self.scope else where


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A value of a program: an operation on earlier nodes, or a leaf.

    `op` is the name of a primitive, or "input" (params: position, name), "variable" (params:
    slot, name) or "constant" (params: value, a NumPy array). Two nodes are equal only if they
    are the same node; `graph.key()` compares by structure.
    """

    op: str
    inputs: tuple[Node, ...]
    params: dict[str, Any]
    shape: Shape
    dtype: DType
    source: UserLine | None = field(default=None)

    @property
    def is_leaf(self) -> bool:
        """Whether the node is an input, a variable or a constant."""
        return self.op in LEAVES


@dataclass(frozen=True, eq=False)
class Graph:
    """A program that reads inputs and variables, and gives outputs and new values of variables.

    `nodes` lists every node after those it reads. `variables` are the leaves by slot; `updates`
    gives the value that a slot has afterwards (slots not named are unchanged). `guard`, if there
    is one, is a bool scalar: where it is false the updates must not take place.

    >>> import steepest as st
    >>> print(st.trace(lambda x: x * 2.0 + 1.0, [st.TensorSpec((None, 3))]))
    program(%0: float32(batch, 3))
      %1 = 2.0
      %2 = multiply(%0, %1)  float32(batch, 3)  # ...:1
      %3 = 1.0
      %4 = add(%2, %3)  float32(batch, 3)  # ...:1
      return %4
    """

    nodes: tuple[Node, ...]
    inputs: tuple[Node, ...]
    variables: tuple[Node, ...]
    outputs: tuple[Node, ...]
    updates: tuple[tuple[int, Node], ...] = ()
    guard: Node | None = None

    @cached_property
    def results(self) -> tuple[Node, ...]:
        """The nodes whose values leave the program: outputs, updates and the guard."""
        guard = () if self.guard is None else (self.guard,)
        return (*self.outputs, *(node for _, node in self.updates), *guard)

    @cached_property
    def numbers(self) -> dict[Node, int]:
        """Each node's index in `nodes`."""
        return {node: index for index, node in enumerate(self.nodes)}

    def key(self) -> str:
        """A digest of the structure: equal for programs that compute the same in the same way."""
        return self._key

    @cached_property
    def _key(self) -> str:
        lines = [_structure(node, self.numbers) for node in self.nodes]
        ends = [self.numbers[node] for node in (*self.inputs, *self.variables, *self.outputs)]
        updates = [(slot, self.numbers[node]) for slot, node in self.updates]
        guard = None if self.guard is None else self.numbers[self.guard]
        lines.append(repr((len(self.inputs), len(self.variables), ends, updates, guard)))
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def __str__(self) -> str:
        return "\n".join([_heading(self), *_body(self), _ending(self)])

    def __repr__(self) -> str:
        return f"<program of {len(self.nodes)} nodes, {len(self.variables)} variables>"


def _structure(node: Node, numbers: dict[Node, int]) -> str:
    inputs = [numbers[source] for source in node.inputs]
    params = {
        key: hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
        if isinstance(value, np.ndarray)
        else value
        for key, value in sorted(node.params.items())
        if not (node.is_leaf and key == "name")
    }
    return f"{node.op}{inputs}{params}{node.shape}{name_of(node.dtype)}"


# ---------------------------------------------------------------- printing


def describe(node: Node) -> str:
    """A node's dtype and shape as text.

    >>> import steepest as st
    >>> describe(st.trace(abs, [st.TensorSpec((None, 3))]).outputs[0])
    'float32(batch, 3)'
    """
    sizes = ", ".join("batch" if size is None else str(size) for size in node.shape)
    return f"{name_of(node.dtype)}({sizes})"


def _label(node: Node, numbers: dict[Node, int]) -> str:
    if node.op == "variable":
        return f"${node.params['slot']}"
    return f"%{numbers[node]}"


def _heading(graph: Graph) -> str:
    inputs = [f"{_label(node, graph.numbers)}: {describe(node)}" for node in graph.inputs]
    variables = [
        f"{_label(node, graph.numbers)} {node.params['name']}: {describe(node)}"
        for node in graph.variables
    ]
    return f"program({', '.join(inputs)}{'; ' if variables else ''}{', '.join(variables)})"


def _body(graph: Graph) -> list[str]:
    lines = []
    for node in graph.nodes:
        if node.op == "constant":
            value = node.params["value"]
            literal = str(value) if value.shape == () else f"constant  {describe(node)}"
            lines.append(f"  {_label(node, graph.numbers)} = {literal}")
        elif not node.is_leaf:
            lines.append(f"  {_line(node, graph.numbers)}")
    return lines


def _line(node: Node, numbers: dict[Node, int]) -> str:
    arguments = [_label(source, numbers) for source in node.inputs]
    for key, value in node.params.items():
        arguments.append(f"{key}={name_of(value) if isinstance(value, np.dtype) else value}")
    where = f"  # {node.source}" if node.source else ""
    return f"{_label(node, numbers)} = {node.op}({', '.join(arguments)})  {describe(node)}{where}"


def _ending(graph: Graph) -> str:
    lines = [f"  ${slot} <- {_label(node, graph.numbers)}" for slot, node in graph.updates]
    if graph.guard is not None:
        lines.insert(0, f"  unless {_label(graph.guard, graph.numbers)}: stop")
    lines.append(f"  return {', '.join(_label(n, graph.numbers) for n in graph.outputs)}")
    return "\n".join(lines)


def ordered(results: Sequence[Node], leaves: Sequence[Node] = ()) -> tuple[Node, ...]:
    """The nodes that `results` need, each after those it reads, `leaves` first.

    >>> import steepest as st
    >>> graph = st.trace(lambda x: x + 1.0, [st.TensorSpec((2,))])
    >>> [node.op for node in ordered(graph.outputs)]
    ['input', 'constant', 'add']
    """
    done: dict[Node, None] = dict.fromkeys(leaves)
    waiting = list(reversed(results))
    while waiting:
        node = waiting.pop()
        missing = [source for source in node.inputs if source not in done]
        if node in done:
            continue
        if missing:
            waiting.append(node)
            waiting.extend(reversed(missing))
        else:
            done[node] = None
    return tuple(done)

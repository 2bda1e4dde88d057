"""A program as data: nodes in order, each assigned once; it prints itself and knows its key.

Leans on core's shapes and kinds. Every pass and every engine reads this and nothing else.
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
class Source:
    """The user's line that made a node, and the layer in which it was made, if any."""

    file: str
    line: int
    scope: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        return f"{self.scope} at {where}" if self.scope else where


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One value of a program: an operation on earlier nodes, or a leaf.

    `op` is the name of a primitive, or "input" (params: position, name), "variable" (params:
    slot, name) or "constant" (params: value, a NumPy array). Two nodes are equal only if they
    are the same node; `graph.key()` compares by structure.
    """

    op: str
    inputs: tuple[Node, ...]
    params: dict[str, Any]
    shape: Shape
    dtype: DType
    source: Source | None = field(default=None)

    @property
    def is_leaf(self) -> bool:
        """Whether the node stands for something given rather than computed."""
        return self.op in LEAVES


@dataclass(frozen=True, eq=False)
class Graph:
    """A program: inputs and variables come in, outputs and new variable values go out.

    `nodes` lists every node after those it reads. `variables` are the leaves by slot; `updates`
    gives the value that a slot holds afterwards (slots not named keep theirs). `guard`, if
    there is one, is a bool scalar: where it is false the updates must not take place.

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
        """All nodes that the program is run for."""
        guard = () if self.guard is None else (self.guard,)
        return (*self.outputs, *(node for _, node in self.updates), *guard)

    @cached_property
    def numbers(self) -> dict[Node, int]:
        """Each node's place in the order."""
        return {node: place for place, node in enumerate(self.nodes)}

    def key(self) -> str:
        """A digest that is equal for programs of equal structure, whatever made them."""
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
        key: _digest(value) if isinstance(value, np.ndarray) else value
        for key, value in sorted(node.params.items())
        if not (node.is_leaf and key == "name")
    }
    return f"{node.op}{inputs}{params}{node.shape}{name_of(node.dtype)}"


def _digest(value: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()


# ---------------------------------------------------------------- printing


def describe(node: Node) -> str:
    """A node's kind and shape in brief.

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
    given = [f"{_label(node, graph.numbers)}: {describe(node)}" for node in graph.inputs]
    held = [
        f"{_label(node, graph.numbers)} {node.params['name']}: {describe(node)}"
        for node in graph.variables
    ]
    return f"program({', '.join(given)}{'; ' if held else ''}{', '.join(held)})"


def _body(graph: Graph) -> list[str]:
    lines = []
    for node in graph.nodes:
        if node.op == "constant":
            lines.append(f"  {_label(node, graph.numbers)} = {_literal(node)}")
        elif not node.is_leaf:
            lines.append(f"  {_line(node, graph.numbers)}")
    return lines


def _literal(node: Node) -> str:
    value = node.params["value"]
    return str(value) if value.shape == () else f"constant  {describe(node)}"


def _line(node: Node, numbers: dict[Node, int]) -> str:
    arguments = [_label(source, numbers) for source in node.inputs]
    arguments += [f"{key}={_show(value)}" for key, value in node.params.items()]
    where = f"  # {node.source}" if node.source else ""
    return f"{_label(node, numbers)} = {node.op}({', '.join(arguments)})  {describe(node)}{where}"


def _show(value: Any) -> str:
    return name_of(value) if isinstance(value, np.dtype) else str(value)


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

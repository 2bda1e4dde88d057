"""Chooses the buffer of each value, and turns draft steps into steps that load from buffers.

Depends on index_expressions.py and the loop form.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from steepest.core.dtype import DType
from steepest.engines.cpu.loops.form import Load, Step
from steepest.engines.cpu.loops.spaces import SHARES, Access, Buffer, Role, Size, Stored, size_of
from steepest.engines.cpu.plan.index_expressions import DraftStep, Fetch
from steepest.program.graph import Graph, Node


@dataclass
class Memory:
    """The buffers of a program, by the node whose value they hold and by role."""

    graph: Graph
    storage: tuple[Stored, ...]
    held: dict[Node, Buffer] = field(default_factory=dict)
    buffers: list[Buffer] = field(default_factory=list)
    constants: list[Node] = field(default_factory=list)

    def new(self, node: Node, role: Role, place: int, name: str) -> Buffer:
        """Adds a buffer of the node's dtype and shape."""
        shape = tuple(map(size_of, node.shape))
        stored = self.storage[place] if role == "input" else "dense"
        return self._add(Buffer(name, role, place, node.dtype, shape, stored))

    def _add(self, buffer: Buffer) -> Buffer:
        self.buffers.append(buffer)
        return buffer

    def scratch(self, node: Node, role: Role) -> Buffer:
        """Adds a buffer for a computed value between kernels."""
        place = self._count(role)
        self.held[node] = self.new(node, role, place, f"{node.op}{place}")
        return self.held[node]

    def _count(self, role: Role) -> int:
        return sum(buffer.role == role for buffer in self.buffers)

    def sums(self, dtype: DType, shape: tuple[Size, ...]) -> Buffer:
        """Adds a buffer for partial sums, which are no node's value."""
        place = self._count("scratch")
        return self._add(Buffer(f"sums{place}", "scratch", place, dtype, shape))

    def partition_of(self, rows: Buffer) -> tuple[Buffer, Buffer]:
        """The two partition buffers of a sparse input: middles per row, bounds of the shares."""
        shares = Size(SHARES + 1)
        return self._partition(rows, "middles", rows.shape[0]), self._partition(
            rows, "shares", shares
        )

    def _partition(self, rows: Buffer, role: Role, size: Size) -> Buffer:
        for buffer in self.buffers:
            if (buffer.role, buffer.place) == (role, rows.place):
                return buffer
        name = f"{role}{rows.place}"
        return self._add(Buffer(name, role, rows.place, np.dtype(np.int64), (size,)))

    def of(self, node: Node) -> Buffer:
        """The buffer of a node's value; a constant gets one when it is first needed."""
        if node not in self.held:
            place = len(self.constants)
            self.constants.append(node)
            self.held[node] = self.new(node, "constant", place, f"c{place}")
        return self.held[node]


def access_of(memory: Memory, fetch: Fetch) -> Access:
    """The access of a fetched element."""
    sizes = tuple(map(size_of, fetch.shape))
    return Access(memory.of(fetch.node), sizes, fetch.coordinates)


def steps_of(memory: Memory, steps: list[DraftStep]) -> tuple[Step, ...]:
    """The steps of a draft, each fetch a load from the buffer that holds its node."""
    return tuple(
        Load(access_of(memory, step), step.node.dtype) if isinstance(step, Fetch) else step
        for step in steps
    )

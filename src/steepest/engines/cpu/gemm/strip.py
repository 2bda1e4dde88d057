"""Finished sums on their way to the epilogue: a buffer of rows, cut into vectors of a panel.

Leans on building.py, operand.py and shape.py. Kernels leave their sums in memory rather than hand
registers over, so that the caller's epilogue is emitted once or twice however large the tile is.
"""

from __future__ import annotations

from dataclasses import dataclass

from steepest.engines.cpu import ir
from steepest.engines.cpu.ir.helpers import (
    Integer,
    add,
    at,
    element_bytes,
    first_lanes,
    index,
    loop,
    multiply,
    store,
)

from .operand import Epilogue
from .shape import Panel


@dataclass(frozen=True)
class Strip:
    """Some rows of C inside one panel, which begins at column `j`, and the buffer of their sums.

    `left` is how many columns remain, for a panel whose tail is known only when it runs.
    """

    kind: ir.Type
    panel: Panel
    j: Integer
    left: Integer
    buffer: ir.Value

    @property
    def vector_types(self) -> list[ir.VectorType]:
        """The type of each vector of a row."""
        return [ir.VectorType(self.kind, lanes) for _, lanes in self.panel.vectors]

    def masks(self, builder: ir.IRBuilder) -> list[ir.Value | None]:
        """The mask of each vector of a row: None where all its lanes are inside."""
        masks: list[ir.Value | None] = [None] * len(self.panel.vectors)
        tail: Integer | None = self.panel.tail
        if tail is None:
            tail = self.left
        if self.panel.tail_lanes and tail != self.panel.tail_lanes:
            masks[-1] = first_lanes(builder, tail, self.panel.tail_lanes)
        return masks

    def place(self, builder: ir.IRBuilder, row: Integer) -> ir.Value:
        """Where in the buffer a row begins."""
        return at(builder, self.buffer, multiply(builder, row, self.panel.pitch), self.kind)

    def places(self, builder: ir.IRBuilder, row: Integer) -> list[ir.Value]:
        """Where in the buffer each vector of a row lies."""
        start = self.place(builder, row)
        return [at(builder, start, first, self.kind) for first, _ in self.panel.vectors]

    def keep(self, builder: ir.IRBuilder, row: Integer, sums: list[ir.Value]) -> None:
        """Write one row's sums into the buffer."""
        for place, total in zip(self.places(builder, row), sums, strict=True):
            store(builder, total, place)

    def finish(self, builder: ir.IRBuilder, i: Integer, rows: Integer, epilogue: Epilogue) -> None:
        """Hand the buffer's first `rows` rows to the epilogue; the first of them is C's row i."""
        whole = self.panel.full * self.panel.lanes
        with loop(builder, 0, rows) as row:
            if whole:
                with loop(builder, 0, whole, self.panel.lanes) as first:
                    self._hand_over(builder, i, row, first, self.panel.lanes, epilogue)
            if self.panel.tail_lanes:
                self._hand_over(builder, i, row, whole, self.panel.tail_lanes, epilogue)

    def _hand_over(
        self,
        builder: ir.IRBuilder,
        i: Integer,
        row: Integer,
        first: Integer,
        lanes: int,
        epilogue: Epilogue,
    ) -> None:
        mask = self.masks(builder)[-1] if isinstance(first, int) else None
        start = add(builder, multiply(builder, row, self.panel.pitch), first)
        place = at(builder, self.buffer, start, self.kind)
        kind = ir.VectorType(self.kind, lanes)
        vector = builder.load(place, typ=kind, align=element_bytes(kind))
        row, col = add(builder, i, row), add(builder, self.j, first)
        epilogue(builder, index(row), index(col), vector, mask, lanes)

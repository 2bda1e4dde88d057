"""The buffer of a tile's finished sums, and the loop that passes them to the epilogue.

Kernels store their sums in memory instead of passing registers on, so that the caller's epilogue is
emitted once or twice, however large the tile is. Depends on ir/helpers.py, operand.py and shape.py.
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
    """Some rows of C inside a panel, which begins at column `j`, and the buffer of their sums.

    `left` is the number of columns from `j` on, for a panel whose tail is known only at run time.
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
        """The mask of each vector of a row: None where all lanes are inside the matrix."""
        masks: list[ir.Value | None] = [None] * len(self.panel.vectors)
        tail: Integer | None = self.panel.tail
        if tail is None:
            tail = self.left
        if self.panel.tail_lanes and tail != self.panel.tail_lanes:
            masks[-1] = first_lanes(builder, tail, self.panel.tail_lanes)
        return masks

    def row_address(self, builder: ir.IRBuilder, row: Integer) -> ir.Value:
        """The address of a row in the buffer."""
        return at(builder, self.buffer, multiply(builder, row, self.panel.pitch), self.kind)

    def addresses(self, builder: ir.IRBuilder, row: Integer) -> list[ir.Value]:
        """The address of each vector of a row in the buffer."""
        start = self.row_address(builder, row)
        return [at(builder, start, first, self.kind) for first, _ in self.panel.vectors]

    def store_row(self, builder: ir.IRBuilder, row: Integer, sums: list[ir.Value]) -> None:
        """Writes a row's sums into the buffer."""
        for address, total in zip(self.addresses(builder, row), sums, strict=True):
            store(builder, total, address)

    def finish(self, builder: ir.IRBuilder, i: Integer, rows: Integer, epilogue: Epilogue) -> None:
        """Passes the buffer's first `rows` rows to the epilogue, as C's rows from `i` on."""
        whole = self.panel.full * self.panel.lanes
        with loop(builder, 0, rows) as row:
            if whole:
                with loop(builder, 0, whole, self.panel.lanes) as first:
                    self._finish_vector(builder, i, row, first, self.panel.lanes, epilogue)
            if self.panel.tail_lanes:
                self._finish_vector(builder, i, row, whole, self.panel.tail_lanes, epilogue)

    def _finish_vector(
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
        address = at(builder, self.buffer, start, self.kind)
        kind = ir.VectorType(self.kind, lanes)
        vector = builder.load(address, typ=kind, align=element_bytes(kind))
        row, col = add(builder, i, row), add(builder, self.j, first)
        epilogue(builder, index(row), index(col), vector, mask, lanes)

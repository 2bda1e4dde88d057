"""Chooses the register tile of a product, rows by vectors, for its sizes and the processor.

The choices are arithmetic on sizes and can be tested without generating code. Depends on operand.py
and the processor's description.
"""

from __future__ import annotations

from dataclasses import dataclass

from steepest.engines.cpu.ir.helpers import Integer
from steepest.engines.cpu.machine.processor import Processor

from .operand import Product

# Rows of a tile for each number of vectors side by side, with 32 (16) vector registers: registers
# remain for the vectors of B and one broadcast of A, and each sum waits only for its own additions.
TALL_32 = {1: 8, 2: 8, 3: 8, 4: 6, 5: 5, 6: 4, 7: 3}
TALL_16 = {1: 8, 2: 6, 3: 4}
# ARM multiplies by an element of a register only, never of memory: the elements of A need registers
# too. With the taller tiles of 3, 5 and 6 vectors LLVM moved every sum around, twice in each step.
TALL_ARM = {1: 8, 2: 8, 3: 7, 4: 6, 5: 4, 6: 3, 7: 3}

LATENCY = 4  # cycles of a multiply-add: a single row takes as long as one of so many vectors
USUAL = 4  # vectors of a panel that is repeated
LEAST_DEPTH = 32  # numbers of a single row for which wide panels repay the time to compile them
SINGLE = 8  # those of a panel for a single row: two multiply-adds a cycle of so many sums


@dataclass(frozen=True)
class Machine:
    """The vector registers of a processor: their width in bits and their number.

    >>> Machine(512).lanes("f32"), Machine(256, 16).lanes("f64")
    (16, 4)
    """

    vector_bits: int = 512
    registers: int = 32

    def lanes(self, element: str) -> int:
        """The numbers of a type that fit in one register."""
        return self.vector_bits // (64 if element == "f64" else 32)

    @property
    def tall(self) -> dict[int, int]:
        """The rows of a tile for each number of vectors side by side."""
        if self.registers < 32:
            return TALL_16
        return TALL_32 if self.vector_bits == 512 else TALL_ARM


@dataclass(frozen=True)
class Panel:
    """Columns that are computed together: full vectors, then at most one narrower one.

    The last `tail` columns are in a vector of `tail_lanes` lanes. A tail of None has a number of
    columns that is known only at run time, and is masked.
    """

    lanes: int
    full: int
    tail: int | None = 0
    tail_lanes: int = 0

    @property
    def vectors(self) -> list[tuple[int, int]]:
        """(first column, lanes) of each vector."""
        whole = [(number * self.lanes, self.lanes) for number in range(self.full)]
        return [*whole, (self.full * self.lanes, self.tail_lanes)] if self.tail_lanes else whole

    @property
    def width(self) -> int:
        """The columns of a row of the tile's buffer, with the unused lanes of the tail."""
        return self.full * self.lanes + self.tail_lanes

    @property
    def pitch(self) -> int:
        """The stride of rows in a buffer: in wide panels each vector is within one cache line."""
        return -(-self.width // self.lanes) * self.lanes if self.full else self.width

    @property
    def columns(self) -> int:
        """The columns computed, where that is known."""
        return self.full * self.lanes + (self.tail or 0)


def machine_for(processor: Processor) -> Machine:
    """The vector registers of a processor.

    >>> from steepest.engines.cpu.machine.processor import processor
    >>> machine_for(processor()).registers in (16, 32)
    True
    """
    many = processor.vector_bits == 512 or processor.triple.startswith(("aarch64", "arm64"))
    return Machine(processor.vector_bits, 32 if many else 16)


def fitting_panel(columns: int, lanes: int) -> Panel:
    """The panel of exactly `columns` columns; the lanes of its last vector are a power of two.

    A tail of two gets four lanes, two of them masked: two floats would be half a register, and a
    division in the epilogue of the other half (0 by 0, mostly) takes a hundred cycles.

    >>> fitting_panel(50, 16)
    Panel(lanes=16, full=3, tail=2, tail_lanes=4)
    >>> fitting_panel(9, 8)
    Panel(lanes=8, full=1, tail=1, tail_lanes=1)
    """
    full, tail = divmod(columns, lanes)
    tail_lanes = 1 << (tail - 1).bit_length() if tail else 0
    if tail_lanes == 2 and lanes >= 4:
        tail_lanes = 4
    return Panel(lanes, full, tail, tail_lanes)


def masked_panel(lanes: int) -> Panel:
    """A panel of one vector; how many of its lanes are used is known at run time."""
    return Panel(lanes, 0, None, lanes)


def split_columns(columns: Integer, lanes: int, widest: int, usual: int = USUAL) -> list[Panel]:
    """The panels into which columns are split; the first one repeats as often as it fits.

    >>> [panel.columns for panel in split_columns(2048, 16, 7)]
    [64]
    >>> [panel.columns for panel in split_columns(100, 16, 7)]
    [100]
    >>> [panel.columns for panel in split_columns(1000, 16, 7)]
    [64, 40]
    """
    usual = min(widest, usual)
    if not isinstance(columns, int):
        return [Panel(lanes, usual), masked_panel(lanes)]
    if not columns:
        return []
    if columns <= widest * lanes:
        return [fitting_panel(columns, lanes)]
    rest = columns % (usual * lanes)
    return [Panel(lanes, usual), *([fitting_panel(rest, lanes)] if rest else [])]


def may_have_single_rows(product: Product, machine: Machine) -> bool:
    """Whether a product of rows of the batch is quicker in wide panels if there is only one row."""
    if isinstance(product.m, int) or not isinstance(product.n, int):
        return False
    wide = product.n > LATENCY * machine.lanes(product.element)
    return wide and isinstance(product.k, int) and product.k >= LEAST_DEPTH


def tile_rows(rows: Integer, panel: Panel, machine: Machine) -> int:
    """The rows of a tile over `panel`; a divisor of `rows` where there is a good one.

    >>> tile_rows(100, fitting_panel(50, 16), Machine())
    5
    >>> tile_rows(4, fitting_panel(8, 16), Machine())
    4
    """
    most = machine.tall[min(max(len(panel.vectors), 1), max(machine.tall))]
    if not isinstance(rows, int):
        return most
    if rows <= most:
        return max(rows, 1)
    even = [tall for tall in range(most, most * 3 // 5, -1) if rows % tall == 0]
    return even[0] if even else most


def worth_a_tile(tall: int, vectors: int) -> int:
    """The fewest rows for which a whole tile is no slower, although it repeats rows.

    >>> [worth_a_tile(tall, vectors) for vectors, tall in TALL_32.items()]
    [3, 5, 7, 6, 5, 4, 3]
    """
    return min(tall, tall * vectors // max(LATENCY, vectors) + 1)

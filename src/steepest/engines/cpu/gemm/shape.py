"""Which register tile a product is computed in: rows by vectors, for its sizes and the processor.

Leans on nothing but arithmetic over sizes, so that every choice can be tested without code.
"""

from __future__ import annotations

from dataclasses import dataclass

from steepest.engines.cpu.ir.helpers import Integer
from steepest.engines.cpu.machine.processor import Processor

# Rows held beside so many vectors when 32 (16) vector registers are there: one vector of B for
# each column and one broadcast of A stay free, and each sum waits for its own last addition only.
TALL_32 = {1: 8, 2: 8, 3: 8, 4: 6, 5: 5, 6: 4, 7: 3}
TALL_16 = {1: 8, 2: 6, 3: 4}

LATENCY = 4  # cycles that a multiply-add takes, and so the vectors a single row takes as long as


@dataclass(frozen=True)
class Machine:
    """The vector registers to fill: their width in bits and how many there are.

    >>> Machine(512).lanes("f32"), Machine(256, 16).lanes("f64")
    (16, 4)
    """

    vector_bits: int = 512
    registers: int = 32

    def lanes(self, element: str) -> int:
        """How many numbers fit in one register."""
        return self.vector_bits // (64 if element == "f64" else 32)

    @property
    def tall(self) -> dict[int, int]:
        """The rows of a tile for each number of vectors side by side."""
        return TALL_32 if self.registers >= 32 else TALL_16


@dataclass(frozen=True)
class Panel:
    """Columns that are computed side by side: full vectors, then at most one narrower.

    `tail` columns lie in a last vector of `tail_lanes` lanes; a tail of None is one whose number
    of columns is known only when the code runs, and is masked.
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
        """The columns that a row of the tile's buffer holds, those beyond the tail included."""
        return self.full * self.lanes + self.tail_lanes

    @property
    def pitch(self) -> int:
        """How far apart rows lie in a buffer: wide ones begin at a cache line, none is split."""
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
    """The panel of exactly `columns` columns: its last vector is the next power of two wide.

    Two floats alone would be half a register, and what an epilogue divides in the other half (0 by
    0, mostly) takes the processor a hundred cycles: they are four lanes of which two are masked.

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
    """One vector of which some first lanes are in use, how many being known when it runs."""
    return Panel(lanes, 0, None, lanes)


def split_columns(columns: Integer, lanes: int, widest: int) -> list[Panel]:
    """The panels that columns are cut into: the first repeats as often as it fits.

    >>> [panel.columns for panel in split_columns(2048, 16, 7)]
    [64]
    >>> [panel.columns for panel in split_columns(100, 16, 7)]
    [100]
    >>> [panel.columns for panel in split_columns(1000, 16, 7)]
    [64, 40]
    """
    usual = min(widest, 4)
    if not isinstance(columns, int):
        return [Panel(lanes, usual), masked_panel(lanes)]
    if not columns:
        return []
    if columns <= widest * lanes:
        return [fitting_panel(columns, lanes)]
    rest = columns % (usual * lanes)
    return [Panel(lanes, usual), *([fitting_panel(rest, lanes)] if rest else [])]


def tile_rows(rows: Integer, panel: Panel, machine: Machine) -> int:
    """How many rows a tile over `panel` holds; a divisor of `rows` where a good one exists.

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
    """From how many rows on a whole tile is no slower than single rows, were some computed twice.

    >>> [worth_a_tile(tall, vectors) for vectors, tall in TALL_32.items()]
    [3, 5, 7, 6, 5, 4, 3]
    """
    return min(tall, tall * vectors // max(LATENCY, vectors) + 1)

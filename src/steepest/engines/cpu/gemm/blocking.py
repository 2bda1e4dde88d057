"""Which products are computed in blocks, the blocks' sizes, and their places in scratch.

The choices are arithmetic on sizes. Depends on operand.py and shape.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from steepest.engines.cpu.ir.helpers import Integer, element_bytes

from .copying import round_up
from .operand import CACHE_LINE, Product
from .shape import Machine

TALL, WIDE = 4, 3  # rows and vectors of a tile: 12 sums, 3 vectors of B and a number of A
DEPTH = 256  # a panel of 24 floats takes 24 KB of the first-level cache
ROWS = 256  # a block of A takes 256 KB of the second-level cache
LINE = CACHE_LINE // 4  # floats of a cache line
TOGETHER = 4  # panels of B that are copied at a time
SMALL = 32 << 10  # bytes of B
RESIDENT = 288 << 10  # bytes of a copy of all of B that remains in the second-level cache
BESIDE = 64 << 10  # bytes of a block of A beside it
LEAST = 48  # the smallest known size for which blocks pay
LEAST_DEPTH = 64  # the smallest k, if it is known
LEAST_ROWS = 32  # the fewest rows of a worker for which copies of B pay
PACKED_FROM = 192  # columns from which on a copy of A with contiguous rows pays


def may_be_blocked(product: Product, machine: Machine) -> bool:
    """Whether a product is computed in blocks, given enough rows.

    Both factors must be contiguous along rows or columns, and B larger than the first-level cache.
    With 32 registers the tiles of dense.py are near the processor's peak without copies.
    """
    m, n, k, b = product.m, product.n, product.k, product.b
    known = [size for size in (m, n, k) if isinstance(size, int)]
    if machine.registers >= 32 or not isinstance(n, int) or len(known) < 2:
        return False
    if min(known) < LEAST or (isinstance(k, int) and k < LEAST_DEPTH):
        return False
    is_small = isinstance(k, int) and k * n * element_bytes(product.kind) <= SMALL
    if is_small and b.rows_contiguous():
        return False
    factors = (product.a, b)
    return all(x.rows_contiguous() or x.transposed().rows_contiguous() for x in factors)


@dataclass(frozen=True)
class Layout:
    """The scratch of a blocked product, in numbers: A's block, B's panels, then partial sums."""

    product: Product
    machine: Machine

    @property
    def lanes(self) -> int:
        """The numbers of a vector."""
        return self.machine.lanes(self.product.element)

    @property
    def width(self) -> int:
        """The columns of a panel."""
        return WIDE * self.lanes

    @property
    def copies_a(self) -> bool:
        """Whether A's block is copied: where it is read often, or not in the order of a tile."""
        a, n = self.product.a, self.product.n
        far = not a.rows_contiguous() or a.element == "u8"
        return far or (isinstance(n, int) and n >= PACKED_FROM)

    @property
    def depth(self) -> int:
        """The k of a block, at most; a known k is divided evenly."""
        k = self.product.k
        if not isinstance(k, int) or not k:
            return DEPTH
        return min(DEPTH, round_up(-(-k // -(-k // DEPTH)), LINE))

    @property
    def panels(self) -> int:
        """The number of B's panels."""
        assert isinstance(self.product.n, int)
        repeated = [panel.repeated for panel in panels_of(self.product.n, self.lanes)]
        return sum(count for count in repeated if isinstance(count, int))

    @property
    def whole_b(self) -> int:
        """The numbers of a copy of all of B; 0 if it is too large, or k is not known."""
        k, size = self.product.k, element_bytes(self.product.kind)
        if not isinstance(k, int):
            return 0
        numbers = -(-k // self.depth) * self.panels * self.panel_pitch
        return numbers if numbers * size <= RESIDENT else 0

    @property
    def rows(self) -> int:
        """The rows of a block of A."""
        if not self.whole_b:
            return ROWS
        assert isinstance(self.product.k, int)
        fitting = BESIDE // (self.product.k * element_bytes(self.product.kind))
        return min(ROWS, max(4 * TALL, fitting // TALL * TALL))

    @property
    def tile_pitch(self) -> int:
        """The numbers of a tile's copy."""
        return TALL * DEPTH

    @property
    def panel_pitch(self) -> int:
        """The numbers of a panel's copy; squares are written beyond its last row."""
        return (self.depth + self.lanes) * self.width

    @property
    def before_panels(self) -> int:
        """The numbers of A's block."""
        return ROWS // TALL * self.tile_pitch if self.copies_a else 0

    @property
    def before_sums(self) -> int:
        """The numbers of A's block and of B's panels."""
        return self.before_panels + max(self.whole_b, TOGETHER * self.panel_pitch)

    @property
    def sums(self) -> int:
        """The numbers of the partial sums of a block of rows, all panels."""
        assert isinstance(self.product.n, int)
        return (ROWS + TALL) * (self.product.n + 2 * self.width)


def blocked_scratch_bytes(product: Product, machine: Machine) -> int:
    """The bytes of scratch of a blocked product."""
    layout = Layout(product, machine)
    is_deep = not isinstance(product.k, int) or product.k > DEPTH
    numbers = layout.before_sums + (layout.sums if is_deep else 0)
    return numbers * element_bytes(product.kind)


@dataclass(frozen=True)
class Panel:
    """Adjacent columns of C and vectors for them; `repeated` is how many such panels follow.

    `columns` of None are known at run time and fill the vectors at most.
    """

    vectors: int
    columns: int | None
    repeated: Integer = 1


def panels_of(columns: int, lanes: int) -> list[Panel]:
    """The panels of a known number of columns.

    A single narrow vector would leave the processor waiting for its sums: two panels of two vectors
    are quicker than one of three and one of one.

    >>> [(panel.columns, panel.repeated) for panel in panels_of(512, 8)]
    [(24, 20), (16, 1), (16, 1)]
    >>> [(panel.columns, panel.repeated) for panel in panels_of(64, 8)]
    [(24, 2), (16, 1)]
    """
    width = WIDE * lanes
    full, rest = divmod(columns, width)
    if full and 0 < rest <= lanes:
        full, ends = full - 1, [2 * lanes, lanes + rest]
    else:
        ends = [rest] if rest else []
    repeated = [Panel(WIDE, width, full)] if full else []
    return [*repeated, *(Panel(-(-end // lanes), end) for end in ends)]

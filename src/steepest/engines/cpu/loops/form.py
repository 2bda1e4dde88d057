"""The loop form: a program as kernels over index spaces, in phases. It prints itself.

Depends on spaces.py. plan/ makes it, interpret.py defines it, emit/ turns it into code. A kernel
visits every point (i0, i1, ...) of its space, computes its steps there and stores some of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import indent
from typing import Any, Literal

from steepest.core.dtype import DType
from steepest.engines.cpu.loops.spaces import Access, Buffer, Coordinate, Size

# ---------------------------------------------------------------- steps


@dataclass(frozen=True)
class Load:
    """The element at an access; outside the rows of a looked-up table it is NaN (or 0)."""

    access: Access
    dtype: DType

    def __str__(self) -> str:
        return str(self.access)


@dataclass(frozen=True)
class Constant:
    """A number known when the program was planned."""

    value: Any
    dtype: DType

    def __str__(self) -> str:
        return str(self.value)  # a format would print a float32 with the digits of a float64


@dataclass(frozen=True)
class Compute:
    """An elementwise primitive of earlier steps."""

    op: str
    inputs: tuple[int, ...]
    dtype: DType

    def __str__(self) -> str:
        given = ", ".join(f"t{number}" for number in self.inputs)
        return f"{self.op}({given})"


@dataclass(frozen=True)
class Position:
    """An index as a number."""

    coordinate: Coordinate
    dtype: DType

    def __str__(self) -> str:
        return f"position {self.coordinate}"


@dataclass(frozen=True)
class BatchSize:
    """The number of rows of this batch."""

    dtype: DType

    def __str__(self) -> str:
        return "batch"


@dataclass(frozen=True)
class Bits:
    """Random bits for an element of an array of `shape`; `seed` are three earlier steps."""

    seed: tuple[int, ...]
    shape: tuple[Size, ...]
    coordinates: tuple[Coordinate, ...]
    width: int
    lane: int
    dtype: DType

    def __str__(self) -> str:
        places = ", ".join(map(str, self.coordinates))
        return f"random_bits[{places}](width={self.width}, lane={self.lane})"


@dataclass(frozen=True)
class Result:
    """The value of the kernel's root at this point."""

    dtype: DType

    def __str__(self) -> str:
        return "result"


Step = Load | Constant | Compute | Position | BatchSize | Bits | Result


# ---------------------------------------------------------------- kernels


@dataclass(frozen=True)
class Reduce:
    """Step `value` of `steps`, combined by `op` over further axes (numbered after the space's)."""

    op: str
    over: tuple[Size, ...]
    steps: tuple[Step, ...]
    value: int
    dtype: DType


@dataclass(frozen=True)
class Factor:
    """A matrix of a product: element (r, c) at the access; a byte b means b * scale + offset."""

    access: Access
    scale: float = 1.0
    offset: float = 0.0


HALVES = 2


@dataclass(frozen=True)
class Cut:
    """How the entries of sparse rows are partitioned: see kernels/partition.py.

    `middles` is the number of a row's entries that belong to the first half; `shares` is the first
    of the column numbers at which the shares begin.
    """

    middles: Access
    shares: Access


@dataclass(frozen=True)
class Product:
    """The sum of left * right over one further axis, of size `over`.

    `rows` and `cols` name the axes of the space along which left and right run (None: one row,
    one column). Axes before them are stacks of matrices.

    With a `cut` the entries of sparse rows are read in halves. A product with them is then two:
    axis 0 is as long as two batches, and its index i is row i % batch in half i // batch.
    """

    left: Factor
    right: Factor
    over: Size
    rows: int | None
    cols: int | None
    dtype: DType
    cut: Cut | None = None

    @property
    def is_dense(self) -> bool:
        """Whether the left side is stored dense."""
        return self.left.access.buffer.stored == "dense"

    @property
    def in_halves(self) -> bool:
        """Whether each row of the product is computed twice, once for each half of its entries."""
        return self.cut is not None and not self.over.power


@dataclass(frozen=True)
class Scan:
    """Running sums of an access along one axis of the space."""

    access: Access
    axis: int
    dtype: DType


@dataclass(frozen=True)
class Scatter:
    """Rows of `updates`, one for each point of `over`, added to the rows that `indices` name."""

    indices: Access
    updates: Access
    over: tuple[Size, ...]
    dtype: DType


@dataclass(frozen=True)
class Expand:
    """Rows of a sparse buffer as dense rows."""

    buffer: Buffer
    dtype: DType


Root = Reduce | Product | Scan | Scatter | Expand


@dataclass(frozen=True)
class Share:
    """Which worker computes what.

    "rows" of the batch or "parts" of an axis are split among the workers; with "everyone" each
    worker computes all for itself; with "first" only worker 0 does. With "groups" each has groups
    of rows, axis 0, and the root sums over the rows of each group.
    """

    kind: Literal["rows", "parts", "everyone", "first", "groups"]
    axis: int = 0

    @property
    def splits(self) -> bool:
        """Whether each worker has a part of the axis."""
        return self.kind in ("rows", "parts", "groups")

    def __str__(self) -> str:
        return f"{self.kind} of i{self.axis}" if self.splits else self.kind


@dataclass(frozen=True)
class Store:
    """A write of a step's value."""

    access: Access
    step: int


@dataclass(frozen=True)
class Kernel:
    """One nest of loops. With `guards`, the run of batches ends here if that bool is false.

    With `may_stop` a worker may leave it unfinished; after its phase no worker goes on then.
    """

    name: str
    share: Share
    space: tuple[Size, ...]
    root: Root | None
    steps: tuple[Step, ...]
    stores: tuple[Store, ...]
    guards: Access | None = None
    may_stop: bool = False

    def __str__(self) -> str:
        lines = [f"{self.name}: {self.share}{_ranges(self.space)}", *_root_lines(self)]
        lines += [f"  t{number} = {step}" for number, step in enumerate(self.steps)]
        lines += [f"  {store.access} <- t{store.step}" for store in self.stores]
        lines += [f"  unless {self.guards}: stop"] if self.guards else []
        lines += ["  may stop"] if self.may_stop else []
        return "\n".join(lines)


@dataclass(frozen=True)
class Loops:
    """A whole program: its buffers, and its kernels in phases with a barrier after each.

    Where kernels of the first phase sum over groups, its kernels of rows and groups run in blocks:
    a worker computes a block of rows in all of them, one after another, then the next block.
    """

    buffers: tuple[Buffer, ...]
    phases: tuple[tuple[Kernel, ...], ...]

    @property
    def in_blocks(self) -> bool:
        """Whether the first phase runs in blocks of rows."""
        return any(kernel.share.kind == "groups" for kernel in self.phases[0])

    def __str__(self) -> str:
        lines = [str(buffer) for buffer in self.buffers if buffer.role != "constant"]
        for number, phase in enumerate(self.phases):
            lines += [f"phase {number}", *(indent(str(kernel), "  ") for kernel in phase)]
        return "\n".join(lines)


def _ranges(space: tuple[Size, ...], first: int = 0) -> str:
    ranges = [f"i{first + axis} < {size}" for axis, size in enumerate(space)]
    return f" for {', '.join(ranges)}" if ranges else ""


def _root_lines(kernel: Kernel) -> list[str]:
    root, depth = kernel.root, len(kernel.space)
    if isinstance(root, Reduce):
        body = [f"    t{number} = {step}" for number, step in enumerate(root.steps)]
        over = _ranges(root.over, depth)
        return [f"  result = {root.op} of t{root.value}{over}, where", *body]
    if isinstance(root, Product):
        over = _ranges((root.over,), depth)
        halves = f", cut at {root.cut.middles}" if root.cut and root.in_halves else ""
        return [f"  result = sum of {_factor(root.left)} * {_factor(root.right)}{over}{halves}"]
    if isinstance(root, Scan):
        return [f"  result = running sum of {root.access} along i{root.axis}"]
    if isinstance(root, Scatter):
        over = _ranges(root.over, depth)
        return [f"  result = sum of {root.updates} where i0 = {root.indices}{over}"]
    if isinstance(root, Expand):
        return [f"  result = rows of {root.buffer.name}, dense"]
    return []


def _factor(factor: Factor) -> str:
    text = str(factor.access)
    text = text if factor.scale == 1 else f"{factor.scale:.6g} {text}"
    return text if factor.offset == 0 else f"({text} {factor.offset:+.6g})"

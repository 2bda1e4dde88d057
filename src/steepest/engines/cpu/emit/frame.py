"""Where code is being emitted: the function's arguments, and the place in its loops.

Leans on the loop form and the helpers of gemm. Loads and stores at accesses are here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from steepest.core.dtype import DType
from steepest.engines.cpu import ir
from steepest.engines.cpu.emit.rules import (
    filled,
    lanes_of,
    memory_type,
    register_type,
    typed,
    widen,
)
from steepest.engines.cpu.gemm import Machine
from steepest.engines.cpu.ir.helpers import (
    INDEX,
    Integer,
    add,
    at,
    element_bytes,
    first_lanes,
    index,
    load,
    multiply,
    store,
)
from steepest.engines.cpu.loops.spaces import Access, Buffer, Coordinate, Size

POINTER = ir.PointerType()


@dataclass
class Frame:
    """One kernel's function: its builder, pointers, the batch, the worker's range."""

    builder: ir.IRBuilder
    table: ir.Value
    batch: ir.Value
    low: ir.Value
    high: ir.Value
    entries: dict[Buffer, int]
    machine: Machine
    _pointers: dict[int, ir.Value] = field(default_factory=dict)

    def number(self, size: Size) -> Integer:
        """A size as a Python int, or as code where it depends on the batch."""
        total: Integer = size.count
        for _ in range(size.power):
            total = multiply(self.builder, self.batch, total)
        return total

    def pointer(self, entry: int) -> ir.Value:
        """An entry of the table, read once at the function's entry."""
        if entry not in self._pointers:
            with self.builder.goto_entry_block():
                place = at(self.builder, self.table, entry, POINTER)
                self._pointers[entry] = self.builder.load(place, typ=POINTER, align=8)
        return self._pointers[entry]

    @property
    def order(self) -> ir.Value:
        """The numbers of the batch's rows."""
        return self.pointer(0)

    def base(self, buffer: Buffer) -> ir.Value:
        """Where a buffer begins."""
        return self.pointer(self.entries[buffer])


@dataclass(frozen=True)
class Place:
    """A place of the space, or `lanes` neighbours of it along axis `vector`.

    `axes` maps each axis to its index (that of the first lane). Lanes whose mask is off lie
    outside; a mask of None means that all are inside.
    """

    axes: dict[int, Integer]
    vector: int | None = None
    lanes: int = 0
    mask: ir.Value | None = None


def lane_numbers(lanes: int) -> ir.Constant:
    """0, 1, 2, ... as i64 lanes."""
    return ir.Constant(ir.VectorType(INDEX, lanes), range(lanes))


def position(
    frame: Frame, place: Place, coordinate: Coordinate, values: list[ir.Value]
) -> tuple[Integer | ir.Value, int | None]:
    """(index, step): the index of the first lane and the step to the next; 0 where all are equal.

    A step of None says that the index is a vector already.
    """
    if coordinate.looked is not None:
        value = _as_index(frame.builder, values[coordinate.looked])
        return value, None if lanes_of(value) else 0
    if coordinate.axis is None:
        return coordinate.start, 0
    moved = multiply(frame.builder, place.axes[coordinate.axis], coordinate.step)
    moved = add(frame.builder, moved, coordinate.start)
    return moved, coordinate.step if coordinate.axis == place.vector else 0


def _as_index(builder: ir.IRBuilder, value: ir.Value) -> ir.Value:
    kind = typed(INDEX, lanes_of(value))
    return value if value.type == kind else builder.sext(value, kind)


def index_of(
    frame: Frame, place: Place, coordinate: Coordinate, values: list[ir.Value]
) -> ir.Value:
    """An index as a value: a scalar, or one a lane where it runs along the lanes."""
    here, step = position(frame, place, coordinate, values)
    return index_vector(frame, place, here, step) if step else index(here)


def index_vector(frame: Frame, place: Place, start: Integer, step: int) -> ir.Value:
    """start, start + step, ... in lanes."""
    wide = widen(frame.builder, index(start), place.lanes)
    numbers = frame.builder.mul(lane_numbers(place.lanes), filled(wide.type, step))
    return frame.builder.add(wide, numbers)


# ---------------------------------------------------------------- addresses


@dataclass(frozen=True)
class Address:
    """Elements of a buffer: at `offset`, `step` apart; a step of None: `offset` has one a lane.

    `inside` is None, or says where a looked-up row exists.
    """

    offset: Integer | ir.Value
    step: int | None
    inside: ir.Value | None = None


def address(frame: Frame, place: Place, access: Access, values: list[ir.Value]) -> Address:
    """Where an access lies at a place."""
    total = Address(0, 0)
    for axis, (coordinate, size) in enumerate(
        zip(access.coordinates, access.strides(), strict=True)
    ):
        here, step = position(frame, place, coordinate, values)
        inside = None
        if coordinate.looked is not None:
            here, inside = _checked(frame, index(here), access.shape[axis])
        if axis == 0 and access.buffer.gathered:
            here, step = _ordered(frame, place, here, step)
        total = _moved(frame, place, total, here, step, size, inside)
    return total


def _checked(frame: Frame, here: ir.Value, rows: Size) -> tuple[ir.Value, ir.Value]:
    """A looked-up row, 0 where it is none, and whether it is one."""
    builder = frame.builder
    limit = widen(builder, index(frame.number(rows)), lanes_of(here))
    inside = builder.icmp_unsigned("<", here, limit)
    return builder.select(inside, here, filled(here.type, 0)), inside


def _ordered(
    frame: Frame, place: Place, here: Integer | ir.Value, step: int | None
) -> tuple[ir.Value, int | None]:
    """The rows of the column that rows of the batch stand for."""
    builder = frame.builder
    if step == 0:
        spot = at(builder, frame.order, here, INDEX)
        return builder.load(spot, typ=INDEX, align=8), 0
    if step == 1:
        spot = at(builder, frame.order, here, INDEX)
        return load(builder, spot, ir.VectorType(INDEX, place.lanes), place.mask), None
    rows = index(here) if step is None else index_vector(frame, place, here, step)
    return _collect(frame, place, frame.order, rows, INDEX), None


def _moved(
    frame: Frame,
    place: Place,
    total: Address,
    here: Integer | ir.Value,
    step: int | None,
    size: Size,
    inside: ir.Value | None,
) -> Address:
    """An address moved along one axis by `here` (and `step` a lane) times the stride."""
    builder, stride = frame.builder, frame.number(size)
    both = inside if total.inside is None else total.inside
    if step == 0 and total.step == 0:
        moved = add(builder, total.offset, multiply(builder, here, stride))
        return Address(moved, 0, both)
    plain = step is not None and total.step is not None and isinstance(stride, int)
    if plain or step == 0:
        moved = multiply(builder, here, stride)
        if total.step is None:
            moved = widen(builder, index(moved), place.lanes)
            return Address(builder.add(total.offset, moved), None, both)
        own = (step or 0) * stride if isinstance(stride, int) else 0
        return Address(add(builder, total.offset, moved), total.step + own, both)
    rows = index(here) if step is None else index_vector(frame, place, here, step)
    moved = builder.mul(rows, widen(builder, index(stride), place.lanes))
    return Address(builder.add(_vector(frame, place, total), moved), None, both)


def _vector(frame: Frame, place: Place, total: Address) -> ir.Value:
    """An address's offsets, one a lane."""
    if total.step is None:
        return index(total.offset)
    return index_vector(frame, place, total.offset, total.step)


# ---------------------------------------------------------------- loads and stores


def read(frame: Frame, place: Place, access: Access, values: list[ir.Value]) -> ir.Value:
    """The number (or one a lane) at an access; NaN or 0 outside the rows of a table."""
    if any(size == Size(0) for size in access.shape):
        return _missing(access.buffer.dtype, 0)  # nothing is there to be read
    where = address(frame, place, access, values)
    dtype = access.buffer.dtype
    value = _read_at(frame, place, frame.base(access.buffer), where, memory_type(dtype))
    if dtype == np.bool_:
        value = frame.builder.icmp_unsigned("!=", value, filled(value.type, 0))
    if where.inside is None:
        return value
    lanes = max(lanes_of(value), lanes_of(where.inside))
    inside = widen(frame.builder, where.inside, lanes)
    found = widen(frame.builder, value, lanes)
    return frame.builder.select(inside, found, _missing(dtype, lanes))


def _missing(dtype: DType, lanes: int) -> ir.Value:
    return filled(typed(register_type(dtype), lanes), np.nan if dtype.kind == "f" else 0)


def _read_at(frame: Frame, place: Place, base: ir.Value, where: Address, kind: ir.Type) -> ir.Value:
    builder = frame.builder
    if where.step == 0:
        return builder.load(at(builder, base, where.offset, kind), typ=kind, align=bytes_of(kind))
    if where.step == 1:
        spot = at(builder, base, where.offset, kind)
        return load_vector(builder, spot, ir.VectorType(kind, place.lanes), place.mask)
    return _collect(frame, place, base, _vector(frame, place, where), kind)


def bytes_of(kind: ir.Type) -> int:
    """The size of a number in memory."""
    return 2 if isinstance(kind, ir.HalfType) else element_bytes(kind)


def load_vector(
    builder: ir.IRBuilder, spot: ir.Value, kind: ir.VectorType, mask: ir.Value | None
) -> ir.Value:
    """Neighbours in memory; halves travel as words."""
    if isinstance(kind.element, ir.HalfType):
        words = load(builder, spot, ir.VectorType(ir.IntType(16), kind.count), mask)
        return builder.bitcast(words, kind)
    return load(builder, spot, kind, mask)


def spots(builder: ir.IRBuilder, base: ir.Value, offsets: ir.Value, kind: ir.Type) -> ir.Value:
    """The address of each lane's element."""
    return builder.gep(base, [offsets], source_etype=kind)


def _collect(
    frame: Frame, place: Place, base: ir.Value, offsets: ir.Value, kind: ir.Type
) -> ir.Value:
    """Elements at an offset of their own in each lane."""
    builder, lanes = frame.builder, lanes_of(offsets)
    moved = ir.IntType(16) if isinstance(kind, ir.HalfType) else kind
    result = ir.VectorType(moved, lanes)
    mask = place.mask or filled(ir.VectorType(ir.IntType(1), lanes), 1)
    arguments = (
        spots(builder, base, offsets, moved),
        ir.Constant(ir.IntType(32), bytes_of(moved)),
        mask,
        filled(result, 0),
    )
    name = f"llvm.masked.gather.{result.suffix}.v{lanes}p0"
    found = builder.intrinsic(name, result, arguments)
    return found if moved is kind else builder.bitcast(found, ir.VectorType(kind, lanes))


def write(frame: Frame, place: Place, access: Access, value: ir.Value) -> None:
    """Store a number, or one a lane."""
    builder, kind = frame.builder, memory_type(access.buffer.dtype)
    where = address(frame, place, access, [])
    value = widen(builder, value, place.lanes)
    if access.buffer.dtype == np.bool_:
        value = builder.zext(value, typed(kind, lanes_of(value)))
    if isinstance(kind, ir.HalfType):
        kind = ir.IntType(16)
        value = builder.bitcast(value, typed(kind, lanes_of(value)))
    base = frame.base(access.buffer)
    if not place.lanes:
        spot = at(builder, base, where.offset, kind)
        builder.store(value, spot, align=bytes_of(kind))
    elif where.step == 1:
        store(builder, value, at(builder, base, where.offset, kind), place.mask)
    else:
        _strew(frame, place, base, _vector(frame, place, where), value)


def _strew(frame: Frame, place: Place, base: ir.Value, offsets: ir.Value, value: ir.Value) -> None:
    """Store each lane at an offset of its own."""
    builder, lanes = frame.builder, place.lanes
    mask = place.mask or filled(ir.VectorType(ir.IntType(1), lanes), 1)
    align = ir.Constant(ir.IntType(32), bytes_of(value.type.element))
    pointers = spots(builder, base, offsets, value.type.element)
    name = f"llvm.masked.scatter.{value.type.suffix}.v{lanes}p0"
    builder.intrinsic(name, ir.VoidType(), (value, pointers, align, mask))


def mask_up_to(frame: Frame, start: Integer, stop: Integer, lanes: int) -> ir.Value:
    """The lanes from `start` on that lie before `stop`."""
    left = frame.builder.sub(index(stop), index(start))
    return first_lanes(frame.builder, left, lanes)

"""Kernels that add where numbers say: running sums, scattered rows, sparse rows spelled out.

Leans on nests.py.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from steepest.core.dtype import DType
from steepest.engines.cpu.emit.frame import Frame, Place, read, write
from steepest.engines.cpu.emit.nests import (
    counted,
    extent,
    finish,
    lane_count,
    nest,
    variable,
    vectors,
)
from steepest.engines.cpu.emit.rules import (
    compute,
    filled,
    register_type,
)
from steepest.engines.cpu.emit.sparse import sparse_rows
from steepest.engines.cpu.emit.steps import Evaluator
from steepest.engines.cpu.ir.helpers import INDEX, index, loop
from steepest.engines.cpu.loops.form import Kernel, Scan, Scatter, Spell, Store


def emit_scan(frame: Frame, kernel: Kernel, root: Scan) -> None:
    """Running sums, one number at a time."""
    depth = range(len(kernel.space))
    axes = [axis for axis in depth if axis != root.axis]
    after = Evaluator(frame, kernel.steps, tuple(axes))
    kind = register_type(root.dtype)
    room = variable(frame, kind)
    with nest(frame, kernel, axes, [after]) as place, ExitStack() as stack:
        frame.builder.store(filled(kind, 0), room)
        if root.axis >= 0:
            span = extent(frame, kernel, root.axis)
            place = stack.enter_context(counted(frame, place, root.axis, span))
        total = frame.builder.load(room, typ=kind)
        value = read(frame, place, root.access, [])
        total = compute(frame.builder, "add", [total, value], root.dtype, root.dtype)
        frame.builder.store(total, room)
        finish(frame, kernel, place, after, total)


def emit_scatter(frame: Frame, kernel: Kernel, root: Scatter) -> None:
    """Zeros, then every update that falls into this worker's rows, in the order they come."""
    (kept,) = kernel.stores
    _emit_zeros(frame, kernel, kept, root.dtype)
    depth = len(kernel.space)
    over = list(range(depth, depth + len(root.over)))
    low, high = extent(frame, kernel, 0)
    builder = frame.builder
    with ExitStack() as stack:
        place = Place({})
        for axis in over:
            span = (0, frame.number(root.over[axis - depth]))
            place = stack.enter_context(counted(frame, place, axis, span))
        row = read(frame, place, root.indices, [])
        row = row if row.type == INDEX else builder.sext(row, INDEX)
        inside = builder.and_(
            builder.icmp_signed(">=", row, index(low)), builder.icmp_signed("<", row, index(high))
        )
        with builder.if_then(inside):
            here = replace(place, axes={**place.axes, 0: row})
            _add_row(frame, kernel, root, kept, here)


def _add_row(frame: Frame, kernel: Kernel, root: Scatter, kept: Store, place: Place) -> None:
    def one(inner: Place) -> None:
        total = read(frame, inner, kept.access, [])
        value = read(frame, inner, root.updates, [])
        total = compute(frame.builder, "add", [total, value], root.dtype, root.dtype)
        write(frame, inner, kept.access, total)

    _over_row(frame, kernel, place, one)


def _emit_zeros(frame: Frame, kernel: Kernel, kept: Store, dtype: DType) -> None:
    zero = filled(register_type(dtype), 0)
    with counted(frame, Place({}), 0, extent(frame, kernel, 0)) as place:
        _over_row(frame, kernel, place, lambda inner: write(frame, inner, kept.access, zero))


def _over_row(frame: Frame, kernel: Kernel, place: Place, body: Callable[[Place], None]) -> None:
    """The places of one row, in vectors along the last axis."""
    rest = list(range(1, len(kernel.space)))
    with ExitStack() as stack:
        for axis in rest[:-1]:
            span = extent(frame, kernel, axis)
            place = stack.enter_context(counted(frame, place, axis, span))
        if rest:
            size = kernel.space[rest[-1]]
            lanes = lane_count(frame, (), size)
            span = extent(frame, kernel, rest[-1])
            place = stack.enter_context(vectors(frame, place, rest[-1], span, lanes))
        body(place)


def emit_spelled(frame: Frame, kernel: Kernel, root: Spell) -> None:
    """Rows of zeros, then each stored entry added at its column."""
    (kept,) = kernel.stores
    builder, rows = frame.builder, sparse_rows(frame, root.buffer)
    kind = register_type(root.dtype)
    zero, one = filled(kind, 0), filled(kind, 1)
    with counted(frame, Place({}), 0, extent(frame, kernel, 0)) as place:
        _over_row(frame, kernel, place, lambda inner: write(frame, inner, kept.access, zero))
        with loop(builder, *rows.entries(builder, place.axes[0])) as entry:
            here = replace(place, axes={**place.axes, 1: rows.column(builder, entry)})
            value = rows.value(builder, entry, kind) or one
            total = builder.fadd(read(frame, here, kept.access, []), value)
            write(frame, here, kept.access, total)

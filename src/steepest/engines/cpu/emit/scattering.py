"""Kernels whose root is a scan, a scatter, or the expansion of sparse rows to dense ones.

Depends on nests.py and sparse.py.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from steepest.engines.cpu.emit.frame import Frame, Point, read, write
from steepest.engines.cpu.emit.nests import (
    counted,
    counted_with_stops,
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
from steepest.engines.cpu.loops.form import Expand, Kernel, Scan, Scatter, Store


def emit_scan(frame: Frame, kernel: Kernel, root: Scan) -> None:
    """Emits running sums, one number at a time."""
    depth = range(len(kernel.space))
    axes = [axis for axis in depth if axis != root.axis]
    after = Evaluator(frame, kernel.steps, tuple(axes))
    kind = register_type(root.dtype)
    memory = variable(frame, kind)
    with nest(frame, kernel, axes, [after]) as point, ExitStack() as stack:
        frame.builder.store(filled(kind, 0), memory)
        if root.axis >= 0:
            span = extent(frame, kernel, root.axis)
            point = stack.enter_context(counted(frame, point, root.axis, span))
        total = frame.builder.load(memory, typ=kind)
        value = read(frame, point, root.access, [])
        total = compute(frame.builder, "add", [total, value], root.dtype, root.dtype)
        frame.builder.store(total, memory)
        finish(frame, kernel, point, after, total)


def emit_scatter(frame: Frame, kernel: Kernel, root: Scatter) -> None:
    """Emits zeros, then adds every update to this worker's rows, in the order of the updates."""
    (target,) = kernel.stores
    zero = filled(register_type(root.dtype), 0)
    with counted(frame, Point({}), 0, extent(frame, kernel, 0)) as start:
        _over_row(frame, kernel, start, lambda inner: write(frame, inner, target.access, zero))
    depth = len(kernel.space)
    over = list(range(depth, depth + len(root.over)))
    low, high = extent(frame, kernel, 0)
    builder = frame.builder
    with ExitStack() as stack:
        point = Point({})
        for axis in over:
            span = (0, frame.number(root.over[axis - depth]))
            each = counted_with_stops if axis == depth else counted
            point = stack.enter_context(each(frame, point, axis, span))
        row = read(frame, point, root.indices, [])
        row = row if row.type == INDEX else builder.sext(row, INDEX)
        inside = builder.and_(
            builder.icmp_signed(">=", row, index(low)), builder.icmp_signed("<", row, index(high))
        )
        with builder.if_then(inside):
            here = replace(point, axes={**point.axes, 0: row})
            _add_row(frame, kernel, root, target, here)


def _add_row(frame: Frame, kernel: Kernel, root: Scatter, target: Store, point: Point) -> None:
    def one(inner: Point) -> None:
        total = read(frame, inner, target.access, [])
        value = read(frame, inner, root.updates, [])
        total = compute(frame.builder, "add", [total, value], root.dtype, root.dtype)
        write(frame, inner, target.access, total)

    _over_row(frame, kernel, point, one)


def _over_row(frame: Frame, kernel: Kernel, point: Point, body: Callable[[Point], None]) -> None:
    """Emits loops over the points of a row, in vectors along the last axis."""
    rest = list(range(1, len(kernel.space)))
    with ExitStack() as stack:
        for axis in rest[:-1]:
            span = extent(frame, kernel, axis)
            point = stack.enter_context(counted(frame, point, axis, span))
        if rest:
            size = kernel.space[rest[-1]]
            lanes = lane_count(frame, (), size)
            span = extent(frame, kernel, rest[-1])
            point = stack.enter_context(vectors(frame, point, rest[-1], span, lanes))
        body(point)


def emit_dense_rows(frame: Frame, kernel: Kernel, root: Expand) -> None:
    """Emits rows of zeros, then adds each stored entry of a sparse row at its column."""
    (target,) = kernel.stores
    builder, rows = frame.builder, sparse_rows(frame, root.buffer)
    kind = register_type(root.dtype)
    zero, one = filled(kind, 0), filled(kind, 1)
    with counted(frame, Point({}), 0, extent(frame, kernel, 0)) as point:
        _over_row(frame, kernel, point, lambda inner: write(frame, inner, target.access, zero))
        with loop(builder, *rows.entries(builder, point.axes[0])) as entry:
            here = replace(point, axes={**point.axes, 1: rows.column(builder, entry)})
            value = rows.value(builder, entry, kind) or one
            total = builder.fadd(read(frame, here, target.access, []), value)
            write(frame, here, target.access, total)

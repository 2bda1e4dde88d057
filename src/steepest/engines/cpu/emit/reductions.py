"""Kernels whose root is a reduction: down columns, along the lanes, or one number at a time.

Depends on nests.py.
"""

from __future__ import annotations

from contextlib import ExitStack

import numpy as np

from steepest.core.dtype import DType
from steepest.engines.cpu import ir
from steepest.engines.cpu.emit.frame import Frame, Point
from steepest.engines.cpu.emit.nests import (
    counted,
    counted_with_stops,
    each_vector,
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
    lanes_of,
    register_type,
    typed,
    widen,
)
from steepest.engines.cpu.emit.steps import Evaluator
from steepest.engines.cpu.ir.helpers import INDEX, Integer, index, take_lanes
from steepest.engines.cpu.loops.form import Kernel, Load, Reduce
from steepest.engines.cpu.loops.spaces import Access


def emit_reduction(frame: Frame, kernel: Kernel, root: Reduce) -> None:
    """Emits a sum, extreme or argmax; along lanes if the reduced axis is innermost in memory."""
    if root.op == "argmax" or not _runs_along_lanes(kernel, root):
        if root.op == "argmax" or not kernel.space:
            _emit_single(frame, kernel, root)
        else:
            _emit_columns(frame, kernel, root)
    else:
        _emit_along_lanes(frame, kernel, root)


def _runs_along_lanes(kernel: Kernel, root: Reduce) -> bool:
    if not root.over:
        return False
    last = len(kernel.space) + len(root.over) - 1
    own = len(kernel.space) - 1
    votes = [_innermost(step.access) for step in root.steps if isinstance(step, Load)]
    return not kernel.space or votes.count(last) > votes.count(own)


def _innermost(access: Access) -> int | None:
    """The axis whose neighbours are adjacent in memory."""
    for coordinate, size in zip(reversed(access.coordinates), reversed(access.shape), strict=True):
        if not size.is_known or size.count != 1:
            return coordinate.axis
    return None


def _over_axes(kernel: Kernel, root: Reduce) -> list[int]:
    depth = len(kernel.space)
    return list(range(depth, depth + len(root.over)))


def _extent_over(frame: Frame, kernel: Kernel, root: Reduce, axis: int) -> tuple[Integer, Integer]:
    if kernel.share.kind == "groups":
        return frame.low, frame.high
    return 0, frame.number(root.over[axis - len(kernel.space)])


def start_value(op: str, dtype: DType) -> float | int:
    """The neutral element: combining it with a number gives that number."""
    if op == "sum":
        return 0
    lowest: float | int
    highest: float | int
    if dtype.kind == "f":
        lowest, highest = -np.inf, np.inf
    elif dtype == np.bool_:
        lowest, highest = 0, 1
    else:
        lowest, highest = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    return lowest if op == "max" else highest


_COMBINE = {"sum": "add", "max": "maximum", "min": "minimum"}


def combine(frame: Frame, root: Reduce, total: ir.Value, value: ir.Value) -> ir.Value:
    """Combines a total with one more number or vector."""
    return compute(frame.builder, _COMBINE[root.op], [total, value], root.dtype, root.dtype)


def _carry(frame: Frame, root: Reduce, memory: ir.Value, kind: ir.Type, value: ir.Value) -> None:
    builder = frame.builder
    total = builder.load(memory, typ=kind)
    builder.store(combine(frame, root, total, widen(builder, value, lanes_of(total))), memory)


def _emit_columns(frame: Frame, kernel: Kernel, root: Reduce) -> None:
    """Emits vectors of adjacent results, each reduced over single points in order."""
    axes, over = list(range(len(kernel.space))), _over_axes(kernel, root)
    after = Evaluator(frame, kernel.steps, tuple(axes))
    body = Evaluator(frame, root.steps, (*axes, *over))
    last = axes[-1]
    lanes = lane_count(frame, (*kernel.steps, *root.steps), kernel.space[last])
    kind = typed(register_type(root.dtype), lanes)
    memory = variable(frame, kind)
    with nest(frame, kernel, axes[:-1], [after, body]) as point:

        def reduce(inner: Point) -> None:
            after.open(inner, last)
            body.open(inner, last)
            frame.builder.store(filled(kind, start_value(root.op, root.dtype)), memory)
            _sum_over(frame, kernel, root, body, inner, memory, kind)
            finish(frame, kernel, inner, after, frame.builder.load(memory, typ=kind))

        each_vector(frame, point, last, extent(frame, kernel, last), lanes, reduce)


def _sum_over(
    frame: Frame,
    kernel: Kernel,
    root: Reduce,
    body: Evaluator,
    point: Point,
    memory: ir.Value,
    kind: ir.Type,
) -> None:
    """Emits loops over all points of the reduced axes, one by one."""
    with ExitStack() as stack:
        for place, axis in enumerate(_over_axes(kernel, root)):
            span = _extent_over(frame, kernel, root, axis)
            each = counted if place else counted_with_stops
            point = stack.enter_context(each(frame, point, axis, span))
            body.open(point, axis)
        value = body.values[root.value]
        assert value is not None
        _carry(frame, root, memory, kind, value)


def _emit_along_lanes(frame: Frame, kernel: Kernel, root: Reduce) -> None:
    """Emits one result at a time, reduced in vectors; then the lanes are combined as a tree."""
    axes, over = list(range(len(kernel.space))), _over_axes(kernel, root)
    after = Evaluator(frame, kernel.steps, tuple(axes))
    body = Evaluator(frame, root.steps, (*axes, *over))
    lanes = lane_count(frame, root.steps, root.over[-1])
    kind = typed(register_type(root.dtype), lanes)
    memory, neutral = variable(frame, kind), filled(kind, start_value(root.op, root.dtype))
    with nest(frame, kernel, axes, [after, body]) as point:
        frame.builder.store(neutral, memory)
        with ExitStack() as stack:
            inner = point
            for axis in over[:-1]:
                span = _extent_over(frame, kernel, root, axis)
                inner = stack.enter_context(counted(frame, inner, axis, span))
                body.open(inner, axis)
            span = _extent_over(frame, kernel, root, over[-1])
            inner = stack.enter_context(vectors(frame, inner, over[-1], span, lanes))
            body.open(inner, over[-1])
            _carry(frame, root, memory, kind, _masked(frame, inner, body, root, neutral))
        total = frame.builder.load(memory, typ=kind)
        finish(frame, kernel, point, after, across_lanes(frame, root, total))


def _masked(
    frame: Frame, point: Point, body: Evaluator, root: Reduce, neutral: ir.Value
) -> ir.Value:
    value = body.values[root.value]
    assert value is not None
    value = widen(frame.builder, value, point.lanes)
    return value if point.mask is None else frame.builder.select(point.mask, value, neutral)


def across_lanes(frame: Frame, root: Reduce, total: ir.Value) -> ir.Value:
    """Combines the lanes of a vector in pairs, always in the same order."""
    builder, lanes = frame.builder, lanes_of(total)
    while lanes > 1:
        lanes //= 2
        upper = take_lanes(builder, total, range(lanes, 2 * lanes))
        total = combine(frame, root, take_lanes(builder, total, range(lanes)), upper)
    return builder.extract_element(total, index(0))


def _emit_single(frame: Frame, kernel: Kernel, root: Reduce) -> None:
    """Emits one result at a time, reduced one number at a time."""
    axes, over = list(range(len(kernel.space))), _over_axes(kernel, root)
    after = Evaluator(frame, kernel.steps, tuple(axes))
    body = Evaluator(frame, root.steps, (*axes, *over))
    with nest(frame, kernel, axes, [after, body]) as point:
        if root.op == "argmax":
            result = _first_greatest(frame, kernel, root, body, point)
        else:
            kind = register_type(root.dtype)
            memory = variable(frame, kind)
            frame.builder.store(filled(kind, start_value(root.op, root.dtype)), memory)
            _sum_over(frame, kernel, root, body, point, memory, kind)
            result = frame.builder.load(memory, typ=kind)
        finish(frame, kernel, point, after, result)


def _first_greatest(
    frame: Frame, kernel: Kernel, root: Reduce, body: Evaluator, point: Point
) -> ir.Value:
    """The index of the greatest number, or of the first NaN."""
    builder, dtype = frame.builder, root.steps[root.value].dtype
    kind = register_type(dtype)
    best, where = variable(frame, kind), variable(frame, INDEX)
    builder.store(filled(kind, start_value("max", dtype)), best)
    builder.store(index(0), where)
    for axis in _over_axes(kernel, root):
        with counted(frame, point, axis, _extent_over(frame, kernel, root, axis)) as inner:
            body.open(inner, axis)
            value = body.values[root.value]
            assert value is not None
            better = _is_better(builder, dtype, value, builder.load(best, typ=kind))
            builder.store(builder.select(better, value, builder.load(best, typ=kind)), best)
            here = index(inner.axes[axis])
            builder.store(builder.select(better, here, builder.load(where, typ=INDEX)), where)
    return builder.load(where, typ=INDEX)


def _is_better(builder: ir.IRBuilder, dtype: DType, value: ir.Value, best: ir.Value) -> ir.Value:
    if dtype.kind != "f":
        return compute(builder, "less", [best, value], dtype, np.dtype(bool))
    not_below = builder.fcmp_unordered(">", value, best)
    return builder.and_(not_below, builder.fcmp_ordered("ord", best, best))

"""Nests of loops, and kernels without a root: every point of a space, the last axis in vectors.

Depends on steps.py and frame.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from steepest.engines.cpu import ir
from steepest.engines.cpu.emit.frame import Frame, Point, mask_up_to, write
from steepest.engines.cpu.emit.groups import continued
from steepest.engines.cpu.emit.steps import ALL, Evaluator
from steepest.engines.cpu.ir.helpers import Integer, add, index, loop, minimum, subtract
from steepest.engines.cpu.loops.form import Bits, Kernel, Step
from steepest.engines.cpu.loops.spaces import Size

BETWEEN_TESTS = 4096  # points of a sum, some microseconds, between two tests of the stop word


def extent(frame: Frame, kernel: Kernel, axis: int) -> tuple[Integer, Integer]:
    """The range of an axis that this worker visits."""
    share = kernel.share
    if axis == share.axis and share.kind in ("rows", "parts"):
        return frame.low, frame.high
    if axis == share.axis and share.kind == "groups":
        group, _ = frame.group
        return group, frame.builder.add(group, index(1))
    return 0, frame.number(kernel.space[axis])


def lane_count(frame: Frame, steps: tuple[Step, ...], size: Size) -> int:
    """The lanes of a vector along an axis of `size`, by the widest float that the steps use."""
    widest = max((step.dtype.itemsize for step in steps if step.dtype.kind == "f"), default=4)
    most = frame.machine.vector_bits // (8 * max(widest, 4))
    if not size.is_known:
        return most
    return min(most, max(4, 1 << (size.count - 1).bit_length()))  # two alone: see fitting_panel


@contextmanager
def counted(
    frame: Frame, point: Point, axis: int, span: tuple[Integer, Integer]
) -> Iterator[Point]:
    """A loop over single points of an axis."""
    with loop(frame.builder, *span) as here:
        yield replace(point, axes={**point.axes, axis: here})


@contextmanager
def counted_with_stops(
    frame: Frame, point: Point, axis: int, span: tuple[Integer, Integer]
) -> Iterator[Point]:
    """A loop over single points of a reduced axis, which a kernel that may stop can leave."""
    if not frame.may_stop:
        with counted(frame, point, axis, span) as inner:
            yield inner
        return
    builder, (low, high) = frame.builder, span
    with loop(builder, low, high, BETWEEN_TESTS) as first:
        frame.may_leave(builder)
        last = minimum(builder, add(builder, first, BETWEEN_TESTS), high)
        with counted(frame, point, axis, (first, last)) as inner:
            yield inner


@contextmanager
def vectors(
    frame: Frame, point: Point, axis: int, span: tuple[Integer, Integer], lanes: int
) -> Iterator[Point]:
    """The innermost loop, over vectors along an axis; the last vector is masked."""
    low, high = span
    whole = isinstance(low, int) and isinstance(high, int) and (high - low) % lanes == 0
    with loop(frame.builder, low, high, lanes) as here:
        mask = None if whole else mask_up_to(frame, here, high, lanes)
        axes = {**point.axes, axis: here}
        yield Point(axes, axis, lanes, mask)


def each_vector(
    frame: Frame,
    point: Point,
    axis: int,
    span: tuple[Integer, Integer],
    lanes: int,
    body: Callable[[Point], None],
    widest: int = 0,
) -> None:
    """The innermost loop, as `vectors`: whole vectors without a mask, then a masked one if points
    are left, as AVX2 takes ten times as long for a masked store. Before them come vectors of
    `widest` lanes, of half as many, and so on, while they are whole.
    """
    low, high = span
    while widest > lanes:
        low = _whole_vectors(frame, point, axis, (low, high), widest, body)
        widest //= 2
    low = _whole_vectors(frame, point, axis, (low, high), lanes, body)

    def rest() -> None:
        mask = mask_up_to(frame, low, high, lanes)
        body(Point({**point.axes, axis: low}, axis, lanes, mask))

    if isinstance(low, int) and isinstance(high, int):
        if low < high:
            rest()
        return
    with frame.builder.if_then(frame.builder.icmp_signed("<", index(low), index(high))):
        rest()


def _whole_vectors(
    frame: Frame,
    point: Point,
    axis: int,
    span: tuple[Integer, Integer],
    lanes: int,
    body: Callable[[Point], None],
) -> Integer:
    """Emits a loop over the whole vectors of a span, and returns where they end."""
    builder, (low, high) = frame.builder, span
    middle: Integer
    if isinstance(low, int) and isinstance(high, int):
        middle = low + (high - low) // lanes * lanes
    else:
        middle = add(builder, low, builder.and_(index(subtract(builder, high, low)), index(-lanes)))
    if middle != low:
        with loop(builder, low, middle, lanes) as here:
            body(Point({**point.axes, axis: here}, axis, lanes))
    return middle


@contextmanager
def nest(
    frame: Frame,
    kernel: Kernel,
    axes: list[int],
    evaluators: list[Evaluator],
    point: Point | None = None,
) -> Iterator[Point]:
    """Loops over single points of several axes; evaluators emit the steps of each level."""
    point = point or Point({})
    with ExitStack() as stack:
        for evaluator in evaluators:
            evaluator.open(point, -1)
        for level, axis in enumerate(axes):
            point = stack.enter_context(counted(frame, point, axis, extent(frame, kernel, axis)))
            for evaluator in evaluators:
                evaluator.open(point, level)
        yield point


def store_all(frame: Frame, point: Point, kernel: Kernel, evaluator: Evaluator) -> None:
    """Writes the results that the kernel stores at a point."""
    for target in kernel.stores:
        value = evaluator.values[target.step]
        assert value is not None
        write(frame, point, target.access, value)


def emit_sweep(frame: Frame, kernel: Kernel) -> None:
    """Emits the steps at every point of the space, the last axis in vectors."""
    axes = list(range(len(kernel.space)))
    evaluator = Evaluator(frame, kernel.steps, tuple(axes))
    with nest(frame, kernel, axes[:-1], [evaluator]) as point:
        if not axes:
            store_all(frame, point, kernel, evaluator)
            return
        last = axes[-1]
        lanes = lane_count(frame, kernel.steps, kernel.space[last])

        def body(inner: Point) -> None:
            evaluator.open(inner, last)
            store_all(frame, inner, kernel, evaluator)

        span = extent(frame, kernel, last)
        each_vector(frame, point, last, span, lanes, body, _lanes_of_bits(frame, kernel))


def _lanes_of_bits(frame: Frame, kernel: Kernel) -> int:
    """The lanes for which random bits use whole registers: a counter has 64 bits, and 4 words."""
    has_bits = any(isinstance(step, Bits) for step in kernel.steps)
    return frame.machine.vector_bits // 8 if has_bits else 0


def variable(frame: Frame, kind: ir.Type) -> ir.Value:
    """Stack memory for a value that loops update."""
    with frame.builder.goto_entry_block():
        return frame.builder.alloca(kind)


def finish(frame: Frame, kernel: Kernel, point: Point, after: Evaluator, result: ir.Value) -> None:
    """Emits the steps that follow a root's result at a point, and stores their results."""
    after.result = continued(frame, kernel, point, result)
    after.open(point, ALL)
    store_all(frame, point, kernel, after)

"""Nests of loops, and the sweep: every place of a space, the last axis in vectors.

Leans on steps.py and frame.py. reductions.py, scattering.py and products.py build on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from steepest.engines.cpu import ir
from steepest.engines.cpu.emit.frame import Frame, Place, mask_up_to, write
from steepest.engines.cpu.emit.steps import ALL, Evaluator
from steepest.engines.cpu.ir.helpers import Integer, loop
from steepest.engines.cpu.loops.form import Kernel, Step
from steepest.engines.cpu.loops.spaces import Size


def extent(frame: Frame, kernel: Kernel, axis: int) -> tuple[Integer, Integer]:
    """The range of an axis that this worker visits."""
    share = kernel.share
    if axis == share.axis and share.kind in ("rows", "parts"):
        return frame.low, frame.high
    return 0, frame.number(kernel.space[axis])


def lane_count(frame: Frame, steps: tuple[Step, ...], size: Size) -> int:
    """How many places fill a vector: by the widest number at work, and by what there is."""
    widest = max((step.dtype.itemsize for step in steps if step.dtype.kind == "f"), default=4)
    most = frame.machine.vector_bits // (8 * max(widest, 4))
    if size.power:
        return most
    return min(most, max(4, 1 << (size.count - 1).bit_length()))  # two alone: see fitting_panel


@contextmanager
def counted(
    frame: Frame, place: Place, axis: int, span: tuple[Integer, Integer]
) -> Iterator[Place]:
    """One more loop, over single places of an axis."""
    with loop(frame.builder, *span) as here:
        yield replace(place, axes={**place.axes, axis: here})


@contextmanager
def vectors(
    frame: Frame, place: Place, axis: int, span: tuple[Integer, Integer], lanes: int
) -> Iterator[Place]:
    """The innermost loop, over vectors along an axis; the last one is masked."""
    low, high = span
    whole = isinstance(low, int) and isinstance(high, int) and (high - low) % lanes == 0
    with loop(frame.builder, low, high, lanes) as here:
        mask = None if whole else mask_up_to(frame, here, high, lanes)
        axes = {**place.axes, axis: here}
        yield Place(axes, axis, lanes, mask)


@contextmanager
def nest(
    frame: Frame,
    kernel: Kernel,
    axes: list[int],
    evaluators: list[Evaluator],
    place: Place | None = None,
) -> Iterator[Place]:
    """Loops over single places of several axes; each evaluator emits what a level settles."""
    place = place or Place({})
    with ExitStack() as stack:
        for evaluator in evaluators:
            evaluator.open(place, -1)
        for level, axis in enumerate(axes):
            place = stack.enter_context(counted(frame, place, axis, extent(frame, kernel, axis)))
            for evaluator in evaluators:
                evaluator.open(place, level)
        yield place


def store_all(frame: Frame, place: Place, kernel: Kernel, evaluator: Evaluator) -> None:
    """Write what the kernel keeps at a place."""
    for kept in kernel.stores:
        value = evaluator.values[kept.step]
        assert value is not None
        write(frame, place, kept.access, value)


def emit_sweep(frame: Frame, kernel: Kernel) -> None:
    """Every place of the space, the last axis in vectors."""
    axes = list(range(len(kernel.space)))
    evaluator = Evaluator(frame, kernel.steps, tuple(axes))
    with nest(frame, kernel, axes[:-1], [evaluator]) as place:
        if not axes:
            store_all(frame, place, kernel, evaluator)
            return
        last = axes[-1]
        lanes = lane_count(frame, kernel.steps, kernel.space[last])
        with vectors(frame, place, last, extent(frame, kernel, last), lanes) as inner:
            evaluator.open(inner, last)
            store_all(frame, inner, kernel, evaluator)


def variable(frame: Frame, kind: ir.Type) -> ir.Value:
    """Room for one value that loops carry on."""
    with frame.builder.goto_entry_block():
        return frame.builder.alloca(kind)


def finish(frame: Frame, kernel: Kernel, place: Place, after: Evaluator, result: ir.Value) -> None:
    """The steps behind a root's result at a place, and what is kept of them."""
    after.result = result
    after.open(place, ALL)
    store_all(frame, place, kernel, after)

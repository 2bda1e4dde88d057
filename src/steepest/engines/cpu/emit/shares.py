"""The share of a worker: where it begins and ends, and how long the worker was busy with it.

Workers have equal shares unless the table of numbers has bounds for as many workers as run: then a
slower core gets less. What is computed does not depend on them. A worker adds up its time in the
phases that are split finely enough, from one barrier to its arrival at the next, as if its share
of each had been exactly that of the bounds. Depends on spaces.py, costs.py and ir/.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from steepest.engines.cpu import ir
from steepest.engines.cpu.ir.helpers import INDEX, at, index, minimum
from steepest.engines.cpu.loops.costs import operations
from steepest.engines.cpu.loops.form import Kernel
from steepest.engines.cpu.loops.spaces import BOUNDS, BUSY, SHARED_BY, WHOLE

LEAST_UNITS = 8  # that a worker has of a phase whose time counts: fewer say little of its speed
USUAL_BATCH = 128  # assumed when arithmetic is counted
SLIGHT = 1 / 20  # of a phase's arithmetic, which the first worker may do alone
_FLOAT = ir.DoubleType()

Span = tuple[ir.Value, ir.Value]


def main_kernel(phase: Sequence[Kernel]) -> Kernel | None:
    """The kernel that takes most of a phase, if workers split it; None if one works alone."""
    if not phase:
        return None
    cost, main = max(((operations(k, USUAL_BATCH), k) for k in phase), key=itemgetter(0))
    alone = sum(operations(k, USUAL_BATCH) for k in phase if k.share.kind == "first")
    return main if main.share.splits and alone <= SLIGHT * cost else None


@dataclass(frozen=True)
class WorkersShare:
    """The part of a whole of `WHOLE` that is this worker's, in the code of `run`."""

    workers: ir.Value
    first: ir.Value
    stop: ir.Value

    def span(self, builder: ir.IRBuilder, size: ir.Value, unit: int) -> Span:
        """This worker's range of an axis, in units of so many elements."""
        units = builder.udiv(builder.add(size, index(unit - 1)), index(unit))
        ends = []
        for bound in (self.first, self.stop):
            share = builder.udiv(builder.mul(units, bound), index(WHOLE))
            ends.append(index(minimum(builder, builder.mul(share, index(unit)), size)))
        return ends[0], ends[1]

    def weight(self, builder: ir.IRBuilder, size: ir.Value, unit: int, span: Span) -> ir.Value:
        """The share by the bounds over that of a range: 0 if its axis has too few units."""
        own = builder.sub(span[1], span[0])
        wanted = builder.mul(size, builder.sub(self.stop, self.first))
        real = builder.mul(own, index(WHOLE))
        ratio = builder.fdiv(builder.sitofp(wanted, _FLOAT), builder.sitofp(real, _FLOAT))
        least = builder.mul(self.workers, index(LEAST_UNITS * unit))
        fine = builder.and_(
            builder.icmp_signed(">=", size, least), builder.icmp_signed(">", own, index(0))
        )
        return builder.select(fine, ratio, ir.Constant(_FLOAT, 0.0))


def own_share(
    builder: ir.IRBuilder, numbers: ir.Value, worker: ir.Value, workers: ir.Value
) -> WorkersShare:
    """Reads this worker's share, or computes an equal one if the bounds are for other workers."""
    shared_by = builder.load(at(builder, numbers, SHARED_BY, INDEX), typ=INDEX)
    given = builder.icmp_signed("==", shared_by, workers)
    ends = []
    for number in (worker, builder.add(worker, index(1))):
        equal = builder.udiv(
            builder.add(builder.mul(number, index(WHOLE)), builder.sub(workers, index(1))), workers
        )
        slot = builder.select(given, builder.add(number, index(BOUNDS)), index(BOUNDS))
        bound = builder.load(at(builder, numbers, slot, INDEX), typ=INDEX)
        ends.append(builder.select(given, bound, equal))
    return WorkersShare(workers, ends[0], ends[1])


class BusyTime:
    """The time that this worker computed, added up over the phases of a run."""

    def __init__(self, builder: ir.IRBuilder, triple: str) -> None:
        self.builder, self.triple = builder, triple
        self.total, self.since = builder.alloca(_FLOAT), builder.alloca(INDEX)
        builder.store(ir.Constant(_FLOAT, 0.0), self.total)
        builder.store(self._now(), self.since)

    def wait(
        self, barrier: ir.Function, arguments: list[ir.Value], weight: ir.Value | None
    ) -> None:
        """Waits at a barrier, after a phase whose time counts if it has a weight.

        A worker that had to sleep there counts as busy: another program had the core of one that it
        waited for, whose own time is as much longer. So neither looks faster.
        """
        builder = self.builder
        arrived = self._now()
        slept = builder.call(barrier, arguments)
        left = self._now()
        if weight is not None:
            end = builder.select(builder.icmp_signed("!=", slept, index(0)), left, arrived)
            taken = builder.sub(end, builder.load(self.since, typ=INDEX))
            time = builder.fmul(builder.sitofp(taken, _FLOAT), weight)
            total = builder.fadd(builder.load(self.total, typ=_FLOAT), time)
            builder.store(total, self.total)
        builder.store(left, self.since)

    def store(self, counter: ir.Value, worker: ir.Value) -> None:
        """Writes the sum behind the barrier's counter, in the place of this worker."""
        slot = self.builder.add(worker, index(BUSY))
        place = at(self.builder, counter, slot, _FLOAT)
        self.builder.store(self.builder.load(self.total, typ=_FLOAT), place)

    def _now(self) -> ir.Value:
        """A count that grows at the same rate on every core; 0 where reading one may be refused."""
        if self.triple.startswith(("x86", "i686", "amd64")):
            return self.builder.intrinsic("llvm.readcyclecounter", INDEX, [])
        return index(0)

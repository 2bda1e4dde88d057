"""Verifies the loop form: raises where it breaks the grammar or the race rule.

Depends on verify_kernels.py, verify_blocks.py and races.py. plan/verify.py applies it to plans;
users do not run it.

* Buffers are numbered by role and place, as the engine passes the arrays; every buffer that a
  kernel uses is declared.
* Kernels are well formed: see verify_kernels.py. No two have the same name.
* Values are written before they are read: scratch, private memory and outputs as a whole, in an
  earlier phase or by an earlier kernel of the phase. Outputs are written as a whole in every batch,
  and so is a variable that is written at all.
* No element is written twice in a batch, except over the constant that it was filled with.
* No variable is written before the guard is read, and all outputs are written by then.
* No kernel may stop in the phase of a write to a variable or later, nor in the guard's phase before
  the guard is read.
* No two workers use the same element within a phase: see races.py.
* A first phase in blocks of rows is as verify_blocks.py says.

It does not check the meaning: a load of another buffer of the same shape, with other numbers, is
legal. The agreement tests compare numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from steepest.core.dtype import int64
from steepest.engines.cpu.loops.form import Kernel, Loops
from steepest.engines.cpu.loops.races import (
    Dimension,
    Indices,
    Region,
    Use,
    overlap,
    race_faults,
    uses_of,
)
from steepest.engines.cpu.loops.spaces import BATCH, SHARES, Buffer, Size, product_of
from steepest.engines.cpu.loops.verify_blocks import block_faults
from steepest.engines.cpu.loops.verify_kernels import kernel_faults
from steepest.errors import SteepestError

Faults = Iterator[str]


class IllegalLoops(SteepestError, AssertionError):
    """The loop form breaks a rule: an error of steepest, not of its user."""


def verify_loops(loops: Loops) -> None:
    """Raises unless a loop form is legal.

    >>> from steepest.engines.cpu.plan import plan
    >>> import steepest as st
    >>> verify_loops(plan(st.trace(lambda x: x * 2.0, [st.TensorSpec((None, 3))])).loops)
    """
    raise_first(_faults(loops), loops)


def raise_first(faults: Faults, loops: Loops) -> None:
    """Raises an error with the first fault, if there is one, and the loop form."""
    for fault in faults:
        raise IllegalLoops(f"{fault}\n{loops}")


def _faults(loops: Loops) -> Faults:
    """All faults; the rules that other rules rely on come first."""
    declared = frozenset(loops.buffers)
    yield from _buffer_faults(loops.buffers)
    kernels = [kernel for phase in loops.phases for kernel in phase]
    names = [kernel.name for kernel in kernels]
    yield from (f"{name} names two kernels" for name in names if names.count(name) > 1)
    for kernel in kernels:
        yield from (f"{kernel.name}: {fault}" for fault in kernel_faults(kernel, declared))
    yield from block_faults(loops)
    yield from _order_faults(loops.buffers, kernels)
    yield from _stop_faults(loops)
    for number, phase in enumerate(loops.phases):
        yield from (f"phase {number}: {fault}" for fault in race_faults(phase))


# ---------------------------------------------------------------- buffers


def _buffer_faults(buffers: tuple[Buffer, ...]) -> Faults:
    """Faults of the numbering by which the engine passes arrays, role by role."""
    if len(set(buffers)) < len(buffers):
        yield "a buffer is declared twice"
    for role in ("input", "state", "constant", "scratch", "private", "block", "output"):
        places = [buffer.place for buffer in buffers if buffer.role == role]
        if places != list(range(len(places))):
            yield f"the places of {role} buffers are {places}, not 0, 1, 2, ..."
    inputs = [buffer for buffer in buffers if buffer.role == "input"]
    last = max((number for number, b in enumerate(buffers) if b.role == "input"), default=-1)
    for number, buffer in enumerate(buffers):
        if buffer.stored != "dense" and (buffer.role != "input" or len(buffer.shape) != 2):
            yield f"{buffer.name} is stored as sparse rows but is no input matrix"
        if buffer.is_partition:
            yield from _partition_faults(buffer, inputs, after=number > last)


def _partition_faults(buffer: Buffer, inputs: list[Buffer], after: bool) -> Faults:
    size = BATCH if buffer.role == "middles" else Size(SHARES + 1)
    if buffer.shape != (size,) or buffer.dtype != int64:
        yield f"{buffer.name} does not hold {size} numbers of dtype int64"
    if not 0 <= buffer.place < len(inputs) or inputs[buffer.place].stored == "dense":
        yield f"{buffer.name} belongs to no sparse input"
    if not after:
        yield f"{buffer.name} is listed before an input"


# ---------------------------------------------------------------- written before read


@dataclass
class _Written:
    """The parts of one buffer that have been written so far in a batch."""

    buffer: Buffer
    uses: list[Use] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether every element was written: by one kernel, or by several with adjacent parts."""
        if not product_of(self.buffer.shape).count:
            return True
        regions = [use.region for use in self.uses]
        return any(not _partial(region) for region in regions) or _are_complete(regions)

    def again(self, use: Use) -> Use | None:
        """An earlier write of an element of a use, unless it was a fill."""
        met = (old for old in self.uses if not old.fills and overlap(old.region, use.region))
        return next(met, None)


def _partial(region: Region) -> list[Dimension]:
    """The dimensions along which a region lacks indices."""
    return [d for d, indices in region.items() if not indices.are_all_of(d.size)]


def _are_complete(regions: list[Region]) -> bool:
    """Whether regions that lack indices along one dimension have all of them together."""
    pieces: dict[tuple[Dimension, frozenset[Dimension]], list[Indices]] = {}
    for region in regions:
        lacking = _partial(region)
        if len(lacking) == 1:
            pieces.setdefault((lacking[0], frozenset(region)), []).append(region[lacking[0]])
    return any(_cover(found, key[0].size) for key, found in pieces.items())


def _cover(pieces: list[Indices], size: Size) -> bool:
    """Whether sorted ranges have every index of a dimension once."""
    end = 0
    for piece in sorted(pieces, key=lambda piece: piece.start):
        last = piece.highest
        if piece.lowest != end or last is None or (piece.step != 1 and last != end):
            return False
        end = last + 1
    return size == Size(end)


def _order_faults(buffers: tuple[Buffer, ...], kernels: list[Kernel]) -> Faults:
    """Faults of order: reads before writes, repeated writes, updates before the guard is read."""
    written = {buffer: _Written(buffer) for buffer in buffers}
    guards = [number for number, kernel in enumerate(kernels) if kernel.guards is not None]
    if len(guards) > 1:
        yield "two kernels read the guard"
    outputs = [buffer for buffer in buffers if buffer.role == "output"]
    for number, kernel in enumerate(kernels):
        for use in uses_of(kernel):
            yield from _use_faults(use, written, guards and number <= guards[0])
        if number in guards:
            yield from _missing(written, outputs, "when the guard is read")
    needed = [b for b in buffers if b.role in ("output", "scratch", "private", "block")]
    needed += [b for b in buffers if b.role == "state" and written[b].uses]
    yield from _missing(written, needed, "in a batch")


def _stop_faults(loops: Loops) -> Faults:
    """Faults of kernels that may stop: all workers must leave, and nothing must have changed."""
    changed = False
    for phase in loops.phases:
        stores = [store for kernel in phase for store in kernel.stores]
        changed = changed or any(store.access.buffer.role == "state" for store in stores)
        guarded = any(kernel.guards is not None for kernel in phase)
        for kernel in phase:
            if kernel.may_stop and changed:
                yield f"{kernel.name} may stop after a variable was written"
            if kernel.may_stop and guarded:
                yield f"{kernel.name} may stop before the guard is read"
            guarded = guarded and kernel.guards is None


def _missing(written: dict[Buffer, _Written], buffers: list[Buffer], when: str) -> Faults:
    for buffer in buffers:
        if not written[buffer].whole:
            yield f"{buffer.role} {buffer.name} is not written as a whole {when}"


def _use_faults(use: Use, written: dict[Buffer, _Written], guarded: object) -> Faults:
    buffer = use.buffer
    if not use.writes:
        computed = buffer.role in ("scratch", "private", "block", "output")
        if computed and not written[buffer].whole:
            yield f"{use}: it is not written as a whole before"
        return
    before = written[buffer].again(use)
    if before is not None:
        yield f"{use}: {before.kernel.name} has written there before"
    if buffer.role == "state" and guarded:
        yield f"{use}: before the guard is read"
    written[buffer].uses.append(use)

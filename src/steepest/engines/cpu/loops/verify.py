"""The verifier of the loop form: raises where a plan breaks the grammar or the race rule.

Leans on verify_kernels.py and races.py. Tests run it on every plan that is made (`plan.CHECKS`), so
that a planner's fault is found where it is made, not in a wrong number later. Users do not run it.

* Buffers are numbered by role and place as the engine hands arrays over; every buffer that a kernel
  touches is declared.
* Kernels are well formed: see verify_kernels.py. Their names are those of functions, each once.
* What a kernel computes is written before it is read: scratch, private memory and outputs as a
  whole, in an earlier phase or by an earlier kernel of the phase. Outputs are written as a whole in
  every batch, and so is a variable that is written at all.
* No element is written twice in a batch, save over a constant that it was filled with.
* No variable is written before the guard was looked at, and the outputs are there by then.
* No two workers meet at an element within a phase: see races.py.
* The buffers are those of the graph: its inputs, variables, outputs and constants; what is updated
  is written, and nothing else.

It does not say that a kernel computes what the graph means: a load of another buffer of the same
shape, which holds other numbers, is legal. The agreement tests compare numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from steepest.core.dtype import int64
from steepest.core.primitives import Shape
from steepest.engines.cpu.kernels.partition import SHARES
from steepest.engines.cpu.loops.form import Kernel, Loops
from steepest.engines.cpu.loops.spaces import Buffer, Size, product_of, size_of
from steepest.engines.cpu.plan import Plan
from steepest.engines.cpu.races import (
    Dimension,
    Indices,
    Region,
    Use,
    overlap,
    race_faults,
    uses_of,
)
from steepest.engines.cpu.verify_kernels import BATCH, kernel_faults
from steepest.errors import SteepestError
from steepest.program.graph import Graph

Faults = Iterator[str]


class IllegalLoops(SteepestError, AssertionError):
    """A loop form that breaks a rule: a fault of steepest, not of its user."""


def verify_plan(plan: Plan) -> None:
    """Raise unless a plan is legal and has the buffers of its graph.

    >>> import steepest as st
    >>> from steepest.engines.cpu.plan import plan
    >>> verify_plan(plan(st.trace(lambda x: x * 2.0 + 1.0, [st.TensorSpec((None, 3))])))
    """
    verify_loops(plan.loops)
    _raise_first(_graph_faults(plan), plan.loops)


def verify_loops(loops: Loops) -> None:
    """Raise unless a loop form is legal by itself."""
    _raise_first(_faults(loops), loops)


def _raise_first(faults: Faults, loops: Loops) -> None:
    for fault in faults:
        raise IllegalLoops(f"{fault}\n{loops}")


def _faults(loops: Loops) -> Faults:
    """All that is wrong, the rules that others rely on first."""
    declared = frozenset(loops.buffers)
    yield from _buffer_faults(loops.buffers)
    kernels = [kernel for phase in loops.phases for kernel in phase]
    names = [kernel.name for kernel in kernels]
    yield from (f"{name} names two kernels" for name in names if names.count(name) > 1)
    for kernel in kernels:
        yield from (f"{kernel.name}: {fault}" for fault in kernel_faults(kernel, declared))
    yield from _order_faults(loops.buffers, kernels)
    for number, phase in enumerate(loops.phases):
        yield from (f"phase {number}: {fault}" for fault in race_faults(phase))


# ---------------------------------------------------------------- buffers


def _buffer_faults(buffers: tuple[Buffer, ...]) -> Faults:
    """Whether arrays find their places: they are handed over role by role, in order."""
    if len(set(buffers)) < len(buffers):
        yield "a buffer is declared twice"
    for role in ("input", "state", "constant", "scratch", "private", "output"):
        places = [buffer.place for buffer in buffers if buffer.role == role]
        if places != list(range(len(places))):
            yield f"the places of {role} buffers are {places}, not 0, 1, 2, ..."
    inputs = [buffer for buffer in buffers if buffer.role == "input"]
    last = max((number for number, b in enumerate(buffers) if b.role == "input"), default=-1)
    for number, buffer in enumerate(buffers):
        if buffer.stored != "dense" and (buffer.role != "input" or len(buffer.shape) != 2):
            yield f"{buffer.name} is stored as sparse rows but is no matrix of the caller's"
        if buffer.is_deal:
            yield from _deal_faults(buffer, inputs, behind=number > last)


def _deal_faults(buffer: Buffer, inputs: list[Buffer], behind: bool) -> Faults:
    size = BATCH if buffer.role == "middles" else Size(SHARES + 1)
    if buffer.shape != (size,) or buffer.dtype != int64:
        yield f"{buffer.name} does not hold {size} numbers of kind int64"
    if not 0 <= buffer.place < len(inputs) or inputs[buffer.place].stored == "dense":
        yield f"{buffer.name} tells of no sparse input"
    if not behind:
        yield f"{buffer.name} stands before an input"


# ---------------------------------------------------------------- written before read


@dataclass
class _Written:
    """What was written of one buffer so far in a batch."""

    buffer: Buffer
    uses: list[Use] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether every element was: by one kernel, or by several side by side."""
        if not product_of(self.buffer.shape).count:
            return True
        regions = [use.region for use in self.uses]
        return any(not _partial(region) for region in regions) or _side_by_side(regions)

    def again(self, use: Use) -> Use | None:
        """What wrote an element of a use before, unless it was a fill."""
        met = (old for old in self.uses if not old.fills and overlap(old.region, use.region))
        return next(met, None)


def _partial(region: Region) -> list[Dimension]:
    """The dimensions along which a region has not all indices."""
    return [d for d, indices in region.items() if not indices.are_all_of(d.size)]


def _side_by_side(regions: list[Region]) -> bool:
    """Whether regions that lack indices of one dimension alone have them all between them."""
    pieces: dict[tuple[Dimension, frozenset[Dimension]], list[Indices]] = {}
    for region in regions:
        lacking = _partial(region)
        if len(lacking) == 1:
            pieces.setdefault((lacking[0], frozenset(region)), []).append(region[lacking[0]])
    return any(_follow_on(found, key[0].size) for key, found in pieces.items())


def _follow_on(pieces: list[Indices], size: Size) -> bool:
    """Whether ranges, put in order, have every index once."""
    end = 0
    for piece in sorted(pieces, key=lambda piece: piece.start):
        last = piece.highest
        if piece.lowest != end or last is None or (piece.step != 1 and last != end):
            return False
        end = last + 1
    return size == Size(end)


def _order_faults(buffers: tuple[Buffer, ...], kernels: list[Kernel]) -> Faults:
    """Whether values are there before they are read, once each, and the guard before updates."""
    written = {buffer: _Written(buffer) for buffer in buffers}
    guards = [number for number, kernel in enumerate(kernels) if kernel.guards is not None]
    if len(guards) > 1:
        yield "the guard is looked at twice"
    outputs = [buffer for buffer in buffers if buffer.role == "output"]
    for number, kernel in enumerate(kernels):
        for use in uses_of(kernel):
            yield from _use_faults(use, written, guards and number <= guards[0])
        if number in guards:
            yield from _missing(written, outputs, "when the guard is looked at")
    needed = [b for b in buffers if b.role in ("output", "scratch", "private")]
    needed += [b for b in buffers if b.role == "state" and written[b].uses]
    yield from _missing(written, needed, "in a batch")


def _missing(written: dict[Buffer, _Written], buffers: list[Buffer], when: str) -> Faults:
    for buffer in buffers:
        if not written[buffer].whole:
            yield f"{buffer.role} {buffer.name} is not written as a whole {when}"


def _use_faults(use: Use, written: dict[Buffer, _Written], guarded: object) -> Faults:
    buffer = use.buffer
    if not use.writes:
        if buffer.role in ("scratch", "private", "output") and not written[buffer].whole:
            yield f"{use}: it is not written as a whole before"
        return
    before = written[buffer].again(use)
    if before is not None:
        yield f"{use}: {before.kernel.name} has written there before"
    if buffer.role == "state" and guarded:
        yield f"{use}: before the guard is looked at"
    written[buffer].uses.append(use)


# ---------------------------------------------------------------- against the graph


def _graph_faults(plan: Plan) -> Faults:
    graph, buffers = plan.graph, plan.loops.buffers
    for role, nodes in (
        ("input", graph.inputs),
        ("state", graph.variables),
        ("output", graph.outputs),
    ):
        found = [(buffer.dtype, buffer.shape) for buffer in buffers if buffer.role == role]
        if found != [(node.dtype, _sizes(node.shape)) for node in nodes]:
            yield f"the {role} buffers are not those of the graph"
    kept = [(b.dtype, b.shape) for b in buffers if b.role == "constant"]
    if kept != [(array.dtype, _sizes(array.shape)) for array in plan.constants]:
        yield "the constant buffers are not the constants of the plan"
    yield from _update_faults(graph, [kernel for phase in plan.loops.phases for kernel in phase])


def _update_faults(graph: Graph, kernels: list[Kernel]) -> Faults:
    stored = [store.access.buffer for kernel in kernels for store in kernel.stores]
    slots = {buffer.place for buffer in stored if buffer.role == "state"}
    if slots != {slot for slot, _ in graph.updates}:
        yield f"variables {sorted(slots)} are written, {len(graph.updates)} are updated"
    if (graph.guard is None) == any(kernel.guards is not None for kernel in kernels):
        yield "the graph has a guard where the loops have none, or the other way round"


def _sizes(shape: Shape) -> tuple[Size, ...]:
    return tuple(map(size_of, shape))

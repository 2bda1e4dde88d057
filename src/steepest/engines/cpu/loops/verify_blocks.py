"""The rules of a first phase in blocks of rows, which `Loops` defines.

* Kernels of groups are in the first phase; each sums the rows of a group into memory of its own.
* Other kernels of that phase, but those of rows, run before its blocks: they come first and visit
  no axis of the batch. None reads the guard.
* Memory of a block is used in that phase, by kernels of rows and groups, at the row they visit.

Depends on the loop form. Each function yields faults as text.
"""

from __future__ import annotations

from collections.abc import Iterator

from steepest.engines.cpu.loops.costs import reads
from steepest.engines.cpu.loops.form import Kernel, Loops, Product, Reduce, Result
from steepest.engines.cpu.loops.spaces import BATCH, GROUPS, Access, Buffer, Coordinate

Faults = Iterator[str]
_INSIDE = ("rows", "groups")


def block_faults(loops: Loops) -> Faults:
    """The faults of blocks in a loop form; one without blocks must not use their memory."""
    for buffer in loops.buffers:
        if buffer.role == "block":
            yield from _memory_faults(buffer, loops.in_blocks)
    for number, phase in enumerate(loops.phases):
        for kernel in phase:
            faults = _kernel_faults(kernel, loops.in_blocks and number == 0)
            yield from (f"{kernel.name}: {fault}" for fault in faults)
    if loops.in_blocks:
        yield from _first_phase_faults(loops.phases[0])


def _memory_faults(buffer: Buffer, in_blocks: bool) -> Faults:
    if not in_blocks:
        yield f"{buffer.name} is memory of a block, and there are no blocks"
    if buffer.shape[:1] != (BATCH,) or any(size.power for size in buffer.shape[1:]):
        yield f"{buffer.name} has no rows of a block"


def _first_phase_faults(phase: tuple[Kernel, ...]) -> Faults:
    inside = False
    for kernel in phase:
        inside = inside or kernel.share.kind in _INSIDE
        if kernel.guards is not None:
            yield f"{kernel.name} reads the guard in the phase of the blocks"
        if kernel.share.kind in _INSIDE:
            continue
        if inside:
            yield f"{kernel.name} runs before the blocks but comes after them"
        if any(size.power for size in kernel.space):
            yield f"{kernel.name} visits the batch outside of the blocks"


def _kernel_faults(kernel: Kernel, may: bool) -> Faults:
    if kernel.share.kind == "groups":
        yield from _group_faults(kernel, may)
    axis = {"rows": 0, "groups": len(kernel.space)}.get(kernel.share.kind)
    for access in (*reads(kernel), *(store.access for store in kernel.stores)):
        if access.buffer.role == "block" and not (may and _is_own_row(access, axis)):
            yield f"{access} is not the row of the block that it visits"


def _is_own_row(access: Access, axis: int | None) -> bool:
    if axis is None or access.shape[:1] != (BATCH,):
        return False
    single = not any(size.power for size in access.shape[1:])
    return single and access.coordinates[0] == Coordinate(axis)


def _group_faults(kernel: Kernel, may: bool) -> Faults:
    root = kernel.root
    if not may:
        yield "groups are summed in the first phase alone"
    if (kernel.share.axis, kernel.space[:1]) != (0, (GROUPS,)):
        yield "groups are axis 0, and as many as the batch has"
    over = (root.over,) if isinstance(root, Product) else getattr(root, "over", ())
    adds = isinstance(root, Product) or (isinstance(root, Reduce) and root.op == "sum")
    if not adds or over != (BATCH,):
        yield "what is computed for groups is a sum over the batch"
    if len(kernel.steps) != 1 or not isinstance(kernel.steps[0], Result):
        yield "the sum of a group is stored as it is"
    stored = [store.access for store in kernel.stores]
    own = tuple(Coordinate(axis) for axis in range(len(kernel.space)))
    if [(access.shape, access.coordinates) for access in stored] != [(kernel.space, own)]:
        yield "the sums of groups have memory of their own"

"""Each rule of a first phase in blocks of rows, broken alone in the form of a training step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from steepest.engines.cpu.loops.form import Kernel, Load, Loops
from steepest.engines.cpu.loops.spaces import BATCH, Access, Size
from steepest.engines.cpu.loops.verify_blocks import block_faults
from steepest.engines.cpu.plan import plan
from steepest.program.passes import clean
from tests.engines.cpu.plan.test_verify import small_net

SOUND = plan(clean(small_net()), long=True).loops
FIRST, LATER = SOUND.phases[0], SOUND.phases[1:]
ROWS, SUMS = ([k for k in FIRST if k.share.kind == kind] for kind in ("rows", "groups"))
ALONE = next(k for phase in LATER for k in phase if k.share.kind not in ("rows", "groups"))
"""A kernel that visits no axis of the batch."""
BLOCK = next(buffer for buffer in SOUND.buffers if buffer.role == "block")
READS = next(
    load.access
    for kernel in FIRST
    for load in kernel.steps
    if isinstance(load, Load) and load.access.buffer.role == "block"
)


def with_first(*kernels: Kernel) -> Loops:
    return replace(SOUND, phases=(kernels, *LATER))


def instead(old: Kernel, **changes: object) -> Loops:
    return with_first(*(replace(k, **changes) if k is old else k for k in FIRST))


def with_block(**changes: object) -> Loops:
    changed = replace(BLOCK, **changes)
    return replace(SOUND, buffers=tuple(changed if b is BLOCK else b for b in SOUND.buffers))


def test_what_the_rules_allow() -> None:
    assert list(block_faults(SOUND)) == []
    assert list(block_faults(with_first(ALONE, ALONE, *FIRST))) == []


FAULTS: dict[str, Callable[[], Loops]] = {
    "runs before the blocks but comes after them": lambda: with_first(*FIRST, ALONE),
    "visits the batch outside of the blocks": lambda: with_first(
        replace(ALONE, space=(BATCH,)), *FIRST
    ),
    "reads the guard in the phase of the blocks": lambda: instead(ROWS[0], guards=READS),
    "has no rows of a block": lambda: with_block(shape=(Size(7), *BLOCK.shape[1:])),
    "and there are no blocks": lambda: replace(SOUND, phases=LATER),
    "groups are summed in the first phase alone": lambda: replace(
        SOUND, phases=(FIRST, (*LATER[0], SUMS[0]), *LATER[1:])
    ),
    "the sums of groups have memory of their own": lambda: instead(SUMS[0], stores=()),
    "groups are axis 0, and as many as the batch has": lambda: instead(
        SUMS[0], space=(Size(2), *SUMS[0].space[1:])
    ),
    "the sum of a group is stored as it is": lambda: instead(SUMS[0], steps=()),
    "is a sum over the batch": lambda: instead(SUMS[0], root=ROWS[0].root),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_rule_is_named(fault: str) -> None:
    assert any(fault in found for found in block_faults(FAULTS[fault]()))


@pytest.mark.parametrize("kernels", [(ROWS[0], ALONE, SUMS[0]), (SUMS[0], ALONE)])
def test_a_kernel_after_the_first_of_the_blocks_is_a_fault(kernels: tuple[Kernel, ...]) -> None:
    (fault,) = block_faults(with_first(*kernels))
    assert fault == f"{ALONE.name} runs before the blocks but comes after them"


def test_rows_of_another_block_are_not_read_outside_of_it() -> None:
    def moved(access: Access) -> Access:
        first = replace(access.coordinates[0], start=1)
        return replace(access, coordinates=(first, *access.coordinates[1:]))

    reader = next(k for k in FIRST if any(getattr(s, "access", None) is READS for s in k.steps))
    steps = tuple(
        replace(s, access=moved(READS)) if getattr(s, "access", None) is READS else s
        for s in reader.steps
    )
    (fault,) = block_faults(instead(reader, steps=steps))
    assert fault.endswith("is not the row of the block that it visits")

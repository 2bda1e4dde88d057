"""Real plans, changed wherever a change is always wrong: the verifier of the loop form finds each.

A barrier is dropped, a kernel is lost or comes too early, work is shared otherwise, a value is
stored where another one belongs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.engines.cpu.loops.costs import reads
from steepest.engines.cpu.loops.form import BatchSize, Kernel, Load, Position, Share
from steepest.engines.cpu.loops.spaces import Size, Stored
from steepest.engines.cpu.loops.verify import IllegalLoops
from steepest.engines.cpu.plan import Plan, plan
from steepest.engines.cpu.plan.verify import verify_plan
from steepest.program.graph import Graph
from steepest.program.passes import clean
from steepest.program.trace import TensorSpec, guard, record
from tests.agreement.test_training_steps import Adam, crossentropy, dense_net, training_step
from tests.engines.cpu.run.test_threads import normalised

FIRST, EVERYONE = Share("first"), Share("everyone")


def guarded() -> Graph:
    """A guard, an update that waits for it, a swap of two variables, an output that is read."""
    one, two = st.Variable(np.arange(100.0)), st.Variable(np.arange(100.0) * 2)
    total = st.Variable(0.0)

    def step(x: st.Tensor) -> list[st.Tensor]:
        first, second = one.read_value(), two.read_value()
        one.assign(second)
        two.assign(first)
        guard(st.reduce_all(x < 9.0))
        total.assign_add(st.reduce_sum(x))
        doubled = x * 2.0
        return [doubled, st.reduce_sum(doubled, 1), total.value]

    return record(step, [TensorSpec((None, 20))]).graph


def assembled() -> Graph:
    """concat, pad, cumsum, gather and scatter_add."""
    table = st.Variable(np.random.default_rng(0).standard_normal((30, 12)).astype(np.float32))

    def step(x: st.Tensor, n: st.Tensor) -> list[st.Tensor]:
        with st.GradientTape() as tape:
            rows = st.gather(table, n)
            both = st.concat([rows, x, rows * 2.0], axis=1)
            running = st.cumsum(both, axis=1)
            loss = st.reduce_mean(running * st.random.normal((1, 30)))
        table.assign(table - tape.gradient(loss, table))
        return [both, st.pad(x, [(0, 0), (2, 3)]), loss]

    return record(step, [TensorSpec((None, 6)), TensorSpec((None,), "int64")]).graph


def small_net() -> Graph:
    variables = dense_net((13, 20, 5), "float32")
    step = training_step(variables, crossentropy, Adam(variables), st.nn.relu)
    return record(step, [TensorSpec((None, 13)), TensorSpec((None,), "int64")]).graph


PROGRAMS: dict[str, tuple[Callable[[], Graph], tuple[Stored, ...] | None]] = {
    "a classifier": (small_net, None),
    "a classifier of sparse rows": (small_net, ("sparse", "dense")),
    "a classifier of rows of ones": (small_net, ("ones", "dense")),
    "a classifier in blocks of rows": (small_net, None),
    "statistics of the batch": (lambda: normalised()[0], None),
    "a guard": (guarded, None),
    "values put together": (assembled, None),
}


@cache
def planned(name: str) -> Plan:
    make, storage = PROGRAMS[name]
    return plan(clean(make()), storage, long="in blocks" in name)


Mutants = Iterator[tuple[str, Plan]]


def with_phases(made: Plan, phases: Any) -> Plan:
    loops = replace(made.loops, phases=tuple(tuple(phase) for phase in phases))
    return replace(made, loops=loops)


def exchanged(made: Plan, kernel: Kernel, *instead: Kernel) -> Plan:
    """The plan with one kernel replaced by others, or removed."""
    return with_phases(
        made,
        [
            [new for k in phase for new in (instead if k is kernel else [k])]
            for phase in made.loops.phases
        ],
    )


def kernels_of(made: Plan) -> list[Kernel]:
    return [kernel for phase in made.loops.phases for kernel in phase]


def fills(made: Plan, kernel: Kernel) -> bool:
    """Whether a kernel writes over zeros: what it leaves out is legal, if not what was meant."""
    stored = [store.access.buffer for store in kernel.stores]
    return any(
        other is not kernel
        and other.name.endswith("zeros")
        and other.stores[0].access.buffer in stored
        for other in kernels_of(made)
    )


def missing_barriers(made: Plan) -> Mutants:
    phases = made.loops.phases
    for place in range(len(phases) - 1):
        joined = (*phases[:place], phases[place] + phases[place + 1], *phases[place + 2 :])
        yield f"phases {place} and {place + 1} in one", with_phases(made, joined)


def missing_kernels(made: Plan) -> Mutants:
    for kernel in kernels_of(made):
        if not fills(made, kernel):
            yield f"without {kernel.name}", exchanged(made, kernel)


def kernels_out_of_order(made: Plan) -> Mutants:
    """A kernel that reads a value comes before the one that computes it."""
    for number, phase in enumerate(made.loops.phases):
        for early, writer in enumerate(phase):
            held = {s.access.buffer for s in writer.stores if s.access.buffer.role != "state"}
            for late in range(early + 1, len(phase)):
                if held & {access.buffer for access in reads(phase[late])}:
                    order = [*phase]
                    order[early], order[late] = order[late], order[early]
                    phases = [*made.loops.phases]
                    phases[number] = tuple(order)
                    yield f"{phase[late].name} before {writer.name}", with_phases(made, phases)


def other_shares(made: Plan) -> Mutants:
    """Split kernels run by everyone, rows split by another axis, private values by one worker."""
    for kernel in kernels_of(made):
        wrong = {"everyone": (FIRST,), "first": (EVERYONE,)}
        for share in wrong.get(kernel.share.kind, (EVERYONE, Share("parts", 7))):
            yield (
                f"{kernel.name} shared as {share}",
                exchanged(made, kernel, replace(kernel, share=share)),
            )


def smaller_spaces(made: Plan) -> Mutants:
    for kernel in kernels_of(made):
        for axis, size in enumerate(kernel.space):
            if not fills(made, kernel) and size != Size(1):
                less = Size(size.count - 1, size.power)
                space = (*kernel.space[:axis], less, *kernel.space[axis + 1 :])
                yield (
                    f"{kernel.name}: {space}",
                    exchanged(made, kernel, replace(kernel, space=space)),
                )


def other_targets(made: Plan) -> Mutants:
    """A value is stored in the buffer of another one of the same form."""
    for kernel in kernels_of(made):
        for place, store in enumerate(kernel.stores):
            for buffer in made.loops.buffers:
                old = store.access.buffer
                alike = (buffer.shape, buffer.dtype) == (old.shape, old.dtype)
                if alike and buffer is not old and not fills(made, kernel):
                    moved = replace(store, access=replace(store.access, buffer=buffer))
                    stores = (*kernel.stores[:place], moved, *kernel.stores[place + 1 :])
                    new = replace(kernel, stores=stores)
                    yield f"{kernel.name} stores into {buffer.name}", exchanged(made, kernel, new)


def other_steps(made: Plan) -> Mutants:
    """A step of another dtype; a load one element further on; a store of another step."""
    for kernel in kernels_of(made):
        for number, step in enumerate(kernel.steps):
            for what, new in wrong_steps(kernel, step):
                steps = (*kernel.steps[:number], new, *kernel.steps[number + 1 :])
                mutant_name = f"{kernel.name}, t{number}: {what}"
                yield mutant_name, exchanged(made, kernel, replace(kernel, steps=steps))


def wrong_steps(kernel: Kernel, step: Any) -> Iterator[tuple[str, Any]]:
    if not (isinstance(step, (BatchSize, Position)) or getattr(step, "op", "") == "cast"):
        yield "another dtype", replace(step, dtype=np.dtype("float16"))
    if isinstance(step, Load):
        for axis, (one, size) in enumerate(
            zip(step.access.coordinates, step.access.shape, strict=True)
        ):
            if one.axis is not None and kernel.space[one.axis] == size:
                at_fault = replace(one, start=1)
                coordinates = (
                    *step.access.coordinates[:axis],
                    at_fault,
                    *step.access.coordinates[axis + 1 :],
                )
                yield (
                    f"{at_fault}",
                    replace(step, access=replace(step.access, coordinates=coordinates)),
                )


def missing_buffers(made: Plan) -> Mutants:
    buffers = made.loops.buffers
    for buffer in buffers:
        rest = tuple(other for other in buffers if other is not buffer)
        yield f"without {buffer.name}", replace(made, loops=replace(made.loops, buffers=rest))


def missing_guards(made: Plan) -> Mutants:
    for kernel in kernels_of(made):
        if kernel.guards is not None:
            yield "without the guard", exchanged(made, kernel, replace(kernel, guards=None))


MUTATIONS = (
    missing_barriers,
    missing_kernels,
    kernels_out_of_order,
    other_shares,
    smaller_spaces,
    other_targets,
    other_steps,
    missing_buffers,
    missing_guards,
)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_change_of_a_real_plan_is_found(name: str, mutation: Callable[[Plan], Mutants]) -> None:
    made = planned(name)
    verify_plan(made)
    missed = [mutant_name for mutant_name, mutant in mutation(made) if is_legal(mutant)]
    assert missed == []


def test_every_mutation_changes_some_plan() -> None:
    for mutation in MUTATIONS:
        assert any(True for name in PROGRAMS for _ in mutation(planned(name))), mutation.__name__


def is_legal(made: Plan) -> bool:
    try:
        verify_plan(made)
    except IllegalLoops:
        return False
    return True

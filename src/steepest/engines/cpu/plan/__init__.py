"""Plans a graph: the passes that turn it into the loop form, in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from steepest.engines.cpu.loops.form import Loops
from steepest.engines.cpu.loops.spaces import Stored, all_dense
from steepest.engines.cpu.plan.blocks import in_blocks
from steepest.engines.cpu.plan.fusing import fuse
from steepest.engines.cpu.plan.halving import halve_sparse_products
from steepest.engines.cpu.plan.lowering import lower, named
from steepest.engines.cpu.plan.normal import normal_form
from steepest.engines.cpu.plan.sharing import facts_of, has_split_columns
from steepest.engines.cpu.plan.stopping import stoppable
from steepest.program.graph import Graph


@dataclass(frozen=True)
class Plan:
    """The loop form of a graph, and the constant arrays that it reads."""

    graph: Graph
    loops: Loops
    constants: tuple[np.ndarray, ...]


CHECKS: list[Callable[[Plan], None]] = []  # called with every plan made; tests enter a verifier


def plan(
    graph: Graph,
    storage: tuple[Stored, ...] | None = None,
    interruptible: bool = False,
    long: bool = False,
) -> Plan:
    """The plan of a program with its inputs stored as given, one word for each.

    An interruptible one computes all gradients before it writes a variable, so that it can stop
    within a batch; it takes more memory, and a little more time, to store the gradients. One for
    `long` batches splits rows, not columns, and computes them in blocks if the program allows it.

    >>> import steepest as st
    >>> print(plan(st.trace(lambda x: x * 2.0 + 1.0, [st.TensorSpec((None, 3))])).loops)
    input x0: float32[batch, 3]
    output out0: float32[batch, 3]
    phase 0
      p0k0_add: rows of i0 for i0 < batch, i1 < 3
        t0 = x0[i0, i1]
        t1 = 2.0
        t2 = multiply(t0, t1)
        t3 = 1.0
        t4 = add(t2, t3)
        out0[i0, i1] <- t4
    """
    stored = storage or all_dense(len(graph.inputs))
    made = _phase_by_phase(graph, stored, interruptible and not long, by_rows=long)
    if long:
        divided = in_blocks(made.loops)
        if divided is not None:
            made = replace(made, loops=divided)
        elif interruptible:
            made = _phase_by_phase(graph, stored, interruptible, by_rows=True)
    if interruptible:
        made = replace(made, loops=stoppable(made.loops))
    for check in CHECKS:
        check(made)
    return made


def differs_if_long(loops: Loops) -> bool:
    """Whether the plan of long batches is another one, given that of others."""
    kernels = (kernel for phase in loops.phases for kernel in phase)
    return any(map(has_split_columns, kernels)) or in_blocks(loops) is not None


def _phase_by_phase(
    graph: Graph, stored: tuple[Stored, ...], interruptible: bool, by_rows: bool
) -> Plan:
    facts = facts_of(normal_form(graph, stored, interruptible), by_rows)
    memory, phases = lower(graph, fuse(facts, interruptible), stored)
    phases = named(halve_sparse_products(memory, phases))
    constants = tuple(np.ascontiguousarray(node.params["value"]) for node in memory.constants)
    loops = Loops(tuple(memory.buffers), tuple(tuple(kernels) for kernels in phases))
    return Plan(graph, loops, constants)

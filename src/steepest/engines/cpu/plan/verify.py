"""Verifies a plan: its loop form is legal, and its buffers are those of the graph.

Depends on loops/verify.py. Tests verify every plan that is made (`plan.CHECKS`), so that an error
of the planner is found there and not in a wrong number later. Users do not run it.
"""

from __future__ import annotations

from steepest.core.primitives import Shape
from steepest.engines.cpu.loops.form import Kernel
from steepest.engines.cpu.loops.spaces import Size, size_of
from steepest.engines.cpu.loops.verify import Faults, raise_first, verify_loops
from steepest.engines.cpu.plan import Plan
from steepest.program.graph import Graph


def verify_plan(plan: Plan) -> None:
    """Raises unless a plan is legal and has the inputs, variables and outputs of its graph.

    >>> import steepest as st
    >>> from steepest.engines.cpu.plan import plan
    >>> verify_plan(plan(st.trace(lambda x: x * 2.0 + 1.0, [st.TensorSpec((None, 3))])))
    """
    verify_loops(plan.loops)
    raise_first(_graph_faults(plan), plan.loops)


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
    constants = [(b.dtype, b.shape) for b in buffers if b.role == "constant"]
    if constants != [(array.dtype, _sizes(array.shape)) for array in plan.constants]:
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

"""Replaying: the operations of a recorded graph applied again, also inside another recording."""

from __future__ import annotations

from collections.abc import Sequence

from steepest.core import ops
from steepest.core.dispatch import bind as apply
from steepest.core.primitives import PRIMITIVES
from steepest.core.tensor import Tensor
from steepest.program.graph import Node, ordered
from steepest.program.trace import Recording, guard


def replay(wanted: Sequence[Node], known: dict[Node, Tensor]) -> None:
    """Applies the operations that some nodes need, from what is known, and adds their values.

    >>> graph = st.trace(lambda x: x * x, [st.TensorSpec((2,))])
    >>> known = {graph.inputs[0]: st.constant([2.0, 3.0])}
    >>> replay(graph.outputs, known)
    >>> known[graph.outputs[0]].tolist()
    [4.0, 9.0]
    """
    for node in ordered(wanted, tuple(known)):
        if node not in known and node.op == "constant":
            known[node] = ops.constant(node.params["value"], node.dtype)
        elif node not in known:
            given = [known[source] for source in node.inputs]
            known[node] = apply(PRIMITIVES[node.op], *given, **node.params)


def replay_updates(recording: Recording, inputs: Sequence[Tensor]) -> None:
    """Runs a recording for some inputs: its variables get their new values.

    >>> from steepest.program.trace import record
    >>> total = st.Variable(1.0)
    >>> adding = record(lambda x: total.assign_add(x).value, [st.TensorSpec(())])
    >>> replay_updates(adding, [st.constant(2.0)]); total.item()
    3.0
    """
    graph = recording.graph
    known = dict(zip(graph.inputs, inputs, strict=True))
    known |= {n: v.value for n, v in zip(graph.variables, recording.variables, strict=True)}
    replay(graph.results, known)
    if graph.guard is not None:
        guard(known[graph.guard], recording.fault)
    for slot, node in graph.updates:
        recording.variables[slot].assign(known[node])

"""The numbers of a program as variables, so that programs which differ in numbers alone are one.

Depends on the recording and on the passes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from steepest.core.variable import Variable
from steepest.program.graph import Graph, Node, ordered
from steepest.program.passes import fold_constants
from steepest.program.trace import Recording

PLAIN = (0.0, 1.0, -1.0)  # they may let an operation be left out, so they stay constants


def with_numbers_as_variables(recording: Recording) -> Recording:
    """The recording with each float of its program, such as a beta, in a variable of its own.

    Results keep their bits. Recordings of one optimizer with other settings then have equal
    programs, of which one is compiled. What depends on constants alone is computed first.

    >>> from steepest.program.trace import record
    >>> halves, thirds = (
    ...     with_numbers_as_variables(record(lambda x, a=a: x * a, [st.TensorSpec((2,))]))
    ...     for a in (1 / 2, 1 / 3)
    ... )
    >>> halves.graph.key() == thirds.graph.key(), halves.variables[0].item()
    (True, 0.5)
    """
    graph = fold_constants(recording.graph)
    variables = list(recording.variables)
    new: dict[Node, Node] = {}
    for node in ordered(graph.results, (*graph.inputs, *graph.variables)):
        if _is_number(node):
            params = {"slot": len(variables), "name": "number"}
            variables.append(Variable(node.params["value"], trainable=False, name="number"))
            new[node] = replace(node, op="variable", params=params)
        else:
            new[node] = replace(node, inputs=tuple(new[source] for source in node.inputs))
    leaves = [new[node] for node in (*graph.inputs, *graph.variables)]
    added = [node for node in new.values() if node.op == "variable" and node not in leaves]
    lifted = Graph(
        nodes=(*leaves, *added, *(n for n in new.values() if n not in {*leaves, *added})),
        inputs=tuple(new[node] for node in graph.inputs),
        variables=(*(new[node] for node in graph.variables), *added),
        outputs=tuple(new[node] for node in graph.outputs),
        updates=tuple((slot, new[node]) for slot, node in graph.updates),
        guard=None if graph.guard is None else new[graph.guard],
    )
    return replace(recording, graph=lifted, variables=tuple(variables))


def form_and_numbers(recording: Recording) -> tuple[tuple[Any, ...], list[np.ndarray]]:
    """What programs that differ in numbers alone have in common, and these numbers.

    They are the values of the variables that `with_numbers_as_variables` adds, in their order.

    >>> from steepest.program.trace import record
    >>> halves, thirds = (
    ...     form_and_numbers(record(lambda x, a=a: x * a, [st.TensorSpec((2,))]))
    ...     for a in (1 / 2, 1 / 4)
    ... )
    >>> halves[0] == thirds[0], halves[1], thirds[1]
    (True, [array(0.5, dtype=float32)], [array(0.25, dtype=float32)])
    """
    graph = fold_constants(recording.graph)
    form: list[Any] = []
    numbers: list[np.ndarray] = []
    places: dict[Node, int] = {}
    for node in ordered(graph.results, (*graph.inputs, *graph.variables)):
        places[node] = len(places)
        params: Any = ()
        if _is_number(node):
            numbers.append(node.params["value"])
        elif node.op == "constant":
            params = node.params["value"].tobytes()
        else:
            params = repr({k: v for k, v in node.params.items() if k != "name"})
        inputs = tuple(places[source] for source in node.inputs)
        form.append((node.op, inputs, params, node.shape, node.dtype))
    form.append(tuple(places[node] for node in (*graph.inputs, *graph.variables, *graph.results)))
    form.append((len(graph.inputs), len(graph.outputs), tuple(slot for slot, _ in graph.updates)))
    return tuple(form), numbers


def _is_number(node: Node) -> bool:
    """Whether a node is a constant of one float that decides nothing about the program's form."""
    if node.op != "constant" or node.shape != () or node.dtype.kind != "f":
        return False
    return node.params["value"].item() not in PLAIN

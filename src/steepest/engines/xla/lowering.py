"""Runs a graph on JAX's arrays, which records it for XLA.

Depends on the rules, padding and sparse.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from steepest.core.dtype import bfloat16
from steepest.core.primitives import Shape
from steepest.engines.batches import with_batch
from steepest.engines.xla.library import jnp, lax
from steepest.engines.xla.padding import Batch, combines, neutral, unmoved, zeroed
from steepest.engines.xla.rules import RULES, half_matmul, jax_dtype
from steepest.engines.xla.sparse import SPARSE, SparseBatch, dense
from steepest.program.graph import Graph, Node, ordered

LARGEST_LITERAL = 1024  # values of a constant that become part of the code


@dataclass(frozen=True)
class Results:
    """What one batch gives: outputs, the new values of changed variables, whether they are legal.

    Where they are not, the values are the old ones.
    """

    outputs: list[Any]
    state: list[Any]
    legal: Any


def is_literal(node: Node) -> bool:
    """Whether a constant is written into the code, not passed to it as an array."""
    return node.params["value"].size <= LARGEST_LITERAL


@dataclass(frozen=True)
class Plan:
    """A graph with its nodes in the order in which they are run, and what is known of them.

    The guard comes first. `early`: the slot of each changed variable whose new value the guard does
    not read.
    """

    graph: Graph
    zeroed: frozenset[Node]
    early: dict[Node, int]


def plan(graph: Graph) -> Plan:
    """The plan of a graph."""
    leaves = (*graph.inputs, *graph.variables)
    guard = ordered([] if graph.guard is None else [graph.guard], leaves)
    ready = replace(graph, nodes=ordered([*guard, *graph.results], leaves))
    times = Counter(node for _, node in graph.updates)
    late = {node for node in times if node in guard or node.is_leaf or times[node] > 1}
    early = {node: slot for slot, node in graph.updates if node not in late}
    return Plan(ready, zeroed(ready), early)


def run(
    plan: Plan,
    inputs: Sequence[Any],
    variables: Sequence[Any],
    constants: Sequence[Any],
    batch: Batch,
    alive: Any = True,
    numbers: Mapping[Node, Any] = MappingProxyType({}),
) -> Results:
    """One batch; where the guard, or `alive`, is false, the variables have their old values.

    They get them before another operation reads the new ones, so that each is computed once.
    `numbers` are the values of some constants, in place of those of the graph.
    """
    graph, large = plan.graph, iter(constants)
    values: dict[Node, Any] = dict(zip(graph.inputs, inputs, strict=True))
    values.update(zip(graph.variables, variables, strict=True))
    for node in graph.nodes:
        if node in numbers:
            values[node] = numbers[node]
        elif node.op == "constant":
            values[node] = _literal(node) if is_literal(node) else next(large)
        elif not node.is_leaf:
            values[node] = _value(node, [values[source] for source in node.inputs], batch)
        if node is graph.guard and alive is not True:
            values[node] = jnp.logical_and(values[node], alive)
        if node in plan.zeroed and not isinstance(values[node], SparseBatch):
            values[node] = batch.blanked(values[node], node, 0)
        if node in plan.early and graph.guard is not None:
            old = variables[plan.early[node]]
            values[node] = jnp.where(values[graph.guard], values[node], old)
    outputs = [dense(values[node]) for node in graph.outputs]
    if graph.guard is None:
        return Results(outputs, [values[node] for _, node in graph.updates], True)
    legal = values[graph.guard]
    state = [
        values[node] if node in plan.early else jnp.where(legal, values[node], variables[slot])
        for slot, node in graph.updates
    ]
    return Results(outputs, state, legal)


def _literal(node: Node) -> Any:
    value = node.params["value"]
    if node.dtype == bfloat16:
        return lax.bitcast_convert_type(jnp.asarray(value["bfloat16"]), jnp.bfloat16)
    return value


def _value(node: Node, given: list[Any], batch: Batch) -> Any:
    if any(isinstance(value, SparseBatch) for value in given):
        found = SPARSE[node.op](node, *given) if node.op in SPARSE else None
        if found is not None:
            return found
        given = [dense(value) for value in given]
    if node.op not in ("sum", "matmul"):  # whose padding is zero already, where it must be
        given = [
            batch.blanked(value, source, neutral(node)) if combines(node, place) else value
            for place, (value, source) in enumerate(zip(given, node.inputs, strict=True))
        ]
    params = with_batch(node.params, batch.size)
    if node.op == "batch_size":
        params = {"of": batch.rows if node.params["of"] is None else node.params["of"]}
    elif node.op == "gather" and node.inputs[0].shape[0] is None:
        params = {"rows": batch.rows}
    if node.op == "matmul" and all(map(_is_rounded, node.inputs)):
        return half_matmul(*given)
    return RULES[node.op](*given, **params)


def _is_rounded(node: Node) -> bool:
    """Whether all values were rounded to bfloat16."""
    node = unmoved(node)
    return node.op == "cast" and node.dtype == np.float32 and node.inputs[0].dtype == bfloat16


# ---------------------------------------------------------------- rows of inputs and outputs


def filled(shape: Shape, rows: int) -> tuple[int, ...]:
    """A shape with the number of rows in place of the batch.

    >>> filled((None, 3), 5)
    (5, 3)
    """
    return tuple(rows if size is None else size for size in shape)


def batch_axis(node: Node) -> int | None:
    """The axis of a node's batch, if it has one."""
    return node.shape.index(None) if None in node.shape else None


def lengthened(array: np.ndarray, node: Node, size: int) -> np.ndarray:
    """The values of an input, with its first row again as padding; zeros if it has none."""
    axis = batch_axis(node)
    if axis is None or array.shape[axis] == size:
        return array
    if not array.shape[axis]:
        return np.zeros(filled(node.shape, size), array.dtype)
    first = array[(slice(None),) * axis + (slice(1),)]
    return np.concatenate([array, np.repeat(first, size - array.shape[axis], axis)], axis)


def shortened(array: np.ndarray, node: Node, rows: int | None) -> np.ndarray:
    """The values of an output without padding."""
    axis = batch_axis(node)
    return array if axis is None else array[(slice(None),) * axis + (slice(rows),)]


def empty(node: Node, batches: int, rows: int) -> Any:
    """An array for an output of several batches: their rows along its first axis, or their values.

    Where the batch is another axis, that axis comes first here.
    """
    axis, dtype = batch_axis(node), jax_dtype(node.dtype)
    if axis is None:
        return jnp.zeros((batches, *node.shape), dtype)
    return jnp.zeros((rows, *filled(node.shape[:axis] + node.shape[axis + 1 :], 0)), dtype)


def written(node: Node, array: Any, value: Any, number: Any, row: Any) -> Any:
    """The array of an output with the value of one batch, the `number`th, whose first row is `row`.

    Its padding is written too; the rows of the next batch replace it.
    """
    axis = batch_axis(node)
    if axis is None:
        return lax.dynamic_update_index_in_dim(array, value, number, 0)
    return lax.dynamic_update_slice_in_dim(array, jnp.moveaxis(value, axis, 0), row, 0)

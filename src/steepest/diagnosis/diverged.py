"""Why a loss is not finite: the first layer and operation, and the likely cause.

The failed batch is computed again, node by node, with the weights before it. Depends on the NumPy
rules.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from steepest.core.numpy_rules import evaluate
from steepest.engines.batches import batch_of, with_batch
from steepest.errors import TrainingDiverged
from steepest.finding import Column, Finding, Rule, Severity, Where
from steepest.program.graph import Graph, Node

LARGE_INPUT = 100.0
NEEDS_POSITIVE = ("log", "log1p", "divide", "rsqrt")


def _diverged(name: str, meaning: str, cause: str, remedy: str) -> Rule:
    """A rule for one cause; weights and history are as they were before the failed step."""
    sentence = (
        "the loss became NaN or infinite in {where.moment}{first}; weights and model.history are "
        "those before it. Likely cause: " + cause
    )
    meaning = f"The loss became NaN or infinite: {meaning}."
    return Rule(name, Severity.ERROR, meaning, sentence, remedy, TrainingDiverged)


UNSCALED = _diverged(
    "diverged-unscaled-input",
    "the input holds large numbers",
    "the input is not scaled: column {where.column} reaches {size:.4g}",
    "put st.layers.Normalization() first, or scale the data",
)
BAD_DATA = _diverged(
    "diverged-bad-data",
    "the data of the batch hold NaN or infinity",
    "the data hold {value}, in {where.cell} of this batch",
    "fill or drop such rows",
)
UNDEFINED = _diverged(
    "diverged-undefined-operation",
    "an operation is not defined where it was computed",
    "{where.operation} of zero or of a negative number",
    "keep its argument above zero",
)
HIGH_RATE = _diverged(
    "diverged-high-rate",
    "the learning rate is too high",
    "the learning rate {rate:.4g} is too high",
    "try {suggested:.4g}",
)
AT_START = _diverged(
    "diverged-at-start",
    "it is not finite where training began",
    "a loss that is not finite at the weights where training began",
    "start from smaller weights, or scale the data",
)


class FailedInputs(NamedTuple):
    """The failed batch: its arrays, and whether layers scale the inputs or fill their gaps."""

    inputs: list[np.ndarray]
    is_scaled: bool = False
    is_filled: bool = False


def divergence(
    graph: Graph,
    state: list[np.ndarray],
    batch: FailedInputs,
    rate: float,
    where: Where,
    suggested: float | None = None,
) -> Finding:
    """The first operation of a step whose result is not finite, and the likely cause.

    `suggested` is the rate to try where the present one is too high; a tenth if it is not given.
    The evidence has the `phase` of the step.
    """
    node = first_not_finite(graph, batch.inputs, state)
    known: dict[str, str] = {}
    if node is not None:
        layer = node.source.scope if node.source else ""
        where = where._replace(layer=layer or None, operation=node.op)
        known["phase"] = _phase(graph, node)
    first = f", first in {where.part}" if where.part else ""
    bad = None if batch.is_filled else _first_bad_value(batch.inputs)
    if bad is not None:
        row, column, value = bad
        where = where._replace(row=row, column=column)
        return BAD_DATA.finding(where, first=first, value=value, **known)
    large = None if batch.is_scaled else _largest_column(batch.inputs[0])
    if large is not None and large[1] > LARGE_INPUT:
        where = where._replace(column=large[0])
        return UNSCALED.finding(where, first=first, size=large[1], **known)
    if where.operation in NEEDS_POSITIVE:
        return UNDEFINED.finding(where, first=first, **known)
    lower = rate / 10 if suggested is None else suggested
    return HIGH_RATE.finding(where, first=first, rate=rate, suggested=lower, **known)


def divergence_of_whole_set(inputs: list[np.ndarray], where: Where) -> Finding:
    """The likely cause of a loss that is not finite in a full-batch method.

    >>> print(divergence_of_whole_set([np.float32([[1e9]])], Where(epoch=1)))
    the loss became NaN or infinite in epoch 1; weights and model.history are those before it.
    Likely cause: the input is not scaled: column 0 reaches 1e+09; put ...
    """
    large = _largest_column(inputs[0])
    if large is not None and large[1] > LARGE_INPUT:
        return UNSCALED.finding(where._replace(column=large[0]), first="", size=large[1])
    bad = _first_bad_value(inputs)
    if bad is not None:
        row, column, value = bad
        return BAD_DATA.finding(where._replace(row=row, column=column), first="", value=value)
    return AT_START.finding(where, first="")


def first_not_finite(
    graph: Graph, inputs: list[np.ndarray], state: list[np.ndarray]
) -> Node | None:
    """The first computed node whose result is not finite although its inputs are.

    >>> import steepest as st
    >>> graph = st.trace(lambda x: st.log(x) + 1.0, [st.TensorSpec((None,))])
    >>> first_not_finite(graph, [np.float32([0.0])], []).op
    'log'
    """
    batch = batch_of(graph, inputs)
    values = dict(zip(graph.inputs, inputs, strict=True))
    values.update(zip(graph.variables, state, strict=True))
    for node in graph.nodes:
        if node.op == "constant":
            values[node] = node.params["value"]
        elif not node.is_leaf:
            given = [values[source] for source in node.inputs]
            values[node] = evaluate(node.op, given, with_batch(node.params, batch))
            if not _finite(values[node]) and all(map(_finite, given)):
                return node
    return None


def _phase(graph: Graph, node: Node) -> str:
    """Where in a step a node is: what the outputs, so the loss, depend on is the forward pass."""
    seen: set[int] = set()
    waiting = list(graph.outputs)
    while waiting:
        each = waiting.pop()
        if each is node:
            return "the forward pass"
        if id(each) not in seen:
            seen.add(id(each))
            waiting.extend(each.inputs)
    return "the backward pass or the update"


def _finite(array: np.ndarray) -> bool:
    return array.dtype.kind != "f" or bool(np.isfinite(array).all())


def _first_bad_value(inputs: list[np.ndarray]) -> tuple[int, Column | None, float] | None:
    """The row, the column and the value of the first number that is not finite."""
    for array in inputs:
        if not _finite(array):
            row, *rest = np.argwhere(~np.isfinite(array))[0].tolist()
            column = rest[0] if len(rest) == 1 else tuple(rest) or None
            return row, column, array[(row, *rest)]
    return None


def _largest_column(array: np.ndarray) -> tuple[int, float] | None:
    if array.dtype.kind != "f" or array.ndim < 2 or not array.size:
        return None
    sizes = np.abs(array.reshape(len(array), -1)).max(axis=0)
    return int(sizes.argmax()), float(sizes.max())

"""Why a loss left the finite numbers: the first layer and operation, and the likely cause.

Leans on the NumPy rules: the failed batch is run again, node by node, on the weights before it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.callbacks.rates import rate_of
from steepest.core.numpy_rules import evaluate
from steepest.engines.batches import batch_of, with_batch
from steepest.errors import ArgumentError, SteepestError, TrainingDiverged
from steepest.neuralnet.loop import Stopped
from steepest.neuralnet.readers import marked
from steepest.program.graph import Graph, Node

LARGE_INPUT = 100.0


def explained(model: Any, stop: Stopped, epoch: int) -> SteepestError:
    """The error that says where it happened and why it is likely."""
    recording = stop.step.recording
    fault = recording.fault()
    if fault is not None:
        return ArgumentError(f"{fault}. The weights are those before this step")
    inputs = [column.take(stop.rows) for column in stop.load.columns]
    where = first_not_finite(recording.graph, inputs, recording.values())
    return TrainingDiverged(
        f"the loss became NaN or infinite in epoch {epoch + 1}, step {stop.done + 1}"
        f"{_location(where)}. Likely cause: {_cause(model, inputs, where)}. "
        "The weights are those before this step; model.history holds the epochs so far"
    )


def of_whole_set(model: Any, inputs: list[np.ndarray], epoch: int) -> TrainingDiverged:
    """The error of a method that sees the whole set at once."""
    return TrainingDiverged(
        f"the loss became NaN or infinite in epoch {epoch + 1}. Likely cause: "
        f"{_whole_cause(inputs)}. The weights are those before this epoch; model.history holds "
        "the epochs so far"
    )


def _whole_cause(inputs: list[np.ndarray]) -> str:
    scale = _largest_column(inputs[0])
    if scale is not None and scale[1] > LARGE_INPUT:
        return _unscaled(*scale)
    return _bad_input(inputs) or "a loss that is not finite at the weights where training began"


def _unscaled(column: int, size: float) -> str:
    return (
        f"the input is not scaled: column {column} reaches {size:.4g}; "
        "put st.layers.Normalization() first, or scale the data"
    )


def _location(node: Node | None) -> str:
    if node is None:
        return ""
    scope = node.source.scope if node.source else ""
    return f", first in {f'layer {scope!r}, ' if scope else ''}operation {node.op!r}"


def first_not_finite(
    graph: Graph, inputs: list[np.ndarray], state: list[np.ndarray]
) -> Node | None:
    """The first computed node that is not finite although all that it reads is.

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


def _finite(array: np.ndarray) -> bool:
    return array.dtype.kind != "f" or bool(np.isfinite(array).all())


def _cause(model: Any, inputs: list[np.ndarray], node: Node | None) -> str:
    bad = _bad_input(inputs)
    if bad and not any(marked(model, "takes_gaps", [0])):
        return bad
    scale = None if any(marked(model, "scales", [0])) else _largest_column(inputs[0])
    if scale is not None and scale[1] > LARGE_INPUT:
        return _unscaled(*scale)
    if node is not None and node.op in ("log", "log1p", "divide", "rsqrt"):
        return f"{node.op} of zero or of a negative number; keep its argument above zero"
    rate = rate_of(model)
    return f"the learning rate {rate:.4g} is too high; try {rate / 10:.4g}"


def _bad_input(inputs: list[np.ndarray]) -> str:
    for array in inputs:
        if not _finite(array):
            row, *place = np.argwhere(~np.isfinite(array))[0].tolist()
            column = f", column {', '.join(map(str, place))}" if place else ""
            return (
                f"the data hold {array[(row, *place)]}, in row {row}{column} of this batch; fill "
                "or drop such rows"
            )
    return ""


def _largest_column(array: np.ndarray) -> tuple[int, float] | None:
    if array.dtype.kind != "f" or array.ndim < 2 or not array.size:
        return None
    sizes = np.abs(array.reshape(len(array), -1)).max(axis=0)
    return int(sizes.argmax()), float(sizes.max())

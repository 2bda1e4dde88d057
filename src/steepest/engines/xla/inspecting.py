"""What XLA makes of a graph: its measured cost for a batch, and its code as text.

Depends on compiled and JAX.
"""

from __future__ import annotations

from collections.abc import Sequence
from timeit import repeat
from typing import Any

import numpy as np

from steepest.engines.engine import Cost
from steepest.engines.xla.compiled import Compiled
from steepest.engines.xla.library import jax, wide
from steepest.engines.xla.transfer import to_device
from steepest.errors import unknown_name

FORMS = ("stablehlo", "optimized")
REPEATS = 5
ROWS = 32  # of the batch whose code is shown


def explain(
    compiled: Compiled, columns: Sequence[Any], state: Sequence[np.ndarray], batch: int | None
) -> list[Cost]:
    """One cost for the whole program: XLA fuses its operations, and counts them and their bytes."""
    rows = np.arange(min([len(column) for column in columns], default=0))[:batch]
    inputs = [column.take(rows) for column in columns]
    with wide():
        given = compiled.arguments(inputs, list(map(to_device, state)))
        code = compiled.for_batch(len(rows)).lower(*given).compile()
        jax.block_until_ready(code(*given))
        seconds = min(repeat(lambda: jax.block_until_ready(code(*given)), number=1, repeat=REPEATS))
        counted = code.cost_analysis() or {}
    known = counted[0] if isinstance(counted, list) else counted  # a list in older versions of JAX
    size, operations = known.get("bytes accessed", 0.0), known.get("flops")
    computes = f"{len(compiled.graph.nodes)} operations of the graph, fused by XLA"
    return [Cost("program", computes, seconds, int(size), operations)]


def listing(
    compiled: Compiled, form: str, columns: Sequence[Any], state: Sequence[np.ndarray]
) -> str:
    """The code for a batch of rows of the columns, in one of the forms."""
    if form not in FORMS:
        raise unknown_name("form of a program of the engine 'xla'", form, FORMS)
    inputs = [column.take(np.arange(min(ROWS, len(column)))) for column in columns]
    with wide():
        given = compiled.arguments(inputs, list(map(to_device, state)))
        code = compiled.for_batch(len(inputs[0]) if inputs else None).lower(*given)
        return str(code.as_text() if form == "stablehlo" else code.compile().as_text())

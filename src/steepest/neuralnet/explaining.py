"""Tables of the kernels of a model's step, with measured times, or listings of their code.

The engine measures, this file formats. Depends on feeds and step.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from steepest.core import tree
from steepest.engines.engine import Cost
from steepest.errors import ArgumentError, unknown_name
from steepest.neuralnet.batchwise import BatchByBatch
from steepest.neuralnet.input.feeds import columns_of
from steepest.neuralnet.input.storage_choice import SparseStorage, storage_lines
from steepest.neuralnet.learner import Learner
from steepest.neuralnet.step import data_nest

CODES = ("loops", "llvm", "assembly")


def explained(
    model: Learner, x: Any, y: Any = None, batch_size: int = 32, code: str | None = None
) -> str:
    """A table of the kernels of one step: of training where there are targets, else of prediction.

    With `code`, the code of the kernels instead.

    >>> import numpy as np, steepest as st
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> print(explained(model, np.zeros((32, 2), np.float32)).splitlines()[1].split()[:2])
    ['0', 'matmul_add']
    """
    if code not in (None, *CODES):
        raise unknown_name("form of code", str(code), CODES)
    dtype = model.compute_dtype
    targets = None if y is None else columns_of(y, "y", dtype)
    given = data_nest(columns_of(model.prepared(x), "x", dtype), targets, None)
    nest = given if y is None else SparseStorage(model).nest(given)
    bound = model.step_for("predict" if y is None else "train", nest).bound
    if isinstance(bound, BatchByBatch):
        raise ArgumentError(
            f"{model.name}.explain: the step is no single program: it runs eagerly, or is recorded "
            "for each size of the batch, as it computes sizes from that of the batch"
        )
    columns = tree.leaves(nest)
    if not bound.program.forms:
        compiles = f'{model.name} runs on NumPy: st.config.engine = "cpu" compiles it'
        return compiles if code else f"{table(bound.explain(columns, batch_size))}\n{compiles}"
    if code is not None:
        return bound.program.listing(code, columns)
    rows = bound.explain(columns, batch_size)
    return "\n".join([table(rows), *storage_lines(columns, tree.leaves(given))])


def table(costs: Sequence[Cost]) -> str:
    """The costs of a program's kernels as lines of text, with the sum of all times.

    >>> print(table([Cost("exp", "exp -> out0", seconds=1e-6, bytes=2048)]).splitlines()[1].split())
    ['exp', '1.000', '100.0%', '2.0', 'exp', '->', 'out0']
    """
    total = sum(cost.seconds for cost in costs)
    head = (
        f"{'phase':5} {'kernel':32} {'shared':11} {'us':>9} {'share':>6} {'GFLOP/s':>8} "
        f"{'KB':>9} {'ceiling':>7}  computes"
    )
    foot = f"{'':5} {'in one thread, one after another':32} {'':11} {total * 1e6:9.3f}"
    return "\n".join([head, *(_line(cost, total) for cost in costs), foot])


def _line(cost: Cost, total: float) -> str:
    phase = "" if cost.phase is None else cost.phase
    rate = "" if cost.gigaflops is None else f"{cost.gigaflops:.1f}"
    ceiling = "" if cost.ceiling is None else f"{cost.ceiling:.0%}"
    return (
        f"{phase:<5} {cost.name[:32]:32} {cost.shared:11} {cost.seconds * 1e6:9.3f} "
        f"{cost.seconds / total:6.1%} {rate:>8} {cost.bytes / 1024:9.1f} "
        f"{ceiling:>7}  {cost.computes}"
    )

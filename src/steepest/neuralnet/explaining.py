"""Tables of the kernels of a model's step, with measured times, or listings of their code.

The engine measures, this file formats. Depends on feeds and step.
"""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import Any

from steepest.core import tree
from steepest.engines.engine import Cost
from steepest.errors import ArgumentError, unknown_name
from steepest.neuralnet.batchwise import BatchByBatch
from steepest.neuralnet.input.feeds import columns_of
from steepest.neuralnet.input.storage_choice import SparseStorage, storage_lines
from steepest.neuralnet.learner import Learner
from steepest.neuralnet.step import data_nest

CODES = ("loops", "llvm", "assembly", "stablehlo", "optimized")


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
    """The costs of a program's kernels as lines of text, with sums; then what each computes.

    >>> exp = Cost("exp", "exp -> out0", 4e-6, 800, 100.0, arithmetic=1e-9, memory=1e-6)
    >>> print(table([exp]).splitlines()[1].split())
    ['exp', '4.000', '100.0%', '0.001', '1.000', 'memory', '25%']
    """
    total, least = sum(cost.seconds for cost in costs), [cost.least for cost in costs]
    head = (
        f"{'phase':5} {'kernel':24} {'shared':11} {'us':>9} {'share':>6} "
        f"{'arithmetic':>10} {'memory':>9} {'bound':10} {'ceiling':>7}"
    )
    foot = f"{'':5} {'in one thread, one after another':36} {_microseconds(total):>9}"
    if None not in least:
        arithmetic, memory = (
            _microseconds(sum(getattr(cost, name) for cost in costs))
            for name in ("arithmetic", "memory")
        )
        share = sum(seconds or 0.0 for seconds in least) / total if total else 0.0
        foot += f" {'':6} {arithmetic:>10} {memory:>9} {'':10} {share:7.0%}"
    lines = [head, *(_line(cost, total) for cost in costs), foot]
    return "\n".join([*lines, "", f"{'phase':5} {'kernel':24} computes", *map(_parts, costs)])


def _line(cost: Cost, total: float) -> str:
    ceiling = "" if cost.ceiling is None else f"{cost.ceiling:.0%}"
    return (
        f"{_name(cost)} {cost.shared:11} {_microseconds(cost.seconds):>9} "
        f"{cost.seconds / total:6.1%} {_microseconds(cost.arithmetic):>10} "
        f"{_microseconds(cost.memory):>9} {cost.bound or '':10} {ceiling:>7}"
    )


def _name(cost: Cost) -> str:
    return f"{'' if cost.phase is None else cost.phase:<5} {cost.name[:24]:24}"


def _microseconds(seconds: float | None) -> str:
    """Microseconds in nine characters where possible."""
    return "" if seconds is None else f"{seconds * 1e6:.{3 if seconds < 0.1 else 0}f}"


def _parts(cost: Cost) -> str:
    """The fused operations and written arrays of a kernel, in as many lines as they need."""
    head = f"{_name(cost)} "
    return fill(head + cost.computes, 100, subsequent_indent=" " * len(head))

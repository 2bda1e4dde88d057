"""Where the time of a step goes: the kernels of a model's program, measured.

Leans on feed, step and the CPU engine.
"""

from __future__ import annotations

from typing import Any

from steepest.core import tree
from steepest.engines.cpu.engine import CpuProgram
from steepest.engines.cpu.explain import explain
from steepest.neuralnet.feed import columns_of
from steepest.neuralnet.step import data_nest
from steepest.neuralnet.storing import Store, told


def explained(model: Any, x: Any, y: Any = None, batch_size: int = 32) -> str:
    """A table of the kernels of one step: of training where there are targets, else of prediction.

    >>> import numpy as np, steepest as st
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> print(explained(model, np.zeros((32, 2), np.float32)).splitlines()[1].split()[:2])
    ['0', 'matmul_add']
    """
    kind = model.compute_dtype
    targets = None if y is None else columns_of(y, "y", kind)
    given = data_nest(columns_of(x, "x", kind), targets, None)
    nest = given if y is None else Store(model).nest(given)
    step = model.step_for("predict" if y is None else "train", nest)
    if not isinstance(step.program, CpuProgram):
        return f'{model.name} runs on NumPy: st.config.engine = "cpu" compiles it'
    state = step.recording.state()
    columns = tree.leaves(nest)
    table = explain(step.program, columns, state, batch_size)
    return "\n".join([table, *told(columns, tree.leaves(given))])

"""Where the time of a step goes: the kernels of a model's program, measured; their code.

Leans on feed, step and the CPU engine.
"""

from __future__ import annotations

from typing import Any

from steepest.core import tree
from steepest.engines.cpu.engine import CpuProgram
from steepest.errors import unknown_name
from steepest.neuralnet.input.feeds import columns_of
from steepest.neuralnet.input.storage_choice import Store, told
from steepest.neuralnet.step import data_nest

CODES = ("loops", "llvm", "assembly")


def explained(
    model: Any, x: Any, y: Any = None, batch_size: int = 32, code: str | None = None
) -> str:
    """A table of the kernels of one step: of training where there are targets, else of prediction.

    With `code`, what the kernels are made of instead.

    >>> import numpy as np, steepest as st
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> print(explained(model, np.zeros((32, 2), np.float32)).splitlines()[1].split()[:2])
    ['0', 'matmul_add']
    """
    if code not in (None, *CODES):
        raise unknown_name("form of code", str(code), CODES)
    kind = model.compute_dtype
    targets = None if y is None else columns_of(y, "y", kind)
    given = data_nest(columns_of(x, "x", kind), targets, None)
    nest = given if y is None else Store(model).nest(given)
    step = model.step_for("predict" if y is None else "train", nest)
    if not isinstance(step.bound.program, CpuProgram):
        return f'{model.name} runs on NumPy: st.config.engine = "cpu" compiles it'
    columns = tree.leaves(nest)
    if code is not None:
        return _code(step.bound.program, columns, code)
    from steepest.engines.cpu.explain import explain  # loads llvmlite, which may be missing

    names = [variable.path for variable in step.recording.variables]
    table = explain(step.bound.program, columns, step.recording.values(), batch_size, names)
    return "\n".join([table, *told(columns, tree.leaves(given))])


def _code(program: CpuProgram, columns: list[Any], form: str) -> str:
    """The loop form, the LLVM text or the assembly of a program that reads these columns."""
    made = program.code(program.storage(columns))
    if form == "loops":
        return str(made.plan.loops)
    return made.module.ir if form == "llvm" else made.module.assembly

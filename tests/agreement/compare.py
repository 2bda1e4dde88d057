"""One program on every engine, and on the interpreter of the loop form: do they agree?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from steepest.engines.batches import batch_of
from steepest.engines.cpu.engine import CpuProgram
from steepest.engines.cpu.loops.interpret import BatchArrays, run_batch
from steepest.engines.cpu.loops.spaces import Buffer
from steepest.engines.cpu.plan import Plan, plan
from steepest.engines.numpy import NumpyEngine
from steepest.program.graph import Graph
from steepest.program.passes import clean

Arrays = list[np.ndarray]


@dataclass
class Ran:
    """The results of a program: its outputs and the state after it."""

    outputs: Arrays
    state: Arrays

    @property
    def arrays(self) -> Arrays:
        """All of it."""
        return [*self.outputs, *self.state]


def on_numpy(graph: Graph, inputs: Sequence[np.ndarray], state: Arrays) -> Ran:
    """The results by NumPy, which defines them."""
    state = [np.array(array) for array in state]
    return Ran(NumpyEngine().prepare(graph).call(inputs, state), state)


def on_cpu(graph: Graph, inputs: Sequence[np.ndarray], state: Arrays) -> Ran:
    """The results of the machine code."""
    state = [np.array(array) for array in state]
    return Ran(CpuProgram(graph).call(inputs, state), state)


def on_interpreter(graph: Graph, inputs: Sequence[np.ndarray], state: Arrays) -> Ran:
    """The results of the interpreted loop form."""
    state = [np.array(array) for array in state]
    made = plan(clean(graph))
    batch = batch_of(made.graph, inputs) or 0
    outputs = interpreted(made, inputs, state, 1 if batch_of(made.graph, inputs) is None else batch)
    return Ran(outputs, state)


def interpreted(made: Plan, inputs: Sequence[np.ndarray], state: Arrays, batch: int) -> Arrays:
    """Runs a plan's loop form; `state` changes in place."""
    given = {"input": inputs, "state": state, "constant": made.constants}
    arrays: dict[Buffer, np.ndarray] = {}
    for buffer in made.loops.buffers:
        if buffer.role in given:
            arrays[buffer] = given[buffer.role][buffer.place]
        else:
            shape = [size.at(batch) for size in buffer.shape]
            arrays[buffer] = np.full(shape, _poison(buffer.dtype), buffer.dtype)
    run_batch(made.loops, BatchArrays(arrays, np.arange(batch), batch))
    return [array for buffer, array in arrays.items() if buffer.role == "output"]


def _poison(dtype: np.dtype) -> object:
    """The value of memory before it is written: one that no result has."""
    return np.nan if dtype.kind == "f" else np.zeros((), dtype)[()]


def assert_agree(
    graph: Graph, inputs: Sequence[np.ndarray], state: Arrays = (), tolerance: float | None = None
) -> None:
    """Raises unless machine code and loop form give the results of NumPy."""
    meant, printed = on_numpy(graph, inputs, list(state)), str(graph)
    for name, ran in (
        ("interpreter", on_interpreter(graph, inputs, list(state))),
        ("machine code", on_cpu(graph, inputs, list(state))),
    ):
        for number, (want, got) in enumerate(zip(meant.arrays, ran.arrays, strict=True)):
            assert got.shape == want.shape and got.dtype == want.dtype, (name, number)
            assert_close(got, want, f"{name}, result {number}\n{printed}", tolerance)


def assert_close(got: np.ndarray, want: np.ndarray, where: str, tolerance: float | None) -> None:
    """Raises unless arrays are equal, within 1e-12 for float64 and 2e-5 for float32."""
    if want.dtype.kind != "f":
        np.testing.assert_array_equal(got, want, err_msg=where)
        return
    near = tolerance or {"float64": 1e-12, "float32": 2e-5, "float16": 2e-3}[want.dtype.name]
    finite = want[np.isfinite(want)]
    scale = float(np.abs(finite).max(initial=0.0))
    np.testing.assert_allclose(got, want, rtol=near, atol=near * min(scale, 1e3), err_msg=where)

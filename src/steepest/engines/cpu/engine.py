"""The CPU engine: programs that run as machine code on dense and sparse columns.

Depends on run/code.py and the engine's contract.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from steepest.engines.batches import batch_by_batch, batch_of, check_order, cut
from steepest.engines.bound import Bound
from steepest.engines.cpu.loops.spaces import Stored, all_dense
from steepest.engines.cpu.machine.processor import expect, processor
from steepest.engines.cpu.run.code import Code
from steepest.engines.cpu.run.column_arrays import arrays_of
from steepest.engines.engine import BatchRun, Column, Cost
from steepest.engines.stopping import StopWord, is_set
from steepest.errors import EngineUnavailable
from steepest.program.graph import Graph, Node
from steepest.program.trace import Recording

_MOST_FORMS = 32
_SMALL_BYTES = 1 << 16
_QUICK_SECONDS = 5e-3  # by estimate: calls of more are measured, as they may be long


class CpuProgram:
    """A graph as machine code, for any batch size.

    >>> import steepest as st
    >>> graph = st.trace(lambda x: x * 2.0, [st.TensorSpec((None,))])
    >>> CpuProgram(graph).call([np.float32([1, 2, 3])], [])
    [array([2., 4., 6.], dtype=float32)]
    """

    forms: tuple[str, ...] = ("loops", "llvm", "assembly")

    def __init__(self, graph: Graph, storage: Sequence[str] | None = None) -> None:
        self.graph = graph
        self._codes: dict[tuple[Stored, ...], Code] = {}
        self._dense = all_dense(len(graph.inputs))
        self._odd_outputs = any(None in node.shape[1:] for node in graph.outputs)
        self._forms: dict[Any, _Form] = {}
        if storage is None or "sparse" not in storage:
            self.code(self._dense)

    def code(self, storage: tuple[Stored, ...] | None = None) -> Code:
        """The code for inputs stored so, all dense by default; compiled on first use.

        Code for sparse inputs waits for their columns: it is shorter for columns without values.
        """
        stored = self._dense if storage is None else storage
        if stored not in self._codes:
            self._codes[stored] = Code(self.graph, stored)
        return self._codes[stored]

    def bind(self, recording: Recording, threads: int | None = None) -> Bound:
        """The program with the variables of a recording, whose values stay in host memory."""
        return Bound(recording, self, threads)

    def explain(
        self,
        columns: Sequence[Column],
        state: Sequence[np.ndarray],
        batch: int | None = None,
        names: Sequence[str] | None = None,
    ) -> list[Cost]:
        """The kernels, each timed by itself in one thread."""
        from steepest.engines.cpu.explain import explain

        return explain(self, columns, state, batch, names)

    def listing(self, form: str, columns: Sequence[Column]) -> str:
        """The loop form, the LLVM text or the assembly of the code that reads these columns."""
        code = self.code(self.storage(columns))
        if form == "loops":
            return str(code.plan.loops)
        return code.module.ir if form == "llvm" else code.module.assembly

    # ------------------------------------------------------------ one batch

    def call(
        self, inputs: Sequence[np.ndarray], state: list[np.ndarray], threads: int | None = None
    ) -> list[np.ndarray]:
        """The outputs for one set of inputs; `state` changes in place unless the guard forbids."""
        return self._once(inputs, state, threads)[0]

    def _once(
        self,
        inputs: Sequence[np.ndarray],
        state: list[np.ndarray],
        threads: int | None,
        stop: StopWord | None = None,
    ) -> tuple[list[np.ndarray], int]:
        key = tuple([array.shape for array in inputs])
        form = self._forms.get(key) or self._new_form(key, inputs)
        if form.small:
            return self._call_in_workspace(form, inputs, state, threads)
        arrays = [
            np.ascontiguousarray(array, node.dtype)
            for node, array in zip(self.graph.inputs, inputs, strict=True)
        ]
        outputs = form.new_outputs()
        batch = cut(form.batch, max(form.batch, 1), None)
        code = self.code().suited(batch, threads)
        return outputs, code.run(arrays, state, outputs, None, batch, threads, stop)

    def _call_in_workspace(
        self,
        form: _Form,
        inputs: Sequence[np.ndarray],
        state: list[np.ndarray],
        threads: int | None,
    ) -> tuple[list[np.ndarray], int]:
        """Small calls copy inputs into preallocated arrays: faster than finding their addresses."""
        workers = 1 if form.useful == 1 else self.code().workers(form.batch, threads)
        space = form.take_workspace(workers) or _Workspace(self.graph, self.code(), form, workers)
        for own, array in zip(space.inputs, inputs, strict=True):
            np.copyto(own, array, casting="unsafe")
        space.memory.place_state(state)
        done = space.launch(space.memory)
        outputs = [array.copy() for array in space.outputs]
        form.workspaces.append(space)
        return outputs, done

    def _new_form(self, key: Any, inputs: Sequence[np.ndarray]) -> _Form:
        size = batch_of(self.graph, inputs)
        if len(self._forms) >= _MOST_FORMS:
            self._forms.clear()
        self._forms[key] = _Form(self.graph, self.code(), inputs, 1 if size is None else size)
        return self._forms[key]

    # ------------------------------------------------------------ many batches

    def run(
        self,
        state: list[np.ndarray],
        columns: Sequence[Column],
        order: np.ndarray,
        batch: int,
        epoch: int | None = None,
        threads: int | None = None,
        stop: StopWord | None = None,
    ) -> BatchRun:
        """Runs the rows of `order`, `batch` rows at a time (the last batch may have fewer)."""
        check_order(order, columns, batch)
        batches = cut(len(order), batch, epoch)
        stored = self.storage(columns)
        if stored is None or not len(order) or self._odd_outputs:
            return batch_by_batch(
                self.graph,
                columns,
                order,
                batches,
                lambda inputs: self._once(inputs, state, threads, stop),
                stop,
            )
        order = np.ascontiguousarray(order, np.int64)
        outputs = [_empty_output(node, len(order), batches.count) for node in self.graph.outputs]
        code = self.code(stored).suited(batches, threads)
        arrays = arrays_of(columns, code, batch)
        done = code.run(arrays, state, outputs, order, batches, threads, stop)
        if done < batches.count:
            outputs = [
                output[: batches.rows_before(done) if None in node.shape else done]
                for output, node in zip(outputs, self.graph.outputs, strict=True)
            ]
        return BatchRun(done, outputs, done < batches.count and is_set(stop))

    def storage(self, columns: Sequence[Column]) -> tuple[Stored, ...] | None:
        """How the code reads each column in place; None if it cannot read all of them."""
        found = []
        for node, column in zip(self.graph.inputs, columns, strict=True):
            stored = _stored(node, column)
            if stored is None:
                return None
            found.append(stored)
        return tuple(found)


class _Form:
    """The shapes of a call's inputs, checked once; the batch, and the shapes of the outputs."""

    def __init__(self, graph: Graph, code: Code, inputs: Sequence[np.ndarray], batch: int) -> None:
        self.batch, self.useful = batch, code.useful_workers(batch)
        self._outputs = [(_filled(node.shape, batch), node.dtype) for node in graph.outputs]
        self.shapes = [array.shape for array in inputs]
        quick = code.pace.estimated(cut(batch, max(batch, 1), None), 1) < _QUICK_SECONDS
        few = sum(a.nbytes for a in (*inputs, *self.new_outputs())) <= _SMALL_BYTES
        self.small = few and quick
        self.workspaces: list[_Workspace] = []

    def new_outputs(self) -> list[np.ndarray]:
        """Empty arrays for the outputs."""
        return [np.empty(shape, dtype) for shape, dtype in self._outputs]

    def take_workspace(self, workers: int) -> _Workspace | None:
        """A workspace for so many workers that no other call uses, if there is one."""
        try:
            workspace = self.workspaces.pop()
        except IndexError:
            return None
        return workspace if workspace.workers == workers else None


class _Workspace:
    """Memory with its own arrays for inputs and outputs, for small calls of one form."""

    def __init__(self, graph: Graph, code: Code, form: _Form, workers: int) -> None:
        batch, self.workers = form.batch, workers
        self.inputs = [
            np.empty(shape, node.dtype)
            for shape, node in zip(form.shapes, graph.inputs, strict=True)
        ]
        self.outputs = form.new_outputs()
        self.memory = code.take_memory(batch, workers)
        self.memory.place_arrays("input", self.inputs)
        self.memory.place_arrays("output", self.outputs)
        self.memory.set_batches(self.memory.identity_address, batch, batch, 1)
        self.launch = code.launch


def _filled(shape: tuple[int | None, ...], batch: int) -> tuple[int, ...]:
    return tuple(batch if size is None else size for size in shape)


def _empty_output(node: Node, rows: int, batches: int) -> np.ndarray:
    """An array for an output of all batches: its rows, or a value for each batch."""
    if None in node.shape:
        return np.empty(_filled(node.shape, rows), node.dtype)
    return np.empty((batches, *_filled(node.shape, 0)), node.dtype)


_VALUES: dict[str | None, Stored] = {None: "ones", "float32": "sparse", "uint8": "sparse bytes"}


def _stored(node: Node, column: Any) -> Stored | None:
    """How the code reads a column in place; None if it cannot, also if its rows do not fit."""
    if node.shape != (None, *column.row_shape):
        return None
    if column.storage == "sparse":
        fits = node.dtype == np.float32 and len(node.shape) == 2
        return (
            _VALUES[None if column.values is None else column.values.dtype.name] if fits else None
        )
    array = getattr(column, "array", None)
    if not isinstance(array, np.ndarray) or not array.flags.c_contiguous:
        return None
    return "dense" if array.dtype == node.dtype else None


class CpuEngine:
    """Prepares programs that run as machine code."""

    name = "cpu"

    def expect(self) -> None:
        """Begins to load the libraries that `prepare` may need."""
        with suppress(EngineUnavailable):  # `can` gives the reason
            expect()

    def can(self, graph: Graph) -> str | None:
        """None where llvmlite is installed and knows the processor, for every graph."""
        try:
            processor()
        except EngineUnavailable as reason:
            return str(reason)
        return None

    def packs(self) -> bool:
        """True: its products skip the zeros of sparse rows."""
        return True

    def mixes(self) -> bool:
        """False: it computes them in float32."""
        return False

    def joins(self) -> bool:
        """False: calls of several jobs run on threads of their own."""
        return False

    def prepare(self, graph: Graph, storage: Sequence[str] | None = None) -> CpuProgram:
        """The program of a graph, compiled once for any batch size."""
        return CpuProgram(graph, storage)

"""Many networks of one shape trained side by side: their batches as one loop, by JAX's `vmap`.

Graphs that differ in the values of single numbers, such as a penalty or a dropout rate, have the
same shape: such numbers become arguments. Depends on loop, lowering and columns.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from steepest.engines.batches import Batches
from steepest.engines.engine import BatchRun
from steepest.engines.stopping import StopWord, is_set
from steepest.engines.xla.columns import Source
from steepest.engines.xla.compiled import Compiled, joined_outputs
from steepest.engines.xla.device_memory import enough_memory
from steepest.engines.xla.graph_shape import numbers_of, separate_numbers
from steepest.engines.xla.library import jax, jnp, lax, wide
from steepest.engines.xla.loop import LoopForm, empty_outputs, most_batches, one_batch, outputs_of
from steepest.engines.xla.lowering import Plan
from steepest.engines.xla.parts import Part, cut_into_parts
from steepest.engines.xla.placement import placement
from steepest.engines.xla.transfer import to_host
from steepest.program.graph import Graph, Node

Arrays = Sequence[Any]


class ManyCompiled:
    """The code of a graph for several runs at once, compiled for a number of them.

    The first graph gives the values of numbers; those that another graph has differently, which are
    `varied`, become arguments.
    """

    def __init__(self, first: Compiled) -> None:
        self.one = Compiled(first.graph, separate_numbers)
        self._own = first.shape.numbers
        self.varied: tuple[int, ...] = ()  # places among the numbers of the graph
        self._sizes: set[int] = set()
        self._codes: dict[Any, Any] = {}

    def slots(self, runs: int) -> int:
        """For how many runs the code is: as runs end, it is used again until half of it is idle.

        >>> import steepest as st
        >>> graph = st.trace(lambda x: x, [st.TensorSpec((2,))])
        >>> many = ManyCompiled(Compiled(graph))
        >>> [many.slots(runs) for runs in (8, 7, 4, 3)]
        [8, 8, 8, 3]
        """
        fitting = [size for size in self._sizes if runs <= size <= 2 * runs]
        size = min(fitting, default=runs)
        self._sizes.add(size)
        return size

    def _numbers(self, runs: Sequence[Sequence[np.ndarray]], slots: int) -> list[np.ndarray]:
        """The values of numbers in which the runs differ, a row for each slot."""
        differ = (
            place
            for place, own in enumerate(self._own)
            if any(not np.array_equal(numbers[place], own, equal_nan=True) for numbers in runs)
        )
        self.varied = tuple(sorted({*self.varied, *differ}))
        return [filled([numbers[place] for numbers in runs], slots) for place in self.varied]

    def batches(
        self,
        numbers: Sequence[Sequence[np.ndarray]],
        variables: Arrays,
        columns: Sequence[Any],
        orders: Sequence[np.ndarray],
        batches: Batches,
        stops: Sequence[StopWord | None],
    ) -> tuple[list[BatchRun], Arrays]:
        """Runs batches for all; variables, and the new values, have a row for each slot.

        `numbers` are those of the graph of each run.
        """
        one, slots, begin = self.one, len(variables[0]), time.perf_counter()
        size = one.size(batches.batch)
        most = most_batches(one.graph, size)
        sources = [Source(one.graph.inputs, columns, order) for order in orders]
        state = [variables[slot] for slot in one.changed]
        fixed = [v for slot, v in enumerate(variables) if slot not in one.changed]
        results = [_Result() for _ in orders]
        with wide(), enough_memory(batches.batch, variables):
            varied = self._numbers(numbers, slots)
            for part in cut_into_parts(batches, most):
                alive = [result.done == part.first for result in results]
                if all(map(is_set, stops)) or not any(alive):
                    break
                forms = [one._forms(source, part) for source in sources][-1]  # the most entries
                form = LoopForm(size, most, forms, placement(), ())
                rows = [form.order(order[part.rows]) for order in orders]
                counts, state, found = self._code(form)(
                    *(state, fixed, one._constants, sources[0].rows(part)[0], varied),
                    *(filled(alive, slots), filled(rows, slots), form.starts(part)),
                    np.int32(part.last - part.first),
                )
                _record(one.graph, part, results, alive, to_host(counts), list(map(to_host, found)))
            jax.block_until_ready(state)
        seconds = time.perf_counter() - begin
        pairs = zip(results, stops, strict=True)
        return [result.run(one.graph, batches, stop, seconds) for result, stop in pairs], state

    def _code(self, form: LoopForm) -> Any:
        key = form, self.varied
        if key not in self._codes:
            places = [numbers_of(self.one.graph)[place] for place in self.varied]
            self._codes[key] = jax.jit(partial(loop_of_many, self.one.plan, form, places))
        return self._codes[key]


@dataclass
class _Result:
    """How many batches of a run are done, and their outputs by part."""

    done: int = 0
    outputs: list[list[np.ndarray]] = field(default_factory=list)

    def run(
        self, graph: Graph, batches: Batches, stop: StopWord | None, seconds: float
    ) -> BatchRun:
        """The result for the caller of the run."""
        joined = joined_outputs(graph, self.outputs)
        return BatchRun(self.done, joined, self.done < batches.count and is_set(stop), seconds)


def _record(
    graph: Graph,
    part: Part,
    results: Sequence[_Result],
    alive: Sequence[bool],
    counts: np.ndarray,
    found: Sequence[np.ndarray],
) -> None:
    """Adds what a part gave to the results of the runs that took part in it."""
    for run, result in enumerate(results):
        if alive[run]:
            result.done = part.first + int(counts[run])
            own = [array[run] for array in found]
            result.outputs.append(outputs_of(graph, part, own, result.done))


def filled(rows: Sequence[Any], slots: int) -> np.ndarray:
    """The values of all runs as one array; those of the first fill the slots that are left.

    >>> filled([5, 6], 4).tolist()
    [5, 6, 5, 5]
    """
    return np.stack([*rows, *[rows[0]] * (slots - len(rows))])


def loop_of_many(
    plan: Plan,
    form: LoopForm,
    places: Sequence[Node],
    changed: Arrays,
    fixed: Arrays,
    constants: Arrays,
    columns: Sequence[Any],
    numbers: Arrays,
    alive: Any,
    orders: Any,
    starts: Any,
    count: Any,
) -> tuple[Any, Arrays, Arrays]:
    """Runs `count` batches of every run that is alive, or those before one whose guard is false.

    Returns how many batches each was given, the new values of its variables, its outputs.
    """
    runs = len(orders)

    def step(carry: Any) -> Any:
        number, done, alive, state, outputs = carry

        def own(alive: Any, state: Any, outputs: Any, fixed: Any, numbers: Any, order: Any) -> Any:
            legal, *rest = one_batch(
                plan, form, fixed, constants, columns, order, starts, number, state, outputs,
                alive, dict(zip(places, numbers, strict=True)),
            )  # fmt: skip
            return jnp.logical_and(legal, alive), *rest

        alive, *rest = jax.vmap(own)(alive, state, outputs, fixed, numbers, orders)
        return number + 1, done + alive, alive, *rest

    empty = [
        jnp.broadcast_to(array, (runs, *array.shape)) for array in empty_outputs(plan.graph, form)
    ]
    begin = jnp.zeros((), np.int32), jnp.zeros(runs, np.int32), alive, list(changed), empty
    _, done, _, state, outputs = lax.while_loop(
        lambda carry: (carry[0] < count) & carry[2].any(), step, begin
    )
    return done, state, outputs

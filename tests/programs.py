"""Random programs: a hypothesis strategy over all primitives, and the check of an engine on them.

Depends on the language and the NumPy engine. `programs()` draws a `Case`; `check_agreement` runs it
on any engine. Adding a primitive means adding a builder to `BUILDERS`.

Engines may differ in a last digit, which floor, comparisons and the like would blow up. So the
generator knows which values are exact everywhere (multiples of 2^-grid, not too large) and
feeds only those to such operations, keeps denominators away from 0 and magnitudes small.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies

import steepest as st
from steepest.core import dispatch
from steepest.core.dtype import bool_, float32, float64, int32, int64, is_float, uint8
from steepest.core.primitives import PRIMITIVES, Shape
from steepest.engines.batches import with_batch
from steepest.engines.engine import Engine
from steepest.engines.numpy import NumpyProgram
from steepest.program.graph import Graph
from steepest.program.trace import Recorder, TensorSpec, guard, record

Arrays = list[np.ndarray]
BATCHES = (0, 1, 2, 3, 5, 8, 17)
SIZES = (1, 2, 3, 5, 2, 3, 1, 0, 9)
KINDS = (float32, float64, float32, int32, int64, uint8, bool_)
EDGES = (0.0, -0.0, np.inf, -np.inf, np.nan, 1e-30)
MOST_VALUES = 1500
MOST_EXACT = 2.0**20


# ---------------------------------------------------------------- cases


@dataclass(frozen=True)
class Step:
    """One operation of a case on earlier values; also "constant" and "assign"."""

    op: str
    inputs: tuple[int, ...]
    params: dict[str, Any]

    def run(self, values: list[Any], variables: Sequence[st.Variable], batch: int) -> st.Tensor:
        """The value, recorded or computed, as the active interpreter does it."""
        if self.op == "constant":
            return st.constant(self.params["value"])
        if self.op == "assign":
            variable = variables[self.params["slot"]].assign(values[self.inputs[0]])
            return variable.value
        recording = isinstance(dispatch.current(), Recorder)
        params = self.params if recording else with_batch(self.params, batch)
        given = [values[place] for place in self.inputs]
        return dispatch.bind(PRIMITIVES[self.op], *given, **params)


@dataclass(frozen=True)
class Case:
    """A program with its inputs: a function of its inputs over its variables.

    Values are numbered: the inputs, then the variables, then what each step gives.
    """

    specs: tuple[TensorSpec, ...]
    inputs: tuple[np.ndarray, ...]
    initial: tuple[np.ndarray, ...]
    steps: tuple[Step, ...]
    results: tuple[int, ...]
    guarded: int | None
    batch: int

    def variables(self) -> list[st.Variable]:
        """Fresh variables with their initial values."""
        return [st.Variable(array, name=f"v{slot}") for slot, array in enumerate(self.initial)]

    def values(self, inputs: Sequence[Any], variables: Sequence[st.Variable]) -> list[st.Tensor]:
        """Every value of the program, in order."""
        values = [*inputs, *[variable.value for variable in variables]]
        for step in self.steps:
            values.append(step.run(values, variables, self.batch))
        return values

    def function(self, variables: Sequence[st.Variable]) -> Callable[..., list[st.Tensor]]:
        """The program as a Python function."""

        def program(*inputs: st.Tensor) -> list[st.Tensor]:
            values = self.values(inputs, variables)
            if self.guarded is not None:
                guard(values[self.guarded])
            return [values[place] for place in self.results]

        return program

    def gradients(self, variables: Sequence[st.Variable]) -> Callable[..., list[Any]]:
        """The derivatives of all fractional results, by fractional inputs and variables."""

        def slopes(*inputs: Any) -> list[Any]:
            tensors = [st.convert_to_tensor(array) for array in inputs]
            sources = [*(t for t in tensors if is_float(t.dtype)), *variables]
            with st.GradientTape() as tape:
                tape.watch([source for source in sources if isinstance(source, st.Tensor)])
                values = self.values(tensors, variables)
            targets = [values[p] for p in self.results if is_float(values[p].dtype)]
            return tape.gradient(targets, sources)

        return slopes

    def graph(self) -> Graph:
        """The program, recorded."""
        return record(self.function(self.variables()), self.specs).graph

    def meaning(self) -> Arrays:
        """Results and variables after running eagerly, which every engine must give."""
        variables = self.variables()
        values = self.values([st.constant(array) for array in self.inputs], variables)
        after = [v.numpy() for v in variables] if self._allows(values) else list(self.initial)
        return [*[values[place].numpy() for place in self.results], *after]

    def is_legal(self) -> bool:
        """Whether the guard, if there is one, lets the updates take place."""
        inputs = [st.constant(array) for array in self.inputs]
        return self._allows(self.values(inputs, self.variables()))

    def _allows(self, values: list[st.Tensor]) -> bool:
        return self.guarded is None or bool(values[self.guarded])

    def __str__(self) -> str:
        first = len(self.inputs) + len(self.initial)
        lines = [f"{self.specs}, variables {[v.shape for v in self.initial]}, batch {self.batch}"]
        for place, step in enumerate(self.steps, first):
            lines.append(f"  {place} = {step.op}{step.inputs} {step.params}")
        return "\n".join([*lines, f"  return {self.results}, guard {self.guarded}"])

    __repr__ = __str__


def run_graph(graph: Graph, case: Case) -> Arrays:
    """Results and variables after NumPy ran the graph unchanged."""
    state = [np.array(array) for array in case.initial]
    return [*NumpyProgram(graph).call(case.inputs, state), *state]


def check_agreement(case: Case, engine: Engine, tolerance: float = 0.0) -> None:
    """Raises unless an engine gives the results of the case, within a share of the largest value.

    Where the guard is false only the variables count: an engine may stop before the outputs.
    """
    state = [np.array(array) for array in case.initial]
    outputs = engine.prepare(case.graph()).call(case.inputs, state)
    meant = case.meaning()
    where = f"{engine.name}\n{case}"
    assert_same(state, meant[len(outputs) :], f"variables of {where}", tolerance)
    if case.is_legal():
        assert_same(outputs, meant[: len(outputs)], where, tolerance)


def assert_same(got: Arrays, want: Arrays, where: str, tolerance: float = 0.0) -> None:
    """Raises unless the arrays are equal (-0.0 is 0.0, NaN is NaN) or, with a tolerance, near."""
    assert len(got) == len(want), where
    for number, (ours, meant) in enumerate(zip(got, want, strict=True)):
        where_found = f"result {number} of {where}"
        assert (ours.shape, ours.dtype) == (meant.shape, meant.dtype), where_found
        if tolerance and meant.dtype.kind == "f":
            largest = float(np.abs(meant[np.isfinite(meant)]).max(initial=1e-3))
            np.testing.assert_allclose(
                ours, meant, rtol=tolerance, atol=tolerance * largest, err_msg=where_found
            )
        else:
            np.testing.assert_array_equal(ours, meant, err_msg=where_found)


# ---------------------------------------------------------------- drawing


@dataclass(frozen=True)
class Value:
    """What is known of a value: |v| <= bound, and a multiple of 2^-grid if exact."""

    place: int
    shape: Shape
    dtype: Any
    bound: float
    grid: int | None

    @property
    def exact(self) -> bool:
        """Whether every engine has the same bits."""
        return self.grid is not None


def is_number(value: Value) -> bool:
    """Whether arithmetic takes the value."""
    return value.dtype != bool_


def has_fractions(value: Value) -> bool:
    """Whether the functions of floats take the value."""
    return is_float(value.dtype)


@dataclass
class Drawing:
    """A program under construction: the values so far and the choices still to be made."""

    draw: Callable[[Any], Any]
    edges: bool
    batch: int
    specs: list[TensorSpec] = field(default_factory=list)
    inputs: Arrays = field(default_factory=list)
    initial: Arrays = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)  # those that can be picked
    count: int = 0

    @property
    def is_open(self) -> bool:
        """Whether the size of the batch follows from an input."""
        return any(None in spec.shape for spec in self.specs)

    def one_of(self, options: Sequence[Any]) -> Any:
        """A choice."""
        return self.draw(strategies.sampled_from(list(options)))

    def integer(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return self.draw(strategies.integers(low, high))

    def shape(self, batch: bool = True) -> Shape:
        """A shape of up to three axes, its first one perhaps the batch."""
        sizes = [self.one_of(SIZES) for _ in range(self.integer(0, 3))]
        if batch and self.draw(strategies.booleans()):
            sizes = [None, *sizes[:2]]
        return tuple(sizes)

    def filled(self, shape: Shape) -> tuple[int, ...]:
        """The shape with the batch's size in it."""
        return tuple(self.batch if size is None else size for size in shape)

    def array(self, shape: Shape, kind: Any, sprinkle: bool = True) -> np.ndarray:
        """Small numbers in quarters, with edge values among them if wanted."""
        rng = np.random.default_rng(self.integer(0, 2**16))
        size = self.filled(shape)
        if kind.kind != "f":
            low = 0 if kind in (bool_, uint8) else -6
            return np.asarray(rng.integers(low, 2 if kind == bool_ else 9, size)).astype(kind)
        made = np.asarray(rng.integers(-8, 9, size) / 4.0).astype(kind)
        if self.edges and sprinkle:
            chosen = rng.random(size) < 0.15
            made = np.where(chosen, rng.choice(EDGES, size), made).astype(kind)
        return made

    # ------------------------------------------------------------ values

    def _note(self, shape: Shape, kind: Any, bound: float, grid: int | None) -> Value:
        exact = grid is not None and bound * 2.0**grid <= MOST_EXACT
        value = Value(self.count, shape, kind, bound, grid if exact else None)
        self.values.append(value)
        self.count += 1
        return value

    def leaf(self, array: np.ndarray, shape: Shape) -> Value:
        """An input or variable that `array` is the first value of."""
        return self._note(shape, array.dtype, 9.0, 2)

    def constant(self, array: Any, kind: Any = None) -> Value:
        """A constant of the program."""
        value = np.asarray(array, kind)
        self.steps.append(Step("constant", (), {"value": value}))
        finite = np.abs(value[np.isfinite(value)].astype(float)) if value.dtype.kind == "f" else 0
        largest = np.max(finite, initial=9.0) if np.ndim(finite) else 9.0
        bound = max(float(largest), float(np.max(np.abs(value.astype(float)), initial=0.0)))
        return self._note(value.shape, value.dtype, bound if np.isfinite(bound) else 9.0, 2)

    def add(
        self, name: str, *inputs: Value, bound: float = 1.0, grid: int | None = 0, **params: Any
    ) -> Value:
        """The result of an operation."""
        primitive = PRIMITIVES[name]
        shape = primitive.shape(*[value.shape for value in inputs], **params)
        kind = primitive.dtype(*[value.dtype for value in inputs], **params)
        self.steps.append(Step(name, tuple(value.place for value in inputs), params))
        return self._note(shape, kind, bound, grid)

    def assign(self, slot: int, value: Value) -> Value:
        """Let a variable hold a value from here on."""
        self.steps.append(Step("assign", (value.place,), {"slot": slot}))
        return self._note(value.shape, value.dtype, value.bound, value.grid)

    # ------------------------------------------------------------ choosing

    def pick(self, wanted: Callable[[Value], bool] = lambda value: True) -> Value:
        """A value of the program so far, mostly a late one, or a constant made for the purpose."""
        found = [value for value in self.values if wanted(value)]
        if found:
            return found[-1 - self.integer(0, min(len(found), 6) - 1)]
        for kind in (float32, bool_, int32):
            shape = (self.one_of((1, 2, 3)), self.one_of((1, 2, 3)))
            made = self.constant(self.array(shape, kind, sprinkle=False))
            if wanted(made):
                return made
        raise AssertionError("no constant is of the kind wanted")

    def sharp(self, value: Value) -> bool:
        """Whether floor, comparisons and the like may be asked of the value."""
        return value.exact or self.edges

    def fitting(self, like: Value) -> Value:
        """A value of the same dtype that broadcasts with another."""
        known = [v for v in self.values if v.dtype == like.dtype and _meet(v.shape, like.shape)][
            -5:
        ]
        if self.draw(strategies.booleans()):
            return self.one_of(known)
        sizes = [1 if n is None or self.integer(0, 2) == 0 else n for n in like.shape]
        return self.constant(self.array(tuple(sizes[self.integer(0, len(sizes)) :]), like.dtype))

    def number(self, value: float, like: Value) -> Value:
        """A scalar constant of the dtype of another value."""
        return self.constant(value, like.dtype)

    def clipped(self, x: Value, low: float, high: float) -> Value:
        """The value between two bounds."""
        if x.dtype == uint8:
            low = max(low, 0)
        raised = self.add("maximum", x, self.number(low, x), bound=x.bound, grid=x.grid)
        most = max(abs(low), abs(high))
        return self.add("minimum", raised, self.number(high, x), bound=most, grid=x.grid)

    def tame(self, x: Value, limit: float = 8.0) -> Value:
        """The value, clipped if it may be large."""
        return x if x.bound <= limit or x.dtype == bool_ else self.clipped(x, -limit, limit)

    def positive(self, x: Value) -> Value:
        """A value of at least a half."""
        size = self.add("abs", self.tame(x), bound=8.0, grid=x.grid)
        half = self.number(0.5 if is_float(x.dtype) else 1, x)
        return self.add("add", size, half, bound=9.0, grid=size.grid)


def _meet(one: Shape, other: Shape) -> bool:
    try:
        shape = st.broadcast_shape(one, other)
    except ValueError:
        return False
    known = [17 if size is None else size for size in shape]
    return math.prod(known) <= MOST_VALUES


def grid_of(*values: Value) -> int | None:
    """The common grid of exact values."""
    return max(v.grid for v in values) if all(v.exact for v in values) else None


@strategies.composite
def programs(draw: Any, edges: bool = False, most_steps: int = 8) -> Case:
    """Draw a program; with `edges`, infinities and NaN are among its inputs."""
    from tests.program_builders import BUILDERS

    drawing = Drawing(draw, edges, draw(strategies.sampled_from(BATCHES)))
    for _ in range(drawing.integer(1, 3)):
        _draw_input(drawing)
    for _ in range(drawing.integer(0, 2)):
        _draw_variable(drawing)
    for _ in range(drawing.integer(1, most_steps)):
        BUILDERS[drawing.one_of(sorted(BUILDERS))](drawing)
        if drawing.integer(0, 4) == 0:
            _draw_assignment(drawing)
    guarded = _draw_guard(drawing) if drawing.initial and drawing.integer(0, 2) == 0 else None
    last = [value.place for value in drawing.values[-8:]]
    chosen = {drawing.one_of(last) for _ in range(3)}
    return Case(
        specs=tuple(drawing.specs),
        inputs=tuple(drawing.inputs),
        initial=tuple(drawing.initial),
        steps=tuple(drawing.steps),
        results=tuple(sorted({*chosen, last[-1]})),
        guarded=guarded,
        batch=drawing.batch,
    )


def _draw_input(drawing: Drawing) -> None:
    shape, kind = drawing.shape(), drawing.one_of(KINDS)
    array = drawing.array(shape, kind)
    drawing.specs.append(TensorSpec(shape, kind))
    drawing.inputs.append(array)
    drawing.leaf(array, shape)


def _draw_variable(drawing: Drawing) -> None:
    shape, kind = drawing.shape(batch=False), drawing.one_of((float32, float64))
    array = drawing.array(shape, kind)
    drawing.initial.append(array)
    drawing.leaf(array, shape)


def _draw_assignment(drawing: Drawing) -> None:
    """Assigns a value of a variable's dtype and shape to it."""
    for slot, array in enumerate(drawing.initial):
        held = (array.shape, array.dtype)
        fits = [v for v in drawing.values if (v.shape, v.dtype) == held]
        drawing.assign(slot, fits[-1 - drawing.integer(0, min(len(fits), 3) - 1)])


def _draw_guard(drawing: Drawing) -> int:
    number = drawing.pick(lambda v: is_number(v) and v.exact and None not in v.shape)
    axes = tuple(range(len(number.shape)))
    flat = drawing.add("sum", number, bound=1e5, grid=number.grid, axes=axes)
    flat = drawing.add("reshape", flat, bound=1e5, grid=flat.grid, to=())
    return drawing.add("less_equal", drawing.number(0, flat), flat).place

"""Builders that add each primitive to a random program. Depends on tests/programs.py.

A builder adds an operation, and before it what makes its operands fit to be looked at by
engines that differ in a last digit.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

import steepest as st
from steepest.core.dtype import bool_, float32, float64, int32, int64, is_float, uint8
from steepest.core.primitives import Shape
from tests.programs import (
    MOST_VALUES,
    Drawing,
    Value,
    grid_of,
    has_fractions,
    is_number,
)

Builder = Callable[[Drawing], Value]
BUILDERS: dict[str, Builder] = {}


def builder(names: str) -> Callable[[Callable[[Drawing, str], Value]], None]:
    """Registers a function as the builder of primitives."""

    def enter(function: Callable[[Drawing, str], Value]) -> None:
        for name in names.split():
            BUILDERS[name] = lambda drawing, name=name: function(drawing, name)

    return enter


# ---------------------------------------------------------------- entry by entry


@builder("tanh logistic erf sin cos exp expm1")
def _bounded(d: Drawing, name: str) -> Value:
    x = d.tame(d.pick(has_fractions), 3.0)
    return d.add(name, x, bound=21.0 if name.startswith("exp") else 1.0, grid=None)


@builder("log log1p sqrt")
def _of_positive(d: Drawing, name: str) -> Value:
    x = d.pick(has_fractions)
    given = x if d.edges and d.integer(0, 1) else d.positive(x)
    return d.add(name, given, bound=x.bound + 3.0, grid=None)


@builder("rsqrt")
def _rsqrt(d: Drawing, name: str) -> Value:
    return d.add(name, d.positive(d.pick(has_fractions)), bound=2.0, grid=None)


@builder("floor round")
def _whole(d: Drawing, name: str) -> Value:
    x = d.pick(lambda v: has_fractions(v) and d.sharp(v))
    return d.add(name, x, bound=x.bound + 1.0, grid=0 if x.exact else None)


@builder("negative abs")
def _signs(d: Drawing, name: str) -> Value:
    x = d.pick(is_number)
    return d.add(name, x, bound=255.0 if x.dtype == uint8 else x.bound, grid=x.grid)


@builder("sign")
def _sign(d: Drawing, name: str) -> Value:
    x = d.pick(lambda v: is_number(v) and d.sharp(v))
    return d.add(name, x, grid=0 if x.exact else None)


@builder("add subtract multiply")
def _arithmetic(d: Drawing, name: str) -> Value:
    x = d.tame(d.pick(is_number), 64.0)
    y = d.tame(d.fitting(x), 64.0)
    x, y = (y, x) if d.integer(0, 1) else (x, y)
    if name == "multiply":
        grid = None if grid_of(x, y) is None else x.grid + y.grid
        return d.add(name, x, y, bound=x.bound * y.bound, grid=grid)
    bound = 255.0 if x.dtype == uint8 else x.bound + y.bound
    return d.add(name, x, y, bound=bound, grid=grid_of(x, y))


@builder("divide")
def _divide(d: Drawing, name: str) -> Value:
    x = d.tame(d.pick(has_fractions))
    return d.add(name, x, d.positive(d.fitting(x)), bound=16.0, grid=None)


@builder("floor_divide")
def _floor_divide(d: Drawing, name: str) -> Value:
    x = d.tame(d.pick(lambda v: is_number(v) and v.exact))
    y = d.fitting(x)
    if not y.exact:
        y = d.constant(d.array((), x.dtype, sprinkle=False))
    return d.add(name, x, d.positive(y), bound=17.0, grid=0)


@builder("power")
def _power(d: Drawing, name: str) -> Value:
    x = d.pick(is_number)
    y = d.fitting(x)
    if is_float(x.dtype):
        return d.add(name, d.positive(x), d.tame(y, 2.0), bound=81.0, grid=None)
    base = d.tame(x, 3.0)
    return d.add(name, base, d.clipped(y, 0, 3), bound=27.0, grid=base.grid)


@builder("maximum minimum")
def _extremes(d: Drawing, name: str) -> Value:
    x = d.pick()
    y = d.fitting(x)
    return d.add(name, x, y, bound=max(x.bound, y.bound), grid=grid_of(x, y))


@builder("equal less less_equal")
def _comparison(d: Drawing, name: str) -> Value:
    x = d.pick(d.sharp)
    y = d.fitting(x)
    return d.add(name, x, y if d.sharp(y) else x)


def _truth(value: Value) -> bool:
    return value.dtype == bool_


@builder("logical_and logical_or")
def _logic(d: Drawing, name: str) -> Value:
    x = d.pick(_truth)
    return d.add(name, x, d.fitting(x))


@builder("logical_not")
def _not(d: Drawing, name: str) -> Value:
    return d.add(name, d.pick(_truth))


@builder("select")
def _select(d: Drawing, name: str) -> Value:
    yes = d.pick()
    no = d.fitting(yes)
    shape = st.broadcast_shape(yes.shape, no.shape)
    whole = d.add("broadcast_to", no, bound=no.bound, grid=no.grid, to=shape)
    sign = d.add("equal", whole, whole) if d.sharp(no) else d.constant(True)
    fits = [v for v in d.values if _truth(v) and v.shape in (shape, (), shape[1:])]
    condition = d.one_of([sign, *fits[-3:]])
    return d.add(name, condition, yes, no, bound=max(yes.bound, no.bound), grid=grid_of(yes, no))


STORED = (st.float16, st.bfloat16)


@builder("cast")
def _cast(d: Drawing, name: str) -> Value:
    x = d.pick(d.sharp) if d.edges else d.pick(lambda v: v.exact)
    kind = d.one_of([float32, float64, int32, int64, uint8, bool_, *STORED])
    if kind in STORED:
        small = d.tame(d.add(name, x, bound=x.bound, grid=x.grid, dtype=float32))
        stored = d.add(name, small, bound=small.bound, grid=None, dtype=kind)
        d.values.remove(stored)  # nothing but the cast back computes with it
        return d.add(name, stored, bound=stored.bound, grid=None, dtype=float32)
    if is_float(x.dtype) and kind.kind in "iu":
        x = _finite(d, x)
    if kind == uint8:
        x = d.clipped(x, 0, 9) if is_number(x) else x
    bound = 1.0 if kind == bool_ or not is_number(x) else x.bound
    return d.add(name, x, bound=bound, grid=x.grid if is_float(kind) else 0, dtype=kind)


def _finite(d: Drawing, x: Value) -> Value:
    known = d.add("equal", x, x)
    number = d.add("select", known, x, d.number(0, x), bound=x.bound, grid=x.grid)
    return d.clipped(number, -99, 99)


# ---------------------------------------------------------------- reductions and products


def _axes(d: Drawing, x: Value) -> tuple[int, ...]:
    return tuple(axis for axis in range(len(x.shape)) if d.integer(0, 1))


@builder("sum")
def _sum(d: Drawing, name: str) -> Value:
    x = d.tame(d.pick(is_number), 64.0)
    axes = _axes(d, x)
    count = math.prod(d.filled(x.shape)[axis] for axis in axes)
    bound = 255.0 if x.dtype == uint8 else x.bound * max(count, 1)
    return d.add(name, x, bound=bound, grid=x.grid, axes=axes)


@builder("max min")
def _extreme_of(d: Drawing, name: str) -> Value:
    x = d.pick()
    axes = tuple(axis for axis in _axes(d, x) if d.filled(x.shape)[axis])
    return d.add(name, x, bound=x.bound, grid=x.grid, axes=axes)


@builder("argmax")
def _argmax(d: Drawing, name: str) -> Value:
    x = d.pick(lambda v: d.sharp(v) and any(d.filled(v.shape)))
    axis = d.one_of([axis for axis, size in enumerate(d.filled(x.shape)) if size])
    return d.add(name, x, bound=99.0, axis=axis)


@builder("cumsum")
def _cumsum(d: Drawing, name: str) -> Value:
    x = d.tame(d.pick(lambda v: is_number(v) and v.shape != ()), 64.0)
    axis = d.integer(0, len(x.shape) - 1)
    bound = 255.0 if x.dtype == uint8 else x.bound * max(d.filled(x.shape)[axis], 1)
    return d.add(name, x, bound=bound, grid=x.grid, axes=(axis,))


def _product_partner(d: Drawing, x: Value) -> Value:
    inner = x.shape[-1]
    fits = [
        v
        for v in d.values
        if v.dtype == x.dtype and len(v.shape) == 2 and v.shape[0] == inner and v.bound <= 8.0
    ]
    if inner is None:
        turned = d.add("transpose", x, bound=x.bound, grid=x.grid, order=_swapped(x.shape))
        return d.one_of([turned, *fits])
    made = d.constant(d.array((inner, d.one_of((1, 2, 3, 9))), x.dtype))
    return d.one_of([made, *fits[-3:]])


def _swapped(shape: Shape) -> tuple[int, ...]:
    order = list(range(len(shape)))
    order[-2:] = order[-1], order[-2]
    return tuple(order)


@builder("matmul")
def _matmul(d: Drawing, name: str) -> Value:
    x = d.pick(lambda v: is_number(v) and len(v.shape) >= 2)
    x = d.tame(x)
    if d.integer(0, 3) == 0:
        x = d.add("transpose", x, bound=x.bound, grid=x.grid, order=_swapped(x.shape))
    y = _product_partner(d, x)
    if len(x.shape) == 3 and len(y.shape) == 2 and d.integer(0, 1):
        y = d.add("reshape", y, bound=y.bound, grid=y.grid, to=(1, *y.shape))
    grid = None if grid_of(x, y) is None else x.grid + y.grid
    inner = d.filled(x.shape)[-1]
    bound = 255.0 if x.dtype == uint8 else x.bound * y.bound * max(inner, 1)
    return d.add(name, x, y, bound=bound, grid=grid)


# ---------------------------------------------------------------- numbers moved


def _moved(d: Drawing, name: str, x: Value, *others: Value, **params: object) -> Value:
    bound = max(x.bound, *(v.bound for v in others), 0.0) if others else x.bound
    return d.add(name, x, *others, bound=bound, grid=grid_of(x, *others), **params)


@builder("reshape")
def _reshape(d: Drawing, name: str) -> Value:
    x = d.pick()
    known = [size for size in x.shape if size is not None]
    sizes = d.one_of([[math.prod(known)], [1, *known], [*known, 1], known, known[::-1]])
    lead = [None] * x.shape.count(None)
    return _moved(d, name, x, to=tuple([*lead, *sizes] if d.integer(0, 1) else [*sizes, *lead]))


@builder("transpose")
def _transpose(d: Drawing, name: str) -> Value:
    x = d.pick()
    order = list(range(len(x.shape)))
    rng = np.random.default_rng(d.integer(0, 99))
    return _moved(d, name, x, order=tuple(int(axis) for axis in rng.permutation(order)))


@builder("broadcast_to")
def _broadcast_to(d: Drawing, name: str) -> Value:
    x = d.pick(lambda v: math.prod(d.filled(v.shape)) <= MOST_VALUES // 17)
    sizes = [d.one_of((1, 2, 3)) if size == 1 else size for size in x.shape]
    if len(sizes) < 3:
        lead = [None, 2] if d.is_open and None not in x.shape else [1, 2]
        sizes = [d.one_of(lead), *sizes]
    return _moved(d, name, x, to=tuple(sizes))


def _range(d: Drawing, size: int | None) -> tuple[int, int | None, int]:
    if not size:
        return 0, size, 1
    start, step = d.integer(0, size - 1), d.one_of((1, 1, 2, -1, -2))
    room = (size - 1 - start) // step if step > 0 else start // -step
    return start, d.integer(0 if d.integer(0, 5) == 0 else 1, room + 1), step


@builder("slice")
def _slice(d: Drawing, name: str) -> Value:
    x = d.pick(lambda v: v.shape != ())
    return _moved(d, name, x, ranges=tuple(_range(d, size) for size in x.shape))


@builder("place")
def _place(d: Drawing, name: str) -> Value:
    x = d.pick(lambda v: math.prod(d.filled(v.shape)) <= MOST_VALUES // 27)
    ranges, to = [], []
    for size in x.shape:
        before, after, step = d.integer(0, 2), d.integer(0, 1), d.one_of((1, 1, 2))
        last = before if not size else before + (size - 1) * step
        ranges.append((0, None, 1) if size is None else (before, size, step))
        to.append(None if size is None else last + 1 + after)
    return _moved(d, name, x, ranges=tuple(ranges), to=tuple(to))


@builder("concat")
def _concat(d: Drawing, name: str) -> Value:
    x = d.pick(lambda v: any(size is not None for size in v.shape))
    axis = d.one_of([axis for axis, size in enumerate(x.shape) if size is not None])
    fits = [v for v in d.values if v.dtype == x.dtype and _joins(v.shape, x.shape, axis)]
    further = d.integer(0, 2) if fits else 0  # a large value is joined with nothing
    return _moved(d, name, x, *[d.one_of(fits[-3:]) for _ in range(further)], axis=axis)


def _joins(one: Shape, other: Shape, axis: int) -> bool:
    if len(one) != len(other) or one[axis] is None:
        return False
    small = math.prod(17 if n is None else n for n in one) <= MOST_VALUES // 3
    return small and one[:axis] + one[axis + 1 :] == other[:axis] + other[axis + 1 :]


def _indices(d: Drawing, rows: int) -> Value:
    """Whole numbers that name rows: given, or worked out from a value of the program."""
    kind = d.one_of((int32, int64))
    given = [v for v in d.values if v.dtype == kind and math.prod(d.filled(v.shape)) < 30]
    if given and d.integer(0, 1):
        return d.clipped(d.one_of(given), 0, rows - 1)
    made = d.array(d.one_of(((), (3,), (1,), (2, 2), (0,))), kind, sprinkle=False)
    return d.constant(np.abs(made) % rows, kind)


@builder("gather")
def _gather(d: Drawing, name: str) -> Value:
    x = d.pick(lambda v: bool(v.shape) and v.shape[0] != 0 and math.prod(d.filled(v.shape)) < 50)
    rows = x.shape[0]
    if rows is None:
        places = d.add("iota", bound=17.0, shape=(None,), axis=0, dtype=int64)
        return _moved(d, name, x, places)
    return _moved(d, name, x, _indices(d, rows))


@builder("scatter_add")
def _scatter_add(d: Drawing, name: str) -> Value:
    x = d.tame(d.pick(lambda v: is_number(v) and v.shape != ()))
    count, rows = x.shape[0], d.one_of((1, 2, 5))
    if count is None:
        places = d.add("iota", bound=17.0, shape=(None,), axis=0, dtype=int64)
        rows = d.one_of((None, rows))
        places = places if rows is None else d.clipped(places, 0, rows - 1)
    else:
        made = d.array((count,), int64, sprinkle=False)
        places = d.constant(np.abs(made) % rows, d.one_of((int32, int64)))
    bound = 255.0 if x.dtype == uint8 else x.bound * max(d.filled(x.shape)[0], 1)
    return d.add(name, places, x, bound=bound, grid=x.grid, rows=rows)


# ---------------------------------------------------------------- made anew


@builder("iota")
def _iota(d: Drawing, name: str) -> Value:
    shape = d.shape(d.is_open) or (3,)
    kind, axis = d.one_of((int32, int64, float32, float64)), d.integer(0, len(shape) - 1)
    return d.add(name, bound=17.0, shape=shape, axis=axis, dtype=kind)


@builder("batch_size")
def _batch_size(d: Drawing, name: str) -> Value:
    if not d.is_open:
        return BUILDERS["add"](d)
    return d.add(name, bound=17.0, of=None)


@builder("random_bits")
def _random_bits(d: Drawing, name: str) -> Value:
    seed = d.constant([d.integer(-(2**40), 2**40), d.integer(0, 9), d.integer(0, 2**33)], int64)
    width = d.one_of((1, 8, 24, 30))
    shape, lane = d.shape(d.is_open), d.integer(0, 3)
    made = d.add(name, seed, bound=2.0**width, shape=shape, width=width, lane=lane)
    scale = d.number(2 ** max(width - 4, 0), made)
    return d.add("floor_divide", made, scale, bound=16.0)

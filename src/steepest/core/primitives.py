"""The closed set of operations: the name, shape rule and dtype rule of each.

Everything else in steepest is composed of these. Each one is defined in `numpy_rules`, its
derivative in `gradient_rules`; every other interpreter has a table with the same keys.

A shape is a tuple of sizes. While a program is recorded one size, the batch, is unknown: None.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

from steepest.core.dtype import (
    NO_NUMBERS,
    DType,
    bool_,
    int32,
    int64,
    is_float,
    is_storage,
    name_of,
    string,
)
from steepest.errors import DTypeError, ShapeError, UnknownSizeError

Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class Primitive:
    """A primitive operation.

    `shape` and `dtype` take those of the inputs, in order, and the parameters by name. `form` is
    "elementwise" (with broadcasting), "reduction", "product", "structure" (values are moved, not
    changed) or "source" (no tensor input gives the values).
    """

    name: str
    form: str
    shape: Callable[..., Shape]
    dtype: Callable[..., DType]

    def __repr__(self) -> str:
        return self.name


PRIMITIVES: dict[str, Primitive] = {}


def show(shape: Shape) -> str:
    """A shape as error messages print it.

    >>> show((None, 3))
    '(batch, 3)'
    """
    sizes = ["batch" if size is None else str(size) for size in shape]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


def known_count(sizes: Iterable[int | None]) -> int:
    """The product of sizes that are all known.

    >>> known_count((2, 3)), known_count(())
    (6, 1)
    """
    return math.prod(cast(Iterable[int], sizes))


# ---------------------------------------------------------------- shape rules


def _same(name: str) -> Callable[..., Shape]:
    def rule(shape: Shape, **params: Any) -> Shape:
        return shape

    return rule


def broadcast_shapes(name: str, *shapes: Shape) -> Shape:
    """The shape to which all of `shapes` broadcast, by NumPy's rule.

    >>> broadcast_shapes("add", (None, 3), (3,))
    (None, 3)
    """
    if shapes.count(shapes[0]) == len(shapes):  # the usual case
        return tuple(shapes[0])
    rank = max(len(shape) for shape in shapes)
    padded = [(1,) * (rank - len(shape)) + tuple(shape) for shape in shapes]
    sizes = [{size for size in column if size != 1} for column in zip(*padded, strict=True)]
    if any(len(size) > 1 for size in sizes):
        raise ShapeError(
            f"{name}: shapes {' and '.join(map(show, shapes))} do not fit each other; "
            "counted from the right, sizes must be equal or 1"
        )
    return tuple(size.pop() if size else 1 for size in sizes)


def _broadcast(name: str) -> Callable[..., Shape]:
    def rule(*shapes: Shape, **params: Any) -> Shape:
        return broadcast_shapes(name, *shapes)

    return rule


def _reduced(shape: Shape, *, axes: tuple[int, ...]) -> Shape:
    return tuple(1 if axis in axes else size for axis, size in enumerate(shape))


def _reduced_nonempty(name: str) -> Callable[..., Shape]:
    def rule(shape: Shape, *, axes: tuple[int, ...]) -> Shape:
        if any(shape[axis] == 0 for axis in axes):
            raise ShapeError(f"{name}: nothing to choose from in an empty axis of {show(shape)}")
        return _reduced(shape, axes=axes)

    return rule


def _matmul_shape(left: Shape, right: Shape) -> Shape:
    if len(left) < 2 or len(right) < 2 or left[-1] != right[-2]:
        raise ShapeError(
            f"matmul: shapes {show(left)} and {show(right)} do not fit each other; the last size "
            "of the first must equal the second-to-last size of the second"
        )
    lead = broadcast_shapes("matmul", left[:-2], right[:-2]) if left[:-2] or right[:-2] else ()
    return (*lead, left[-2], right[-1])


def _reshape_shape(shape: Shape, *, to: Shape) -> Shape:
    if _count(shape) != _count(to) or shape.count(None) != to.count(None):
        raise ShapeError(f"reshape: {show(shape)} does not hold as many values as {show(to)}")
    return to


def _count(shape: Shape) -> int:
    total = 1
    for size in shape:
        total *= 1 if size is None else size
    return total


def _broadcast_to_shape(shape: Shape, *, to: Shape) -> Shape:
    if broadcast_shapes("broadcast_to", shape, to) != to:
        raise ShapeError(f"broadcast_to: {show(shape)} cannot be broadcast to {show(to)}")
    return to


def _concat_shape(*shapes: Shape, axis: int) -> Shape:
    first = shapes[0]
    for other in shapes[1:]:
        if len(other) != len(first) or any(
            a != b for i, (a, b) in enumerate(zip(first, other, strict=True)) if i != axis
        ):
            raise ShapeError(
                f"concat: shapes {show(first)} and {show(other)} must agree on every axis "
                f"but {axis}"
            )
    sizes = [shape[axis] for shape in shapes]
    if len(sizes) > 1 and None in sizes:
        raise UnknownSizeError(
            f"concat: the batch (axis {axis}) cannot be lengthened inside a program of batches of "
            "any size; compute both parts one after another, or fix the size: st.function without "
            "input_signature records the size that it is given"
        )
    total = sizes[0] if None in sizes else sum(size for size in sizes if size is not None)
    return (*first[:axis], total, *first[axis + 1 :])


def _gather_shape(table: Shape, indices: Shape) -> Shape:
    if not table:
        raise ShapeError("gather: a single number has no rows to take")
    return (*indices, *table[1:])


def _scatter_shape(indices: Shape, updates: Shape, *, rows: int | None) -> Shape:
    if updates[: len(indices)] != indices:
        raise ShapeError(f"scatter_add: updates {show(updates)} must begin with {show(indices)}")
    return (rows, *updates[len(indices) :])


def _given_shape(*shapes: Shape, shape: Shape, **params: Any) -> Shape:
    return shape


# ---------------------------------------------------------------- dtype rules


def _check_dtypes(name: str, dtypes: tuple[DType, ...], allowed: Callable[[DType], bool]) -> None:
    for dtype in dtypes:
        if is_storage(dtype) or not allowed(dtype):
            refused = f"does not take {name_of(dtype)}; use st.cast first"
            raise DTypeError(f"{name}: {NO_NUMBERS if dtype == string else refused}")
    if len(set(dtypes)) > 1:
        raise DTypeError(f"{name}: dtypes must agree, got {', '.join(map(name_of, dtypes))}")


def _like(name: str, allowed: Callable[[DType], bool]) -> Callable[..., DType]:
    def rule(*dtypes: DType, **params: Any) -> DType:
        _check_dtypes(name, dtypes, allowed)
        return dtypes[0]

    return rule


def _comparison(name: str) -> Callable[..., DType]:
    def rule(*dtypes: DType, **params: Any) -> DType:
        _check_dtypes(name, dtypes, _ordered if name != "equal" else lambda dtype: True)
        return bool_

    return rule


def _ordered(dtype: DType) -> bool:
    return dtype != string


def _number(dtype: DType) -> bool:
    return dtype != bool_ and dtype != string


def _truth(dtype: DType) -> bool:
    return dtype == bool_


def _moved(name: str) -> Callable[..., DType]:
    def rule(*dtypes: DType, **params: Any) -> DType:
        if len(set(dtypes)) > 1:
            raise DTypeError(f"{name}: dtypes must agree, got {', '.join(map(name_of, dtypes))}")
        return dtypes[0]

    return rule


def _select_dtype(condition: DType, yes: DType, no: DType) -> DType:
    if condition != bool_:
        raise DTypeError(f"where: the condition must be bool, got {name_of(condition)}")
    return _moved("where")(yes, no)


def _of_numbers(name: str, dtypes: tuple[DType, ...], result: DType) -> DType:
    if string in dtypes:
        raise DTypeError(f"{name}: {NO_NUMBERS}")
    return result


def _index_dtype(name: str, table: DType, indices: DType) -> DType:
    if indices not in (int32, int64):
        raise DTypeError(f"{name}: indices must be int32 or int64, got {name_of(indices)}")
    return table


# ---------------------------------------------------------------- the set


def _define(
    form: str,
    names: str,
    shape: Callable[[str], Callable[..., Shape]],
    dtype: Callable[[str], Callable[..., DType]],
) -> None:
    for name in names.split():
        PRIMITIVES[name] = Primitive(name, form, shape(name), dtype(name))


def _fixed(rule: Callable[..., Any]) -> Callable[[str], Callable[..., Any]]:
    return lambda name: rule


def _takes(allowed: Callable[[DType], bool]) -> Callable[[str], Callable[..., DType]]:
    return lambda name: _like(name, allowed)


_define(
    "elementwise",
    "exp expm1 log log1p tanh logistic erf sqrt rsqrt sin cos floor round",
    _same, _takes(is_float),
)  # fmt: skip
_define("elementwise", "negative abs sign", _same, _takes(_number))
_define("elementwise", "logical_not", _same, _takes(_truth))
_define("elementwise", "add subtract multiply", _broadcast, _takes(_number))
_define("elementwise", "divide", _broadcast, _takes(is_float))
_define("elementwise", "floor_divide power", _broadcast, _takes(_number))
_define("elementwise", "maximum minimum", _broadcast, _takes(_ordered))
_define("elementwise", "equal less less_equal", _broadcast, _comparison)
_define("elementwise", "logical_and logical_or", _broadcast, _takes(_truth))
_define("elementwise", "select", _broadcast, _fixed(_select_dtype))
_define(
    "elementwise",
    "cast",
    _same,
    _fixed(lambda given, *, dtype: _of_numbers("cast", (given, dtype), dtype)),
)
_define("reduction", "sum", _fixed(_reduced), _takes(_number))
_define("reduction", "max min", _reduced_nonempty, _takes(_ordered))
_define(
    "reduction",
    "argmax",
    lambda name: lambda shape, *, axis: _reduced_nonempty(name)(shape, axes=(axis,)),
    _fixed(lambda given, *, axis: _of_numbers("argmax", (given,), int64)),
)
_define("reduction", "cumsum", _same, _takes(_number))
_define("product", "matmul", _fixed(_matmul_shape), _takes(_number))
_define("structure", "reshape", _fixed(_reshape_shape), _moved)
_define(
    "structure",
    "transpose",
    _fixed(lambda shape, *, order: tuple(shape[axis] for axis in order)),
    _moved,
)
_define("structure", "broadcast_to", _fixed(_broadcast_to_shape), _moved)
_define(
    "structure",
    "slice",
    _fixed(lambda shape, *, ranges: tuple(count for _, count, _ in ranges)),
    _moved,
)
_define("structure", "place", _fixed(lambda shape, *, ranges, to: to), _moved)
_define("structure", "concat", _fixed(_concat_shape), _moved)
_define(
    "structure",
    "gather",
    _fixed(_gather_shape),
    _fixed(lambda table, indices: _index_dtype("gather", table, indices)),
)
_define(
    "structure",
    "scatter_add",
    _fixed(_scatter_shape),
    _fixed(lambda indices, updates, *, rows: _index_dtype("scatter_add", updates, indices)),
)
_define("source", "iota", _fixed(_given_shape), _fixed(lambda *, shape, axis, dtype: dtype))
_define("source", "batch_size", _fixed(lambda *, of: ()), _fixed(lambda *, of: int64))
_define(
    "source",
    "random_bits",
    _fixed(_given_shape),
    _fixed(lambda seed, *, shape, width, lane: int32),
)

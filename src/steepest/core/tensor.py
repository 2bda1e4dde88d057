"""Tensor, an immutable array, with its operators and methods. Depends on dtype and dispatch.

A tensor's `data` is a NumPy array or, while a program is recorded, the node that computes it. The
functions that operators and methods call are set by `functions/methods.py`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, Union

import numpy as np

from steepest.core import dispatch, tree
from steepest.core.dtype import DType, DTypeLike, bfloat16, name_of, string
from steepest.core.numpy_rules import widened
from steepest.core.primitives import Shape, known_count, show
from steepest.core.sizes import SHAPES, TensorShape
from steepest.core.user_line import user_place
from steepest.errors import ArgumentError, ShapeError, TraceError, nearest

_serial = itertools.count()
_functions: Any = None  # what operators and methods call, set by `functions/methods.py`


def set_functions(namespace: Any) -> None:
    """Sets the functions that the operators and methods of tensors call."""
    global _functions
    _functions = namespace


def functions() -> Any:
    """The functions that the operators and methods of tensors call."""
    return _functions


class Operators:
    """Arithmetic, comparison, indexing and methods of tensors and variables."""

    __slots__ = ()
    __array_priority__ = 1000  # so that `array + tensor` calls the tensor's operator
    __hash__ = object.__hash__

    # fmt: off
    def __add__(self, other: TensorLike) -> Tensor: return _functions.add(self, other)
    def __radd__(self, other: TensorLike) -> Tensor: return _functions.add(other, self)
    def __sub__(self, other: TensorLike) -> Tensor: return _functions.subtract(self, other)
    def __rsub__(self, other: TensorLike) -> Tensor: return _functions.subtract(other, self)
    def __mul__(self, other: TensorLike) -> Tensor: return _functions.multiply(self, other)
    def __rmul__(self, other: TensorLike) -> Tensor: return _functions.multiply(other, self)  # type: ignore[misc]
    def __truediv__(self, other: TensorLike) -> Tensor: return _functions.divide(self, other)
    def __rtruediv__(self, other: TensorLike) -> Tensor: return _functions.divide(other, self)
    def __floordiv__(self, other: TensorLike) -> Tensor: return _functions.floor_divide(self, other)
    def __rfloordiv__(self, other: TensorLike) -> Tensor:
        return _functions.floor_divide(other, self)
    def __mod__(self, other: TensorLike) -> Tensor: return _functions.remainder(self, other)
    def __rmod__(self, other: TensorLike) -> Tensor: return _functions.remainder(other, self)
    def __pow__(self, other: TensorLike) -> Tensor: return _functions.power(self, other)
    def __rpow__(self, other: TensorLike) -> Tensor: return _functions.power(other, self)
    def __matmul__(self, other: TensorLike) -> Tensor: return _functions.matmul(self, other)
    def __rmatmul__(self, other: TensorLike) -> Tensor: return _functions.matmul(other, self)
    def __neg__(self) -> Tensor: return _functions.negative(self)
    def __pos__(self) -> Tensor: return _functions.as_tensor(self)
    def __abs__(self) -> Tensor: return _functions.absolute(self)
    def __invert__(self) -> Tensor: return _functions.logical_not(self)
    def __and__(self, other: TensorLike) -> Tensor: return _functions.logical_and(self, other)
    def __rand__(self, other: TensorLike) -> Tensor: return _functions.logical_and(other, self)
    def __or__(self, other: TensorLike) -> Tensor: return _functions.logical_or(self, other)
    def __ror__(self, other: TensorLike) -> Tensor: return _functions.logical_or(other, self)
    def __xor__(self, other: TensorLike) -> Tensor: return _functions.logical_xor(self, other)
    def __rxor__(self, other: TensorLike) -> Tensor: return _functions.logical_xor(other, self)
    def __lt__(self, other: TensorLike) -> Tensor: return _functions.less(self, other)  # type: ignore[misc]
    def __le__(self, other: TensorLike) -> Tensor: return _functions.less_equal(self, other)  # type: ignore[misc]
    def __gt__(self, other: TensorLike) -> Tensor: return _functions.less(other, self)  # type: ignore[misc]
    def __ge__(self, other: TensorLike) -> Tensor: return _functions.less_equal(other, self)  # type: ignore[misc]
    def __getitem__(self, key: Any) -> Tensor:
        return _functions.take(_functions.as_tensor(self), key)

    def sum(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The sum over all or some axes."""
        return _functions.reduce_sum(self, axis, keepdims)
    def mean(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The mean over all or some axes."""
        return _functions.reduce_mean(self, axis, keepdims)
    def max(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The maximum over all or some axes."""
        return _functions.reduce_max(self, axis, keepdims)
    def min(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The minimum over all or some axes."""
        return _functions.reduce_min(self, axis, keepdims)
    def argmax(self, axis: int | None = None, keepdims: bool = False) -> Tensor:
        """The index of the maximum along an axis, which must be given if there are several."""
        return _functions.argmax(self, _only_axis(self, "argmax", axis), keepdims=keepdims)
    def argmin(self, axis: int | None = None, keepdims: bool = False) -> Tensor:
        """The index of the minimum along an axis, which must be given if there are several."""
        return _functions.argmin(self, _only_axis(self, "argmin", axis), keepdims=keepdims)
    def astype(self, dtype: DTypeLike) -> Tensor:
        """The same values as another dtype."""
        return _functions.cast(self, dtype)
    def reshape(self, *shape: Any) -> Tensor:
        """The same values, in order, in another shape."""
        return _functions.reshape(self, shape[0] if len(shape) == 1 else shape)
    def transpose(self, *order: Any) -> Tensor:
        """The same values with the axes reordered (reversed without an order)."""
        axes = order[0] if len(order) == 1 and not isinstance(order[0], int) else order
        return _functions.transpose(self, axes or None)
    def flatten(self) -> Tensor:
        """All values along one axis."""
        return _functions.reshape(self, (-1,))
    ravel = flatten
    def std(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The standard deviation over all or some axes."""
        return _functions.reduce_std(self, axis, keepdims)
    def var(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The variance over all or some axes."""
        return _functions.reduce_variance(self, axis, keepdims)
    def prod(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The product over all or some axes."""
        return _functions.reduce_prod(self, axis, keepdims)
    def any(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Whether any entry is true."""
        return _functions.reduce_any(self, axis, keepdims)
    def all(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Whether all entries are true."""
        return _functions.reduce_all(self, axis, keepdims)
    def cumsum(self, axis: int = 0) -> Tensor:
        """Cumulative sums along an axis."""
        return _functions.cumsum(self, axis)
    def clip(self, low: TensorLike, high: TensorLike) -> Tensor:
        """The values limited to the range from `low` to `high`."""
        return _functions.clip_by_value(self, low, high)
    def round(self) -> Tensor:
        """The nearest integers, halves to the even one."""
        return _functions.round(self)
    def squeeze(self, axis: Axis = None) -> Tensor:
        """The tensor without axes of size 1."""
        return _functions.squeeze(self, axis)
    def swapaxes(self, first: int, second: int) -> Tensor:
        """Two axes exchanged."""
        order = list(range(len(self.shape)))
        if not all(-len(order) <= axis < len(order) for axis in (first, second)):
            raise ArgumentError(
                f"swapaxes: {first} and {second} are not both axes of the shape {show(self.shape)}"
            )
        order[first], order[second] = order[second], order[first]
        return _functions.transpose(self, order)
    def dot(self, other: TensorLike) -> Tensor:
        """The matrix product."""
        return _functions.matmul(self, other)
    # fmt: on

    @property
    def T(self) -> Tensor:  # noqa: N802 - NumPy's name
        """The transpose."""
        return _functions.transpose(self)

    def __eq__(self, other: object) -> Tensor:  # type: ignore[override]
        if not _functions.is_tensor_like(other) and not self._is_compared_to_text(other):
            return NotImplemented
        return _functions.equal(self, other)

    def __ne__(self, other: object) -> Tensor:  # type: ignore[override]
        if not _functions.is_tensor_like(other) and not self._is_compared_to_text(other):
            return NotImplemented
        return _functions.not_equal(self, other)

    def _is_compared_to_text(self, other: object) -> bool:
        return isinstance(other, (str, bytes)) and self.dtype == string

    def numpy(self) -> np.ndarray:
        """The values as a new NumPy array; of a single text the Python text."""
        values = self._read()
        return values.item() if values.dtype == string and not values.shape else np.array(values)

    def _read(self) -> np.ndarray:
        raise NotImplementedError

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self._read(), dtype=dtype)

    def __array_function__(self, function: Any, types: Any, given: Any, options: Any) -> Any:
        """NumPy's functions take tensors as arrays, and return arrays."""
        positional, named = tree.transform(
            lambda leaf: np.asarray(leaf) if isinstance(leaf, Operators) else leaf, (given, options)
        )
        return function(*positional, **named)

    def item(self) -> Any:
        """The only value, as a Python number."""
        value = self._read()
        if value.size != 1:
            raise ShapeError(
                f"a tensor of shape {show(value.shape)} is not a single number; choose one entry, "
                "or reduce them by mean() or sum()"
            )
        return value.item()

    def tolist(self) -> Any:
        """The values as nested Python lists."""
        return self._read().tolist()

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec else str(self)

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __round__(self, digits: int | None = None) -> Any:
        return round(self.item(), digits)

    def __index__(self) -> int:
        value = self._read()
        if value.shape or value.dtype.kind not in "iu":
            raise TypeError(f"only a single integer can be an index, not {self!r}")
        return int(value)

    def __bool__(self) -> bool:
        value = self._read()
        if value.size != 1:
            raise ValueError(
                f"a tensor of shape {show(value.shape)} is neither true nor false; "
                "use st.reduce_any or st.reduce_all"
            )
        return bool(value.item())

    def __setitem__(self, key: Any, value: Any) -> None:
        raise TypeError(
            "entries cannot be set one by one; v[key].assign(x) changes those of a variable, and "
            "st.tensor_scatter_nd_update or st.where(mask, new, old) make a new tensor"
        )

    def __len__(self) -> int:
        shape: Shape = self.shape
        if not shape:
            raise TypeError("a single number has no length")
        if shape[0] is None:
            raise TraceError("the batch has no length while a program is recorded; use st.shape")
        return shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        return (self[index] for index in range(len(self)))

    def __getattr__(self, name: str) -> Any:
        if name[0] == "_" or name == "origin":  # asked for often, and absent on most tensors
            raise AttributeError(name)
        own = type(self).__name__
        known = [option for option in dir(type(self)) if not option.startswith("_")]
        raise AttributeError(f"a {own} has no attribute {name!r}: {nearest(name, known)}")


def _only_axis(x: Any, name: str, axis: int | None) -> int | None:
    if axis is None and len(x.shape) != 1:
        raise ArgumentError(
            f"x.{name}() of a tensor of shape {show(x.shape)}: give an axis; NumPy's method would "
            f"search all values, x.flatten().{name}(), TensorFlow the first axis, x.{name}(0)"
        )
    return axis


class Tensor(Operators):
    """An immutable array of numbers: `st.constant` makes one from anything array-like.

    >>> import steepest as st
    >>> st.constant([[1.0, 2.0], [3.0, 4.0]]) @ st.constant([[1.0], [1.0]])
    Tensor([[3.]
            [7.]], shape=(2, 1), dtype=float32)
    """

    __slots__ = ("__weakref__", "_keras_mask", "data", "dtype", "origin", "serial", "shape")
    origin: Any  # a weak reference to the variable that the tensor was read from, or the Logits
    # from which an activation computed it; absent on most tensors
    _keras_mask: Any  # which steps of a sequence count, see masks.py; absent on most tensors

    def __init__(self, data: Any, shape: Shape | None = None, dtype: DType | None = None) -> None:
        self.data = data
        if shape is None:
            self.shape = SHAPES[data.shape]
        else:
            self.shape = shape if type(shape) is TensorShape else TensorShape(shape)
        self.dtype: DType = data.dtype if dtype is None else dtype
        self.serial = next(_serial)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> Any:
        """The number of values; a tensor if the batch is among the axes."""
        return _functions.size(self) if None in self.shape else known_count(self.shape)

    @property
    def is_symbolic(self) -> bool:
        """Whether the tensor represents a value that a program is yet to compute."""
        return not isinstance(self.data, np.ndarray)

    def _read(self) -> np.ndarray:
        if not isinstance(self.data, np.ndarray):
            raise TraceError(_no_value(self))
        return widened(self.data) if self.dtype == bfloat16 else self.data

    def __repr__(self) -> str:
        ending = f"shape={show(self.shape)}, dtype={name_of(self.dtype)})"
        if not isinstance(self.data, np.ndarray):
            return f"Tensor(<yet to be computed>, {ending}"
        body = np.array2string(self._read(), prefix="Tensor(", threshold=1000, separator=" ")
        return f"Tensor({body}, {ending}"

    def __format__(self, spec: str) -> str:
        """The values as NumPy prints them; with a specification, the number."""
        return (
            str(self if self.is_symbolic else self._read())
            if not spec
            else super().__format__(spec)
        )

    def __reduce__(self) -> Any:
        return _rebuilt, (self._read(), name_of(self.dtype))

    def __copy__(self) -> Tensor:
        return self

    def __deepcopy__(self, memo: Any) -> Tensor:
        return self


def _rebuilt(array: np.ndarray, dtype: str) -> Tensor:
    return _functions.constant(array, dtype)


def _no_value(tensor: Tensor) -> str:
    source = getattr(tensor.data, "source", None)
    what = f"a tensor of shape {show(tensor.shape)}{f', computed at {source},' if source else ''}"
    if not dispatch.STACKS.interpreters and not hasattr(tensor.data, "home"):
        return (
            f"{what} belongs to a program whose recording has ended and has no value here; "
            "return it from the recorded function instead"
        )
    return (
        f"{user_place()} asks for the value of {what} while a program is being recorded, and it "
        "has none yet: Python's if, while, float() and numpy() cannot use it. Choose with "
        "st.where, st.cond or st.while_loop, or decide outside of the recorded function"
    )


TensorLike = Union[Operators, np.ndarray, bool, int, float, "list[Any]", "tuple[Any, ...]"]
Axis = Union[int, "tuple[int, ...]", "list[int]", None]

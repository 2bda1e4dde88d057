"""Variable: a tensor that can be assigned. Depends on tensor, ops and dispatch."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from steepest.core import dispatch, ops
from steepest.core.aligned_arrays import aligned_copy
from steepest.core.dtype import NO_NUMBERS, DType, DTypeLike, is_float, name_of, string
from steepest.core.primitives import known_count, show
from steepest.core.sizes import TensorShape
from steepest.core.tensor import Operators, Tensor, TensorLike, functions
from steepest.errors import DTypeError, ShapeError

_serial = itertools.count()
_COPIED = ("path", "regularizer", "constraint", "made_trainable")


class Owner(Protocol):
    """Holds the values of a variable outside of host memory: an engine's copy on a device."""

    def fetch(self, variable: Variable) -> np.ndarray | None:
        """The values as an array that no one may change; None if host memory has them."""


class Variable(Operators):
    """A tensor that can be assigned: weights, counters, sums.

    `initial_value` may be a function without arguments. The shape and dtype never change.
    Freezing a layer sets `trainable` of its weights to False; thawing it sets that of those to True
    which were `made_trainable`. `path` is the name with that of its layer; the `regularizer`
    returns its penalty, and the `constraint` maps it to an allowed value after an update. An engine
    that stores the values on a device sets `owner`, from which they are fetched whenever the host
    reads the variable.

    >>> import steepest as st
    >>> w = st.Variable([1.0, 2.0], name="w")
    >>> w.assign_add([0.5, 0.5])
    Variable('w', [1.5 2.5], shape=(2,), dtype=float32)
    """

    def __init__(
        self,
        initial_value: TensorLike | Callable[[], Any],
        trainable: bool = True,
        name: str | None = None,
        dtype: DTypeLike = None,
    ) -> None:
        with dispatch.eagerly():
            value = initial_value() if callable(initial_value) else initial_value
        if isinstance(value, Tensor) and value.is_symbolic:  # made inside a recorded function
            value = dispatch.current().value_of(value)
        with dispatch.eagerly():
            made = ops.as_tensor(value, dtype)
        if made.dtype == string:
            raise DTypeError(f"a variable holds numbers: {NO_NUMBERS}")
        self._held = Tensor(made.data, made.shape, made.dtype)  # a new one: its origin is set
        self._own = False
        self.owner: Owner | None = None
        self.trainable = self.made_trainable = trainable
        self.name = name or f"variable_{next(_serial)}"
        self.path = self.name
        self.regularizer: Callable[[Tensor], Tensor] | None = None
        self.constraint: Callable[[Tensor], Tensor] | None = None

    @property
    def shape(self) -> TensorShape:
        """The sizes of the axes."""
        return self._held.shape

    @property
    def dtype(self) -> DType:
        """The dtype of the values."""
        return self._held.dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self._held.ndim

    @property
    def size(self) -> int:
        """The number of values."""
        return known_count(self._held.shape)

    @property
    def value(self) -> Tensor:
        """The current value; tapes record the read."""
        value: Tensor = dispatch.current().read(self)
        for tape in dispatch.STACKS.tapes:
            tape.record_read(self, value)
        return value

    @property
    def held(self) -> Tensor:
        """The value outside of any program being recorded; its origin is this variable."""
        if self.owner is not None:
            self._fetch(self.owner)
        self._own = False
        self._held.origin = weakref.ref(self)
        return self._held

    @property
    def array(self) -> np.ndarray:
        """The array itself in C order, for an engine to read; it must not be changed."""
        if self.owner is not None:
            self._fetch(self.owner)
        data = self._held.data
        if not data.flags.c_contiguous:  # broadcast zeros: one number with strides of 0
            data = np.array(data, order="C")
            self._held = Tensor(data)
        return data

    def hold(self, value: Tensor) -> None:
        """Replaces the value outside of any program being recorded; a device's copy is dropped."""
        self._held, self._own, self.owner = value, False, None

    def buffer(self) -> np.ndarray:
        """The array itself, for an engine to change in place: no other object shares it.

        A copy on a device is no longer valid.
        """
        if self.owner is not None:
            self._fetch(self.owner)
            self.owner = None
        if not self._own:
            self._held = Tensor(aligned_copy(self._held.data))
            self._own = True
        return self._held.data

    def _fetch(self, owner: Owner) -> None:
        """Copies the values to host memory if only the owner has them."""
        values = owner.fetch(self)
        if values is not None:
            self._held, self._own = Tensor(values), False

    def assign(self, value: TensorLike) -> Variable:
        """Replaces the values; the shape must be the same, the dtype is converted.

        >>> import steepest as st
        >>> st.Variable([1.0, 2.0], name="w").assign([3, 4])
        Variable('w', [3. 4.], shape=(2,), dtype=float32)
        """
        raw = ops.as_tensor(value)
        if is_float(raw.dtype) and not is_float(self.dtype):
            raise DTypeError(
                f"assign: variable {self.name!r} holds {name_of(self.dtype)}, the value is "
                f"{name_of(raw.dtype)}; say how fractions are rounded, as in st.cast(value, "
                f"{name_of(self.dtype)!r})"
            )
        given = ops.in_dtype(raw, self.dtype)
        if given.shape != self.shape:
            raise ShapeError(
                f"assign: variable {self.name!r} has shape {show(self.shape)}, "
                f"the value has {show(given.shape)}"
            )
        # A new tensor: two variables with the same one would share its derivative.
        dispatch.current().assign(self, Tensor(given.data, given.shape, given.dtype))
        return self

    def assign_add(self, delta: TensorLike) -> Variable:
        """Adds to the values.

        >>> import steepest as st
        >>> st.Variable(1.0).assign_add(2.0).item()
        3.0
        """
        return self.assign(self.value + delta)

    def assign_sub(self, delta: TensorLike) -> Variable:
        """Subtracts from the values.

        >>> import steepest as st
        >>> st.Variable(1.0).assign_sub(2.0).item()
        -1.0
        """
        return self.assign(self.value - delta)

    def scatter_nd_update(self, indices: TensorLike, updates: TensorLike) -> Variable:
        """Replaces the values at coordinates.

        >>> import steepest as st
        >>> st.Variable([1, 1, 1]).scatter_nd_update([[0], [2]], [5, 6]).tolist()
        [5, 1, 6]
        """
        return self.assign(functions().tensor_scatter_nd_update(self, indices, updates))

    def scatter_nd_add(self, indices: TensorLike, updates: TensorLike) -> Variable:
        """Adds to the values at coordinates."""
        return self.assign(functions().tensor_scatter_nd_add(self, indices, updates))

    def scatter_nd_sub(self, indices: TensorLike, updates: TensorLike) -> Variable:
        """Subtracts from the values at coordinates."""
        return self.assign(functions().tensor_scatter_nd_sub(self, indices, updates))

    def __getitem__(self, key: Any) -> Part:
        """The part that an index selects, which can be assigned: `v[0, 0].assign(3.0)`."""
        return Part(super().__getitem__(key), self, key)

    def __iadd__(self, other: TensorLike) -> Any:
        raise TypeError(_in_place(self.name, "+", "assign_add(x)"))

    def __isub__(self, other: TensorLike) -> Any:
        raise TypeError(_in_place(self.name, "-", "assign_sub(x)"))

    def __imul__(self, other: TensorLike) -> Any:
        raise TypeError(_in_place(self.name, "*", "assign(w * x)"))

    def __itruediv__(self, other: TensorLike) -> Any:
        raise TypeError(_in_place(self.name, "/", "assign(w / x)"))

    def read_value(self) -> Tensor:
        """The current value."""
        return self.value

    def _read(self) -> np.ndarray:
        return self.value._read()

    def __repr__(self) -> str:
        if self.owner is not None:
            self._fetch(self.owner)
        opening = f"Variable({self.name!r}, "
        values = np.array2string(np.asarray(self._held), prefix=opening, threshold=100)
        ending = f"shape={show(self.shape)}, dtype={name_of(self.dtype)}"
        return f"{opening}{values}, {ending})"

    def __reduce__(self) -> Any:
        made_of = (self.numpy(), self.trainable, self.name, name_of(self.dtype))
        return Variable, made_of, {name: getattr(self, name) for name in _COPIED}

    def __deepcopy__(self, memo: Any) -> Variable:
        copied = Variable(self.held, self.trainable, self.name)
        vars(copied).update({name: getattr(self, name) for name in _COPIED})
        return copied


class Part(Tensor):
    """A part of a variable's values, as `v[key]` gives it; to assign it changes the variable.

    >>> import steepest as st
    >>> v = st.Variable([[1.0, 2.0], [3.0, 4.0]], name="v")
    >>> v[0, 1].assign(9.0)
    Variable('v', [[1. 9.]
                   [3. 4.]], shape=(2, 2), dtype=float32)
    """

    __slots__ = ("key", "variable")

    def __init__(self, taken: Tensor, variable: Variable, key: Any) -> None:
        self.data, self.shape, self.dtype = taken.data, taken.shape, taken.dtype
        self.serial = taken.serial  # for tapes it is the same tensor
        if taken is variable._held:
            self.origin = taken.origin
        self.variable, self.key = variable, key

    def assign(self, value: TensorLike) -> Variable:
        """Replaces this part of the variable's values."""
        variable = self.variable
        return variable.assign(functions().with_part(variable.value, self.key, value))

    def assign_add(self, delta: TensorLike) -> Variable:
        """Adds to this part of the variable's values."""
        return self.assign(self.variable[self.key] + delta)

    def assign_sub(self, delta: TensorLike) -> Variable:
        """Subtracts from this part of the variable's values."""
        return self.assign(self.variable[self.key] - delta)


def _in_place(name: str, sign: str, remedy: str) -> str:
    return (
        f"w {sign}= x would put a plain tensor in the place of variable {name!r}; "
        f"say w.{remedy} to change it, or w = w {sign} x if a tensor is meant"
    )

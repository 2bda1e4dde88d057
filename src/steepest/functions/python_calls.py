"""Python functions among operations of tensors: py_function and numpy_function. Depends on ops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from steepest.arguments import require_function
from steepest.core import dispatch, ops, tree
from steepest.core.dtype import is_string
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError, DTypeError, TraceError


def py_function(
    func: Callable[..., Any],
    inp: Sequence[Any],
    Tout: Any,
    name: str | None = None,
) -> Any:
    """Calls a Python function with tensors; its results become tensors of the dtypes `Tout`.

    `Tout` is one dtype, or a list of them for a function of several results. It runs eagerly and in
    `Dataset.map`, which then runs in Python; a recorded program cannot contain it. No derivative
    passes through it.

    >>> py_function(lambda x: x.numpy() ** 2, [3], "int64").item()
    9
    """
    return _called("py_function", func, list(map(ops.convert_to_tensor, inp)), Tout)


def numpy_function(
    func: Callable[..., Any],
    inp: Sequence[Any],
    Tout: Any,
    stateful: bool = True,
    name: str | None = None,
) -> Any:
    """Calls a Python function with NumPy arrays; otherwise like `py_function`.

    >>> numpy_function(np.linalg.norm, [[3.0, 4.0]], "float32").item()
    5.0
    """
    tensors = map(ops.convert_to_tensor, inp)
    given = [tensor if tensor.is_symbolic else tensor.numpy() for tensor in tensors]
    return _called("numpy_function", func, given, Tout)


def _called(name: str, function: Callable[..., Any], given: list[Any], types: Any) -> Any:
    require_function(name, function)
    symbolic = any(isinstance(value, Tensor) and value.is_symbolic for value in given)
    if symbolic or not dispatch.computes_at_once():
        raise TraceError(
            f"{name}: a recorded program cannot call Python: use it in Dataset.map or eagerly, or "
            "write the function in operations of tensors"
        )
    with dispatch.untaped():
        result = function(*given)
    wanted = [getattr(spec, "dtype", spec) for spec in tree.leaves(types)]
    several = isinstance(types, (list, tuple))
    found = list(result) if several and isinstance(result, (list, tuple)) else [result]
    if not wanted:
        return []
    if len(found) != len(wanted):
        raise ArgumentError(
            f"{name}: Tout has {len(wanted)} dtypes, the function returned {len(found)} results"
        )
    made = [_in_dtype(name, *pair) for pair in zip(found, wanted, strict=True)]
    return made if several else made[0]


def _in_dtype(name: str, value: Any, dtype: Any) -> Tensor:
    tensor = ops.convert_to_tensor(value)
    if is_string(dtype) is not is_string(tensor.dtype):
        raise DTypeError(f"{name}: Tout says {dtype}, the function returned {value!r:.60}")
    return tensor if is_string(dtype) else ops.cast(tensor, dtype)

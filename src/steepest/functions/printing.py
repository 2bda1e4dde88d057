"""TensorFlow's print. Depends on tensors."""

from __future__ import annotations

import builtins
import sys
from typing import Any

from steepest.core.tensor import Operators

__all__ = ["print"]


def print(*inputs: Any, output_stream: Any = None, sep: str = " ", end: str = "\n") -> None:
    """Prints values, of tensors their numbers, to `sys.stderr` unless another stream is given.

    A recorded program prints nothing: there it prints once, while it is recorded, the shapes of
    tensors that have no values yet.

    >>> import sys
    >>> print("x =", st.constant([1.0, 2.0]), output_stream=sys.stdout)
    x = [1. 2.]
    """
    stream = sys.stderr if output_stream is None else output_stream
    builtins.print(*map(_shown, inputs), sep=sep, end=end, file=stream)


def _shown(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        opening, closing = "[]" if isinstance(value, list) else "()"
        return f"{opening}{', '.join(map(_shown, value))}{closing}"
    return format(value) if isinstance(value, Operators) else str(value)

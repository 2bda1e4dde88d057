"""Groups kernels that differ only in their buffers, so that they share one function.

Equal layers give equal kernels, and compiling is what takes time. Depends on the loop form.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import numpy as np

from steepest.engines.cpu.loops.form import Constant, Kernel
from steepest.engines.cpu.loops.spaces import Buffer

_IGNORED = ("name", "guards")  # fields of a kernel that its code does not depend on


def form_of(kernel: Kernel) -> tuple[Any, tuple[Buffer, ...]]:
    """The form of a kernel, which determines its code, and its buffers as the form numbers them.

    >>> from steepest.engines.cpu.loops.form import Share
    >>> one = Kernel("one", Share("first"), (), None, (), ())
    >>> form_of(one) == form_of(dataclasses.replace(one, name="other"))
    True
    """
    buffers: dict[Buffer, int] = {}
    return _form(kernel, buffers), tuple(buffers)


def _form(part: Any, buffers: dict[Buffer, int]) -> Any:
    if isinstance(part, Buffer):
        number = buffers.setdefault(part, len(buffers))
        return number, part.dtype, part.shape, part.gathered, part.stored
    if isinstance(part, Constant):
        return np.asarray(part.value).tobytes(), part.dtype
    if isinstance(part, tuple):
        return tuple([_form(piece, buffers) for piece in part])
    if not dataclasses.is_dataclass(part):
        return part
    fields = [f.name for f in dataclasses.fields(part) if f.name not in _IGNORED]
    return type(part).__name__, *[_form(getattr(part, name), buffers) for name in fields]


def alike(kernels: Iterable[Kernel]) -> list[list[Kernel]]:
    """The kernels in groups of equal form."""
    found: dict[Any, list[Kernel]] = {}
    for kernel in kernels:
        found.setdefault(form_of(kernel)[0], []).append(kernel)
    return list(found.values())

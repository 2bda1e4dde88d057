"""InputSpec, the form of inputs that a user-defined layer demands. Depends on core."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from steepest.arguments import is_whole
from steepest.configurable import Configurable
from steepest.core.dtype import DTypeLike, as_dtype, name_of
from steepest.core.primitives import show
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError, DTypeError, ShapeError


class InputSpec(Configurable):
    """What a layer demands of its inputs: assign one, or a list, to `self.input_spec`.

    `shape` is that of a batch, with None for open sizes; `axes` maps axes to sizes.

    >>> class Pairs(st.layers.Layer):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.input_spec = InputSpec(ndim=2, axes={-1: 2})
    ...     def call(self, x):
    ...         return x[:, :1] + x[:, 1:]
    >>> Pairs()([[1.0, 2.0]]).tolist()
    [[3.0]]
    """

    def __init__(
        self,
        dtype: DTypeLike = None,
        shape: Sequence[int | None] | None = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: Mapping[int, int | None] | None = None,
        allow_last_axis_squeeze: bool = False,
        name: str | None = None,
        optional: bool = False,
    ) -> None:
        self.dtype = None if dtype is None else as_dtype(dtype)
        known = {} if axes is None else axes
        if not isinstance(known, Mapping) or not all(map(is_whole, known)):
            raise ArgumentError(f"InputSpec: a size for each axis, as in {{-1: 3}}, got {axes!r}")
        self.shape = None if shape is None else tuple(shape)
        self.ndim = ndim if self.shape is None else len(self.shape)
        self.max_ndim, self.min_ndim = max_ndim, min_ndim
        self.axes = {int(axis): size for axis, size in known.items()}
        self.allow_last_axis_squeeze = allow_last_axis_squeeze
        self.name, self.optional = name, optional

    def argument(self, name: str) -> Any:
        """Returns the constructor's argument of a name."""
        value = super().argument(name)
        return value if name != "dtype" or value is None else name_of(value)

    def check(self, layer: str, x: Tensor) -> None:
        """Raises unless a tensor has this form.

        >>> InputSpec(min_ndim=2).check("mine", st.ones((3, 4)))
        """
        given, ndim = show(x.shape), x.ndim
        squeezed = self.allow_last_axis_squeeze and ndim and x.shape[-1] in (1, None)
        wanted = [
            (self.ndim is None or self.ndim in (ndim, ndim - 1 if squeezed else ndim), self.ndim),
            (self.max_ndim is None or ndim <= self.max_ndim, f"at most {self.max_ndim}"),
            (self.min_ndim is None or ndim >= self.min_ndim, f"at least {self.min_ndim}"),
        ]
        for fits, count in wanted:
            if not fits:
                raise ShapeError(f"layer {layer!r} takes inputs of {count} axes, got shape {given}")
        sizes = {**dict(enumerate(self.shape or ())), **self.axes}
        for axis, size in sizes.items():
            found = x.shape[axis] if -ndim <= axis < ndim else size
            if size is not None and found not in (None, size):
                raise ShapeError(
                    f"layer {layer!r} takes inputs of size {size} along axis {axis}, got shape "
                    f"{given}"
                )
        if self.dtype is not None and x.dtype != self.dtype:
            raise DTypeError(
                f"layer {layer!r} takes inputs of dtype {name_of(self.dtype)}, got "
                f"{name_of(x.dtype)}; st.cast(x, {name_of(self.dtype)!r}) first"
            )

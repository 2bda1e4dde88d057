"""TensorLayout and LayoutMap: along which axes of a mesh the axes of an array are cut.

Depends on the mesh.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping, Sequence
from functools import cached_property
from typing import Any

from steepest.distribution.mesh import DeviceMesh, jax_module
from steepest.errors import ArgumentError


class TensorLayout:
    """For each axis of an array the axis of the mesh along which it is cut; None: it is not.

    >>> mesh = st.distribution.DeviceMesh((1, 1), ["batch", "model"], ["cpu:0"])
    >>> st.distribution.TensorLayout((None, "model"), mesh).axes
    (None, 'model')
    """

    def __init__(self, axes: Sequence[str | None], device_mesh: DeviceMesh) -> None:
        self.axes, self.device_mesh = tuple(axes), device_mesh
        unknown = {axis for axis in self.axes if axis is not None} - {*device_mesh.axis_names}
        if unknown:
            raise ArgumentError(
                f"TensorLayout: the mesh has no axis {min(unknown)!r}; "
                f"its axes: {', '.join(device_mesh.axis_names)}"
            )

    @cached_property
    def backend_layout(self) -> Any:
        """The sharding of JAX."""
        sharding = jax_module().sharding
        return sharding.NamedSharding(
            self.device_mesh.backend_mesh, sharding.PartitionSpec(*self.axes)
        )

    def divides(self, shape: Sequence[int]) -> bool:
        """Whether the devices get equal parts of an array of this shape.

        >>> mesh = DeviceMesh((1,), ["batch"], ["cpu:0"])
        >>> TensorLayout(("batch",), mesh).divides((5,))
        True
        """
        sizes = zip(shape, self.axes, strict=False)
        return all(size % self.device_mesh.size(axis) == 0 for size, axis in sizes)

    def __repr__(self) -> str:
        return f"TensorLayout({self.axes}, {self.device_mesh})"


class LayoutMap(MutableMapping[str, TensorLayout]):
    """The layouts of variables by path: a path, or a regular expression that matches all of it.

    The slots of an optimizer have the layout of their weight.

    >>> mesh = st.distribution.DeviceMesh((1, 1), ["batch", "model"], ["cpu:0"])
    >>> layouts = st.distribution.LayoutMap(mesh)
    >>> layouts["dense.*/kernel"] = (None, "model")
    >>> layouts.find("dense_1/kernel").axes, layouts.find("adam/m/dense_1/kernel").axes
    ((None, 'model'), (None, 'model'))
    """

    def __init__(self, device_mesh: DeviceMesh) -> None:
        self.device_mesh = device_mesh
        self._layouts: dict[str, TensorLayout] = {}

    def __setitem__(self, key: str, layout: TensorLayout | Sequence[str | None]) -> None:
        if not isinstance(layout, TensorLayout):
            layout = TensorLayout(layout, self.device_mesh)
        self._layouts[key] = layout

    def __getitem__(self, key: str) -> TensorLayout:
        found = self._matching(key)
        if found is None:
            raise KeyError(key)
        return found

    def __delitem__(self, key: str) -> None:
        del self._layouts[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._layouts)

    def __len__(self) -> int:
        return len(self._layouts)

    def find(self, path: str) -> TensorLayout | None:
        """The layout of a variable, or of the weight that the path of a slot ends with."""
        names = path.split("/")
        ends = ("/".join(names[start:]) for start in range(len(names)))
        return next((found for end in ends if (found := self._matching(end))), None)

    def _matching(self, path: str) -> TensorLayout | None:
        if path in self._layouts:
            return self._layouts[path]
        patterns = [pattern for pattern in self._layouts if re.fullmatch(pattern, path)]
        if len(patterns) > 1:
            raise ArgumentError(
                f"LayoutMap: {patterns} all match the variable {path!r}; make them exclusive"
            )
        return self._layouts[patterns[0]] if patterns else None

"""DataParallel and ModelParallel: how batches and variables are cut. Depends on layouts."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Protocol

from steepest.distribution.current import distribution, set_distribution
from steepest.distribution.layouts import LayoutMap, TensorLayout
from steepest.distribution.mesh import DeviceMesh, list_devices
from steepest.errors import ArgumentError

WIDE = 512  # columns of a weight from which `WideColumns` cuts it


class Distributed(Protocol):
    """What a distribution reads of a variable."""

    @property
    def path(self) -> str:
        """Its name, with that of its layer."""

    @property
    def shape(self) -> Sequence[int | None]:
        """The sizes of its axes."""


class Distribution:
    """How the batches and variables of a training are cut among the devices of a mesh.

    Batches are cut along the axis `batch_dim_name`, the mesh's first by default. Results are those
    of one device with the whole batch, but for the rounding of sums.

    >>> mesh = st.distribution.DeviceMesh((1,), ["batch"], ["cpu:0"])
    >>> st.distribution.DataParallel(mesh).get_data_layout((32, 784)).axes
    ('batch', None)
    """

    def __init__(self, device_mesh: DeviceMesh, batch_dim_name: str | None = None) -> None:
        if not isinstance(device_mesh, DeviceMesh):
            raise ArgumentError(
                f"{type(self).__name__}: a DeviceMesh was expected, got {device_mesh!r:.60}"
            )
        self.device_mesh = device_mesh
        self.batch_dim_name = batch_dim_name or device_mesh.axis_names[0]
        self._layouts: dict[tuple[str | None, ...], TensorLayout] = {}
        self.layout((self.batch_dim_name,))

    def layout(self, axes: Sequence[str | None]) -> TensorLayout:
        """The layout with these axes, made once."""
        key = tuple(axes)
        if key not in self._layouts:
            self._layouts[key] = TensorLayout(key, self.device_mesh)
        return self._layouts[key]

    @property
    def num_model_replicas(self) -> int:
        """The number of parts that a batch is cut into."""
        return self.device_mesh.size(self.batch_dim_name)

    def get_data_layout(self, data_shape: Sequence[int | None]) -> TensorLayout:
        """The layout of a batch: its rows are cut, its other axes are not."""
        return self.layout((self.batch_dim_name, *(None for _ in data_shape[1:])))

    def get_variable_layout(self, variable: Distributed) -> TensorLayout:
        """The layout of a variable: every device holds all of it."""
        return self.layout(())

    @contextlib.contextmanager
    def scope(self) -> Iterator[None]:
        """Makes this the distribution of what is trained within a `with` block."""
        before = distribution()
        set_distribution(self)
        try:
            yield
        finally:
            set_distribution(before)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.device_mesh})"


class DataParallel(Distribution):
    """Batches are cut among the devices, each of which holds all weights.

    >>> st.distribution.DataParallel(devices=["cpu:0"])
    DataParallel(DeviceMesh(batch=1))
    """

    def __init__(
        self, device_mesh: DeviceMesh | None = None, devices: Sequence[str] | None = None
    ) -> None:
        if device_mesh is None:
            devices = list_devices() if devices is None else devices
            device_mesh = DeviceMesh((len(devices),), ["batch"], devices)
        super().__init__(device_mesh)


class ModelParallel(Distribution):
    """Batches are cut along one axis of the mesh, weights as a `LayoutMap` says, or wide ones.

    Without a map, weights of at least 512 columns, their biases and slots are cut by columns along
    the mesh's last axis. A weight whose columns do not divide by the devices is not cut.

    >>> mesh = st.distribution.DeviceMesh((1, 1), ["batch", "model"], ["cpu:0"])
    >>> cut = st.distribution.ModelParallel(device_mesh=mesh)
    >>> cut.get_variable_layout(st.Variable(st.zeros((784, 512)))).axes
    (None, 'model')
    >>> cut.get_variable_layout(st.Variable(st.zeros((512, 10)))).axes
    ()
    """

    def __init__(
        self,
        layout_map: LayoutMap | None = None,
        batch_dim_name: str | None = None,
        device_mesh: DeviceMesh | None = None,
    ) -> None:
        if layout_map is not None and not isinstance(layout_map, LayoutMap):
            raise ArgumentError(f"ModelParallel: a LayoutMap was expected, got {layout_map!r:.60}")
        mesh = device_mesh if layout_map is None else layout_map.device_mesh
        if mesh is None:
            raise ArgumentError(
                "ModelParallel: give a layout_map, which has a mesh, or device_mesh for a mesh "
                "whose last axis cuts wide weights"
            )
        super().__init__(mesh, batch_dim_name)
        self.layout_map = layout_map

    def get_variable_layout(self, variable: Distributed) -> TensorLayout:
        """The layout of a variable by its path, or by the number of its columns."""
        shape = [size or 0 for size in variable.shape]
        if self.layout_map is not None:
            layout = self.layout_map.find(variable.path) or self.layout(())
            _check_fits(variable.path, shape, layout)
            return layout
        if not 0 < len(shape) < 3 or shape[-1] < WIDE:
            return self.layout(())
        layout = self.layout((*(None for _ in shape[1:]), self.device_mesh.axis_names[-1]))
        return layout if layout.divides(shape) else self.layout(())


def _check_fits(path: str, shape: Sequence[int], layout: TensorLayout) -> None:
    if len(layout.axes) > len(shape) or not layout.divides(shape):
        raise ArgumentError(
            f"LayoutMap: {path!r} has the shape {tuple(shape)}, which {layout} does not cut into "
            "equal parts; give a number of units that divides, or leave that axis None"
        )

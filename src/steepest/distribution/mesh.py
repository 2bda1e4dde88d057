"""DeviceMesh: devices as a grid with named axes. Depends on errors, arguments, and JAX if used."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from steepest.arguments import whole
from steepest.errors import ArgumentError, EngineUnavailable, MissingExtra

VIRTUAL = (
    "for tests, the variable XLA_FLAGS=--xla_force_host_platform_device_count=N, set before Python "
    "starts, makes N devices of one processor"
)


def jax_module() -> Any:
    """JAX, or an error that says how to install it.

    >>> jax_module().__name__
    'jax'
    """
    try:
        import jax
    except ImportError as error:
        raise MissingExtra(
            "several devices need JAX, which is not installed: pip install 'steepest[jax]', with "
            f"pip install 'jax[cuda12]' for NVIDIA's GPUs, 'jax[tpu]' for TPUs ({error})"
        ) from error
    return jax


def _devices(kind: str | None) -> list[Any]:
    kind = kind and kind.lower()
    if kind not in (None, "cpu", "gpu", "tpu"):
        raise ArgumentError(f"device_type: 'cpu', 'gpu' or 'tpu' was expected, got {kind!r}")
    jax = jax_module()
    try:
        return list(jax.devices(kind))
    except RuntimeError as error:
        raise EngineUnavailable(
            f"JAX {jax.__version__} has found no {kind} here, only {jax.default_backend()}: "
            "pip install 'jax[cuda12]' for NVIDIA's GPUs, 'jax[tpu]' for TPUs; nvidia-smi shows "
            "whether the driver sees a GPU"
        ) from error


def _name(device: Any) -> str:
    return f"{device.platform}:{device.id}"


def list_devices(device_type: str | None = None) -> list[str]:
    """The names of the devices of all processes: those of a kind, or GPUs or TPUs if there are any.

    >>> st.distribution.list_devices("cpu")[0]
    'cpu:0'
    """
    return [_name(device) for device in _devices(device_type)]


def get_device_count(device_type: str | None = None) -> int:
    """The number of devices that `list_devices` lists.

    >>> st.distribution.get_device_count("cpu") >= 1
    True
    """
    return len(_devices(device_type))


class DeviceMesh:
    """Devices as a grid whose axes have names, as `DeviceMesh((4, 2), ["batch", "model"])`.

    `devices` are names as `list_devices` gives them, all devices by default.

    >>> st.distribution.DeviceMesh((1,), ["batch"], devices=["cpu:0"])
    DeviceMesh(batch=1)
    """

    def __init__(
        self,
        shape: Sequence[int],
        axis_names: Sequence[str],
        devices: Sequence[str] | None = None,
    ) -> None:
        self.shape = tuple(whole("shape", size, 1) for size in shape)
        self.axis_names = tuple(axis_names)
        if not shape or not len(shape) == len(axis_names) == len(set(axis_names)):
            raise ArgumentError(
                "DeviceMesh: a name of its own for each axis was expected, got "
                f"shape={tuple(shape)} and axis_names={list(axis_names)}"
            )
        self.devices = list_devices() if devices is None else list(devices)
        wanted = math.prod(self.shape)
        if wanted != len(self.devices):
            raise ArgumentError(
                f"DeviceMesh: {' x '.join(map(str, self.shape))} are {wanted} devices, and there "
                f"are {len(self.devices)}: {', '.join(self.devices[:8])}; {VIRTUAL}"
            )

    def size(self, axis: str | None) -> int:
        """The number of devices along an axis; 1 for None, where nothing is cut.

        >>> DeviceMesh((1,), ["batch"], ["cpu:0"]).size("batch")
        1
        """
        return 1 if axis is None else self.shape[self.axis_names.index(axis)]

    @cached_property
    def backend_mesh(self) -> Any:
        """The mesh of JAX."""
        import numpy as np

        jax = jax_module()
        kinds = sorted({name.partition(":")[0] for name in self.devices})
        found = {_name(device): device for kind in kinds for device in _devices(kind)}
        lacking = [name for name in self.devices if name not in found]
        if lacking:
            raise ArgumentError(
                f"DeviceMesh: there is no device {lacking[0]!r}; known: {', '.join(found)}"
            )
        grid = np.array([found[name] for name in self.devices]).reshape(self.shape)
        return jax.sharding.Mesh(grid, self.axis_names)

    def __repr__(self) -> str:
        axes = zip(self.axis_names, self.shape, strict=True)
        return f"DeviceMesh({', '.join(f'{name}={size}' for name, size in axes)})"

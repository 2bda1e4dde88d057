"""Arrays between the host and the device, and the values of variables on the device.

Depends on JAX and on variables.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.core.dtype import bfloat16
from steepest.core.variable import Variable
from steepest.engines.xla.library import jax, jnp


def to_device(array: np.ndarray, where: Any = None) -> Any:
    """The array's values in memory of their own on a device, or divided by a sharding."""
    if array.dtype == bfloat16:
        array = array["bfloat16"].view(jnp.bfloat16)
    return put(np.array(array), where)


def put(array: np.ndarray, where: Any = None) -> Any:
    """The array on a device, or divided by a sharding; each process gives its devices' parts."""
    if where is None or where.is_fully_addressable:
        return jax.device_put(array, where)
    return jax.make_array_from_callback(array.shape, where, array.__getitem__)


def to_host(values: Any) -> np.ndarray:
    """A copy of the device's values, in a dtype of ours.

    Where other processes have a part of them, all must ask.
    """
    if not (values.is_fully_addressable or values.is_fully_replicated):
        from jax.experimental.multihost_utils import process_allgather

        values = process_allgather(values, tiled=True)
    array = np.array(values)
    return array.view(np.uint16).view(bfloat16) if array.dtype == jnp.bfloat16 else array


class DeviceCopy:
    """The values of one variable on the device; the host may have them too."""

    def __init__(self, values: Any, placement: Any, on_host: bool) -> None:
        self.values, self.placement, self.on_host = values, placement, on_host

    def fetch(self, variable: Variable) -> np.ndarray | None:
        """The values for the host, unless it has them; they must not be changed."""
        if self.on_host:
            return None
        array = to_host(self.values)
        array.flags.writeable = False
        self.on_host = True
        return array

"""Arrays between the host and the device, and the values of variables on the device.

Depends on JAX and on variables.
"""

from __future__ import annotations

from functools import cached_property
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
        array = self.on_the_host()
        array.flags.writeable = False
        self.on_host = True
        return array

    def on_the_host(self) -> np.ndarray:
        """A copy of the values in host memory."""
        return to_host(self.values)


class Stack:
    """The values that a variable has in several runs: a row of one array for each.

    The host copies all rows when it first reads one.
    """

    def __init__(self, values: Any) -> None:
        self.values = values
        self._rows: np.ndarray | None = None

    def row(self, index: int) -> np.ndarray:
        """A copy of the values in one run."""
        if self._rows is None:
            self._rows = to_host(self.values)
        return np.array(self._rows[index])


class StackedCopy(DeviceCopy):
    """The values of a variable as a row of a stack."""

    def __init__(self, stack: Stack, index: int, placement: Any, on_host: bool) -> None:
        self.stack, self.index = stack, index
        self.placement, self.on_host = placement, on_host

    @cached_property
    def values(self) -> Any:
        """The values in an array of their own on the device."""
        return self.stack.values[self.index]

    def on_the_host(self) -> np.ndarray:
        """A copy of the values in host memory, of which the stack is copied once."""
        return self.stack.row(self.index)

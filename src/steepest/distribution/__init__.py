"""`st.distribution`: training on several devices and machines, under the names of Keras 3.

A `Distribution` says how arrays are cut among the devices of a mesh; the XLA engine computes as it
says. JAX is imported when devices are asked for. Depends on processes, config and errors.
"""

from typing import TYPE_CHECKING

from steepest.distribution.current import distribution, set_distribution
from steepest.errors import suggest_names
from steepest.processes import is_chief, num_processes, process_id

if TYPE_CHECKING:  # imported at their first use, as every program imports this file
    from steepest.distribution.all_devices import distribute
    from steepest.distribution.layouts import LayoutMap, TensorLayout
    from steepest.distribution.mesh import DeviceMesh, get_device_count, list_devices
    from steepest.distribution.start import initialize
    from steepest.distribution.strategies import DataParallel, Distribution, ModelParallel

_HOMES = {
    "all_devices": "distribute",
    "layouts": "LayoutMap TensorLayout",
    "mesh": "DeviceMesh get_device_count list_devices",
    "start": "initialize",
    "strategies": "DataParallel Distribution ModelParallel",
}

__all__ = [
    "DataParallel",
    "DeviceMesh",
    "Distribution",
    "LayoutMap",
    "ModelParallel",
    "TensorLayout",
    "distribute",
    "distribution",
    "get_device_count",
    "initialize",
    "is_chief",
    "list_devices",
    "num_processes",
    "process_id",
    "set_distribution",
]

suggest_names(
    __name__,
    later={
        name: f"steepest.distribution.{home}:{name}"
        for home, names in _HOMES.items()
        for name in names.split()
    },
)

"""distribute: a distribution over the devices of this machine, or of a job's machines.

Depends on strategies and start.
"""

from __future__ import annotations

from steepest.arguments import whole
from steepest.distribution.current import set_distribution
from steepest.distribution.mesh import VIRTUAL, DeviceMesh, list_devices
from steepest.distribution.start import initialize
from steepest.distribution.strategies import DataParallel, Distribution, ModelParallel
from steepest.errors import ArgumentError
from steepest.processes import num_processes


def distribute(data: int | None = None, model: int = 1) -> Distribution:
    """Trains on several devices: batches are cut into `data` parts, wide weights into `model`.

    All devices are used if `data` is not given. In a job of several processes (`steepest launch`,
    SLURM, Open MPI, Kubernetes, Cloud TPU) it joins them, so call it before any computation on JAX.
    Gradients, metrics, batch normalisation and the order of examples are those of one device with
    the whole batch. `st.distribution.set_distribution(None)` ends it.

    >>> st.distribute(data=1)
    DataParallel(DeviceMesh(data=1))
    >>> st.distribution.set_distribution(None)
    """
    initialize()
    model = whole("model", model, 1)
    devices = list_devices()
    data = max(len(devices) // model, 1) if data is None else whole("data", data, 1)
    _check_count(data * model, devices)
    made: Distribution
    if model == 1:
        made = DataParallel(DeviceMesh((data,), ["data"], devices[:data]))
    else:
        mesh = DeviceMesh((data, model), ["data", "model"], devices[: data * model])
        made = ModelParallel(device_mesh=mesh)
    set_distribution(made)
    return made


def _check_count(wanted: int, devices: list[str]) -> None:
    processes = num_processes()
    if processes > 1 and wanted != len(devices):
        raise ArgumentError(
            f"distribute: {wanted} devices were asked for, and the {processes} processes have "
            f"{len(devices)}, all of which take part; leave data out to use them all"
        )
    if wanted > len(devices):
        raise ArgumentError(
            f"distribute: data x model = {wanted} devices were asked for, and JAX has found "
            f"{len(devices)}: {', '.join(devices[:8])}; leave data out to use all. "
            f"{VIRTUAL[0].upper()}{VIRTUAL[1:]}"
        )

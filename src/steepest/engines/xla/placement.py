"""Where arrays are put: on one device, or divided among several.

The other files of the engine ask the current placement, and know nothing of meshes. Depends on
core's shapes, the current distribution and JAX.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from steepest.core.primitives import Shape
from steepest.distribution.agreement import agree
from steepest.distribution.current import distribution
from steepest.engines.xla.library import jax, jnp, lax
from steepest.engines.xla.transfer import put
from steepest.processes import num_processes

if TYPE_CHECKING:
    from steepest.distribution.strategies import Distribution


class Placement:
    """All arrays on JAX's default device; a subclass divides them among the devices of a mesh.

    Each method gives a sharding of JAX, or None for one device. Programs are compiled anew for
    another placement, and variables are moved to where it wants them.
    """

    rows_multiple = 1
    """The size of a batch's arrays is rounded up to a multiple of it."""

    def variable(self, path: str, shape: Shape) -> Any:
        """The sharding of a variable."""
        return None

    def whole(self, shape: Shape) -> Any:
        """The sharding of an array of which every device has all: a column, an output."""
        return None

    def batch(self, shape: Shape) -> Any:
        """The sharding of the rows of a batch, which are along the first axis."""
        return None

    def batches(self, shape: Shape) -> Any:
        """The sharding of batches along the first axis, whose rows are along the second."""
        return None

    def divided(self, rows: Any) -> Any:
        """The rows of a batch, dense or sparse, within a program: divided as `batch` says."""
        sharding = self.batch(rows.shape) if hasattr(rows, "shape") else None
        return self.held(rows, sharding)

    def gathered(self, value: Any) -> Any:
        """An output within a program, which the host reads."""
        return self.held(value, self.whole(value.shape))

    def held(self, value: Any, sharding: Any) -> Any:
        """A value within a program, divided by a sharding."""
        return value if sharding is None else lax.with_sharding_constraint(value, sharding)


ONE_DEVICE = Placement()


class Described(NamedTuple):
    """What a distribution reads of a variable."""

    path: str
    shape: Shape


class OnMesh(Placement):
    """Arrays on the devices of a mesh: batches and variables are divided as a distribution says.

    Every device has all rows of columns, so that it fetches its part of a batch itself. Batches are
    rounded up to equal parts; XLA adds what the parts exchange.
    """

    def __init__(self, distribution: Distribution) -> None:
        self._distribution = distribution
        self.rows_multiple = distribution.num_model_replicas
        self._whole = distribution.layout(()).backend_layout
        if num_processes() > 1:
            agree("the meshes of devices", repr(distribution.device_mesh))
            _connect(self._whole.mesh)

    def variable(self, path: str, shape: Shape) -> Any:
        """The sharding of a variable, as the distribution says."""
        return self._distribution.get_variable_layout(Described(path, shape)).backend_layout

    def whole(self, shape: Shape) -> Any:
        """The sharding by which every device has all of an array."""
        return self._whole

    def batch(self, shape: Shape) -> Any:
        """The sharding of the rows of a batch among the devices."""
        return self._distribution.get_data_layout(shape).backend_layout

    def batches(self, shape: Shape) -> Any:
        """The sharding of rows among the devices, or none where they have no equal parts."""
        cut = self._distribution.layout((None, self._distribution.batch_dim_name))
        return cut.backend_layout if cut.divides([s or 0 for s in shape]) else self._whole


def _connect(mesh: Any) -> None:
    """Lets the processes open their connections, along each axis of the mesh and along all.

    JAX opens them in the first program that needs them, and waits 30 seconds for the others. They
    are here at the same time, unlike after the compilation of a large program.
    """
    for axes in (*mesh.axis_names, mesh.axis_names):
        cut = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec(axes))
        whole = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec())
        ones = put(np.ones(mesh.size, np.float32), cut)
        jax.block_until_ready(jax.jit(jnp.sum, out_shardings=whole)(ones))


_of_distribution = functools.lru_cache(maxsize=8)(OnMesh)


def placement() -> Placement:
    """The placement by the current distribution.

    >>> placement() is ONE_DEVICE
    True
    """
    current = distribution()
    return ONE_DEVICE if current is None else _of_distribution(current)

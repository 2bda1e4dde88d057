"""Where arrays are put: on one device, or divided among several.

The other files of the engine ask the current placement, and know nothing of meshes. Depends on
core's shapes and JAX.
"""

from __future__ import annotations

from typing import Any

from steepest.core.primitives import Shape
from steepest.engines.xla.library import lax


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

    def column(self, shape: Shape) -> Any:
        """The sharding of an array of a column as it is stored."""
        return None

    def batch(self, shape: Shape) -> Any:
        """The sharding of the rows of a batch, which are along the first axis."""
        return None

    def divided(self, rows: Any) -> Any:
        """The rows of a batch, dense or sparse, within a program: divided as `batch` says."""
        sharding = self.batch(rows.shape) if hasattr(rows, "shape") else None
        return self.held(rows, sharding)

    def held(self, value: Any, sharding: Any) -> Any:
        """A value within a program, divided by a sharding."""
        return value if sharding is None else lax.with_sharding_constraint(value, sharding)


ONE_DEVICE = Placement()
_chosen = [ONE_DEVICE]


def placement() -> Placement:
    """The current placement.

    >>> placement() is ONE_DEVICE
    True
    """
    return _chosen[0]


def place_by(chosen: Placement) -> None:
    """Lets the programs that run from now on place their arrays so.

    >>> place_by(ONE_DEVICE)
    """
    _chosen[0] = chosen

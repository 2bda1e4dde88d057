"""Identity, the layer that returns its inputs. Depends on the Layer base."""

from __future__ import annotations

from typing import Any

from steepest.layers.layer import Layer


class Identity(Layer):
    """Returns its inputs unchanged.

    >>> Identity()([[1.0]]).tolist()
    [[1.0]]
    """

    supports_masking = True

    def call(self, inputs: Any) -> Any:
        """Returns the inputs."""
        return inputs

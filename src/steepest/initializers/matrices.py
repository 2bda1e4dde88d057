"""Orthogonal and identity matrices as initial values."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from steepest.core import ops
from steepest.core.dtype import DTypeLike, as_dtype, float32, float64
from steepest.core.tensor import Tensor
from steepest.errors import ShapeError
from steepest.functions.generators import Seed
from steepest.initializers.base import INITIALIZERS, Initializer, generator


@INITIALIZERS.register("orthogonal_initializer")
class Orthogonal(Initializer):
    """Orthogonal rows (or columns, whichever are fewer) of norm `gain` (Saxe et al., 2014).

    All axes but the last are merged as rows.

    >>> w = Orthogonal(seed=1)((4, 2))
    >>> bool(np.allclose(w.T @ w, np.eye(2), atol=1e-6))
    True
    """

    def __init__(self, gain: float = 1.0, seed: Seed = None) -> None:
        self.gain, self.seed = gain, seed

    def __call__(self, shape: Any, dtype: DTypeLike = float32) -> Tensor:
        """The initial values of a weight."""
        if len(tuple(shape)) < 2:
            raise ShapeError(f"Orthogonal: a shape of at least 2 axes was expected, got {shape}")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        tall = (max(rows, columns), min(rows, columns))
        q, r = np.linalg.qr(generator(self.seed).normal(tall, dtype=float64).numpy())
        q = q * np.sign(np.diag(r))  # else the matrices would not be uniformly distributed
        matrix = q if rows >= columns else q.T
        return ops.constant(self.gain * matrix.reshape(shape), as_dtype(dtype))


@INITIALIZERS.register("identity_initializer")
class Identity(Initializer):
    """`gain` on the diagonal of a matrix, 0 elsewhere.

    >>> Identity()((2, 2)).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def __call__(self, shape: Any, dtype: DTypeLike = float32) -> Tensor:
        """The initial values of a weight."""
        if len(tuple(shape)) != 2:
            raise ShapeError(f"Identity: a matrix was expected, got the shape {shape}")
        return ops.constant(self.gain * np.eye(*shape), as_dtype(dtype))

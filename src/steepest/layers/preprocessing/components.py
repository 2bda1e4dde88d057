"""PrincipalComponents, a layer for PCA. Depends on the base of adapted layers."""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.arguments import is_whole, suggests_arguments
from steepest.core import ops
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, DataError, SteepestError
from steepest.layers.inputs import as_float
from steepest.layers.preprocessing.base import AdaptedLayer, gathered


class PrincipalComponents(AdaptedLayer):
    """Principal component analysis (PCA); `whiten` scales each component to variance 1.

    `components` is their number or, as a fraction, the share of the variance that they must
    explain: `adapt` then finds the number. `explained_variance_ratio` is each component's share.
    Signs are chosen so that the entry of largest magnitude in each direction is positive.

    >>> layer = PrincipalComponents(1).fit([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]])
    >>> layer.transform([[3.0, 4.0], [6.0, 8.0]]).round(4).tolist()
    [[0.0], [5.0]]
    """

    mean: Variable
    directions: Variable
    deviations: Variable
    shares: Variable

    def __init__(self, components: int | float, whiten: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        is_share = isinstance(components, float) and 0.0 < components < 1.0
        is_count = is_whole(components) and components >= 1
        if not (is_share or is_count):
            raise ArgumentError(
                "components: a whole number from 1, or a share of the variance between 0.0 and "
                f"1.0, was expected, got {components!r}"
            )
        self.components, self.whiten = components, whiten

    @suggests_arguments
    def adapt(self, data: Any) -> None:
        """Adapts the layer; a share of the variance is replaced by a number of components first."""
        if isinstance(self.components, float):
            data = gathered(data, self.name)
            values = data.reshape(-1, data.shape[-1]).astype(np.float64)
            variances, _ = _spectrum(values - values.mean(axis=0))
            shares = np.cumsum(variances) / max(variances.sum(), np.finfo(float).tiny)
            self.components = min(int(np.searchsorted(shares, self.components)) + 1, len(shares))
        super().adapt(data)

    def _count(self) -> int:
        if isinstance(self.components, float):
            raise SteepestError(
                f"layer {self.name!r} knows no data yet: call adapt(data) with the training set, "
                f"which finds how many components hold {self.components:.0%} of its variance"
            )
        return self.components

    def build(self, input_shape: Any) -> None:
        """Creates the mean, the directions, and their deviations and shares of the variance."""
        size, count = self.size_along(input_shape), self._count()
        if count > size:
            raise ArgumentError(f"components={count}: the data have {size} features")
        self.mean = self.add_adapted_weight("mean", [size])
        self.directions = self.add_adapted_weight("directions", [size, count])
        self.deviations = self.add_adapted_weight("deviations", [count])
        self.shares = self.add_adapted_weight("shares", [count])

    @property
    def explained_variance_ratio(self) -> np.ndarray | None:
        """Each component's share of the variance; None before the layer is adapted."""
        known = self.built and not np.isnan(self.shares.array).any()
        return self.shares.numpy() if known else None

    def adapt_weights(self, values: np.ndarray) -> None:
        """Uses eigenvectors of the covariance, or singular vectors where rows are fewer."""
        rows, count = len(values), self._count()
        if rows < max(2, count):
            raise DataError(f"{rows} rows do not have {count} principal components")
        mean = values.mean(axis=0)
        variances, directions = _spectrum(values - mean)
        signs = np.sign(directions[np.abs(directions).argmax(axis=0), np.arange(len(variances))])
        self.mean.assign(mean)
        self.directions.assign((directions * signs)[:, :count])
        chosen = variances[:count]
        self.deviations.assign(np.where(chosen > 0, np.sqrt(chosen), 1.0))
        self.shares.assign(chosen / max(variances.sum(), np.finfo(float).tiny))

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the components of the inputs."""
        centered = as_float(inputs, self.dtype) - self.mean
        components = ops.matmul(centered, self.directions)
        return components / self.deviations if self.whiten else components

    def inverse_call(self, inputs: Tensor) -> Tensor:
        """Returns the points with these components, and 0 in all others."""
        lengths = inputs * self.deviations if self.whiten else inputs
        return ops.matmul(lengths, ops.transpose(self.directions)) + self.mean


def _spectrum(centered: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the variances in decreasing order, and their directions as columns."""
    rows, size = centered.shape
    if rows >= size:
        variances, directions = np.linalg.eigh(centered.T @ centered / (rows - 1))
        return np.maximum(variances[::-1], 0.0), directions[:, ::-1]
    _, lengths, directions = np.linalg.svd(centered, full_matrices=False)
    return lengths**2 / (rows - 1), directions.T

"""Optimizers that scale the step of a whole array by the norm of its weights."""

from __future__ import annotations

from steepest.core import ops
from steepest.core.tensor import Tensor
from steepest.functions import composed
from steepest.optimizers.moments import Moments, bias_correction, moving_average
from steepest.optimizers.optimizer import OPTIMIZERS
from steepest.optimizers.stateful import Slots


@OPTIMIZERS.register
class Lamb(Moments):
    """Lamb (You et al., 2020): the step of Adam with the norm of the weights, for large batches.

    m <- b1 m + (1 - b1) g,  v <- b2 v + (1 - b2) g^2,
    u = m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon),  w <- w - a |w| / |u| u,
    where |w| / |u| is the ratio of the norms of the whole array, and 1 if one of them is 0.

    >>> import steepest as st
    >>> w = st.Variable([3.0, 4.0])
    >>> st.optimizers.Lamb(0.1).apply([[1.0, 0.0]], [w])
    >>> w.numpy().round(4).tolist()
    [2.5, 4.0]
    """

    def update(
        self, gradient: Tensor, weight: Tensor, slots: Slots, rate: Tensor, step: Tensor
    ) -> tuple[Tensor, Slots]:
        """The formula of one step for one array."""
        m = moving_average(slots["m"], gradient, self.now("beta_1", weight))
        v = moving_average(slots["v"], gradient * gradient, self.now("beta_2", weight))
        correction_v, slots_v = bias_correction(self, "beta_2", slots, step)
        root = ops.sqrt(v / correction_v) + self.epsilon
        correction_m, slots_m = bias_correction(self, "beta_1", slots, step)
        move = m / correction_m / root
        weight_norm, move_norm = composed.norm(weight), composed.norm(move)
        both = ops.logical_and(weight_norm > 0.0, move_norm > 0.0)
        ratio = ops.where(both, composed.divide_no_nan(weight_norm, move_norm), 1.0)
        return weight - rate * ratio * move, {"m": m, "v": v, **slots_m, **slots_v}

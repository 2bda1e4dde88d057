"""Rprop and Quickprop, which adapt the step of each weight by its last two derivatives.

They compare the gradients of two steps, so each batch should be the whole data set.
"""

from __future__ import annotations

from typing import Any

from steepest.arguments import require_within
from steepest.core import ops
from steepest.core.tensor import Tensor
from steepest.functions import composed
from steepest.optimizers.optimizer import OPTIMIZERS, Optimizer
from steepest.optimizers.stateful import Slots
from steepest.schedules.hyper import Setting


@OPTIMIZERS.register
class Rprop(Optimizer):
    """Resilient propagation (Riedmiller and Braun, 1993; the form iRprop- of Igel and Huesken).

    Each weight has its own step size, at first the learning rate: w <- w - size sign(g). The size
    is multiplied by `increase` while the sign of the derivative stays the same, and by `decrease`
    when it changes; in that step the weight does not move.

    >>> import steepest as st
    >>> w = st.Variable([1.0])
    >>> optimizer = st.optimizers.Rprop(0.1)
    >>> for _ in range(2): optimizer.apply([[5.0]], [w])
    >>> w.numpy().round(4).tolist()
    [0.78]
    """

    slot_names = ("gradient", "size")

    def __init__(
        self,
        learning_rate: Setting = 0.01,
        increase: float = 1.2,
        decrease: float = 0.5,
        smallest: float = 1e-6,
        largest: float = 50.0,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.increase, self.decrease = increase, decrease
        self.smallest, self.largest = smallest, largest
        require_within(self, "[1, inf)", increase=increase)
        require_within(self, "(0, 1]", decrease=decrease)
        require_within(self, f"[0, {largest}]", smallest=smallest)

    def update(
        self, gradient: Tensor, weight: Tensor, slots: Slots, rate: Tensor, step: Tensor
    ) -> tuple[Tensor, Slots]:
        """The formula of one step for one array."""
        agreement = ops.sign(gradient) * ops.sign(slots["gradient"])
        factor = ops.where(agreement > 0, self.increase, composed.ones_like(gradient))
        factor = ops.where(agreement < 0, self.decrease, factor)
        size = ops.where(step <= 1.0, rate, slots["size"]) * factor
        size = composed.clip_by_value(size, self.smallest, self.largest)
        used = ops.where(agreement < 0, 0.0, gradient)
        return weight - ops.sign(used) * size, {"gradient": used, "size": size}


@OPTIMIZERS.register
class Quickprop(Optimizer):
    """Quickprop (Fahlman, 1988): for each weight, the minimum of a parabola through two slopes.

    With the slope s = -g and the previous step d: d' = d s / (s_before - s), at most `growth` times
    d; a s is added where s and d have the same sign or d is 0.

    >>> import steepest as st
    >>> w = st.Variable([4.0])
    >>> optimizer = st.optimizers.Quickprop(0.1)
    >>> for _ in range(20): optimizer.minimize(lambda: w * w, [w])
    >>> bool(abs(w.numpy()[0]) < 1e-3)
    True
    """

    slot_names = ("slope", "move")

    def __init__(self, learning_rate: Setting = 0.01, growth: float = 1.75, **options: Any) -> None:
        super().__init__(learning_rate, **options)
        self.growth = growth
        require_within(self, "(0, inf)", growth=growth)

    def update(
        self, gradient: Tensor, weight: Tensor, slots: Slots, rate: Tensor, step: Tensor
    ) -> tuple[Tensor, Slots]:
        """The formula of one step for one array."""
        slope, before, moved = -gradient, slots["slope"], slots["move"]
        parabola = composed.divide_no_nan(moved * slope, before - slope)
        # Above this fraction of the previous slope, the minimum is more than growth * moved away.
        fraction = self.growth / (1.0 + self.growth)
        steep = ops.sign(moved) * (slope - fraction * before) > 0
        jump = ops.where(steep, self.growth * moved, parabola)
        push = ops.where(slope * moved < 0, 0.0, rate * slope)
        move = jump + push
        return weight + move, {"slope": slope, "move": move}

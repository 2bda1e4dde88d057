"""The classics that adapt each weight's step by the signs and slopes of its own derivative.

They compare one step's gradient with the next, so they want the whole set in one batch.
Leans on optimizer.
"""

from __future__ import annotations

from typing import Any

from steepest.arguments import require_within
from steepest.core import ops
from steepest.core.tensor import Tensor
from steepest.functions import composed
from steepest.optimizers.optimizer import OPTIMIZERS, Optimizer, Slots
from steepest.schedules.hyper import Setting


@OPTIMIZERS.register
class Rprop(Optimizer):
    """Resilient propagation (Riedmiller and Braun, 1993; the form iRprop- of Igel and Huesken).

    Each weight has its own step size, at first the learning rate; it grows by `increase` while
    the derivative keeps its sign and shrinks by `decrease` when the sign turns, in which step the
    weight waits: w <- w - size sign(g).

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
        taken = ops.where(agreement < 0, 0.0, gradient)
        return weight - ops.sign(taken) * size, {"gradient": taken, "size": size}


@OPTIMIZERS.register
class Quickprop(Optimizer):
    """Quickprop (Fahlman, 1988): a parabola through two slopes, for each weight by itself.

    With the slope s = -g and the step d before: d' = d s / (s_before - s), at most `growth` times
    d, and the descent a s is added while the slope still points along d (or where d is 0).

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
        # Beyond this share of the slope before, the parabola's minimum is further than allowed.
        share = self.growth / (1.0 + self.growth)
        steep = ops.sign(moved) * (slope - share * before) > 0
        jump = ops.where(steep, self.growth * moved, parabola)
        push = ops.where(slope * moved < 0, 0.0, rate * slope)
        move = jump + push
        return weight + move, {"slope": slope, "move": move}

"""Adam and its relatives: a mean of gradients over the root of a mean of squares.

Leans on optimizer. Powers of beta are taken as 1 - beta^t = -expm1(t log beta): in float32 the
plain form loses three digits at the first steps, where the correction matters most.
"""

from __future__ import annotations

import math
from typing import Any

from steepest.arguments import require_within
from steepest.core import ops
from steepest.core.tensor import Tensor
from steepest.functions import composed
from steepest.optimizers.optimizer import FILLED, OPTIMIZERS, Optimizer, Slots
from steepest.schedules.base import LearningRateSchedule
from steepest.schedules.hyper import HyperParameter, Setting


def lack(beta: float, step: Tensor) -> Tensor:
    """1 - beta^t: the share of a moving average, started at 0, that is filled after t steps.

    >>> from steepest.core import ops
    >>> round(lack(0.9, ops.constant(2.0)).item(), 6)
    0.19
    """
    if beta <= 0.0:
        return step * 0.0 + 1.0
    return -ops.expm1(step * math.log(beta))


def towards(average: Tensor, value: Tensor | float, beta: float | Tensor) -> Tensor:
    """beta times the average so far plus 1 - beta times the new value."""
    return average + (value - average) * (1.0 - beta)


def filled(optimizer: Optimizer, beta: str, slots: Slots, step: Tensor) -> tuple[Tensor, Slots]:
    """The share of a moving average that is filled, and the slot that follows it if there is one.

    1 - beta^t for a constant; 1 - beta_1 beta_2 ... beta_t, the moving average of ones, for a beta
    that is scheduled.
    """
    slot = FILLED + beta
    if slot not in slots:
        return lack(getattr(optimizer, beta), step), {}
    share = towards(slots[slot], 1.0, optimizer.now(beta, slots[slot]))
    return share, {slot: share}


def shares(optimizer: Optimizer, weight: Tensor, *betas: str) -> Slots:
    """The slots that `filled` needs for those betas that are scheduled."""
    return {
        FILLED + beta: composed.zeros((), weight.dtype)
        for beta in betas
        if isinstance(getattr(optimizer, beta), LearningRateSchedule)
    }


@OPTIMIZERS.register
class Adam(Optimizer):
    """Adam (Kingma and Ba, 2015), with both averages corrected for their start at 0.

    m <- b1 m + (1 - b1) g,  v <- b2 v + (1 - b2) g^2,
    w <- w - a sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + epsilon).
    `amsgrad` divides by the greatest v so far (Reddi et al., 2018). Betas may follow schedules:
    1 - b^t is then 1 less their product so far.

    >>> import steepest as st
    >>> w = st.Variable([1.0])
    >>> st.optimizers.Adam(0.1).apply([[5.0]], [w])
    >>> w.numpy().round(4).tolist()
    [0.9]
    """

    beta_1 = HyperParameter("[0, 1)")
    beta_2 = HyperParameter("[0, 1)")
    usual_rates = (1e-7, 0.1)

    def __init__(
        self,
        learning_rate: Setting = 0.001,
        beta_1: Setting = 0.9,
        beta_2: Setting = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        require_within(self, "[0, inf)", epsilon=epsilon)
        self.amsgrad = amsgrad

    def init(self, weight: Tensor) -> Slots:
        """The averages; the greatest of one of them if asked for."""
        names = ("m", "v", "greatest_v") if self.amsgrad else ("m", "v")
        first = {name: composed.zeros_like(weight) for name in names}
        return {**first, **shares(self, weight, "beta_1", "beta_2")}

    def update(
        self, gradient: Tensor, weight: Tensor, slots: Slots, rate: Tensor, step: Tensor
    ) -> tuple[Tensor, Slots]:
        """The formula of one step for one array."""
        squared, by_squares = filled(self, "beta_2", slots, step)
        speed = rate * ops.sqrt(squared)
        mean, by_means = filled(self, "beta_1", slots, step)
        speed = speed / mean
        m = towards(slots["m"], gradient, self.now("beta_1", weight))
        v = towards(slots["v"], gradient * gradient, self.now("beta_2", weight))
        kept = {"m": m, "v": v, **by_means, **by_squares}
        if self.amsgrad:
            kept["greatest_v"] = v = ops.maximum(slots["greatest_v"], v)
        return weight - speed * m / (ops.sqrt(v) + self.epsilon), kept


@OPTIMIZERS.register
class AdamW(Adam):
    """Adam with weight decay apart from the gradient (Loshchilov and Hutter, 2019).

    w <- w - a decay w before each step of Adam.

    >>> import steepest as st
    >>> w = st.Variable([1.0])
    >>> st.optimizers.AdamW(0.1, weight_decay=0.5).apply([[0.0]], [w])
    >>> w.numpy().round(4).tolist()
    [0.95]
    """

    def __init__(
        self, learning_rate: Setting = 0.001, weight_decay: Setting = 0.004, **options: Any
    ) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, **options)


@OPTIMIZERS.register
class RAdam(Optimizer):
    """Rectified Adam (Liu et al., 2020): a warm-up that follows from how little v knows at first.

    With r = 2 / (1 - b2) - 1 and r_t = r - 2 t b2^t / (1 - b2^t), and m and v as in Adam:
    w <- w - a q m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon) where r_t > 5, with
    q^2 = (r_t - 4) (r_t - 2) r / ((r - 4) (r - 2) r_t); before, w <- w - a m / (1 - b1^t).

    >>> import steepest as st
    >>> w = st.Variable([1.0])
    >>> st.optimizers.RAdam(0.1).apply([[5.0]], [w])
    >>> w.numpy().round(4).tolist()
    [0.5]
    """

    beta_1 = HyperParameter("[0, 1)")
    beta_2 = HyperParameter("(0.6, 1)")  # below, v never knows enough

    def __init__(
        self,
        learning_rate: Setting = 0.001,
        beta_1: Setting = 0.9,
        beta_2: Setting = 0.999,
        epsilon: float = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        require_within(self, "[0, inf)", epsilon=epsilon)

    def init(self, weight: Tensor) -> Slots:
        """The averages."""
        first = {name: composed.zeros_like(weight) for name in ("m", "v")}
        return {**first, **shares(self, weight, "beta_1", "beta_2")}

    def update(
        self, gradient: Tensor, weight: Tensor, slots: Slots, rate: Tensor, step: Tensor
    ) -> tuple[Tensor, Slots]:
        """The formula of one step for one array."""
        beta_2 = self.now("beta_2", weight)
        m = towards(slots["m"], gradient, self.now("beta_1", weight))
        v = towards(slots["v"], gradient * gradient, beta_2)
        squared, by_squares = filled(self, "beta_2", slots, step)
        spread = ops.sqrt(v / squared) + self.epsilon
        known, share = _rectified(beta_2, squared, step)
        mean, by_means = filled(self, "beta_1", slots, step)
        move = rate / mean * m * ops.where(known, share / spread, 1.0)
        return weight - move, {"m": m, "v": v, **by_means, **by_squares}


def _rectified(beta_2: Any, filled: Tensor, step: Tensor) -> tuple[Tensor, Tensor]:
    """Whether v knows enough for its root to be divided by, and the factor q if it does."""
    longest = 2.0 / (1.0 - beta_2) - 1.0
    length = longest - 2.0 * step * (1.0 - filled) / filled
    known = length > 5.0
    inside = ops.where(known, length, 5.0)
    scale = longest / ((longest - 4.0) * (longest - 2.0))
    return known, ops.sqrt((inside - 4.0) * (inside - 2.0) / inside * scale)


@OPTIMIZERS.register
class Adamax(Optimizer):
    """Adam by the greatest gradient in place of the mean square (Kingma and Ba, 2015).

    m <- b1 m + (1 - b1) g,  u <- max(b2 u, |g|),  w <- w - a / (1 - b1^t) m / (u + epsilon).

    >>> import steepest as st
    >>> w = st.Variable([1.0])
    >>> st.optimizers.Adamax(0.1).apply([[5.0]], [w])
    >>> w.numpy().round(4).tolist()
    [0.9]
    """

    beta_1 = HyperParameter("[0, 1)")
    beta_2 = HyperParameter("[0, 1)")

    def __init__(
        self,
        learning_rate: Setting = 0.001,
        beta_1: Setting = 0.9,
        beta_2: Setting = 0.999,
        epsilon: float = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        require_within(self, "[0, inf)", epsilon=epsilon)

    def init(self, weight: Tensor) -> Slots:
        """The average and the greatest gradient."""
        first = {name: composed.zeros_like(weight) for name in ("m", "u")}
        return {**first, **shares(self, weight, "beta_1")}

    def update(
        self, gradient: Tensor, weight: Tensor, slots: Slots, rate: Tensor, step: Tensor
    ) -> tuple[Tensor, Slots]:
        """The formula of one step for one array."""
        m = towards(slots["m"], gradient, self.now("beta_1", weight))
        u = ops.maximum(self.now("beta_2", weight) * slots["u"], ops.absolute(gradient))
        mean, by_means = filled(self, "beta_1", slots, step)
        return weight - rate / mean * m / (u + self.epsilon), {"m": m, "u": u, **by_means}


@OPTIMIZERS.register
class Nadam(Optimizer):
    """Adam with Nesterov's look ahead (Dozat, 2016), its momentum warming up.

    c_t = b1 (1 - 0.96^t / 2), C_t their product so far;
    m <- b1 m + (1 - b1) g,  v <- b2 v + (1 - b2) g^2,
    m^ = c_{t+1} m / (1 - C_{t+1}) + (1 - c_t) g / (1 - C_t),  v^ = v / (1 - b2^t),
    w <- w - a m^ / (sqrt(v^) + epsilon). Where b1 is scheduled, both c have
    that of step t.

    >>> import steepest as st
    >>> w = st.Variable([1.0])
    >>> st.optimizers.Nadam(0.1).apply([[5.0]], [w])
    >>> bool(0.85 < w.numpy()[0] < 0.9)
    True
    """

    beta_1 = HyperParameter("[0, 1)")
    beta_2 = HyperParameter("[0, 1)")

    def __init__(
        self,
        learning_rate: Setting = 0.001,
        beta_1: Setting = 0.9,
        beta_2: Setting = 0.999,
        epsilon: float = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        require_within(self, "[0, inf)", epsilon=epsilon)

    def init(self, weight: Tensor) -> Slots:
        """The averages, and the product of the momenta so far."""
        zeros, one = composed.zeros_like(weight), composed.ones((), weight.dtype)
        return {"m": zeros, "v": zeros, "product": one, **shares(self, weight, "beta_2")}

    def _momentum(self, step: Tensor) -> Tensor:
        return self.now("beta_1", step) * (1.0 - 0.5 * ops.exp(step * math.log(0.96)))

    def update(
        self, gradient: Tensor, weight: Tensor, slots: Slots, rate: Tensor, step: Tensor
    ) -> tuple[Tensor, Slots]:
        """The formula of one step for one array."""
        now, ahead = self._momentum(step), self._momentum(step + 1.0)
        product = slots["product"] * now
        m = towards(slots["m"], gradient, self.now("beta_1", weight))
        v = towards(slots["v"], gradient * gradient, self.now("beta_2", weight))
        mean = m * (ahead / (1.0 - product * ahead)) + gradient * ((1.0 - now) / (1.0 - product))
        squared, by_squares = filled(self, "beta_2", slots, step)
        size = ops.sqrt(v / squared) + self.epsilon
        return weight - rate * mean / size, {"m": m, "v": v, "product": product, **by_squares}


@OPTIMIZERS.register
class Lion(Optimizer):
    """Lion (Chen et al., 2023): steps of one size, by the sign of a mixed momentum.

    w <- w - a sign(b1 m + (1 - b1) g),  m <- b2 m + (1 - b2) g.

    >>> import steepest as st
    >>> w = st.Variable([1.0])
    >>> st.optimizers.Lion(0.25).apply([[5.0]], [w])
    >>> w.tolist()
    [0.75]
    """

    slot_names = ("m",)
    beta_1 = HyperParameter("[0, 1)")
    beta_2 = HyperParameter("[0, 1)")

    def __init__(
        self,
        learning_rate: Setting = 0.001,
        beta_1: Setting = 0.9,
        beta_2: Setting = 0.99,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1, self.beta_2 = beta_1, beta_2

    def update(
        self, gradient: Tensor, weight: Tensor, slots: Slots, rate: Tensor, step: Tensor
    ) -> tuple[Tensor, Slots]:
        """The formula of one step for one array."""
        way = ops.sign(towards(slots["m"], gradient, self.now("beta_1", weight)))
        return weight - rate * way, {"m": towards(slots["m"], gradient, self.now("beta_2", weight))}

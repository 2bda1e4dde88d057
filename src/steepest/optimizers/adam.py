"""Adam and its variants: an average of gradients over the root of an average of squares."""

from __future__ import annotations

import math
from typing import Any

from steepest.core import ops
from steepest.core.tensor import Tensor
from steepest.functions import composed
from steepest.optimizers.moments import (
    Moments,
    adam_step,
    bias_correction,
    correction_slots,
    moving_average,
)
from steepest.optimizers.optimizer import OPTIMIZERS, Optimizer
from steepest.optimizers.stateful import Slots
from steepest.schedules.hyper import HyperParameter, Setting


@OPTIMIZERS.register
class Adam(Moments):
    """Adam (Kingma and Ba, 2015), with bias correction of both averages.

    m <- b1 m + (1 - b1) g,  v <- b2 v + (1 - b2) g^2,
    w <- w - a sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + epsilon).
    `amsgrad` divides by the root of the greatest v so far (Reddi et al., 2018). Betas may follow
    schedules: 1 - b^t is then 1 minus the product of all betas so far.

    >>> import steepest as st
    >>> w = st.Variable([1.0])
    >>> st.optimizers.Adam(0.1).apply([[5.0]], [w])
    >>> w.numpy().round(4).tolist()
    [0.9]
    """

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
        super().__init__(learning_rate, beta_1, beta_2, epsilon, **options)
        self.amsgrad = amsgrad

    def init(self, weight: Tensor) -> Slots:
        """The moving averages, and the greatest v for `amsgrad`."""
        names = ("m", "v", "greatest_v") if self.amsgrad else ("m", "v")
        averages = {name: composed.zeros_like(weight) for name in names}
        return {**averages, **correction_slots(self, weight, "beta_1", "beta_2")}

    def update(
        self, gradient: Tensor, weight: Tensor, slots: Slots, rate: Tensor, step: Tensor
    ) -> tuple[Tensor, Slots]:
        """The formula of one step for one array."""
        return adam_step(self, gradient, weight, slots, rate, step, amsgrad=self.amsgrad)


@OPTIMIZERS.register
class AdamW(Adam):
    """Adam with weight decay decoupled from the gradient (Loshchilov and Hutter, 2019).

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
class RAdam(Moments):
    """Rectified Adam (Liu et al., 2020): a warm-up while the variance of v is large.

    With r = 2 / (1 - b2) - 1 and r_t = r - 2 t b2^t / (1 - b2^t), and m and v as in Adam:
    w <- w - a q m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon) where r_t > 5, with
    q^2 = (r_t - 4) (r_t - 2) r / ((r - 4) (r - 2) r_t); otherwise w <- w - a m / (1 - b1^t).

    >>> import steepest as st
    >>> w = st.Variable([1.0])
    >>> st.optimizers.RAdam(0.1).apply([[5.0]], [w])
    >>> w.numpy().round(4).tolist()
    [0.5]
    """

    beta_2 = HyperParameter("(0.6, 1)")  # q needs r > 4

    def update(
        self, gradient: Tensor, weight: Tensor, slots: Slots, rate: Tensor, step: Tensor
    ) -> tuple[Tensor, Slots]:
        """The formula of one step for one array."""
        beta_2 = self.now("beta_2", weight)
        m = moving_average(slots["m"], gradient, self.now("beta_1", weight))
        v = moving_average(slots["v"], gradient * gradient, beta_2)
        correction_v, slots_v = bias_correction(self, "beta_2", slots, step)
        root = ops.sqrt(v / correction_v) + self.epsilon
        rectified, factor = _rectification(beta_2, correction_v, step)
        correction_m, slots_m = bias_correction(self, "beta_1", slots, step)
        move = rate / correction_m * m * ops.where(rectified, factor / root, 1.0)
        return weight - move, {"m": m, "v": v, **slots_m, **slots_v}


def _rectification(beta_2: Any, correction: Tensor, step: Tensor) -> tuple[Tensor, Tensor]:
    """Whether r_t > 5, and the factor q if it is."""
    longest = 2.0 / (1.0 - beta_2) - 1.0
    length = longest - 2.0 * step * (1.0 - correction) / correction
    rectified = length > 5.0
    inside = ops.where(rectified, length, 5.0)
    scale = longest / ((longest - 4.0) * (longest - 2.0))
    return rectified, ops.sqrt((inside - 4.0) * (inside - 2.0) / inside * scale)


@OPTIMIZERS.register
class Adamax(Moments):
    """Adam with the greatest gradient in place of the mean square (Kingma and Ba, 2015).

    m <- b1 m + (1 - b1) g,  u <- max(b2 u, |g|),  w <- w - a / (1 - b1^t) m / (u + epsilon).

    >>> import steepest as st
    >>> w = st.Variable([1.0])
    >>> st.optimizers.Adamax(0.1).apply([[5.0]], [w])
    >>> w.numpy().round(4).tolist()
    [0.9]
    """

    def init(self, weight: Tensor) -> Slots:
        """The moving average and the greatest gradient."""
        initial = {name: composed.zeros_like(weight) for name in ("m", "u")}
        return {**initial, **correction_slots(self, weight, "beta_1")}

    def update(
        self, gradient: Tensor, weight: Tensor, slots: Slots, rate: Tensor, step: Tensor
    ) -> tuple[Tensor, Slots]:
        """The formula of one step for one array."""
        m = moving_average(slots["m"], gradient, self.now("beta_1", weight))
        u = ops.maximum(self.now("beta_2", weight) * slots["u"], ops.absolute(gradient))
        correction, slots_m = bias_correction(self, "beta_1", slots, step)
        return weight - rate / correction * m / (u + self.epsilon), {"m": m, "u": u, **slots_m}


@OPTIMIZERS.register
class Nadam(Moments):
    """Adam with Nesterov momentum (Dozat, 2016), which rises in the first steps.

    c_t = b1 (1 - 0.96^t / 2), C_t = c_1 c_2 ... c_t;
    m <- b1 m + (1 - b1) g,  v <- b2 v + (1 - b2) g^2,
    m^ = c_{t+1} m / (1 - C_{t+1}) + (1 - c_t) g / (1 - C_t),  v^ = v / (1 - b2^t),
    w <- w - a m^ / (sqrt(v^) + epsilon). If b1 is scheduled, both c have
    the b1 of step t.

    >>> import steepest as st
    >>> w = st.Variable([1.0])
    >>> st.optimizers.Nadam(0.1).apply([[5.0]], [w])
    >>> bool(0.85 < w.numpy()[0] < 0.9)
    True
    """

    def init(self, weight: Tensor) -> Slots:
        """The moving averages, and the product of the momenta so far."""
        zeros, one = composed.zeros_like(weight), composed.ones((), weight.dtype)
        return {"m": zeros, "v": zeros, "product": one, **correction_slots(self, weight, "beta_2")}

    def _momentum(self, step: Tensor) -> Tensor:
        return self.now("beta_1", step) * (1.0 - 0.5 * ops.exp(step * math.log(0.96)))

    def update(
        self, gradient: Tensor, weight: Tensor, slots: Slots, rate: Tensor, step: Tensor
    ) -> tuple[Tensor, Slots]:
        """The formula of one step for one array."""
        now, ahead = self._momentum(step), self._momentum(step + 1.0)
        product = slots["product"] * now
        m = moving_average(slots["m"], gradient, self.now("beta_1", weight))
        v = moving_average(slots["v"], gradient * gradient, self.now("beta_2", weight))
        mean = m * (ahead / (1.0 - product * ahead)) + gradient * ((1.0 - now) / (1.0 - product))
        correction, slots_v = bias_correction(self, "beta_2", slots, step)
        root = ops.sqrt(v / correction) + self.epsilon
        return weight - rate * mean / root, {"m": m, "v": v, "product": product, **slots_v}


@OPTIMIZERS.register
class Lion(Optimizer):
    """Lion (Chen et al., 2023): steps of equal size, by the sign of an average of gradients.

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
        m = slots["m"]
        sign = ops.sign(moving_average(m, gradient, self.now("beta_1", weight)))
        return weight - rate * sign, {"m": moving_average(m, gradient, self.now("beta_2", weight))}

"""Gradient descent with and without momentum."""

from __future__ import annotations

from typing import Any

from steepest.core.tensor import Tensor
from steepest.functions import composed
from steepest.optimizers.optimizer import OPTIMIZERS, Optimizer
from steepest.optimizers.stateful import Slots
from steepest.schedules.hyper import HyperParameter, Setting


@OPTIMIZERS.register
class SGD(Optimizer):
    """Gradient descent: w <- w - a g, with g of one example, a batch or all, by the batch size.

    Momentum b has two forms in the literature:

    * the velocity form, `SGD(a, momentum=b)`, as in Keras (Polyak, 1964):
      v <- b v - a g,  w <- w + v;
    * the averaged form, `SGD(a, momentum=b, dampening=b)`, as in many courses:
      V <- b V + (1 - b) g,  w <- w - a V.

    In general v <- b v - a (1 - dampening) g, which is the averaged form with v = -a V as long as
    the rate is constant. The steps of the averaged form are smaller by the factor 1 - b: for equal
    steps its rate must be larger by 1 / (1 - b). `nesterov` is Nesterov momentum (Sutskever et al.,
    2013): w <- w + b v - a (1 - dampening) g. `momentum` and `dampening` may follow schedules.

    >>> import steepest as st
    >>> w = st.Variable([1.0])
    >>> st.optimizers.SGD(0.5).apply([[1.0]], [w])
    >>> w.tolist()
    [0.5]
    """

    momentum = HyperParameter("[0, 1]")
    dampening = HyperParameter("[0, 1]")
    usual_rates = (1e-6, 1.0)

    def __init__(
        self,
        learning_rate: Setting = 0.01,
        momentum: Setting = 0.0,
        nesterov: bool = False,
        dampening: Setting = 0.0,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.momentum, self.nesterov, self.dampening = momentum, nesterov, dampening

    def init(self, weight: Tensor) -> Slots:
        """The velocity, if there is momentum."""
        return {"momentum": composed.zeros_like(weight)} if self.momentum else {}

    def update(
        self, gradient: Tensor, weight: Tensor, slots: Slots, rate: Tensor, step: Tensor
    ) -> tuple[Tensor, Slots]:
        """The formula of one step for one array."""
        push = gradient * (rate * (1.0 - self.now("dampening", weight)))
        momentum = self.now("momentum", weight)
        if not self.momentum:
            return weight - push, {}
        velocity = momentum * slots["momentum"] - push
        ahead = momentum * velocity - push if self.nesterov else velocity
        return weight + ahead, {"momentum": velocity}

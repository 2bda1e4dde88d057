"""Optimizers that scale the step of each weight by the size of its gradients so far."""

from __future__ import annotations

from typing import Any

from steepest.arguments import require_within
from steepest.core import ops
from steepest.core.tensor import Tensor
from steepest.functions import composed
from steepest.optimizers.optimizer import OPTIMIZERS, Optimizer
from steepest.optimizers.stateful import Slots
from steepest.schedules.hyper import HyperParameter, Setting


@OPTIMIZERS.register
class Adagrad(Optimizer):
    """Adagrad (Duchi, Hazan and Singer, 2011): G <- G + g^2,  w <- w - a g / sqrt(G + epsilon).

    >>> import steepest as st
    >>> w = st.Variable([1.0])
    >>> st.optimizers.Adagrad(0.1, initial_accumulator_value=0.0).apply([[5.0]], [w])
    >>> w.numpy().round(4).tolist()
    [0.9]
    """

    usual_rates = (1e-6, 2.0)

    def __init__(
        self,
        learning_rate: Setting = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.initial_accumulator_value, self.epsilon = initial_accumulator_value, epsilon
        require_within(self, "[0, inf)", epsilon=epsilon)
        require_within(self, "[0, inf)", initial_accumulator_value=initial_accumulator_value)

    def init(self, weight: Tensor) -> Slots:
        """The sums of squares, above 0 so that the first steps are not too long."""
        return {
            "squares": composed.fill(weight.shape, self.initial_accumulator_value, weight.dtype)
        }

    def update(
        self, gradient: Tensor, weight: Tensor, slots: Slots, rate: Tensor, step: Tensor
    ) -> tuple[Tensor, Slots]:
        """The formula of one step for one array."""
        squares = slots["squares"] + gradient * gradient
        return weight - rate * gradient / ops.sqrt(squares + self.epsilon), {"squares": squares}


@OPTIMIZERS.register
class Adadelta(Optimizer):
    """Adadelta (Zeiler, 2012): the ratio of two running root mean squares replaces the rate.

    G <- r G + (1 - r) g^2,  d = g sqrt(D + epsilon) / sqrt(G + epsilon),
    D <- r D + (1 - r) d^2,  w <- w - a d. The paper has a = 1.

    >>> import steepest as st
    >>> w = st.Variable([1.0])
    >>> st.optimizers.Adadelta(1.0).apply([[1.0]], [w])
    >>> w.numpy().round(4).tolist()
    [0.9986]
    """

    slot_names = ("squares", "squared_steps")
    rho = HyperParameter("[0, 1)")

    def __init__(
        self,
        learning_rate: Setting = 0.001,
        rho: Setting = 0.95,
        epsilon: float = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.rho, self.epsilon = rho, epsilon
        require_within(self, "(0, inf)", epsilon=epsilon)

    def update(
        self, gradient: Tensor, weight: Tensor, slots: Slots, rate: Tensor, step: Tensor
    ) -> tuple[Tensor, Slots]:
        """The formula of one step for one array."""
        rho = self.now("rho", weight)
        squares = rho * slots["squares"] + (1.0 - rho) * gradient * gradient
        before = slots["squared_steps"]
        delta = gradient * ops.sqrt(before + self.epsilon) / ops.sqrt(squares + self.epsilon)
        steps = rho * before + (1.0 - rho) * delta * delta
        return weight - rate * delta, {"squares": squares, "squared_steps": steps}


@OPTIMIZERS.register
class RMSprop(Optimizer):
    """RMSprop (Tieleman and Hinton, 2012): gradients over their root mean square.

    V <- r V + (1 - r) g^2,  w <- w - a g / sqrt(V + epsilon).
    `centered` subtracts the squared mean of gradients from V; `momentum` b accumulates the steps:
    u <- b u + a g / sqrt(V + epsilon),  w <- w - u.

    >>> import steepest as st
    >>> w = st.Variable([1.0])
    >>> st.optimizers.RMSprop(0.1, rho=0.0).apply([[5.0]], [w])
    >>> w.numpy().round(4).tolist()
    [0.9]
    """

    rho = HyperParameter("[0, 1)")
    momentum = HyperParameter("[0, 1)")
    usual_rates = (1e-7, 0.1)

    def __init__(
        self,
        learning_rate: Setting = 0.001,
        rho: Setting = 0.9,
        momentum: Setting = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.rho, self.momentum, self.epsilon = rho, momentum, epsilon
        self.centered = centered
        require_within(self, "[0, inf)", epsilon=epsilon)

    def init(self, weight: Tensor) -> Slots:
        """The mean of squares; the sum of steps for momentum, the mean of gradients if centered."""
        names = ("squares",) + ("steps",) * bool(self.momentum) + ("mean",) * bool(self.centered)
        return {name: composed.zeros_like(weight) for name in names}

    def update(
        self, gradient: Tensor, weight: Tensor, slots: Slots, rate: Tensor, step: Tensor
    ) -> tuple[Tensor, Slots]:
        """The formula of one step for one array."""
        rho = self.now("rho", weight)
        squares = rho * slots["squares"] + (1.0 - rho) * gradient * gradient
        new_slots, variance = {"squares": squares}, squares
        if self.centered:
            new_slots["mean"] = mean = rho * slots["mean"] + (1.0 - rho) * gradient
            variance = ops.maximum(squares - mean * mean, 0.0)
        move = rate * gradient / ops.sqrt(variance + self.epsilon)
        if self.momentum:
            new_slots["steps"] = move = self.now("momentum", weight) * slots["steps"] + move
        return weight - move, new_slots


@OPTIMIZERS.register
class Ftrl(Optimizer):
    """Follow-the-regularized-leader, per coordinate (McMahan et al., 2013), for sparse models.

    With p = -learning_rate_power and s = n^p (n the sum of squares before this step, n' after):
    z <- z + g + 2 shrinkage w - (s' - s) w / a,
    w <- (clip(z, -l1, l1) - z) / ((beta + s') / a + 2 l2).

    >>> import steepest as st
    >>> w = st.Variable([0.0])
    >>> st.optimizers.Ftrl(0.5, l1_regularization_strength=2.0).apply([[1.0]], [w])
    >>> w.tolist()
    [0.0]
    """

    def __init__(
        self,
        learning_rate: Setting = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        require_within(self, "(-inf, 0]", learning_rate_power=learning_rate_power)
        require_within(
            "Ftrl",
            "[0, inf)",
            initial_accumulator_value=initial_accumulator_value,
            l1_regularization_strength=l1_regularization_strength,
            l2_regularization_strength=l2_regularization_strength,
            l2_shrinkage_regularization_strength=l2_shrinkage_regularization_strength,
            beta=beta,
        )
        self.learning_rate_power = learning_rate_power
        self.initial_accumulator_value = initial_accumulator_value
        self.l1_regularization_strength = l1_regularization_strength
        self.l2_regularization_strength = l2_regularization_strength
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self.beta = beta

    def init(self, weight: Tensor) -> Slots:
        """The sums of squares, above 0, and z, 0."""
        squares = composed.fill(weight.shape, self.initial_accumulator_value, weight.dtype)
        return {"squares": squares, "z": composed.zeros_like(weight)}

    def update(
        self, gradient: Tensor, weight: Tensor, slots: Slots, rate: Tensor, step: Tensor
    ) -> tuple[Tensor, Slots]:
        """The formula of one step for one array."""
        squares = slots["squares"] + gradient * gradient
        before, after = (
            ops.power(value, -self.learning_rate_power) for value in (slots["squares"], squares)
        )
        shrunk = gradient + 2.0 * self.l2_shrinkage_regularization_strength * weight
        z = slots["z"] + shrunk - (after - before) / rate * weight
        limit = self.l1_regularization_strength
        curve = (self.beta + after) / rate + 2.0 * self.l2_regularization_strength
        return (composed.clip_by_value(z, -limit, limit) - z) / curve, {"squares": squares, "z": z}

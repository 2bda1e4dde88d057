"""Gradient descent of the numpy course, and optimizers that update one array each.

Depends on optimizers.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from steepest import optimizers
from steepest.core.variable import Variable

__all__ = ["SGD"]

Array = np.ndarray


class SGD(optimizers.SGD):
    """Gradient descent with the course's averaged momentum: V = bV + (1-b)g, W = W - aV.

    `update(w, grad)` makes one step of one array, and stores V as `retained_gradient`.

    >>> rule = SGD(learning_rate=0.1, momentum=0.5)
    >>> rule.update(np.array([1.0]), np.array([2.0])).round(6).tolist()
    [0.9]
    >>> rule.retained_gradient.tolist()
    [1.0]
    """

    def __init__(self, learning_rate: float = 0.01, momentum: float = 0.9) -> None:
        rate: Any = learning_rate
        if type(rate) in (int, float) and rate >= 0:  # float32, as usual, would round 0.1
            rate = Variable(rate, trainable=False, name="sgd/learning_rate", dtype="float64")
        super().__init__(rate, momentum=momentum, dampening=momentum)
        self.retained_gradient: Array | None = None

    def update(self, *arguments: Any) -> Any:
        """The course's step for (w, grad); with more arguments, the step of any optimizer."""
        if len(arguments) > 2:
            return super().update(*arguments)
        w, gradient = (np.asarray(argument) for argument in arguments)
        before = np.zeros_like(w) if self.retained_gradient is None else self.retained_gradient
        self.retained_gradient = self.momentum * before + (1.0 - self.momentum) * gradient
        return w - float(np.asarray(self.learning_rate)) * self.retained_gradient


class RuleOfOneArray:
    """Any optimizer of `st.optimizers` as a rule with `update(w, grad)` for one array.

    >>> rule = RuleOfOneArray(st.optimizers.Adam(0.1))
    >>> rule.update(np.array([1.0]), np.array([5.0])).round(4).tolist()
    [0.9]
    """

    def __init__(self, optimizer: optimizers.Optimizer) -> None:
        self.optimizer = type(optimizer).from_config(optimizer.get_config())
        self._variable: Variable | None = None

    def update(self, w: Array, gradient: Array) -> Array:
        """The array after one step."""
        if self._variable is None:
            self._variable = Variable(w)
        self._variable.assign(w)
        self.optimizer.apply([np.asarray(gradient, w.dtype)], [self._variable])
        return self._variable.numpy()


def rule_for_one_array(optimizer: Any) -> Any:
    """A copy of an optimizer with the method update(w, grad), for one array.

    >>> type(rule_for_one_array(SGD(0.1))).__name__
    'SGD'
    """
    by_course = isinstance(optimizer, SGD) or not isinstance(optimizer, optimizers.Optimizer)
    return copy.deepcopy(optimizer) if by_course else RuleOfOneArray(optimizer)

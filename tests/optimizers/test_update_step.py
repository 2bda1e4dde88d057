"""Optimizers of a user in Keras's form: state made in `build`, `update_step` assigns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError


class Momentum(st.optimizers.Optimizer):
    """SGD with momentum as Keras's guides write it."""

    builds = 0

    def __init__(self, learning_rate: Any = 0.05, momentum: float = 0.9, **options: Any) -> None:
        super().__init__(learning_rate=learning_rate, **options)
        self.momentum = momentum

    def build(self, variables: Any) -> None:
        super().build(variables)
        self.builds += 1
        self.momentums = [self.add_variable_from_reference(v, name="m") for v in variables]

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        m = self.momentums[self._get_variable_index(variable)]
        m.assign(self.momentum * m - learning_rate * gradient)
        variable.assign_add(m)


def trained(optimizer: Any) -> st.Model:
    model = st.Sequential([st.layers.Dense(1, kernel_initializer="ones", input_shape=(2,))])
    model.compile(optimizer, "mse")
    x, y = np.linspace(-1, 1, 16).reshape(8, 2), np.linspace(0, 1, 8)
    model.fit(x, y, epochs=3, batch_size=4, shuffle=False, verbose=0)
    return model


def test_update_step_trains_as_the_formula_does() -> None:
    ours, theirs = trained(Momentum()), trained(st.optimizers.SGD(0.05, momentum=0.9))
    assert ours.optimizer.builds == 1
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-5, atol=1e-7)


def test_the_state_is_among_the_variables() -> None:
    optimizer = trained(Momentum()).optimizer
    pairs = zip(optimizer.variables[-2:], optimizer.momentums, strict=True)
    assert all(mine is other for mine, other in pairs)
    assert "/m/" in optimizer.momentums[0].name


def test_options_of_all_optimizers_hold() -> None:
    w = st.Variable([2.0])
    Momentum(0.5, weight_decay=0.1).apply([[1.0]], [w])
    np.testing.assert_allclose(w.numpy(), [2.0 - 0.5 * 0.1 * 2.0 - 0.5], rtol=1e-6)
    bounded = st.Variable([0.2])
    bounded.constraint = lambda value: st.maximum(value, 0.0)
    Momentum(0.5).apply([[1.0]], [bounded])
    assert bounded.tolist() == [0.0]


def test_accumulation_is_refused() -> None:
    optimizer = Momentum(0.5, gradient_accumulation_steps=2)
    with pytest.raises(ArgumentError, match="gradient_accumulation_steps has no effect"):
        optimizer.apply([[1.0]], [st.Variable([2.0])])


def test_add_variable_takes_an_initializer() -> None:
    added = st.optimizers.SGD().add_variable((2, 1), "ones", "float64", name="counts")
    assert added.tolist() == [[1.0], [1.0]]
    assert added.dtype == st.float64
    assert not added.trainable

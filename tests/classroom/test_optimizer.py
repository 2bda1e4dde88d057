"""Gradient descent of the course, and other optimizers for one array."""

from __future__ import annotations

from typing import Any

import numpy as np

import steepest as st
from steepest.classroom import SGD
from steepest.classroom.optimizer import rule_for_one_array


def test_the_averaged_momentum() -> None:
    rule, w = SGD(learning_rate=0.1, momentum=0.9), np.array([1.0, 2.0])
    retained = np.zeros(2)
    for gradient in (np.array([1.0, -1.0]), np.array([0.5, 3.0])):
        retained = 0.9 * retained + 0.1 * gradient
        expected = w - 0.1 * retained
        w = rule.update(w, gradient)
        np.testing.assert_allclose(w, expected)
        np.testing.assert_allclose(rule.retained_gradient, retained)


def test_it_is_an_optimizer_of_the_library() -> None:
    assert issubclass(SGD, st.optimizers.SGD)


def test_any_optimizer_updates_one_array() -> None:
    rule, w = rule_for_one_array(st.optimizers.Adam(0.1)), np.array([1.0, -1.0])
    variable, adam = st.Variable(w), st.optimizers.Adam(0.1)
    for gradient in (np.array([2.0, -3.0]), np.array([-1.0, 0.5])):
        adam.apply([gradient], [variable])
        w = rule.update(w, gradient)
        np.testing.assert_array_equal(w, variable.numpy())


def test_a_rule_of_a_student_is_copied() -> None:
    class Rule:
        def update(self, w: Any, grad: Any) -> Any:
            return w - grad

    given = Rule()
    assert (made := rule_for_one_array(given)) is not given and isinstance(made, Rule)

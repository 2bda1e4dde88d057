"""The class hooks: what every layer class guarantees without code of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest import layers

X = np.ones((2, 3), "float32")


def test_weights_and_layers_may_come_before_the_constructor_of_the_base() -> None:
    class Early(layers.Layer):
        def __init__(self) -> None:
            self.inner = layers.Dense(1)
            self.scale = self.add_weight("scale", [1])
            super().__init__()

        def call(self, inputs: Any) -> Any:
            return self.inner(inputs) * self.scale

    layer = Early()
    layer(X)
    assert [weight.name for weight in layer.weights] == ["scale", "kernel", "bias"]


def test_build_runs_once_also_through_super() -> None:
    runs = []

    class Below(layers.Layer):
        def build(self, input_shape: Any) -> None:
            runs.append("below")
            self.add_weight("low", [1])

        def call(self, inputs: Any) -> Any:
            return inputs

    class Above(Below):
        def build(self, input_shape: Any) -> None:
            runs.append("above")
            super().build(input_shape)
            self.built = False  # as a class may that adds to what is built
            self.add_weight("high", [1])

    layer = Above()
    for _ in range(2):
        layer.build((None, 3))
    layer(X)
    assert runs == ["above", "below"] and layer.built
    assert [weight.name for weight in layer.weights] == ["low", "high"]


def test_a_failed_build_leaves_no_weights() -> None:
    class Failing(layers.Layer):
        def build(self, input_shape: Any) -> None:
            self.add_weight("w", [1])
            raise ValueError("no")

    layer = Failing()
    with pytest.raises(ValueError, match="no"):
        layer.build((None, 3))
    assert layer.weights == [] and not layer.built


def test_the_training_flag_is_found_by_name_or_by_place() -> None:
    class Flag(layers.Layer):
        def call(self, inputs: Any, mask: Any = None, training: bool = False) -> Any:
            return inputs * float(training)

    assert (Flag._mask_position, Flag._training_position) == (0, 1)
    assert Flag()(X, None, True).tolist() == X.tolist()
    assert Flag()(X, training=True).tolist() == X.tolist()
    assert Flag()(X, None).tolist() == (0 * X).tolist()


def test_a_call_inherited_from_another_class_is_found() -> None:
    class Trains:
        def call(self, inputs: Any, training: bool = False) -> Any:
            return inputs * float(training)

    class Mixed(Trains, layers.Layer):
        pass

    assert Mixed()(X, training=True).tolist() == X.tolist()


def test_constructors_of_steepest_refuse_unknown_names_and_users_own_are_left_alone() -> None:
    with pytest.raises(st.errors.ArgumentError, match="Dense takes no argument 'unit'"):
        layers.Dense(unit=3)  # type: ignore[call-arg]

    class Own(layers.Layer):
        def __init__(self, size: int) -> None:
            super().__init__()
            self.size = size

    assert Own("three").size == "three"  # type: ignore[arg-type]

"""st.Module: variables and modules among the attributes."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st


class Dense(st.Module):
    def __init__(self, rows: int, columns: int, name: str | None = None) -> None:
        super().__init__(name=name)
        self.w = st.Variable(st.ones([rows, columns]), name="w")
        self.b = st.Variable(st.zeros([columns]), name="b")

    def __call__(self, x):
        return x @ self.w + self.b


class Stack(st.Module):
    def __init__(self) -> None:
        super().__init__()
        self.second = Dense(3, 2, name="second")
        self.first = Dense(3, 3, name="first")
        self.parts = {"layer": st.layers.Dense(1, input_shape=(2,), name="out")}
        self.steps = st.Variable(0, trainable=False, name="steps")

    @st.function
    def __call__(self, x):
        self.steps.assign_add(1)
        return self.second(self.first(x))


def test_variables_are_found_in_the_order_of_the_attributes_names() -> None:
    stack = Stack()
    assert [v.name for v in Dense(1, 1).variables] == ["b", "w"]
    assert [part.name for part in stack.submodules] == ["first", "out", "second"]
    assert len(stack.trainable_variables) == 4
    assert [v.name for v in stack.non_trainable_variables] == ["steps"]
    stack.parts["layer"].build((None, 2))
    assert len(stack.trainable_variables) == 6


def test_a_function_of_a_module_is_recorded_and_updates_its_variables() -> None:
    stack = Stack()
    x = np.ones((2, 3), np.float32)
    assert stack(x).tolist() == [[9.0, 9.0]] * 2 == stack(x).tolist()
    assert stack.steps.item() == 2


def test_names_and_name_scopes() -> None:
    class LazyDense(st.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = None

        @st.Module.with_name_scope
        def __call__(self, x):
            if self.w is None:
                self.w = st.Variable(st.ones([x.shape[-1], 1]), name="w")
            return x @ self.w

    module = LazyDense()
    assert module.name == "lazy_dense" and module.variables == []
    assert module(np.ones((1, 2), np.float32)).item() == 2.0
    assert module.w.path == "lazy_dense/w"
    with module.name_scope:
        graph = st.trace(lambda x: x + 1.0, [(2,)])
    assert graph.outputs[0].source.scope == "lazy_dense"
    with pytest.raises(st.errors.ArgumentError, match="valid identifier"):
        Dense(1, 1, name="a b")


def test_a_training_loop_over_a_module() -> None:
    module = Dense(1, 1)
    optimizer = st.optimizers.SGD(0.1)
    x = np.float32([[0.0], [1.0], [2.0]])

    @st.function
    def step(x, y):
        with st.GradientTape() as tape:
            loss = st.reduce_mean((module(x) - y) ** 2.0)
        gradients = tape.gradient(loss, module.trainable_variables)
        optimizer.apply_gradients(zip(gradients, module.trainable_variables, strict=True))
        return loss

    losses = [step(x, 3.0 * x + 1.0).item() for _ in range(200)]
    assert losses[-1] < 1e-4 < losses[0]
    assert module.w.item() == pytest.approx(3.0, abs=0.02)

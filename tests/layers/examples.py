"""Layers written as users write them, for the tests of the Layer base."""

from __future__ import annotations

import steepest as st
from steepest import layers


class Affine(layers.Layer):
    """A dense layer as a user writes it: no backward pass, positional names."""

    def __init__(self, units: int, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.w = self.add_weight("w", shape=[input_shape[-1], self.units], initializer="ones")
        self.b = self.add_weight(name="b", shape=(self.units,), initializer="zeros")

    def call(self, x: st.Tensor) -> st.Tensor:
        return x @ self.w + self.b


class Block(layers.Layer):
    """Layers in a list, in a dictionary and as attributes; a variable of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.first = layers.Dense(3)
        self.rest = [layers.Dense(2), layers.Dropout(0.5, seed=1)]
        self.named = {"last": (layers.BatchNormalization(),)}
        self.factor = st.Variable([1.0, 1.0], name="factor")
        self.steps = st.Variable(0, trainable=False, name="steps")

    def call(self, x: st.Tensor, training: bool) -> st.Tensor:
        self.steps.assign_add(1)
        for layer in (self.first, *self.rest, *self.named["last"]):
            x = layer(x)
        return x * self.factor


class Around(layers.Layer):
    def __init__(self, inner: layers.Layer, says: bool | None = None) -> None:
        super().__init__()
        self.inner = inner
        self.says = says

    def call(self, x: st.Tensor) -> st.Tensor:
        return self.inner(x) if self.says is None else self.inner(x, training=self.says)


class Pays(layers.Layer):
    def call(self, x: st.Tensor) -> st.Tensor:
        self.add_loss(st.reduce_sum(x))
        return x


class RecordsTraining(layers.Layer):
    def __init__(self) -> None:
        super().__init__()
        self.flags: list[bool] = []

    def call(self, x: st.Tensor, training: bool) -> st.Tensor:
        self.flags.append(training)
        return x

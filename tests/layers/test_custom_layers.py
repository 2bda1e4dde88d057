"""User-defined layers, written in the styles that other libraries allow."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest import layers
from steepest.errors import ArgumentError
from steepest.registry import to_config
from steepest.user_objects import custom_objects

X = np.random.default_rng(0).normal(size=(16, 4)).astype("float32")


class Forms(layers.Layer):
    """A weight by each form of add_weight."""

    def build(self, input_shape: Any) -> None:
        self.by_name = self.add_weight("by_name", [4, 2], "ones")
        self.by_shape = self.add_weight((2,), "ones", name="by_shape")
        self.by_object = self.add_weight((2,), st.initializers.Constant(3.0), "float64", False)
        self.by_keywords = self.add_weight(
            shape=2, initializer="zeros", regularizer="l2", constraint="non_neg", name="keywords"
        )
        self.by_function = self.add_weight(
            "by_function", shape=(2,), initializer=lambda shape, dtype: np.full(shape, 7.0, dtype)
        )

    def call(self, inputs: Any) -> Any:
        return st.matmul(inputs, self.by_name) + self.by_shape + self.by_keywords


def test_add_weight_takes_the_name_or_the_shape_first():
    layer = Forms()
    layer(X)
    assert [w.name for w in layer.weights] == [
        "by_name", "by_shape", "keywords", "by_function", "weight_2",
    ]  # fmt: skip
    assert layer.by_shape.tolist() == [1.0, 1.0]
    assert layer.by_object.tolist() == [3.0, 3.0]
    assert (layer.by_object.dtype, layer.by_object.trainable) == (np.float64, False)
    assert layer.by_keywords.shape == (2,) and layer.by_keywords.constraint is not None
    assert layer.by_function.tolist() == [7.0, 7.0]
    assert len(layer.losses) == 1


def test_too_many_arguments_by_place_are_refused():
    class Wrong(layers.Layer):
        def build(self, input_shape: Any) -> None:
            self.add_weight((2,), "ones", "float32", True, "l2")

    with pytest.raises(ArgumentError, match="positional arguments, got 5"):
        Wrong()(X)


class RenamedArgument(layers.Layer):
    """Extends the configuration of the base; the argument `units` is stored under another name."""

    def __init__(self, units: int = 3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._size = units

    def build(self, input_shape: Any) -> None:
        self.w = self.add_weight(shape=(input_shape[-1], self._size), initializer="ones")

    def call(self, inputs: Any) -> Any:
        return st.matmul(inputs, self.w)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        config.update({"units": self._size})
        return config


def test_a_custom_configuration_may_add_an_argument_without_an_attribute():
    layer = RenamedArgument(5, name="mine")
    assert layer(X).shape == (16, 5)
    config = json.loads(json.dumps(to_config(layer)))
    with custom_objects({"RenamedArgument": RenamedArgument}):
        again = layers.get(config)
    assert (again.name, again._size) == ("mine", 5)


def test_an_argument_without_an_attribute_is_in_the_configuration():
    class Forgot(layers.Layer):
        def __init__(self, units: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)

    assert Forgot(3).get_config()["units"] == 3


def test_weights_made_in_call_are_refused():
    class Careless(layers.Layer):
        def call(self, inputs: Any) -> Any:
            return inputs * self.add_weight("scale", shape=(4,))

    layer = Careless()
    for _ in range(2):
        with pytest.raises(ArgumentError, match=r"call made the weight 'scale'.*build"):
            layer(X)
    assert layer.weights == []


class Nest(layers.Layer):
    """Variables and layers as attributes, in lists, dictionaries, tuples, and made in build."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale = st.Variable(np.ones(4, "float32"), name="scale")
        self.fixed = st.Variable(1.0, trainable=False, name="fixed")
        self.parts = [layers.Dense(4, use_bias=False) for _ in range(2)]
        self.named = {"first": layers.Dense(4), "deep": {"shift": st.Variable(0.0, name="shift")}}
        self.pair = (layers.Dense(4, use_bias=False), "a text")

    def build(self, input_shape: Any) -> None:
        self.late = layers.Dense(4, use_bias=False)

    def call(self, inputs: Any) -> Any:
        x = inputs
        for part in (*self.parts, self.named["first"], self.pair[0], self.late):
            x = part(x)
        return x * self.scale * self.fixed + self.named["deep"]["shift"]


def test_variables_and_layers_are_tracked_in_every_attribute():
    layer = Nest()
    with st.GradientTape() as tape:
        total = st.reduce_sum(layer(X))
    assert len(layer.trainable_weights) == 8
    assert [w.name for w in layer.non_trainable_weights] == ["fixed"]
    slopes = tape.gradient(total, layer.trainable_weights)
    assert all(slope is not None for slope in slopes)
    st.optimizers.SGD(0.1).apply_gradients(zip(slopes, layer.trainable_weights, strict=True))
    layer.trainable = False
    assert layer.trainable_weights == [] and len(layer.weights) == 9


def test_a_custom_layer_trains_like_the_built_in_one():
    class Mine(layers.Layer):
        def build(self, input_shape: Any) -> None:
            self.w = self.add_weight("w", shape=[input_shape[-1], 3])
            self.b = self.add_weight("b", shape=[3], initializer="zeros")

        def call(self, inputs: Any) -> Any:
            return st.nn.relu(st.matmul(inputs, self.w) + self.b)

    def trained(layer: layers.Layer) -> list[np.ndarray]:
        st.random.set_seed(4)
        model = st.Sequential([st.Input((4,)), layer, layers.Dense(1)])
        model.compile(st.optimizers.Adam(0.01), "mse")
        model.fit(X, X[:, :1], epochs=3, batch_size=4, shuffle=False, verbose=0)
        return model.get_weights()

    for mine, built_in in zip(trained(Mine()), trained(layers.Dense(3, "relu")), strict=True):
        np.testing.assert_array_equal(mine, built_in)


@pytest.mark.parametrize("kind", ["float16", "bfloat16", "float64"])
def test_weights_of_other_dtypes_train(kind: str) -> None:
    model = st.Sequential([
        st.Input((4,)), layers.Dense(8, "tanh", dtype=kind),
        layers.BatchNormalization(dtype=kind), layers.Dense(1, "sigmoid", dtype=kind),
    ])  # fmt: skip
    model.compile(st.optimizers.Adam(0.05), "bce")
    y = (X[:, :1] > 0).astype("float32")
    history = model.fit(X, y, epochs=20, verbose=0).history["loss"]
    assert history[-1] < 0.6 * history[0]
    assert {w.dtype for w in model.weights} == {st.Variable(0.0, dtype=kind).dtype}


def test_whole_numbers_are_no_start_for_drawn_weights() -> None:
    with pytest.raises(ArgumentError, match=r"GlorotUniform draws fractions.*int32"):
        layers.Dense(2, dtype="int32")(X)

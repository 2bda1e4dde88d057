"""Sequential models whose first layer takes several inputs, in a list or a dictionary."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, SteepestError
from steepest.user_objects import custom_objects

layers = st.layers
A = np.random.default_rng(0).standard_normal((10, 2)).astype("float32")
B = np.random.default_rng(1).standard_normal((10, 3)).astype("float32")
Y = (A.sum(axis=1) - B.sum(axis=1)).astype("float32")


class Named(layers.Layer):
    """The sum of the products of two inputs, which have names, with weights."""

    def build(self, input_shape: Any) -> None:
        self.shapes = dict(input_shape)
        self.a = self.add_weight("a", (input_shape["a"][-1], 1))
        self.b = self.add_weight("b", (input_shape["b"][-1], 1))

    def call(self, inputs: Any) -> Any:
        return inputs["a"] @ self.a + inputs["b"] @ self.b


def joined(**options: Any) -> Any:
    model = st.Sequential([layers.Concatenate(), layers.Dense(1, **options)])
    model.compile(st.optimizers.SGD(0.1), "mse")
    return model


def test_known_numbers_of_a_list_of_inputs() -> None:
    model = joined(kernel_initializer="ones")
    wanted = A.sum(axis=1) + B.sum(axis=1)
    np.testing.assert_allclose(model.predict([A, B], verbose=0)[:, 0], wanted, rtol=1e-5)
    np.testing.assert_allclose(model((A, B))[:, 0], wanted, rtol=1e-5)
    loss = model.evaluate([A, B], Y, verbose=0)
    np.testing.assert_allclose(loss, np.mean((wanted - Y) ** 2), rtol=1e-5)
    assert model.fit([A, B], Y, epochs=30, verbose=0).history["loss"][-1] < 0.1 * loss


def test_a_list_of_inputs_is_built_from_shapes_or_the_first_data() -> None:
    built, called = joined(), joined()
    built.build([(None, 2), (None, 3)])
    called.fit([A, B], Y, verbose=0)
    for model in (built, called):
        assert model.input_shape == [(None, 2), (None, 3)]
        assert model.output_shape == (None, 1)
        assert model.count_params() == 6
        assert len(model.inputs) == 2


@pytest.mark.parametrize("kind", ["list", "dictionary"])
def test_several_inputs_are_saved_loaded_cloned_and_copied(kind: str, tmp_path: Path) -> None:
    x: Any = [A, B]
    model: Any = joined()
    if kind == "dictionary":
        x, model = {"a": A, "b": B}, st.Sequential([Named(), layers.Dense(1)])
        model.compile("sgd", "mse")
    model.fit(x, Y, verbose=0)
    wanted = model.predict(x, verbose=0)
    model.save(tmp_path / "model.safetensors")
    loaded = st.load_model(tmp_path / "model.safetensors", custom_objects={"Named": Named})
    with custom_objects({"Named": Named}):
        cloned = st.models.clone_model(model)
    cloned.set_weights(model.get_weights())
    for made in (loaded, cloned, copy.deepcopy(model)):
        assert made.input_shape == model.input_shape
        assert np.array_equal(made.predict(x, verbose=0), wanted)


def test_a_first_layer_that_takes_a_dictionary() -> None:
    model = st.Sequential([Named()])
    model.build({"a": (None, 2), "b": (None, 3)})
    model.set_weights([np.ones((2, 1)), -np.ones((3, 1))])
    np.testing.assert_allclose(model.predict({"b": B, "a": A}, verbose=0)[:, 0], Y, rtol=1e-5)
    data = st.data.Dataset.from_tensor_slices(({"a": A, "b": B}, Y)).batch(4)
    model.compile("sgd", "mse")
    assert model.fit(data, epochs=1, verbose=0).history["loss"][0] < 1e-9


def test_a_first_layer_of_one_input_refuses_several() -> None:
    model = st.Sequential([layers.Dense(1, name="first")])
    with pytest.raises(st.errors.ArgumentError, match=r"'first' takes one tensor, got \(batch, 2"):
        model.build([(None, 2), (None, 3)])
    with pytest.raises(st.errors.ArgumentError, match="'first' takes one tensor"):
        model.predict([A, B], verbose=0)
    assert model.predict(A, verbose=0).shape == (10, 1)


def test_a_second_declared_input_is_refused() -> None:
    with pytest.raises(st.errors.ArgumentError, match=r"declare their shapes by build"):
        st.Sequential([st.Input((2,)), st.Input((3,)), layers.Concatenate()])


def test_layers_are_added_and_removed() -> None:
    model = st.Sequential([st.layers.Dense(2, input_shape=(3,)), st.layers.Dense(1)])
    assert model.output_shape == (None, 1)
    model.pop()
    assert model.output_shape == (None, 2) and len(model.layers) == 1
    model.pop()
    with pytest.raises(ArgumentError, match="there is no layer to remove"):
        model.pop()
    with pytest.raises(
        ArgumentError, match=r"has no layers yet: add some with model\.add\(layer\)"
    ):
        st.Sequential()(np.ones((1, 2), np.float32))
    with pytest.raises(SteepestError, match="output_shape is not known before the model is called"):
        st.Sequential([st.layers.Dense(1)]).output_shape


def test_what_is_no_layer() -> None:
    with pytest.raises(
        ArgumentError, match=r"a layer was expected, got .*; make an instance of the"
    ):
        st.Sequential([st.layers.Dense])
    with pytest.raises(ArgumentError, match=r"a layer was expected, got .*; wrap a function in st"):
        st.Sequential([abs])
    with pytest.raises(ArgumentError, match="a second input was given; leave them out where"):
        st.Sequential([st.Input((2,)), st.Input((2,))])
    given = st.Sequential([st.Input((2,), name="given"), st.layers.Dense(1)])
    assert given.input_shape == (None, 2) and len(given.layers) == 1


@pytest.mark.parametrize("name", ["Softmax", "ReLU", "LeakyReLU", "ELU"])
def test_a_layer_with_the_name_of_an_activation_is_stored_with_its_model(name, tmp_path):
    inputs = st.Input((4,))
    chain = st.Sequential([inputs, getattr(st.layers, name)()])
    graph = st.Model(inputs, getattr(st.layers, name)()(inputs))
    for model in (chain, graph):
        model.save(tmp_path / "model.keras")
        layer = st.models.load_model(tmp_path / "model.keras").layers[-1]
        assert type(layer) is getattr(st.layers, name)
        assert type(st.models.clone_model(model).layers[-1]) is type(layer)

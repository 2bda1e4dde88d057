"""Drawn models: inputs by name, variables, layers' ends, copies, configurations."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, ShapeError

layers = st.layers
X = np.random.default_rng(0).standard_normal((12, 4)).astype("float32")
Y = X.sum(axis=1)


def branched() -> Any:
    a, b = st.Input((4,), name="a"), st.Input((4,), name="b")
    shared = layers.Dense(3, "relu", name="shared")
    joined = layers.Concatenate()([shared(a) + shared(b) * 2.0, st.nn.relu(a[:, :2])])
    outputs = [layers.Dense(1, name="one")(joined), layers.Dense(2, name="two")(joined)]
    model = st.Model([a, b], outputs)
    model.compile("adam", "mse")
    model.fit([X, -X], [Y, X[:, :2]], verbose=0)
    return model


def by_config(model: Any) -> Any:
    made = st.Model.from_config(json.loads(json.dumps(model.get_config())))
    made.set_weights(model.get_weights())
    return made


def by_pickle(model: Any) -> Any:
    return pickle.loads(pickle.dumps(model))


@pytest.mark.parametrize("copied", [by_config, copy.deepcopy, by_pickle])
def test_copies_compute_the_same_and_stand_alone(copied: Callable[[Any], Any]) -> None:
    model = branched()
    twin = copied(model)
    expected = model.predict([X, -X], verbose=0)
    for mine, other in zip(expected, twin.predict([X, -X], verbose=0), strict=True):
        np.testing.assert_array_equal(mine, other)
    assert [layer.name for layer in twin.layers] == [layer.name for layer in model.layers]
    assert len(twin.links) == len(model.links)
    assert all(layer in twin.layers for link in twin.links for layer in link)
    twin.set_weights([weights * 0 for weights in twin.get_weights()])
    np.testing.assert_array_equal(model.predict([X, -X], verbose=0)[0], expected[0])


@pytest.mark.parametrize("engine", ["numpy", "auto"])
@pytest.mark.parametrize("copied", [copy.deepcopy, by_pickle])
def test_copies_train_on(copied: Callable[[Any], Any], engine: str) -> None:
    model = branched()
    model.compile("adam", "mse", engine=engine)
    model.fit([X, -X], [Y, X[:, :2]], verbose=0, seed=1)
    twin = copied(model)
    for each in (model, twin):
        each.fit([X, -X], [Y, X[:, :2]], verbose=0, seed=1)
    for mine, other in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)


def test_models_inside_models_have_configurations() -> None:
    inner = st.Sequential([layers.Dense(3, input_shape=(4,)), layers.Dropout(0.1)])
    outer = st.Sequential([inner, layers.Dense(1)])
    twin = st.models.clone_model(outer)
    assert twin.count_params() == outer.count_params()
    assert isinstance(twin.layers[0], st.Sequential)


def test_dictionaries_of_inputs_go_by_name() -> None:
    a, b = st.Input((4,), name="a"), st.Input((4,), name="b")
    minus = layers.Lambda(lambda pair: pair[0] - pair[1])([a, b])
    listed, named = st.Model([a, b], minus), st.Model({"right": b, "left": a}, minus)
    one, two = X, 2 * X
    np.testing.assert_array_equal(listed.predict({"b": two, "a": one}, verbose=0), one - two)
    np.testing.assert_array_equal(named.predict({"right": two, "left": one}, verbose=0), one - two)
    wrong = {"a": one, "c": two}
    with pytest.raises(st.errors.ArgumentError, match=r"\['c'\] are not among them"):
        listed.predict(wrong, verbose=0)
    with pytest.raises(st.errors.ArgumentError, match=r"the inputs are named \['left'"):
        named.predict(wrong, verbose=0)


def test_entries_that_are_no_inputs_are_left_out_with_a_warning() -> None:
    a, b = st.Input((4,), name="a"), st.Input((4,), name="b")
    model = st.Model({"one": a, "two": b}, layers.Add()([a, b]))
    given = {"one": X, "name": np.array(["x"] * 12), "two": X}
    with pytest.warns(st.errors.TrainingWarning, match=r"are left out: \['name'\]"):
        assert np.array_equal(model.predict(given, verbose=0), 2 * X)
    with pytest.warns(st.errors.TrainingWarning, match=r"\['more'\] are left out"):
        assert np.array_equal(model({"one": X, "two": X, "more": X}), 2 * X)


def test_one_number_a_row_fits_an_input_of_one_column() -> None:
    a, b = st.Input((1,), name="a"), st.Input((), name="b")
    model = st.Model({"a": a, "b": b}, layers.Subtract()([a, b[:, None]]))
    row, column = np.float32([1, 2]), np.float32([[3], [4]])
    for given in ({"a": row, "b": row}, {"a": column, "b": column}):
        assert model.predict(given, verbose=0).tolist() == [[0.0], [0.0]]
        assert model(given).shape == (2, 1)
    stack = st.Sequential([layers.Dense(1, input_shape=(1,))])
    stack.compile("sgd", "mse")
    stack.fit(row, row, validation_data=(row, row), verbose=0)
    batches = st.data.Dataset.from_tensor_slices((row, row)).batch(1)
    stack.fit(batches, verbose=0)
    assert stack.predict(row, verbose=0).shape == stack(row).shape == (2, 1)
    with pytest.raises(st.errors.ShapeError):
        st.Sequential([layers.Dense(1, input_shape=(2,))])(row)


def test_inputs_are_taken_in_the_declared_kind_of_number() -> None:
    x, whole = st.Input((2,)), st.Input((2,), dtype="int32")
    scaled = st.Model(x, x * 2.5)
    given = np.array([[1, 2]])
    for outputs in (scaled(given).numpy(), scaled.predict(given, verbose=0)):
        assert outputs.tolist() == [[2.5, 5.0]] and outputs.dtype == np.float32  # as in Keras
    assert st.Model(whole, whole * 2)(np.float32([[1, 2]])).dtype == np.int32
    words = st.Input((2,))
    vectors = st.Model(words, layers.Embedding(3, 4)(words))
    assert vectors.predict(given, verbose=0).shape == (1, 2, 4)


def test_reshaped_rows_of_a_known_number() -> None:
    x = st.Input((4,))
    model = st.Model(x, [st.reshape(x, (-1, 2, 2)), x[:, None], st.expand_dims(x, 1) + x[:, :1]])
    for outputs in (model(X), model.predict(X, verbose=0)):
        assert [tuple(output.shape) for output in outputs] == [(12, 2, 2), (12, 1, 4), (12, 12, 4)]


def test_sequences_of_any_length_may_be_declared() -> None:
    x = st.Input((None, 4))
    hidden = layers.Dense(3, "relu")(layers.LayerNormalization()(x))
    model = st.Model(x, layers.Dense(1)(layers.GlobalAveragePooling1D()(hidden * 2.0)))
    assert model.input_shape == (None, None, 4) and model.output_shape == (None, 1)
    assert st.Model.from_config(model.get_config()).input_shape == (None, None, 4)
    upper = st.Model(x, hidden)
    for rows, length in ((2, 3), (5, 7)):
        data = np.random.default_rng(rows).standard_normal((rows, length, 4)).astype("float32")
        kernel, bias = model.layers[-1].get_weights()
        wanted = upper.predict(data, verbose=0).mean(axis=1) * 2.0 @ kernel + bias
        np.testing.assert_allclose(model.predict(data, verbose=0), wanted, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(model(data), wanted, rtol=1e-5, atol=1e-6)
    stack = st.Sequential([layers.Dense(2, input_shape=(None, 4)), layers.GlobalMaxPooling1D()])
    assert stack.output_shape == (None, 2) and stack.predict(data, verbose=0).shape == (5, 2)
    both = st.Input((None, None))
    assert st.Model(both, layers.ReLU()(both)).predict(data, verbose=0).shape == (5, 7, 4)
    with pytest.raises(st.errors.ShapeError, match="weights depend on a size of the inputs"):
        layers.Dense(1)(both)
    with pytest.raises(st.errors.ShapeError, match="several open sizes"):
        st.Model(x, x[:, None])(data)


def test_two_layers_of_one_name_are_a_warning() -> None:
    x = st.Input((2,))
    outputs = layers.Dense(1, name="a")(layers.Dense(1, name="a")(x))
    with pytest.warns(st.errors.TrainingWarning, match="two layers are named 'a'"):
        st.Model(x, outputs)
    with pytest.warns(st.errors.TrainingWarning, match="two layers are named 'a'"):
        st.Sequential([layers.Dense(1, name="a"), layers.Dense(2, name="a")])


def test_variables_of_a_drawing_belong_to_the_model() -> None:
    scale = st.Variable(np.ones(3, "float32"), name="scale")
    x = st.Input((4,))
    model = st.Model(x, layers.Dense(1, name="last")(layers.Dense(3)(x) * scale))
    model.compile(st.optimizers.SGD(0.1), "mse")
    model.fit(X, Y, verbose=0)
    assert any(weight is scale for weight in model.trainable_weights)
    assert np.any(scale.numpy() != 1.0)
    scale.assign(np.zeros(3))
    bias = float(model.get_layer("last").bias[0])
    np.testing.assert_allclose(model.predict(X, verbose=0), np.full((12, 1), bias), rtol=1e-6)


def test_the_outputs_of_layers_inside() -> None:
    model = st.Sequential([layers.Dense(5, "tanh", input_shape=(4,)), layers.Dense(1)])
    outputs = [layer.output for layer in model.layers]
    inner, last = st.Model(inputs=model.input, outputs=outputs).predict(X, verbose=0)
    assert inner.shape == (12, 5)
    np.testing.assert_array_equal(last, model.predict(X, verbose=0))
    model.add(layers.Dense(2))
    assert model.outputs[0].shape == (None, 2)


def test_a_layer_outside_of_any_drawing_has_no_output() -> None:
    with pytest.raises(st.errors.ArgumentError, match="has no input and output yet"):
        layers.Dense(3).output
    assert not hasattr(layers.Dense(3), "output")


def test_an_attribute_may_be_called_output() -> None:
    class Own(st.Model):
        def __init__(self) -> None:
            super().__init__()
            self.output = layers.Dense(1)

        def call(self, x: Any) -> Any:
            return self.output(x)

    assert Own()(X).shape == (12, 1)


def test_layers_by_name_and_place() -> None:
    model = branched()
    assert model.get_layer("shared") is model.get_layer(index=2)
    with pytest.raises(st.errors.UnknownNameError, match="did you mean 'shared'"):
        model.get_layer("shred")


def test_a_layer_instead_of_a_list() -> None:
    with pytest.raises(st.errors.ArgumentError, match="put it in brackets"):
        st.Sequential(layers.Dense(1))


def test_copies_of_a_stack_have_inputs_and_outputs_of_their_own() -> None:
    model = st.Sequential([layers.Dense(5, "tanh", input_shape=(4,)), layers.Dense(1)])
    for copied in (copy.deepcopy, by_pickle):
        twin = copied(model)
        inner = st.Model(twin.input, twin.layers[0].output)
        assert inner.layers[1] is twin.layers[0] is not model.layers[0]
        original = st.Model(model.input, model.layers[0].output)
        np.testing.assert_array_equal(inner.predict(X, verbose=0), original.predict(X, verbose=0))


def test_which_layer_reads_which() -> None:
    model = branched()
    by_name = [(before.name, after.name) for before, after in model.links]
    joined = next(layer.name for layer in model.layers if "concatenate" in layer.name)
    assert set(by_name) == {
        ("a", "shared"), ("b", "shared"), ("shared", joined), ("a", joined),
        (joined, "one"), (joined, "two"),
    }  # fmt: skip
    assert [[layer.name for layer in read] for read in model.first_layers] == [
        ["shared", joined],
        ["shared"],
    ]


def test_a_stack_is_drawn_as_soon_as_its_shape_is_known() -> None:
    model = st.Sequential([layers.Dense(5), layers.ActivityRegularization(l2=0.1)])
    first, second = model.layers
    assert model.first_layers == [[first]] and model.links == [(first, second)]
    assert not hasattr(model, "inputs") and not hasattr(first, "output")
    model(X)
    assert [leaf.shape for leaf in model.inputs + model.outputs] == [(None, 4), (None, 5)]
    assert first.output.shape == (None, 5)


def test_drawing_a_layer_adds_nothing_to_its_losses() -> None:
    layer = layers.ActivityRegularization(l2=0.1)
    st.Sequential([layers.Dense(2, input_shape=(4,)), layer])
    assert layer.losses == []


def test_inputs_of_another_shape_are_refused() -> None:
    given = st.Input((3,), name="given")
    model = st.Model(given, st.layers.Dense(2)(given))
    x = np.ones((4, 5), np.float32)
    for calls in (model, lambda x: model.predict(x, verbose=0)):
        with pytest.raises(ShapeError, match=r"input 'given' has shape \(batch, 3\), got"):
            calls(x)
    with pytest.raises(ShapeError, match=r"input 'given' has shape \(batch, 3\), got \(4, 3, 3\)"):
        model(np.ones((4, 3, 3), np.float32))
    assert model(x[:, :3]).shape == (4, 2)
    with pytest.raises(ArgumentError, match=r"takes 1 inputs \(given\), got 2"):
        model([x[:, :3], x[:, :3]])


def test_outputs_that_need_an_input_that_is_not_given() -> None:
    given, other = st.Input((3,), name="given"), st.Input((3,), name="other")
    with pytest.raises(ArgumentError, match="the outputs need the input 'other', which is not amo"):
        st.Model(given, st.layers.Dense(1)(given + other))
    assert st.Model([given, other], st.layers.Dense(1)(given + other)).input_names == [
        "given",
        "other",
    ]


def test_a_variable_outside_of_layers_has_no_configuration() -> None:
    given = st.Input((3,))
    model = st.Model(given, given * st.Variable(2.0, name="outside"))
    with pytest.raises(ArgumentError, match="uses the variable 'outside' outside of its layers"):
        model.get_config()


def test_a_configuration_with_an_unknown_operation_is_refused() -> None:
    given = st.Input((3,))
    model = st.Model(given, st.exp(given))
    config = model.get_config()
    x = np.zeros((1, 3), np.float32)
    assert st.Model.from_config(config)(x).tolist() == [[1.0, 1.0, 1.0]]
    config["calls"][0]["of"] = "explode"
    with pytest.raises(ArgumentError, match="names an unknown operation 'explode'"):
        st.Model.from_config(config)


def test_a_list_of_one_array_is_that_array() -> None:
    given = st.Input((1,))
    model = st.Model(given, given * 2.0)
    for array in (np.float32([1.0, 2.0]), np.float32([[1.0], [2.0]])):
        assert model([array]).tolist() == model(array).tolist() == [[2.0], [4.0]]
    assert model([[1.0], [2.0]]).tolist() == [[2.0], [4.0]]

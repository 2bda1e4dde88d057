"""Inputs of functional models, and what is recorded of the operations on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, DTypeError, ShapeError
from steepest.layers import InputLayer, symbolic


@pytest.mark.parametrize(
    "options, shape",
    [
        ({"shape": (4,)}, (None, 4)), ({"shape": 4}, (None, 4)), ({"shape": ()}, (None,)),
        ({"shape": (0,)}, (None, 0)), ({"shape": (None, 2)}, (None, None, 2)),
        ({"shape": (4,), "batch_size": 8}, (8, 4)), ({"batch_shape": (8, 4)}, (8, 4)),
        ({"batch_shape": (None, 4)}, (None, 4)), ({"batch_shape": (3,)}, (3,)),
    ],
)  # fmt: skip
def test_the_shape_of_an_input(options: Any, shape: Any) -> None:
    assert st.Input(**options).shape == shape


def test_inputs_that_cannot_be() -> None:
    for options, words in (
        ({}, r"a shape was expected, as in st\.Input\(\(4,\)\)"),
        ({"shape": (4,), "batch_shape": (None, 4)}, "give shape or batch_shape, not both"),
        ({"shape": (-1,)}, r"Input: a size of the shape: .*got -1"),
        ({"shape": (2.5,)}, r"Input: a size of the shape: .*got 2\.5"),
        ({"shape": (4,), "optional": True}, "an optional input is not supported"),
        ({"tensor": np.ones(3)}, "tensor= takes a tensor of a functional model"),
    ):
        with pytest.raises(ArgumentError, match=words):
            st.Input(**options)


def test_a_tensor_of_another_model_may_be_the_input() -> None:
    inner = st.layers.Dense(2)(st.Input((3,)))
    assert st.Input(tensor=inner) is inner
    assert InputLayer(input_tensor=inner).shape == (2,)


@pytest.mark.parametrize(
    "options, shape, batch",
    [
        ({"shape": 4}, (4,), None), ({"input_shape": (4,)}, (4,), None),
        ({"shape": (2, 3), "input_shape": (4,)}, (2, 3), None),
        ({"batch_shape": (8, 4)}, (4,), None), ({"shape": (4,), "batch_size": 8}, (4,), 8),
    ],
)  # fmt: skip
def test_the_layer_of_an_input(options: Any, shape: Any, batch: Any) -> None:
    layer = InputLayer(**options)
    assert layer.shape == shape and layer.input_shape == (None, *shape)
    assert layer.batch_size == batch
    again = InputLayer.from_config(layer.get_config())
    assert again.shape == shape and again.name == layer.name


def test_the_layer_of_an_input_needs_a_shape() -> None:
    with pytest.raises(ArgumentError, match="the shape is missing; give that of one example"):
        InputLayer()
    with pytest.raises(ArgumentError, match="an optional input is not supported"):
        InputLayer((4,), optional=True)
    texts = InputLayer((1,), dtype="string")
    assert texts.input_dtype == st.string and InputLayer((1,)).input_dtype == st.float32


def test_operations_on_inputs_are_replayed() -> None:
    x = st.Input((3,))
    model = st.Model(x, st.reduce_sum(x * 2.0 + 1.0, -1, keepdims=True))
    assert model(np.ones((2, 3), np.float32)).tolist() == [[9.0], [9.0]]
    flat = st.Input((2, 3))
    rows = st.Model(flat, st.reshape(flat, (st.shape(flat)[0], 6)))
    assert rows(np.ones((4, 2, 3), np.float32)).shape == (4, 6)
    sums = st.Model(flat, st.reshape(flat, (st.cast(st.shape(flat)[0], "int64"), -1)))
    assert sums(np.ones((4, 2, 3), np.float32)).shape == (4, 6)


def test_texts_and_random_numbers_are_not_drawn() -> None:
    with pytest.raises(DTypeError, match="takes numbers, and 'words' holds texts: put st"):
        st.layers.Dense(1)(st.Input((1,), dtype="string", name="words"))
    x = st.Input((3,))
    with pytest.raises(ArgumentError, match="random numbers for each example of a drawn batch"):
        x + st.random.normal(st.shape(x))


def test_a_layer_has_an_input_and_an_output_once_it_is_drawn() -> None:
    layer = st.layers.Dense(2, name="mine")
    for name in ("input", "output"):
        with pytest.raises(AttributeError, match="layer 'mine' has no input and output yet: call"):
            getattr(layer, name)
    x = st.Input((3,))
    y = layer(x)
    assert layer.input is x and layer.output is y


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The shapes of the inputs with which layers are called to infer the forms of their outputs."""
    found, inferred = list[Any](), symbolic.inferred

    def noted(function: Any, specs: Any) -> Any:
        found.append(specs[0][0])
        return inferred(function, specs)

    monkeypatch.setattr(symbolic, "inferred", noted)
    monkeypatch.setattr(symbolic.CALL_RECORDER, "_outputs", {})
    return found


@pytest.mark.parametrize(
    "make",
    [
        lambda: st.layers.Dense(3, "tanh"),
        lambda: st.layers.Dense(2, use_bias=False, dtype="float64"),
        lambda: st.layers.Dropout(0.5),
        lambda: st.layers.Activation("relu"),
        lambda: st.layers.Flatten(),
    ],
)
def test_an_equal_call_is_tried_once(tried: list[Any], make: Any) -> None:
    x = st.Input((4, 5))
    first, second = make(), make()
    one, other = first(x), second(x)
    assert tried == [(None, 4, 5)]
    assert (other.shape, other.dtype) == (one.shape, one.dtype)
    assert second.built and [w.shape for w in second.weights] == [w.shape for w in first.weights]
    assert second.input_shape == first.input_shape and second.output is other
    make()(st.Input((4, 6)))
    assert tried[-1] == (None, 4, 6)


class Doubled(st.layers.Dense):
    def call(self, inputs: Any) -> Any:
        return super().call(inputs)[:, :1]


def test_what_may_give_another_form_is_tried_each_time(tried: list[Any]) -> None:
    x, layer = st.Input((4,)), st.layers.Dense(2)
    calls = [
        lambda: st.layers.Dense(2)(x).shape,
        lambda: Doubled(2)(x).shape,
        lambda: st.layers.Dense(2, activation=lambda y: y[:, :1])(x).shape,
        lambda: st.layers.Dense(2, activity_regularizer="l2")(x).shape,
        lambda: st.layers.Dense(2)(st.Input((None, 4))).shape,
        lambda: layer(x).shape,
    ]
    before = [call() for call in calls]
    assert before[:3] == [(None, 2), (None, 1), (None, 1)]
    del tried[:]
    assert [call() for call in calls] == before
    assert len(tried) == 5  # all but the first


def test_a_known_call_raises_as_the_first_one(tried: list[Any]) -> None:
    x = st.Input((4,))
    st.layers.Dense(2)(x)
    errors = []
    for _ in range(2):
        with pytest.raises(ShapeError, match="was built for inputs") as caught:
            st.layers.Dense(2, input_shape=(3,), name="d")(x)
        errors.append((str(caught.value), caught.value.__notes__))
    assert errors[0] == errors[1]

"""clone_model: other layers, other inputs, another way of calling, inner models."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, DataError


def wider(layer: st.layers.Layer) -> st.layers.Layer:
    config = layer.get_config()
    if isinstance(layer, st.layers.Dense):
        config["units"] += 1
    return type(layer).from_config(config)


def drawn() -> st.Model:
    x = st.Input((3,), name="x")
    shared = st.layers.Dense(4, name="shared")
    inner = st.Sequential([st.layers.Dense(2, input_shape=(4,), name="deep")], name="inner")
    return st.Model(x, inner(shared(x)) + inner(shared(x * 2.0)), name="whole")


def test_a_clone_has_new_weights_and_shares_what_was_shared() -> None:
    model = drawn()
    again = st.models.clone_model(model)
    assert again.count_params() == model.count_params()
    assert not {id(w) for w in again.weights} & {id(w) for w in model.weights}
    same = st.models.clone_model(model, clone_function=lambda layer: layer)
    np.testing.assert_array_equal(same(np.ones((1, 3))).numpy(), model(np.ones((1, 3))).numpy())


def test_a_function_makes_the_layers() -> None:
    def only_outer(layer: st.layers.Layer) -> st.layers.Layer:
        return wider(layer) if layer.name == "deep" else type(layer).from_config(layer.get_config())

    flat = st.models.clone_model(drawn(), clone_function=only_outer)
    assert flat.output_shape == (None, 2)
    deep = st.models.clone_model(drawn(), clone_function=only_outer, recursive=True)
    assert deep.output_shape == (None, 3) and deep.get_layer("inner").layers[0].units == 3
    stack = st.Sequential([st.layers.Dense(2, input_shape=(3,)), st.layers.Dense(1)])
    assert st.models.clone_model(stack, clone_function=wider).count_params() == 20
    with pytest.raises(ArgumentError, match="must return a layer, got 3"):
        st.models.clone_model(stack, clone_function=lambda layer: 3)  # type: ignore[arg-type,return-value]


def test_other_inputs_and_another_way_of_calling() -> None:
    given = st.Input((3,), name="other")
    for model in (drawn(), st.Sequential([st.layers.Dense(2, input_shape=(3,))])):
        again = st.models.clone_model(model, input_tensors=given)
        assert again.output_shape == (None, 2)
        called: list[str] = []

        def call(layer: Any, *args: Any, **options: Any) -> Any:
            called.append(layer.name)  # noqa: B023 - called at once
            return layer(*args, **options)

        other = st.models.clone_model(model, call_function=call)
        assert called and other.output_shape == (None, 2)
    with pytest.raises(ArgumentError, match=r"inputs made by st\.Input were expected"):
        st.models.clone_model(drawn(), input_tensors=np.ones((1, 3)))


class Own(st.Model):
    def __init__(self, units: int = 2) -> None:
        super().__init__()
        self.dense = st.layers.Dense(units)

    def call(self, x: st.Tensor) -> st.Tensor:
        return self.dense(x)


def test_a_model_with_its_own_call_is_cloned_by_its_arguments_alone() -> None:
    assert st.models.clone_model(Own(5)).dense.units == 5
    with pytest.raises(ArgumentError, match="computes its outputs in `call`"):
        st.models.clone_model(Own(), clone_function=wider)


def test_a_description_that_is_none_is_refused() -> None:
    for text, words in (
        ("{", "was expected: "),
        (3, "was expected: "),
        ("[]", r"a model is an obj"),
    ):
        with pytest.raises(DataError, match=f"model_from_json: .*{words}"):
            st.models.model_from_json(text)


def test_other_inputs_must_be_as_many() -> None:
    inputs = [st.Input((2,)), st.Input((2,))]
    model = st.Model(inputs, st.layers.Dense(1)(inputs[0] + inputs[1]))
    with pytest.raises(ArgumentError, match="1 inputs were given for a model with 2"):
        st.models.clone_model(model, input_tensors=[st.Input((2,))])

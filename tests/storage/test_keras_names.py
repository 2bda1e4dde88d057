"""Saving under Keras's names: registered classes, objects as JSON, models as text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, DataError, UnknownNameError


@st.saving.register_keras_serializable(package="tests")
class Doubling(st.layers.Layer):
    """A layer whose arguments are not stored as attributes of their names."""

    def __init__(self, units: int, factor: float = 2.0, **options: Any) -> None:
        super().__init__(**options)
        self.dense = st.layers.Dense(units)
        self.by = factor

    def call(self, x: st.Tensor) -> st.Tensor:
        return self.dense(x) * self.by


def test_arguments_of_a_constructor_are_recorded() -> None:
    layer = Doubling(3, factor=4.0, name="twice")
    config = layer.get_config()
    assert (config["units"], config["factor"], config["name"]) == (3, 4.0, "twice")
    again = Doubling.from_config(config)
    assert (again.dense.units, again.by) == (3, 4.0)
    assert Doubling(units=2).get_config()["factor"] == 2.0
    assert [weight.path for weight in layer.weights] == []


def test_an_argument_that_names_a_layer_of_another_type_is_recorded() -> None:
    class Wrapping(st.layers.Layer):
        def __init__(self, inner: int) -> None:
            super().__init__()
            self.inner = st.layers.Dense(inner)

    assert Wrapping(3).get_config()["inner"] == 3


def test_an_attribute_of_the_arguments_name_has_its_present_value() -> None:
    class Scaled(st.layers.Layer):
        def __init__(self, rate: float) -> None:
            super().__init__()
            self.rate = rate

    layer = Scaled(0.5)
    layer.rate = 0.25
    assert layer.get_config()["rate"] == 0.25


def test_a_registered_layer_is_found_by_its_package_and_name(tmp_path: Path) -> None:
    model = st.Sequential([st.Input((3,)), Doubling(2)])
    model.save(tmp_path / "m.keras")
    again = st.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(again(np.ones((1, 3))).numpy(), model(np.ones((1, 3))).numpy())
    assert st.saving.get_registered_name(Doubling) == "tests>Doubling"
    assert st.saving.get_registered_object("tests>Doubling") is Doubling
    assert st.saving.get_custom_objects()["tests>Doubling"] is Doubling
    with pytest.raises(ArgumentError, match="with its parentheses"):
        st.saving.register_keras_serializable(Doubling)  # type: ignore[arg-type]


def test_an_unknown_layer_names_the_remedies(tmp_path: Path) -> None:
    class Unknown(st.layers.Dense):
        pass

    st.Sequential([Unknown(2, input_shape=(3,))]).save(tmp_path / "m.keras")
    words = r"'Unknown'.*custom_objects=.*register_serializable .*register_keras_serializable"
    with pytest.raises(UnknownNameError, match=words):
        st.load_model(tmp_path / "m.keras")
    for scope in (st.saving.custom_object_scope, st.saving.CustomObjectScope, st.custom_objects):
        with scope({"Unknown": Unknown}):
            assert type(st.load_model(tmp_path / "m.keras").layers[0]) is Unknown
    again = st.saving.load_model(tmp_path / "m.keras", custom_objects={"Unknown": Unknown})
    assert type(again.layers[0]) is Unknown


def test_files_are_not_replaced_where_that_is_refused(tmp_path: Path) -> None:
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    for save in (st.saving.save_model, st.saving.save_weights):
        save(model, tmp_path / save.__name__, overwrite=False)
        save(model, tmp_path / save.__name__)
        with pytest.raises(ArgumentError, match="overwrite=False"):
            save(model, tmp_path / save.__name__, overwrite=False)
    st.saving.load_weights(model, tmp_path / "save_weights")


def halved(x: st.Tensor) -> st.Tensor:
    return x * 0.5


OBJECTS = {
    "layers": st.layers.Dense(3, "relu", kernel_regularizer="l2", name="out"),
    "losses": st.losses.Huber(0.5),
    "metrics": st.metrics.Precision(name="share"),
    "optimizers": st.optimizers.SGD(0.5, momentum=0.25),
    "initializers": st.initializers.HeNormal(seed=3),
    "regularizers": st.regularizers.L2(0.5),
    "constraints": st.constraints.MaxNorm(3.0),
    "schedules": st.schedules.ExponentialDecay(0.1, 10, 0.9),
}


@pytest.mark.parametrize("space", OBJECTS)
def test_each_module_writes_and_reads_its_objects(space: str) -> None:
    module, thing = getattr(st, space), OBJECTS[space]
    written = json.loads(json.dumps(module.serialize(thing)))
    for again in (module.deserialize(written), st.saving.deserialize_keras_object(written)):
        assert type(again) is type(thing) and again.get_config() == thing.get_config()
    assert {"serialize", "deserialize"} <= set(module.__all__)


def test_functions_are_written_by_name() -> None:
    assert st.activations.deserialize(st.activations.serialize(st.activations.relu)) is (
        st.activations.relu
    )
    assert st.activations.deserialize("halved", {"halved": halved}) is halved
    assert st.saving.deserialize_keras_object("halved", {"halved": halved}) is halved
    nest = {"a": [st.saving.serialize_keras_object(OBJECTS["losses"]), 3]}
    found = st.saving.deserialize_keras_object(nest)
    assert found["a"][0].delta == 0.5 and found["a"][1] == 3


def test_models_as_text() -> None:
    model = st.Sequential([st.Input((3,)), st.layers.Dense(4, "relu"), Doubling(2)])
    again = st.models.model_from_json(model.to_json(indent=1))
    assert again.get_config() == model.get_config() and again.count_params() == 26
    with pytest.raises(DataError, match=r"the text of model\.to_json"):
        st.models.model_from_json("{")
    with pytest.raises(ArgumentError, match=r"Dense\.from_config: a dictionary .* got 3") as caught:
        st.models.model_from_json('{"class_name": "Dense", "config": 3}')
    assert caught.value.__notes__ == ["in the text given to model_from_json"]
    with pytest.raises(DataError, match="does not describe a model"):
        st.models.model_from_json('{"class_name": 3, "config": {}}')
    with pytest.raises(UnknownNameError, match="custom_objects="):
        st.models.model_from_json('{"class_name": "os.system", "config": {}}')

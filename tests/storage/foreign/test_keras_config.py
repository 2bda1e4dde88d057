"""Configurations of Keras in our form: each kind of layer, value and call, as known answers."""

from __future__ import annotations

from typing import Any

import pytest

import steepest as st
from steepest.errors import ArgumentError, DataError
from steepest.storage.foreign.keras_config import translated


def entry(kind: str, /, **config: Any) -> dict[str, Any]:
    return {"module": "keras.layers", "class_name": kind, "config": config, "registered_name": None}


def arguments(kind: str, **config: Any) -> dict[str, Any]:
    """Our arguments of a layer from those of Keras."""
    return translated(entry(kind, **config))["config"]


def start(*shape: int | None, name: str = "x") -> dict[str, Any]:
    return entry("InputLayer", batch_shape=list(shape), dtype="float32", name=name)


def tensor(name: str, call: int = 0, place: int = 0) -> dict[str, Any]:
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [name, call, place]}}


@pytest.mark.parametrize("config", [None, [], {}, {"class_name": "Dense"}, {"config": 3}])
def test_what_is_no_configuration_is_refused(config: Any) -> None:
    with pytest.raises(DataError, match="a layer's configuration was expected"):
        translated(config)


@pytest.mark.parametrize("name", ["pack>DoubledOfAPackage", "DoubledOfAPackage"])
def test_a_registered_class_of_the_user_is_found_by_its_name_behind_the_package(name: str) -> None:
    @st.saving.register_keras_serializable("pack")
    class DoubledOfAPackage(st.layers.Layer):
        def call(self, x: Any) -> Any:
            return x * 2.0

    given = {**entry("Other", units=2, of={"any": None}), "registered_name": name}
    assert translated(given) == {
        "class_name": "DoubledOfAPackage", "config": {"units": 2, "of": {"any": None}}
    }  # fmt: skip


def test_shapes_with_a_batch_and_lists_of_one_axis_become_ours() -> None:
    assert arguments("InputLayer", batch_shape=[None, 3, 4])["shape"] == [3, 4]
    assert arguments("BatchNormalization", axis=[-1])["axis"] == -1
    assert arguments("LayerNormalization", axis=[-2, -1])["axis"] == [-2, -1]
    assert arguments("Softmax", axis=1)["axis"] == 1


def test_dtype_policies_functions_and_objects_are_read_as_values() -> None:
    policy = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}}
    assert arguments("Dense", units=2, dtype=policy) == {"units": 2, "dtype": "float32"}
    relu = {"module": "builtins", "class_name": "function", "config": "relu"}
    assert arguments("Dense", units=2, activation=relu)["activation"] == "relu"
    uniform = entry("RandomUniform", minval=-1.0, maxval=1.0, seed=None)
    assert arguments("Dense", units=2, kernel_initializer=uniform)["kernel_initializer"] == {
        "class_name": "RandomUniform", "config": {"minval": -1.0, "maxval": 1.0, "seed": None}
    }  # fmt: skip
    assert arguments("Dense", units={"a": [1, policy]})["units"] == {"a": [1, "float32"]}


@pytest.mark.parametrize("kind", ["DTypePolicy", "function", "__lambda__"])
def test_an_object_whose_configuration_is_none_is_refused(kind: str) -> None:
    with pytest.raises(ArgumentError, match=f"the value {kind} of a Keras model has no counterp"):
        arguments("Dense", units=2, activation={"class_name": kind, "config": 3})


def test_arguments_without_a_counterpart_are_dropped_if_they_say_nothing() -> None:
    assert arguments("Dense", units=2, lora_rank=None, sparse=False, unheard_of=None) == {
        "units": 2
    }
    for name, value in (("lora_rank", 2), ("sparse", True), ("unheard_of", 0)):
        with pytest.raises(ArgumentError, match=f"Dense: the argument {name}={value!r} of Keras"):
            arguments("Dense", units=2, **{name: value})


def test_the_shape_of_a_stack_is_that_of_its_input_layer_else_the_built_one() -> None:
    dense = entry("Dense", name="out", units=2)
    one, built = [start(None, 3), dense], [None, 5]
    wanted = {"class_name": "Dense", "config": {"name": "out", "units": 2}}
    for layers, options, shape in (
        (one, {}, [None, 3]),
        (one, {"build_input_shape": built}, [None, 3]),
        ([start(8, 3), dense], {}, [None, 3]),
        ([dense], {"build_input_shape": [7, 5]}, [None, 5]),
        ([dense], {}, None),
    ):
        found = arguments("Sequential", name="stack", layers=layers, **options)
        assert found == {
            "name": "stack", "trainable": True, "input_shape": shape, "layers": [wanted]
        }  # fmt: skip
    frozen = arguments("Sequential", name="empty", layers=[], trainable=False)
    assert frozen["layers"] == [] and frozen["input_shape"] is None
    assert frozen["trainable"] is False


def graph(kind: str = "Functional", **changes: Any) -> dict[str, Any]:
    """A graph of two inputs, of which the second goes into the call as a named argument."""
    call = {
        "args": [[tensor("b"), tensor("a")]],
        "kwargs": {"mask": None, "training": False, "parts": {"of": tensor("a"), "count": 3}},
    }
    added = {**entry("Add", name="sum"), "name": "sum", "inbound_nodes": [call]}
    inputs = [{**start(None, size, name=name), "name": name} for name, size in (("a", 3), ("b", 4))]
    config = {
        "name": "graph", "layers": [*inputs, added], "input_layers": [["a", 0, 0], ["b", 0, 0]],
        "output_layers": ["sum", 0, 0], **changes,
    }  # fmt: skip
    return entry(kind, **config)


def result(call: int, place: int) -> dict[str, Any]:
    return {"kind": "result", "call": call, "place": place}


@pytest.mark.parametrize("kind", ["Functional", "Model"])
def test_a_graph_lists_inputs_calls_and_outputs(kind: str) -> None:
    found = translated(graph(kind))
    inputs = [
        {"kind": "input", "shape": [None, size], "dtype": "float32", "name": name}
        for name, size in (("a", 3), ("b", 4))
    ]
    listed = {"kind": "list", "of": [result(-1, 1), result(-1, 0)]}
    parts = {"kind": "dict", "of": {"of": result(-1, 0), "count": 3}}
    assert found == {
        "class_name": "Model",
        "config": {
            "name": "graph",
            "trainable": True,
            "inputs": {"kind": "list", "of": inputs},
            "layers": [{"class_name": "Add", "config": {"name": "sum"}}],
            "calls": [
                {
                    "of": 0,
                    "arguments": {"kind": "tuple", "of": [listed]},
                    "options": {"kind": "dict", "of": {"training": False, "parts": parts}},
                }
            ],
            "outputs": result(0, 0),
        },
    }


def test_inputs_of_a_dictionary_are_numbered_in_the_order_of_their_keys() -> None:
    named = {"z": ["a", 0, 0], "k": ["b", 0, 0]}
    found = translated(graph(input_layers=named, trainable=False))["config"]
    assert found["trainable"] is False
    assert list(found["inputs"]["of"]) == ["z", "k"]
    assert found["inputs"]["of"]["z"]["name"] == "a"
    listed = found["calls"][0]["arguments"]["of"][0]["of"]
    assert listed == [result(-1, 0), result(-1, 1)]


def test_a_later_result_of_a_call_keeps_its_place() -> None:
    found = translated(graph(output_layers=[["sum", 0, 2], ["b", 0, 0]]))["config"]
    assert found["outputs"] == {"kind": "list", "of": [result(0, 2), result(-1, 1)]}


def test_a_model_of_the_user_is_no_graph() -> None:
    assert translated(entry(st.Model.__name__, name="mine")) == {
        "class_name": "Model", "config": {"name": "mine"}
    }  # fmt: skip
    known = entry("Dense", name="out", units=2)
    with pytest.raises(ArgumentError, match="Dense: the argument input_layers"):
        translated({**known, "config": {**known["config"], "input_layers": ["a", 0, 0]}})


def test_operations_between_layers_are_refused() -> None:
    given = {**entry("Multiply", name="m"), "module": "keras.src.ops.numpy"}
    with pytest.raises(ArgumentError, match="the operation Multiply between its layers"):
        translated(given)

"""Properties of every layer: derivatives, recording, configuration, copies, shapes, weights."""

from __future__ import annotations

import copy
import json
import pickle

import numpy as np
import pytest

import steepest as st
from steepest import layers
from steepest.core import tree
from steepest.registry import to_config
from steepest.user_objects import custom_objects
from tests.layers.harness import CASES, Case, Snapshot, check_derivatives, randomize, recorded

ALL = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


def built(case: Case, **options: object) -> layers.Layer:
    layer = case.make(**options)
    layer(case.inputs())
    randomize(layer)
    return layer


def outputs(layer: layers.Layer, case: Case) -> list[np.ndarray]:
    """The layer's outputs; its state stays unchanged."""
    snapshot = Snapshot(layer)
    found = tree.leaves(layer(case.inputs(), training=case.training))
    snapshot.restore()
    return [output.numpy() for output in found]


def assert_same(left: list[np.ndarray], right: list[np.ndarray]) -> None:
    assert len(left) == len(right)
    for a, b in zip(left, right, strict=True):
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        np.testing.assert_allclose(a, b, rtol=2e-6, atol=1e-6)


def test_every_layer_has_a_case():
    covered = {type(case.make()).__name__ for case in CASES.values()}
    classes = [each for each in map(vars(layers).get, layers.__all__) if isinstance(each, type)]
    known = {
        each.__name__
        for each in classes
        if issubclass(each, layers.Layer) and not each.runs_on_host  # those read texts
    }
    assert covered >= known - {"Layer", "InputLayer", "Wrapper"}


@ALL
def test_derivatives_are_those_of_finite_differences(case: Case):
    check_derivatives(case.make(dtype="float64"), case.inputs(), case.training)


@ALL
def test_recorded_for_any_batch_it_computes_the_same(case: Case):
    layer = built(case)
    now = outputs(layer, case)
    snapshot = Snapshot(layer)
    assert_same(recorded(layer, case.inputs(), case.training), now)
    snapshot.restore()


@ALL
def test_the_state_changes_equally_recorded_or_not(case: Case):
    layer = built(case)
    snapshot = Snapshot(layer)
    layer(case.inputs(), training=case.training)
    now = [variable.numpy() for variable in layer.variables]
    snapshot.restore()
    recorded(layer, case.inputs(), case.training)
    then = [variable.numpy() for variable in layer.variables]
    assert_same(then, now)


@ALL
def test_configuration_round_trip(case: Case):
    layer = built(case)
    config = json.loads(json.dumps(to_config(layer)))
    with custom_objects({"square": st.math.square}):
        again = layers.get(config)
    assert (type(again), again.name) == (type(layer), layer.name)
    assert to_config(again) == to_config(layer)
    again.ensure_built(layer.input_shape)
    again.set_weights(layer.get_weights())
    if not case.training:
        assert_same(outputs(again, case), outputs(layer, case))


@ALL
def test_copies_compute_the_same(case: Case):
    layer = built(case)
    for twin in (copy.deepcopy(layer), *_unpickled(layer)):
        assert_same(outputs(twin, case), outputs(layer, case))
        assert [w.path for w in twin.weights] == [w.path for w in layer.weights]
        assert not set(map(id, twin.weights)) & set(map(id, layer.weights))


def _unpickled(layer: layers.Layer) -> list[layers.Layer]:
    return [pickle.loads(pickle.dumps(layer))]


@ALL
def test_output_shape_is_known_beforehand(case: Case):
    layer = built(case)
    shapes = [(None, *shape[1:]) for shape in case.shapes]
    inferred = layer.compute_output_shape(shapes if len(shapes) > 1 else shapes[0])
    found = outputs(layer, case)[0].shape
    assert inferred == (None, *found[1:])
    assert layer.output_shape == inferred


@ALL
def test_weights_are_set_and_got(case: Case):
    layer = built(case)
    values = [value + 1 for value in layer.get_weights()]
    layer.set_weights(values)
    for got, wanted in zip(layer.get_weights(), values, strict=True):
        np.testing.assert_array_equal(got, wanted)
    assert layer.count_params() == sum(value.size for value in values)


@ALL
def test_outputs_are_float32_by_default(case: Case):
    assert all(output.dtype == np.float32 for output in outputs(built(case), case))
    double = built(case, dtype="float64")
    assert all(output.dtype == np.float64 for output in outputs(double, case))
    assert all(weight.dtype == np.float64 for weight in double.weights)


@ALL
def test_outside_of_training_nothing_is_random_or_changed(case: Case):
    layer = built(case)
    before = [variable.numpy() for variable in layer.variables]
    first, second = layer(case.inputs()), layer(case.inputs())
    np.testing.assert_array_equal(first.numpy(), second.numpy())
    for variable, value in zip(layer.variables, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)


@ALL
def test_repr_is_a_call_that_makes_an_equal_layer(case: Case):
    layer = built(case)
    names = {"array": np.array, "float32": np.float32}
    for module in (st.initializers, st.regularizers, st.layers):
        names |= {name: getattr(module, name) for name in dir(module) if name[0].isupper()}
    with custom_objects({"square": st.math.square}):
        again = eval(repr(layer), names)
    assert type(again) is type(layer)
    assert to_config(again) == to_config(layer)


# ---------------------------------------------------------------- the checks fail when they should


class WrongSlope(layers.Layer):
    """Claims a derivative that is twice too large."""

    def call(self, inputs: st.Tensor) -> st.Tensor:
        return st.custom_gradient(lambda x: (x * 3.0, lambda g: g * 6.0))(inputs)


class WrongWeight(layers.Layer):
    """Passes no derivative to its weight."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.w = self.add_weight("w", (input_shape[-1],))

    def call(self, inputs: st.Tensor) -> st.Tensor:
        return inputs * st.stop_gradient(self.w)


@pytest.mark.parametrize("kind", [WrongSlope, WrongWeight])
def test_a_wrong_derivative_is_found(kind: type[layers.Layer]):
    with pytest.raises(AssertionError, match="source"):
        check_derivatives(kind(dtype="float64"), CASES["Dense"].inputs())

"""InputSpec: what a layer demands of its inputs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError
from steepest.layers import InputSpec
from steepest.layers.layer import Layer


class Demanding(Layer):
    def __init__(self, spec: Any) -> None:
        super().__init__()
        self.input_spec = spec

    def call(self, inputs: Any) -> Any:
        return inputs


@pytest.mark.parametrize(
    ("spec", "shape", "message"),
    [
        (InputSpec(ndim=3), (2, 4), "inputs of 3 axes, got shape"),
        (InputSpec(min_ndim=3), (2, 4), "inputs of at least 3 axes"),
        (InputSpec(max_ndim=1), (2, 4), "inputs of at most 1 axes"),
        (InputSpec(shape=(None, 5)), (2, 4), "size 5 along axis 1"),
        (InputSpec(axes={-1: 3}), (2, 4), "size 3 along axis -1"),
        (InputSpec(dtype="int32"), (2, 4), "dtype int32, got float32"),
    ],
)
def test_other_inputs_are_refused(spec: InputSpec, shape: Any, message: str) -> None:
    with pytest.raises(st.errors.SteepestError, match=message):
        Demanding(spec)(np.ones(shape, np.float32))


def test_inputs_that_fit_pass_also_in_a_model() -> None:
    layer = Demanding(InputSpec(shape=(None, 4), min_ndim=2, axes={-1: 4}))
    assert layer(np.ones((2, 4))).shape == (2, 4)
    x = st.Input((4,))
    assert st.Model(x, layer(x)).predict(np.ones((3, 4)), verbose=0).shape == (3, 4)
    with pytest.raises(st.errors.ShapeError, match="size 4 along axis"):
        layer(st.Input((3,)))


def test_several_inputs_have_one_each() -> None:
    layer = Demanding([InputSpec(ndim=2), InputSpec(ndim=3)])
    with pytest.raises(st.errors.ShapeError, match="inputs of 3 axes"):
        layer([np.ones((2, 4)), np.ones((2, 4))])


def test_the_last_axis_may_be_left_out() -> None:
    spec = InputSpec(shape=(None, 1), allow_last_axis_squeeze=True)
    Demanding(spec)(np.ones((2, 1)))
    assert InputSpec.from_config(spec.get_config()).get_config() == spec.get_config()


@pytest.mark.parametrize("wrong", [[3], {"a": 3}, {0.5: 3}])
def test_axes_have_whole_numbers(wrong: Any) -> None:
    with pytest.raises(ArgumentError, match="InputSpec: a size for each axis, as in"):
        InputSpec(axes=wrong)
    assert InputSpec(axes={np.int64(-1): 3}).axes == {-1: 3}

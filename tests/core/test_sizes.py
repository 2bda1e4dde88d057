"""Shapes are tuples with TensorFlow's methods."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import steepest as st
import steepest.core.tensor
from steepest.core.sizes import SHAPES
from steepest.core.tensor import Tensor


@pytest.mark.parametrize("make", [st.zeros, lambda shape: st.Variable(st.zeros(shape))])
def test_a_shape_is_a_tuple(make: object) -> None:
    shape = make((2, 3)).shape  # type: ignore[operator]
    assert isinstance(shape, st.TensorShape)
    assert shape == (2, 3)
    assert hash(shape) == hash((2, 3))
    assert {(2, 3): "found"}[shape] == "found"
    assert str(shape) == repr(shape) == "(2, 3)"
    assert np.zeros(shape).shape == (2, 3)
    assert type(shape[1:]) is tuple


def test_a_shape_has_the_methods_of_tensorflow() -> None:
    shape = st.zeros((2, 3)).shape
    assert shape.as_list() == [2, 3]
    assert (shape.rank, shape.ndims, shape.num_elements()) == (2, 2, 6)
    assert shape.is_fully_defined()
    open_shape = st.Input((3,)).shape
    assert open_shape.as_list() == [None, 3]
    assert open_shape.num_elements() is None
    assert not open_shape.is_fully_defined()
    assert open_shape.is_compatible_with([5, 3])
    assert not open_shape.is_compatible_with((5, 4))
    assert not open_shape.is_compatible_with((5, 3, 1))


def test_a_shape_is_copied_and_pickled() -> None:
    shape = st.zeros((2, 3)).shape
    for other in (copy.deepcopy(shape), pickle.loads(pickle.dumps(shape))):
        assert other == (2, 3)
        assert other.as_list() == [2, 3]


def test_sizes_have_numpy() -> None:
    x = st.zeros((3, 2, 4))
    assert st.size(x).numpy() == 24
    assert st.rank(x).numpy() == 3
    assert st.shape(x).numpy().tolist() == [3, 2, 4]
    assert st.shape(x).numpy().dtype == np.int32
    assert st.size(x) / 2 == 12
    assert st.reshape(x, (st.size(x),)).shape == (24,)


def test_tensors_of_one_shape_share_its_object_and_few_are_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(type(SHAPES), "MOST", 3)
    monkeypatch.setattr("steepest.core.tensor.SHAPES", type(SHAPES)())
    for size in (1, 2, 3, 4, 5, 2):
        first, second = (Tensor(np.zeros((size, 7))) for _ in range(2))
        assert first.shape is second.shape == (size, 7)
        assert type(first.shape) is st.TensorShape
        assert len(steepest.core.tensor.SHAPES) <= 3

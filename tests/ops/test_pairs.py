"""Arguments under Keras's names, and functions that are in `st` under others."""

from __future__ import annotations

import inspect

import pytest

import steepest as st
from steepest.errors import ArgumentError

PAIRS = (
    "add arctan2 divide divide_no_nan equal floor_divide greater greater_equal less less_equal "
    "logical_and logical_or logical_xor matmul maximum minimum mod multiply not_equal power "
    "subtract true_divide"
).split()


@pytest.mark.parametrize("name", PAIRS)
def test_two_tensors_are_x1_and_x2(name: str) -> None:
    function = getattr(st.ops, name)
    given = ([[True]], [[False]]) if name.startswith("logical") else ([[7.0]], [[2.0]])
    named = dict(zip(("x1", "x2"), given, strict=True))
    assert function(**named).tolist() == function(*given).tolist()
    assert list(inspect.signature(function).parameters) == ["x1", "x2"]


def test_arguments_have_keras_names() -> None:
    assert st.ops.clip([3.0], x_min=0.0, x_max=1.0).tolist() == [1.0]
    assert st.ops.full((1,), fill_value=7).tolist() == [7.0]
    assert st.ops.transpose([[1, 2]], axes=(1, 0)).tolist() == [[1], [2]]
    assert st.ops.tile([1], repeats=2).tolist() == [1, 1]
    assert st.ops.where(condition=[True], x1=1, x2=2).tolist() == [1]
    assert st.ops.prod([2, 3], dtype="float32").dtype == "float32"
    assert st.ops.arange(2, step=None).tolist() == [0, 1]
    assert st.ops.cross([[1.0], [0.0], [0.0]], [[0.0, 1.0, 0.0]], axisa=0).tolist() == [[0, 0, 1]]
    assert st.ops.vectorized_map(function=lambda x: -x, elements=[1, 2]).tolist() == [-1, -2]
    assert st.ops.stop_gradient(variable=[1.0]).tolist() == [1.0]
    assert st.ops.moments([1.0, 3.0], axes=0, synchronized=True)[1].item() == 1.0


@pytest.mark.parametrize(
    "call",
    [
        lambda: st.ops.one_hot([0], 2, sparse=True),
        lambda: st.ops.multi_hot([[0]], 2, sparse=True),
        lambda: st.ops.bincount([0], sparse=True),
        lambda: st.ops.convert_to_tensor([0], sparse=True),
        lambda: st.ops.convert_to_tensor([0], ragged=True),
    ],
)
def test_sparse_and_ragged_tensors_are_refused(call: object) -> None:
    with pytest.raises(ArgumentError, match=r"there are no (sparse|ragged) tensors"):
        call()  # type: ignore[operator]


def test_the_submodules_have_the_functions_of_ops() -> None:
    from steepest.ops import nn
    from steepest.ops import numpy as names

    assert st.ops.linalg.svd is st.ops.svd and nn.relu is st.ops.relu
    assert names.add is st.ops.add is st.ops.numpy.add
    assert not hasattr(nn, "add")

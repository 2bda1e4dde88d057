"""Unsuitable inputs: layers accept them, or raise errors of the library, never of Python."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest import layers
from steepest.errors import ArgumentError, ShapeError, SteepestError
from tests.layers.harness import CASES

UNUSUAL: dict[str, Any] = {
    "a number": 3.0,
    "one axis": np.ones(4, "float32"),
    "no rows": np.zeros((0, 4), "float32"),
    "no columns": np.zeros((3, 0), "float32"),
    "texts": np.array([["a", "b"]]),
    "objects": np.array([[1, None]], object),
    "nothing": None,
    "true and false": np.ones((2, 4), bool),
    "whole numbers": np.ones((2, 4), int),
    "complex numbers": np.ones((2, 4), complex),
    "a dictionary": {"a": np.ones((2, 4))},
    "rows of unequal length": [[1, 2], [3]],
    "arrays of unequal length": [np.ones((2, 4), "float32"), np.ones((3, 4), "float32")],
    "five axes": np.ones((2, 1, 2, 1, 2), "float32"),
    "NaN": np.full((2, 4), np.nan, "float32"),
}


@pytest.mark.parametrize("unusual", UNUSUAL)
@pytest.mark.parametrize("name", CASES)
def test_unusual_inputs_are_accepted_or_refused_by_name(name: str, unusual: str) -> None:
    for training in (False, True):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                CASES[name].make()(UNUSUAL[unusual], training=training)
            except SteepestError as error:
                assert str(error)


def test_a_layer_of_one_tensor_refuses_several() -> None:
    with pytest.raises(ArgumentError, match=r"takes one tensor, got \(2, 4\), \(2, 4\)"):
        layers.Flatten()([np.ones((2, 4)), np.ones((2, 4))])
    with pytest.raises(ArgumentError, match="merges a list of tensors, got a dict"):
        layers.Add()({"a": np.ones((2, 4))})
    with pytest.raises(ShapeError, match="takes a batch"):
        layers.Flatten()(3.0)


def test_a_custom_layer_takes_one_tensor_if_it_declares_so() -> None:
    class Any(layers.Layer):
        def call(self, x: st.Tensor) -> st.Tensor:
            return x

    class One(Any):
        single_input = True

    with pytest.raises(ArgumentError, match="takes one tensor"):
        One()({"a": np.ones((2, 4))})
    assert Any()({"a": np.ones((2, 4))})["a"].shape == (2, 4)  # an annotation decides nothing


def test_a_normalization_takes_the_features_that_it_learned() -> None:
    layer = layers.Normalization()
    layer.adapt(np.random.default_rng(0).normal(size=(9, 4)))
    for wrong in (np.ones((2, 1)), np.ones((2, 3))):
        with pytest.raises(ShapeError, match=r"learned the mean of \(4,\) features"):
            layer(wrong)

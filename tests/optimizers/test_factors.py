"""Factors of the rate and of the decay for some of the variables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest import optimizers
from steepest.errors import ArgumentError, TrainingWarning
from steepest.optimizers.factors import Factors
from tests.optimizers.test_optimizers import EVERY


def parts() -> tuple[Any, Any, list[Any]]:
    """A scaling layer, a dense layer, and their weights: scale, kernel, bias."""
    scale, dense = st.layers.RMSNormalization(), st.layers.Dense(2)
    dense(scale(np.ones((1, 3))))
    return scale, dense, [*scale.weights, *dense.weights]


SLOPES = [np.ones(3), np.ones((3, 2)), np.ones(2)]


def test_six_times_the_rate_for_a_layer_and_a_tenth_for_biases_without_decay():
    scale, _, weights = parts()
    optimizer = optimizers.SGD(
        0.125,
        weight_decay=0.5,
        rate_factors={scale: 6.0, "bias": 0.1},
        decay_factors={"bias": 0.0, scale: 0.5},
    )
    by_hand = [w.numpy().astype("float64") for w in weights]
    for _ in range(3):
        optimizer.apply(SLOPES, weights)
        for w, factor, decay in zip(by_hand, (6.0, 1.0, 0.1), (0.25, 0.5, 0.0), strict=True):
            rate = 0.125 * factor
            w -= rate * decay * w
            w -= rate
    for w, wanted in zip(weights, by_hand, strict=True):
        np.testing.assert_allclose(w.numpy(), wanted, rtol=1e-5)


@pytest.mark.parametrize("name", [name for name in EVERY if name != "scheduled"])
def test_a_factor_gives_a_variable_its_own_rate(name):
    weights = []
    for options, rate in (({"rate_factors": {"w": 2.0}}, 1.0), ({}, 2.0)):
        plain = EVERY[name]()
        given = {**plain.get_config(), **options}
        given["learning_rate"] = rate * given["learning_rate"]
        optimizer, w = type(plain).from_config(given), st.Variable([1.0, -0.7], name="w")
        for _ in range(4):
            optimizer.minimize(lambda w=w: st.reduce_sum(w * w), [w])
        weights.append(w.numpy())
    np.testing.assert_allclose(*weights, rtol=1e-5)


def factors_of(given: Any, name: str = "rate_factors") -> list[float]:
    _, _, weights = parts()
    optimizer = optimizers.SGD(0.1, weight_decay=0.1, **{name: given})
    return [getattr(optimizer, name).of(w) for w in weights]


def test_a_key_may_be_a_name_a_path_or_a_function():
    _, dense, _ = parts()
    assert factors_of({"bias": 0.5}) == [1.0, 1.0, 0.5]
    assert factors_of({"*": 3.0, "bias": 0.5}) == [3.0, 3.0, 1.5]
    assert factors_of({"dense*/kernel": 0.5}) == [1.0, 0.5, 1.0]
    assert factors_of(lambda v: 2.0 if v.ndim > 1 else 1.0) == [1.0, 2.0, 1.0]
    factors = optimizers.SGD(rate_factors={dense: 2.0, dense.bias: 3.0}).rate_factors
    assert [factors.of(w) for w in dense.weights] == [2.0, 6.0]


def test_a_layer_includes_the_layers_inside_it():
    inner = st.Sequential([st.layers.Dense(2, input_shape=(3,))])
    model = st.Sequential([inner, st.layers.Dense(1)])
    optimizer = optimizers.SGD(rate_factors={inner: 0.0})
    assert [optimizer.rate_of(w) for w in model.weights] == [0.0, 0.0, 1.0, 1.0]


def test_a_method_can_be_overridden():
    class Careful(optimizers.SGD):
        def rate_of(self, variable):
            return 0.5 if variable.name == "bias" else super().rate_of(variable)

    _, _, weights = parts()
    before = [w.numpy() for w in weights]
    Careful(1.0).apply(SLOPES, weights)
    moved = [(old - w.numpy()).max() for old, w in zip(before, weights, strict=True)]
    np.testing.assert_allclose(moved, [1.0, 1.0, 0.5])


def test_an_assigned_factor_is_used():
    optimizer, w = optimizers.SGD(0.5), st.Variable([1.0], name="w")
    step = st.function(lambda: optimizer.apply([[1.0]], [w]))
    step()
    optimizer.rate_factors = {"w": 0.5}
    step()
    assert w.item() == 0.25
    with pytest.raises(TypeError):
        optimizer.rate_factors["w"] = 1.0


def test_a_name_without_a_match_gives_a_warning_with_the_known_names():
    _, _, weights = parts()
    with pytest.warns(TrainingWarning, match=r"rate_factors: 'biass' fits none .*dense.*/bias"):
        optimizers.SGD(rate_factors={"biass": 0.1}).build(weights)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"bias": -1.0}, "rate_factors: a factor of 0 or more was expected for 'bias', got -1.0"),
        ({"bias": "much"}, "got 'much'"),
        ({3: 1.0}, "a layer, a variable or a name was expected as a key, got 3"),
        (3.0, "a dictionary from layers, variables or names to factors was expected"),
        (lambda a, b: 1.0, r"takes \(a, b\)"),
    ],
)
def test_wrong_factors_are_refused(given, words):
    with pytest.raises(ArgumentError, match=words):
        optimizers.SGD(rate_factors=given)


def test_a_function_that_returns_no_factor_is_refused_when_called():
    w = st.Variable([1.0], name="w")
    with pytest.raises(ArgumentError, match="expected for w, got None"):
        optimizers.SGD(rate_factors=lambda variable: None).apply([[1.0]], [w])


def test_factors_without_effect_are_refused():
    with pytest.raises(ArgumentError, match="decay_factors are factors of weight_decay"):
        optimizers.Adam(decay_factors={"bias": 0.0})
    for kind in (optimizers.LBFGS, optimizers.LevenbergMarquardt):
        with pytest.raises(ArgumentError, match="takes neither"):
            kind(rate_factors={"bias": 0.0})


@st.register_serializable
def twice_for_matrices(variable):
    return 2.0 if variable.ndim > 1 else 1.0


def test_factors_come_back_from_their_configuration():
    scale, dense, weights = parts()
    made = optimizers.AdamW(
        rate_factors={scale: 6.0, dense: 2.0, dense.bias: 0.25, "bias": 0.5},
        decay_factors=twice_for_matrices,
    )
    twin = optimizers.AdamW.from_config(made.get_config())
    assert twin.get_config() == made.get_config()
    assert [twin.rate_of(w) for w in weights] == [6.0, 2.0, 0.25]
    assert [twin.decay_factors.of(w) for w in weights] == [1.0, 2.0, 1.0]
    with pytest.raises(ArgumentError, match="register_serializable"):
        optimizers.SGD(rate_factors=lambda variable: 1.0).get_config()


def test_factors_print_as_they_were_given():
    assert repr(Factors("rate_factors", {"a": 2.0, "b": 0.5})) == "{'a': 2.0, 'b': 0.5}"
    assert repr(Factors("rate_factors", abs)) == "'abs'"
    assert not Factors("rate_factors", {}) and Factors("rate_factors", abs)

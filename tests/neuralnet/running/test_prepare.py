"""One seed fixes a run: `st.random.set_seed` before, or `fit(seed=)`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st

X = np.random.default_rng(0).standard_normal((40, 3)).astype("float32")
Y = X.sum(axis=1)


def dropping(**options: Any) -> Any:
    layers = [st.layers.Dense(8, "relu", **options), st.layers.Dropout(0.5), st.layers.Dense(1)]
    model = st.Sequential(layers)
    model.compile("adam", "mse")
    return model


def run(model: Any, seed: int) -> Any:
    history = model.fit(
        X, Y, epochs=3, batch_size=7, validation_split=0.2, seed=seed, verbose=0
    ).history
    return history, [weights.tobytes() for weights in model.get_weights()]


def test_the_seed_of_fit_fixes_weights_that_fit_makes() -> None:
    first, second, other = run(dropping(), 3), run(dropping(), 3), run(dropping(), 4)
    assert first == second and first != other


def test_the_seed_of_fit_fixes_dropout_of_a_model_made_before() -> None:
    model = dropping(input_shape=(3,))
    start = model.get_weights()
    first = run(model, 3)
    model.set_weights(start)
    model.compile("adam", "mse")
    assert run(model, 3) == first


def test_a_layers_own_seed_stays_its_own() -> None:
    layer = st.layers.Dropout(0.5, seed=11)
    model = st.Sequential([layer, st.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(X, Y, seed=3, verbose=0)
    assert layer.variables[-1].numpy()[0] == 11


def test_the_common_seed_is_not_touched_by_the_seed_of_fit() -> None:
    st.random.set_seed(5)
    expected = st.random.normal((3,)).tolist()
    st.random.set_seed(5)
    run(dropping(), 3)
    assert st.random.normal((3,)).tolist() == expected


def test_seeded_gives_the_common_seed_back_after_an_error() -> None:
    st.random.set_seed(5)
    with pytest.raises(KeyError), st.random.seeded(1):
        raise KeyError
    inside = st.random.normal((2,)).tolist()
    st.random.set_seed(5)
    assert st.random.normal((2,)).tolist() == inside

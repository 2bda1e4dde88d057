"""Whole numbers, intervals and misspelt names of arguments."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest import arguments
from steepest.config import Config
from steepest.errors import ArgumentError, SteepestError
from steepest.registry import to_config


@pytest.mark.parametrize(
    ("interval", "inside", "outside"),
    [
        ("[0, 1)", (0, 0.5), (1, -1e-9)),
        ("(0, inf]", (1e-9, np.inf), (0,)),
        ("(-inf, 0]", (0,), (1,)),
    ],
)  # fmt: skip
def test_intervals_are_read_as_they_are_written(interval, inside, outside):
    for value in inside:
        arguments.require_within(object(), interval, x=value)
    for value in outside:
        with pytest.raises(ArgumentError, match="x must lie in"):
            arguments.require_within(object(), interval, x=value)


def keep(x: Any) -> Any:
    return x


def net() -> Any:
    return st.Sequential([st.layers.Input((2,)), st.layers.Dense(1)])


def fitted(**options: Any) -> Any:
    model = net()
    model.compile("sgd", "mse")
    return model.fit(np.zeros((4, 2)), np.zeros((4, 1)), **{"verbose": 0, **options})


X = np.zeros((4, 2), np.float32)
TEN = st.data.Dataset.range(10)
# Whatever takes one whole number from a user, as a function of it; 2 is right everywhere.
WHOLE: dict[str, Callable[[Any], Any]] = {
    "arguments.whole": lambda n: arguments.whole("n", n),
    "config.threads": lambda n: setattr(Config(), "threads", n),
    "Dense.units": st.layers.Dense,
    "Embedding.input_dim": lambda n: st.layers.Embedding(n, 2),
    "CategoryEncoding.num_tokens": lambda n: st.layers.CategoryEncoding(n),
    "Input.shape": lambda n: st.layers.Input((n,)),
    "fit.batch_size": lambda n: fitted(batch_size=n),
    "fit.epochs": lambda n: fitted(epochs=n),
    "fit.initial_epoch": lambda n: fitted(initial_epoch=n, epochs=3),
    "fit.steps_per_epoch": lambda n: fitted(steps_per_epoch=n, batch_size=2),
    "fit.seed": lambda n: fitted(seed=n),
    "predict.steps": lambda n: net().predict(X, steps=n, batch_size=2, verbose=0),
    "while_loop.maximum_iterations": lambda n: st.while_loop(
        lambda i: i < 2, lambda i: i + 1, [st.constant(0)], maximum_iterations=n
    ),
    "random.seed": lambda n: st.random.Generator(n),
    "Dataset.batch": lambda n: TEN.batch(n),
    "Dataset.shuffle": lambda n: TEN.shuffle(n, seed=0),
    "Dataset.shuffle.seed": lambda n: TEN.shuffle(10, seed=n),
    "Dataset.take": lambda n: TEN.take(n),
    "Dataset.skip": lambda n: TEN.skip(n),
    "Dataset.repeat": lambda n: TEN.repeat(n),
    "Dataset.prefetch": lambda n: TEN.prefetch(n),
    "Dataset.window": lambda n: TEN.window(n, n, n),
    "Dataset.interleave": lambda n: TEN.interleave(lambda i: TEN, n, n),
    "Dataset.map.num_parallel_calls": lambda n: TEN.map(keep, num_parallel_calls=n),
    "vectorize_sequences": lambda n: st.data.vectorize_sequences([[0, 1]], n),
    "Hashing.num_bins": lambda n: st.data.Hashing(n),
    "PrincipalComponents": lambda n: st.layers.PrincipalComponents(n),
    "ModelCheckpoint.save_freq": lambda n: st.callbacks.ModelCheckpoint("a", save_freq=n),
    "TensorBoard.histogram_freq": lambda n: st.callbacks.TensorBoard("a", histogram_freq=n),
    "transpose": lambda n: st.reduce_sum(np.zeros((1, 1, 1)), axis=n),
}  # fmt: skip


@pytest.mark.parametrize("place", WHOLE)
def test_integers_of_every_type_are_accepted(place: str, tmp_path: Any) -> None:
    for number in (2, np.int64(2), np.uint8(2), np.array(2)):
        WHOLE[place](number)


@pytest.mark.parametrize("place", WHOLE)
@pytest.mark.parametrize("wrong", [True, np.True_, 2.5, np.float64(2.0), "2", [2, "a"]])
def test_values_that_are_not_integers_are_refused(place: str, wrong: Any) -> None:
    with pytest.raises(SteepestError):
        WHOLE[place](wrong)
        pytest.fail(f"{place} took {wrong!r}")


def test_the_range_of_a_whole_number_is_in_the_error() -> None:
    for least, most, message in (
        (None, None, "n: a whole number was expected, got -1"),
        (0, None, "n: a whole number from 0 was expected, got -1"),
        (0, 3, "n: a whole number from 0 to 3 was expected, got -1"),
    ):
        if least is None:
            assert arguments.whole("n", -1) == -1
            continue
        with pytest.raises(ArgumentError, match=message):
            arguments.whole("n", -1, least, most)
    with pytest.raises(ArgumentError, match="got 4"):
        arguments.whole("n", 4, 0, 3)
    assert arguments.whole("n", 3, 3, 3) == 3


def test_a_size_or_an_axis_of_numpy_is_one_size_or_axis() -> None:
    three = np.int64(3)
    assert st.zeros(three).shape == st.reshape([1, 2, 3], three).shape == (3,)
    assert st.random.uniform(three).shape == st.TensorSpec(three).shape == (3,)
    assert st.roll([1, 2, 3], np.int64(1), np.int64(0)).tolist() == [3, 1, 2]
    assert len(st.split([1, 2, 3], three)) == 3 and st.repeat([1], three).shape == (3,)
    assert st.tensordot([1.0], [2.0], np.int64(1)).item() == 2.0
    one = np.int64(1)
    for layer in (
        st.layers.LayerNormalization(one), st.layers.Normalization(one), st.layers.Dot(one),
        st.layers.Reshape(one), st.losses.Dice(axis=one),
    ):  # fmt: skip
        assert json.loads(json.dumps(to_config(layer))) == to_config(layer)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda data, model: data.batch(2, drop_remander=True), "batch .*mean 'drop_remainder'"),
        (lambda data, model: data.shuffle(bufer_size=2), "shuffle .*mean 'buffer_size'"),
        (lambda data, model: data.map(lambda x: x, num_parallel=2), "map .*num_parallel_calls"),
        (lambda data, model: data.unbatch(size=2), "unbatch takes no argument 'size': it takes n"),
        (lambda data, model: type(data).range(3, step=2), "range takes no argument 'step'"),
        (lambda data, model: model.save("unused", include_optimiser=1), "'include_optimizer'"),
        (lambda data, model: model.get_layer(nam="dense"), "did you mean 'name'"),
        (lambda data, model: model.layers[0].add_weight(shpe=(2,)), "add_weight .*'shape'"),
        (lambda data, model: model.layers[0].add_weight("w", initialiser="ones"), "'initializer'"),
    ],
)
def test_misspelt_arguments_of_methods_name_the_nearest(call: Any, message: str) -> None:
    data = st.data.Dataset.from_tensor_slices([1.0, 2.0])
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    with pytest.raises(TypeError, match=message) as caught:
        call(data, model)
    assert isinstance(caught.value, st.errors.ArgumentError)


def test_a_type_error_inside_a_method_stays_as_it_is() -> None:
    class Data:
        @arguments.suggests_arguments
        def count(self, rows: Any) -> int:
            return len(rows)

    with pytest.raises(TypeError, match=r"object of type 'int' has no len"):
        Data().count(rows=3)

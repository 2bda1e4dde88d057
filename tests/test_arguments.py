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


def test_whole_numbers_and_tuples_of_them() -> None:
    for value in (3, np.int8(3), np.array(3), st.constant(3)):
        assert arguments.is_whole(value) and arguments.as_tuple(value) == (3,)
    for value in (True, np.bool_(True), 3.0, np.float32(3), "3", None, [3]):
        assert not arguments.is_whole(value)
    assert arguments.as_tuple([3, None]) == (3, None)
    for wrong in ("3", 3.5, None):
        with pytest.raises(ArgumentError, match="one or several whole numbers were expected, got"):
            arguments.as_tuple(wrong)


def test_a_shape_is_a_tuple_of_sizes() -> None:
    assert arguments.sizes_of("x", (2, None)) == arguments.sizes_of("x", [2, None]) == (2, None)
    assert arguments.sizes_of("x", 3) == arguments.sizes_of("x", np.array(3)) == (3,)
    assert arguments.sizes_of("x", (np.int64(2),)) == (2,)
    for wrong in ((2.5,), ("a",), (2, "a"), "ab", None, 2.5):
        with pytest.raises(ArgumentError, match="x: a shape is a tuple of sizes such as"):
            arguments.sizes_of("x", wrong)


def test_more_positional_arguments_than_a_function_takes() -> None:
    def two(a: int, b: int, *, c: int = 0) -> None: ...

    def any_number(*a: int) -> None: ...

    arguments.refuse_more(two, 2, "two")
    arguments.refuse_more(any_number, 9, "any_number")
    with pytest.raises(ArgumentError, match=r"two was given 3 arguments and takes 2: \(a: 'int'"):
        arguments.refuse_more(two, 3, "two")


def test_numbers_within_an_interval() -> None:
    arguments.require_within(object(), "(0, 1]", a=1.0, b=0.5, c=None)
    for wrong in (0.0, 1.1):
        with pytest.raises(ArgumentError, match=rf"object: a must lie in \(0, 1\], got {wrong}"):
            arguments.require_within(object(), "(0, 1]", a=wrong)
    with pytest.raises(ArgumentError, match="object: a must be a number, got 'x'"):
        arguments.require_within(object(), "(0, 1]", a="x")


def test_functions_of_so_many_arguments() -> None:
    def check(given: Any) -> None:
        arguments.require_function_of(object(), "(a, b)", given, 2, {"option": 1})

    check(lambda a, b, option: a)
    check(lambda *a, **options: a)
    check(max)  # a built-in function without a signature
    with pytest.raises(ArgumentError, match=r"object: a function of \(a, b\) was expected, got 3"):
        check(3)
    for wrong in (lambda a, option: a, lambda a, b: a, lambda a, b, c, option: a):
        with pytest.raises(ArgumentError, match=r"'<lambda>' takes \("):
            check(wrong)
    arguments.require_function("Dataset.map", len)
    with pytest.raises(ArgumentError, match=r"Dataset\.map: a function was expected, got 3"):
        arguments.require_function("Dataset.map", 3)


def test_a_text_in_front_is_a_name_and_anything_else_a_shape() -> None:
    names = ("name", "shape", "initializer"), ("shape", "initializer")
    assert arguments.by_first(("w", [3], "ones"), *names) == {
        "name": "w", "shape": [3], "initializer": "ones",
    }  # fmt: skip
    assert arguments.by_first((None, [3]), *names) == {"name": None, "shape": [3]}
    assert arguments.by_first(([3], "ones"), *names) == {"shape": [3], "initializer": "ones"}
    assert arguments.by_first((), *names) == {}
    for given in (("w", [3], "ones", 1), ([3], "ones", 1)):
        with pytest.raises(ArgumentError, match=f"are positional arguments, got {len(given)} of"):
            arguments.by_first(given, *names)

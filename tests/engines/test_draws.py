"""Eager random numbers by machine code are those of NumPy, bit for bit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import steepest as st
from steepest.core import ops
from steepest.core.random_bits import bits_at, random_bits
from steepest.core.tensor import Tensor
from steepest.engines import draws
from steepest.functions import random, random_numbers

SHAPES = [(600,), (17,), (3, 7), (40, 33), (4, 5, 6), (700, 1), (1, 16), (300, 784), (150_001,)]


@pytest.fixture(autouse=True)
def worthwhile(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Machine code draws whatever is asked for, unless a test takes it away."""
    monkeypatch.setattr(draws, "_drawn", 10**9)
    monkeypatch.setattr(draws, "FEWEST", 1)
    yield


def state(step: int = 3) -> Tensor:
    return ops.constant(np.array([123_456_789_012_345, 77, step]), "int64")


def by_numpy(monkeypatch: pytest.MonkeyPatch, call):
    with monkeypatch.context() as patch:
        patch.setattr(random_numbers, "_draw", [])
        return call().numpy()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
@pytest.mark.parametrize(
    "function",
    [random_numbers.fractions, random_numbers.normal_numbers, random_numbers.truncated_numbers],
)
def test_the_bits_are_those_of_numpy(monkeypatch, function, dtype, shape) -> None:
    found = function(state(), shape, dtype).numpy()
    expected = by_numpy(monkeypatch, lambda: function(state(), shape, dtype))
    assert found.dtype == expected.dtype and found.tobytes() == expected.tobytes()


@pytest.mark.parametrize("lane", range(4))
@pytest.mark.parametrize("shape", SHAPES)
def test_words_are_those_that_are_defined(shape, lane) -> None:
    words, unsure = draws.draw(f"bits{lane}", state().data, shape)
    expected = random_bits(state().data, shape, 30, lane)
    assert unsure == 0 and ((words.view(np.uint32) >> 2) == expected).all()


@pytest.mark.parametrize("kernel", ["normals", "truncated"])
def test_what_is_in_doubt_is_drawn_by_numpy(monkeypatch, kernel) -> None:
    function = {
        "normals": random_numbers.normal_numbers,
        "truncated": random_numbers.truncated_numbers,
    }[kernel]
    expected = function(state(), (50, 7)).numpy()

    def doubtful(asked, seed, shape):
        drawn = draws.draw(asked, seed, shape)
        drawn[0][3:30:4, 2:5] = np.nan
        return drawn[0], 21

    monkeypatch.setattr(random_numbers, "_draw", [doubtful])
    assert function(state(), (50, 7)).numpy().tobytes() == expected.tobytes()


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_the_number_of_threads_does_not_matter(monkeypatch, threads) -> None:
    monkeypatch.setattr(st.config, "threads", threads)
    found = random_numbers.normal_numbers(state(), (400, 784)).numpy()
    assert (
        found.tobytes()
        == by_numpy(
            monkeypatch, lambda: random_numbers.normal_numbers(state(), (400, 784))
        ).tobytes()
    )


def test_bits_at_places_are_those_of_the_whole() -> None:
    whole = random_bits(state().data, (9, 11), 27, 1).reshape(-1)
    places = np.array([0, 5, 98, 40])
    found = bits_at(state().data, *divmod(places, 11), 27, 1)
    assert found.tolist() == whole[places].tolist()


def test_a_recorded_program_draws_its_own(monkeypatch) -> None:
    def fail(*given):
        raise AssertionError("a recorded draw was computed at once")

    monkeypatch.setattr(random_numbers, "_draw", [fail])
    graph = st.trace(lambda x: x + st.random.normal((2000,)), [st.TensorSpec((2000,))])
    assert "random_bits" in [node.op for node in graph.nodes]


def test_the_numpy_engine_and_few_numbers_use_no_machine_code(monkeypatch) -> None:
    monkeypatch.setattr(draws, "_drawn", 0)
    assert draws.draw("fractions", state().data, (2000,)) is None
    monkeypatch.setattr(draws, "_drawn", 10**9)
    assert draws.draw("fractions", state().data, (2000,)) is not None
    monkeypatch.setattr(st.config, "engine", "numpy")
    assert draws.draw("fractions", state().data, (2000,)) is None


def test_ranges_and_moments_apply() -> None:
    generator = random.Generator(3)
    assert generator.uniform((1000,), -2.0, -1.0).numpy().max() < -1.0
    numbers = random.Generator(3).normal((1000,)).numpy()
    scaled = random.Generator(3).normal((1000,), 1.0, 2.0).numpy()
    assert (scaled == numbers * np.float32(2) + np.float32(1)).all()
    assert not np.signbit(numbers[numbers == 0]).any()

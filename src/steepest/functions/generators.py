"""Generators of random tensors, the default one, and its seeds.

A draw is a function of (seed, stream, step); the generator's state is a variable, so that draws
inside a recorded program advance it too. Depends on random_numbers and Variable.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, Union

import numpy as np

from steepest.arguments import is_number, whole
from steepest.core import ops
from steepest.core.dispatch import computes_at_once
from steepest.core.dtype import DTypeLike, as_dtype, float32, float64, is_float
from steepest.core.movement import as_size, given_sizes
from steepest.core.primitives import Shape, show
from steepest.core.random_bits import first_word
from steepest.core.tensor import Tensor, TensorLike
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, DTypeError, ShapeError
from steepest.functions.random_numbers import (
    between,
    fractions,
    normal_numbers,
    truncated_numbers,
)
from steepest.processes import random_seed

Seed = Union[int, "Generator", None]
"""What a `seed=` may be: a whole number, a generator to draw from, or None for the default one."""
_NEXT_STEP = np.array([0, 0, 1], np.int64)


class Generator:
    """A stream of random tensors: its state is (seed, stream, step).

    Without a seed it is a new stream of the default seed. `st.random.normal(shape, seed=generator)`
    draws from it, as from Keras's `SeedGenerator`, which is another name for it.

    >>> import steepest as st
    >>> first = st.random.Generator(seed=7).uniform((2,))
    >>> bool(st.reduce_all(first == st.random.Generator(seed=7).uniform((2,))))
    True
    """

    def __init__(
        self, seed: int | None = None, stream: int = 0, name: str = "random_state"
    ) -> None:
        seed, stream = _fresh_stream() if seed is None else (seed, stream)
        state = np.array([_checked(seed), stream, 0], np.int64)
        self.state = Variable(state, trainable=False, name=name)

    @classmethod
    def from_seed(cls, seed: int) -> Generator:
        """A generator with the given seed."""
        return cls(seed)

    def get_config(self) -> dict[str, Any]:
        """The seed, the stream and the name; a generator of them begins anew.

        >>> Generator.from_config(Generator(7).get_config()).state.tolist()
        [7, 0, 0]
        """
        seed, stream = (int(number) for number in self.state.numpy()[:2])
        return {"seed": seed, "stream": stream, "name": self.state.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Generator:
        """The generator of a configuration."""
        return cls(**config)

    def next(self, ordered: bool = True) -> Tensor:
        """The state (seed, stream, step) of a draw, and goes on; `ordered` changes nothing."""
        return self._next()

    def _next(self) -> Tensor:
        state = self.state.value
        if computes_at_once() and not state.is_symbolic:
            self.state.hold(Tensor(state.data + _NEXT_STEP))
        else:
            self.state.assign(state + ops.constant(_NEXT_STEP))
        return state

    def fractions(self, shape: Any, dtype: DTypeLike = float32) -> Tensor:
        """Uniform numbers k / 2^24 (float32) or k / 2^53 (float64), 0 included, 1 not."""
        return fractions(self._next(), _sizes(shape), dtype)

    def uniform(
        self, shape: Any, minval: Any = 0, maxval: Any = None, dtype: DTypeLike = float32
    ) -> Tensor:
        """Uniform numbers from `minval` up to, not including, `maxval` (1 for fractions)."""
        dtype = as_dtype(dtype)
        if not is_float(dtype):
            return self._integers(_sizes(shape), int(minval), maxval, dtype)
        if maxval is None and type(minval) is int and minval == 0:
            return self.fractions(shape, dtype)
        top = 1.0 if maxval is None else maxval
        numbers = self.fractions(shape, dtype)
        if type(minval) is type(top) is float and dtype in (float32, float64):
            return between(numbers, minval, top)
        spread = ops.subtract(ops.as_tensor(top, dtype), ops.as_tensor(minval, dtype))
        return numbers * spread + minval

    def _integers(self, shape: Shape, low: int, high: Any, dtype: Any) -> Tensor:
        if high is None:
            raise ArgumentError("uniform: whole numbers need a maxval, which is excluded")
        if int(high) <= low:
            raise ArgumentError(f"uniform: maxval must be above minval={low}, got {high}")
        scaled = self.fractions(shape, float64) * float(int(high) - low)
        return ops.cast(ops.cast(ops.floor(scaled), "int64") + low, dtype)

    def normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: DTypeLike = float32
    ) -> Tensor:
        """Normally distributed numbers."""
        _check_normal("normal", stddev, dtype)
        numbers = normal_numbers(self._next(), _sizes(shape), dtype)
        scaled = numbers if type(stddev) is float and stddev == 1.0 else numbers * stddev
        return scaled + mean  # which turns -0 into 0

    def truncated_normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: DTypeLike = float32
    ) -> Tensor:
        """Normal numbers within two standard deviations of the mean, by the quantile function."""
        _check_normal("truncated_normal", stddev, dtype)
        return truncated_numbers(self._next(), _sizes(shape), dtype) * stddev + mean

    def bernoulli(self, shape: Any, probability: float = 0.5) -> Tensor:
        """Booleans that are true with a probability."""
        return self.fractions(shape) < probability

    def categorical(self, logits: TensorLike, num_samples: int) -> Tensor:
        """Classes drawn for each row with the given unnormalised log-probabilities."""
        (scores,) = ops.meet(ops.as_tensor(logits), floating=True)
        if scores.ndim != 2:
            raise ShapeError(
                f"categorical: rows of log-probabilities were expected, got {show(scores.shape)}"
            )
        rows, classes = scores.shape
        # The maximum of log p - log(-log u) is at each class with its probability (Gumbel).
        noise = -ops.log(-ops.log(self.fractions((rows, num_samples, classes))))
        return ops.argmax(ops.reshape(scores, (rows, 1, classes)) + noise, axis=-1)

    def permutation(self, count: int) -> Tensor:
        """The numbers 0 to count - 1 in random order."""
        keys = self.fractions((count,), float64).numpy()
        return ops.constant(np.argsort(keys, kind="stable"), "int64")


SeedGenerator = Generator


def _checked(seed: Any) -> int:
    low = whole("seed", seed) & (2**64 - 1)
    return low - 2**64 if low >= 2**63 else low


def _check_normal(name: str, stddev: Any, dtype: DTypeLike) -> None:
    if is_number(stddev) and stddev < 0:
        raise ArgumentError(f"{name}: stddev must not be negative, got {stddev}")
    if dtype is not float32 and not is_float(as_dtype(dtype)):
        raise DTypeError(
            f"{name}: the numbers are floats, got dtype={dtype!r}; cast them, or draw whole ones "
            "by uniform with minval and maxval"
        )


def _sizes(shape: Any) -> Shape:
    return tuple(map(as_size, given_sizes("random", shape)))


class _Default:
    """The default generator, and the number of streams started from its seed."""

    def __init__(self) -> None:
        self.generator: Generator | None = None
        self.streams = 0


_of_process = _Default()
# A context variable, so that concurrent jobs may have separate default generators.
_current: ContextVar[_Default] = ContextVar("_current", default=_of_process)


def set_seed(seed: int) -> None:
    """Seeds all random numbers: the same seed gives the same run, bit for bit.

    >>> import steepest as st
    >>> st.random.set_seed(1); first = st.random.normal((3,)).tolist()
    >>> st.random.set_seed(1); first == st.random.normal((3,)).tolist()
    True
    """
    fresh = np.array([_checked(seed), 0, 0], np.int64)
    default = _current.get()
    default.streams = 0
    if default.generator is None:
        default.generator = Generator(seed)
    else:
        default.generator.state.assign(fresh)


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seeds all random numbers inside the `with` block; the outer state is restored after it.

    >>> with seeded(1):
    ...     first = st.random.uniform((2,)).tolist()
    >>> with seeded(1):
    ...     st.random.uniform((2,)).tolist() == first
    True
    """
    before = _current.get()
    separate(seed)
    try:
        yield
    finally:
        _current.set(before)


def separate(seed: int) -> None:
    """Gives this context a default generator of its own, with a seed.

    >>> import contextvars
    >>> set_seed(1); contextvars.copy_context().run(separate, 2)
    >>> first = st.random.uniform((2,)).tolist()
    >>> set_seed(1); first == st.random.uniform((2,)).tolist()
    True
    """
    before = _current.get()
    _current.set(_Default())
    try:
        set_seed(seed)
    except ArgumentError:
        _current.set(before)
        raise


def is_seeded() -> bool:
    """Whether the default generator has been seeded, by the user or by a first draw.

    >>> set_seed(1); is_seeded()
    True
    """
    return _current.get().generator is not None


def fresh_seed() -> int:
    """A seed drawn from the default generator, or from the system if that is unseeded.

    >>> set_seed(1); first = fresh_seed(), fresh_seed()
    >>> set_seed(1); first == (fresh_seed(), fresh_seed())
    True
    """
    if not is_seeded():
        return random_seed(31)
    state = default_generator().state.buffer()
    seed, stream, step = state.tolist()
    state[2] += 1
    return first_word(seed & (2**64 - 1), stream << 32 ^ step) >> 33


def default_generator() -> Generator:
    """The generator shared by all draws that have no seed of their own."""
    default = _current.get()
    if default.generator is None:
        set_seed(random_seed(63))
    assert default.generator is not None
    return default.generator


def new_generator(seed: int | Generator | None = None, name: str = "random_state") -> Generator:
    """A generator for a layer: with the given seed, or a new stream of the default seed.

    A generator is returned itself.

    >>> new_generator(3).state.tolist()
    [3, 0, 0]
    """
    return seed if isinstance(seed, Generator) else Generator(seed, 0, name)


def _fresh_stream() -> tuple[int, int]:
    # The generator first: to create it resets the count of streams.
    seed = int(default_generator().state.held.data[0])
    default = _current.get()
    default.streams += 1
    return seed, default.streams


def source_of(seed: int | Generator | None) -> Generator:
    """The generator that a `seed=` names: the default one for None.

    >>> source_of(3).state.tolist()
    [3, 0, 0]
    """
    if isinstance(seed, Generator):
        return seed
    return default_generator() if seed is None else Generator(seed)

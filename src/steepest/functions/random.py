"""Random tensors from one seed: the same seed gives the same numbers on every engine.

A draw is a function of (seed, stream, step); the generator's state is a variable, so that draws
inside a recorded program advance it too. Leans on ops and Variable.
"""

from __future__ import annotations

import contextlib
import math
import secrets
from collections.abc import Iterator
from typing import Any

import numpy as np

from steepest.arguments import as_tuple, whole
from steepest.core import ops
from steepest.core.dispatch import bind
from steepest.core.dtype import DTypeLike, as_dtype, float32, float64, is_float
from steepest.core.movement import as_size
from steepest.core.primitives import PRIMITIVES, Shape, show
from steepest.core.random_bits import first_word
from steepest.core.tensor import Tensor, TensorLike
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, ShapeError, suggest_names
from steepest.functions import composed

__all__ = [
    "Generator",
    "SeedGenerator",
    "set_seed",
    "seeded",
    "uniform",
    "normal",
    "truncated_normal",
    "bernoulli",
    "categorical",
    "permutation",
    "shuffle",
]

_BITS = PRIMITIVES["random_bits"]


class Generator:
    """A stream of random tensors: its state is (seed, stream, step).

    Without a seed it is a new stream of the common one. `st.random.normal(shape, seed=generator)`
    draws from it, as from Keras's `SeedGenerator`, which is another name of it.

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
        """A generator with a seed of its own."""
        return cls(seed)

    def _next(self) -> Tensor:
        state = self.state.value
        self.state.assign(state + ops.constant([0, 0, 1], "int64"))
        return state

    def fractions(self, shape: Any, dtype: DTypeLike = float32) -> Tensor:
        """Uniform numbers k / 2^24 (float32) or k / 2^53 (float64), 0 included, 1 not."""
        return fractions(self._next(), _sizes(shape), dtype)

    def uniform(
        self, shape: Any, minval: Any = 0, maxval: Any = None, dtype: DTypeLike = float32
    ) -> Tensor:
        """Uniform numbers from `minval` up to, not including, `maxval` (1 for fractions)."""
        kind = as_dtype(dtype)
        if not is_float(kind):
            return self._whole(_sizes(shape), int(minval), maxval, kind)
        top = 1.0 if maxval is None else maxval
        spread = ops.subtract(ops.as_tensor(top, kind), ops.as_tensor(minval, kind))
        return self.fractions(shape, kind) * spread + minval

    def _whole(self, shape: Shape, low: int, high: Any, kind: Any) -> Tensor:
        if high is None:
            raise ArgumentError("uniform: whole numbers need a maxval, the first one beyond them")
        if int(high) <= low:
            raise ArgumentError(f"uniform: maxval must be above minval={low}, got {high}")
        scaled = self.fractions(shape, float64) * float(int(high) - low)
        return ops.cast(ops.cast(ops.floor(scaled), "int64") + low, kind)

    def normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: DTypeLike = float32
    ) -> Tensor:
        """Normally distributed numbers."""
        return normal_numbers(self._next(), _sizes(shape), dtype) * stddev + mean

    def truncated_normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: DTypeLike = float32
    ) -> Tensor:
        """Normal numbers within two deviations of the mean, by the inverse distribution."""
        return truncated_numbers(self._next(), _sizes(shape), dtype) * stddev + mean

    def bernoulli(self, shape: Any, probability: float = 0.5) -> Tensor:
        """True with a probability."""
        return self.fractions(shape) < probability

    def categorical(self, logits: TensorLike, num_samples: int) -> Tensor:
        """Classes drawn for each row by its unnormalised log-probabilities."""
        (scores,) = ops.meet(ops.as_tensor(logits), floating=True)
        if scores.ndim != 2:
            raise ShapeError(
                f"categorical: rows of log-probabilities were expected, got {show(scores.shape)}"
            )
        rows, classes = scores.shape
        # The greatest of log p - log(-log u) stands at each class with its probability (Gumbel).
        luck = -ops.log(-ops.log(self.fractions((rows, num_samples, classes))))
        return ops.argmax(ops.reshape(scores, (rows, 1, classes)) + luck, axis=-1)

    def permutation(self, count: int) -> Tensor:
        """The numbers 0 to count - 1 in random order."""
        keys = self.fractions((count,), float64).numpy()
        return ops.constant(np.argsort(keys, kind="stable"), "int64")


SeedGenerator = Generator


def _checked(seed: Any) -> int:
    low = whole("seed", seed) & (2**64 - 1)
    return low - 2**64 if low >= 2**63 else low


def _sizes(shape: Any) -> Shape:
    return tuple(map(as_size, as_tuple(shape)))


def fractions(state: Tensor, shape: Shape, dtype: DTypeLike = float32) -> Tensor:
    """Uniform numbers in [0, 1) made of the bits that a generator's state names.

    >>> fractions(ops.constant([0, 0, 0], "int64"), (2,)).tolist()
    [0.399046, 0.880520]
    """
    kind = as_dtype(dtype)
    if kind == float64:
        high, low = (
            ops.cast(bind(_BITS, state, shape=shape, width=width, lane=lane), float64)
            for lane, width in enumerate((27, 26))
        )
        return (high * 2.0**26 + low) * 2.0**-53
    bits = bind(_BITS, state, shape=shape, width=24, lane=0)
    return ops.cast(ops.cast(bits, float32) * 2.0**-24, kind)


def normal_numbers(state: Tensor, shape: Shape, dtype: DTypeLike = float32) -> Tensor:
    """Standard normal numbers: Box and Muller's cosine form, in float64 whatever the result's kind.

    An engine's log and cos may differ from another's in the last of float64's digits, which the
    rounding to float32 removes.

    >>> abs(normal_numbers(ops.constant([0, 0, 0], "int64"), (1000,)).mean().item()) < 0.1
    True
    """
    radius, angle = (
        ops.cast(bind(_BITS, state, shape=shape, width=30, lane=lane), float64) for lane in (2, 3)
    )
    length = ops.sqrt(-2.0 * ops.log((radius + 1.0) * 2.0**-30))
    return ops.cast(length * ops.cos(angle * (2.0 * math.pi * 2.0**-30)), dtype)


def truncated_numbers(state: Tensor, shape: Shape, dtype: DTypeLike = float32) -> Tensor:
    """Standard normal numbers between -2 and 2.

    >>> numbers = truncated_numbers(ops.constant([0, 0, 0], "int64"), (1000,))
    >>> numbers.max().item() <= 2.0
    True
    """
    inside = math.erf(math.sqrt(2.0))  # the share of a normal distribution within two deviations
    centred = (fractions(state, shape, float64) * 2.0 - 1.0) * inside
    numbers = composed.erfinv(centred) * math.sqrt(2.0)
    return ops.cast(composed.clip_by_value(numbers, -2.0, 2.0), dtype)


# ---------------------------------------------------------------- the common generator

_common: list[Generator] = []
_streams = [0]


def set_seed(seed: int) -> None:
    """Start all chance anew from a seed: the same seed gives the same run, bit for bit.

    >>> import steepest as st
    >>> st.random.set_seed(1); first = st.random.normal((3,)).tolist()
    >>> st.random.set_seed(1); first == st.random.normal((3,)).tolist()
    True
    """
    fresh = np.array([_checked(seed), 0, 0], np.int64)
    _streams[0] = 0
    if _common:
        _common[0].state.assign(fresh)
    else:
        _common.append(Generator(seed))


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Let all chance inside the `with` block come from a seed; the common one waits meanwhile.

    >>> with seeded(1):
    ...     first = uniform((2,)).tolist()
    >>> with seeded(1):
    ...     uniform((2,)).tolist() == first
    True
    """
    common_before, streams_before = list(_common), _streams[0]
    _common[:] = []
    set_seed(seed)
    try:
        yield
    finally:
        _common[:] = common_before
        _streams[0] = streams_before


def is_seeded() -> bool:
    """Whether the common generator has a seed, set or drawn.

    >>> set_seed(1); is_seeded()
    True
    """
    return bool(_common)


def fresh_seed() -> int:
    """A seed drawn from the common generator; from the system if that has no seed itself.

    >>> set_seed(1); first = fresh_seed(), fresh_seed()
    >>> set_seed(1); first == (fresh_seed(), fresh_seed())
    True
    """
    if not is_seeded():
        return secrets.randbits(31)
    state = common().state.buffer()
    seed, stream, step = state.tolist()
    state[2] += 1
    return first_word(seed & (2**64 - 1), stream << 32 ^ step) >> 33


def common() -> Generator:
    """The generator that draws without a seed of their own share."""
    if not _common:
        set_seed(secrets.randbits(63))
    return _common[0]


def new_generator(seed: int | None = None, name: str = "random_state") -> Generator:
    """A generator for a layer: of its own seed, or a new stream of the common seed.

    >>> new_generator(3).state.tolist()
    [3, 0, 0]
    """
    return Generator(seed, 0, name)


def _fresh_stream() -> tuple[int, int]:
    seed = int(common().state.held.data[0])  # streams are counted anew if it is made only now
    _streams[0] += 1
    return seed, _streams[0]


def _source(seed: int | Generator | None) -> Generator:
    if isinstance(seed, Generator):
        return seed
    return common() if seed is None else Generator(seed)


def uniform(
    shape: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: DTypeLike = float32,
    seed: int | Generator | None = None,
) -> Tensor:
    """Uniform numbers from `minval` up to, not including, `maxval`.

    >>> uniform((3,), 5, 6, dtype="int32").tolist()
    [5, 5, 5]
    """
    return _source(seed).uniform(shape, minval, maxval, dtype)


def normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: DTypeLike = float32,
    seed: int | Generator | None = None,
) -> Tensor:
    """Normally distributed numbers.

    >>> normal((2, 3), seed=1).shape
    (2, 3)
    """
    return _source(seed).normal(shape, mean, stddev, dtype)


def truncated_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: DTypeLike = float32,
    seed: int | Generator | None = None,
) -> Tensor:
    """Normal numbers within two deviations of the mean.

    >>> truncated_normal((2, 3), seed=1).shape
    (2, 3)
    """
    return _source(seed).truncated_normal(shape, mean, stddev, dtype)


def bernoulli(shape: Any, probability: float = 0.5, seed: int | Generator | None = None) -> Tensor:
    """True with a probability.

    >>> bernoulli((2,), 1.0).tolist()
    [True, True]
    """
    return _source(seed).bernoulli(shape, probability)


def categorical(
    logits: TensorLike, num_samples: int, seed: int | Generator | None = None
) -> Tensor:
    """Classes drawn for each row of unnormalised log-probabilities, with replacement.

    >>> categorical([[0.0, -math.inf]], 3).tolist()
    [[0, 0, 0]]
    """
    return _source(seed).categorical(logits, num_samples)


def permutation(count: int, seed: int | Generator | None = None) -> Tensor:
    """The numbers 0 to count - 1 in random order.

    >>> sorted(permutation(4, seed=1).tolist())
    [0, 1, 2, 3]
    """
    return _source(seed).permutation(count)


def shuffle(values: TensorLike, seed: int | Generator | None = None) -> Tensor:
    """The entries along the first axis in random order.

    >>> sorted(shuffle([3, 1, 2], seed=1).tolist())
    [1, 2, 3]
    """
    tensor = ops.as_tensor(values)
    return ops.gather(tensor, permutation(len(tensor), seed))


suggest_names(__name__)

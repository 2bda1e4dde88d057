"""Random tensors: the same seed gives the same numbers on every engine.

A draw is a function of (seed, stream, step); the generator's state is a variable, so that draws
inside a recorded program advance it too. Depends on ops and Variable.
"""

from __future__ import annotations

import contextlib
import math
import secrets
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, Union

import numpy as np

from steepest.arguments import as_tuple, whole
from steepest.core import ops
from steepest.core.dispatch import bind, computes_at_once
from steepest.core.dtype import DTypeLike, as_dtype, float32, float64, is_float
from steepest.core.movement import as_size
from steepest.core.primitives import PRIMITIVES, Shape, show
from steepest.core.random_bits import bits_at, first_word
from steepest.core.tensor import Tensor, TensorLike
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, ShapeError, suggest_names
from steepest.functions import composed
from steepest.functions.softmax import floating

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
    "dropout",
    "randint",
    "gamma",
    "beta",
    "binomial",
    "permutation",
    "poisson",
    "shuffle",
    "stateless_normal",
    "stateless_truncated_normal",
    "stateless_uniform",
]

Seed = Union[int, "Generator", None]
"""What a `seed=` may be: a whole number, a generator to draw from, or None for the default one."""

_BITS = PRIMITIVES["random_bits"]

Draw = Callable[[str, np.ndarray, tuple[int, ...]], tuple[np.ndarray, int] | None]
"""Draws `bits0` to `bits3` (32 bits of a lane), or `fractions`, `normals`, `truncated` in float32;
counts those that are NaN as their rounding is in doubt. None where NumPy should draw."""
_draw: list[Draw] = []


def set_draw(draw: Draw) -> None:
    """Sets the function that draws what is computed at once.

    >>> set_draw(_draw[0])
    """
    _draw[:] = [draw]


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
        self.state.assign(state + ops.constant([0, 0, 1], "int64"))
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
        spread = ops.subtract(ops.as_tensor(top, dtype), ops.as_tensor(minval, dtype))
        return self.fractions(shape, dtype) * spread + minval

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
        numbers = normal_numbers(self._next(), _sizes(shape), dtype)
        scaled = numbers if type(stddev) is float and stddev == 1.0 else numbers * stddev
        return scaled + mean  # which turns -0 into 0

    def truncated_normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: DTypeLike = float32
    ) -> Tensor:
        """Normal numbers within two standard deviations of the mean, by the quantile function."""
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


def _sizes(shape: Any) -> Shape:
    return tuple(map(as_size, as_tuple(shape)))


def fractions(state: Tensor, shape: Shape, dtype: DTypeLike = float32) -> Tensor:
    """Uniform numbers in [0, 1), a function of a generator's state.

    >>> fractions(ops.constant([0, 0, 0], "int64"), (2,)).tolist()
    [0.399046, 0.880520]
    """
    dtype = as_dtype(dtype)
    if dtype == float64:
        return _fraction_of(_bits(state, shape, 27, 0), _bits(state, shape, 26, 1))
    drawn = _drawn("fractions", state, shape)
    if drawn is not None:
        return ops.cast(Tensor(drawn[0]), dtype)
    bits = bind(_BITS, state, shape=shape, width=24, lane=0)
    return ops.cast(ops.cast(bits, float32) * 2.0**-24, dtype)


def normal_numbers(state: Tensor, shape: Shape, dtype: DTypeLike = float32) -> Tensor:
    """Standard normal numbers by Box and Muller's cosine form, computed in float64.

    The log and cos of two engines may differ in the last digits of float64, which rounding to
    float32 removes.

    >>> abs(normal_numbers(ops.constant([0, 0, 0], "int64"), (1000,)).mean().item()) < 0.1
    True
    """
    return _rounded("normals", _normal_of, ((2, 30), (3, 30)), state, shape, as_dtype(dtype))


def _rounded(
    kernel: str,
    formula: Callable[..., Tensor],
    parts: tuple[tuple[int, int], ...],
    state: Tensor,
    shape: Shape,
    dtype: Any,
) -> Tensor:
    """A formula in float64 of the bits of some (lane, width), rounded; by a kernel if there is one.

    What the kernel cannot round with certainty is computed here.
    """
    drawn = _drawn(kernel, state, shape) if dtype == float32 else None
    if drawn is None:
        return ops.cast(formula(*(_bits(state, shape, w, lane) for lane, w in parts)), dtype)
    numbers, unsure = drawn
    if unsure:
        places = np.flatnonzero(np.isnan(numbers))
        rows, columns = divmod(places, math.prod(numbers.shape[1:] or numbers.shape))
        bits = (Tensor(bits_at(state.data, rows, columns, w, lane)) for lane, w in parts)
        numbers.reshape(-1)[places] = ops.cast(formula(*bits), float32).data
    return Tensor(numbers)


def _normal_of(radius: Tensor, angle: Tensor) -> Tensor:
    """A normal number in float64 of 30 bits for its length and 30 for its angle."""
    radius, angle = ops.cast(radius, float64), ops.cast(angle, float64)
    length = ops.sqrt(-2.0 * ops.log((radius + 1.0) * 2.0**-30))
    return length * ops.cos(angle * (2.0 * math.pi * 2.0**-30))


def _bits(state: Tensor, shape: Shape, width: int, lane: int) -> Tensor:
    drawn = _drawn(f"bits{lane}", state, shape)
    if drawn is None:
        return bind(_BITS, state, shape=shape, width=width, lane=lane)
    return Tensor((drawn[0].view(np.uint32) >> np.uint32(32 - width)).view(np.int32))


def _drawn(kernel: str, state: Tensor, shape: Shape) -> tuple[np.ndarray, int] | None:
    """Numbers by machine code; None where they are few, recorded, or NumPy's to draw."""
    sizes = tuple(size for size in shape if size is not None)
    if state.is_symbolic or len(sizes) < len(shape) or not _draw or not computes_at_once():
        return None
    return _draw[0](kernel, state.data, sizes)


def truncated_numbers(state: Tensor, shape: Shape, dtype: DTypeLike = float32) -> Tensor:
    """Standard normal numbers between -2 and 2.

    >>> numbers = truncated_numbers(ops.constant([0, 0, 0], "int64"), (1000,))
    >>> numbers.max().item() <= 2.0
    True
    """
    return _rounded("truncated", truncated_of, ((0, 27), (1, 26)), state, shape, as_dtype(dtype))


def truncated_of(high: Tensor, low: Tensor) -> Tensor:
    """A truncated normal number in float64 of 27 and 26 bits.

    >>> truncated_of(ops.constant([2**26]), ops.constant([0])).tolist()
    [0.0]
    """
    inside = math.erf(math.sqrt(2.0))  # the probability of two standard deviations
    centred = (_fraction_of(high, low) * 2.0 - 1.0) * inside
    numbers = composed.erfinv(centred) * math.sqrt(2.0)
    return composed.clip_by_value(numbers, -2.0, 2.0)


def _fraction_of(high: Tensor, low: Tensor) -> Tensor:
    return (ops.cast(high, float64) * 2.0**26 + ops.cast(low, float64)) * 2.0**-53


# ---------------------------------------------------------------- the default generator


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
    ...     first = uniform((2,)).tolist()
    >>> with seeded(1):
    ...     uniform((2,)).tolist() == first
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
    >>> first = uniform((2,)).tolist()
    >>> set_seed(1); first == uniform((2,)).tolist()
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
        return secrets.randbits(31)
    state = default_generator().state.buffer()
    seed, stream, step = state.tolist()
    state[2] += 1
    return first_word(seed & (2**64 - 1), stream << 32 ^ step) >> 33


def default_generator() -> Generator:
    """The generator shared by all draws that have no seed of their own."""
    default = _current.get()
    if default.generator is None:
        set_seed(secrets.randbits(63))
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


def _source(seed: int | Generator | None) -> Generator:
    if isinstance(seed, Generator):
        return seed
    return default_generator() if seed is None else Generator(seed)


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
    """Normal numbers within two standard deviations of the mean.

    >>> truncated_normal((2, 3), seed=1).shape
    (2, 3)
    """
    return _source(seed).truncated_normal(shape, mean, stddev, dtype)


def bernoulli(shape: Any, probability: float = 0.5, seed: int | Generator | None = None) -> Tensor:
    """Booleans that are true with a probability.

    >>> bernoulli((2,), 1.0).tolist()
    [True, True]
    """
    return _source(seed).bernoulli(shape, probability)


def categorical(
    logits: TensorLike,
    num_samples: int,
    dtype: DTypeLike = "int64",
    seed: int | Generator | None = None,
) -> Tensor:
    """Classes drawn for each row of unnormalised log-probabilities, with replacement.

    >>> categorical([[0.0, -math.inf]], 3).tolist()
    [[0, 0, 0]]
    """
    return ops.cast(_source(seed).categorical(logits, num_samples), dtype)


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


def randint(
    shape: Any,
    minval: int,
    maxval: int,
    dtype: DTypeLike = "int32",
    seed: int | Generator | None = None,
) -> Tensor:
    """Whole numbers from `minval` up to, not including, `maxval`.

    >>> randint((3,), 5, 6).tolist()
    [5, 5, 5]
    """
    return uniform(shape, minval, maxval, dtype, seed)


def gamma(
    shape: Any, alpha: TensorLike, dtype: DTypeLike = float32, seed: int | Generator | None = None
) -> Tensor:
    """Gamma distributed numbers of shape parameter `alpha` and scale 1.

    >>> bool((gamma((3,), 2.0, seed=1) > 0.0).all())
    True
    """
    from steepest.functions.distributions import gamma_numbers

    return gamma_numbers(_source(seed), shape, alpha, dtype)


def beta(
    shape: Any,
    alpha: TensorLike,
    beta: TensorLike,
    dtype: DTypeLike = float32,
    seed: int | Generator | None = None,
) -> Tensor:
    """Beta distributed numbers between 0 and 1.

    >>> bool((beta((3,), 2.0, 3.0, seed=1) < 1.0).all())
    True
    """
    from steepest.functions.distributions import beta_numbers

    return beta_numbers(_source(seed), shape, alpha, beta, dtype)


def binomial(
    shape: Any,
    counts: TensorLike,
    probabilities: TensorLike,
    dtype: DTypeLike = float32,
    seed: int | Generator | None = None,
) -> Tensor:
    """The numbers of successes among `counts` trials of a probability.

    >>> binomial((2,), [3.0, 5.0], 1.0).tolist()
    [3.0, 5.0]
    """
    from steepest.functions.distributions import binomial_numbers

    return binomial_numbers(_source(seed), shape, counts, probabilities, dtype)


def poisson(
    shape: Any, lam: TensorLike, dtype: DTypeLike = float32, seed: int | Generator | None = None
) -> Tensor:
    """Poisson distributed numbers of mean `lam`; as in TensorFlow, `shape` for each mean.

    >>> poisson((2,), 0.0, seed=1).tolist()
    [0.0, 0.0]
    """
    from steepest.functions.distributions import poisson_numbers

    return poisson_numbers(_source(seed), shape, lam, dtype)


def dropout(
    inputs: TensorLike,
    rate: float,
    noise_shape: Any = None,
    seed: int | Generator | None = None,
) -> Tensor:
    """Each value divided by 1 - rate, or made 0 with probability `rate`.

    `noise_shape` has 1 for the axes whose values are dropped together.

    >>> dropout([[1.0, 2.0]], 0.5, noise_shape=(1, 1), seed=1).tolist()
    [[2.0, 4.0]]
    """
    tensor = floating(inputs)
    if not 0.0 <= rate < 1.0:
        raise ArgumentError(f"dropout: rate must lie in [0, 1), got {rate}")
    if rate == 0.0:
        return tensor
    keep = uniform(tensor.shape if noise_shape is None else noise_shape, seed=seed) >= rate
    return ops.where(keep, tensor / (1.0 - rate), 0.0)


class _Stateless(Generator):
    """The draw of two seeds, which is the same each time."""

    def __init__(self, seed: TensorLike) -> None:
        pair = ops.as_tensor(seed)
        if pair.shape != (2,) or is_float(pair.dtype):
            raise ArgumentError(
                f"seed: two whole numbers were expected, as in seed=(1, 2), got {seed!r}"
            )
        # A step that no generator reaches: the numbers are not those of a stream.
        self._fixed = ops.concat([ops.cast(pair, "int64"), ops.constant([2**31 - 1], "int64")])

    def _next(self) -> Tensor:
        return self._fixed


def stateless_uniform(
    shape: Any,
    seed: TensorLike,
    minval: Any = 0,
    maxval: Any = None,
    dtype: DTypeLike = float32,
) -> Tensor:
    """Uniform numbers that depend on the two seeds only.

    >>> first = stateless_uniform((3,), seed=(1, 2))
    >>> bool((first == stateless_uniform((3,), seed=(1, 2))).all())
    True
    """
    return _Stateless(seed).uniform(shape, minval, maxval, dtype)


def stateless_normal(
    shape: Any,
    seed: TensorLike,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: DTypeLike = float32,
) -> Tensor:
    """Normally distributed numbers that depend on the two seeds only.

    >>> first = stateless_normal((3,), seed=(1, 2))
    >>> bool((first == stateless_normal((3,), seed=(1, 3))).any())
    False
    """
    return _Stateless(seed).normal(shape, mean, stddev, dtype)


def stateless_truncated_normal(
    shape: Any,
    seed: TensorLike,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: DTypeLike = float32,
) -> Tensor:
    """Normal numbers within two standard deviations that depend on the two seeds only.

    >>> bool((abs(stateless_truncated_normal((9,), seed=(1, 2))) <= 2.0).all())
    True
    """
    return _Stateless(seed).truncated_normal(shape, mean, stddev, dtype)


suggest_names(__name__)

"""The rule table of primitives in JAX: arrays of a known size in, an array out.

Depends on core's dtypes and shapes, and on JAX.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from steepest.core.dtype import DType, bfloat16
from steepest.core.random_bits import MULTIPLIERS, ROUNDS, STREAM_BITS, WEYL
from steepest.engines.xla.library import jax, jnp, lax

Array = Any
Ranges = tuple[tuple[int, int, int], ...]
RULES: dict[str, Callable[..., Array]] = {}
ALIKE = (
    "exp expm1 log log1p tanh sin cos sqrt floor round negative abs sign logical_not add subtract "
    "multiply divide power maximum minimum equal less less_equal logical_and "
    "logical_or"
)
"""Primitives that jax.numpy has under the same name."""
HALF, LOWER = np.uint64(32), np.uint64(0xFFFFFFFF)
"""The number of bits of a word of 32 bits, and those of the second of a pair."""


def _numpy_function(name: str, *given: Array) -> Array:
    return getattr(jnp, name)(*given)


RULES.update({name: partial(_numpy_function, name) for name in ALIKE.split()})


def _rule(function: Callable[..., Array]) -> Callable[..., Array]:
    RULES[function.__name__.strip("_")] = function
    return function


def jax_dtype(dtype: DType) -> Any:
    """JAX's dtype for one of ours: its bfloat16 is a number, ours a record."""
    return jnp.bfloat16 if dtype == bfloat16 else dtype


@_rule
def _logistic(x: Array) -> Array:
    return lax.logistic(x)


@_rule
def _erf(x: Array) -> Array:
    return lax.erf(x)


@_rule
def _floor_divide(left: Array, right: Array) -> Array:
    """Older versions of JAX give NaN for a number with a fraction divided by zero."""
    found = jnp.floor_divide(left, right)
    if not jnp.issubdtype(found.dtype, np.floating):
        return found
    return jnp.where(jnp.equal(right, 0), jnp.divide(left, right), found)


@_rule
def _rsqrt(x: Array) -> Array:
    return lax.rsqrt(x)


@_rule
def _select(condition: Array, yes: Array, no: Array) -> Array:
    return jnp.where(condition, yes, no)


@_rule
def _cast(x: Array, dtype: DType) -> Array:
    return lax.convert_element_type(x, jax_dtype(dtype))


@_rule
def _sum(x: Array, axes: tuple[int, ...]) -> Array:
    return jnp.sum(x, axis=axes, keepdims=True, dtype=x.dtype)


@_rule
def _max(x: Array, axes: tuple[int, ...]) -> Array:
    return jnp.max(x, axis=axes, keepdims=True)


@_rule
def _min(x: Array, axes: tuple[int, ...]) -> Array:
    return jnp.min(x, axis=axes, keepdims=True)


@_rule
def _argmax(x: Array, axis: int) -> Array:
    return jnp.argmax(x, axis=axis, keepdims=True).astype(np.int64)


@_rule
def _cumsum(x: Array, axes: tuple[int, ...]) -> Array:
    return jnp.cumsum(x, axis=axes[0], dtype=x.dtype)


@_rule
def _matmul(left: Array, right: Array) -> Array:
    """With all digits of the dtype, unless the user has set JAX's own default."""
    chosen = jax.config.jax_default_matmul_precision
    return jnp.matmul(left, right, precision=None if chosen else lax.Precision.HIGHEST)


def half_matmul(left: Array, right: Array) -> Array:
    """The product of factors that have been rounded to bfloat16; it is added up in float32."""
    halves = (lax.convert_element_type(factor, jnp.bfloat16) for factor in (left, right))
    return jnp.matmul(*halves, preferred_element_type=np.float32)


@_rule
def _reshape(x: Array, to: tuple[int, ...]) -> Array:
    return jnp.reshape(x, to)


@_rule
def _transpose(x: Array, order: tuple[int, ...]) -> Array:
    return jnp.transpose(x, order)


@_rule
def _broadcast_to(x: Array, to: tuple[int, ...]) -> Array:
    return jnp.broadcast_to(x, to)


@_rule
def _slice(x: Array, ranges: Ranges) -> Array:
    spans = [_span(*entry) for entry in ranges]
    strides = [abs(step) for _, _, step in ranges]
    taken = lax.slice(x, [low for low, _ in spans], [high for _, high in spans], strides)
    return lax.rev(taken, _backwards(ranges))


@_rule
def _place(x: Array, ranges: Ranges, to: tuple[int, ...]) -> Array:
    spans = [_span(*entry) for entry in ranges]
    padding = [
        (low, size - high, abs(step) - 1) if count else (0, size, 0)
        for (low, high), size, (_, count, step) in zip(spans, to, ranges, strict=True)
    ]
    return lax.pad(lax.rev(x, _backwards(ranges)), np.zeros((), x.dtype), padding)


def _span(start: int, count: int, step: int) -> tuple[int, int]:
    """The lowest index of a range, and the one after its highest."""
    if not count:
        return 0, 0
    last = start + (count - 1) * step
    return min(start, last), max(start, last) + 1


def _backwards(ranges: Ranges) -> tuple[int, ...]:
    return tuple(axis for axis, (_, _, step) in enumerate(ranges) if step < 0)


@_rule
def _concat(*arrays: Array, axis: int) -> Array:
    return jnp.concatenate(arrays, axis)


@_rule
def _gather(table: Array, indices: Array, rows: Array | None = None) -> Array:
    """The rows at indices; NaN, or 0, where there is no such row. `rows` of the table count."""
    count = table.shape[0] if rows is None else rows
    places = jnp.where((indices >= 0) & (indices < count), indices, table.shape[0])
    blank = np.nan if jnp.issubdtype(table.dtype, np.floating) else 0
    return jnp.asarray(table).at[places].get(mode="fill", fill_value=blank)


@_rule
def _scatter_add(indices: Array, updates: Array, rows: int) -> Array:
    """Sums of updates by rows; an update of a row outside the table is dropped."""
    places = jnp.where((indices >= 0) & (indices < rows), indices, rows)
    zeros = jnp.zeros((rows, *updates.shape[indices.ndim :]), updates.dtype)
    return zeros.at[places].add(updates, mode="drop")


@_rule
def _iota(shape: tuple[int, ...], axis: int, dtype: DType) -> Array:
    return lax.broadcasted_iota(dtype, shape, axis)


@_rule
def _batch_size(of: Array) -> Array:
    return jnp.asarray(of, np.int64)


@_rule
def _random_bits(seed: Array, shape: tuple[int, ...], width: int, lane: int) -> Array:
    """Philox 4x32-10: the bits of `core.random_bits`. Each number holds two words of a counter."""
    rows = shape[0] if len(shape) > 1 else 1
    columns = int(np.prod(shape[1:] if len(shape) > 1 else shape))
    groups = -(-columns // 4)
    grid, word = (rows, groups), jnp.asarray(seed).astype(np.uint64)
    stream = word[1] & np.uint64((1 << STREAM_BITS) - 1) | np.uint64(lane << STREAM_BITS)
    group, row = (lax.broadcasted_iota(np.uint64, grid, axis) for axis in (1, 0))
    counter = group << HALF | row, jnp.broadcast_to(word[2] << HALF | stream, grid)
    key = word[0] << HALF, word[0] & ~LOWER
    # XLA computes the rounds of a loop once, others again for each use of the bits. On a GPU a loop
    # takes longer than that.
    together = 2 if jax.default_backend() == "cpu" else ROUNDS
    pairs = lax.fori_loop(0, ROUNDS, _round, (*counter, *key), unroll=together)[:2]
    swapped = jnp.stack([pair << HALF | pair >> HALF for pair in pairs], axis=-1)
    bits = lax.bitcast_convert_type(swapped, np.uint32).reshape(rows, groups * 4)
    return (bits[:, :columns] >> np.uint32(32 - width)).astype(np.int32).reshape(shape)


def _round(number: Array, state: tuple[Array, ...]) -> tuple[Array, ...]:
    """A round of Philox: the first and last two words, and the key in the upper half of two."""
    first, last, low, high = state
    return (
        (last >> HALF) * np.uint64(MULTIPLIERS[1]) ^ first << HALF ^ low,
        (first >> HALF) * np.uint64(MULTIPLIERS[0]) ^ last << HALF ^ high,
        low + np.uint64(WEYL[0] << 32),
        high + np.uint64(WEYL[1] << 32),
    )

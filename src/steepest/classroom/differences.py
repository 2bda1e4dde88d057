"""Finite differences, and the comparison of a result with them. Depends on NumPy and the errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from steepest.errors import ArgumentError

Array = np.ndarray
Mistakes = Mapping[str, "Array | None"]
"""What a mistake looks like, by what to say of it: the values that it would have given."""
Found = Iterator["Difference | None"]

STEP = 1e-5
MOST_ENTRIES = 400  # of one array that are compared
TOLERANCE = 1e-5  # of the largest entry


@dataclass(frozen=True)
class Difference:
    """One result that is not what it should be, and the mistake that it looks like, if known.

    >>> Difference("the output", "entry (0,) is 1, 2 was expected", "the biases are missing")
    the output: entry (0,) is 1, 2 was expected. It looks like this mistake: the biases are missing
    """

    where: str
    what: str
    mistake: str | None = None
    entry: tuple[int, ...] | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        ending = "" if self.mistake is None else f". It looks like this mistake: {self.mistake}"
        return f"{self.where}: {self.what}{ending}"


def gradient_by_differences(value: Callable[[Array], float], at: Array, seed: int = 0) -> Array:
    """The derivative of a number with respect to each entry of an array; of many, NaN for some.

    >>> gradient_by_differences(lambda x: float((x**2).sum()), np.array([1.0, -3.0])).round(6)
    array([ 2., -6.])
    """
    entries = list(np.ndindex(at.shape))
    if len(entries) > MOST_ENTRIES:
        chosen = np.random.default_rng(seed).choice(len(entries), MOST_ENTRIES, replace=False)
        entries = [entries[number] for number in sorted(chosen)]
    found = np.full(at.shape, np.nan)
    for entry in entries:
        ends = []
        for side in (STEP, -STEP):
            moved = np.array(at, np.float64)
            moved[entry] += side
            ends.append(value(moved))
        found[entry] = (ends[0] - ends[1]) / (2 * STEP)
    return found


def compared(where: str, got: object, expected: Array, mistakes: Mistakes) -> Difference | None:
    """The difference of a result from the expected array, or None; NaN is not compared.

    >>> compared("slopes", np.array([-1.0]), np.array([1.0]), {})
    slopes: entry (0,) is -1, 1 was expected. It looks like this mistake: the sign is reversed
    >>> compared("slopes", np.array([1.0]), np.array([1.0]), {})
    """
    if got is None:
        return Difference(where, "nothing was returned", "end the method with return")
    try:
        values = np.asarray(got, np.float64)
    except (TypeError, ValueError):
        return Difference(where, f"an array of numbers was expected, got {got!r:.60}")
    known = [*mistakes.items(), *_of_any_array(expected)]
    mistake = next(
        (
            text
            for text, wrong in known
            if wrong is not None and wrong.shape == values.shape and _close(values, wrong).all()
        ),
        None,
    )
    if values.shape != expected.shape:
        what = f"the shape is {values.shape}, {expected.shape} was expected"
        turned = values.shape == expected.shape[::-1]
        return Difference(where, what, mistake or (TRANSPOSED if turned else None))
    differs = ~_close(values, expected)
    if not differs.any():
        return None
    entry = tuple(int(index) for index in np.argwhere(differs)[0]) if values.ndim else ()
    place = f"entry {entry} is" if entry else "it is"
    what = f"{place} {values[entry]:.6g}, {expected[entry]:.6g} was expected"
    if values.size > 1 and not differs.all():
        what += f" ({differs.sum()} of {values.size} entries differ)"
    return Difference(where, what, mistake or _factor(values, expected), entry)


def attempt(where: str, method: Callable[[], Any]) -> Any:
    """The result of a method, or a difference if shapes do not fit in it.

    >>> attempt("product", lambda: np.ones((2, 3)) @ np.ones((2, 3))).mistake
    'an array is not transposed, or summed over the wrong axis'
    """
    try:
        return method()
    except ValueError as error:
        if isinstance(error, ArgumentError):
            raise
        text = "an array is not transposed, or summed over the wrong axis"
        return Difference(where, f"it failed: {error}", text)


def result_of(
    where: str, method: Callable[[], Any], expected: Array, wrong: Mistakes
) -> Difference | None:
    """The difference of a method's result from what was expected, or None.

    >>> result_of("one", lambda: np.ones(1), np.ones(1), {})
    """
    got = attempt(where, method)
    return got if isinstance(got, Difference) else compared(where, got, expected, wrong)


TRANSPOSED = "an array is transposed"


def _of_any_array(expected: Array) -> Iterator[tuple[str, Array]]:
    """Mistakes that any array of derivatives may have."""
    yield "the sign is reversed", -expected
    yield "it is not computed, all entries are 0", np.zeros_like(expected)
    if expected.ndim == 2:
        yield TRANSPOSED, expected.T


def _factor(values: Array, expected: Array) -> str | None:
    """Names a factor that all entries have in common."""
    counts = np.isfinite(expected) & (np.abs(expected) > 1e-9)
    if counts.sum() < 2:
        return None
    ratios = values[counts] / expected[counts]
    if not np.isfinite(ratios).all() or np.ptp(ratios) > 1e-4 * np.abs(ratios).max():
        return None
    return f"a factor is wrong: all entries are {ratios.mean():.4g} times what they should be"


def _close(values: Array, expected: Array) -> Array:
    scale = np.nanmax(np.abs(expected), initial=1e-3)
    return (np.abs(values - expected) <= TOLERANCE * scale) | np.isnan(expected)

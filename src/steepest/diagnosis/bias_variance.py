"""The reading of two errors, on training rows and on validation rows, as bias and variance.

Avoidable bias is the training error above the best possible one, variance the validation error
above the training error (Ng, Machine Learning Yearning, 2018, chapters 20 to 24). Depends on
arguments and finding.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from steepest.arguments import is_number, whole
from steepest.errors import ArgumentError
from steepest.finding import Finding, Rule, Severity

LOW = 0.01
"""The greatest gap that Ng's examples call low: 1% against 11%, 15% against 16%."""
MINOR = 0.25
"""A gap below this share of the whole excess is not the one to work on: closing it gains little."""
Z = 1.96  # of the two-sided 95% interval
ROUNDING = 1e-9

FOR_BIAS = ("a bigger network", "longer training", "another optimizer", "another architecture")
FOR_VARIANCE = (
    "more data",
    "regularization (L2, dropout)",
    "early stopping",
    "another architecture",
)

BIAS_VARIANCE = Rule(
    "bias-variance",
    Severity.ADVICE,
    "The errors on training and validation rows show high bias, high variance, or both.",
    "{sentence}",
    "what helps: {recipe}",
)


class Reading(StrEnum):
    """What two errors say.

    >>> Reading.BIAS == "high bias", Reading.NEITHER.sentence
    (True, 'neither high bias nor high variance')
    """

    BIAS = "high bias"
    VARIANCE = "high variance"
    BOTH = "both"
    NEITHER = "neither"

    @property
    def sentence(self) -> str:
        """The reading in words that need no context."""
        return {
            Reading.BOTH: "high bias and high variance",
            Reading.NEITHER: "neither high bias nor high variance",
        }.get(self, self.value)


RECIPES = {
    Reading.BIAS: FOR_BIAS,
    Reading.VARIANCE: FOR_VARIANCE,
    Reading.BOTH: tuple(dict.fromkeys((*FOR_BIAS[:-1], *FOR_VARIANCE))),
    Reading.NEITHER: (),
}


@dataclass(frozen=True)
class BiasVariance:
    """The reading of two errors: the two gaps, a sentence, and the recipe that follows.

    Errors and gaps are shares: of wrong answers, or of the target's variance that is not explained.

    >>> found = st.doctor.bias_variance(0.01, 0.16)
    >>> str(found.reading), round(found.variance, 2)
    ('high variance', 0.15)
    """

    reading: Reading
    train: float
    validation: float
    reference: float
    avoidable_bias: float
    variance: float
    sentence: str

    @property
    def recipe(self) -> tuple[str, ...]:
        """What is worth trying; nothing where neither gap is high."""
        return RECIPES[self.reading]

    def __str__(self) -> str:
        helps = f"; what helps: {', '.join(self.recipe)}" if self.recipe else ""
        return self.sentence + helps


def bias_variance(
    train: float,
    validation: float,
    reference: float = 0.0,
    rows: int | None = None,
    spread: float | None = None,
) -> BiasVariance:
    """Reads errors on training and validation rows as high bias, high variance, both or neither.

    Errors are shares of wrong answers, 1 - accuracy. Of a regression give the mean squared errors,
    and the variance of the target as `spread`: the errors are then read as shares of it.
    `reference` is the best possible error, such as that of people. With the number of validation
    `rows`, a difference within their sampling error is not read as variance.

    A gap is high if it is above one point and at least a quarter of the validation error above the
    reference. With these limits the examples of Ng (Machine Learning Yearning, 2018, chapters 20
    to 24) are read as he reads them.

    >>> for train, validation in [(0.01, 0.16), (0.15, 0.16), (0.15, 0.30), (0.005, 0.01)]:
    ...     print(bias_variance(train, validation).reading)
    high variance
    high bias
    both
    neither
    >>> print(bias_variance(0.15, 0.30, reference=0.14))
    errors of 15% on training rows and 30% on validation rows, where 14% is the best possible: \
high variance; what helps: more data, regularization (L2, dropout), early stopping, ...
    """
    _check(train, validation, reference, spread)
    if rows is not None:
        whole("bias_variance: rows", rows, 1)
    scale = 1.0 if spread is None else float(spread)
    error, later, best = (float(each) / scale for each in (train, validation, reference))
    return errors_read(error, later, best, rows, is_share=spread is None)


def errors_read(
    train: float, validation: float, best: float, rows: int | None, is_share: bool
) -> BiasVariance:
    """The reading of errors that are shares: of wrong answers (`is_share`), or of a variance.

    >>> str(errors_read(0.5, 0.5, 0.0, 100, is_share=False).reading)
    'high bias'
    """
    bias, variance = max(train - best, 0.0), max(validation - train, 0.0)
    least = max(LOW + ROUNDING, MINOR * (max(train, validation) - best) - ROUNDING)
    is_known = _lower_limit(validation, rows, is_share) > train
    reading = _READINGS[bias >= least, variance >= least and is_known]
    known = f", where {_percent(best)} is the best possible" if best else ""
    what = "errors of" if is_share else "the share of the target's variance not explained is"
    sentence = (
        f"{what} {_percent(train)} on training rows and {_percent(validation)} on validation "
        f"rows{known}: {reading.sentence}"
    )
    if reading in (Reading.BIAS, Reading.BOTH) and not best:
        sentence += f", unless {_percent(train)} is about the best possible"
    if variance >= least and not is_known:
        sentence += f" (the difference is within the sampling error of {rows} rows)"
    return BiasVariance(reading, train, validation, best, bias, variance, sentence)


def reading_findings(read: BiasVariance) -> Iterator[Finding]:
    """The reading as advice, unless neither gap is high.

    >>> [str(found)[-30:] for found in reading_findings(bias_variance(0.01, 0.16))]
    ['stopping, another architecture']
    >>> list(reading_findings(bias_variance(0.005, 0.01)))
    []
    """
    if read.reading is not Reading.NEITHER:
        yield BIAS_VARIANCE.finding(
            reading=str(read.reading),
            train=read.train,
            validation=read.validation,
            sentence=read.sentence,
            recipe=", ".join(read.recipe),
        )


_READINGS = {
    (True, True): Reading.BOTH,
    (True, False): Reading.BIAS,
    (False, True): Reading.VARIANCE,
    (False, False): Reading.NEITHER,
}


def _check(train: float, validation: float, reference: float, spread: float | None) -> None:
    """Raises for what is no error: accuracies, percentages, negative numbers."""
    given = {"train": train, "validation": validation, "reference": reference}
    if spread is not None:
        given["spread"] = spread
    for name, value in given.items():
        if not is_number(value) or not 0.0 <= value < math.inf or (name == "spread" and not value):
            least = "above 0" if name == "spread" else "of 0 or more"
            raise ArgumentError(
                f"bias_variance: {name}: a number {least} was expected, got {value!r}"
            )
        if spread is None and value > 1.0:
            raise ArgumentError(
                f"bias_variance: {name}={value:g} is above 1: give errors as shares, 0.15 for 15%; "
                "of a regression give the variance of the target too, spread=np.var(y)"
            )
    if spread is None and train > max(validation, 0.5):
        raise ArgumentError(
            f"bias_variance: train={train:g} and validation={validation:g} look like accuracies; "
            f"give the errors, train={1.0 - train:g} and validation={1.0 - validation:g}"
        )


def _lower_limit(error: float, rows: int | None, is_share: bool) -> float:
    """The lower limit of the 95% interval of an error that was measured on so many rows.

    That of a share is Wilson's; that of a mean square is that of normally distributed residuals.
    """
    if rows is None:
        return math.inf
    if not is_share:
        return error * (1.0 - Z * math.sqrt(2.0 / rows))
    middle = error + Z * Z / (2 * rows)
    half = Z * math.sqrt(error * (1.0 - error) / rows + (Z / (2 * rows)) ** 2)
    return (middle - half) / (1.0 + Z * Z / rows)


def _percent(share: float) -> str:
    return f"{100.0 * share:.3g}%"

"""Rules on the scale of the inputs: unscaled, scaled twice, scaled differently for validation.

Depends on facts, column_facts, rule, changes and data_changes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from steepest.doctor.changes import layer_added, scaled_inputs
from steepest.doctor.column_facts import (
    Columns,
    columns_of,
    flat,
    listed,
    reads_quantities,
    validation_columns_of,
    where_column,
)
from steepest.doctor.data_changes import inputs_multiplied, inputs_standardised
from steepest.doctor.facts import SAMPLE, Facts, fact
from steepest.doctor.rule import Change, Looks, Suspected, rule
from steepest.finding import Severity, Where
from steepest.layers.preprocessing.scaling import Rescaling

BYTE = 255.0
RATIO = 100.0
OFFSET = 10.0
LARGE = 10.0
SMALL = 1 / 50
FEWEST_ROWS = 10
MISMATCH = 5.0
NEAR_STANDARD = 0.25
EXACT = 0.02
"""Standard errors within which a mean or deviation is taken for exact."""


def sizes_of(columns: Columns) -> np.ndarray:
    """The size of each column's variation: its deviation, of mostly equal values half its range.

    >>> sizes_of(Columns(np.array([[0.0, 1.0], [0.0, -1.0], [0.0, 1.0], [0.0, -1.0], [2.0, 1.0]])))
    array([1.        , 0.9797959])
    """
    half = (columns.highest - columns.lowest) / 2
    return np.where(columns.middle_range > 0, columns.spread, half)


@rule(
    "D4",
    "inputs-not-scaled",
    Looks.DATA,
    meaning="The inputs are large, far from 0 or of different scales, and no layer scales them.",
    sentence="{where.argument} is not scaled: {fault}",
    remedy="put st.layers.Normalization() first, or scale the data",
    threshold="variations that differ more than 100 times between columns, a mean beyond 10 "
    "deviations of its column, or a root mean square over 10",
    source="initial weights are made for inputs of mean square 1: at 10 units start 10 times too "
    "large; the condition of the problem grows with the square of the ratio and of the offset",
)
def not_scaled(facts: Facts) -> Iterator[Suspected]:
    """The scales of columns, compared with each other and with 1."""
    if not reads_quantities(facts):
        return
    columns = columns_of(facts)
    used = np.flatnonzero(columns.varies)
    if not len(used):
        return
    sizes = sizes_of(columns)
    largest, least = used[sizes[used].argmax()], used[sizes[used].argmin()]
    offsets = np.where(
        columns.middle_range[used] > 0, np.abs(columns.mean[used]) / sizes[used], 0.0
    )
    farthest = used[offsets.argmax()]
    roots = np.hypot(columns.mean, columns.spread)
    whole = float(roots.max() * np.sqrt(((roots / roots.max()) ** 2).mean()))
    if sizes[largest] > RATIO * sizes[least] and sizes[largest] > 1:
        ratio = sizes[largest] / sizes[least]
        fault = (
            f"{_named(facts, largest)} varies by {sizes[largest]:.3g}, {_named(facts, least)} by "
            f"{sizes[least]:.3g}, {ratio:.0f} times less"
        )
    elif offsets.max() > OFFSET and len(columns.table) >= FEWEST_ROWS:
        mean, size = columns.mean[farthest], sizes[farthest]
        fault = f"{_named(facts, farthest)} has mean {mean:.4g} and varies by {size:.3g} only"
        largest = farthest
    elif whole > LARGE:
        fault = f"its root mean square is {whole:.3g}, where initial weights are made for 1"
    else:
        return
    changes = (*_rescaled(columns, facts.layers[0].name), scaled_inputs())
    possible = () if facts.setup.template else changes
    where = Where("x", column=where_column(facts.rows, largest))
    yield Suspected(where, {"fault": fault}, possible, "" if possible else "scale the data")


def _rescaled(columns: Columns, first: str) -> tuple[Change, ...]:
    """Division by 255 if the columns hold bytes."""
    is_bytes = columns.is_whole.all() and columns.lowest.min() >= 0
    if is_bytes and BYTE / 2 < columns.highest.max() <= BYTE and len(columns.lowest) > 2:
        return (layer_added(lambda: Rescaling(1 / BYTE), before=first),)
    return ()


def _named(facts: Facts, column: int) -> str:
    return listed(facts.rows, [column])


@rule(
    "D30",
    "inputs-nearly-zero",
    Looks.DATA,
    meaning="All inputs are very small: they may have been scaled twice.",
    sentence="{where.argument}: no column varies by more than {size:.3g}{twice}",
    remedy="scale once, to a deviation of about 1",
    threshold="variation and mean of all columns below 1/50",
    source="initial weights are made for inputs of mean square 1: below 1/50 first units hardly "
    "depend on the inputs; healthy tables reach 1/20 (columns of norm 1 over 400 rows)",
)
def nearly_zero(facts: Facts) -> Iterator[Suspected]:
    """Inputs of bytes divided by 255 twice, and others as small."""
    if not reads_quantities(facts):
        return
    columns = columns_of(facts)
    used = columns.varies
    if not used.any():
        return
    size = float(sizes_of(columns)[used].max())
    if max(size, float(np.abs(columns.mean).max())) >= SMALL:
        return
    top = float(np.abs([columns.highest.max(), columns.lowest.min()]).max())
    steps = columns.table * BYTE**2
    is_bytes = top * BYTE <= 1 + 1e-6 and np.allclose(steps, np.round(steps), atol=0.01)
    changes: list[Change] = []
    if is_bytes:
        changes.append(inputs_multiplied(BYTE))
    if not facts.setup.template:
        changes.append(scaled_inputs())
    twice = ", as bytes do that are divided by 255 twice" if is_bytes else ""
    action = "" if changes else "scale the data to a deviation of 1"
    yield Suspected(Where("x"), {"size": size, "twice": twice}, tuple(changes), action)


@rule(
    "D23",
    "validation-on-other-scale",
    Looks.DATA,
    meaning="Training and validation rows are on different scales: only one of them was scaled.",
    sentence="{count} of {of} columns have another scale in the validation rows: {name} has mean "
    "{mean:.3g} and deviation {spread:.3g} there, and {own_mean:.3g} and {own_spread:.3g} in "
    "the training rows",
    remedy="scale both by the numbers of the training rows: st.layers.Normalization() as a layer",
    threshold="half of the columns or more differ 5 times in deviation, or in mean by 5 of them, "
    "and as much by their quartiles and median",
    source="the quartiles of 10 normal numbers are 0.4 to 1.8 times as far from each other as "
    "those of the whole, in 95% of samples",
)
def other_scale(facts: Facts) -> Iterator[Suspected]:
    """Columns of training rows compared with those of validation rows."""
    found = mismatched(facts)
    if found is None:
        return
    own, other, wrong, used = found
    at = int(np.flatnonzero(wrong)[0])
    evidence = {
        "count": int(wrong.sum()),
        "of": int(used.sum()),
        "name": _named(facts, at),
        "mean": float(other.mean[at]),
        "spread": float(other.spread[at]),
        "own_mean": float(own.mean[at]),
        "own_spread": float(own.spread[at]),
    }
    changes = _same_scale(own, other, used)
    action = "" if changes else "prepare both parts in the same way"
    yield Suspected(Where("validation x", column=where_column(facts.rows, at)), evidence, changes,
                    action)  # fmt: skip


Mismatch = tuple[Columns, Columns, np.ndarray, np.ndarray]


@fact
def mismatched(facts: Facts) -> Mismatch | None:
    """Columns of both parts, which of them differ in scale and which are compared; None: few do.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,))])
    >>> model.compile("sgd", "mse")
    >>> x = np.arange(20.0)[:, None]
    >>> mismatched(Facts(st.doctor.Setup.of(model, x, x, validation_data=(x, x)))) is None
    True
    """
    own, other = columns_of(facts), validation_columns_of(facts)
    if other is None or len(other.lowest) != len(own.lowest) or not len(own.lowest):
        return None
    if min(len(own.table), len(other.table)) < FEWEST_ROWS:
        return None
    used = (own.middle_range > 0) & (other.middle_range > 0)
    by_spread = _differ(own.mean, own.spread, other.mean, other.spread)
    if used.any():  # quartiles do not change by a few outliers
        middles = own.quantile(0.5), own.middle_range, other.quantile(0.5), other.middle_range
        wrong = used & by_spread & _differ(*middles)
    else:
        used = (own.spread > 0) & (other.spread > 0)
        wrong = used & by_spread
    return (own, other, wrong, used) if wrong.any() and 2 * wrong.sum() >= used.sum() else None


def _differ(
    centre: np.ndarray, size: np.ndarray, other_centre: np.ndarray, other_size: np.ndarray
) -> np.ndarray:
    """Where sizes or centres differ much."""
    ratio = size / np.where(other_size > 0, other_size, np.inf)
    shift = np.abs(centre - other_centre)
    is_far = shift > MISMATCH * np.maximum(size, other_size)
    return np.asarray((ratio > MISMATCH) | (ratio < 1 / MISMATCH) | is_far)


def _same_scale(own: Columns, other: Columns, used: np.ndarray) -> tuple[Change, ...]:
    """The part that is not scaled is scaled like the other, where it is known how."""
    if _is_standard(own, used) and not _is_standard(other, used):
        return (inputs_standardised("val"),)
    if _is_standard(other, used) and not _is_standard(own, used):
        return (inputs_standardised("train"),)
    tops = [float(np.abs(one.table).max()) for one in (own, other)]
    if tops == [BYTE, 1.0]:
        return (inputs_multiplied(1 / BYTE, ("train",)),)
    return (inputs_multiplied(1 / BYTE, ("val",)),) if tops == [1.0, BYTE] else ()


def _is_standard(columns: Columns, used: np.ndarray) -> bool:
    """Whether a typical column has mean 0 and deviation 1, nearly."""
    off = np.maximum(np.abs(columns.mean[used]), np.abs(columns.spread[used] - 1))
    return float(np.median(off)) < NEAR_STANDARD


@rule(
    "D24",
    "validation-scaled-by-itself",
    Looks.DATA,
    meaning="The validation rows were scaled by their own mean and deviation.",
    sentence="each of {of} columns has mean 0 and deviation 1 in the {rows} validation rows by "
    "themselves: they were scaled by their own numbers, not by those of the training rows",
    remedy="fit the scaler on the training rows and only transform the validation rows, or put "
    "st.layers.Normalization() first",
    threshold="mean and deviation within 0.02 standard errors of 0 and 1 in all of 2 or more "
    "columns",
    source="by accident a mean is that near in 1.6% of samples, two columns in 1 of 10 million",
)
def scaled_by_itself(facts: Facts) -> Iterator[Suspected]:
    """Validation rows that are standardised exactly."""
    watched = facts.setup.validation
    if watched is None or len(watched) > SAMPLE or len(watched) < FEWEST_ROWS:
        return
    assert facts.validation is not None
    used = _exactly_standard(flat(facts.validation))
    if used:
        evidence = {"of": used, "rows": len(watched)}
        action = "scale the validation rows by mean and deviation of the training rows"
        yield Suspected(Where("validation x"), evidence, next_action=action)


def _exactly_standard(table: np.ndarray) -> int:
    """The number of columns if all that vary have mean 0 and deviation 1, else 0."""
    rows = len(table)
    if not np.isfinite(table).all():
        return 0
    spread = table.std(axis=0)
    used = spread > 0
    if used.sum() < 2:
        return 0
    errors = math.sqrt(rows)
    centred = np.abs(table[:, used].mean(axis=0)) * errors < EXACT
    unbiased = spread[used] * math.sqrt(rows / (rows - 1))
    off = np.minimum(np.abs(spread[used] - 1), np.abs(unbiased - 1)) * errors * math.sqrt(2)
    return int(used.sum()) if (centred & (off < EXACT)).all() else 0


@rule(
    "D25",
    "scaled-with-validation-rows",
    Looks.DATA,
    meaning="The scaler was fitted on training and validation rows together.",
    sentence="each of {of} columns has mean 0 and deviation 1 over training and validation rows "
    "together: the scaler has seen the validation rows",
    remedy="split first, then fit the scaler on the training rows",
    threshold="mean and deviation within 0.02 standard errors of 0 and 1 in all of 2 or more "
    "columns of both parts together, and not in the training rows by themselves",
    source="by accident a mean is that near in 1.6% of samples, two columns in 1 of 10 million",
    severity=Severity.ADVICE,
)
def scaled_together(facts: Facts) -> Iterator[Suspected]:
    """Both parts standardised as one."""
    setup, watched = facts.setup, facts.validation
    if watched is None or setup.validation is None or facts.rows.x.shape[1:] != watched.x.shape[1:]:
        return
    if max(len(setup.rows), len(setup.validation)) > SAMPLE:
        return
    own, other = facts.table, flat(watched)
    if own.shape[1] != other.shape[1]:
        return
    together = _exactly_standard(np.concatenate([own, other]))
    if together and not _exactly_standard(own):
        action = "split the rows before they are scaled"
        yield Suspected(Where("validation x"), {"of": together}, next_action=action)

"""Changes of the data that rules propose: rows, columns, values and targets.

Each is a function that returns a `Change`. Depends on changes, doubt and setup.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from steepest.doctor.changes import adapted_first
from steepest.doctor.doubt import doubtful
from steepest.doctor.rows import Part, Rows
from steepest.doctor.rule import Change
from steepest.doctor.setup import Applied, Preparation
from steepest.doctor.writing import value_text
from steepest.layers.preprocessing.gaps import MissingValues

BOTH: tuple[Part, ...] = ("train", "val")


def prepared(
    words: str,
    expressions: Mapping[str, str],
    fitted: Callable[[Rows], Applied],
    before: str = "",
    parts: tuple[Part, ...] = BOTH,
) -> Change:
    """A change of the data, as Python and as a function.

    `expressions` give the new values of "x" or "y" or both, with {x} and {y} for those before;
    `before` is a line that computes something of the training rows first.

    >>> change = prepared("halve", {"x": "{x} / 2"}, lambda training: lambda rows: rows)
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> setup = st.doctor.Setup.of(model, np.ones((4, 2)), np.ones(4))
    >>> change.applied(setup).preparations[0].written(has_validation=True)
    'x_train, x_val = x_train / 2, x_val / 2'
    """
    preparation = Preparation(
        _code(expressions, before, parts), fitted, _code(expressions, before, parts[:1]), parts
    )
    return Change(words, lambda setup: setup.with_preparation(preparation))


def _code(expressions: Mapping[str, str], before: str, parts: tuple[Part, ...]) -> str:
    """The lines that assign the new values: one for all parts, or one each for x and y together."""
    groups = [parts] if len(expressions) == 1 else [(part,) for part in parts]
    lines = [before] if before else []
    for group in groups:
        names, values = [], []
        for part in group:
            places = {"x": f"x_{part}", "y": f"y_{part}"}
            names += [places[name] for name in expressions]
            values += [expression.format(**places) for expression in expressions.values()]
        lines.append(f"{', '.join(names)} = {', '.join(values)}")
    return "\n".join(lines)


def _inputs(change: Callable[[np.ndarray], np.ndarray]) -> Applied:
    return lambda rows: replace(rows, x=change(rows.x))


def _targets(change: Callable[[np.ndarray], np.ndarray]) -> Applied:
    return lambda rows: replace(rows, y=change(rows.y))


# ------------------------------------------------------------ rows


def rows_without_gaps(argument: str) -> Change:
    """Drops rows that hold NaN or infinity in the inputs ("x") or the targets ("y").

    >>> rows_without_gaps("y").words
    'drop rows whose y is not finite'
    """
    axes = "{0}.reshape(len({0}), -1)".format("{" + argument + "}")
    chosen = f"np.isfinite({axes}).all(1)"

    def applied(rows: Rows) -> Rows:
        values = getattr(rows, argument).reshape(len(rows), -1)
        return rows.take(np.flatnonzero(np.isfinite(values).all(axis=1)))

    return prepared(
        f"drop rows whose {argument} is not finite",
        {"x": "{x}[" + chosen + "]", "y": "{y}[" + chosen + "]"},
        lambda training: applied,
    )


def rows_without_target(value: float) -> Change:
    """Drops rows whose target is a certain number.

    >>> rows_without_target(-999.0).words
    'drop rows whose target is -999'
    """
    number = f"{value:g}" if float(f"{value:g}") == value else repr(value)
    chosen = "{y}.reshape(-1) != " + number
    return prepared(
        f"drop rows whose target is {number}",
        {"x": "{x}[" + chosen + "]", "y": "{y}[" + chosen + "]"},
        lambda training: lambda rows: rows.take(np.flatnonzero(rows.y.reshape(-1) != value)),
    )


def rows_not_doubted() -> Change:
    """Drops training rows whose target contradicts models that have not seen it.

    >>> rows_not_doubted().words
    'drop training rows whose target simple models contradict'
    """

    def fitted(training: Rows) -> Applied:
        return lambda rows: rows.take(np.flatnonzero(~doubtful(rows.x, rows.y)))

    return prepared(
        "drop training rows whose target simple models contradict",
        {"x": "{x}[~doubted]", "y": "{y}[~doubted]"},
        fitted,
        "doubted = st.doctor.doubtful(x_train, y_train)",
        parts=("train",),
    )


def rows_shifted(lag: int) -> Change:
    """Takes the inputs of each row with the targets of the row `lag` places before it.

    >>> rows_shifted(1).words
    'take x of each row with y of the row 1 before it'
    """

    def applied(rows: Rows) -> Rows:
        first, last = max(lag, 0), max(-lag, 0)
        stop = len(rows)
        return replace(rows, x=rows.x[first : stop - last], y=rows.y[last : stop - first])

    cuts = (f"{lag}:", f":-{lag}") if lag > 0 else (f":{lag}", f"{-lag}:")
    place = "before" if lag > 0 else "after"
    return prepared(
        f"take x of each row with y of the row {abs(lag)} {place} it",
        {"x": "{x}[" + cuts[0] + "]", "y": "{y}[" + cuts[1] + "]"},
        lambda training: applied,
        parts=("train",),
    )


# ------------------------------------------------------------ inputs


def gaps_filled() -> Change:
    """Puts a layer first that replaces NaN by the median of the column.

    >>> gaps_filled().words
    'fill NaN by the median of the column'
    """
    return adapted_first(
        "fill NaN by the median of the column",
        lambda: MissingValues(indicator=False, name="filling"),
    )


def value_replaced(value: float, columns: Sequence[int], width: int) -> Change:
    """Replaces a value by the median of the others, in columns by number.

    >>> value_replaced(-999.0, [2], width=4).words
    'replace -999 by the median of the other values, in column 2'
    """
    chosen = np.isin(np.arange(width), columns)

    def fitted(training: Rows) -> Applied:
        x = np.asarray(training.x, np.float64)
        others = np.where(x == value, np.nan, x)[:, chosen]
        medians = np.zeros(width)
        medians[chosen] = np.nanmedian(others, axis=0)
        return _inputs(lambda x: np.where((x == value) & chosen, medians, x))

    number = f"{value:g}" if float(f"{value:g}") == value else repr(value)
    where = "column " if len(columns) == 1 else "columns "
    listed = value_text(list(map(int, columns)))
    mask = f"np.isin(np.arange({width}), {listed})"
    return prepared(
        f"replace {number} by the median of the other values, in {where}{listed.strip('[]')}",
        {"x": "np.where(({x} == " + number + f") & {mask}, medians, " + "{x})"},
        fitted,
        f"medians = np.nanmedian(np.where(x_train == {number}, np.nan, x_train), axis=0)",
    )


def inputs_clipped(lowest: float = 1.0, highest: float = 99.0) -> Change:
    """Limits each column to the range between two percentiles of the training rows.

    >>> inputs_clipped().words
    'limit each column to the range of its percentiles 1 to 99'
    """

    def fitted(training: Rows) -> Applied:
        low, high = np.percentile(training.x, [lowest, highest], axis=0)
        return _inputs(lambda x: np.clip(x, low, high))

    return prepared(
        f"limit each column to the range of its percentiles {lowest:g} to {highest:g}",
        {"x": "np.clip({x}, low, high)"},
        fitted,
        f"low, high = np.percentile(x_train, [{lowest:g}, {highest:g}], axis=0)",
    )


def columns_zeroed(columns: Sequence[int], width: int) -> Change:
    """Sets columns to zero, so that nothing is learned from them.

    >>> columns_zeroed([0, 3], width=5).words
    'do without columns 0, 3'
    """
    chosen = np.isin(np.arange(width), columns)
    listed = value_text(list(map(int, columns)))
    where = "column " if len(columns) == 1 else "columns "
    return prepared(
        f"do without {where}{listed.strip('[]')}",
        {"x": f"np.where(np.isin(np.arange({width}), {listed}), 0, " + "{x})"},
        lambda training: _inputs(lambda x: np.where(chosen, 0, x)),
    )


def columns_centred() -> Change:
    """Subtracts the mean of each column in float64, before the model rounds to float32.

    >>> columns_centred().words
    'subtract the mean of each column before it is rounded to float32'
    """

    def fitted(training: Rows) -> Applied:
        mean = np.asarray(training.x, np.float64).mean(axis=0)
        return _inputs(lambda x: np.asarray(x, np.float64) - mean)

    return prepared(
        "subtract the mean of each column before it is rounded to float32",
        {"x": "{x} - mean"},
        fitted,
        "mean = x_train.mean(axis=0)",
    )


def inputs_multiplied(factor: float, parts: tuple[Part, ...] = BOTH) -> Change:
    """Multiplies the inputs by a number, those of some parts only if `parts` says so.

    >>> inputs_multiplied(255.0).words, inputs_multiplied(1 / 255, ("val",)).words
    ('multiply the inputs by 255', 'divide x_val by 255')
    """
    inverse = 1 / factor
    divides = factor < 1 and float(f"{inverse:g}") == inverse
    by = f"/ {inverse:g}" if divides else f"* {factor!r}"
    names = "the inputs" if parts == BOTH else f"x_{parts[0]}"
    verb = f"divide {names} by {inverse:g}" if divides else f"multiply {names} by {factor:g}"
    return prepared(
        verb,
        {"x": "{x} " + by},
        lambda training: _inputs(lambda x: np.asarray(x * factor, np.float32)),
        parts=parts,
    )


def inputs_standardised(part: Part) -> Change:
    """Scales the inputs of one part to mean 0 and deviation 1, by its own statistics.

    Of the validation rows this is an estimate of what scaling by the training rows would give.
    """

    def scaled(rows: Rows) -> Rows:
        x = np.asarray(rows.x, np.float64)
        spread = x.std(axis=0)
        scaled = (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
        return replace(rows, x=scaled.astype(np.float32))

    def fitted(training: Rows) -> Applied:
        if part == "val":
            return scaled
        x = np.asarray(training.x, np.float64)
        mean, spread = x.mean(axis=0), x.std(axis=0)
        spread = np.where(spread > 0, spread, 1.0)
        return _inputs(lambda x: ((x - mean) / spread).astype(np.float32))

    name = f"x_{part}"
    return prepared(
        f"scale {name} to mean 0 and deviation 1",
        {"x": "({x} - mean) / np.where(std > 0, std, 1)"},
        fitted,
        f"mean, std = {name}.mean(axis=0), {name}.std(axis=0)",
        parts=(part,),
    )


# ------------------------------------------------------------ targets


def targets_scaled(mean: float, spread: float) -> Change:
    """Subtracts a number of the targets and divides them by another.

    >>> targets_scaled(150.0, 80.0).words
    'scale the targets: subtract 150, divide by 80'
    """
    code = f"({{y}} - {mean!r}) / {spread!r}"
    return prepared(
        f"scale the targets: subtract {mean:g}, divide by {spread:g}",
        {"y": code},
        lambda training: _targets(
            lambda y: ((np.asarray(y, np.float64) - mean) / spread).astype(np.float32)
        ),
    )


def labels_computed(
    words: str,
    code: str,
    fitted: Callable[[np.ndarray], Callable[[np.ndarray], np.ndarray]],
    before: str = "",
) -> Change:
    """Computes the labels anew, such as class numbers that begin with 0; `code` is about {y}.

    `fitted` is given the labels of the training rows, and returns what is done to any.

    >>> labels_computed("from 0", "{y} - 1", lambda training: lambda y: y - 1).words
    'from 0'
    """
    return prepared(words, {"y": code}, lambda training: _targets(fitted(training.y)), before)

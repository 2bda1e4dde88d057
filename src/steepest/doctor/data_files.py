"""Rows of a file, and a network to begin with, for a diagnosis from the command line.

Depends on rows, facts and data.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from steepest import layers, losses, optimizers
from steepest.data.files.arrays import read_npz
from steepest.data.schema_reading import Table, read_table
from steepest.data.table_schema import ColumnSchema
from steepest.doctor.facts import task_of
from steepest.doctor.rows import Rows
from steepest.errors import ArgumentError, DataError, nearest
from steepest.functions import generators
from steepest.neuralnet.model import Model
from steepest.neuralnet.sequential import Sequential

HELD_OUT = 0.2
MOST_VALUES = 100
UNITS = (32, 32)
VALIDATION = (("x_val", "y_val"), ("x_test", "y_test"))


@dataclass(frozen=True)
class FileRows:
    """Training and validation rows of a file; `words` says how they were read."""

    training: Rows
    validation: Rows
    words: str


def rows_of_file(path: str, target: str | None, dropped: Collection[str] = ()) -> FileRows:
    """The rows of an .npz file with arrays x and y, or of a table with a column of targets.

    Numbers of a table stay as they are. A category is a column of 0 and 1 for each of its values,
    in sorted order; a flag is one column. Categories as targets are numbered in sorted order. Other
    columns are refused. Without validation arrays a fifth of the rows, drawn at random, is theirs.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "towns.csv"
    >>> _ = path.write_text("age,town,rent\\n36,Bonn,9.5\\n41,Ulm,8\\n29,Ulm,7\\n")
    >>> rows = rows_of_file(str(path), "rent").training
    >>> rows.names, rows.x.shape, rows.y.dtype.name
    (('age', 'town=Bonn', 'town=Ulm'), (2, 3), 'float32')
    """
    if Path(path).suffix == ".npz":
        arrays = read_npz(path)
        inputs = next((name for name in ("x", "x_train") if name in arrays), None)
        if inputs is not None:
            return _of_arrays(path, arrays, inputs, target)
    if target is None:
        raise ArgumentError(f"{path}: which column is to be predicted? Name it: --target COLUMN")
    return rows_of_table(path, read_table(path), target, dropped)


def _of_arrays(
    path: str, arrays: dict[str, np.ndarray], inputs: str, target: str | None
) -> FileRows:
    name = target or inputs.replace("x", "y")
    if name not in arrays:
        raise DataError(f"{path}: has no array {name!r}: {nearest(name, arrays)}")
    rows = Rows.of(arrays[inputs], arrays[name], inputs, name)
    for x_name, y_name in VALIDATION:
        if x_name in arrays and y_name in arrays:
            watched = Rows.of(arrays[x_name], arrays[y_name], x_name, y_name, "val")
            words = f"{len(rows):,} rows of {inputs}, {len(watched):,} of {x_name} for validation"
            return FileRows(rows, watched, words)
    return _divided(path, rows, f"{len(rows):,} rows of {inputs}")


def _divided(path: str, rows: Rows, words: str) -> FileRows:
    if len(rows) < 2:
        raise DataError(f"{path}: two rows or more were expected, one of them for validation")
    order = np.random.default_rng(0).permutation(len(rows))
    count = max(round(HELD_OUT * len(rows)), 1)
    held, own = np.sort(order[:count]), np.sort(order[count:])
    words += f"; {count:,} rows, drawn at random, are for validation"
    return FileRows(rows.take(own), replace(rows.take(held), part="val"), words)


# ---------------------------------------------------------------- tables


def rows_of_table(path: str, table: Table, target: str, dropped: Collection[str]) -> FileRows:
    """The rows of a table that was read from a file, as `rows_of_file` gives them.

    >>> from steepest.data.table_schema import Schema
    >>> rent = ColumnSchema("rent", "number", low=8, high=9.5)
    >>> table = Table({"rent": np.array([9.5, 8]), "age": np.array([36, 41])},
    ...     Schema(2, (rent, ColumnSchema("age", "number", low=36, high=41))))
    >>> rows_of_table("towns.csv", table, "rent", ()).training.names
    ('age',)
    """
    names = table.schema.names()
    for name in (target, *dropped):
        if name not in names:
            raise DataError(f"{path}: has no column {name!r}: {nearest(name, names)}")
    used = [one for one in table.schema if one.name not in (target, *dropped)]
    refused = [one for one in used if is_refused(one)]
    if refused:
        found = ", ".join(f"{one.name!r} ({one.kind})" for one in refused)
        drop = " ".join(f"--drop {one.name!r}" for one in refused)
        raise DataError(
            f"{path}: the doctor reads numbers and categories, and not the columns {found}; leave "
            f"them out ({drop}), or make numbers of them"
        )
    if not used:
        raise DataError(f"{path}: no column is left beside the target {target!r}")
    made = [pair for one in used for pair in _inputs(one, table.columns[one.name])]
    x = np.stack([values for _, values in made], axis=1).astype(np.float32)
    y, said = _targets(path, table.schema[target], table.columns[target])
    rows = Rows(x, y, tuple(name for name, _ in made))
    categories = sum(one.kind == "category" for one in used)
    words = f"{len(x):,} rows, {len(used)} columns"
    words += f", {categories} of them categories" if categories else ""
    return _divided(path, rows, f"{words}; the target {target!r} is {said}")


def is_refused(column: ColumnSchema) -> bool:
    """Whether a column holds neither numbers nor few categories.

    >>> is_refused(ColumnSchema("name", "text"))
    True
    """
    many = column.kind == "category" and len(column.categories) > MOST_VALUES
    return many or column.kind not in ("number", "flag", "category")


def _inputs(column: ColumnSchema, values: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    if column.kind == "number":
        yield column.name, values.astype(np.float64)
        return
    texts = values.astype(str)
    shown = column.categories[1:] if column.kind == "flag" else column.categories
    for value in shown:
        yield f"{column.name}={value}", (texts == value).astype(np.float64)


def _targets(path: str, column: ColumnSchema, values: np.ndarray) -> tuple[np.ndarray, str]:
    if column.missing == len(values):
        raise DataError(
            f"{path}: the target {column.name!r} is missing in all rows; name another column"
        )
    if column.kind == "number":
        if task_of(values) == "quantities":
            return values.astype(np.float32), "a quantity"
        return values.astype(np.int64), f"one of {len(np.unique(values))} classes"
    if is_refused(column):
        raise DataError(
            f"{path}: the target {column.name!r} holds {column.kind}s; a number or a category of "
            f"at most {MOST_VALUES} values was expected"
        )
    if column.missing:
        raise DataError(
            f"{path}: the target {column.name!r} is missing in {column.missing} rows; leave "
            "them out"
        )
    found = np.unique(values.astype(str), return_inverse=True)[1]
    return found.astype(np.int64), f"one of {len(column.categories)} classes"


# ---------------------------------------------------------------- a network to begin with


def usual_network(rows: Rows) -> Model:
    """A compiled network that most tables begin with: scaled inputs, two hidden layers, Adam.

    Where the targets are quantities it ends on their scale.

    >>> usual_network(Rows.of(np.eye(3, 4), np.array([0, 1, 2]))).output_shape
    (None, 3)
    """
    is_class = task_of(rows.y) == "classes" and rows.y.ndim == 1
    units = int(np.prod(rows.y.shape[1:]))
    if is_class:
        units = max(int(rows.y.max()) + 1, 2) if rows.y.dtype.kind in "iu" else 2
    with generators.seeded(0):
        scaling = layers.Normalization(name="normalization")
        scaling.adapt(rows.x)
        hidden = [layers.Dense(count, "relu") for count in UNITS]
        flat = [layers.Flatten()] if rows.x.ndim > 2 else []
        ending: list[layers.Layer] = [layers.Dense(units, "softmax" if is_class else None)]
        if not is_class:
            spread, mean = float(np.nanstd(rows.y)), float(np.nanmean(rows.y))
            ending.append(layers.Rescaling(spread or 1.0, mean))
        model = Sequential([scaling, *flat, *hidden, *ending])
        model.build((None, *rows.x.shape[1:]))
    loss = losses.SparseCategoricalCrossentropy() if is_class else losses.MeanSquaredError()
    model.compile(optimizers.Adam(0.003), loss, ["accuracy"] if is_class else None)
    return model

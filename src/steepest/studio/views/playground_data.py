"""Points in the plane for the playground: the data sets of Playground, formulas and own tables.

Snippets quote the source of the functions that draw points, so they name NumPy alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.core import ops
from steepest.errors import SteepestError
from steepest.studio.expression import LONGEST, Expression
from steepest.studio.fields import (
    Field,
    FieldError,
    State,
    check,
    choice,
    list_of,
    number,
    optional,
    text,
    whole,
)

EDGE = 6.0  # the plane is shown from -6 to 6; own tables are scaled to 5
MOST_CLASSES = 8
LONGEST_TABLE = 400_000  # characters of a table as text
MOST_ROWS = 5000


Drawn = tuple[np.ndarray, np.ndarray]


def circle(rng: np.random.Generator, points: int, noise: float, classes: int) -> Drawn:
    """Rings, one of each class from the outside to the middle."""
    y = np.arange(points) % classes
    radius = 5.0 * (classes - 1 - y + 0.7 * rng.random(points)) / (classes - 0.3)
    angle = rng.uniform(0, 2 * np.pi, points)
    x = radius[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    return x + 2.5 * noise * rng.uniform(-1, 1, x.shape), y


def xor(rng: np.random.Generator, points: int, noise: float, classes: int) -> Drawn:
    """Sectors of the plane; each class has two that face each other."""
    x = rng.uniform(-5, 5, (points, 2))
    x += 0.3 * np.sign(x)
    seen = x + 5 * noise * rng.uniform(-1, 1, x.shape)
    angle = np.arctan2(seen[:, 1], seen[:, 0]) % (2 * np.pi)
    return x, np.floor(angle / np.pi * classes).astype(int) % classes


def gauss(rng: np.random.Generator, points: int, noise: float, classes: int) -> Drawn:
    """Clouds around centres on a circle."""
    y = np.arange(points) % classes
    angle = 2 * np.pi * y / classes + np.pi / 4
    centres = 2.8 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return centres + np.sqrt(0.5 + 7 * noise) * rng.standard_normal((points, 2)), y


def spiral(rng: np.random.Generator, points: int, noise: float, classes: int) -> Drawn:
    """Arms of a spiral."""
    y = np.arange(points) % classes
    along = (np.arange(points) // classes) / np.ceil(points / classes)
    angle = 1.75 * 2 * np.pi * along + 2 * np.pi * y / classes
    x = 5 * along[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    return x + noise * rng.uniform(-1, 1, x.shape), y


def plane(rng: np.random.Generator, points: int, noise: float, classes: int) -> Drawn:
    """A slope: the value rises from -1 to 1 along the diagonal."""
    x = rng.uniform(-6, 6, (points, 2))
    return x, (x + noise * rng.uniform(-6, 6, x.shape)).sum(axis=1) / 12


def multi_gauss(rng: np.random.Generator, points: int, noise: float, classes: int) -> Drawn:
    """Hills and hollows."""
    x = rng.uniform(-6, 6, (points, 2))
    hills = [(-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)]
    seen = x + noise * rng.uniform(-6, 6, x.shape)
    y = np.zeros(points)
    for left, up, height in hills:
        near = np.maximum(0, 1 - np.hypot(seen[:, 0] - left, seen[:, 1] - up) / 2)
        y = np.where(np.abs(height * near) > np.abs(y), height * near, y)
    return x, y


Draw = Callable[[np.random.Generator, int, float, int], Drawn]
CLASSES: dict[str, Draw] = {"circle": circle, "xor": xor, "gauss": gauss, "spiral": spiral}
VALUES: dict[str, Draw] = {"plane": plane, "multi-gauss": multi_gauss}

generated = {
    "name": choice((*CLASSES, *VALUES), default="circle"),
    "points": whole(10, 5000, default=500),
    "noise": number(0, 0.5, default=0.0),
    "share": number(0.1, 0.9, default=0.5),
    "classes": whole(2, MOST_CLASSES, default=2),
    "seed": whole(0, 2**31, default=0),
}
of_formula = {
    "expression": text(LONGEST),
    "task": choice(("values", "classes"), default="values"),
    "points": whole(10, 5000, default=500),
    "noise": number(0, 0.5, default=0.0),
    "share": number(0.1, 0.9, default=0.5),
    "seed": whole(0, 2**31, default=0),
}
painted = {
    "rows": list_of(list_of(number(-1e9, 1e9), 3, 3), 2, MOST_ROWS),
    "task": choice(("classes", "values"), default="classes"),
    "share": number(0.1, 1.0, default=0.5),
    "seed": whole(0, 2**31, default=0),
}
of_text = {
    "table": text(LONGEST_TABLE),
    "columns": optional(list_of(text(100), 2, 2)),
    "target": optional(text(100)),
    "share": number(0.1, 1.0, default=0.5),
    "seed": whole(0, 2**31, default=0),
}


@dataclass(frozen=True)
class Points:
    """Points with their classes or values, for training and for the test.

    `classes` is 0 for values. `spans` are the ranges of the given columns that are shown from -5
    to 5, where points were scaled, and `names` the names of classes and columns.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    classes: int
    names: tuple[str, ...] = ()
    columns: tuple[str, str] = ("x", "y")
    spans: tuple[tuple[float, float], ...] = ()


def read_data(value: Any, where: str) -> State:
    """The field of the data: generated, by a formula, painted, or a table as text."""
    if not isinstance(value, dict):
        return check(generated, {"name": value}, where)
    for name, fields in (("expression", of_formula), ("rows", painted), ("table", of_text)):
        if name in value:
            state = check(fields, value, where)
            if name != "rows":
                points_of(state, where)
            return state
    return check(generated, value, where)


data_field = Field(read_data, {"name": "circle"})


def points_of(data: State, where: str = "data") -> Points:
    """The points of a state.

    >>> points = points_of(read_data({"name": "xor", "points": 40}, "data"))
    >>> points.x_train.shape, points.x_test.shape, points.classes
    ((20, 2), (20, 2), 2)
    """
    if "table" in data:
        return _of_table(data, where)
    if "rows" in data:
        rows = np.array(data["rows"])
        labels = rows[:, 2]
        if data["task"] == "values":
            return _split(rows[:, :2], labels, 0, data)
        named, y = np.unique(labels, return_inverse=True)
        _require_classes(len(named), f"{where}.rows")
        return _split(rows[:, :2], y, len(named), data, tuple(f"{name:g}" for name in named))
    rng = np.random.default_rng(data["seed"])
    if "expression" in data:
        x, y = _of_formula(data, rng, where)
        return _split(x, y, 2 * (data["task"] == "classes"), data)
    name, classes = data["name"], data["classes"]
    draw = CLASSES.get(name) or VALUES[name]
    x, y = draw(rng, data["points"], data["noise"], classes)
    return _split(x, y, classes if name in CLASSES else 0, data)


def _of_formula(data: State, rng: Any, where: str) -> tuple[np.ndarray, np.ndarray]:
    """Points with the value of the formula, or whether it is above 0."""
    try:
        formula = Expression(data["expression"])
    except SteepestError as error:
        raise FieldError(f"{where}.expression", str(error)) from None
    x = rng.uniform(-EDGE, EDGE, (data["points"], 2))
    seen = x + EDGE * data["noise"] * rng.uniform(-1, 1, x.shape)
    with np.errstate(all="ignore"):
        value = formula(*(ops.constant(column, "float64") for column in seen.T))
        y = np.broadcast_to(ops.as_tensor(value).numpy(), len(x)).astype(np.float64)
    if not np.isfinite(y).all():
        raise FieldError(f"{where}.expression", "it is not finite everywhere from -6 to 6")
    return x, (y > 0).astype(int) if data["task"] == "classes" else y


def _split(
    x: np.ndarray, y: np.ndarray, classes: int, data: State, names: tuple[str, ...] = (), **own: Any
) -> Points:
    """The points in random order, the first share of them for training."""
    order = np.random.default_rng(data["seed"] + 1).permutation(len(x))
    count = max(1, round(data["share"] * len(x)))
    x, y = x[order].astype(np.float32), y[order].astype(np.int32 if classes else np.float32)
    return Points(x[:count], y[:count], x[count:], y[count:], classes, names, **own)


# ---------------------------------------------------------------- tables


def _of_table(data: State, where: str) -> Points:
    """Two columns and the target of a table with names in its first line."""
    names, rows = _read_rows(data["table"], f"{where}.table")
    target = _place(names, data["target"], len(names) - 1, f"{where}.target")
    others = [place for place in range(len(names)) if place != target]
    wanted = data["columns"] or [names[place] for place in others[:2]]
    if len(wanted) < 2:
        raise FieldError(f"{where}.table", "two columns and a target were expected")
    chosen = [_place(names, name, 0, f"{where}.columns") for name in wanted]
    columns = [_numbers(rows, place, names[place], f"{where}.columns") for place in chosen]
    spans = tuple((float(column.min()), float(column.max())) for column in columns)
    x = np.stack([_scaled(column, *span) for column, span in zip(columns, spans, strict=True)], 1)
    own: Any = {"columns": (names[chosen[0]], names[chosen[1]]), "spans": spans}
    texts = [row[target] for row in rows]
    kinds = sorted(set(texts))
    if len(kinds) <= MOST_CLASSES:
        _require_classes(len(kinds), f"{where}.target")
        y = np.array([kinds.index(text) for text in texts])
        return _split(x, y, len(kinds), data, tuple(kinds), **own)
    y = _numbers(rows, target, names[target], f"{where}.target")
    return _split(x, _scaled(y, float(y.min()), float(y.max())) / 5, 0, data, **own)


def _read_rows(given: str, where: str) -> tuple[list[str], list[list[str]]]:
    try:
        lines = [row for row in csv.reader(io.StringIO(given)) if row]
    except csv.Error as error:
        raise FieldError(where, f"not a table: {error}") from None
    if len(lines) < 3:
        raise FieldError(where, "a line of names and at least two rows were expected")
    names, rows = [name.strip() for name in lines[0]], lines[1:]
    if len(rows) > MOST_ROWS:
        raise FieldError(where, f"at most {MOST_ROWS} rows were expected, got {len(rows)}")
    for line, row in enumerate(rows, 2):
        if len(row) != len(names):
            raise FieldError(where, f"line {line} has {len(row)} fields, the first {len(names)}")
    return names, [[field.strip() for field in row] for row in rows]


def _place(names: list[str], name: str | None, usual: int, where: str) -> int:
    return usual if name is None else names.index(choice(names).read(name, where))


def _numbers(rows: list[list[str]], place: int, name: str, where: str) -> np.ndarray:
    values = []
    for line, row in enumerate(rows, 2):
        try:
            values.append(float(row[place]))
        except ValueError:
            values.append(np.nan)
        if not abs(values[-1]) < 1e30:
            said = f"column {name!r}, line {line}: a number was expected, got {row[place]!r:.40}"
            raise FieldError(where, said)
    return np.array(values)


def _scaled(column: np.ndarray, low: float, high: float) -> np.ndarray:
    """Values from `low` to `high` as values from -5 to 5."""
    return 10 * (column - low) / (high - low) - 5 if high > low else np.zeros(len(column))


def _require_classes(count: int, where: str) -> None:
    if not 2 <= count <= MOST_CLASSES:
        raise FieldError(where, f"2 to {MOST_CLASSES} classes were expected, got {count}")

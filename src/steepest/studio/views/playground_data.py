"""Points in the plane for the playground: the data sets of Playground, formulas and own tables.

Snippets quote the source of the functions that draw points, so they name NumPy alone.
"""

from __future__ import annotations

from collections.abc import Callable
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
from steepest.studio.views.playground_points import (
    EDGE,
    MOST_CLASSES,
    Points,
    refuse_classes,
    split,
)
from steepest.studio.views.playground_tables import (
    COMPONENTS,
    MOST_ROWS,
    Tables,
    no_tables,
    points_of_columns,
    read_columns,
)

LONGEST_TABLE = 400_000  # characters of a table as text
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
two_names = list_of(text(100), 2, 2)
names_or_components = Field(
    lambda value, where: value if value == COMPONENTS else two_names.read(value, where)
)
of_columns = {
    "columns": optional(names_or_components),
    "target": optional(text(100)),
    "share": number(0.1, 1.0, default=0.5),
    "seed": whole(0, 2**31, default=0),
}
of_text = {"table": text(LONGEST_TABLE), **of_columns}
of_upload = {"upload": text(200), **of_columns}


KINDS = {"expression": of_formula, "rows": painted, "table": of_text, "upload": of_upload}


def read_data(value: Any, where: str) -> State:
    """The field of the data: generated, of a formula, painted, or a table, as text or by name."""
    if not isinstance(value, dict):
        return check(generated, {"name": value}, where)
    for name, fields in KINDS.items():
        if name in value:
            state = check(fields, value, where)
            if name in ("expression", "table"):
                points_of(state, where)
            return state
    return check(generated, value, where)


data_field = Field(read_data, {"name": "circle"})


def points_of(data: State, where: str = "data", tables: Tables = no_tables) -> Points:
    """The points of a state; `tables` gives the columns of one that was sent, by its name.

    >>> points = points_of(read_data({"name": "xor", "points": 40}, "data"))
    >>> points.x_train.shape, points.x_test.shape, points.classes
    ((20, 2), (20, 2), 2)
    """
    if "table" in data:
        return points_of_columns(read_columns(data["table"], f"{where}.table"), data, where)
    if "upload" in data:
        columns = tables(data["upload"])
        if columns is None:
            said = f"the table {data['upload']!r} is not here any more; choose its file again"
            raise FieldError(f"{where}.upload", said)
        return points_of_columns(columns, data, where)
    if "rows" in data:
        rows = np.array(data["rows"])
        labels = rows[:, 2]
        if data["task"] == "values":
            return split(rows[:, :2], labels, 0, data)
        named, y = np.unique(labels, return_inverse=True)
        if len(named) > MOST_CLASSES:
            refuse_classes(len(named), f"{where}.rows")
        names = tuple(f"{name:g}" for name in named)
        return split(rows[:, :2], y, max(2, len(named)), data, names)
    rng = np.random.default_rng(data["seed"])
    if "expression" in data:
        x, y = _of_formula(data, rng, where)
        return split(x, y, 2 * (data["task"] == "classes"), data)
    name, classes = data["name"], data["classes"]
    draw = CLASSES.get(name) or VALUES[name]
    x, y = draw(rng, data["points"], data["noise"], classes)
    return split(x, y, classes if name in CLASSES else 0, data)


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

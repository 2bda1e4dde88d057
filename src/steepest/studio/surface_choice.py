"""Surfaces that a page chooses: the field, the surface itself, and its Python.

A surface is a name of `st.plot.SURFACES`, {"expression", "x", "y"}, or {"model": ...}, a plane of
the weights of the opened model. Depends on expression.
"""

from __future__ import annotations

from typing import Any

from steepest.errors import SteepestError
from steepest.plot.surfaces import SURFACES, Surface
from steepest.studio.expression import LONGEST, Expression
from steepest.studio.fields import (
    Field,
    FieldError,
    check,
    choice,
    either,
    list_of,
    number,
    optional,
    pair,
    record,
    text,
    whole,
)

FARTHEST = 1e6  # of a coordinate
coordinate = number(-FARTHEST, FARTHEST)
span = pair(coordinate)
_EXPRESSION = {
    "expression": text(LONGEST),
    "x": Field(span.read, (-3.0, 3.0)),
    "y": Field(span.read, (-3.0, 3.0)),
}
_MODEL = {
    "model": record({
        "plane": choice(["random", "weights", "training"]),
        "weights": optional(list_of(text(200), 2, 2)),
        "extent": optional(number(1e-6, 1e6)),
        "rows": whole(1, 100_000, default=1000),
        "seed": whole(0, 2**31, default=0),
        "epochs": whole(2, 500, default=20),
    }),
}
surface_field = either(
    choice(SURFACES),
    Field(lambda given, where: check(_MODEL if "model" in given else _EXPRESSION, given, where)),
)


def is_of_model(given: Any) -> bool:
    """Whether a surface of a state is a plane of the opened model.

    >>> is_of_model({"model": {"plane": "random"}})
    True
    """
    return isinstance(given, dict) and "model" in given


def surface_of(given: Any, where: str = "surface") -> Surface:
    """The surface of a state: a standard one, or of a formula.

    >>> surface_of({"expression": "x^2 + 3*y^2", "x": (-1.0, 1.0), "y": (-2.0, 2.0)}).y
    (-2.0, 2.0)
    """
    if isinstance(given, str):
        return SURFACES[given]
    try:
        made = Expression(given["expression"])
        (left, right), (low, high) = given["x"], given["y"]
        return Surface(
            given["expression"],
            made,
            given["x"],
            given["y"],
            start=(left + (right - left) / 8, high - (high - low) / 8),
            formula=given["expression"],
        )
    except SteepestError as error:
        raise FieldError(where, str(error)) from None


def surface_lines(given: Any, **ranges: tuple[float, float] | None) -> list[str]:
    """Lines of Python that make the surface, over other ranges of x and y if they are given.

    >>> surface_lines("bowl", x=(0.0, 1.0))
    ['surface = dataclasses.replace(st.plot.SURFACES["bowl"], x=(0.0, 1.0))']
    """
    other = {axis: span for axis, span in ranges.items() if span}
    if isinstance(given, str):
        made = f'st.plot.SURFACES["{given}"]'
        shown = "".join(f", {axis}={span}" for axis, span in other.items())
        return [f"surface = dataclasses.replace({made}{shown})" if shown else f"surface = {made}"]
    if is_of_model(given):
        shown = "".join(f", {axis}={span}" for axis, span in other.items())
        again = [f"surface = dataclasses.replace(surface{shown})"] if shown else []
        return [*_lines_of_model(**given["model"]), *again]
    spans = {axis: given[axis] for axis in ("x", "y")} | other
    return [
        "surface = st.plot.Surface(",
        f"    {given['expression']!r},",
        f"    {Expression(given['expression']).python},",
        *(f"    {axis}={span}," for axis, span in spans.items()),
        ")",
    ]


def _lines_of_model(
    plane: str, weights: list[str] | None, extent: float | None, rows: int, seed: int, epochs: int
) -> list[str]:
    if plane == "training":
        return [
            *training_lines(seed, epochs),
            f"surface = st.plot.loss_surface(trained, x, y, path, rows={rows}, seed={seed})",
        ]
    ways = f", {weights}" if plane == "weights" else ""
    reach = "" if extent is None else f"extent={extent}, "
    return [f"surface = st.plot.loss_surface(model, x, y{ways}, {reach}rows={rows}, seed={seed})"]


def training_lines(seed: int, epochs: int) -> list[str]:
    """Lines of Python that train a copy of the model, and record its path.

    >>> training_lines(0, 20)[-1]
    'trained.fit(x, y, epochs=20, verbose=0, callbacks=[path])'
    """
    return [
        f"st.utils.set_random_seed({seed})",
        "trained = st.models.clone_model(model)",
        "trained.compile_from_config(model.get_compile_config())",
        "path = st.plot.WeightPath()",
        f"trained.fit(x, y, epochs={epochs}, verbose=0, callbacks=[path])",
    ]

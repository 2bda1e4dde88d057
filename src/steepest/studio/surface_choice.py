"""Surfaces that a page chooses: the field, the surface itself, and its Python.

A surface is a name of `st.plot.SURFACES`, or {"expression", "x", "y"}. Depends on expression.
"""

from __future__ import annotations

from typing import Any

from steepest.errors import SteepestError
from steepest.plot.surfaces import SURFACES, Surface
from steepest.studio.expression import LONGEST, Expression
from steepest.studio.fields import (
    Field,
    FieldError,
    choice,
    either,
    number,
    pair,
    record,
    text,
)

FARTHEST = 1e6  # of a coordinate
coordinate = number(-FARTHEST, FARTHEST)
span = pair(coordinate)
surface_field = either(
    choice(SURFACES),
    record({
        "expression": text(LONGEST),
        "x": Field(span.read, (-3.0, 3.0)),
        "y": Field(span.read, (-3.0, 3.0)),
    }),
)


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
    spans = {axis: given[axis] for axis in ("x", "y")} | other
    return [
        "surface = st.plot.Surface(",
        f"    {given['expression']!r},",
        f"    {Expression(given['expression']).python},",
        *(f"    {axis}={span}," for axis, span in spans.items()),
        ")",
    ]

"""Activation functions and their derivatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.activations import get
from steepest.core.tape import GradientTape
from steepest.core.variable import Variable
from steepest.errors import ArgumentError
from steepest.figure_style import look_of
from steepest.plot.figure import legend, open_axes
from steepest.plot.picture import Picture

WHO = "st.plot.activations"
Names = str | Callable[..., Any] | Sequence[str | Callable[..., Any]]
USUAL = ("sigmoid", "tanh", "relu")
POINTS = 401  # an odd number, so that 0 is one of them


@dataclass(frozen=True)
class Activations:
    """Values and derivatives of activation functions by name, at the inputs `x`.

    >>> data = st.plot.activations_data("relu", -1, 1, points=3)
    >>> data.x.tolist(), data.derivatives["relu"].tolist()
    ([-1.0, 0.0, 1.0], [0.0, 0.0, 1.0])
    """

    x: np.ndarray
    values: dict[str, np.ndarray]
    derivatives: dict[str, np.ndarray]


def activations_data(
    names: Names = USUAL,
    low: float = -6.0,
    high: float = 6.0,
    points: int = POINTS,
) -> Activations:
    """The values and derivatives of activations, given by name or as functions.

    >>> data = activations_data(["sigmoid"], -6, 6, points=3)
    >>> data.derivatives["sigmoid"].round(6).tolist()
    [0.002467, 0.25, 0.002467]
    """
    several = [names] if isinstance(names, str) or callable(names) else list(names)
    if not several or not low < high or points < 2:
        raise ArgumentError(
            f"{WHO}: activations, low < high and points from 2 were expected, got {several!r}, "
            f"{low!r}, {high!r}, {points!r}"
        )
    x, values, derivatives = np.linspace(low, high, points), {}, {}
    for given in several:
        name = given if isinstance(given, str) else getattr(given, "__name__", repr(given))
        values[name], derivatives[name] = _with_derivative(name, get(given), x)
    return Activations(x, values, derivatives)


def _with_derivative(
    name: str, function: Callable[..., Any], x: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    points = Variable(x[:, np.newaxis], dtype="float64")
    with GradientTape() as tape:
        value = function(points.value)
    if name.endswith("softmax") or value.shape != points.shape:
        raise ArgumentError(
            f"{WHO}: {name} is a function of all units of a layer, not of one: it has no curve"
        )
    derivative = tape.gradient(value, points, unconnected_gradients="zero")
    return value.numpy()[:, 0], derivative.numpy()[:, 0]


def activations(
    names: Names = USUAL,
    low: float = -6.0,
    high: float = 6.0,
    *,
    ax: Any = None,
    theme: str | None = None,
) -> Picture[Activations]:
    """Draws activation functions, and beside them their derivatives, from `low` to `high`.

    `ax` is a list of two axes.

    >>> picture = st.plot.activations(["tanh", "relu"])
    >>> picture.data.derivatives["tanh"].max().item()  # at 0
    1.0
    """
    data = activations_data(names, low, high)
    axes = open_axes(WHO, ax, theme, (1, 2))
    parts = ((data.values, "activation a(x)"), (data.derivatives, "derivative a'(x)"))
    for each, (series, label) in zip(axes, parts, strict=True):
        look = look_of(each)
        each.axhline(0.0, color=look.quiet, linewidth=0.6)
        each.axvline(0.0, color=look.quiet, linewidth=0.6)
        for index, (name, values) in enumerate(series.items()):
            each.plot(data.x, values, label=name, **look.line(index))
        each.set(xlabel="x", ylabel=label, xlim=(low, high))
    legend(axes[0])
    return Picture(data, axes, f"{', '.join(data.values)} and their derivatives")

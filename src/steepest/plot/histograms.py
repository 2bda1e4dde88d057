"""Histograms of weights, gradients and activations by layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.arguments import whole
from steepest.core import tree
from steepest.core.tape import GradientTape
from steepest.errors import ArgumentError, unknown_name
from steepest.figure_style import look_of
from steepest.layers import InputLayer
from steepest.neuralnet import Model
from steepest.plot.figure import open_axes
from steepest.plot.picture import Picture

WHO = "st.plot.histograms"
KINDS = ("weights", "gradients", "activations")
BINS = 50
HIGHEST = 0.9  # of the distance of two base lines, of the largest bin


@dataclass(frozen=True)
class Histogram:
    """How often values lie in each bin, and facts about the values.

    `label` says whose they are; `zeros` is the share of exact zeros. Values that are not finite are
    counted in `not_finite` alone.

    >>> model = st.Sequential([st.layers.Dense(2, input_shape=(3,), name="out")])
    >>> _, bias = st.plot.histograms_data(model).rows
    >>> bias.label, bias.counts.sum().item(), bias.zeros
    ('out/bias', 2, 1.0)
    """

    label: str
    edges: np.ndarray
    counts: np.ndarray
    mean: float
    deviation: float
    zeros: float
    not_finite: int

    @property
    def facts(self) -> str:
        """The deviation, and the share of zeros if there are any."""
        zeros = f", {self.zeros:.0%} zeros" if self.zeros >= 0.005 else ""
        broken = f", {self.not_finite:,} not finite" if self.not_finite else ""
        return f"sd {self.deviation:.2g}{zeros}{broken}"


@dataclass(frozen=True)
class Histograms:
    """The histograms of a kind of values, in the order of the layers.

    >>> model = st.Sequential([st.layers.Dense(2, input_shape=(3,)), st.layers.Dense(1)])
    >>> data = st.plot.histograms_data(model, np.eye(3), of="activations")
    >>> data.of, len(data.rows)
    ('activations', 2)
    """

    of: str
    rows: list[Histogram]


def histogram(label: str, values: Any, bins: int = BINS) -> Histogram:
    """The histogram of an array, with fewer bins where there are few values.

    >>> found = histogram("kernel", [0.0, 0.0, 1.0, 2.0], bins=2)
    >>> found.counts.tolist(), found.edges.tolist(), found.zeros
    ([2, 2], [0.0, 1.0, 2.0], 0.5)
    """
    array = np.asarray(values, np.float64).ravel()
    finite = array[np.isfinite(array)]
    if not len(finite):
        empty = np.zeros(bins, np.int64)
        nan = float("nan")
        return Histogram(label, np.linspace(-1, 1, bins + 1), empty, nan, nan, 0.0, len(array))
    low, high = float(finite.min()), float(finite.max())
    if low == high:
        width = 1e-3 * abs(low) or 1e-6
        low, high = low - width, high + width
    few = max(2, int(2 * np.sqrt(len(finite))))
    counts, edges = np.histogram(finite, min(bins, few), (low, high))
    deviation, zeros = float(finite.std()), float((finite == 0).mean())
    missing = len(array) - len(finite)
    return Histogram(label, edges, counts, float(finite.mean()), deviation, zeros, missing)


def histograms_data(
    model: Any, x: Any = None, y: Any = None, of: str = "weights", bins: int = BINS
) -> Histograms:
    """The histograms of "weights", "gradients" or "activations" of a model, by layer.

    Gradients are those of the loss of the rows `x` and `y` as one batch, and the model must be
    compiled; activations are the outputs of the layers for `x`. Both are computed as in training,
    except that dropout and noise are off.

    >>> model = st.Sequential([st.layers.Dense(3, input_shape=(2,), name="hidden")])
    >>> [(row.label, row.counts.sum().item()) for row in histograms_data(model).rows]
    [('hidden/kernel', 6), ('hidden/bias', 3)]
    """
    whole(f"{WHO}: bins", bins, least=2)
    found = values_by_layer(model, x, y, of)
    return Histograms(of, [histogram(name, values, bins) for name, values in found.items()])


def values_by_layer(model: Any, x: Any, y: Any, of: str) -> dict[str, np.ndarray]:
    """The values of a kind of a model: "weights", "gradients" or "activations", by name.

    >>> model = st.Sequential([st.layers.Dense(3, input_shape=(2,), name="hidden")])
    >>> values_by_layer(model, np.zeros((5, 2)), None, "activations")["hidden"].shape
    (5, 3)
    """
    if of not in KINDS:
        raise unknown_name("kind of values (of)", of, KINDS)
    if not isinstance(model, Model) or not model.weights:
        raise ArgumentError(f"{WHO}: a built model was expected, got {model!r:.60}")
    if of == "weights":
        return {weight.path: weight.numpy() for weight in model.trainable_weights}
    if x is None or (of == "gradients" and y is None):
        needed = "x and y" if of == "gradients" else "x"
        raise ArgumentError(f"{WHO}: {of} need rows: give {needed}")
    return _gradients(model, x, y) if of == "gradients" else _activations(model, x)


def _gradients(model: Model, x: Any, y: Any) -> dict[str, np.ndarray]:
    model.require_compiled("st.plot.histograms of gradients")
    with GradientTape() as tape:
        loss = model.compute_loss(x, np.asarray(y), model(x, training=False))
    weights = model.trainable_weights
    found = tape.gradient(loss, weights, unconnected_gradients="zero")
    return {weight.path: each.numpy() for weight, each in zip(weights, found, strict=True)}


def _activations(model: Model, x: Any) -> dict[str, np.ndarray]:
    if not model.is_drawn:
        raise ArgumentError(
            f"{WHO}: activations of {model.name!r}: only its call knows where its layers are; "
            "they are known of a Sequential or of st.Model(inputs, outputs)"
        )
    layers = [layer for layer in model.layers if not isinstance(layer, InputLayer)]
    outputs = [tree.leaves(layer.output)[0] for layer in layers]
    values = Model(model.inputs, outputs).predict(x, verbose=0)
    several = values if isinstance(values, (list, tuple)) else [values]
    return {layer.name: value for layer, value in zip(layers, several, strict=True)}


def histograms(
    model: Any,
    x: Any = None,
    y: Any = None,
    of: str = "weights",
    bins: int = BINS,
    *,
    ax: Any = None,
    theme: str | None = None,
) -> Picture[Histograms]:
    """Draws the histograms of weights, gradients or activations, one above the other by layer.

    All have one horizontal scale; the height of each is relative to its own largest bin. Beside it
    are the standard deviation and the share of zeros.

    >>> model = st.Sequential([st.layers.Dense(8, "relu", input_shape=(2,)), st.layers.Dense(1)])
    >>> picture = st.plot.histograms(model, np.eye(2), of="activations")
    >>> [row.counts.sum().item() for row in picture.data.rows]
    [16, 2]
    """
    data = histograms_data(model, x, y, of, bins)
    (axes,) = open_axes(WHO, ax, theme, panel=(6.4, 1.0 + 0.62 * len(data.rows)))
    draw_rows(axes, data.rows)
    axes.set_xlabel(of.removesuffix("s"))
    facts = "; ".join(f"{row.label} {row.facts}" for row in data.rows)
    return Picture(data, [axes], f"histograms of {of}: {facts}")


def draw_rows(axes: Any, rows: Sequence[Histogram], colour: int = 0) -> None:
    """Draws histograms one above the other, the first on top, each from a base line of its own."""
    look = look_of(axes)
    fill = look.colour(colour)
    for place, row in enumerate(rows):
        base = len(rows) - 1 - place
        heights = HIGHEST * row.counts / max(int(row.counts.max()), 1)
        axes.stairs(base + heights, row.edges, baseline=base, fill=True, color=fill, alpha=0.55)
        axes.stairs(base + heights, row.edges, baseline=base, color=fill, linewidth=0.9)
        axes.axhline(base, color=look.quiet, linewidth=0.6)
        style = {"transform": axes.get_yaxis_transform(), "ha": "left", "va": "bottom"}
        axes.text(1.01, base, row.facts, size=8, color=look.ink, **style)
    axes.set_yticks(range(len(rows)), [row.label for row in reversed(rows)])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-0.05, len(rows))

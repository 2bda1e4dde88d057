"""Initial weights through depth: how signals and gradients vanish, explode, or keep their size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest import activations, initializers
from steepest.arguments import is_number, whole
from steepest.core import ops
from steepest.core.tape import GradientTape
from steepest.core.variable import Variable
from steepest.errors import ArgumentError
from steepest.figure_style import look_of
from steepest.initializers import Initializer
from steepest.plot.figure import label_ends, legend, open_axes
from steepest.plot.picture import Picture

WHO = "st.plot.initial_weights"
ROUNDING = 1e-6  # of the largest activation
SATURATED = 0.1  # of the largest derivative of the activation: a unit below it hardly learns


@dataclass(frozen=True)
class Signals:
    """Numbers of each layer for one kind of initial weights, over rows and units.

    `mean` and `deviation` are those of the activations. `between_units` is how much the units of a
    layer differ from each other: 0 if their weights are equal, which training never changes.
    `zeros` is the share of activations that are 0, `saturated` the share of units where the
    derivative of the activation is under a tenth of its largest. `gradient` is the deviation of the
    derivatives with respect to the activations of a sum of the last layer's activations with random
    factors.

    >>> data = st.plot.initial_weights_data({"none": "zeros"}, layers=2, activation="relu")
    >>> data.signals["none"].zeros.tolist(), data.signals["none"].deviation.tolist()
    ([1.0, 1.0], [0.0, 0.0])
    """

    mean: np.ndarray
    deviation: np.ndarray
    between_units: np.ndarray
    zeros: np.ndarray
    saturated: np.ndarray
    gradient: np.ndarray


@dataclass(frozen=True)
class InitialWeights:
    """The numbers of each layer, by the name of the initial weights.

    >>> data = st.plot.initial_weights_data({"He": "he_normal"}, layers=3, activation="relu")
    >>> data.activation, data.units, data.signals["He"].deviation.shape
    ('relu', 100, (3,))
    """

    activation: str
    units: int
    signals: dict[str, Signals]

    def table(self) -> str:
        """The numbers of the first, the middle and the last layer as text.

        >>> data = st.plot.initial_weights_data({"He": "he_normal"}, layers=3, activation="relu")
        >>> print(data.table().splitlines()[0])
        weights    layer    mean  deviation  between units   zeros  saturated  gradient
        """
        width = max(7, *(len(name) for name in self.signals))
        head = f"{'weights':<{width}}  layer    mean  deviation  between units   zeros  saturated"
        lines = [f"{head}  gradient"]
        for name, each in self.signals.items():
            last = len(each.mean) - 1
            for layer in sorted({0, last // 2, last}):
                numbers = (
                    f"{each.mean[layer]:>8.1g}  {each.deviation[layer]:>9.1g}"
                    f"  {each.between_units[layer]:>13.1g}  {each.zeros[layer]:>6.1%}"
                    f"  {each.saturated[layer]:>9.1%}  {each.gradient[layer]:>8.1g}"
                )
                lines.append(f"{name:<{width}}  {layer + 1:>5}{numbers}")
        return "\n".join(lines)


def usual_weights(activation: str = "tanh") -> dict[str, Any]:
    """The initial weights of the demonstration: equal, too small, too large, Glorot and He.

    >>> list(usual_weights())
    ['equal', 'too small', 'too large', 'Glorot', 'He']
    """
    return {
        "equal": initializers.Constant(0.01),
        "too small": initializers.RandomNormal(stddev=0.01),
        "too large": initializers.RandomNormal(stddev=1.0),
        "Glorot": initializers.GlorotNormal(),
        "He": initializers.HeNormal(),
    }


def initial_weights_data(
    weights: Mapping[str, Any] | None = None,
    layers: int = 10,
    units: int = 100,
    rows: int = 500,
    activation: Any = "tanh",
    seed: int = 0,
) -> InitialWeights:
    """Sends standard normal rows through layers of equal width, and a gradient back.

    `weights` are initializers by name, or numbers: the deviation of normal weights. Without them
    they are those of `usual_weights`. Biases are 0.

    >>> data = initial_weights_data({"too small": 0.01, "Glorot": "glorot_normal"}, layers=5)
    >>> small, glorot = data.signals["too small"], data.signals["Glorot"]
    >>> bool(small.deviation[-1] < 1e-4), bool(glorot.deviation[-1] > 0.3)
    (True, True)
    """
    for name, value in (("layers", layers), ("units", units), ("rows", rows)):
        whole(f"{WHO}: {name}", value, least=1)
    given = usual_weights() if weights is None else weights
    if not isinstance(given, Mapping) or not given:
        raise ArgumentError(f"{WHO}: initializers by name were expected, got {weights!r:.60}")
    function = activations.get(activation)
    start = np.random.default_rng(seed)
    inputs = start.standard_normal((rows, units)).astype(np.float32)
    back = start.standard_normal((rows, units)).astype(np.float32)
    found = {}
    for name, one in given.items():
        kernels = _kernels(one, layers, units, seed)
        found[str(name)] = _signals(kernels, inputs, back, function)
    named = activation if isinstance(activation, str) else getattr(function, "__name__", "custom")
    return InitialWeights(named, units, found)


def _kernels(given: Any, layers: int, units: int, seed: int) -> list[np.ndarray]:
    """Weights of each layer, of an initializer with the seed, the seed + 1, and so on."""
    one = initializers.RandomNormal(stddev=given) if is_number(given) else initializers.get(given)
    kernels = []
    for layer in range(layers):
        if isinstance(one, Initializer) and "seed" in one.get_config():
            one = type(one).from_config({**one.get_config(), "seed": seed + layer})
        kernels.append(np.asarray(one((units, units)), np.float32))
    return kernels


def _signals(
    kernels: list[np.ndarray], inputs: np.ndarray, back: np.ndarray, function: Any
) -> Signals:
    slopes, values = [], []
    with GradientTape(persistent=True) as tape:
        signal = ops.as_tensor(inputs)
        for kernel in kernels:
            before = ops.matmul(signal, kernel)
            tape.watch(before)
            signal = function(before)
            slopes.append(before)
            values.append(signal)
        target = ops.reduce_sum(signal * back)
        sums = [ops.reduce_sum(value) for value in values]
    gradients = [each.numpy() for each in tape.gradient(target, values)]
    own = [tape.gradient(total, each).numpy() for total, each in zip(sums, slopes, strict=True)]
    steepest = _largest_derivative(function)
    arrays = [value.numpy().astype(np.float64) for value in values]
    between = np.array([each.std(axis=1).mean() for each in arrays])
    largest = np.array([np.abs(each).max() for each in arrays])
    return Signals(
        mean=np.array([each.mean() for each in arrays]),
        deviation=np.array([each.std() for each in arrays]),
        between_units=np.where(between > ROUNDING * largest, between, 0.0),
        zeros=np.array([(each == 0).mean() for each in arrays]),
        saturated=np.array([(np.abs(each) < SATURATED * steepest).mean() for each in own]),
        gradient=np.array([each.astype(np.float64).std() for each in gradients]),
    )


def _largest_derivative(function: Any) -> float:
    points = Variable(np.linspace(-8, 8, 401)[:, np.newaxis], dtype="float64")
    with GradientTape() as tape:
        value = function(points.value)
    return float(np.abs(tape.gradient(value, points).numpy()).max())


def initial_weights(
    weights: Mapping[str, Any] | None = None,
    layers: int = 10,
    units: int = 100,
    rows: int = 500,
    activation: Any = "tanh",
    seed: int = 0,
    *,
    ax: Any = None,
    theme: str | None = None,
) -> Picture[InitialWeights]:
    """Draws how signals and gradients change through depth for kinds of initial weights.

    On the left is the deviation of the activations by layer, in the middle that of the gradients,
    both logarithmic, on the right the share of saturated units. Numbers that are 0 have no place on
    a logarithmic scale: see `data.table()`. `ax` is a list of three axes; for the other arguments
    see `initial_weights_data`.

    >>> picture = st.plot.initial_weights(layers=6, units=50, rows=100)
    >>> equal, large = (picture.data.signals[name] for name in ("equal", "too large"))
    >>> equal.between_units.max().item(), bool(large.saturated[-1] > 0.7)
    (0.0, True)
    """
    data = initial_weights_data(weights, layers, units, rows, activation, seed)
    axes = open_axes(WHO, ax, theme, (1, 3), (4.2, 3.6))
    parts = (
        ("deviation", "deviation of activations (logarithmic)"),
        ("gradient", "deviation of gradients (logarithmic)"),
        ("saturated", "share of saturated units"),
    )
    for each, (part, label) in zip(axes, parts, strict=True):
        look, depth = look_of(each), np.arange(layers) + 1
        lines = []
        for index, (name, signals) in enumerate(data.signals.items()):
            values = getattr(signals, part)
            shown = np.where(values > 0, values, np.nan) if part != "saturated" else values
            lines += each.plot(depth, shown, label=name, marker=".", **look.line(index))
        if part == "saturated":
            each.set_ylim(-0.03, 1.03)
        else:
            each.set_yscale("log")
        each.set(xlabel="layer", ylabel=label)
        each.xaxis.get_major_locator().set_params(integer=True)
        if ax is None and part != "gradient":  # all of which end at the same place
            label_ends(each, lines)
    legend(axes[1])
    text = f"{data.activation} layers: " + "; ".join(
        f"{name}: activations {each.deviation[-1]:.1g}, gradient {each.gradient[0]:.1g}"
        for name, each in data.signals.items()
    )
    return Picture(data, axes, text)

"""The view `initial_weights`: activations and gradients by layer, before and after training.

The snippet quotes the functions of this file that compute the arrays, so these name NumPy and
`GradientTape` alone.
"""

from __future__ import annotations

import inspect
from itertools import pairwise
from typing import Any

import numpy as np

from steepest import activations, datasets
from steepest.core import ops
from steepest.core.tape import GradientTape
from steepest.errors import SteepestError
from steepest.layers.symbolic import Input
from steepest.losses import SparseCategoricalCrossentropy
from steepest.neuralnet.sequential import Sequential
from steepest.studio.catalogue import entries
from steepest.studio.choices import chosen, made, python
from steepest.studio.fields import Field, FieldError, State, check, choice, list_of, whole
from steepest.studio.frame import Frame
from steepest.studio.view import View, answers

FLAT = ("moons", "circles", "spirals", "blobs")
DATA = (*FLAT, "digits", "normal")
NORMAL_COLUMNS = 100
MOST_PRODUCTS = 20_000_000_000  # of one number with another, in the forward passes: seconds

LAYERS = {
    "data": choice(DATA, default="moons"),
    "rows": whole(20, 1500, default=300),
    "widths": list_of(whole(1, 256), 1, 30, default=[32, 32, 32, 32, 32]),
    "activation": choice(entries("activation"), default="tanh"),
    "initializer": chosen("initializer", {"name": "GlorotUniform"}),
    "optimizer": chosen("optimizer", {"name": "SGD", "options": {"learning_rate": 0.1}}),
    "steps": whole(0, 1000, default=0),
    "bins": whole(5, 200, default=41),
    "points": whole(2, 128, default=64),
    "seed": whole(0, 2**24, default=0),
}


class InitialWeights(View):
    """What initial weights do to the signals and gradients of a network, by layer."""

    name = "initial_weights"

    @answers(**LAYERS)
    def layers(self, state: State) -> Frame:
        """Histograms and numbers by hidden layer after some steps, and the output for 2-D data."""
        try:
            with np.errstate(all="ignore"):
                return _frame(state)
        except FieldError:
            raise
        except SteepestError as error:
            raise FieldError("initializer", str(error)) from None

    @answers(**{"with": Field(lambda value, where: value)})
    def python(self, state: State) -> Frame:
        """The snippet that computes the arrays."""
        return Frame("python", {"text": snippet(check(LAYERS, state["with"], "with"))})


def _frame(state: State) -> Frame:
    x, y = rows_of(state["data"], state["rows"], state["seed"])
    sizes = [x.shape[1], *state["widths"]]
    products = sum(one * other for one, other in pairwise(sizes)) * len(x)
    if products * state["steps"] > MOST_PRODUCTS:
        most = max(1, MOST_PRODUCTS // products)
        raise FieldError("steps", f"at most {most} were expected, of a network of this size")
    classes = int(y.max()) + 1
    model: Any = Sequential([
        Input((x.shape[1],)),
        *(made("layer", each) for each in layer_choices(state, classes)),
    ])
    model.compile(made("optimizer", state["optimizer"]), SparseCategoricalCrossentropy())
    function = activations.get(state["activation"])
    kernels = [layer.kernel.numpy() for layer in model.layers[:-1]]
    expected = expected_deviations(kernels, x, lambda each: function(ops.constant(each)).numpy())
    losses: Any = []
    if state["steps"]:
        found = model.fit(
            x, y, batch_size=len(x), epochs=state["steps"], seed=state["seed"], verbose=0,
            check=False,
        )  # fmt: skip
        losses = found.history["loss"]
    values, gradients = hidden_signals(model, x, y)
    arrays = by_layer(values, gradients, state["bins"])
    arrays |= {"expected": np.array(expected, np.float32), "losses": np.array(losses, np.float32)}
    data: dict[str, Any] = {
        "names": [f"layer {n}" for n in range(1, len(values) + 1)],
        "classes": classes,
        "accuracy": float((model(x).numpy().argmax(axis=1) == y).mean()),
    }
    if state["data"] in FLAT:
        spans, grid = grid_around(x, state["points"])
        shown = model(grid).numpy().argmax(axis=1).astype(np.uint8)
        arrays |= {"map": shown.reshape(state["points"], -1), "x": x, "y": y}
        data |= {"x": spans[0], "y": spans[1]}
    return Frame("layers", data, arrays)


def layer_choices(state: State, classes: int) -> list[State]:
    """The layers of the network as choices: hidden ones with the seeds seed, seed + 1, ..."""
    given, found = state["initializer"], []
    has_seed = "seed" in entries("initializer")[given["name"]].options
    for place, units in enumerate([*state["widths"], classes]):
        hidden = place < len(state["widths"])
        options = dict(given["options"])
        if has_seed:
            options.setdefault("seed", state["seed"] + place)
        activation = state["activation"] if hidden else "softmax"
        own = {
            "units": units,
            "activation": {"name": activation, "options": {}},
            "kernel_initializer": {"name": given["name"], "options": options},
        }
        found.append({"name": "Dense", "options": own})
    return found


def rows_of(name: str, rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows and their classes: a data set of the library, scaled, or normal numbers.

    >>> x, y = rows_of("moons", 50, 0)
    >>> x.shape, x.dtype, np.unique(y).tolist()
    ((50, 2), dtype('float32'), [0, 1])
    """
    if name == "normal":
        x = np.random.default_rng(seed).standard_normal((rows, NORMAL_COLUMNS)).astype(np.float32)
        return x, (x[:, 0] > 0).astype(np.int32)
    more = {} if name == "digits" else {"samples": 2 * rows, "seed": seed}
    (x, y), _ = getattr(datasets, name).load_data(**more)
    x = x[:rows].reshape(rows, -1)
    spread = x.std(axis=0)
    x = (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1)
    return x.astype(np.float32), y[:rows].astype(np.int32)


# ---------------------------------------------------------------- quoted in the snippet


def hidden_signals(model: Any, x: Any, y: Any) -> Any:
    """The activations of the hidden layers, and the derivatives of the loss by them."""
    signal, values = x, []
    with GradientTape() as tape:
        for layer in model.layers[:-1]:
            signal = layer(signal)
            values.append(signal)
        loss = model.loss(y, model.layers[-1](signal))
    gradients = tape.gradient(loss, values, unconnected_gradients="zero")
    return [each.numpy() for each in values], [each.numpy() for each in gradients]


def by_layer(values: Any, gradients: Any, bins: int) -> dict[str, np.ndarray]:
    """Shares of a histogram with its edges, and numbers, for each layer."""
    found: dict[str, Any] = {}
    for name, layers in (("activations", values), ("gradients", gradients)):
        finite = [each[np.isfinite(each)] for each in layers]
        pairs = [np.histogram(each, bins) for each in finite]
        found[name] = [counts / max(1, counts.sum()) for counts, _ in pairs]
        found[f"{name}_edges"] = [edges for _, edges in pairs]
    found["means"] = [each.astype(np.float64).mean() for each in values]
    found["deviations"] = [each.astype(np.float64).std() for each in values]
    found["gradient_deviations"] = [each.astype(np.float64).std() for each in gradients]
    found["zeros"] = [(each == 0).mean() for each in values]
    return {name: np.array(each, np.float32) for name, each in found.items()}


def expected_deviations(kernels: Any, x: Any, function: Any) -> list[float]:
    """The deviation of each layer's activations, if its sums are normal and weights average 0."""
    points, shares = np.polynomial.hermite_e.hermegauss(101)
    shares, found = shares / shares.sum(), []
    size = (x.astype(np.float64) ** 2).sum(axis=1).mean()
    for kernel in kernels:
        sums = np.sqrt(size * (kernel.astype(np.float64) ** 2).mean()) * points
        outputs = function(sums[:, np.newaxis])[:, 0]
        mean, square = shares @ outputs, shares @ outputs**2
        found.append(float(np.sqrt(max(0.0, square - mean**2))))
        size = square * kernel.shape[1]
    return found


def grid_around(x: Any, points: int) -> Any:
    """The ranges of two columns with a margin, and a grid over them."""
    low, high = x.min(axis=0).astype(np.float64), x.max(axis=0).astype(np.float64)
    low, high = low - 0.1 * (high - low), high + 0.1 * (high - low)
    sides = [np.linspace(low[k], high[k], points) for k in (0, 1)]
    grid = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2).astype(np.float32)
    return [(low[k], high[k]) for k in (0, 1)], grid


def snippet(state: State) -> str:
    """Python that computes the arrays of a frame, under their names."""
    _, y = rows_of(state["data"], state["rows"], state["seed"])
    layers = [f"    {python('layer', each)}," for each in layer_choices(state, int(y.max()) + 1)]
    quoted: list[Any] = [hidden_signals, by_layer, expected_deviations]
    if state["data"] in FLAT:
        quoted.append(grid_around)
    return "\n".join([
        "from typing import Any",
        "",
        "import numpy as np",
        "import steepest as st",
        "from steepest import GradientTape",
        *(f"\n\n{inspect.getsource(each).rstrip()}" for each in quoted),
        "\n",
        *_rows_lines(state),
        "model = st.Sequential([",
        "    st.Input((x.shape[1],)),",
        *layers,
        "])",
        "model.compile(",
        f"    {python('optimizer', state['optimizer'])},",
        "    st.losses.SparseCategoricalCrossentropy(),",
        ")",
        "",
        f"function = st.activations.get({state['activation']!r})",
        "kernels = [layer.kernel.numpy() for layer in model.layers[:-1]]",
        "expected = np.float32(",
        "    expected_deviations(kernels, x, lambda each: function(st.constant(each)).numpy())",
        ")",
        *_result_lines(state),
    ])


def _result_lines(state: State) -> list[str]:
    """The lines of the training, the numbers by layer, and the map of points in the plane."""
    losses = "losses = np.empty(0, np.float32)"
    if state["steps"]:
        losses = (
            f"losses = np.float32(model.fit(\n    x, y, batch_size={state['rows']}, "
            f"epochs={state['steps']}, seed={state['seed']}, verbose=0, check=False,\n"
            ').history["loss"])'
        )
    numbers = f"arrays = by_layer(*hidden_signals(model, x, y), bins={state['bins']})"
    if state["data"] not in FLAT:
        return [losses, numbers, ""]
    return [
        losses,
        numbers,
        f"_, grid = grid_around(x, {state['points']})",
        "map = model(grid).numpy().argmax(axis=1).astype(np.uint8)",
        f"map = map.reshape({state['points']}, -1)",
        "",
    ]


def _rows_lines(state: State) -> list[str]:
    rows, seed, name = state["rows"], state["seed"], state["data"]
    if name == "normal":
        drawn = f"np.random.default_rng({seed}).standard_normal(({rows}, {NORMAL_COLUMNS}))"
        return [f"x = {drawn}.astype(np.float32)", "y = (x[:, 0] > 0).astype(np.int32)"]
    more = "" if name == "digits" else f"samples={2 * rows}, seed={seed}"
    return [
        f"(x, y), _ = st.datasets.{name}.load_data({more})",
        f"x = x[:{rows}].reshape({rows}, -1)",
        "spread = x.std(axis=0)",
        "x = ((x - x.mean(axis=0)) / np.where(spread > 0, spread, 1)).astype(np.float32)",
        f"y = y[:{rows}].astype(np.int32)",
    ]

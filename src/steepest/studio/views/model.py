"""The view `model`: the opened model and what it does with the opened rows.

Its numbers are those of `st.plot`; snippets begin with the user's `model`, `x` and `y`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.errors import SteepestError
from steepest.plot.boundary import boundary_data
from steepest.plot.loss_plane import loss_plane_data
from steepest.plot.mistakes import mistakes_data
from steepest.plot.network import network_data
from steepest.studio.fields import Field, FieldError, State, check, choice, list_of, number, whole
from steepest.studio.frame import Frame
from steepest.studio.view import View, answers

MOST_WEIGHTS = 200_000  # of one layer, that a frame holds
MOST_ROWS = 5000  # whose activations are compared

BOUNDARY = {
    "columns": list_of(whole(0, 10_000), 2, 2, default=[0, 1]),
    "points": whole(2, 256, default=100),
}
LOSS = {
    "points": whole(3, 101, default=25),
    "extent": number(1e-6, 1e6, default=1.0),
    "rows": whole(1, 100_000, default=1000),
    "seed": whole(0, 2**31, default=0),
}
MISTAKES = {"count": whole(1, 100, default=12)}
ROW = {"row": list_of(number(-1e9, 1e9), 1, 10_000)}
UNIT = {"layer": whole(0, 1000), "unit": whole(0, 100_000), "count": whole(1, 100, default=12)}
ANSWERS = ("boundary", "loss", "mistakes", "row", "unit")


class MyModel(View):
    """The opened model: its layers, what-if, boundary, mistakes, and the loss around it."""

    name = "model"

    @answers()
    def describe(self, state: State) -> Frame:
        """The layers with their weights, and the inputs with their ranges."""
        model = self._model()
        network = network_data(model)
        arrays = {}
        for place, layer in enumerate(network.layers):
            for name in ("kernel", "bias"):
                values = getattr(layer, name)
                if values is not None and values.size <= MOST_WEIGHTS:
                    arrays[f"{name}_{place}"] = np.asarray(values, np.float32)
        layers = [
            {"name": layer.name, "kind": layer.kind, "shape": layer.shape}
            for layer in network.layers
        ]
        return Frame("model", {"name": model.name, "layers": layers, **self._inputs()}, arrays)

    @answers(**ROW)
    def row(self, state: State) -> Frame:
        """The outputs of the model for one row, and those of each of its layers."""
        model, value = self._model(), np.array([state["row"]], np.float32)
        arrays = {"outputs": _computed(lambda: np.asarray(model(value), np.float32), "row")}
        signal: Any = value
        for place, layer in enumerate(self._chain()):
            signal = layer(signal)
            arrays[f"layer_{place}"] = np.asarray(signal, np.float32)
        return Frame("row", {}, arrays)

    @answers(**BOUNDARY)
    def boundary(self, state: State) -> Frame:
        """The outputs over two columns, the others at their median, and the rows."""
        x, y = self._rows()
        data = _computed(
            lambda: boundary_data(
                self._model(), x, y, columns=state["columns"], points=state["points"]
            ),
            "columns",
        )
        arrays = {
            "outputs": data.outputs.astype(np.float32),
            "points": data.points.astype(np.float32),
            "labels": np.asarray(data.labels, np.float32),
        }
        if data.classes is not None:
            arrays["classes"] = data.classes.astype(np.int32)
        spans = {"x": [data.x[0], data.x[-1]], "y": [data.y[0], data.y[-1]]}
        return Frame("boundary", {**spans, "threshold": data.threshold}, arrays)

    @answers(**LOSS)
    def loss(self, state: State) -> Frame:
        """The loss around the weights, in two random directions."""
        x, y = self._rows()
        data = _computed(lambda: loss_plane_data(self._model(), x, y, **state), "extent")
        spans = {"x": [data.x[0], data.x[-1]], "y": [data.y[0], data.y[-1]]}
        own = {"loss": data.loss, "note": data.note, "labels": data.labels}
        return Frame("loss", {**spans, **own}, {"losses": data.losses.astype(np.float32)})

    @answers(**MISTAKES)
    def mistakes(self, state: State) -> Frame:
        """The rows with the highest loss."""
        x, y = self._rows()
        data = _computed(lambda: mistakes_data(self._model(), x, y, **state), "count")
        arrays = {
            "rows": data.rows.astype(np.int32),
            "losses": data.losses.astype(np.float32),
            "inputs": data.inputs.reshape(len(data.rows), -1).astype(np.float32),
        }
        return Frame("mistakes", {"texts": data.texts, "shape": data.shape}, arrays)

    @answers(**UNIT)
    def unit(self, state: State) -> Frame:
        """The rows for which a unit's output is largest, the largest first."""
        x, _ = self._rows()
        chain = self._chain()
        if not state["layer"] < len(chain):
            raise FieldError("layer", f"the model has {len(chain)} layers in a chain")
        rows = x[:MOST_ROWS].astype(np.float32)
        signal: Any = rows
        for layer in chain[: state["layer"] + 1]:
            signal = layer(signal)
        outputs = np.asarray(signal).reshape(len(rows), -1)
        if not state["unit"] < outputs.shape[1]:
            raise FieldError("unit", f"the layer has {outputs.shape[1]} units")
        values = outputs[:, state["unit"]]
        most = np.argsort(-values, kind="stable")[: state["count"]]
        arrays = {
            "rows": most.astype(np.int32),
            "values": values[most].astype(np.float32),
            "inputs": rows[most].reshape(len(most), -1),
        }
        return Frame("unit", {"mean": float(values.mean()), "most": float(values.max())}, arrays)

    @answers(of=choice(ANSWERS), **{"with": Field(lambda value, where: value)})
    def python(self, state: State) -> Frame:
        """The snippet that computes the arrays of a frame, from `model`, `x` and `y`."""
        fields, _ = self.handlers[state["of"]]
        given = check(fields, state["with"], "with")
        return Frame("python", {"text": "\n".join(_LINES[state["of"]](given)) + "\n"})

    # ------------------------------------------------------------ what was opened

    def _model(self) -> Any:
        if self.opened.model is None:
            raise FieldError("", "no model is open; start the studio with one")
        return self.opened.model

    def _rows(self) -> tuple[np.ndarray, np.ndarray]:
        if self.opened.x is None or self.opened.y is None:
            raise FieldError("", "no rows with targets are open; start the studio with x and y too")
        return self.opened.x, self.opened.y

    def _chain(self) -> list[Any]:
        """The layers of a Sequential model; none of another model."""
        model = self._model()
        return list(model.layers) if type(model).__name__ == "Sequential" else []

    def _inputs(self) -> dict[str, Any]:
        x = self.opened.x
        if x is None:
            return {"columns": [], "rows": 0}
        flat = x.reshape(len(x), -1)
        names = self.opened.names or tuple(f"input {place}" for place in range(flat.shape[1]))
        lowest, highest, middle = flat.min(axis=0), flat.max(axis=0), np.median(flat, axis=0)
        whole = ((flat == np.round(flat)).all(axis=0)) & (highest - lowest <= 20)
        columns = [
            {"name": name, "low": low, "high": high, "median": median, "whole": bool(is_whole)}
            for name, low, high, median, is_whole in zip(
                names, lowest, highest, middle, whole, strict=False
            )
        ]
        return {"columns": columns, "rows": len(x), "row_shape": x.shape[1:]}


def _computed(compute: Any, field: str) -> Any:
    """The result, or an error of the field."""
    try:
        return compute()
    except (SteepestError, IndexError) as error:
        raise FieldError(field, str(error)) from None


def _boundary_lines(state: State) -> list[str]:
    return [
        "import numpy as np",
        "import steepest as st",
        "",
        f"data = st.plot.boundary_data(model, x, y, columns={state['columns']}, "
        f"points={state['points']})",
        "outputs, points = np.float32(data.outputs), np.float32(data.points)",
        "labels, classes = np.float32(data.labels), data.classes",
    ]


def _loss_lines(state: State) -> list[str]:
    options = ", ".join(f"{name}={value}" for name, value in state.items())
    return [
        "import numpy as np",
        "import steepest as st",
        "",
        f"losses = np.float32(st.plot.loss_plane_data(model, x, y, {options}).losses)",
    ]


def _mistakes_lines(state: State) -> list[str]:
    return [
        "import numpy as np",
        "import steepest as st",
        "",
        f"data = st.plot.mistakes_data(model, x, y, count={state['count']})",
        "rows, losses = data.rows, np.float32(data.losses)",
        "inputs = np.float32(data.inputs.reshape(len(rows), -1))",
    ]


def _row_lines(state: State) -> list[str]:
    return [
        "import numpy as np",
        "",
        f"row = np.array([{state['row']}], np.float32)",
        "outputs, signal = np.float32(model(row)), row",
        "for place, layer in enumerate(model.layers):",
        "    signal = layer(signal)",
        '    globals()[f"layer_{place}"] = np.float32(signal)',
    ]


def _unit_lines(state: State) -> list[str]:
    return [
        "import numpy as np",
        "",
        f"signal = x[:{MOST_ROWS}].astype(np.float32)",
        f"for layer in model.layers[: {state['layer']} + 1]:",
        "    signal = layer(signal)",
        f"values = np.asarray(signal).reshape(len(signal), -1)[:, {state['unit']}]",
        f'rows = np.argsort(-values, kind="stable")[: {state["count"]}]',
        "values = values[rows]",
        "inputs = x[rows].astype(np.float32).reshape(len(rows), -1)",
    ]


_LINES = {
    "boundary": _boundary_lines,
    "loss": _loss_lines,
    "mistakes": _mistakes_lines,
    "row": _row_lines,
    "unit": _unit_lines,
}

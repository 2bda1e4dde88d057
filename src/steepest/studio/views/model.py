"""The view `model`: the opened model and what it does with the opened rows.

Its numbers are those of `st.plot`; snippets begin with the user's `model`, `x` and `y`.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from steepest.errors import SteepestError
from steepest.layers import InputLayer
from steepest.neuralnet import Model
from steepest.plot.boundary import boundary_data
from steepest.plot.first_layer import first_layer_data
from steepest.plot.histograms import Histogram, histogram
from steepest.plot.loss_plane import loss_plane_data
from steepest.plot.mistakes import mistakes_data
from steepest.plot.network import Network, network_data
from steepest.plot.network_svg import boxes_of
from steepest.plot.tiles import picture_shape
from steepest.plot.warp import warp_data
from steepest.studio.fields import (
    Field,
    FieldError,
    State,
    check,
    choice,
    list_of,
    number,
    optional,
    whole,
)
from steepest.studio.frame import Frame
from steepest.studio.view import View, answers
from steepest.studio.views.model_python import snippet

WHO = "the view of the model"
MOST_WEIGHTS = 200_000  # of one layer, that a frame holds
MOST_ROWS = 5000  # whose activations are compared, and that are drawn
MOST_CLASSES = 20  # that points are drawn by
MOST_OUTPUTS = 20_000_000  # of a layer, for all these rows together

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
LAYER = {"layer": whole(0, 1000)}
UNIT = {**LAYER, "unit": whole(0, 100_000), "count": whole(1, 100, default=12)}
WARP = {
    **LAYER,
    "units": optional(list_of(whole(0, 100_000), 2, 2)),
    "columns": optional(list_of(whole(0, 10_000), 2, 2)),
    "lines": whole(2, 41, default=11),
}
FIRST_LAYER = {"units": whole(1, 100, default=24)}
ANSWERS = (
    "boundary",
    "describe",
    "first_layer",
    "layer",
    "loss",
    "mistakes",
    "row",
    "unit",
    "warp",
)


class MyModel(View):
    """The opened model: its layers, what-if, boundary, mistakes, and the loss around it."""

    name = "model"

    @answers()
    def describe(self, state: State) -> Frame:
        """The layers with their weights, and the inputs with their ranges."""
        network = network_data(self._model())
        arrays = {}
        for place, layer in enumerate(network.layers):
            for name in ("kernel", "bias"):
                values = getattr(layer, name)
                if values is not None and values.size <= MOST_WEIGHTS:
                    arrays[f"{name}_{place}"] = np.asarray(values, np.float32)
        layers = [
            {
                "name": each.name, "kind": each.kind, "shape": each.shape,
                "activation": each.activation, "parameters": each.parameters,
                "units": (self._output_shape(place) or (0,))[-1],
            }
            for place, each in enumerate(network.layers)
        ]  # fmt: skip
        facts = {
            "name": network.name, "parameters": network.parameters, "layers": layers,
            "network": _drawn_columns(network),
            "boxes": None if network.columns else asdict(boxes_of(network)),
            "picture": self._picture(),
            "targets": self.opened.y is not None, **self._inputs(),
        }  # fmt: skip
        return Frame("model", facts, arrays)

    @answers(**ROW)
    def row(self, state: State) -> Frame:
        """The outputs of the model for one row, and those of each of its layers."""
        model, shape = self._model(), self._row_shape(len(state["row"]))

        def compute() -> dict[str, np.ndarray]:
            value = np.array(state["row"], np.float32).reshape(1, *shape)
            layers = {f"layer_{place}": np.asarray(self._part(place)(value), np.float32)
                      for place in self._computing_layers()}  # fmt: skip
            return {"outputs": np.asarray(model(value), np.float32)} | layers

        return Frame("row", {}, _computed(compute, "row"))

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
            "points": data.points[:MOST_ROWS].astype(np.float32),
            "labels": np.asarray(data.labels[:MOST_ROWS], np.float32),
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

    @answers(**LAYER)
    def layer(self, state: State) -> Frame:
        """The weights and the outputs of a layer: histograms, and of each unit how it is active."""
        outputs = self._outputs(state["layer"])
        found = histogram("outputs", outputs)
        by_unit = outputs.reshape(-1, outputs.shape[-1])
        arrays = {
            "means": by_unit.mean(axis=0).astype(np.float32),
            "active": (by_unit != 0).mean(axis=0).astype(np.float32),
            "counts": found.counts.astype(np.int32),
            "edges": found.edges.astype(np.float32),
        }
        facts = {"rows": len(outputs), "outputs": _facts(found), "weights": None}
        kernel = getattr(self._drawn_layers()[state["layer"]], "kernel", None)
        if kernel is not None:
            of_weights = histogram("weights", np.asarray(kernel))
            facts["weights"] = _facts(of_weights)
            arrays["weight_counts"] = of_weights.counts.astype(np.int32)
            arrays["weight_edges"] = of_weights.edges.astype(np.float32)
        return Frame("layer", facts, arrays)

    @answers(**FIRST_LAYER)
    def first_layer(self, state: State) -> Frame:
        """The weights of units of the first layer, each in the shape of the pictures it reads."""
        shape, units = self._picture(), state["units"]
        data = _computed(lambda: first_layer_data(self._model(), shape, units), "units")
        return Frame(
            "first_layer", {"layer": data.layer}, {"pictures": data.pictures.astype(np.float32)}
        )

    @answers(**WARP)
    def warp(self, state: State) -> Frame:
        """The rows as a layer sees them, and the bent grid of two inputs."""
        x = self._x()[:MOST_ROWS]
        y = None if self.opened.y is None else self.opened.y[:MOST_ROWS]
        data = _computed(lambda: warp_data(self._model(), x, y, **state), "layer")
        arrays = {
            "points": data.points.astype(np.float32),
            "lines": data.lines.astype(np.float32),
        }
        targets = data.targets
        if targets is not None:
            arrays["targets"] = np.asarray(targets, np.float32)
        has_classes = (
            targets is not None
            and bool((targets == np.round(targets)).all())
            and len(np.unique(targets)) <= MOST_CLASSES
        )
        facts = {
            "layer": data.layer, "labels": data.labels, "columns": data.columns,
            "explained": data.explained, "classes": has_classes,
        }  # fmt: skip
        return Frame("warp", facts, arrays)

    @answers(**UNIT)
    def unit(self, state: State) -> Frame:
        """The rows for which a unit's output is largest, the largest first.

        Of a layer whose outputs have places, as a picture has, the output is the largest of them.
        """
        outputs = self._outputs(state["layer"])
        if not state["unit"] < outputs.shape[-1]:
            raise FieldError("unit", f"the layer has {outputs.shape[-1]} units")
        values = outputs[..., state["unit"]].reshape(len(outputs), -1).max(axis=1)
        most = np.argsort(-values, kind="stable")[: state["count"]]
        arrays = {
            "rows": most.astype(np.int32),
            "values": values[most].astype(np.float32),
            "inputs": self._x()[most].astype(np.float32).reshape(len(most), -1),
        }
        return Frame("unit", {"mean": float(values.mean()), "most": float(values.max())}, arrays)

    @answers(of=choice(ANSWERS), **{"with": Field(lambda value, where: value)})
    def python(self, state: State) -> Frame:
        """The snippet that computes the arrays of a frame, from `model`, `x` and `y`."""
        fields, _ = self.handlers[state["of"]]
        given = check(fields, state["with"], "with")
        if state["of"] == "boundary":
            given["rows"] = MOST_ROWS
        elif state["of"] == "row":
            given["shape"] = self._row_shape(len(given["row"]))
            given["layers"] = self._computing_layers()
        elif state["of"] == "first_layer":
            given["shape"] = self._picture()
        elif state["of"] == "warp":
            given["rows"], given["targets"] = MOST_ROWS, self.opened.y is not None
        elif state["of"] in ("layer", "unit"):
            given["rows"] = self._row_count(given["layer"])
            given["weights"] = hasattr(self._drawn_layers()[given["layer"]], "kernel")
        return Frame("python", {"text": snippet(state["of"], given)})

    # ------------------------------------------------------------ what was opened

    def _model(self) -> Any:
        if self.opened.model is None:
            raise FieldError("", "no model is open; start the studio with one")
        return self.opened.model

    def _x(self) -> np.ndarray:
        if self.opened.x is None:
            raise FieldError("", "no rows are open; start the studio with x too")
        return self.opened.x

    def _rows(self) -> tuple[np.ndarray, np.ndarray]:
        if self.opened.x is None or self.opened.y is None:
            raise FieldError("", "no rows with targets are open; start the studio with x and y too")
        return self.opened.x, self.opened.y

    def _row_shape(self, size: int) -> tuple[int, ...]:
        """The shape of one row of so many numbers."""
        shape = (size,) if self.opened.x is None else self.opened.x.shape[1:]
        if int(np.prod(shape)) != size:
            raise FieldError("row", f"{int(np.prod(shape))} numbers were expected, got {size}")
        return tuple(shape)

    def _picture(self) -> tuple[int, ...] | None:
        """The shape of the rows as pictures; None if they are none."""
        x = self.opened.x
        if x is None or self.opened.names:
            return None
        return picture_shape(WHO, int(np.prod(x.shape[1:])), x.shape[1:], None)

    def _drawn_layers(self) -> list[Any]:
        """The layers whose place the model knows; none of a model that is code alone."""
        model = self._model()
        return list(model.layers) if getattr(model, "is_drawn", False) else []

    def _computing_layers(self) -> list[int]:
        """The places of the layers, without those that stand for inputs."""
        return [place for place, layer in enumerate(self._drawn_layers())
                if not isinstance(layer, InputLayer)]  # fmt: skip

    def _output_shape(self, place: int) -> tuple[int, ...]:
        """The shape of a layer's outputs for one row; () where it has no or several outputs."""
        layers = self._drawn_layers()
        shape = getattr(layers[place].output, "shape", ()) if layers else ()
        return tuple(int(each or 1) for each in shape[1:])

    def _part(self, place: int) -> Any:
        """The model up to a layer."""
        model = self._model()
        return Model(model.inputs, model.layers[place].output)

    def _row_count(self, place: int) -> int:
        """For how many rows the outputs of a layer are computed."""
        layers = self._drawn_layers()
        if not place < len(layers):
            raise FieldError("layer", f"the model has {len(layers)} layers whose outputs are known")
        shape = self._output_shape(place)
        if not shape:
            raise FieldError("layer", "a layer with one array of outputs was expected")
        return max(1, min(MOST_ROWS, len(self._x()), MOST_OUTPUTS // int(np.prod(shape))))

    def _outputs(self, place: int) -> np.ndarray:
        """What a layer gives for the rows."""
        rows = self._x()[: self._row_count(place)].astype(np.float32)
        return np.asarray(_computed(lambda: self._part(place)(rows), "layer"))

    def _inputs(self) -> dict[str, Any]:
        x = self.opened.x
        if x is None:
            return {"columns": [], "rows": 0}
        flat = x.reshape(len(x), -1)
        names = self.opened.names or tuple(f"input {place}" for place in range(flat.shape[1]))
        lowest, highest, middle = flat.min(axis=0), flat.max(axis=0), np.median(flat, axis=0)
        whole = ((flat == np.round(flat)).all(axis=0)) & (highest - lowest <= 20)
        deviations = flat.std(axis=0)
        columns = [
            {
                "name": name, "low": lowest[at], "high": highest[at], "median": middle[at],
                "deviation": deviations[at], "whole": bool(whole[at]),
            }
            for at, name in enumerate(names)
        ]  # fmt: skip
        return {"columns": columns, "rows": len(x), "row_shape": x.shape[1:]}


def _computed(compute: Any, field: str) -> Any:
    """The result, or an error of the field."""
    try:
        return compute()
    except (SteepestError, IndexError) as error:
        raise FieldError(field, str(error)) from None


def _drawn_columns(network: Network) -> list[dict[str, Any]]:
    """The units side by side, each column with the place of the layer whose weights it has."""
    places = {id(each.kernel): place for place, each in enumerate(network.layers)}
    return [
        {
            "units": each.units, "name": each.name, "about": each.about, "notes": each.notes,
            "layer": None if each.kernel is None else places[id(each.kernel)],
        }
        for each in network.columns
    ]  # fmt: skip


def _facts(of: Histogram) -> dict[str, float]:
    return {"mean": of.mean, "deviation": of.deviation, "zeros": of.zeros,
            "not_finite": of.not_finite}  # fmt: skip

"""A network as a drawing: its units and weights, or its layers as boxes where it branches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from steepest.errors import ArgumentError
from steepest.layers import InputLayer
from steepest.layers.layer import Layer
from steepest.neuralnet.diagram import activation_name, depths_of, graph_of
from steepest.neuralnet.model import Model
from steepest.neuralnet.summary import shape_of
from steepest.plot.network_svg import draw_boxes, draw_units
from steepest.plot.svg_picture import SvgPicture

WHO = "st.plot.network"


@dataclass(frozen=True)
class NetworkLayer:
    """A layer: what it is, the shape of its outputs, and its kernel and bias, if it has them."""

    name: str
    kind: str
    shape: str
    activation: str
    parameters: int
    depth: int
    kernel: np.ndarray | None = None
    bias: np.ndarray | None = None

    @property
    def lines(self) -> list[str]:
        """What a box says of it."""
        about = [self.kind, self.activation if self.activation not in ("", "linear") else ""]
        return [self.name, " ".join(filter(None, about)), self.shape]


@dataclass(frozen=True)
class Column:
    """Units side by side: their number, what they are, and the layers that change them after."""

    units: int
    name: str
    about: str
    notes: list[str]
    kernel: np.ndarray | None = None
    bias: np.ndarray | None = None


@dataclass(frozen=True)
class Network:
    """The layers of a model, and which one's outputs go into which, by their places.

    `columns` are its units, where each layer follows the one before and all outputs are vectors;
    empty where there are branches or other shapes.

    >>> data = st.plot.network_data(st.Sequential([st.layers.Dense(3, input_shape=(2,))]))
    >>> data.parameters, [column.units for column in data.columns]
    (9, [2, 3])
    """

    name: str
    layers: list[NetworkLayer]
    links: list[tuple[int, int]]
    columns: list[Column]
    parameters: int


def network_data(model: Model, expand_nested: bool = False) -> Network:
    """The layers, links and weights of a model; `expand_nested` puts inner models' layers in place.

    >>> model = st.Sequential([st.layers.Dense(3, "relu", input_shape=(2,)), st.layers.Dense(1)])
    >>> data = network_data(model)
    >>> data.links, [column.units for column in data.columns], data.parameters
    ([(0, 1)], [2, 3, 1], 13)
    """
    if not isinstance(model, Model):
        raise ArgumentError(f"{WHO}: a model was expected, got {type(model).__name__}")
    if not model.layers:
        raise ArgumentError(f"{WHO}: {model.name!r} has no layers; add some first")
    layers, arrows = graph_of(model, expand_nested)
    place = {id(layer): number for number, layer in enumerate(layers)}
    links = sorted((place[id(a)], place[id(b)]) for a, b in arrows)
    depths = depths_of(layers, arrows)
    found = [_layer(layer, depths[id(layer)]) for layer in layers]
    is_chain = links == [(n, n + 1) for n in range(len(layers) - 1)]
    return Network(
        model.name, found, links, _columns(found) if is_chain else [],
        sum(weight.size for weight in model.weights),
    )  # fmt: skip


def _layer(layer: Layer, depth: int) -> NetworkLayer:
    kernel, bias = getattr(layer, "kernel", None), getattr(layer, "bias", None)
    kind = "Input" if isinstance(layer, InputLayer) else type(layer).__name__
    return NetworkLayer(
        layer.name, kind, shape_of(layer), activation_name(layer),
        sum(weight.size for weight in layer.weights), depth,
        None if kernel is None else kernel.numpy(), None if bias is None else bias.numpy(),
    )  # fmt: skip


def _columns(layers: list[NetworkLayer]) -> list[Column]:
    """The units of a chain of layers; none where one of them does not take and give vectors."""
    first = next((layer.kernel for layer in layers if _is_dense(layer)), None)
    if first is None:
        return []
    columns = [Column(len(first), "inputs", "", [])]
    for layer in layers:
        width = columns[-1].units
        if _is_dense(layer) and layer.kernel is not None and len(layer.kernel) == width:
            about = layer.activation if layer.activation != "linear" else ""
            units = layer.kernel.shape[1]
            columns.append(Column(units, layer.name, about, [], layer.kernel, layer.bias))
        elif layer.shape == f"(batch, {width})":
            note = layer.activation if layer.kind == "Activation" else layer.kind
            columns[-1].notes.extend([] if layer.kind == "Input" else [note])
        elif len(columns) > 1 or layer.kind != "Input":
            return []
    return columns


def _is_dense(layer: NetworkLayer) -> bool:
    return layer.kind == "Dense" and layer.kernel is not None and layer.shape.count(",") == 1


def network(
    model: Model,
    *,
    units: bool | None = None,
    expand_nested: bool = False,
    theme: str | None = None,
) -> SvgPicture[Network]:
    """Draws a network as SVG: units as circles and weights as lines, or layers as boxes.

    Units are drawn where each layer follows the one before and takes and gives vectors; of wide
    layers some are left out. Between two layers of at most 10 units each, the width of a line is
    the size of its weight; negative ones are dashed and of another colour. Other networks are drawn
    as boxes with arrows; `units=False` draws boxes in any case. `theme` is "light", "dark", or None
    for that of the reader's system. Neither matplotlib nor Graphviz is needed.

    >>> model = st.Sequential([st.layers.Dense(2, "tanh", input_shape=(2,), name="hidden"),
    ...                        st.layers.Dense(1, "sigmoid", name="output")])
    >>> picture = st.plot.network(model)
    >>> picture.svg.count("<circle"), picture.data.columns[1].units
    (5, 2)
    """
    data = network_data(model, expand_nested)
    if units and not data.columns:
        raise ArgumentError(
            f"{WHO}: units=True: {data.name!r} has branches, no Dense layer, or outputs that are "
            "not vectors; leave units= out for boxes"
        )
    as_units = bool(data.columns) and units is not False
    parts = (
        [_in_words(column) for column in data.columns]
        if as_units
        else [f"{layer.name} ({layer.kind})" for layer in data.layers]
    )
    text = f"the network {data.name}: {', '.join(parts)}; {data.parameters:,} parameters"
    draw = draw_units if as_units else draw_boxes
    return SvgPicture(data, str(draw(WHO, data, text, theme)), text)


def _in_words(column: Column) -> str:
    noun = (
        column.name if column.kernel is None else f"unit{'s' * (column.units != 1)} {column.name}"
    )
    return f"{column.units:,} {noun}{f' ({column.about})' if column.about else ''}"

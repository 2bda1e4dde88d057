"""The weights of the first layer as pictures: what each unit looks for in its inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.arguments import whole
from steepest.core.primitives import show
from steepest.errors import ArgumentError
from steepest.figure_style import look_of
from steepest.plot.figure import colour_bar, diverging, open_axes, symmetrical_limit
from steepest.plot.picture import Picture
from steepest.plot.tiles import draw_tiles, picture_shape, size_of

WHO = "st.plot.first_layer"


@dataclass(frozen=True)
class FirstLayer:
    """The weights of units of the first layer with weights, each in the shape of a picture.

    >>> model = st.Sequential([st.layers.Dense(3, input_shape=(64,))])
    >>> data = st.plot.first_layer_data(model, units=[2])
    >>> data.units.tolist(), data.pictures.shape
    ([2], (1, 8, 8))
    """

    layer: str
    units: np.ndarray
    pictures: np.ndarray


def first_layer_data(
    model: Any, shape: Sequence[int] | None = None, units: int | Sequence[int] = 25
) -> FirstLayer:
    """The weights of units, of the first ones or of those in a list, as pictures.

    `shape` is that of a picture; without it, that of the model's inputs or a square.

    >>> model = st.Sequential([st.layers.Flatten(input_shape=(4, 6)), st.layers.Dense(3)])
    >>> first_layer_data(model).pictures.shape
    (3, 4, 6)
    """
    layer = next((each for each in _layers(model) if hasattr(each, "kernel")), None)
    if layer is None or np.ndim(layer.kernel) != 2:
        raise ArgumentError(
            f"{WHO}: a built model with a Dense layer was expected, got {model!r:.60}"
        )
    kernel = np.asarray(layer.kernel, np.float64)
    known = getattr(model, "input_shape", None)
    known = known[1:] if isinstance(known, tuple) else ()
    found = picture_shape(WHO, len(kernel), known, shape)
    if found is None:
        raise ArgumentError(
            f"{WHO}: the {len(kernel)} inputs of {layer.name!r} form no square of 8 or more, and "
            f"the model's inputs have shape {show(known)}; give that of a picture: "
            "shape=(height, width)"
        )
    count = kernel.shape[1]
    if isinstance(units, int):
        chosen = np.arange(min(whole(f"{WHO}: units", units, least=1), count))
    else:
        chosen = np.array([whole(f"{WHO}: units", u, least=0, most=count - 1) for u in units])
    return FirstLayer(layer.name, chosen, kernel.T[chosen].reshape(-1, *found))


def _layers(model: Any) -> list[Any]:
    """The layers of a model, those of inner models in their place."""
    found: list[Any] = []
    for layer in getattr(model, "layers", []):
        found += _layers(layer) if hasattr(layer, "layers") else [layer]
    return found


def first_layer(
    model: Any,
    shape: Sequence[int] | None = None,
    units: int | Sequence[int] = 25,
    *,
    ax: Any = None,
    theme: str | None = None,
) -> Picture[FirstLayer]:
    """Draws the weights of the first layer with one picture a unit, on one scale around 0.

    Weights of coloured pictures are drawn as colours around grey. For `shape` and `units` see
    `first_layer_data`.

    >>> model = st.Sequential([st.layers.Dense(2, input_shape=(64,), name="hidden")])
    >>> picture = st.plot.first_layer(model)
    >>> picture.data.layer, picture.data.pictures.shape
    ('hidden', (2, 8, 8))
    """
    data = first_layer_data(model, shape, units)
    wide, high = size_of(len(data.units), data.pictures.shape[1:], 1)
    (axes,) = open_axes(WHO, ax, theme, panel=(wide + 0.9, high))
    texts = [f"unit {unit}" for unit in data.units]
    limit = symmetrical_limit(data.pictures)
    if data.pictures.ndim == 4 and data.pictures.shape[-1] == 3:
        draw_tiles(axes, 0.5 + data.pictures / (2 * limit), texts)
        axes.set_title(f"grey is 0, full colour is {limit:.2g}", size=9, color=look_of(axes).ink)
    else:
        pictures = data.pictures.reshape(data.pictures.shape[:3])
        style = {"cmap": diverging(look_of(axes)), "vmin": -limit, "vmax": limit}
        colour_bar(axes, draw_tiles(axes, pictures, texts, **style), "weight")
    return Picture(data, [axes], f"weights of {len(texts)} units of {data.layer} as pictures")

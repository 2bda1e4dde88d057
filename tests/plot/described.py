"""A picture as lines of text: the figure, its axes, and everything drawn on them in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.recorded import number_text, numbers_text


def described(picture: Any) -> str:
    """What a picture of st.plot draws, with numbers of three digits."""
    width, height = picture.figure.get_size_inches()
    lines = [picture.text, f"figure {number_text(width)} x {number_text(height)} inches"]
    for axes in picture.figure.axes:
        lines += _of_axes(axes)
    return "\n".join(lines)


def _of_axes(axes: Any) -> Iterator[str]:
    from matplotlib.ticker import FixedLocator

    yield f"axes from {numbers_text(axes.get_xlim())} and {numbers_text(axes.get_ylim())}"
    yield f"  scales {axes.get_xscale()}, {axes.get_yscale()}; aspect {axes.get_aspect()}"
    yield f"  labels {axes.get_xlabel()!r}, {axes.get_ylabel()!r}, {axes.get_title()!r}"
    for axis in (axes.xaxis, axes.yaxis):
        if isinstance(axis.get_major_locator(), FixedLocator):
            texts = [label.get_text() for label in axis.get_ticklabels()]
            yield f"  ticks {numbers_text(axis.get_ticklocs())} {' '.join(texts)}"
        yield f"    visible {axis.get_visible()}, grid {_grid(axis)}"
    yield f"  spines {[name for name, spine in axes.spines.items() if spine.get_visible()]}"
    for line in axes.lines:
        yield f"  line {line.get_label()!r} {numbers_text(line.get_xydata())}"
        yield f"    {_look(line)} {line.get_linestyle()} {number_text(line.get_linewidth())}"
        yield f"    mark {line.get_marker()} {number_text(line.get_markersize())}"
    for collection in axes.collections:
        yield f"  {type(collection).__name__} {collection.get_label()!r}"
        if hasattr(collection, "get_sizes"):
            yield f"    at {numbers_text(collection.get_offsets())}"
            yield f"    sizes {numbers_text(collection.get_sizes())}"
        else:
            yield f"    values {numbers_text(collection.get_array())}"
        yield f"    faces {numbers_text(collection.get_facecolor())} {_look(collection, False)}"
        yield f"    lines {numbers_text(collection.get_linewidth())}"
    for patch in axes.patches:
        yield f"  {type(patch).__name__} {numbers_text(patch.get_path().vertices)}"
        yield f"    face {numbers_text(patch.get_facecolor())} fill {patch.get_fill()}"
        yield f"    lines {number_text(patch.get_linewidth())} {_look(patch, False)}"
    for image in axes.images:
        yield f"  image {numbers_text(image.get_array())} {image.cmap.name}"
        yield f"    colours from {numbers_text(image.get_clim())}"
        yield f"    in {numbers_text(image.get_extent())} {image.get_interpolation()}"
    for text in axes.texts:
        yield f"  text {text.get_text()!r} at {numbers_text(text.get_position())} {_look(text)}"
        sides = text.get_ha(), text.get_va()
        yield f"    size {number_text(text.get_fontsize())} {' '.join(sides)}"
    if axes.get_legend() is not None:
        texts = [text.get_text() for text in axes.get_legend().get_texts()]
        yield f"  legend {texts} columns {axes.get_legend()._ncols}"


def _grid(axis: Any) -> bool:
    return any(tick.gridline.get_visible() for tick in axis.get_major_ticks())


def _look(artist: Any, has_colour: bool = True) -> str:
    from matplotlib.colors import to_hex

    alpha = artist.get_alpha()
    shown = f"{to_hex(artist.get_color())} " if has_colour else ""
    return f"{shown}alpha {alpha if np.ndim(alpha) == 0 else numbers_text(alpha)} z {artist.zorder}"

"""A picture as lines of text: the figure, its axes, and everything drawn on them in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


def described(picture: Any) -> str:
    """What a picture of st.plot draws, with numbers of three digits."""
    width, height = picture.figure.get_size_inches()
    lines = [picture.text, f"figure {_number(width)} x {_number(height)} inches"]
    for axes in picture.figure.axes:
        lines += _of_axes(axes)
    return "\n".join(lines)


def _of_axes(axes: Any) -> Iterator[str]:
    from matplotlib.ticker import FixedLocator

    yield f"axes from {_numbers(axes.get_xlim())} and {_numbers(axes.get_ylim())}"
    yield f"  scales {axes.get_xscale()}, {axes.get_yscale()}; aspect {axes.get_aspect()}"
    yield f"  labels {axes.get_xlabel()!r}, {axes.get_ylabel()!r}, {axes.get_title()!r}"
    for axis in (axes.xaxis, axes.yaxis):
        if isinstance(axis.get_major_locator(), FixedLocator):
            texts = [label.get_text() for label in axis.get_ticklabels()]
            yield f"  ticks {_numbers(axis.get_ticklocs())} {' '.join(texts)}"
        yield f"    visible {axis.get_visible()}, grid {_grid(axis)}"
    yield f"  spines {[name for name, spine in axes.spines.items() if spine.get_visible()]}"
    for line in axes.lines:
        yield f"  line {line.get_label()!r} {_numbers(line.get_xydata())}"
        yield f"    {_look(line)} {line.get_linestyle()} {_number(line.get_linewidth())}"
        yield f"    mark {line.get_marker()} {_number(line.get_markersize())}"
    for collection in axes.collections:
        yield f"  {type(collection).__name__} {collection.get_label()!r}"
        yield (
            f"    at {_numbers(collection.get_offsets())} in {_numbers(collection.get_sizes())}"
            if hasattr(collection, "get_sizes")
            else f"    values {_numbers(collection.get_array())}"
        )
        yield f"    faces {_numbers(collection.get_facecolor())} {_look(collection, False)}"
        yield f"    lines {_numbers(collection.get_linewidth())}"
    for patch in axes.patches:
        yield f"  {type(patch).__name__} {_numbers(patch.get_path().vertices)}"
        yield f"    face {_numbers(patch.get_facecolor())} lines {_number(patch.get_linewidth())}"
        yield f"    fill {patch.get_fill()} {_look(patch, False)}"
    for image in axes.images:
        yield f"  image {_numbers(image.get_array())} {image.cmap.name}"
        yield f"    colours from {_numbers(image.get_clim())}"
        yield f"    in {_numbers(image.get_extent())} {image.get_interpolation()}"
    for text in axes.texts:
        yield f"  text {text.get_text()!r} at {_numbers(text.get_position())} {_look(text)}"
        sides = text.get_ha(), text.get_va()
        yield f"    size {_number(text.get_fontsize())} {' '.join(sides)}"
    if axes.get_legend() is not None:
        texts = [text.get_text() for text in axes.get_legend().get_texts()]
        yield f"  legend {texts} columns {axes.get_legend()._ncols}"


def _grid(axis: Any) -> bool:
    return any(tick.gridline.get_visible() for tick in axis.get_major_ticks())


def _look(artist: Any, has_colour: bool = True) -> str:
    from matplotlib.colors import to_hex

    alpha = artist.get_alpha()
    shown = f"{to_hex(artist.get_color())} " if has_colour else ""
    return f"{shown}alpha {alpha if np.ndim(alpha) == 0 else _numbers(alpha)} z {artist.zorder}"


def _number(value: Any) -> str:
    if value is None:
        return "none"
    return f"{float(value):.2e}" if abs(value) > 1e-7 else "0"


def _numbers(values: Any) -> str:
    """The shape of an array, its first and last numbers, mean and deviation."""
    if values is None:
        return "none"
    array = np.ma.filled(np.ma.asarray(values, float), np.nan)
    finite = array[np.isfinite(array)]
    if array.size <= 8 and finite.size == array.size:
        return f"[{', '.join(map(_number, array.ravel()))}]"
    if not finite.size:
        return f"{array.shape} without numbers"
    ends = finite[[0, -1]].tolist()
    facts = map(_number, [*ends, finite.mean(), finite.std()])
    return f"{array.shape} {finite.size} finite {', '.join(facts)}"

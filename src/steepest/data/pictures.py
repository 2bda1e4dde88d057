"""Single pictures: read, written, to an array and back, under Keras's names.

Depends on files/decoding.py; pictures need pillow (extra `images`).
"""

from __future__ import annotations

import io
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from steepest.core.dtype import DTypeLike, as_dtype
from steepest.data.arguments import path_of
from steepest.data.files.checks import import_extra
from steepest.data.files.decoding import decoded
from steepest.errors import ArgumentError, ShapeError, unknown_name

MODES = {"grayscale": ("L", "I;16", "I"), "rgb": ("RGB",), "rgba": ("RGBA",)}
INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")
CHANNELS = {1: "L", 3: "RGB", 4: "RGBA"}


def load_img(
    path: str | os.PathLike[str] | io.BytesIO,
    color_mode: str = "rgb",
    target_size: tuple[int, int] | None = None,
    interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
) -> Any:
    """A picture of a file as an image of pillow, resized to `target_size=(height, width)`.

    `color_mode` is "rgb", "rgba" or "grayscale". `keep_aspect_ratio` cuts off the borders that the
    new shape does not have, instead of stretching.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "red.png"
    >>> st.utils.save_img(path, np.zeros((4, 6, 3)))
    >>> st.utils.img_to_array(st.utils.load_img(path, target_size=(2, 2))).shape
    (2, 2, 3)
    """
    if color_mode not in MODES:
        raise ArgumentError(
            f"load_img: color_mode: one of {', '.join(MODES)} was expected, got {color_mode!r}"
        )
    if interpolation not in INTERPOLATIONS:
        raise unknown_name("interpolation", interpolation, INTERPOLATIONS)
    picture = decoded(path if isinstance(path, io.BytesIO) else Path(path_of("load_img", path)))
    if picture.mode not in MODES[color_mode]:
        picture = picture.convert(MODES[color_mode][0])
    if target_size is None or picture.size == (target_size[1], target_size[0]):
        return picture
    resampling = import_extra("PIL.Image", "images").Resampling[interpolation.upper()]
    height, width = target_size
    box = _middle(picture.size, (width, height)) if keep_aspect_ratio else None
    return picture.resize((width, height), resampling, box=box)


def _middle(size: tuple[int, int], wanted: tuple[int, int]) -> tuple[int, int, int, int]:
    """The largest box in the middle of a picture with the ratio of the wanted sides."""
    width = min(size[0], size[1] * wanted[0] // wanted[1])
    height = min(size[1], size[0] * wanted[1] // wanted[0])
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return left, top, left + width, top + height


def img_to_array(img: Any, data_format: str | None = None, dtype: DTypeLike = None) -> np.ndarray:
    """A picture as numbers of shape (height, width, channels), of float32 by default.

    >>> import PIL.Image
    >>> st.utils.img_to_array(PIL.Image.new("L", (3, 2), 255)).shape
    (2, 3, 1)
    """
    values = np.asarray(img, as_dtype("float32" if dtype is None else dtype))
    if values.ndim not in (2, 3):
        raise ShapeError(f"img_to_array: a picture has 2 or 3 axes, got the shape {values.shape}")
    values = values if values.ndim == 3 else values[..., None]
    return values.transpose(2, 0, 1) if _channels_first(data_format) else values


def array_to_img(
    x: Any, data_format: str | None = None, scale: bool = True, dtype: DTypeLike = None
) -> Any:
    """An array of one picture as an image of pillow.

    `scale` spreads the numbers over 0 to 255; without it they are taken as they are.

    >>> st.utils.array_to_img(np.array([[[0.0], [0.5]], [[1.0], [0.25]]])).getpixel((0, 1))
    255
    """
    values = np.asarray(x, as_dtype("float32" if dtype is None else dtype))
    if values.ndim != 3:
        raise ShapeError(f"array_to_img: one picture of 3 axes was expected, got {values.shape}")
    if _channels_first(data_format):
        values = values.transpose(1, 2, 0)
    channels = values.shape[2]
    if channels not in CHANNELS:
        raise ShapeError(f"array_to_img: 1, 3 or 4 channels were expected, got {values.shape}")
    if scale:
        values = values - values.min()
        most = values.max()
        values = (values / most if most else values) * 255
    images = import_extra("PIL.Image", "images")
    if channels == 1:
        return images.fromarray(values[..., 0].astype("int32" if values.max() > 255 else "uint8"))
    return images.fromarray(np.ascontiguousarray(values.astype("uint8")))


def save_img(
    path: str | os.PathLike[str] | io.BytesIO,
    x: Any,
    data_format: str | None = None,
    file_format: str | None = None,
    scale: bool = True,
    **kwargs: Any,
) -> None:
    """Writes an array of one picture to a file; its suffix, or `file_format`, chooses the format.

    >>> stream = io.BytesIO()
    >>> st.utils.save_img(stream, np.zeros((4, 6, 3)), file_format="png")
    >>> st.utils.load_img(stream).size
    (6, 4)
    """
    if file_format is None and isinstance(path, (str, os.PathLike)):
        file_format = Path(path).suffix[1:].lower()
    file_format = "jpeg" if file_format and file_format.lower() == "jpg" else file_format
    picture = array_to_img(x, data_format, scale)
    if picture.mode == "RGBA" and file_format == "jpeg":
        warnings.warn("save_img: JPEG has no transparency, it is left out", stacklevel=2)
        picture = picture.convert("RGB")
    picture.save(path, format=file_format, **kwargs)


def _channels_first(data_format: str | None) -> bool:
    if data_format not in (None, "channels_last", "channels_first"):
        raise ArgumentError(
            f"data_format: 'channels_last' or 'channels_first' was expected, got {data_format!r}"
        )
    return data_format == "channels_first"

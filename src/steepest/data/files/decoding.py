"""Decodes one picture, after its declared size was compared with that of the file.

Depends on the checks of this folder; pictures need pillow (extra `images`).
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any

from steepest.data.files.checks import existing_file, import_extra, refuse_bomb
from steepest.errors import DataError


def decoded(source: str | Path | io.BytesIO) -> Any:
    """The picture of a file, or of bytes in memory, as an image of pillow.

    >>> import PIL.Image
    >>> stream = io.BytesIO()
    >>> PIL.Image.new("RGB", (6, 4)).save(stream, "png")
    >>> decoded(stream).size
    (6, 4)
    """
    images = import_extra("PIL.Image", "images")
    in_memory = isinstance(source, io.BytesIO)
    where = "the picture in memory" if in_memory else str(source)
    # From memory: a chunk that declares 4 GB then allocates only the bytes that exist.
    held = (
        source.getvalue() if isinstance(source, io.BytesIO) else existing_file(source).read_bytes()
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", images.DecompressionBombWarning)
            picture = images.open(io.BytesIO(held))
            unpacked = picture.width * picture.height * len(picture.getbands())
            refuse_bomb(unpacked, len(held), where)
            picture.load()
    except DataError:
        raise
    except Exception as error:  # pillow's decoders raise many types
        raise DataError(f"{where}: is not a sound picture ({error})") from error
    return picture

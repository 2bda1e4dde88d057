"""Pictures as bytes in the PNG format (ISO 15948). Depends on NumPy and the standard library."""

from __future__ import annotations

import struct
import zlib

import numpy as np

GREY, COLOURED = 0, 2  # types of pictures in the format


def png(pixels: np.ndarray) -> bytes:
    """The encoding of bytes of shape (height, width), or of (height, width, 3) in red, green, blue.

    >>> png(np.zeros((2, 2), np.uint8))[1:4]
    b'PNG'
    """
    height, width = pixels.shape[:2]
    colours = COLOURED if pixels.ndim == 3 else GREY
    lines = np.pad(pixels.reshape(height, -1), ((0, 0), (1, 0)))  # each begins with 0: no filter
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colours, 0, 0, 0)),
        (b"IDAT", zlib.compress(lines.astype(np.uint8).tobytes())),
        (b"IEND", b""),
    )
    parts = (
        struct.pack(">I", len(content)) + kind + content
        + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)

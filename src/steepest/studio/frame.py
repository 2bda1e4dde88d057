"""Frame: a head of JSON and arrays, as one block of bytes or as a message of a widget.

Depends on errors and NumPy. All integers are little-endian:

    uint32 total    how many bytes follow
    uint32 head     the length of the head
    the head        {"kind", "view", "id", "number", "data", "arrays": [{"name", "dtype", "shape"}]}
    zeros           up to a multiple of 8 bytes, counted from the byte after `total`
    each array      in C order, with zeros up to a multiple of 8 bytes
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from steepest.errors import DataError, DTypeError

DTYPES = {name: np.dtype(name).newbyteorder("<") for name in "float32 float64 int32 uint8".split()}
ALIGNMENT = 8


@dataclass(frozen=True)
class Frame:
    """What a view answers or pushes: a kind, data for JSON, and named arrays.

    `id` is that of the request that it answers, `number` that of a pushed frame. Arrays of a frame
    are not changed after it was made.

    >>> frame = Frame("map", {"low": 0.5}, {"values": np.ones((2, 3), np.float32)})
    >>> again = Frame.from_bytes(frame.to_bytes())
    >>> again.kind, again.data, again.arrays["values"].shape
    ('map', {'low': 0.5}, (2, 3))
    """

    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    view: str | None = None
    id: int | None = None
    number: int | None = None

    def __post_init__(self) -> None:
        for name, array in self.arrays.items():
            if array.dtype.name not in DTYPES:
                raise DTypeError(
                    f"frame {self.kind!r}: array {name!r}: {', '.join(DTYPES)} was expected, got "
                    f"{array.dtype}"
                )

    def to_message(self) -> tuple[dict[str, Any], list[np.ndarray]]:
        """The head, and the arrays in its order, as `send` of a widget takes them."""
        arrays = [
            np.ascontiguousarray(array, DTYPES[array.dtype.name]) for array in self.arrays.values()
        ]
        listed = [
            {"name": name, "dtype": array.dtype.name, "shape": list(array.shape)}
            for name, array in self.arrays.items()
        ]
        own = {"kind": self.kind, "view": self.view, "id": self.id, "number": self.number}
        return {**own, "data": for_json(self.data), "arrays": listed}, arrays

    def to_bytes(self) -> bytes:
        """The frame as one block of bytes."""
        head, arrays = self.to_message()
        text = json.dumps(head, allow_nan=False, separators=(",", ":")).encode()
        parts = [struct.pack("<I", len(text)), text, bytes(-(4 + len(text)) % ALIGNMENT)]
        for array in arrays:
            parts += [array.tobytes(), bytes(-array.nbytes % ALIGNMENT)]
        return b"".join([struct.pack("<I", sum(map(len, parts))), *parts])

    @classmethod
    def from_bytes(cls, block: bytes) -> Self:
        """The frame that a block of bytes holds; its arrays are views into the block."""
        frames, rest = cls.split(block)
        if len(frames) != 1 or rest:
            raise DataError(
                f"frame: one whole frame was expected, got {len(frames)} and {len(rest)} bytes"
            )
        return frames[0]

    @classmethod
    def split(cls, stream: bytes) -> tuple[list[Self], bytes]:
        """The whole frames at the beginning of a stream, and the bytes after them."""
        frames = []
        while len(stream) >= 4 and len(stream) >= (end := 4 + struct.unpack_from("<I", stream)[0]):
            frames.append(cls._read(memoryview(stream)[4:end]))
            stream = stream[end:]
        return frames, stream

    @classmethod
    def _read(cls, body: memoryview) -> Self:
        try:
            (length,) = struct.unpack_from("<I", body)
            head = json.loads(bytes(body[4 : 4 + length]))
            at, arrays = 4 + length, {}
            for one in head.pop("arrays"):
                at += -at % ALIGNMENT
                dtype, shape = DTYPES[one["dtype"]], one["shape"]
                found = np.frombuffer(body, dtype, math.prod(shape), at)
                arrays[one["name"]] = found.reshape(shape)
                at += found.nbytes
            return cls(**head, arrays=arrays)
        except (struct.error, ValueError, TypeError, KeyError, AttributeError) as error:
            raise DataError(f"frame: the bytes hold none: {error}") from None


def for_json(value: Any) -> Any:
    """A value as JSON has it: NaN and infinity become None, tuples and arrays lists.

    >>> for_json({"limit": float("inf"), "start": (np.float32(0.5), np.int64(3))})
    {'limit': None, 'start': [0.5, 3]}
    """
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): for_json(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [for_json(one) for one in value]
    return value

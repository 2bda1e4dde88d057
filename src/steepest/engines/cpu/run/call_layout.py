"""What a call must know of a program besides its code: kept with the code, so that a program which
was compiled before is neither planned nor written again.

Leans on spaces.py alone.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.core.dtype import as_dtype, name_of
from steepest.engines.cpu.loops.spaces import Buffer, Size


@dataclass(frozen=True, eq=False)
class Outline:
    """Buffers in the order of the table of pointers, constants, and what there is to do.

    `operations` are (those of any batch, those that each row adds). With `rows_independent` no row
    depends on another, and they may be cut into other batches than were asked for.

    >>> x = Buffer("x0", "input", 0, np.dtype("float32"), (Size(1, 1), Size(3)))
    >>> outline = Outline((x,), (np.float64([1, 2]),), (0.0, 3.0), True)
    >>> again = Outline.unpacked(outline.packed())
    >>> print(again.buffers[0], again.constants, again.operations, again.rows_independent)
    input x0: float32[batch, 3] (array([1., 2.]),) (0.0, 3.0) True
    """

    buffers: tuple[Buffer, ...]
    constants: tuple[np.ndarray, ...]
    operations: tuple[float, float]
    rows_independent: bool

    def packed(self) -> bytes:
        """Everything as bytes that can be kept on disk."""
        parts = (
            [_buffer_note(buffer) for buffer in self.buffers],
            [_array_note(array) for array in self.constants],
            self.operations,
            self.rows_independent,
        )
        return json.dumps(parts).encode()

    @property
    def deals(self) -> list[Buffer]:
        """What is to be told of how inputs are dealt out."""
        return [buffer for buffer in self.buffers if buffer.is_deal]

    @staticmethod
    def unpacked(note: bytes) -> Outline:
        """What `packed` gave."""
        buffers, constants, (fixed, growing), rows_independent = json.loads(note)
        return Outline(
            tuple(_buffer(*parts) for parts in buffers),
            tuple(_array(*parts) for parts in constants),
            (fixed, growing),
            rows_independent,
        )


def _buffer_note(buffer: Buffer) -> list[Any]:
    sizes = [[size.count, size.power] for size in buffer.shape]
    kind = name_of(buffer.dtype)
    return [buffer.name, buffer.role, buffer.place, kind, sizes, buffer.stored]


def _buffer(name: str, role: Any, place: int, kind: str, sizes: Any, stored: Any) -> Buffer:
    shape = tuple(Size(count, power) for count, power in sizes)
    return Buffer(name, role, place, as_dtype(kind), shape, stored)


def _array_note(array: np.ndarray) -> list[Any]:
    return [name_of(array.dtype), array.shape, base64.b64encode(array.tobytes()).decode()]


def _array(kind: str, shape: list[int], content: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(content), as_dtype(kind)).reshape(shape)

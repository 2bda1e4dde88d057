"""What a call needs of a program besides its code: buffers, constants and costs.

They are stored with the code, so that a process that finds the code neither plans nor emits.
Depends on spaces.py.
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
class CallLayout:
    """Buffers in the order of the table of pointers, constants, and the cost of a batch.

    `operations` are (those of any batch, those that each row adds), `weighted` a polynomial of the
    batch from which its time is estimated. With `rows_independent` no row depends on another, and
    they may be cut into other batches than the caller's. With `differs_if_long` there is other code
    for long batches.

    >>> x = Buffer("x0", "input", 0, np.dtype("float32"), (Size(1, 1), Size(3)))
    >>> layout = CallLayout((x,), (np.float64([1, 2]),), (0.0, 3.0), (0, 3, 0), True)
    >>> again = CallLayout.unpacked(layout.packed())
    >>> print(again.buffers[0], again.constants, again.operations, again.rows_independent)
    input x0: float32[batch, 3] (array([1., 2.]),) (0.0, 3.0) True
    """

    buffers: tuple[Buffer, ...]
    constants: tuple[np.ndarray, ...]
    operations: tuple[float, float]
    weighted: tuple[float, float, float]
    rows_independent: bool
    differs_if_long: bool = False

    def packed(self) -> bytes:
        """The layout as bytes."""
        buffers = [
            [
                b.name,
                b.role,
                b.place,
                name_of(b.dtype),
                [[s.count, s.power, s.groups] for s in b.shape],
                b.stored,
            ]
            for b in self.buffers
        ]
        constants = [
            [name_of(array.dtype), array.shape, base64.b64encode(array.tobytes()).decode()]
            for array in self.constants
        ]
        costs = self.operations, self.weighted, self.rows_independent, self.differs_if_long
        return json.dumps((buffers, constants, *costs)).encode()

    @property
    def in_blocks(self) -> bool:
        """Whether the code computes a batch in blocks of rows: it stores sums of their groups."""
        return any(size.groups for buffer in self.buffers for size in buffer.shape)

    @property
    def partitions(self) -> list[Buffer]:
        """The buffers that say how sparse inputs are partitioned among workers."""
        return [buffer for buffer in self.buffers if buffer.is_partition]

    @staticmethod
    def unpacked(note: bytes) -> CallLayout:
        """The layout that `packed` made into bytes."""
        buffers, constants, operations, weighted, independent, differs_if_long = json.loads(note)
        return CallLayout(
            tuple(_buffer(*parts) for parts in buffers),
            tuple(
                np.frombuffer(base64.b64decode(content), as_dtype(dtype)).reshape(shape)
                for dtype, shape, content in constants
            ),
            tuple(operations),
            tuple(weighted),
            independent,
            differs_if_long,
        )


def _buffer(name: str, role: Any, place: int, dtype: str, sizes: Any, stored: Any) -> Buffer:
    shape = tuple(Size(*size) for size in sizes)
    return Buffer(name, role, place, as_dtype(dtype), shape, stored)

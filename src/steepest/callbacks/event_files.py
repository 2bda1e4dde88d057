"""Event files as TensorBoard reads them: numbers, histograms and graphs, without TensorFlow.

An event file is a row of records, each a protocol-buffer message between two checksums
(CRC-32C, Castagnoli). Leans on NumPy.
"""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Sequence
from typing import BinaryIO

import numpy as np

BUCKETS = 30
_POLYNOMIAL = 0x82F63B78


def _table() -> list[int]:
    entries = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (_POLYNOMIAL if value & 1 else 0)
        entries.append(value)
    return entries


_TABLE = _table()


def checksum(content: bytes) -> int:
    """The CRC-32C of some bytes.

    >>> hex(checksum(b"123456789"))
    '0xe3069283'
    """
    value = 0xFFFFFFFF
    for byte in content:
        value = (value >> 8) ^ _TABLE[(value ^ byte) & 0xFF]
    return value ^ 0xFFFFFFFF


def _masked(content: bytes) -> bytes:
    """The checksum as records hold it: rotated and shifted, so that it can be nested."""
    value = checksum(content)
    return struct.pack("<I", (((value >> 15) | (value << 17)) + 0xA282EAD8) & 0xFFFFFFFF)


def record(message: bytes) -> bytes:
    """A message between its length and its checksums.

    >>> len(record(b"abc"))
    19
    """
    length = struct.pack("<Q", len(message))
    return length + _masked(length) + message + _masked(message)


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append((value & 0x7F) | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def _text(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _number(field: int, value: float) -> bytes:
    return _varint(field << 3 | 1) + struct.pack("<d", value)


def scalar(value: float) -> bytes:
    """A value as a summary holds it.

    >>> scalar(0.5)
    b'\\x15\\x00\\x00\\x00?'
    """
    return b"\x15" + struct.pack("<f", value)


def histogram(values: np.ndarray) -> bytes:
    """How many of some numbers lie in each of thirty intervals, as a summary holds it.

    >>> len(histogram(np.arange(4.0))) > 480
    True
    """
    values = values.astype(np.float64).reshape(-1)
    counts, edges = np.histogram(values, BUCKETS)
    facts = (values.min(), values.max(), values.size, values.sum(), np.square(values).sum())
    told = b"".join(_number(field, float(fact)) for field, fact in enumerate(facts, 1))
    limits, numbers = (part.astype("<f8").tobytes() for part in (edges[1:], counts))
    return _text(5, told + _text(6, limits) + _text(7, numbers))


def summary(tag: str, content: bytes) -> bytes:
    """The part of an event that says what was seen of a quantity.

    >>> summary("loss", scalar(0.5))[-11:]
    b'\\n\\x04loss\\x15\\x00\\x00\\x00?'
    """
    return _text(5, _text(1, _text(1, tag.encode()) + content))


def graph(nodes: Sequence[tuple[str, str, Sequence[str]]]) -> bytes:
    """The part of an event that draws a graph: names, kinds, and the names that each reads.

    >>> graph([("out", "Dense", ["in"])])
    b'"\\x12\\n\\x10\\n\\x03out\\x12\\x05Dense\\x1a\\x02in'
    """
    drawn = b"".join(_text(1, _node(*node)) for node in nodes)
    return _text(4, drawn)


def _node(name: str, kind: str, inputs: Sequence[str]) -> bytes:
    read = b"".join(_text(3, source.encode()) for source in inputs)
    return _text(1, name.encode()) + _text(2, kind.encode()) + read


def _head(seconds: float, step: int) -> bytes:
    return b"\x09" + struct.pack("<d", seconds) + b"\x10" + _varint(step)


class EventFile:
    """One file of events, opened when made."""

    def __init__(self, folder: str) -> None:
        import socket

        os.makedirs(folder, exist_ok=True)
        name = f"events.out.tfevents.{int(time.time())}.{socket.gethostname()}.{os.getpid()}.v2"
        self._file: BinaryIO = open(os.path.join(folder, name), "ab")  # noqa: SIM115 - open until close
        self._file.write(record(_head(time.time(), 0) + _text(3, b"brain.Event:2")))

    def write(self, content: bytes, step: int) -> None:
        """Note a summary or a graph."""
        self._file.write(record(_head(time.time(), step) + content))

    def flush(self) -> None:
        """Let readers see all that was noted."""
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

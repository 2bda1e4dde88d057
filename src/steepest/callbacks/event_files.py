"""Event files for TensorBoard, written without TensorFlow: numbers, histograms, pictures, graphs.

An event file is a sequence of records, each a protocol-buffer message between two checksums
(CRC-32C, Castagnoli). Depends on storage's png, processes and NumPy.
"""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Sequence
from typing import BinaryIO

import numpy as np

from steepest.processes import is_chief
from steepest.storage.png import png

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
    """The checksum in the form of records: rotated, with a constant added."""
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


def _bytes_field(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def scalar(value: float) -> bytes:
    """The encoding of a value in a summary.

    >>> scalar(0.5)
    b'\\x15\\x00\\x00\\x00?'
    """
    return b"\x15" + struct.pack("<f", value)


def histogram(values: np.ndarray) -> bytes:
    """The encoding of a histogram of values, in thirty intervals, in a summary.

    >>> len(histogram(np.arange(4.0))) > 480
    True
    """
    values = values.astype(np.float64).reshape(-1)
    counts, edges = np.histogram(values, BUCKETS)
    facts = (values.min(), values.max(), values.size, values.sum(), np.square(values).sum())
    doubles = b"".join(
        _varint(field << 3 | 1) + struct.pack("<d", float(fact))
        for field, fact in enumerate(facts, 1)
    )
    limits, numbers = (part.astype("<f8").tobytes() for part in (edges[1:], counts))
    return _bytes_field(5, doubles + _bytes_field(6, limits) + _bytes_field(7, numbers))


def image(values: np.ndarray) -> bytes:
    """The encoding of a matrix as a grey picture in a summary: its least value black.

    >>> b"PNG" in image(np.eye(3))
    True
    """
    low, high = float(values.min()), float(values.max())
    grey = ((values - low) * (255.0 / (high - low or 1.0))).round().astype(np.uint8)
    rows, columns = grey.shape
    sizes = b"".join(_varint(field << 3) + _varint(size) for field, size in enumerate(
        (rows, columns, 1), 1))  # fmt: skip
    return _bytes_field(4, sizes + _bytes_field(4, png(grey)))


def summary(tag: str, content: bytes) -> bytes:
    """The part of an event that holds a value or a histogram under a tag.

    >>> summary("loss", scalar(0.5))[-11:]
    b'\\n\\x04loss\\x15\\x00\\x00\\x00?'
    """
    return _bytes_field(5, _bytes_field(1, _bytes_field(1, tag.encode()) + content))


def graph(nodes: Sequence[tuple[str, str, Sequence[str]]]) -> bytes:
    """The part of an event that holds a graph: each node's name, kind, and names of inputs.

    >>> graph([("out", "Dense", ["in"])])
    b'"\\x12\\n\\x10\\n\\x03out\\x12\\x05Dense\\x1a\\x02in'
    """
    encoded = b""
    for name, kind, inputs in nodes:
        read = b"".join(_bytes_field(3, source.encode()) for source in inputs)
        node = _bytes_field(1, name.encode()) + _bytes_field(2, kind.encode()) + read
        encoded += _bytes_field(1, node)
    return _bytes_field(4, encoded)


def _head(seconds: float, step: int) -> bytes:
    return b"\x09" + struct.pack("<d", seconds) + b"\x10" + _varint(step)


class EventFile:
    """One file of events, opened by the constructor; only the chief's is written."""

    def __init__(self, folder: str) -> None:
        import socket

        name = f"events.out.tfevents.{int(time.time())}.{socket.gethostname()}.{os.getpid()}.v2"
        if is_chief():
            os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, name) if is_chief() else os.devnull
        self._file: BinaryIO = open(path, "ab")  # noqa: SIM115 - open until close
        self._file.write(record(_head(time.time(), 0) + _bytes_field(3, b"brain.Event:2")))

    def write(self, content: bytes, step: int) -> None:
        """Writes a summary or a graph."""
        self._file.write(record(_head(time.time(), step) + content))

    def flush(self) -> None:
        """Flushes the file, so that readers see all events."""
        self._file.flush()

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

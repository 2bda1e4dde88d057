"""TensorBoard: the logs of each epoch as event files, written without TensorFlow.

An event file is a row of records, each a protocol-buffer message between two checksums
(CRC-32C, Castagnoli). Leans on nothing.
"""

from __future__ import annotations

import os
import struct
import time
from typing import BinaryIO

from steepest.callbacks.callback import Callback, Logs

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


def scalar_event(tag: str, value: float, step: int, seconds: float) -> bytes:
    """The message that says: at this step, this quantity had this value.

    >>> scalar_event("loss", 0.5, 1, 0.0)[-11:]
    b'\\n\\x04loss\\x15\\x00\\x00\\x00?'
    """
    entry = _text(1, tag.encode()) + b"\x15" + struct.pack("<f", value)
    return _head(seconds, step) + _text(5, _text(1, entry))


def _head(seconds: float, step: int) -> bytes:
    return b"\x09" + struct.pack("<d", seconds) + b"\x10" + _varint(step)


class EventFile:
    """One file of events, opened when made."""

    def __init__(self, folder: str) -> None:
        import socket

        os.makedirs(folder, exist_ok=True)
        name = f"events.out.tfevents.{int(time.time())}.{socket.gethostname()}.{os.getpid()}.v2"
        self._file: BinaryIO = open(os.path.join(folder, name), "ab")  # noqa: SIM115
        self._file.write(record(_head(time.time(), 0) + _text(3, b"brain.Event:2")))

    def write(self, tag: str, value: float, step: int) -> None:
        """Note a value."""
        self._file.write(record(scalar_event(tag, value, step, time.time())))

    def flush(self) -> None:
        """Let readers see all that was noted."""
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class TensorBoard(Callback):
    """Write each epoch's logs for TensorBoard, training and validation as two runs.

    >>> import steepest as st
    >>> board = st.callbacks.TensorBoard("logs")
    """

    def __init__(self, log_dir: str | os.PathLike[str] = "logs") -> None:
        super().__init__()
        self.log_dir = os.fspath(log_dir)
        self._files: dict[str, EventFile] = {}

    def _file(self, run: str) -> EventFile:
        if run not in self._files:
            self._files[run] = EventFile(os.path.join(self.log_dir, run))
        return self._files[run]

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Note all numbers of the epoch, where TensorBoard puts the two runs side by side."""
        for name, value in (logs or {}).items():
            if isinstance(value, (int, float)):
                run = "validation" if name.startswith("val_") else "train"
                self._file(run).write(f"epoch_{name.removeprefix('val_')}", float(value), epoch)
        for file in self._files.values():
            file.flush()

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()
        self._files = {}

"""Reads and writes named arrays and a JSON note in one .safetensors file with a checksum.

The checksum covers the whole file, header included; it is the first entry of the note, and was
computed with zeros in its own place. Reading runs no code of the file; safetensors checks sizes
before memory is allocated. Depends on errors.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from steepest.data.arguments import path_of
from steepest.errors import DataError
from steepest.storage.whole_file import write_whole

NOTE = "steepest"
CHECKSUM = "sha256"
BLANK = "0" * 64
PLACE = re.compile(re.escape(f'"{NOTE}":"{{\\"{CHECKSUM}\\": \\"'.encode()) + b"(.{64})", re.DOTALL)
"""The checksum in a header; the note is JSON in a JSON string, so its quotes are escaped."""
LONGEST_HEADER = 100_000_000  # bytes, as safetensors has it
PIECE = 1 << 20


def write_tensors(
    path: str | os.PathLike[str], arrays: dict[str, np.ndarray], note: dict[str, Any]
) -> None:
    """Writes arrays by name, and a note of JSON values.

    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "w.safetensors")
    ...     write_tensors(path, {"w": np.ones(2)}, {"version": 1})
    ...     read_tensors(path)[0]["w"].tolist()
    [1.0, 1.0]
    """
    from safetensors.numpy import save

    plain = {name: np.array(array, order="C") for name, array in arrays.items()}
    summed = {CHECKSUM: BLANK, **{key: part for key, part in note.items() if key != CHECKSUM}}
    content = bytearray(save(plain, metadata={NOTE: json.dumps(summed)}))
    place = PLACE.search(content)
    assert place is not None
    content[place.start(1) : place.end(1)] = hashlib.sha256(content).hexdigest().encode()
    write_whole(path_of("save", path), content)


def read_tensors(path: str | os.PathLike[str]) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The arrays of a file by name, and its note; raises if a byte is not as it was written."""
    with _opened(path) as file:
        _check_sum(os.fspath(path))
        note = json.loads((file.metadata() or {}).get(NOTE, "{}"))
        return {key: file.get_tensor(key) for key in file.keys()}, note  # noqa: SIM118 - no dict


def is_own(path: str | os.PathLike[str]) -> bool:
    """Whether a .safetensors file was written by steepest."""
    with _opened(path) as file:
        return NOTE in (file.metadata() or {})


@contextlib.contextmanager
def _opened(path: str | os.PathLike[str]) -> Iterator[Any]:
    """A file whose sizes add up; what is wrong in it is an error that names it."""
    from safetensors import SafetensorError, safe_open

    name = path_of("load", path)
    if not os.path.isfile(name):
        raise FileNotFoundError(f"there is no file {name!r}")
    try:
        with safe_open(name, framework="numpy") as file:
            yield file
    except DataError:
        raise
    except (SafetensorError, ValueError, TypeError, OSError, RecursionError) as error:
        raise DataError(
            f"{name!r} is not a complete .safetensors file written by steepest: {error}"
        ) from None


def _check_sum(name: str) -> None:
    """Raises if a file has a checksum, and it is not that of its content."""
    with open(name, "rb") as file:
        length = min(int.from_bytes(file.read(8), "little"), LONGEST_HEADER)
        place = PLACE.search(file.read(length))
        if place is None:
            return
        file.seek(0)
        head = bytearray(file.read(8 + place.end(1)))
        head[8 + place.start(1) :] = BLANK.encode()
        found = hashlib.sha256(head)
        while piece := file.read(PIECE):
            found.update(piece)
    if found.hexdigest().encode() != place.group(1):
        raise DataError(
            f"{name!r} is damaged: its bytes are not those that were written (the checksum "
            "differs); take a copy of it, or save it again"
        )

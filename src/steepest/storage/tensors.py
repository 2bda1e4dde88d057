"""Reads and writes named arrays and a JSON note in one .safetensors file.

A file is written under a temporary name, flushed and renamed, and the folder flushed: if the
process is killed at any moment, there is the old file or the new one, both whole. Reading runs no
code of the file; safetensors checks sizes before memory is allocated. Depends on errors.
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import Any

import numpy as np

from steepest.errors import DataError

NOTE = "steepest"


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
    import tempfile

    from safetensors.numpy import save

    plain = {name: np.array(array, order="C") for name, array in arrays.items()}
    content = save(plain, metadata={NOTE: json.dumps(note)})
    target = os.path.abspath(os.fspath(path))
    folder = os.path.dirname(target)
    os.makedirs(folder, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    _flush_folder(folder)


def _flush_folder(folder: str) -> None:
    """Flushes a folder, which makes a rename durable; not every system can flush one."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read_tensors(path: str | os.PathLike[str]) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The arrays of a file by name, and its note."""
    from safetensors import SafetensorError, safe_open

    name = os.fspath(path)
    if not os.path.exists(name):
        raise FileNotFoundError(f"there is no file {name!r}")
    try:
        with safe_open(name, framework="numpy") as file:
            note = json.loads((file.metadata() or {}).get(NOTE, "{}"))
            return {key: file.get_tensor(key) for key in file.keys()}, note  # noqa: SIM118 - no dict
    except (SafetensorError, ValueError, OSError, RecursionError) as error:
        raise DataError(
            f"{name!r} is not a complete .safetensors file written by steepest: {error}"
        ) from None

"""Keras's `.keras` archives: a configuration and weights, read as JSON and numbers.

The members are read by their known names only, after their sizes were checked; nothing is unpacked
to disk. Depends on the readers of the configuration and of HDF5.
"""

from __future__ import annotations

import io
import json
import os
from typing import TYPE_CHECKING, Any

from steepest.data.files.checks import refuse_bomb
from steepest.errors import DataError
from steepest.layers.weight_limit import limited_weights
from steepest.registry import from_config
from steepest.storage.foreign.keras_config import translated
from steepest.storage.foreign.keras_hdf5 import (
    KerasWeights,
    assign_keras_weights,
    read_keras_weights,
)
from steepest.storage.reading import reading

if TYPE_CHECKING:
    from zipfile import ZipFile

CONFIG, WEIGHTS = "config.json", "model.weights.h5"
LONGEST_CONFIG = 32_000_000  # bytes


def is_keras_archive(path: str | os.PathLike[str]) -> bool:
    """Whether a file is a zip archive by its first bytes.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "m.keras"
    ...     _ = path.write_bytes(b"PK and more")
    ...     is_keras_archive(path)
    True
    """
    with open(path, "rb") as file:
        return file.read(2) == b"PK"


def keras_archive(path: str | os.PathLike[str]) -> tuple[dict[str, Any], KerasWeights]:
    """The configuration and the weights of an archive."""
    import zipfile

    where = repr(os.fspath(path))
    try:
        with zipfile.ZipFile(path) as archive:
            config = json.loads(_member(archive, CONFIG, where, LONGEST_CONFIG))
            weights = _member(archive, WEIGHTS, where, os.path.getsize(path) * 100)
    except DataError:
        raise
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{where} is not a sound .keras archive: {error}") from error
    return config, read_keras_weights(io.BytesIO(weights), where)


def _member(archive: ZipFile, name: str, where: str, most: int) -> bytes:
    try:
        info = archive.getinfo(name)
    except KeyError:
        raise DataError(f"{where} is not a .keras archive: it has no {name}") from None
    refuse_bomb(info.file_size, info.compress_size, f"{where}: {name}")
    if info.file_size > most:
        raise DataError(f"{where}: {name} of {info.file_size:,} bytes is larger than {most:,}")
    return archive.read(info)  # which checks the member's checksum


def load_keras_archive(
    path: str | os.PathLike[str], custom_objects: dict[str, Any] | None = None
) -> Any:
    """The model of a `.keras` archive with its weights, not compiled."""
    where = repr(os.fspath(path))
    config, weights = keras_archive(path)
    numbers = len(json.dumps(config))  # the most that it can hold itself, as constants
    numbers += sum(a.size for source in weights.sources.values() for a in source.arrays.values())
    with reading(f"the Keras model {where}", custom_objects):
        with limited_weights(numbers):
            model = from_config(translated(config), "layer")
        assign_keras_weights(where, model, weights)
    return model

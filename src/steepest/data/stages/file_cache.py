"""A cache in files: the elements of the first whole epoch, one .npy file for each leaf.

Later epochs, and later runs, map the files into memory, so that training reads them in place.
Depends on base and the reader of .npy files.
"""

from __future__ import annotations

import contextlib
import glob
import json
import shutil
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from steepest.core import tree
from steepest.data.columns import DenseColumn
from steepest.data.files.arrays import NumpyFile
from steepest.data.stages import blocks
from steepest.data.stages.base import Derived, Stage
from steepest.data.stages.blocks import Block
from steepest.data.stages.column_plan import ColumnPlan, in_order
from steepest.errors import DataError

NEST = "form.json"
HEADER_BYTES = 256
PARTIAL = ".partial-"
STALE_SECONDS = 7 * 86_400.0


class FileCache(Derived):
    """Elements of equal shapes, cached in a folder that appears once it is complete.

    >>> FileCache(Stage(), "/nowhere").plan is None
    True
    """

    def __init__(self, source: Stage, folder: str | Path) -> None:
        self.source, self.folder = source, Path(folder)
        self._loaded: ColumnPlan | None = None

    @property
    def plan(self) -> ColumnPlan | None:
        """The files as columns, once they exist."""
        if self._loaded is None and (self.folder / NEST).exists():
            like = _from_json(json.loads((self.folder / NEST).read_text()))
            files = (self.folder / f"{place}.npy" for place in range(len(tree.leaves(like))))
            columns = iter([DenseColumn(NumpyFile(file).array) for file in files])
            self._loaded = in_order(tree.rebuild(like, columns))
        return self._loaded

    @property
    def slow(self) -> bool:
        """Whether the source is, before it is cached."""
        return self.plan is None and self.source.slow

    def size(self) -> int:
        """The size of the cache, once it is complete; before, that of the source."""
        return self.source.size() if self.plan is None else self.plan.count

    def blocks(self, epoch: int) -> Iterator[Block]:
        """The elements, written while they are read; an interrupted epoch leaves nothing behind."""
        _check_free(self.folder)
        partial = _new_folder(self.folder)
        writer: _Writer | None = None
        try:
            for block in self.source.run(0):
                writer = writer or _Writer(partial, block)
                writer.add(block)
                yield block
            if writer is not None:
                writer.finish()
                _publish(partial, self.folder)
        finally:
            if writer is not None:
                writer.close()
            shutil.rmtree(partial, ignore_errors=True)


def _check_free(folder: Path) -> None:
    taken = folder.exists() and not (folder / NEST).exists()
    if taken and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(
            f"Dataset.cache: {folder} is there already and is no cache; name a folder that is "
            "not there yet"
        )


def _new_folder(folder: Path) -> Path:
    """A new folder beside the final one, so that two runs at once do not share one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left in folder.parent.glob(glob.escape(folder.name) + PARTIAL + "*"):
        with contextlib.suppress(FileNotFoundError):  # removed by its run in this moment
            if time.time() - left.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
    made = folder.with_name(folder.name + PARTIAL + uuid.uuid4().hex)
    made.mkdir()
    return made


def _publish(partial: Path, folder: Path) -> None:
    """Renames the complete cache; of two runs that end together, the first one's stays."""
    try:
        partial.rename(folder)
    except OSError:
        if not (folder / NEST).exists():
            raise


class _Writer:
    """Appends the leaves of blocks to files, whose headers are written at the end."""

    def __init__(self, folder: Path, first: Block) -> None:
        self._folder, self._first, self._count = folder, first, 0
        for leaf in tree.leaves(first):
            if not blocks.is_numeric(leaf.dtype):
                raise DataError("Dataset.cache: texts and lists cannot be cached in a file")
        self._files: list[IO[bytes]] = [
            (folder / f"{place}.npy").open("wb") for place in range(len(tree.leaves(first)))
        ]
        for file in self._files:
            file.write(b" " * HEADER_BYTES)

    def add(self, block: Block) -> None:
        """Appends the elements of a block."""
        if not blocks.fits(self._first, block):
            raise DataError(
                f"Dataset.cache: element {self._count} has another shape or dtype than element 0; "
                "a file holds elements of one shape: cache before batch, or pad them"
            )
        for file, leaf in zip(self._files, tree.leaves(block), strict=True):
            file.write(np.ascontiguousarray(leaf).tobytes())
        self._count += blocks.length(block)

    def finish(self) -> None:
        """Writes the headers, and the nest of an element."""
        for file, leaf in zip(self._files, tree.leaves(self._first), strict=True):
            file.seek(0)
            file.write(_header((self._count, *leaf.shape[1:]), leaf.dtype))
        self.close()
        (self._folder / NEST).write_text(json.dumps(_as_json(self._first)))

    def close(self) -> None:
        """Closes the files."""
        for file in self._files:
            file.close()


def _header(shape: tuple[int, ...], dtype: np.dtype[Any]) -> bytes:
    """The header of an .npy file, version 1.0, padded to a fixed length."""
    text = repr({"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False,
                 "shape": shape})  # fmt: skip
    length = HEADER_BYTES - 10
    return b"\x93NUMPY\x01\x00" + length.to_bytes(2, "little") + (
        text.ljust(length - 1) + "\n"
    ).encode("latin-1")  # fmt: skip


def _as_json(nest: Any) -> Any:
    if isinstance(nest, dict):
        return {"dictionary": {key: _as_json(part) for key, part in nest.items()}}
    if isinstance(nest, (list, tuple)):
        return {type(nest).__name__: [_as_json(part) for part in nest]}
    return None


def _from_json(form: Any) -> Any:
    if form is None:
        return 0
    ((container, parts),) = form.items()
    if container == "dictionary":
        return {key: _from_json(part) for key, part in parts.items()}
    made = [_from_json(part) for part in parts]
    return tuple(made) if container == "tuple" else made

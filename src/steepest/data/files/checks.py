"""Checks before a reader allocates memory: paths, sizes, columns, optional packages.

Depends on the errors only.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import IO

from steepest.errors import ArgumentError, DataError, MissingExtra, nearest

# Usual pictures and tables shrink 2 to 30 times; deflate can reach 1,032. Above 64 MB, a file that
# declares more than 200 times its own size is refused as a decompression bomb.
FREE_BYTES = 1 << 26
BOMB_RATIO = 200
BLOCK = 1 << 20


def existing_file(path: str | Path) -> Path:
    """The path of an existing, non-empty file; else an error that says what was found."""
    path = Path(path)
    if not path.exists():
        raise DataError(f"{path}: there is no such file; check the path and its spelling")
    if path.is_dir():
        raise DataError(f"{path}: is a folder where a file was expected")
    if path.stat().st_size == 0:
        raise DataError(f"{path}: the file is empty; write or download it again")
    return path


def existing_folder(path: str | Path) -> Path:
    """The path of an existing folder; else an error that says what was found."""
    path = Path(path)
    if not path.is_dir():
        found = "is a file" if path.exists() else "does not exist"
        raise DataError(f"{path}: {found} where a folder was expected")
    return path


def refuse_bomb(declared: int, held: int, where: str) -> None:
    """Raises if the declared size is too large for a file of `held` bytes."""
    if declared > FREE_BYTES and declared > BOMB_RATIO * held:
        raise DataError(
            f"{where}: declares {declared:,} bytes but has {held:,} compressed ones; more than "
            f"{BOMB_RATIO} times its size is refused: unpack it yourself if you trust it"
        )


def read_exactly(stream: IO[bytes], size: int, where: str) -> bytearray:
    """Reads `size` bytes of a stream; memory is allocated only for bytes that exist."""
    held = bytearray()
    while len(held) < size:
        block = stream.read(min(BLOCK, size - len(held)))
        if not block:
            raise DataError(
                f"{where}: ends after {len(held):,} of {size:,} bytes that its header declares; "
                "it was cut short: download or write it again"
            )
        held += block
    return held


def select_columns(
    wanted: Sequence[str] | None, present: Sequence[str], where: str
) -> tuple[str, ...]:
    """The wanted columns, checked to be present and named once; for None, all that are present."""
    refuse_duplicates(present, where)
    if wanted is None:
        return tuple(present)
    if isinstance(wanted, str):
        raise ArgumentError(f"columns={wanted!r}: a list of names was expected: [{wanted!r}]")
    for name in wanted:
        if name not in present:
            raise DataError(f"{where}: has no column {name!r}: {nearest(name, present)}")
    refuse_duplicates(wanted, "columns=")
    return tuple(wanted)


def refuse_duplicates(names: Sequence[str], where: str) -> None:
    """Raises if a name occurs twice: a dictionary of columns would lose one of them."""
    twice = sorted({name for name in names if list(names).count(name) > 1})
    if twice:
        raise DataError(f"{where}: the column {twice[0]!r} appears more than once; rename one")


def same_rows(lengths: dict[str, int], where: str) -> int:
    """The common number of rows of columns that are read side by side."""
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{name} {rows:,}" for name, rows in lengths.items())
        raise DataError(
            f"{where}: columns of different length cannot be read as rows ({found}); "
            "name those that belong together with columns=[...]"
        )
    rows = next(iter(lengths.values()), 0)
    if rows == 0:
        raise DataError(f"{where}: holds no rows")
    return rows


def row_ranges(rows: int, rows_per_chunk: int) -> Iterator[tuple[int, int]]:
    """(start, stop) of every chunk."""
    for start in range(0, rows, chunk_size(rows_per_chunk)):
        yield start, min(start + rows_per_chunk, rows)


def chunk_size(rows_per_chunk: int) -> int:
    """The number of rows per chunk, which must be at least one."""
    if rows_per_chunk < 1:
        raise ArgumentError(f"rows_per_chunk={rows_per_chunk}: expected at least 1")
    return int(rows_per_chunk)


def import_extra(module: str, extra: str) -> ModuleType:
    """An optional package, or the command that installs it.

    >>> import_extra("json", "hdf5").__name__
    'json'
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.split(".")[0]
        raise MissingExtra(
            f"this needs the package {package!r}: pip install 'steepest[{extra}]'"
        ) from error

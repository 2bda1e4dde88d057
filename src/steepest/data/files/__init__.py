"""Readers of files, whole or some rows at a time: IDX, CSV, .npy, .npz, HDF5, Parquet, folders.

Optional packages are imported where they are used.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from steepest.arguments import refuse_unknown
from steepest.data.files.arrays import NumpyArchive, NumpyFile, read_npy, read_npz, save_npz
from steepest.data.files.delimited import DelimitedFile, read_csv
from steepest.data.files.folders import PictureFolder, TextFolder, open_folder
from steepest.data.files.hdf5 import Hdf5File, read_hdf5
from steepest.data.files.idx import IdxFile, read_idx
from steepest.data.files.parquet import ParquetFile
from steepest.data.files.source import Source, read_columns
from steepest.errors import DataError

__all__ = [
    "Source",
    "open_source",
    "read_columns",
    "IdxFile",
    "DelimitedFile",
    "NumpyFile",
    "NumpyArchive",
    "Hdf5File",
    "ParquetFile",
    "PictureFolder",
    "TextFolder",
    "read_idx",
    "read_csv",
    "read_npy",
    "read_npz",
    "read_hdf5",
    "save_npz",
]

READERS: dict[str, Callable[..., Source]] = {
    ".csv": DelimitedFile,
    ".tsv": DelimitedFile,
    ".tab": DelimitedFile,
    ".npy": NumpyFile,
    ".npz": NumpyArchive,
    ".h5": Hdf5File,
    ".hdf5": Hdf5File,
    ".parquet": ParquetFile,
}
GZIPPED = (".csv.gz", ".tsv.gz", ".tab.gz")


def open_source(path: str | Path, **options: Any) -> Source:
    """The reader for a file's suffix, or for a folder's content; `options` are the reader's.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "xor.csv"
    >>> _ = path.write_text("a,b,y\\n0,0,0\\n0,1,1\\n")
    >>> open_source(path, columns=["y"]).columns
    ('y',)
    """
    if Path(path).is_dir():
        return open_folder(path, **options)
    name = Path(path).name.lower()
    suffix = Path(name.removesuffix(".gz") if name.endswith(GZIPPED) else name).suffix
    if "idx" in Path(path).name and suffix not in READERS:
        return IdxFile(path)
    if suffix not in READERS:
        raise DataError(
            f"{path}: no reader is known for {suffix!r}; known names: "
            f"{', '.join([*READERS, *GZIPPED])}, IDX, and folders of pictures or texts"
        )
    try:
        return READERS[suffix](path, **options)
    except TypeError:
        refuse_unknown(READERS[suffix], options, "Dataset.from_file")
        raise

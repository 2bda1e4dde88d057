"""Data sets of the lines of text files and of CSV files, as TensorFlow names them.

Depends on the readers of files and the Dataset.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from steepest.data.dataset import INFINITE_CARDINALITY, UNKNOWN_CARDINALITY, Dataset
from steepest.data.files import DelimitedFile
from steepest.data.files.packed import lines_of, unpacked
from steepest.data.stages.threads_ahead import AUTOTUNE
from steepest.errors import ArgumentError, DataError, suggest_names, unknown_name

__all__ = [
    "make_csv_dataset",
    "CsvDataset",
    "TextLineDataset",
    "AUTOTUNE",
    "INFINITE_CARDINALITY",
    "UNKNOWN_CARDINALITY",
    "cardinality",
]


_NAMED = ("int32", "int64", "float32", "float64", "string")


def cardinality(dataset: Dataset) -> int:
    """The number of elements of a data set, as its own method gives it.

    >>> cardinality(Dataset.range(5))
    5
    """
    return dataset.cardinality()


def TextLineDataset(filenames: Any) -> Dataset:  # noqa: N802 - TensorFlow's class
    """The lines of text files, one after another, without their ends; gzipped files are unpacked.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "poem.txt"
    >>> _ = path.write_text("first\\nsecond\\n")
    >>> list(TextLineDataset(path))
    ['first', 'second']
    """
    paths = _paths("TextLineDataset", filenames)

    def lines() -> Iterator[str]:
        import io

        for path in paths:
            with unpacked(Path(path)) as stream, io.TextIOWrapper(stream, "utf-8") as text:
                yield from (line.removesuffix("\n") for line in lines_of(text, Path(path)))

    return Dataset.from_generator(lines)


def CsvDataset(  # noqa: N802 - TensorFlow's class
    filenames: Any,
    record_defaults: Sequence[Any],
    header: bool = False,
    field_delim: str = ",",
    select_cols: Sequence[int] | None = None,
    na_value: str = "",
) -> Dataset:
    """The rows of CSV files as tuples, with a dtype or a default for each column.

    A value in place of a dtype replaces missing fields; a dtype refuses them.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "table.csv"
    >>> _ = path.write_text("1,2.5\\n3,\\n")
    >>> [(a.item(), b.item()) for a, b in CsvDataset(path, ["int32", 0.0])]
    [(1, 2.5), (3, 0.0)]
    """
    paths = _paths("CsvDataset", filenames)

    def rows() -> Iterator[tuple[Any, ...]]:
        import csv

        for path in paths:
            with open(path, newline="", encoding="utf-8") as stream:
                reader = csv.reader(stream, delimiter=field_delim)
                if header:
                    next(reader, None)
                for number, fields in enumerate(filter(None, reader), 1):
                    chosen = fields if select_cols is None else [fields[n] for n in select_cols]
                    if len(chosen) != len(record_defaults):
                        raise DataError(
                            f"{path}: row {number} has {len(chosen)} fields, but record_defaults= "
                            f"has {len(record_defaults)}"
                        )
                    where = f"{path}: row {number}"
                    yield tuple(
                        _field(text, default, na_value, f"{where}, column {place}")
                        for place, (text, default) in enumerate(
                            zip(chosen, record_defaults, strict=True)
                        )
                    )

    return Dataset.from_generator(rows)


def _field(text: str, default: Any, missing: str, where: str) -> Any:
    """A field as a value of the dtype of the default, or of a dtype in its place."""
    named = isinstance(default, str) and default in _NAMED
    is_dtype = named or isinstance(default, (type, np.dtype))
    if text in ("", missing):
        if is_dtype:
            raise DataError(f"{where} is missing; give a value in record_defaults= to replace it")
        return default if isinstance(default, str) else np.asarray(default, _dtype_of(default))
    if default is str or (isinstance(default, str) and (default == "string" or not named)):
        return text
    dtype = np.dtype(default) if is_dtype else _dtype_of(default)
    try:
        return np.asarray(int(text) if dtype.kind in "iu" else float(text), dtype)
    except (ValueError, OverflowError):
        raise DataError(f"{where} holds {text!r} where {dtype.name} was expected") from None


def _dtype_of(value: Any) -> np.dtype[Any]:
    if hasattr(value, "dtype"):
        return np.asarray(value).dtype
    return np.dtype(np.float32 if isinstance(value, float) else np.int32)


def make_csv_dataset(
    file_pattern: Any,
    batch_size: int,
    column_names: Sequence[str] | None = None,
    select_columns: Sequence[str] | None = None,
    label_name: str | None = None,
    field_delim: str = ",",
    header: bool = True,
    num_epochs: int | None = None,
    shuffle: bool = True,
    shuffle_buffer_size: int = 10_000,
    shuffle_seed: int | None = None,
    na_value: str = "",
) -> Dataset:
    """Batches of the rows of CSV files, as dictionaries of columns, or pairs with a label.

    As in TensorFlow the batches never end unless `num_epochs` is given.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "table.csv"
    >>> _ = path.write_text("a,y\\n1,0\\n2,1\\n")
    >>> x, y = next(iter(make_csv_dataset(path, 2, label_name="y", shuffle=False)))
    >>> x["a"].tolist(), y.tolist()
    ([1, 2], [0, 1])
    """
    names = None if header else column_names
    if not header and column_names is None:
        raise ArgumentError("make_csv_dataset: header=False needs column_names=[...]")
    wanted = None if select_columns is None else list(select_columns)
    if wanted is not None and label_name is not None and label_name not in wanted:
        wanted.append(label_name)
    sources = [
        DelimitedFile(
            path, columns=wanted, names=names, delimiter=field_delim, missing=("", na_value)
        )
        for path in _paths("make_csv_dataset", file_pattern)
    ]
    if label_name is not None and label_name not in sources[0].columns:
        raise unknown_name("column", label_name, sources[0].columns)

    def labelled(row: dict[str, Any]) -> Any:
        features = {name: value for name, value in row.items() if name != label_name}
        return features if label_name is None else (features, row[label_name])

    rows = Dataset.from_source(sources[0])
    for source in sources[1:]:
        rows = rows.concatenate(Dataset.from_source(source))
    rows = rows.map(labelled)
    if shuffle:
        rows = rows.shuffle(shuffle_buffer_size, seed=shuffle_seed)
    return rows.repeat(num_epochs).batch(batch_size)


def _paths(where: str, given: Any) -> list[str]:
    """The files of a path, of a pattern with * and ?, or of a list of these."""
    patterns = [given] if isinstance(given, (str, os.PathLike)) else list(given)
    found: list[str] = []
    for pattern in [str(os.fspath(one)) for one in patterns]:
        matches = sorted(glob.glob(pattern)) or ([pattern] if os.path.exists(pattern) else [])
        if not matches:
            raise DataError(f"{where}: no file matches {pattern!r}")
        found += matches
    return found


suggest_names(__name__)

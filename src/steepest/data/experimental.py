"""Data sets of the lines of text files and of CSV files, as TensorFlow names them.

Depends on the readers of files and the Dataset.
"""

from __future__ import annotations

import glob
import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from steepest.arguments import whole
from steepest.core.tensor import Tensor
from steepest.data.arguments import path_of
from steepest.data.dataset import INFINITE_CARDINALITY, UNKNOWN_CARDINALITY, Dataset
from steepest.data.fields import Field
from steepest.data.files import DelimitedFile
from steepest.data.files.packed import lines_of, unpacked
from steepest.data.records import Records, header_of, records_of
from steepest.data.stages.base import INFINITE
from steepest.data.stages.order import Counted
from steepest.data.stages.threads_ahead import AUTOTUNE
from steepest.errors import ArgumentError, DataError, suggest_names, unknown_name

__all__ = [
    "AUTOTUNE", "CsvDataset", "INFINITE_CARDINALITY", "TextLineDataset", "UNKNOWN_CARDINALITY",
    "assert_cardinality", "cardinality", "make_csv_dataset",
]  # fmt: skip


def TextLineDataset(  # noqa: N802 - TensorFlow's class
    filenames: Any,
    compression_type: str | None = None,
    buffer_size: int | None = None,
    num_parallel_reads: int | None = None,
) -> Dataset:
    """The lines of text files, one after another, without their ends; gzipped files are unpacked.

    The other arguments of TensorFlow have no effect.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "poem.txt"
    >>> _ = path.write_text("first\\nsecond\\n")
    >>> [line.numpy() for line in TextLineDataset(path)]
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
    compression_type: str | None = None,
    buffer_size: int | None = None,
    header: bool = False,
    field_delim: str = ",",
    use_quote_delim: bool = True,
    na_value: str = "",
    select_cols: Sequence[int] | None = None,
) -> Dataset:
    """The rows of CSV files as tuples, with a dtype or a default for each column.

    A value in place of a dtype replaces missing fields; a dtype refuses them. Gzipped files are
    recognised, so `compression_type` has no effect, nor has `buffer_size`.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "table.csv"
    >>> _ = path.write_text("1,2.5\\n3,\\n")
    >>> [(a.item(), b.item()) for a, b in CsvDataset(path, ["int32", 0.0])]
    [(1, 2.5), (3, 0.0)]
    """
    if not isinstance(record_defaults, (list, tuple)):
        raise ArgumentError(
            "CsvDataset: record_defaults: a dtype or a default for each column was expected, got "
            f"{record_defaults!r:.60}"
        )
    paths = _paths("CsvDataset", filenames)
    records = Records(
        fields=[Field(default) for default in record_defaults],
        header=header,
        delimiter=field_delim,
        quoted=use_quote_delim,
        missing=na_value,
        chosen=select_cols,
    )
    return Dataset.from_generator(lambda: itertools.chain.from_iterable(map(records.rows, paths)))


def make_csv_dataset(
    file_pattern: Any,
    batch_size: int,
    column_names: Sequence[str] | None = None,
    column_defaults: Sequence[Any] | None = None,
    label_name: str | None = None,
    select_columns: Sequence[str] | None = None,
    field_delim: str = ",",
    use_quote_delim: bool = True,
    na_value: str = "",
    header: bool = True,
    num_epochs: int | None = None,
    shuffle: bool = True,
    shuffle_buffer_size: int = 10_000,
    shuffle_seed: int | None = None,
    prefetch_buffer_size: int | None = None,
    num_parallel_reads: int | None = None,
    sloppy: bool = False,
    num_rows_for_inference: int = 10_000,
    compression_type: str | None = None,
    ignore_errors: bool = False,
    encoding: str = "utf-8",
) -> Dataset:
    """Batches of the rows of CSV files, as dictionaries of columns, or pairs with a label.

    As in TensorFlow the batches never end unless `num_epochs` is given. `column_defaults` gives a
    dtype or a value for missing fields of each column; without it the first rows decide, and
    missing numbers are NaN. `ignore_errors` leaves out the rows that do not fit; if some are among
    the first, give `column_defaults`.
    `prefetch_buffer_size`, `num_parallel_reads`, `sloppy` and `compression_type` have no effect.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "table.csv"
    >>> _ = path.write_text("a,y\\n1,0\\n2,1\\n")
    >>> x, y = next(iter(make_csv_dataset(path, 2, label_name="y", shuffle=False)))
    >>> x["a"].tolist(), y.tolist()
    ([1, 2], [0, 1])
    """
    if not header and column_names is None:
        raise ArgumentError("make_csv_dataset: header=False needs column_names=[...]")
    wanted = None if select_columns is None else list(select_columns)
    if wanted is not None and label_name is not None and label_name not in wanted:
        wanted.append(label_name)
    paths = _paths("make_csv_dataset", file_pattern)
    options: dict[str, Any] = {"delimiter": field_delim, "missing": ("", na_value)}
    options |= {"names": None if header else column_names, "encoding": encoding}
    options |= {"columns": wanted, "sample_rows": num_rows_for_inference}
    if column_defaults is not None:  # nothing is inferred
        names = column_names if column_names and not header else header_of(paths[0], field_delim)
        options["types"] = dict.fromkeys(names, str)
    first = DelimitedFile(paths[0], **options)
    if label_name is not None and label_name not in first.columns:
        raise unknown_name("column", label_name, first.columns)
    if column_defaults is not None or ignore_errors or not use_quote_delim:
        records = records_of(first, column_defaults, na_value, header, use_quote_delim)
        records.skips_errors = ignore_errors
        rows = Dataset.from_generator(
            lambda: itertools.chain.from_iterable(map(records.named_rows, paths))
        )
    else:
        rows = Dataset.from_source(first)
        for path in paths[1:]:
            rows = rows.concatenate(Dataset.from_source(DelimitedFile(path, **options)))

    def labelled(row: dict[str, Any]) -> Any:
        features = {name: value for name, value in row.items() if name != label_name}
        return features if label_name is None else (features, row[label_name])

    rows = rows.map(labelled)
    if shuffle:
        rows = rows.shuffle(shuffle_buffer_size, seed=shuffle_seed)
    return rows.repeat(num_epochs).batch(batch_size)


def cardinality(dataset: Dataset) -> Tensor:
    """The number of elements, as `dataset.cardinality()` gives it.

    >>> cardinality(Dataset.range(3)).item()
    3
    """
    return dataset.cardinality()


def assert_cardinality(expected_cardinality: int) -> Callable[[Dataset], Dataset]:
    """Says how many elements a data set has, as in `dataset.apply(assert_cardinality(38))`.

    The end of each epoch raises an error if it had another number.

    >>> even = Dataset.range(4).filter(lambda x: x % 2 == 0)
    >>> len(even.apply(assert_cardinality(2)))
    2
    """
    count = whole("assert_cardinality: expected_cardinality", expected_cardinality, INFINITE)
    return lambda dataset: Dataset(Counted(dataset._stage, count))


def _paths(where: str, given: Any) -> list[str]:
    """The files of a path, of a pattern with * and ?, or of a list of these."""
    several = isinstance(given, (list, tuple, np.ndarray)) or bool(getattr(given, "shape", None))
    found: list[str] = []
    for pattern in [path_of(where, one) for one in (given if several else [given])]:
        matches = sorted(glob.glob(pattern)) or ([pattern] if os.path.exists(pattern) else [])
        if not matches:
            raise DataError(f"{where}: no file matches {pattern!r}")
        found += matches
    return found


suggest_names(__name__)

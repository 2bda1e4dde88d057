"""Reading a CSV file of numbers, against pandas: `python -m benchmarks.reading`.

Processor time of one process, the median of interleaved readings; pandas is left out if absent.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time

import numpy as np

from steepest.data.files import DelimitedFile

ROWS, COLUMNS, REPEATS = 300_000, 31, 5


def written(folder: Path, form: str) -> Path:
    """A file of normally distributed numbers, each in the given format."""
    numbers, path = np.random.default_rng(0).normal(size=(ROWS, COLUMNS)), folder / "numbers.csv"
    names = ",".join(f"c{place}" for place in range(COLUMNS))
    np.savetxt(path, numbers, form, ",", header=names, comments="")
    return path


def by_steepest(path: Path) -> None:
    """All chunks, one after another, as a Dataset reads them."""
    for _ in DelimitedFile(path).chunks(4096):
        pass


def by_pandas(path: Path) -> None:
    """The whole table."""
    import pandas

    pandas.read_csv(path)


def main() -> None:
    """Print megabytes per second, and the ratio to pandas."""
    readers: list[Callable[[Path], None]] = [by_steepest, by_pandas]
    for form in ("%.5f", "%.17g", "%d"):
        with tempfile.TemporaryDirectory() as folder:
            path = written(Path(folder), form)
            seconds: dict[Callable[[Path], None], list[float]] = {}
            for _ in range(REPEATS):
                for reader in readers:
                    start = process_time()
                    try:
                        reader(path)
                    except ImportError:
                        continue
                    seconds.setdefault(reader, []).append(process_time() - start)
            own, megabytes = median(seconds[by_steepest]), path.stat().st_size / 1e6
            for reader, times in seconds.items():
                rate, ratio = megabytes / median(times), median(times) / own
                print(f"{form:6} {reader.__name__:18} {rate:6.0f} MB/s  ratio {ratio:.2f}")


if __name__ == "__main__":
    main()

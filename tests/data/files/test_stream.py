"""Sources stream: a file far larger than a chunk is never in memory as a whole."""

import gzip
import struct
import tracemalloc

import numpy as np
import pytest

from steepest.data.files import (
    DelimitedFile,
    Hdf5File,
    IdxFile,
    NumpyArchive,
    NumpyFile,
    ParquetFile,
)

ROWS, WIDTH, CHUNK = 20_000, 50, 100
MOST_MEMORY = ROWS * WIDTH  # an eighth of the values as doubles


@pytest.fixture(scope="module")
def values():
    return np.random.default_rng(0).integers(0, 100, (ROWS, WIDTH)).astype(np.float64)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, values):
    h5py = pytest.importorskip("h5py")
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    folder = tmp_path_factory.mktemp("stream")
    np.save(folder / "x.npy", values)
    np.savez(folder / "stored.npz", x=values)
    np.savez_compressed(folder / "packed.npz", x=values)
    header = struct.pack(">HBBII", 0, 0x0E, 2, ROWS, WIDTH)
    packed = gzip.compress(header + values.astype(">f8").tobytes(), 1)
    (folder / "x-idx2.gz").write_bytes(packed)
    with h5py.File(folder / "x.h5", "w") as file:
        file.create_dataset("x", data=values, chunks=(CHUNK, WIDTH))
    table = pyarrow.table({f"c{place}": values[:, place] for place in range(WIDTH)})
    parquet.write_table(table, folder / "x.parquet", row_group_size=2 * CHUNK)
    np.savetxt(
        folder / "x.csv", values, "%d", ",", header=",".join(table.column_names), comments=""
    )
    return folder


@pytest.mark.parametrize(
    ("name", "reader"),
    [
        ("x.npy", NumpyFile),
        ("stored.npz", NumpyArchive),
        ("packed.npz", NumpyArchive),
        ("x-idx2.gz", IdxFile),
        ("x.h5", Hdf5File),
        ("x.parquet", ParquetFile),
        ("x.csv", lambda path: DelimitedFile(path, sample_rows=CHUNK)),
    ],
)
def test_one_chunk_at_a_time_is_held(folder, values, name, reader):
    next(iter(reader(folder / name).chunks(CHUNK)))  # compiles what is compiled once
    tracemalloc.start()
    total, rows = 0.0, 0
    for chunk in reader(folder / name).chunks(CHUNK):
        total += sum(float(column.sum()) for column in chunk.values())
        rows += len(next(iter(chunk.values())))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows == ROWS and total == values.sum()
    assert peak < MOST_MEMORY

"""Every reader against mutations of good files: arrays or a DataError, and no memory to speak of.

Leans on hypothesis; the long form tries many more.
"""

from __future__ import annotations

import gzip
import io
import struct
import tracemalloc
import warnings
from collections.abc import Callable
from pathlib import Path

import hypothesis.strategies as some
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from steepest.data import Dataset
from steepest.data.files import (
    Hdf5File,
    ParquetFile,
    PictureFolder,
    TextFolder,
    read_columns,
    read_csv,
    read_hdf5,
    read_idx,
    read_npy,
    read_npz,
)
from steepest.data.files.checks import FREE_BYTES
from steepest.datasets import imdb_archive
from steepest.errors import DataError

MOST_MEMORY = 32 << 20
# A flat picture packs so well that no small size can be refused as false; see refuse_bomb.
MOST_PICTURE_MEMORY = 4 * FREE_BYTES
Change = Callable[[bytes], bytes]


def idx_file() -> bytes:
    return struct.pack(">HBB3I", 0, 8, 3, 5, 4, 4) + bytes(range(80))


def npy_file() -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.arange(20.0).reshape(4, 5))
    return stream.getvalue()


def npz_file(save: Callable[..., None]) -> bytes:
    stream = io.BytesIO()
    save(stream, x=np.arange(20.0).reshape(4, 5), y=np.arange(4))
    return stream.getvalue()


def csv_file() -> bytes:
    rows = "".join(f'{i},{i / 7},"name, {i}"\n' for i in range(12))
    return f"id,value,name\n{rows}".encode()


def hdf5_file() -> bytes:
    h5py = pytest.importorskip("h5py")
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        file["x"] = np.arange(20.0).reshape(4, 5)
        file.create_dataset("y", data=np.arange(64), chunks=(16,), compression="gzip")
        file["words"] = ["a", "b"]
    return stream.getvalue()


def parquet_file() -> bytes:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    stream = io.BytesIO()
    table = pyarrow.table({"a": list(range(20)), "b": [str(i) for i in range(20)]})
    parquet.write_table(table, stream, row_group_size=8)
    return stream.getvalue()


def png_file() -> bytes:
    image = pytest.importorskip("PIL.Image")
    stream = io.BytesIO()
    image.fromarray(np.arange(48, dtype=np.uint8).reshape(4, 4, 3)).save(stream, "PNG")
    return stream.getvalue()


def archive_file() -> bytes:
    tarfile = pytest.importorskip("tarfile")
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for kind in ("neg", "pos"):
            info = tarfile.TarInfo(f"aclImdb/train/{kind}/0_1.txt")
            info.size = 12
            archive.addfile(info, io.BytesIO(b"a good film!"))
    return stream.getvalue()


def read_picture(path: Path) -> object:
    return read_columns(PictureFolder(path.parent.parent))


def read_text(path: Path) -> object:
    return read_columns(TextFolder(path.parent.parent))


def read_in_place(path: Path) -> object:
    return list(Dataset.from_file(path, label="y").batch(3))


FORMATS: dict[str, tuple[Callable[[], bytes], Callable[[Path], object]]] = {
    "x-idx3-ubyte": (idx_file, read_idx),
    "x-idx3-ubyte.gz": (lambda: gzip.compress(idx_file()), read_idx),
    "x.npy": (npy_file, read_npy),
    "stored.npz": (lambda: npz_file(np.savez), read_npz),
    "mapped.npz": (lambda: npz_file(np.savez), read_in_place),
    "packed.npz": (lambda: npz_file(np.savez_compressed), read_npz),
    "x.csv": (csv_file, read_csv),
    "x.csv.gz": (lambda: gzip.compress(csv_file()), read_csv),
    "x.h5": (hdf5_file, read_hdf5),
    "x.parquet": (parquet_file, lambda path: read_columns(ParquetFile(path))),
    "x.png": (png_file, read_picture),
    "x.txt": (lambda: "a good film, naïve".encode(), read_text),
    "x.tsv": (lambda: csv_file().replace(b",", b"\t"), read_csv),
    "aclImdb.tar.gz": (archive_file, imdb_archive.parse),
}
# libhdf5 and Arrow are C and C++: what they make of damage beyond a cut is their own affair.
ROBUST = [name for name in FORMATS if name not in ("x.h5", "x.parquet")]


@some.composite
def changes(draw: some.DrawFn) -> Change:
    """A cut, some changed bytes, or a piece doubled, dropped or put in."""
    kind = draw(some.sampled_from(["cut", "change", "double", "drop", "insert"]))
    places = draw(some.lists(some.floats(0, 1), min_size=2, max_size=6))
    piece = draw(some.binary(min_size=1, max_size=9))

    def change(data: bytes) -> bytes:
        at = sorted(int(place * (len(data) - 1)) for place in places)
        if kind == "cut":
            return data[: at[0]]
        if kind == "change":
            changed = bytearray(data)
            for place, byte in zip(at, piece, strict=False):
                changed[place] = byte
            return bytes(changed)
        middle = {"double": data[at[0] : at[1]] * 2, "drop": b"", "insert": piece}[kind]
        return data[: at[0]] + middle + data[at[1] :]

    return change


def survives(folder: Path, name: str, change: Change) -> None:
    good, read = FORMATS[name]
    path = folder / name.replace(".", "_") / "class" / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(change(good()))
    tracemalloc.start()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read(path)
    except DataError as error:
        assert "class" in str(error), "an error names the file"
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < (MOST_PICTURE_MEMORY if name == "x.png" else MOST_MEMORY)


QUICK = settings(max_examples=30, suppress_health_check=list(HealthCheck), deadline=None)
LONG = settings(
    max_examples=2000, suppress_health_check=list(HealthCheck), deadline=None, derandomize=False
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


@pytest.mark.parametrize("name", FORMATS)
def test_the_good_files_are_good(tmp_path, name):
    path = tmp_path / "class" / name
    path.parent.mkdir()
    path.write_bytes(FORMATS[name][0]())
    FORMATS[name][1](path)


@pytest.mark.parametrize("name", ROBUST)
@QUICK
@given(change=changes())
def test_mutations(folder, name, change):
    survives(folder, name, change)


@pytest.mark.long
@pytest.mark.parametrize("name", ROBUST)
@LONG
@given(change=changes())
def test_many_mutations(folder, name, change):
    survives(folder, name, change)


@pytest.mark.parametrize("name", ["x.h5", "x.parquet"])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_cut_files_of_foreign_libraries(tmp_path, name, share):
    survives(tmp_path, name, lambda data: data[: int(share * len(data))])


def test_the_check_itself_notices_a_foreign_error_and_memory(tmp_path, monkeypatch):
    def fail(path: Path) -> None:
        raise KeyError(str(path))

    monkeypatch.setitem(FORMATS, "bad", (idx_file, fail))
    with pytest.raises(KeyError):
        survives(tmp_path, "bad", bytes)
    monkeypatch.setitem(FORMATS, "big", (idx_file, lambda path: bytes(MOST_MEMORY + 1)))
    with pytest.raises(AssertionError):
        survives(tmp_path, "big", bytes)


def test_hdf5_reader_is_lazy(tmp_path):
    (tmp_path / "x.h5").write_bytes(hdf5_file())
    assert Hdf5File(tmp_path / "x.h5", columns=["y"]).rows == 64

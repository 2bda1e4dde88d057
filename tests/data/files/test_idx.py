"""IDX files: what the bytes mean, and every way in which a header can be false."""

import gzip
import struct

import numpy as np
import pytest

from steepest.data.files import IdxFile, read_columns, read_idx
from steepest.errors import ArgumentError, DataError


def idx_bytes(kind: int, shape: tuple[int, ...], values: bytes) -> bytes:
    return struct.pack(f">HBB{len(shape)}I", 0, kind, len(shape), *shape) + values


PICTURES = idx_bytes(0x08, (3, 2, 2), bytes(range(12)))


def written(tmp_path, data: bytes, name: str = "images-idx3-ubyte"):
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_values_and_shape(tmp_path, pack):
    array = read_idx(written(tmp_path, pack(PICTURES)))
    assert array.dtype == np.uint8
    assert array.tolist() == np.arange(12).reshape(3, 2, 2).tolist()


@pytest.mark.parametrize(
    ("kind", "dtype"),
    [(0x08, "u1"), (0x09, "i1"), (0x0B, "i2"), (0x0C, "i4"), (0x0D, "f4"), (0x0E, "f8")],
)
def test_every_kind_comes_in_this_machines_byte_order(tmp_path, kind, dtype):
    values = np.array([1, 2, 100], dtype)
    stored = values.astype(values.dtype.newbyteorder(">")).tobytes()
    array = read_idx(written(tmp_path, idx_bytes(kind, (3,), stored)))
    assert array.dtype == np.dtype(dtype) and array.dtype.isnative
    assert array.tolist() == [1, 2, 100]


@pytest.mark.parametrize("rows_per_chunk", [1, 2, 3, 99])
def test_chunks_are_the_whole_in_order(tmp_path, rows_per_chunk):
    source = IdxFile(written(tmp_path, gzip.compress(PICTURES)))
    assert (source.columns, source.rows) == (("values",), 3)
    chunks = [chunk["values"] for chunk in source.chunks(rows_per_chunk)]
    assert [len(chunk) for chunk in chunks][:-1] == [rows_per_chunk] * (len(chunks) - 1)
    assert np.array_equal(np.concatenate(chunks), source.read())
    assert np.array_equal(read_columns(source)["values"], source.read())


def test_the_array_may_be_written_to(tmp_path):
    array = read_idx(written(tmp_path, PICTURES))
    array[0] = 7
    assert array[0, 0, 0] == 7


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"\x00\x00", "ends after"),
        (b"PNG" + PICTURES, "no IDX file"),
        (idx_bytes(0x07, (3,), b"abc"), "no IDX file"),
        (struct.pack(">HBB", 0, 8, 0), "no IDX file"),
        (idx_bytes(0x08, (0, 28, 28), b""), "no rows"),
        (PICTURES[:-1], "takes 28 bytes, but the file has 27"),
        (PICTURES + b"!", "takes 28 bytes, but the file has 29"),
        (idx_bytes(0x08, (2**32 - 1,) * 4, b"abc"), "but the file has"),
        (gzip.compress(PICTURES)[:-9], "cut short"),
        (gzip.compress(PICTURES)[:-4] + b"\1\1\1\1", "damaged or cut short"),
        (gzip.compress(PICTURES[:-1]), "ends after 11 of 12 bytes"),
        (gzip.compress(PICTURES + b"!"), "contains more than"),
        (gzip.compress(idx_bytes(0x08, (2**32 - 1,) * 4, b"abc")), "compressed ones"),
        (gzip.compress(PICTURES) + b"garbage", "damaged or cut short"),
    ],
    ids=lambda value: "file" if isinstance(value, bytes) else None,  # gzip notes the time
)
def test_a_false_header_is_an_error_that_names_the_file(tmp_path, data, message):
    path = written(tmp_path, data)
    with pytest.raises(DataError, match=message) as error:
        read_idx(path)
    assert str(path) in str(error.value)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    size = 1 << 27
    bomb = gzip.compress(idx_bytes(0x08, (size,), bytes(size)))
    with pytest.raises(DataError, match="refused"):
        IdxFile(written(tmp_path, bomb))


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        read_idx(tmp_path / "nothing-idx1-ubyte")
    with pytest.raises(DataError, match="is a folder"):
        read_idx(tmp_path)


@pytest.mark.parametrize("dimensions", [1, 8, 9])
def test_an_array_has_at_most_eight_axes(tmp_path, dimensions):
    path = written(tmp_path, idx_bytes(0x08, (1,) * dimensions, b"7"))
    if dimensions == 9:
        with pytest.raises(DataError, match="starts with the bytes 00 00 08 09, which no IDX file"):
            read_idx(path)
    else:
        assert read_idx(path).shape == (1,) * dimensions


def test_chunks_are_of_at_least_one_row(tmp_path):
    source = IdxFile(written(tmp_path, PICTURES))
    assert len(list(source.chunks(3))) == 1
    with pytest.raises(ArgumentError, match="rows_per_chunk=0"):
        list(source.chunks(0))

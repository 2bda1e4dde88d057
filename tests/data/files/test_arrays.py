""".npy and .npz: mapped, streamed, never unpickled; archives with false headers are refused."""

import io
import pickle
import struct
import zipfile
import zlib

import numpy as np
import pytest

from steepest.data.files import NumpyArchive, NumpyFile, read_npy, read_npz, save_npz
from steepest.errors import DataError


class Trap:
    """Unpickling this fails the test that did it."""

    def __reduce__(self):
        return pytest.fail, ("a pickle was opened",)


def npy_bytes(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def zipped(path, members: dict[str, bytes], compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


X = np.arange(24, dtype=np.float32).reshape(6, 4)
Y = np.array([0, 1, 2, 0, 1, 2])


def test_npy_is_mapped_and_equal(tmp_path):
    np.save(tmp_path / "x.npy", X)
    array = read_npy(tmp_path / "x.npy")
    assert isinstance(array, np.memmap) and not array.flags.writeable
    assert np.array_equal(array, X)


@pytest.mark.parametrize("array", [X, np.asfortranarray(X), Y], ids=["rows", "columns", "flat"])
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed], ids=["stored", "packed"])
def test_npz_reads_what_numpy_wrote(tmp_path, save, array):
    save(tmp_path / "set.npz", a=array, b=array[::-1])
    read = read_npz(tmp_path / "set.npz")
    assert np.array_equal(read["a"], array) and np.array_equal(read["b"], array[::-1])
    chunks = list(NumpyArchive(tmp_path / "set.npz").chunks(4))
    assert np.array_equal(np.concatenate([chunk["b"] for chunk in chunks]), array[::-1])


def test_stored_members_are_mapped(tmp_path):
    np.savez(tmp_path / "set.npz", x=X)
    assert isinstance(read_npz(tmp_path / "set.npz")["x"], np.memmap)


def test_sources_have_columns_and_rows(tmp_path):
    np.save(tmp_path / "x.npy", X)
    np.savez(tmp_path / "set.npz", x=X, y=Y, names=np.array(["a", "b"]))
    file, archive = NumpyFile(tmp_path / "x.npy"), NumpyArchive(tmp_path / "set.npz")
    assert (file.columns, file.rows) == (("values",), 6)
    with pytest.raises(DataError, match="different length"):
        _ = archive.rows
    assert NumpyArchive(tmp_path / "set.npz", columns=["y", "x"]).rows == 6


def test_save_and_read_again(tmp_path):
    save_npz(tmp_path / "set.npz", x=X, y=Y)
    read = read_npz(tmp_path / "set.npz")
    assert np.array_equal(read["x"], X) and read["y"].dtype == Y.dtype
    assert [path.name for path in tmp_path.iterdir()] == ["set.npz"]


def test_objects_are_never_unpickled_nor_saved(tmp_path):
    objects = np.array([Trap(), Trap()], object)
    np.save(tmp_path / "x.npy", objects, allow_pickle=True)
    np.savez(tmp_path / "set.npz", x=objects)
    for read, name in ((read_npy, "x.npy"), (read_npz, "set.npz")):
        with pytest.raises(DataError, match="Python objects"):
            read(tmp_path / name)
    with pytest.raises(DataError, match="Python objects"):
        save_npz(tmp_path / "out.npz", x=objects)
    (tmp_path / "bare.npy").write_bytes(pickle.dumps(Trap()))
    with pytest.raises(DataError, match="not a sound"):
        read_npy(tmp_path / "bare.npy")


@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data + b"!"])
def test_npy_whose_length_is_not_what_it_declares(tmp_path, change):
    (tmp_path / "x.npy").write_bytes(change(npy_bytes(X)))
    with pytest.raises(DataError, match=r"declares \(6, 4\)"):
        read_npy(tmp_path / "x.npy")


def test_a_huge_declared_shape_allocates_nothing(tmp_path):
    data = npy_bytes(X).replace(b"(6, 4)", b"(9**9,)"[:6])
    (tmp_path / "x.npy").write_bytes(data)
    with pytest.raises(DataError):
        read_npy(tmp_path / "x.npy")
    head = npy_bytes(np.zeros(1, np.uint8))[:-1]
    huge = head.replace(b"(1,), }         ", b"(10000000000,), }")[: len(head)]
    assert huge != head
    zipped(tmp_path / "set.npz", {"x.npy": huge + b"\0"})
    with pytest.raises(DataError):
        read_npz(tmp_path / "set.npz")


@pytest.mark.parametrize("name", ["../x.npy", "/x.npy", "a/../../x.npy", "C:\\x.npy", "..\\x.npy"])
def test_members_that_point_outside_are_refused(tmp_path, name):
    with pytest.raises(DataError, match="points outside"):
        read_npz(zipped(tmp_path / "set.npz", {name: npy_bytes(X)}))


def test_members_twice_or_not_arrays_are_refused(tmp_path):
    with (
        pytest.warns(UserWarning, match="Duplicate"),
        zipfile.ZipFile(tmp_path / "twice.npz", "w") as archive,
    ):
        archive.writestr("x.npy", npy_bytes(X))
        archive.writestr("x.npy", npy_bytes(X))
    with pytest.raises(DataError, match="more than once"):
        read_npz(tmp_path / "twice.npz")
    with pytest.raises(DataError, match=r"holds 'run\.py'"):
        read_npz(zipped(tmp_path / "other.npz", {"run.py": b"print()"}))
    with pytest.raises(DataError, match="no arrays"):
        read_npz(zipped(tmp_path / "none.npz", {}))


def test_a_bomb_is_refused(tmp_path):
    path = zipped(tmp_path / "set.npz", {"x.npy": npy_bytes(np.zeros(1 << 27, np.uint8))})
    with pytest.raises(DataError, match="refused"):
        read_npz(path)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed], ids=["stored", "packed"])
def test_damage_is_an_error(tmp_path, save):
    save(tmp_path / "set.npz", x=X)
    data = (tmp_path / "set.npz").read_bytes()
    (tmp_path / "set.npz").write_bytes(data[: len(data) // 2])
    with pytest.raises(DataError, match="not a sound"):
        read_npz(tmp_path / "set.npz")


def test_a_changed_byte_fails_the_checksum_of_a_packed_member(tmp_path):
    np.savez_compressed(tmp_path / "set.npz", x=np.random.default_rng(0).normal(size=1000))
    data = bytearray((tmp_path / "set.npz").read_bytes())
    data[4000] ^= 0xFF
    (tmp_path / "set.npz").write_bytes(data)
    with pytest.raises(DataError, match="not a sound"):
        read_npz(tmp_path / "set.npz")


@pytest.mark.parametrize("read", [read_npz, lambda path: list(NumpyArchive(path).chunks(3))])
def test_a_wrong_checksum_is_an_error(tmp_path, read):
    np.savez_compressed(tmp_path / "set.npz", x=np.arange(1000.0))
    data = (tmp_path / "set.npz").read_bytes()
    crc = struct.pack("<I", zlib.crc32(npy_bytes(np.arange(1000.0))))
    assert data.count(crc) == 2
    (tmp_path / "set.npz").write_bytes(data.replace(crc, b"\1\2\3\4"))
    with pytest.raises(DataError, match="Bad CRC"):
        read(tmp_path / "set.npz")


def test_a_single_number_is_not_rows(tmp_path):
    np.savez(tmp_path / "set.npz", x=np.float64(3))
    with pytest.raises(DataError, match="single number"):
        _ = NumpyArchive(tmp_path / "set.npz").rows
    assert read_npz(tmp_path / "set.npz")["x"] == 3


@pytest.mark.parametrize("version", [(1, 0), (2, 0)])
def test_both_versions_of_the_format_for_numbers_are_read(tmp_path, version):
    with (tmp_path / "x.npy").open("wb") as stream:
        np.lib.format.write_array(stream, X, version=version)
    assert np.array_equal(read_npy(tmp_path / "x.npy"), X)


def test_the_version_for_names_of_fields_is_refused(tmp_path):
    with (tmp_path / "x.npy").open("wb") as stream:
        np.lib.format.write_array(stream, X, version=(3, 0))
    with pytest.raises(DataError, match=r"version \(3, 0\) of the format is not one of numbers"):
        read_npy(tmp_path / "x.npy")


def test_arrays_without_values_have_no_rows_and_are_not_mapped(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((0, 3)))
    assert read_npy(tmp_path / "x.npy").shape == (0, 3)
    with pytest.raises(DataError, match="holds no rows"):
        _ = NumpyFile(tmp_path / "x.npy").rows
    np.savez(tmp_path / "set.npz", x=np.zeros((3, 0)), y=Y[:3])
    archive = NumpyArchive(tmp_path / "set.npz")
    assert archive.rows == 3 and archive.mapped("x").shape == (3, 0)
    assert [chunk["x"].shape for chunk in archive.chunks(2)] == [(2, 0), (1, 0)]


def test_only_stored_arrays_of_an_archive_are_mapped(tmp_path):
    np.savez(tmp_path / "stored.npz", x=X)
    np.savez_compressed(tmp_path / "packed.npz", x=X)
    assert isinstance(NumpyArchive(tmp_path / "stored.npz").mapped("x"), np.memmap)
    assert NumpyArchive(tmp_path / "packed.npz").mapped("x") is None
    np.save(tmp_path / "x.npy", X)
    assert np.array_equal(NumpyFile(tmp_path / "x.npy").mapped("values"), X)


def test_a_stored_array_that_has_moved_or_ends_early_is_refused(tmp_path):
    np.savez(tmp_path / "set.npz", x=X)
    data = (tmp_path / "set.npz").read_bytes()
    archive = NumpyArchive(tmp_path / "set.npz")
    (tmp_path / "set.npz").write_bytes(b"XX" + data[2:])
    with pytest.raises(DataError, match="'x' is not where the index says"):
        archive.read("x")
    (tmp_path / "set.npz").write_bytes(data[:160])
    with pytest.raises(DataError, match="ends before the 96 bytes that it declares"):
        archive.read("x")

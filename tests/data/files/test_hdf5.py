"""HDF5 files: data sets in groups, text, links that are not followed, false sizes."""

import numpy as np
import pytest

from steepest.data.files import Hdf5File, read_hdf5
from steepest.data.files.hdf5 import in_place
from steepest.errors import DataError

h5py = pytest.importorskip("h5py")


@pytest.fixture
def path(tmp_path):
    with h5py.File(tmp_path / "set.h5", "w") as file:
        file["train/x"] = np.arange(12.0).reshape(6, 2)
        file["train/y"] = np.array([0, 1, 0, 1, 0, 1])
        file["classes"] = np.array([b"no", b"yes"])
        file.create_dataset("words", data=["a", "é"], dtype=h5py.string_dtype())
    return tmp_path / "set.h5"


def test_data_sets_in_groups_are_columns(path):
    source = Hdf5File(path, columns=["train/x", "train/y"])
    assert source.rows == 6
    chunks = list(source.chunks(4))
    assert [len(chunk["train/x"]) for chunk in chunks] == [4, 2]
    assert np.concatenate([chunk["train/y"] for chunk in chunks]).tolist() == [0, 1] * 3


def test_whole_reading_allows_unequal_lengths_and_text(path):
    read = read_hdf5(path)
    assert read["classes"].tolist() == [b"no", b"yes"]
    assert read["words"].tolist() == ["a", "é"]
    with pytest.raises(DataError, match="different length"):
        _ = Hdf5File(path).rows


def test_a_missing_column_names_those_that_are_near(path):
    with pytest.raises(DataError, match="no column 'train/z'"):
        Hdf5File(path, columns=["train/z"])


@pytest.mark.parametrize("link", ["external", "soft"])
def test_links_are_refused(path, link):
    with h5py.File(path, "a") as file:
        file["far"] = (
            h5py.ExternalLink("/etc/passwd", "/x") if link == "external" else h5py.SoftLink("/x")
        )
    with pytest.raises(DataError, match="far is a link"):
        Hdf5File(path)


def test_values_stored_in_other_files_are_refused(path):
    with h5py.File(path, "a") as file:
        file.create_dataset("far", (4,), "u1", external=[("other.bin", 0, 4)])
    with pytest.raises(DataError, match="other files"):
        Hdf5File(path)


def test_a_declared_size_that_is_not_held_is_refused(path):
    with h5py.File(path, "a") as file:
        file.create_dataset("huge", (1 << 40,), "f8", chunks=(1 << 10,))
    with pytest.raises(DataError, match="declares 8,796,093,022,208 bytes"):
        Hdf5File(path)


def test_objects_are_refused(path):
    with h5py.File(path, "a") as file:
        file.create_dataset("refs", (2,), dtype=h5py.ref_dtype)
    with pytest.raises(DataError, match="neither numbers nor text"):
        Hdf5File(path)


def test_damage_is_an_error_with_the_path(path):
    data = path.read_bytes()
    for damaged in (data[: len(data) // 2], b"not at all"):
        path.write_bytes(damaged)
        with pytest.raises(DataError, match="not a sound HDF5 file") as error:
            read_hdf5(path)
        assert str(path) in str(error.value)


def test_a_group_that_contains_itself_is_read_to_a_depth_of_eight(tmp_path):
    with h5py.File(tmp_path / "round.h5", "w") as file:
        file["g/x"] = np.arange(3.0)
        file["g/again"] = file["g"]
    source = Hdf5File(tmp_path / "round.h5")
    assert source.columns == tuple(f"g/{'again/' * n}x" for n in reversed(range(8)))
    assert source.read("g/again/again/x").tolist() == [0.0, 1.0, 2.0]


@pytest.mark.parametrize("depth", [1, 7, 8])
def test_groups_may_be_deep(tmp_path, depth):
    name = "g/" * depth + "x"
    with h5py.File(tmp_path / "deep.h5", "w") as file:
        file[name] = np.arange(3.0)
    assert Hdf5File(tmp_path / "deep.h5").columns == (name,)


def test_contiguous_numbers_are_mapped_and_others_are_read(path):
    with h5py.File(path, "a") as file:
        file.create_dataset("train/packed", data=np.arange(6), chunks=(3,), compression="gzip")
        file["train/pair"] = np.zeros(6, [("a", "i4"), ("b", "f4")])
    source = Hdf5File(path, columns=["train/x", "train/y", "train/packed", "train/pair"])
    mapped = source.mapped("train/x")
    assert isinstance(mapped, np.memmap) and mapped.tolist() == source.read("train/x").tolist()
    assert source.mapped("train/packed") is None and source.mapped("train/pair") is None
    assert Hdf5File(path, columns=["words"]).mapped("words") is None


def test_an_open_data_set_is_mapped_if_its_file_is_only_read(path):
    for mode in ("r", "r+"):
        with h5py.File(path, mode) as file:
            found = in_place(file["train/x"])
            assert isinstance(found, np.memmap) is (mode == "r")
            assert found.tolist() == np.arange(12.0).reshape(6, 2).tolist()
            assert not isinstance(in_place(file["words"]), np.memmap)
    with h5py.File(path, "r", driver="core") as file:
        assert not isinstance(in_place(file["train/x"]), np.memmap)


def test_a_block_of_the_user_before_the_file_is_read_and_not_mapped(tmp_path):
    with h5py.File(tmp_path / "set.h5", "w", userblock_size=512) as file:
        file["x"] = np.arange(3.0)
    assert Hdf5File(tmp_path / "set.h5").mapped("x") is None
    with h5py.File(tmp_path / "set.h5", "r") as file:
        assert in_place(file["x"]).tolist() == [0.0, 1.0, 2.0]


def test_data_sets_without_rows_or_values(tmp_path):
    with h5py.File(tmp_path / "set.h5", "w") as file:
        file["none"], file["one"] = np.zeros((0, 3)), 3.0
        file["nothing"] = h5py.Empty("f4")
        file["unwritten"] = np.zeros((3, 0))
    for name in ("none", "one", "nothing"):
        with pytest.raises(DataError, match="holds no rows"):
            _ = Hdf5File(tmp_path / "set.h5", columns=[name]).rows
    source = Hdf5File(tmp_path / "set.h5", columns=["unwritten"])
    assert source.rows == 3 and source.mapped("unwritten") is None
    with h5py.File(tmp_path / "set.h5", "r") as file:
        assert in_place(file["none"]).shape == (0, 3)


def test_open_data_sets_with_values_elsewhere_are_refused(path):
    with h5py.File(path, "a") as file:
        file.create_dataset("far", (4,), "u1", external=[("other.bin", 0, 4)])
    with h5py.File(path, "r") as file, pytest.raises(DataError, match="/far has its values in oth"):
        in_place(file["far"])

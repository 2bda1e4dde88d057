"""Data sets of archives and .npz files: small files of their form, and Keras's numbers for them."""

import hashlib
import io
import json
import pickle
import tarfile
import zipfile

import numpy as np
import pytest

from steepest import datasets
from steepest.datasets import RemoteFile, Version
from steepest.datasets.reuters import CLASS_NAMES
from steepest.errors import ArgumentError, DataError


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("STEEPEST_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("STEEPEST_CACHE", str(tmp_path / "cache"))
    return tmp_path / "data"


@pytest.fixture
def known(folder, monkeypatch):
    """Puts a file in the place of a data set's, and its hash in the place of the known one."""

    def put(module, name: str, data: bytes, kind: str = "sha256") -> None:
        file = getattr(module, name)
        path = folder / file.place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        version = Version(None, hashlib.new(kind, data).hexdigest())
        monkeypatch.setattr(
            module, name, RemoteFile(file.dataset, file.name, file.addresses, (version,))
        )

    return put


def npz(**arrays) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def tar(**entries: bytes) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, data in entries.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def batch(first: int, **labels) -> bytes:
    rows = len(next(iter(labels.values())))
    pixels = (np.arange(rows * 3072) % 251 + first).astype(np.uint8).reshape(rows, 3072)
    stored = {"data": pixels, **labels, "filenames": ["a"] * rows}
    return pickle.dumps({key.encode(): value for key, value in stored.items()}, protocol=2)


# -------------------------------------------------------------------------------- tables of houses


HOUSES = np.arange(20.0).reshape(10, 2)


@pytest.mark.parametrize("name", ["boston_housing", "california_housing"])
def test_rows_of_houses_come_in_the_order_of_keras(known, name):
    module = getattr(datasets, name)
    known(module, "FILE", npz(x=HOUSES, y=np.arange(10.0)))
    (x_train, y_train), (x_test, y_test) = module.load_data()
    assert y_train.tolist() == KERAS_ORDER[:8] and y_test.tolist() == KERAS_ORDER[8:]
    assert np.array_equal(x_train[:, 0], 2 * y_train) and np.array_equal(x_test[:, 0], 2 * y_test)
    (_, y_train), (_, y_test) = module.load_data(test_split=0.35, seed=7)
    assert y_train.tolist() == KERAS_ORDER_7[:6] and len(y_test) == 4
    with pytest.raises(ArgumentError, match="test_split=1"):
        module.load_data(test_split=1)
    with pytest.raises(ArgumentError, match=r"seed: .*4294967296"):
        module.load_data(seed=2**32)
    assert len(module.load_data(seed=2**32 - 1)[0][0]) == 8


KERAS_ORDER = [9, 3, 6, 1, 0, 7, 4, 8, 2, 5]
KERAS_ORDER_7 = [8, 5, 0, 2, 1, 9, 7, 3, 6, 4]


def test_the_small_table_of_houses(known):
    known(datasets.california_housing, "FILE", npz(x=np.zeros((700, 8)), y=np.arange(700.0)))
    (_, y_train), (_, y_test) = datasets.california_housing.load_data("small")
    assert (len(y_train), len(y_test)) == (480, 120) and max(y_train.max(), y_test.max()) == 599
    with pytest.raises(ArgumentError, match="'small' or 'large' was expected, got 'huge'"):
        datasets.california_housing.load_data("huge")


def test_a_table_of_objects_is_refused(known):
    known(datasets.boston_housing, "FILE", npz(x=np.array([[], [1]], object), y=np.arange(2)))
    with pytest.raises(DataError, match="contains Python objects"):
        datasets.boston_housing.load_data()


def test_another_file_in_its_place_is_named(known, folder):
    known(datasets.boston_housing, "FILE", npz(x=HOUSES, y=np.arange(10.0)))
    path = folder / "boston_housing" / "boston_housing.npz"
    path.write_bytes(path.read_bytes()[::-1])
    with pytest.raises(DataError, match="its SHA-256 is not one that is known"):
        datasets.boston_housing.load_data()


# --------------------------------------------------------------------------------------- news items


ITEMS = [[1, 2, 3], [4, 1], [2, 2, 9, 1], [5], [1, 7]]
TOPICS = [3, 4, 3, 0, 45]


def items(lists=ITEMS, topics=TOPICS) -> bytes:
    x = np.empty(len(lists), object)
    x[:] = lists
    return npz(x=x, y=np.array(topics))


def plain(parts):
    return [(x.tolist(), y.tolist()) for x, y in parts]


def test_news_items_are_numbered_as_in_keras(known):
    known(datasets.reuters, "FILE", items())
    assert plain(datasets.reuters.load_data(test_split=0.4)) == REUTERS
    options = {"num_words": 8, "skip_top": 5, "maxlen": 5, "seed": 2, "test_split": 0.25}
    assert plain(datasets.reuters.load_data(**options)) == REUTERS_LIMITED
    options |= {"oov_char": None, "start_char": None, "index_from": 1, "skip_top": 0}
    assert plain(datasets.reuters.load_data(**options)) == REUTERS_DROPPED


# Keras 3.15.1 has 2 in the place of 12, the largest number.
REUTERS = [
    ([[1, 7, 4], [1, 4, 5, 6], [1, 8]], [4, 3, 0]),
    ([[1, 5, 5, 12, 4], [1, 4, 10]], [3, 45]),
]
REUTERS_LIMITED = [([[2, 2, 2], [2, 7, 2], [2, 2]], [45, 4, 0]), ([[2, 2, 5, 6]], [3])]
REUTERS_DROPPED = [([[3, 3, 2], [2], [5, 2]], [3, 45, 4]), ([[6], [2, 3, 4]], [0, 3])]


def test_words_and_topics_of_news(known):
    known(datasets.reuters, "WORDS", json.dumps({"the": 1, "oil": 9}).encode(), "md5")
    assert datasets.reuters.get_word_index() == {"the": 1, "oil": 9}
    assert datasets.reuters.get_label_names() == CLASS_NAMES and len(set(CLASS_NAMES)) == 46
    known(datasets.reuters, "WORDS", b'["the"]', "md5")
    with pytest.raises(DataError, match="words with their ranks"):
        datasets.reuters.get_word_index()


class Evil:
    def __reduce__(self):
        return print, ("called",)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (items([[1], Evil()], [0, 1]), "which is not part of stored arrays"),
        (items([[1], [2.5]], [0, 1]), "must be whole numbers"),
        (items([[1], [-2]], [0, 1]), "must be whole numbers from 0"),
        (items([[1], "two"], [0, 1]), "lists of word numbers"),
        (items([[1], [2]], [0]), "a topic for each"),
        (npz(x=np.arange(2), z=np.arange(2)), "is not a sound array"),
        (b"no archive", "is not a sound array"),
    ],
)
def test_wrong_files_of_news_are_refused(known, data, message, capsys):
    known(datasets.reuters, "FILE", data)
    with pytest.raises(DataError, match=message):
        datasets.reuters.load_data()
    assert capsys.readouterr().out == ""


def test_wrong_options_of_news(known):
    known(datasets.reuters, "FILE", items())
    with pytest.raises(ArgumentError, match="skip_top < num_words"):
        datasets.reuters.load_data(num_words=3, skip_top=3)
    with pytest.raises(DataError, match="maxlen=1 leaves no item"):
        datasets.reuters.load_data(maxlen=1)


# ----------------------------------------------------------------------------------------- pictures


def cifar10(**changes: bytes) -> bytes:
    folder = "cifar-10-batches-py"
    entries = {f"{folder}/data_batch_{n}": batch(n, labels=[n, 0]) for n in range(1, 6)}
    return tar(**{**entries, f"{folder}/test_batch": batch(0, labels=[9]), **changes})


def test_cifar_10(known):
    known(datasets.cifar10, "ARCHIVE", cifar10())
    (x_train, y_train), (x_test, y_test) = datasets.cifar10.load_data()
    assert x_train.shape == (10, 32, 32, 3) and x_test.shape == (1, 32, 32, 3)
    assert x_train.dtype == y_train.dtype == y_test.dtype == np.uint8
    assert y_train[:, 0].tolist() == [1, 0, 2, 0, 3, 0, 4, 0, 5, 0] and y_test.tolist() == [[9]]
    planes = (np.arange(3072) % 251).reshape(3, 32, 32)  # red, then green, then blue
    assert np.array_equal(x_test[0], planes.transpose(1, 2, 0))
    assert len(datasets.cifar10.CLASS_NAMES) == 10


def test_cifar_100(known):
    both = {"fine_labels": [99, 3], "coarse_labels": [19, 1]}
    entries = {f"cifar-100-python/{part}": batch(0, **both) for part in ("train", "test")}
    known(datasets.cifar100, "ARCHIVE", tar(**entries, **{"cifar-100-python/meta": b"other"}))
    (x_train, y_train), _ = datasets.cifar100.load_data()
    assert x_train.shape == (2, 32, 32, 3) and y_train.tolist() == [[99], [3]]
    assert datasets.cifar100.load_data("coarse")[1][1].tolist() == [[19], [1]]
    with pytest.raises(ArgumentError, match="'fine' or 'coarse' was expected, got 'both'"):
        datasets.cifar100.load_data("both")


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        (pickle.dumps([1], protocol=2), "no table of bytes"),
        (pickle.dumps({b"data": np.zeros((1, 3072), np.uint8)}, protocol=2), "is not a list of 1"),
        (pickle.dumps({b"data": np.zeros((1, 9), np.uint8), b"labels": [1]}), "have 9 bytes"),
        (batch(0, labels=[1, -1]), "is not a list of 2 classes"),
        (pickle.dumps(Evil(), protocol=2), "which is not part of stored arrays"),
    ],
)
def test_wrong_batches_are_refused(known, stored, message):
    known(datasets.cifar10, "ARCHIVE", cifar10(**{"cifar-10-batches-py/data_batch_3": stored}))
    with pytest.raises(DataError, match=message):
        datasets.cifar10.load_data()


def test_a_missing_batch_is_named(known):
    known(datasets.cifar10, "ARCHIVE", tar(**{"cifar-10-batches-py/test_batch": b""}))
    with pytest.raises(DataError, match="inside a value"):
        datasets.cifar10.load_data()
    known(datasets.cifar10, "ARCHIVE", tar(**{"other": b""}))
    with pytest.raises(DataError, match="has no entry 'cifar-10-batches-py/data_batch_1'"):
        datasets.cifar10.load_data()


def test_a_zip_with_another_form_of_array_is_refused(known):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("x.npy", b"\x93NUMPY\x09\x00")
    known(datasets.reuters, "FILE", stream.getvalue())
    with pytest.raises(DataError, match=r"version \(9, 0\)"):
        datasets.reuters.load_data()


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (np.arange(10.0), np.arange(10.0)),
        (HOUSES, np.arange(9.0)),
        (HOUSES, np.zeros((10, 1))),
        (np.zeros((10, 2, 1)), np.arange(10.0)),
    ],
)
def test_a_table_and_a_number_for_each_row_are_expected(known, x, y):
    known(datasets.boston_housing, "FILE", npz(x=x, y=y))
    with pytest.raises(DataError, match="a table and a number for each row were expected"):
        datasets.boston_housing.load_data()


def test_all_rows_may_be_for_training(known):
    known(datasets.boston_housing, "FILE", npz(x=HOUSES, y=np.arange(10.0)))
    (x, _), (x_test, _) = datasets.boston_housing.load_data(test_split=0)
    assert (len(x), len(x_test)) == (10, 0)
    known(datasets.reuters, "FILE", items())
    (x, _), (x_test, _) = datasets.reuters.load_data(test_split=0)
    assert (len(x), len(x_test)) == (5, 0)
    for module in (datasets.boston_housing, datasets.reuters):
        for wrong in (-0.1, 1.0):
            with pytest.raises(ArgumentError, match=f"test_split={wrong}"):
                module.load_data(test_split=wrong)


def objects(shape: str, stored: object) -> bytes:
    """An archive whose x declares a shape, with any value behind it."""
    header = f"{{'descr': '|O', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    x = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("x.npy", x + pickle.dumps(stored, protocol=2))
        archive.writestr("y.npy", npy(np.array([0, 1])))
    return stream.getvalue()


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def lists() -> np.ndarray:
    made = np.empty(2, object)
    made[:] = [[1, 2], [3]]
    return made


def test_the_stored_array_has_the_declared_shape(known):
    known(datasets.reuters, "FILE", objects("(2,)", lists()))
    assert len(datasets.reuters.load_data(test_split=0)[0][0]) == 2
    for data in (objects("(2,)", [[1, 2], [3]]), objects("(3,)", lists())):
        known(datasets.reuters, "FILE", data)
        with pytest.raises(DataError):
            datasets.reuters.load_data()


@pytest.mark.parametrize(("labels", "sound"), [([255, 0], True), ([256, 0], False), ([], False)])
def test_classes_of_pictures_are_bytes(known, labels, sound):
    entries = {f"cifar-10-batches-py/{n}": batch(0, labels=[255, 0]) for n in PARTS}
    bad = pickle.dumps({"data": np.zeros((2, 3072), np.uint8), "labels": labels}, protocol=2)
    entries["cifar-10-batches-py/data_batch_3"] = bad
    known(datasets.cifar10, "ARCHIVE", tar(**entries))
    if sound:
        assert datasets.cifar10.load_data()[0][1].max() == 255
    else:
        with pytest.raises(DataError, match="is not a list of 2 classes"):
            datasets.cifar10.load_data()


PARTS = [*(f"data_batch_{n}" for n in range(1, 6)), "test_batch"]


def test_an_entry_that_is_a_folder_is_no_batch(known):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        info = tarfile.TarInfo("cifar-10-batches-py/data_batch_1")
        info.type = tarfile.DIRTYPE
        archive.addfile(info)
    known(datasets.cifar10, "ARCHIVE", stream.getvalue())
    with pytest.raises(DataError, match="data_batch_1 is not a batch of 0 bytes"):
        datasets.cifar10.load_data()

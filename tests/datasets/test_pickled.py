"""Pickles read as data: what is stored comes back, and nothing is ever called."""

import os
import pickle
import pickletools

import numpy as np
import pytest

from steepest.datasets.pickled import Reader
from steepest.errors import DataError


def read(data: bytes):
    return Reader(data, "a file").read()


PLAIN = {"a": [1, -2, 300, 70_000, -(2**40), 2.5, None, True, False], "b": ("x", b"y", ()), 3: [[]]}


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_plain_values_come_back(protocol):
    found = read(pickle.dumps(PLAIN, protocol=protocol))
    assert found == PLAIN and type(found["b"]) is tuple


@pytest.mark.parametrize("protocol", [2, 3, 4])
@pytest.mark.parametrize("code", ["|u1", "<i8", ">i4", "<f4", "<f8", "|b1"])
def test_arrays_come_back(protocol, code):
    values = np.arange(6).reshape(2, 3).astype(code)
    for stored in (values, np.asfortranarray(values)):
        found = read(pickle.dumps({"x": stored}, protocol=protocol))["x"]
        assert found.dtype == stored.dtype and np.array_equal(found, stored)


@pytest.mark.parametrize("protocol", [2, 3, 4])
def test_arrays_of_lists_and_scalars_come_back(protocol):
    lists = np.array([[1, 2], [3], []], object)
    assert read(pickle.dumps(lists, protocol=protocol)).tolist() == [[1, 2], [3], []]
    assert read(pickle.dumps([np.int64(7), np.float32(0.5)], protocol=protocol)) == [7, 0.5]


def test_a_batch_as_python_2_stored_it():
    """The operations of CIFAR's files: byte strings, memo numbers, an array of bytes."""
    data = (
        b"\x80\x02}q\x01(U\x06labelsq\x02]q\x03(K\x06K\x09eU\x04dataq\x04"
        b"cnumpy.core.multiarray\n_reconstruct\nq\x05cnumpy\nndarray\nq\x06K\x00\x85U\x01b\x87Rq\x07"
        b"(K\x01K\x02K\x03\x86cnumpy\ndtype\nq\x08U\x02u1K\x00K\x01\x87Rq\x09"
        b"(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T\x06\x00\x00\x00abcdeftbu."
    )
    assert len(list(pickletools.genops(data))) == 54  # it is a well-formed pickle
    found = read(data)
    assert found[b"labels"] == [6, 9]
    assert found[b"data"].tolist() == [[97, 98, 99], [100, 101, 102]]


class Evil:
    def __init__(self, called, *arguments):
        self.pair = called, arguments

    def __reduce__(self):
        return self.pair


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_nothing_is_called(protocol, tmp_path):
    path = tmp_path / "made"
    for evil in (Evil(os.mkdir, str(path)), Evil(eval, "1"), Evil(np.save, str(path), [1])):
        with pytest.raises(DataError, match=r"a file: .*; refused"):
            read(pickle.dumps(evil, protocol=protocol))
    assert not path.exists()


SOUND = pickle.dumps({"x": np.arange(3), "y": [1, 2, 3]}, protocol=2)


def test_damage_is_an_error_and_nothing_else():
    rng = np.random.default_rng(0)
    for length in range(len(SOUND)):
        with pytest.raises(DataError):
            read(SOUND[:length])
    for _ in range(3000):
        damaged = bytearray(SOUND)
        damaged[rng.integers(len(SOUND))] = rng.integers(256)
        try:
            read(bytes(damaged))
        except DataError as error:
            assert "a file: " in str(error)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"i8", b"i9", "dtype 'i9'|dtype '<i9'"),
        (b"i8", b"V8", "none of numbers"),
        (b"K\x03\x85", b"K\x04\x85", "does not have 32 bytes"),
        (b"ndarray", b"recarra", "numpy.recarra, which is not part"),
    ],
)
def test_impossible_arrays_are_refused(old, new, message):
    assert SOUND.count(old) == 1
    with pytest.raises(DataError, match=message):
        read(SOUND.replace(old, new))

"""Pickles read as data: what is stored comes back, and nothing is ever called."""

import os
import pickle
import pickletools

import numpy as np
import pytest

from steepest.datasets.pickled import Reader, Unfinished
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


def test_values_since_the_first_mark_are_a_tuple_or_a_list():
    assert read(b"(K\x01K\x02t.") == (1, 2) and read(b"(K\x01K\x02l.") == [1, 2]
    assert read(b"(t.") == () and read(b"(](K\x01et.") == ([1],)
    for missing in (b"K\x01t.", b"K\x01K\x02l."):
        with pytest.raises(DataError, match="a mark is missing"):
            read(missing)


@pytest.mark.parametrize(("letters", "message"), [(199, "it names a"), (200, "has no end")])
def test_names_have_up_to_200_letters(letters, message):
    with pytest.raises(DataError, match=message):
        read(b"c" + b"a" * letters + b"\nb\n.")


@pytest.mark.parametrize("shape", [(True,), (-1,), (1.0,), ("1",)])
def test_sizes_of_arrays_are_whole_numbers_from_0(shape):
    reader = Reader(b"", "a file")
    dtype = Unfinished("dtype", "|u1")
    reader.stack = [Unfinished("array"), (1, shape, dtype, False, b"\0")]
    with pytest.raises(DataError, match="impossible shape"):
        reader._build()


def test_entries_come_in_pairs_into_dictionaries_and_values_into_lists():
    assert read(b"}K\x01K\x02s.") == {1: 2} and read(b"]K\x01a.") == [1]
    assert read(b"}(K\x01K\x02K\x03K\x04u.") == {1: 2, 3: 4}
    for wrong in (b"}(K\x01u.", b"](K\x01K\x02u.", b"}K\x01a.", b"K\x01K\x02\x87."):
        with pytest.raises(DataError):
            read(wrong)
    assert read(b"K\x01K\x02K\x03\x87.") == (1, 2, 3) and read(b"K\x01K\x02\x86.") == (1, 2)


def test_numbers_of_each_size_and_sign():
    assert read(b"M\xff\xff.") == 65535 and read(b"J\xff\xff\xff\xff.") == -1
    assert read(b"\x8a\x02\xff\x7f.") == 32767 and read(b"\x8a\x01\xff.") == -1
    assert read(b"\x8a\x00.") == 0 and read(b"G?\xf0\x00\x00\x00\x00\x00\x00.") == 1.0
    assert read(b"U\x02ab.") == b"ab" and read(b"T\x01\x00\x00\x00a.") == b"a"
    with pytest.raises(DataError, match="inside a value"):
        read(b"T\xff\xff\xff\xff.")


def test_values_are_stored_and_read_again_by_number():
    assert read(b"K\x07q\x05h\x05\x86.") == (7, 7)
    assert read(b"K\x07r\x05\x01\x00\x00j\x05\x01\x00\x00\x86.") == (7, 7)
    assert read(b"K\x07\x94K\x08\x94h\x00h\x01\x87.") == (8, 7, 8)


def test_arrays_without_values_come_back():
    for shape in ((0,), (0, 3), (2, 0)):
        found = read(pickle.dumps(np.zeros(shape, "<f4"), protocol=4))
        assert found.shape == shape and found.dtype == np.float32

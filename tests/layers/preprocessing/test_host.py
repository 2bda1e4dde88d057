"""HostLayer: data of many kinds as arrays, and where such a layer cannot be called."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, DTypeError, ShapeError
from steepest.layers.preprocessing.host import host_values, is_gap, require_texts, texts_of


def test_data_become_numbers_or_objects() -> None:
    assert host_values("one").tolist() == "one" and host_values(3).tolist() == 3
    assert host_values(["a", None, 1.5]).tolist() == ["a", None, 1.5]
    assert host_values([[1, 2], [3, 4]]).tolist() == [[1, 2], [3, 4]]
    assert host_values(np.array(["a", "b"])).dtype == object
    assert host_values(st.constant([1, 2])).dtype.kind == "i"


def test_rows_of_unequal_length_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"got \[\[1, 2\], \[3\]\]; st\.utils\.pad_sequences"):
        host_values([[1, 2], [3]])


def test_frames_are_read_by_columns_and_sparse_rows_with_their_zeros(peer) -> None:
    frame = peer("pandas").DataFrame({"a": ["x", "y"], "b": ["z", None]})
    assert host_values(frame)[:, 0].tolist() == ["x", "y"]
    assert host_values(frame)[0].tolist() == ["x", "z"] and is_gap(host_values(frame)[1, 1])
    sparse = pytest.importorskip("scipy.sparse").csr_array([[0, 2], [1, 0]])
    assert host_values(sparse).tolist() == [[0, 2], [1, 0]]


def test_texts_bytes_and_gaps() -> None:
    entries = np.array(["a", "ä".encode("latin-1"), None, float("nan")], object)
    assert texts_of(entries, "here", "latin-1") == ["a", "ä", None, None]
    with pytest.raises(DTypeError, match=r"here takes texts, got 1\.5 in entry 1"):
        texts_of(np.array(["a", 1.5], object), "here")
    with pytest.raises(DTypeError, match=r"here takes texts, got int64 numbers, for example 7"):
        texts_of(np.array([7, 8]), "here")
    assert texts_of(np.zeros(0), "here") == []
    with pytest.raises(DTypeError, match=r"here takes texts, the input holds float32 numbers"):
        require_texts("here", np.dtype("float32"))


def test_what_is_missing() -> None:
    assert [is_gap(entry) for entry in (None, np.nan, 0.0, "", 0)] == [True, True, *[False] * 3]
    assert is_gap(np.datetime64("NaT")) is False  # only the objects of frames


def test_a_layer_of_texts_is_not_called_in_a_program() -> None:
    with pytest.raises(ArgumentError, match="runs on the host, before the compiled steps"):
        st.function(st.layers.Hashing(3))(st.constant([1, 2]))


def test_the_name_of_the_layer_is_noted_in_errors() -> None:
    with pytest.raises(DTypeError) as raised:
        st.layers.StringLookup(vocabulary=["a"], name="words")([1, 2])
    assert "in layer 'words'" in raised.value.__notes__

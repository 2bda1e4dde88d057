"""Hashing and HashedCrossing: shapes, the mask, stable numbers, errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, DTypeError, ShapeError
from steepest.layers import HashedCrossing, Hashing


def test_hashes_spread_and_stay():
    numbers = Hashing(16).transform([f"category {n}" for n in range(1600)])
    assert np.bincount(numbers, minlength=16).min() > 60
    assert Hashing(10)(["cat", "dog", "cat"]).tolist() == [6, 2, 6]
    assert Hashing(1000)([3]).tolist() == Hashing(1000)(["3"]).tolist() == [921]
    for salt in (7, [7, 8], "x"):
        assert Hashing(1000, salt=salt)(["cat"]).tolist() != Hashing(1000)(["cat"]).tolist()


def test_bins_are_those_of_keras():
    texts = ["cat", "dog", "", "café", "a text that is longer than sixteen", "x" * 70, "3"]
    expected = {
        None: [96, 112, 263, 587, 510, 745, 921],
        7: [979, 139, 358, 787, 79, 311, 965],
        (1, 2): [378, 900, 435, 724, 228, 729, 265],
    }
    for salt, bins in expected.items():
        assert Hashing(1000, salt=salt)(texts).tolist() == bins
    assert Hashing(50, mask_value="cat")(texts).tolist() == [0, 27, 35, 48, 31, 3, 24]
    assert Hashing(1000)([3, -12]).tolist() == [921, 569]


def test_crossings_are_those_of_keras():
    letters, numbers = ["A", "B", "A", "B", "A"], [101, 101, 101, -102, 102]
    words = ["q", "w", "e", "r", "x" * 40]
    assert HashedCrossing(5)((letters, [101, 101, 101, 102, 102])).tolist() == [1, 4, 1, 1, 3]
    assert HashedCrossing(1000)((letters, numbers, words)).tolist() == [305, 143, 936, 143, 490]


def test_the_mask_has_its_own_bin():
    numbers = Hashing(3, mask_value="")([["", "a"], ["b", "c"]]).numpy()
    assert numbers[0, 0] == 0 and 0 not in numbers.ravel()[1:]


def test_rows_of_bins():
    def rows(data: Any, mode: str) -> np.ndarray:
        return Hashing(3, output_mode=mode)(data).numpy()

    single = Hashing(3)([["a"], ["b"]]).numpy().ravel()
    np.testing.assert_array_equal(rows([["a"], ["b"]], "one_hot"), np.eye(3)[single])
    np.testing.assert_array_equal(rows([["a", "b"]], "count"), np.eye(3)[single].sum(0)[None])
    assert rows([["a", "a"]], "multi_hot").sum() == 1


def test_crossings_depend_on_all_features():
    first, second = np.array(["A", "B", "A"]), np.array([101, 101, 102])
    crossed = HashedCrossing(1000)((first, second)).numpy()
    assert crossed.shape == (3,) and len(set(crossed.tolist())) == 3
    column = HashedCrossing(1000)((first[:, None], second[:, None])).numpy()
    np.testing.assert_array_equal(column, crossed[:, None])
    rows = HashedCrossing(5, output_mode="one_hot")((first[:, None], second[:, None])).numpy()
    np.testing.assert_array_equal(rows, np.eye(5)[HashedCrossing(5)((first, second)).numpy()])


def test_what_cannot_be_crossed_or_hashed():
    cross = HashedCrossing(5)
    with pytest.raises(ArgumentError, match="crosses a list of at least two features"):
        cross(["A", "B"])
    with pytest.raises(ShapeError, match="features of one shape"):
        cross((["A"], ["B", "C"]))
    with pytest.raises(DTypeError, match="crosses texts and whole numbers, got float64"):
        cross((["A"], [0.5]))
    with pytest.raises(DTypeError, match="got float32; declare the input as"):
        cross((st.Input((1,), dtype="string"), st.Input((1,))))
    with pytest.raises(ArgumentError, match="crosses a list of at least two features"):
        cross(st.Input((1,), dtype="string"))
    with pytest.raises(ArgumentError, match="salt: one or two whole numbers"):
        Hashing(3, salt=[1, 2, 3])
    with pytest.raises(ArgumentError, match=r"from 0 to 2\*\*64 - 1 were expected, got -1"):
        Hashing(3, salt=-1)


def test_whole_numbers_as_floats_have_the_bins_of_integers():
    assert Hashing(1000)([3.0, -12.0]).tolist() == [921, 569]
    assert Hashing(1, mask_value="a")(["a", "b"]).tolist() == [0, 0]  # one bin for all


@pytest.mark.parametrize(
    "mode, shape, wanted",
    [
        ("int", (3,), (None, 3)),
        ("one_hot", (1,), (None, 7)),
        ("one_hot", (3,), (None, 3, 7)),
        ("count", (3,), (None, 7)),
    ],
)
def test_the_outputs_in_a_model_have_the_shape_of_bins_or_rows(mode: str, shape: Any, wanted: Any):
    drawn = Hashing(7, output_mode=mode)(st.Input(shape, dtype="string"))
    assert drawn.shape == wanted
    assert drawn.dtype == (st.int64 if mode == "int" else st.float32)
    assert Hashing(7, output_mode=mode).compute_output_shape((None, *shape)) == wanted


@pytest.mark.parametrize("mode, wanted", [("int", (None, 1)), ("one_hot", (None, 7))])
def test_a_crossing_in_a_model(mode: str, wanted: Any):
    inputs = [st.Input((1,), dtype="string"), st.Input((1,), dtype="int64")]
    drawn = HashedCrossing(7, output_mode=mode)(inputs)
    assert drawn.shape == wanted
    assert drawn.dtype == (st.int64 if mode == "int" else st.float32)
    for shape in ((2,), (1, 1)):
        with pytest.raises(ShapeError, match=r"\(batch,\) or \(batch, 1\), were expected"):
            HashedCrossing(7)([st.Input(shape, dtype="string")] * 2)

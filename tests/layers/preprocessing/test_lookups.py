"""StringLookup and IntegerLookup: the numbers of Keras 3.15.1, special tokens, unseen entries."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest import layers
from steepest.errors import (
    ArgumentError,
    DataError,
    DTypeError,
    SteepestError,
    UnknownNameError,
    UnseenWarning,
)
from steepest.layers import IntegerLookup, StringLookup

unseen = pytest.mark.filterwarnings("ignore:.*adapt never saw")
ROWS = [["b", "a"], ["a", "c"], ["b", "b"]]
NUMBERS = [[5, 9], [5, 2], [7, 9]]


def test_the_most_frequent_comes_first_and_of_equal_ones_the_greater():
    texts, numbers = StringLookup().fit(ROWS), IntegerLookup().fit(NUMBERS)
    assert texts.get_vocabulary() == ["[UNK]", "b", "a", "c"]
    assert numbers.get_vocabulary() == [-1, 9, 5, 7, 2]
    assert numbers.get_vocabulary(include_special_tokens=False) == [9, 5, 7, 2]
    assert texts(ROWS).tolist() == [[1, 2], [2, 3], [1, 1]]
    assert numbers(NUMBERS).tolist() == [[2, 1], [2, 4], [3, 1]]
    assert StringLookup(max_tokens=3).fit(ROWS).get_vocabulary() == ["[UNK]", "b", "a"]
    assert IntegerLookup(max_tokens=3).fit(NUMBERS).get_vocabulary() == [-1, 9, 5]


@unseen
@pytest.mark.parametrize(
    ("make", "tokens", "given"),
    [(StringLookup, ["b", "a"], ["", "z", "b", "a"]), (IntegerLookup, [9, 5], [0, 8, 9, 5])],
)
def test_where_the_indices_of_mask_and_unseen_entries_are(make: Any, tokens: list, given: list):
    mask = given[0]
    layer = make(vocabulary=tokens, mask_token=mask)
    assert layer([given]).tolist() == [[0, 1, 2, 3]]
    assert layer.get_vocabulary()[0] == mask and layer.vocabulary_size() == 4
    assert make(vocabulary=tokens)([given]).tolist() == [[0, 0, 1, 2]]
    several = make(vocabulary=tokens, mask_token=mask, num_oov_indices=2)
    found = several([given]).tolist()[0]
    assert found[0] == 0 and found[1] in (1, 2) and found[2:] == [3, 4]
    none = make(vocabulary=tokens, mask_token=mask, num_oov_indices=0)
    assert none([[given[0], *given[2:]]]).tolist() == [[0, 1, 2]]
    with pytest.raises(DataError, match=r"never saw .*num_oov_indices=1 reserves an index"):
        none([given])


@unseen
@pytest.mark.parametrize(
    ("make", "tokens", "given"),
    [(StringLookup, ["b", "a"], ["", "z", "b", "b"]), (IntegerLookup, [9, 5], [0, 8, 9, 9])],
)
def test_rows_do_not_count_the_mask(make: Any, tokens: list, given: list):
    def rows(data: Any = (given,), **options: Any) -> list:
        return make(vocabulary=tokens, **options)(np.array(data)).tolist()

    mask = given[0]
    assert rows(output_mode="count") == [[2, 2, 0]]
    assert rows(output_mode="count", mask_token=mask) == [[1, 2, 0]]
    assert rows(output_mode="multi_hot", mask_token=mask) == [[1, 1, 0]]
    assert rows([[mask], [given[2]]], output_mode="one_hot", mask_token=mask) == [
        [0, 0, 0],
        [0, 1, 0],
    ]
    assert rows(output_mode="count", max_tokens=5, pad_to_max_tokens=True) == [[2, 2, 0, 0, 0]]
    weighed = rows(output_mode="tf_idf", idf_weights=[0.5, 2.0])
    assert weighed == [[2.5, 1.0, 0.0]]
    assert rows(given[2:], output_mode="count") == [0, 2, 0]  # a vector is one sample


@unseen
def test_tf_idf_is_learned_by_rows():
    for layer, data in ((StringLookup, ROWS), (IntegerLookup, [[2, 1], [1, 0], [2, 2]])):
        made = layer(output_mode="tf_idf").fit(data)
        weights = np.log1p(3 / (1 + np.array([2, 2, 1])))
        np.testing.assert_allclose(made.row_weights, [weights.mean(), *weights], rtol=1e-6)


def test_indices_become_entries_again():
    texts = StringLookup(vocabulary=["b", "a"], mask_token="", invert=True)
    assert texts([[0, 1], [2, 9]]).tolist() == [["", "[UNK]"], ["b", "[UNK]"]]
    numbers = IntegerLookup(vocabulary=[9, 5], mask_token=0, invert=True)
    assert numbers([[0, 1], [2, 9]]).tolist() == [[0, -1], [9, -1]]
    assert StringLookup(vocabulary=["b"]).inverse_transform([1, 0]).tolist() == ["b", "[UNK]"]
    with pytest.raises(ArgumentError, match="invert=True goes with output_mode='int' only"):
        StringLookup(invert=True, output_mode="count")
    with pytest.raises(ArgumentError, match="texts cannot be the output of a model"):
        texts(st.Input((1,), dtype="int64"))


@unseen
def test_in_a_program_unseen_numbers_have_the_remainder_of_their_division():
    layer = IntegerLookup(vocabulary=[5, 9], num_oov_indices=3, mask_token=0)
    data = np.array([[5, 4], [-1, 11], [0, 9]])
    wanted = [[4, 2], [3, 3], [0, 5]]
    assert layer(data).tolist() == st.function(layer)(st.constant(data)).tolist() == wanted


def test_unseen_entries_are_reported_once_each():
    with pytest.warns(UnseenWarning, match=r"never saw \['z', None\], first in row 1; they share"):
        assert StringLookup(vocabulary=["a"])([["a"], ["z"], ["z"], [None]]).tolist() == [
            [1], [0], [0], [0]
        ]  # fmt: skip


def test_a_missing_name_is_no_category():
    layer = StringLookup().fit(["a", None, "b", float("nan"), "a"])
    assert layer.get_vocabulary() == ["[UNK]", "a", "b"]


def test_columns_of_frames_are_read(peer: Any):
    pandas, polars = peer("pandas"), peer("polars")
    for column in (
        pandas.Series(["b", "a"]), pandas.Series(["b", "a"], dtype="category"),
        pandas.Series(["b", "a"], dtype="string"), polars.Series(["b", "a"]),
    ):  # fmt: skip
        assert StringLookup().fit(column)(column).tolist() == [1, 2]


def test_configurations_and_files(tmp_path: Any):
    layer = StringLookup(output_mode="count", num_oov_indices=2, mask_token="").fit(ROWS)
    again = StringLookup.from_config(json.loads(json.dumps(layer.get_config())))
    np.testing.assert_array_equal(again(ROWS), layer(ROWS))
    older = {"max_tokens": None, "num_oov_indices": 1, "vocabulary": ["b", "a"]}
    assert StringLookup.from_config(older)(["a"]).tolist() == [2]
    (tmp_path / "codes.txt").write_text("7\n-3\n")
    assert IntegerLookup(vocabulary=tmp_path / "codes.txt")([[-3], [7]]).tolist() == [[2], [1]]


def test_wrong_vocabularies_and_data():
    with pytest.raises(UnknownNameError, match="no output_mode of StringLookup"):
        StringLookup(output_mode="two_hot")
    with pytest.raises(ArgumentError, match="must be a list of whole numbers, got 'a'"):
        IntegerLookup(vocabulary=["a"])
    with pytest.raises(ArgumentError, match=r"contains \[5\] more than once"):
        IntegerLookup(vocabulary=[5, 5])
    with pytest.raises(DataError, match=r"takes whole numbers, got .*StringLookup takes texts"):
        IntegerLookup().adapt(["a", "b"])
    with pytest.raises(DTypeError, match="takes texts, got int64 numbers"):
        StringLookup().adapt([1, 2])
    with pytest.raises(ArgumentError, match="tokens in one axis were expected"):
        StringLookup(vocabulary=np.array([["a"]]))


def test_the_names_under_data_are_the_layers():
    for name in ("StringLookup", "TextVectorization", "Hashing"):
        assert getattr(st.data, name) is getattr(layers, name)


def test_texts_are_bytes_of_an_encoding():
    layer = StringLookup(vocabulary=["ä".encode("latin-1"), "b"], encoding="latin-1")
    assert layer.get_vocabulary() == ["[UNK]", "ä", "b"]
    assert layer(["ä".encode("latin-1")]).tolist() == [1]
    with pytest.raises(ArgumentError, match="vocabulary must be a list of texts, got 3"):
        StringLookup(vocabulary=["a", 3])


@pytest.mark.parametrize("make", [StringLookup, IntegerLookup])
def test_lookups_before_adapt(make: Any):
    with pytest.raises(ArgumentError, match="adapt was given no examples"):
        make().adapt(np.zeros((0, 2), object if make is StringLookup else int))
    with pytest.raises(SteepestError, match="has no vocabulary yet: call adapt"):
        make()(["a"] if make is StringLookup else [1])
    with pytest.raises(SteepestError, match="has no vocabulary yet"):
        make(output_mode="tf_idf").row_weights
    with pytest.raises(ArgumentError, match="invert=True goes with output_mode='int' only"):
        make(invert=True, output_mode="one_hot")


def test_given_vocabularies_of_tf_idf_need_weights():
    layer = StringLookup(vocabulary=["a"], output_mode="tf_idf")
    with pytest.raises(SteepestError, match="has no idf_weights yet"):
        layer(["a"])
    with pytest.raises(ArgumentError, match="idf_weights go with a vocabulary"):
        StringLookup(idf_weights=[1.0], output_mode="tf_idf")
    with pytest.raises(ArgumentError, match="idf_weights are for output_mode 'tf_idf' only"):
        StringLookup(vocabulary=["a"], idf_weights=[1.0])
    for wrong in ([1.0, 2.0, 3.0, 4.0], [[1.0, 2.0]], [1.0, np.nan]):
        with pytest.raises(ArgumentError, match="a number for each of the 2 tokens was expected"):
            StringLookup(vocabulary=["a", "b"], idf_weights=wrong, output_mode="tf_idf")


def test_the_first_unseen_entry_is_named_by_its_row():
    layer = StringLookup(vocabulary=["a"], num_oov_indices=0)
    for data, row in ((["a", "z"], 1), ([["a", "a"], ["a", "z"], ["y", "a"]], 1)):
        with pytest.raises(DataError, match=rf"never saw \['z'.*first in row {row}"):
            layer(data)
    numbers = IntegerLookup(vocabulary=[5], num_oov_indices=0)
    with pytest.raises(DataError, match=r"never saw \[6\], first in row 2"):
        numbers([[5, 5], [5, 5], [5, 6]])


def test_at_most_five_unseen_entries_are_listed():
    with pytest.warns(UnseenWarning, match=r"never saw \['b', 'c', 'd', 'e', 'f'\], first"):
        StringLookup(vocabulary=["a"])(list("bcdef"))
    with pytest.warns(UnseenWarning, match=r"never saw \['b', 'c', 'd', 'e', 'f'\] \.\.\., first"):
        StringLookup(vocabulary=["a"])(list("bcdefg"))


def test_a_vocabulary_is_learned_from_some_batches():
    batches = [[["b"], ["a"]], [["c"], ["c"]], [["d"], ["e"]]]
    texts = StringLookup()
    texts.adapt(iter(batches), steps=2)
    assert texts.get_vocabulary() == ["[UNK]", "c", "b", "a"]
    numbers = IntegerLookup()
    numbers.adapt(iter([np.array([[2], [1]]), np.array([[3], [3]]), np.array([[9], [9]])]), steps=2)
    assert numbers.get_vocabulary() == [-1, 3, 2, 1]


@pytest.mark.parametrize(
    "mode, shape, wanted",
    [
        ("int", (3,), (None, 3)),
        ("one_hot", (1,), (None, 3)),
        ("one_hot", (4,), (None, 4, 3)),
        ("count", (4,), (None, 3)),
    ],
)
def test_the_outputs_of_texts_in_a_model(mode: str, shape: Any, wanted: Any):
    layer = StringLookup(vocabulary=["a", "b"], output_mode=mode)
    drawn = layer(st.Input(shape, dtype="string"))
    assert drawn.shape == layer.compute_output_shape((None, *shape)) == wanted
    assert drawn.dtype == (st.int64 if mode == "int" else st.float32)
    with pytest.raises(DTypeError, match="takes texts, the input holds float32 numbers"):
        StringLookup(vocabulary=["a"])(st.Input(shape))


def test_indices_of_texts_are_numbers():
    layer = StringLookup(vocabulary=["b", "a"])
    assert layer.inverse_transform([-1, 0, 1, 2, 3]).tolist() == ["[UNK]"] * 2 + ["b", "a", "[UNK]"]
    with pytest.raises(DataError, match="indices were expected, got 'a'"):
        layer.inverse_transform(np.array(["a"], object))
    with pytest.raises(ArgumentError, match="only output_mode 'int' can be undone"):
        IntegerLookup(vocabulary=[1], output_mode="count").inverse_transform([[0.0, 1.0]])


def test_a_vocabulary_of_whole_numbers_takes_floats_and_lines_without_fractions():
    assert IntegerLookup(vocabulary=[5.0, " -3 ", np.int8(7)]).get_vocabulary() == [-1, 5, -3, 7]
    for wrong in (5.5, "5.5", True, None):
        with pytest.raises(ArgumentError, match="must be a list of whole numbers"):
            IntegerLookup(vocabulary=[wrong])


def test_numbers_before_adapt_have_the_shape_of_the_inputs():
    drawn = IntegerLookup()(st.Input((3,), dtype="int32"))
    assert drawn.shape == (None, 3) and drawn.dtype == st.int64


def test_special_tokens_and_settings_of_a_vocabulary():
    begun = StringLookup(vocabulary=["", "[UNK]", "a"], mask_token="")
    assert begun.get_vocabulary() == ["", "[UNK]", "a"] and begun.vocabulary_size() == 3
    with pytest.raises(ArgumentError, match="contains the mask token ''; leave it out"):
        StringLookup(vocabulary=["a", ""], mask_token="")
    assert StringLookup(vocabulary=["a"], max_tokens=2).vocabulary_size() == 2
    with pytest.raises(ArgumentError, match="take 3 indices, more than max_tokens=2"):
        StringLookup(vocabulary=["a", "b"], max_tokens=2)
    with pytest.raises(ArgumentError, match="pad_to_max_tokens=True needs max_tokens"):
        StringLookup(pad_to_max_tokens=True)
    with pytest.raises(ArgumentError, match=r"num_oov_indices: .*, got -1"):
        StringLookup(num_oov_indices=-1)


def test_wrong_kinds_of_vocabularies(tmp_path: Any):
    for wrong in (b"abc", {"a": 1}, 3):
        with pytest.raises(ArgumentError, match="vocabulary must be a list of tokens, got"):
            StringLookup(vocabulary=wrong)
    with pytest.raises(
        ArgumentError, match=r"there is no readable file .*a list of tokens is taken"
    ):
        StringLookup(vocabulary=str(tmp_path / "none.txt"))
    with pytest.raises(DataError, match=r"a configuration's vocabulary is a list, got 'none.txt'"):
        StringLookup.from_config({"vocabulary": "none.txt"})
    with pytest.raises(DataError, match=r"a file's vocabulary is a list, got 'none.txt'"):
        StringLookup().set_learned({"vocabulary": "none.txt"})
    emptied = StringLookup(vocabulary=["a"])
    emptied.set_learned({"vocabulary": None})
    assert emptied.get_learned() == {"vocabulary": None}
    with pytest.raises(ArgumentError, match="several entries were expected, got 'abc'"):
        StringLookup().adapt("abc")

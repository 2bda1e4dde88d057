"""TextVectorization: the numbers of Keras 3.15.1 on small texts, settings, and errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.data.columns import SparseColumn
from steepest.errors import (
    ArgumentError,
    DataError,
    DTypeError,
    ShapeError,
    SteepestError,
    UnknownNameError,
)
from steepest.layers import TextVectorization

TEXTS = ["The cat sat.", "the dog, sat!", "A bird  Ä it's", "", "the the\tfish\n"]
WORDS = ["the", "sat", "Ä", "its", "fish", "dog", "cat", "bird", "a"]  # as Keras orders them


def adapted(**options: Any) -> TextVectorization:
    layer = TextVectorization(**options)
    layer.adapt(TEXTS)
    return layer


def test_words_by_frequency_and_of_equal_ones_the_greater_first():
    layer = adapted()
    assert layer.get_vocabulary() == ["", "[UNK]", *WORDS]
    assert layer.get_vocabulary(include_special_tokens=False) == WORDS
    assert layer.vocabulary_size() == 11
    wanted = [[2, 8, 3, 0], [2, 7, 3, 0], [10, 9, 4, 5], [0, 0, 0, 0], [2, 2, 6, 0]]
    assert layer(TEXTS).tolist() == wanted
    assert layer(np.array(TEXTS)[:, None]).tolist() == wanted


def test_a_batch_and_a_column_are_several_texts():
    layer = st.data.TextVectorization().fit(["foo bar", "baz foo"])
    rows = layer.transform(np.array([["foo bar"], ["baz foo foo"]]))
    assert rows.tolist() == [[2, 4, 0], [3, 2, 2]]
    both = st.data.TextVectorization().fit([["hello world", "foo bar"]])
    assert both.get_vocabulary() == ["", "[UNK]", "world", "hello", "foo", "bar"]


@pytest.mark.parametrize(
    ("options", "text", "wanted"),
    [
        ({"output_sequence_length": 3}, "a bird sat sat", [10, 9, 3]),
        ({"max_tokens": 4}, "the sat dog", [2, 3, 1]),
        ({"standardize": "lower"}, "THE Dog,", [2, 8]),
        ({"standardize": "strip_punctuation"}, "The, the", [10, 2]),
        ({"standardize": None}, "cat sat.", [9, 4]),
        ({"standardize": lambda text: text.replace("Dog", "fish")}, "Dog sat.", [7, 4]),
        ({"split": lambda text: text.split("a")}, "dog sat", [1, 2]),
    ],
)
def test_how_a_text_becomes_words(options: dict[str, Any], text: str, wanted: list[int]):
    assert adapted(**options)([text]).tolist() == [wanted]


def test_characters_and_n_grams():
    characters = TextVectorization(split="character", vocabulary=["a", "b"])
    assert characters(["abca"]).tolist() == [[2, 3, 1, 2]]
    pairs = TextVectorization(ngrams=2, vocabulary=["a", "b", "a b", "b a"])
    assert pairs(["a b a"]).tolist() == [[2, 3, 2, 4, 5]]
    only = TextVectorization(ngrams=(2,), vocabulary=["a b", "b a"])
    assert only(["a b a"]).tolist() == [[2, 3]]
    tokens = TextVectorization(split=None, vocabulary=["a", "b"])
    assert tokens(np.array([["a", "c"], ["b", ""]])).tolist() == [[2, 1], [3, 0]]


def test_rows_of_words_as_in_keras():
    multi_hot = adapted(output_mode="binary")(["the the fish zebra"])
    assert multi_hot.tolist() == [[1, 1, 0, 0, 0, 1, 0, 0, 0, 0]]
    counts = adapted(output_mode="count", max_tokens=12, pad_to_max_tokens=True)(["the the z"])
    assert counts.tolist() == [[1, 2, *[0] * 10]]
    weights = np.log1p(5 / (1 + np.array([3, 2, *[1] * 7])))
    rows = adapted(output_mode="tf_idf")(["zebra the the sat"]).numpy()
    wanted = [[weights.mean(), 2 * weights[0], weights[1], *[0] * 7]]
    np.testing.assert_allclose(rows, wanted, rtol=1e-6)


def test_given_weights_of_words():
    def rows(vocabulary: list[str], weights: list[float], **options: Any) -> list[list[float]]:
        layer = TextVectorization(
            vocabulary=vocabulary, idf_weights=weights, output_mode="tf_idf", **options
        )
        return layer(["the cat dog cat"]).tolist()

    assert rows(["the", "cat"], [0.25, 0.75]) == [[0.5, 0.25, 1.5]]
    assert rows(["[UNK]", "the", "cat"], [0.125, 0.25, 0.75]) == [[0.125, 0.25, 1.5]]
    padded = rows(["the"], [0.25], max_tokens=4, pad_to_max_tokens=True)
    assert padded == [[0.75, 0.25, 0.0, 0.0]]


def test_sparse_rows_are_the_dense_ones():
    for mode in ("multi_hot", "count", "tf_idf"):
        sparse = adapted(output_mode=mode, sparse=True)(TEXTS)
        assert isinstance(sparse, SparseColumn)
        np.testing.assert_array_equal(sparse.toarray(), adapted(output_mode=mode)(TEXTS))


def batches() -> Iterator[list[str]]:
    yield TEXTS[:2]
    yield TEXTS[2:]


def test_it_learns_from_data_sets_and_batches():
    data = st.data.Dataset.from_tensor_slices((TEXTS, np.arange(5)))
    for given in (batches(), data, data.batch(2), data.batch(2).map(lambda x, y: x)):
        layer = TextVectorization()
        layer.adapt(given)
        assert layer.get_vocabulary() == ["", "[UNK]", *WORDS]
    layer = TextVectorization()
    layer.adapt(data.batch(2).repeat(), steps=3)
    assert layer.get_vocabulary() == ["", "[UNK]", *WORDS]


def test_a_single_text_gives_a_vector():
    assert adapted()("the cat").tolist() == [2, 8]
    assert adapted(output_mode="multi_hot")("the the").tolist() == [0, 1, *[0] * 8]
    data = st.data.Dataset.from_tensor_slices((TEXTS, np.arange(5)))
    words = adapted(output_sequence_length=3)
    rows = [x.tolist() for x, _ in data.map(lambda x, y: (words(x), y))]
    assert rows == words(TEXTS).tolist()
    columns = data.batch(2).map(lambda x, y: (words(st.expand_dims(x, -1)), y))
    assert next(iter(columns))[0].tolist() == rows[:2]


def test_missing_texts_are_empty_and_bytes_are_decoded():
    layer = TextVectorization(vocabulary=["ä"])
    assert layer([None, "ä".encode(), float("nan")]).tolist() == [[0], [2], [0]]


@st.register_serializable
def by_semicolons(text: str) -> list[str]:
    return text.split(";")


def test_a_configuration_has_all_that_was_learned():
    layer = adapted(output_mode="tf_idf", ngrams=(1, 2), split=by_semicolons, max_tokens=6)
    config = json.loads(json.dumps(layer.get_config()))
    again = TextVectorization.from_config(config)
    np.testing.assert_array_equal(again(TEXTS), layer(TEXTS))
    assert again.get_config() == layer.get_config()


def test_a_configuration_of_an_older_file_keeps_its_words():
    older = {
        "max_tokens": None, "output_mode": "int", "output_sequence_length": None,
        "split": "words", "sparse": False, "vocabulary": ["don't"], "idf_weights": None,
    }  # fmt: skip
    assert TextVectorization.from_config(older)(["Don't, stop"]).tolist() == [[2, 1]]


def test_wrong_uses_say_what_to_do():
    with pytest.raises(SteepestError, match="has no vocabulary yet: call adapt"):
        TextVectorization()(["a"])
    with pytest.raises(UnknownNameError, match="no output_mode of TextVectorization"):
        TextVectorization(output_mode="one_hot")
    with pytest.raises(UnknownNameError, match=r"no standardize of TextVectorization.*'lower'"):
        TextVectorization(standardize="lowr")
    with pytest.raises(UnknownNameError, match="no split of TextVectorization"):
        TextVectorization(split="by commas")
    with pytest.raises(ArgumentError, match="ngrams: a whole number from 1"):
        TextVectorization(ngrams=0)
    with pytest.raises(ArgumentError, match="goes with output_mode='int', not 'count'"):
        TextVectorization(output_mode="count", output_sequence_length=3)
    with pytest.raises(ArgumentError, match="needs max_tokens"):
        TextVectorization(pad_to_max_tokens=True)
    layer = TextVectorization(vocabulary=["a"])
    with pytest.raises(ShapeError, match=r"\(batch,\) or \(batch, 1\) were expected, got \(1, 2\)"):
        layer([["a", "b"]])
    with pytest.raises(ArgumentError, match="several entries were expected, got 'abc'"):
        layer.adapt("abc")
    with pytest.raises(DTypeError, match="takes texts, got int64 numbers, for example 3"):
        layer([3])
    with pytest.raises(DTypeError, match="takes texts, got 3 in entry 1"):
        layer(np.array(["a", 3], object))
    with pytest.raises(ArgumentError, match="adapt was given no examples"):
        layer.adapt([])


def test_vocabularies_are_checked():
    with pytest.raises(ArgumentError, match=r"contains \['a'\] more than once"):
        TextVectorization(vocabulary=["a", "b", "a"])
    with pytest.raises(ArgumentError, match="contains the mask token ''"):
        TextVectorization(vocabulary=["a", ""])
    with pytest.raises(ArgumentError, match="take 4 indices, more than max_tokens=3"):
        TextVectorization(max_tokens=3, vocabulary=["a", "b"])
    with pytest.raises(ArgumentError, match="must be a list of texts, got 3"):
        TextVectorization(vocabulary=["a", 3])
    with pytest.raises(ArgumentError, match="idf_weights: a number for each of the 2 tokens"):
        TextVectorization(vocabulary=["a", "b"], idf_weights=[1.0], output_mode="tf_idf")
    with pytest.raises(ArgumentError, match="idf_weights are for output_mode 'tf_idf' only"):
        TextVectorization(vocabulary=["a"], idf_weights=[1.0])
    with pytest.raises(SteepestError, match="has no idf_weights yet"):
        TextVectorization(vocabulary=["a"], output_mode="tf_idf")(["a"])


def test_a_vocabulary_file_has_a_word_on_each_line(tmp_path: Any):
    path = tmp_path / "words.txt"
    path.write_text("the\nÄ\n", encoding="utf-8")
    layer = TextVectorization(vocabulary=str(path))
    assert layer(["Ä the"]).tolist() == [[3, 2]]
    path.unlink()
    again = TextVectorization.from_config(layer.get_config())  # which holds the words
    assert again.get_vocabulary() == ["", "[UNK]", "the", "Ä"]
    with pytest.raises(ArgumentError, match=r"there is no readable file .*words\.txt"):
        layer.set_vocabulary(path)
    with pytest.raises(DataError, match="a configuration's vocabulary is a list"):
        TextVectorization.from_config({"standardize": None, "vocabulary": "/etc/passwd"})


@pytest.mark.parametrize(
    "options, shape, wanted, dtype",
    [
        ({}, (1,), (None, None), "int64"),
        ({"output_sequence_length": 4}, (1,), (None, 4), "int64"),
        ({"output_mode": "count"}, (1,), (None, 3), "float32"),
        ({"split": None}, (5,), (None, None), "int64"),
    ],
)
def test_the_outputs_in_a_model(options: Any, shape: Any, wanted: Any, dtype: str):
    layer = TextVectorization(vocabulary=["a", "b"], **options)
    drawn = layer(st.Input(shape, dtype="string"))
    assert drawn.shape == wanted and drawn.dtype.name == dtype


def test_several_texts_in_a_row_are_not_split():
    layer = TextVectorization(vocabulary=["a"])
    with pytest.raises(ShapeError, match=r"the input has the shape \(None, 2\); declare it"):
        layer(st.Input((2,), dtype="string"))
    with pytest.raises(ShapeError, match=r"of shape \(batch,\) or \(batch, 1\) were expected, got"):
        layer([["a", "b"]])
    with pytest.raises(ArgumentError, match="standardize: a function from a text to a text"):
        TextVectorization(vocabulary=["a"], standardize=len)(["a"])
    with pytest.raises(ArgumentError, match="split: a function from a text to a list of texts"):
        TextVectorization(vocabulary=["a"], split=len)(["a"])

"""Preparations: known answers, agreement with scikit-learn, and what was never seen reported."""

from __future__ import annotations

import json

import numpy as np
import pytest

import steepest as st
from steepest import layers
from steepest.data import (
    Dataset,
    Hashing,
    StringLookup,
    TextVectorization,
    TokenCounts,
    date_parts,
    normalize,
    pad_sequences,
    to_categorical,
    vectorize_sequences,
)
from steepest.errors import ArgumentError, DataError, ShapeError, SteepestError, UnseenWarning

CHANCE = np.random.default_rng(0)
TABLE = CHANCE.normal(size=(60, 4)) @ CHANCE.normal(size=(4, 4)) + 5.0


# ---------------------------------------------------------------- layers that learn

LEARNED = {
    "MinMaxScaling": lambda: layers.MinMaxScaling((-1.0, 2.0), dtype="float64"),
    "RobustScaling": lambda: layers.RobustScaling(dtype="float64"),
    "PrincipalComponents": lambda: layers.PrincipalComponents(4, dtype="float64"),
    "PrincipalComponents whitened": lambda: layers.PrincipalComponents(4, True, dtype="float64"),
}


def _peer(name: str) -> object:
    decomposition = pytest.importorskip("sklearn.decomposition")
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    return {
        "MinMaxScaling": lambda: preprocessing.MinMaxScaler((-1.0, 2.0)),
        "RobustScaling": lambda: preprocessing.RobustScaler(),
        "PrincipalComponents": lambda: decomposition.PCA(4),
        "PrincipalComponents whitened": lambda: decomposition.PCA(4, whiten=True),
    }[name]()


@pytest.mark.parametrize("name", LEARNED)
def test_they_agree_with_scikit_learn_and_undo_themselves(name):
    ours = LEARNED[name]().fit(TABLE)
    theirs = _peer(name).fit(TABLE)
    found, wanted = ours.transform(TABLE[:9]), theirs.transform(TABLE[:9])
    if name.startswith("Principal"):  # the sign of a direction is a matter of taste
        wanted = wanted * np.sign((found * wanted).sum(axis=0))
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(ours.inverse_transform(found), TABLE[:9], rtol=1e-9)


@pytest.mark.parametrize("name", LEARNED)
def test_before_they_learned_they_say_so(name):
    with pytest.raises(SteepestError, match=r"adapt\(data\) with the training set"):
        LEARNED[name]()(TABLE)


def test_they_learn_from_batches_and_datasets():
    whole = layers.MinMaxScaling().fit(TABLE).transform(TABLE)
    batched = layers.MinMaxScaling().fit(Dataset.from_tensor_slices((TABLE, TABLE)).batch(7))
    np.testing.assert_array_equal(batched.transform(TABLE), whole)


def test_components_that_hold_a_share_of_the_variance(tmp_path):
    decomposition = pytest.importorskip("sklearn.decomposition")
    table = CHANCE.normal(size=(80, 6)) * [9.0, 5.0, 3.0, 1.0, 0.1, 0.1]
    for share in (0.5, 0.9, 0.999):
        layer = layers.PrincipalComponents(share).fit(table)
        assert layer.components == decomposition.PCA(share).fit(table).n_components_
        assert layer.explained_variance_ratio.sum() >= share
    model = st.Sequential([layer, layers.Dense(1)])
    wanted = model(table).numpy()
    model.save(tmp_path / "m.safetensors")
    again = st.load_model(tmp_path / "m.safetensors")
    assert again.layers[0].components == layer.components
    np.testing.assert_allclose(again(table), wanted)
    with pytest.raises(SteepestError, match="how many components hold 90% of its variance"):
        layers.PrincipalComponents(0.9)(table)
    for wrong in (0, 1.0, 1.5, -0.5):
        with pytest.raises(ArgumentError, match="components: a whole number from 1, or a share"):
            layers.PrincipalComponents(wrong)


def test_components_of_more_features_than_rows():
    wide = CHANCE.normal(size=(5, 40))
    layer = layers.PrincipalComponents(4, dtype="float64").fit(wide)
    np.testing.assert_allclose(layer.inverse_transform(layer.transform(wide)), wide, atol=1e-9)
    assert layer.explained_variance_ratio.sum() == pytest.approx(1.0)


def test_a_scale_never_seen_is_reported():
    layer = layers.MinMaxScaling().fit([[0.0], [1.0]])
    with pytest.warns(UnseenWarning, match=r"255.0 in row 1, column 0"):
        layer.transform([[0.5], [255.0]])


def test_gaps_are_filled_and_marked():
    layer = layers.MissingValues("median").fit([[1.0, np.nan], [2.0, 4.0], [9.0, 6.0]])
    assert layer.transform([[np.nan, 1.0]]).tolist() == [[2.0, 1.0, 1.0, 0.0]]
    bare = layers.MissingValues("constant", fill_value=-1.0, indicator=False).fit([[1.0]])
    assert bare.transform([[np.nan]]).tolist() == [[-1.0]]
    with pytest.raises(DataError, match="column 1 holds no value"):
        layers.MissingValues().fit([[1.0, np.nan]])


def test_what_was_learned_is_saved_with_the_model(tmp_path):
    def network() -> st.Model:
        return st.Sequential([layers.PrincipalComponents(2), layers.Dense(1)])

    model = network()
    model.layers[0].adapt(TABLE)
    wanted = model(TABLE.astype("float32")).numpy()
    model.save_weights(tmp_path / "w.safetensors")
    again = network()
    again.layers[0].ensure_built((None, 4))
    again.layers[1].ensure_built((None, 2))
    again.built = True
    again.load_weights(tmp_path / "w.safetensors")
    np.testing.assert_array_equal(again(TABLE.astype("float32")).numpy(), wanted)


# ---------------------------------------------------------------- categories


def test_binary_codes_tell_all_categories_apart_with_the_fewest_bits():
    for count, bits in [(1, 1), (2, 1), (3, 2), (8, 3), (9, 4), (1000, 10)]:
        layer = layers.BinaryCodes(count)
        codes = layer(np.arange(count)).numpy()
        assert codes.shape == (count, bits) and len(np.unique(codes, axis=0)) == count


def test_a_category_never_seen_is_an_error_or_a_warning():
    with pytest.raises(DataError, match="the category 3 in row 1 is none of 0 to 2"):
        layers.CategoryEncoding(3)([[0], [3]])
    lookup = layers.IntegerLookup(num_oov_indices=0, vocabulary=[5, 7])
    with pytest.raises(DataError, match=r"never saw \[6\]"):
        lookup([6])
    with pytest.warns(UnseenWarning, match=r"never saw \[6\]"):
        assert layers.IntegerLookup(vocabulary=[5, 7])([6, 7]).tolist() == [0, 2]


def test_in_a_program_a_category_never_seen_is_nan():
    for layer in (layers.CategoryEncoding(3, "one_hot"), layers.BinaryCodes(3)):
        rows = st.function(layer)(st.constant([1, 3]))
        assert np.isnan(rows.numpy()).any(axis=1).tolist() == [False, True]


def test_buckets():
    layer = layers.Discretization(num_bins=4)
    layer.adapt(np.arange(1.0, 101.0))
    assert np.bincount(layer(np.arange(1.0, 101.0)).numpy()).tolist() == [25, 25, 25, 25]
    assert layers.Discretization([0.0, 1.0])([-5.0, 0.0, 0.5, 1.0]).tolist() == [0, 1, 1, 2]


def test_names_to_numbers_and_back():
    lookup = StringLookup().fit(["b", "a", "b"])
    assert lookup.get_vocabulary() == ["[UNK]", "b", "a"]
    assert lookup.transform([["a"], ["b"]]).tolist() == [[2], [1]]
    assert lookup.inverse_transform([1, 2, 0]).tolist() == ["b", "a", "[UNK]"]
    again = StringLookup.from_config(json.loads(json.dumps(lookup.get_config())))
    assert again.transform(["a"]).tolist() == [2]
    with pytest.warns(UnseenWarning, match=r"never saw \['z'\] \(first in entry 1\)"):
        assert lookup.transform(["a", "z"]).tolist() == [2, 0]
    with pytest.raises(DataError, match="never saw"):
        StringLookup(num_oov_indices=0).fit(["a"]).transform(["z"])


def test_hashes_spread_and_stay():
    numbers = Hashing(16).transform([f"category {n}" for n in range(1600)])
    assert np.bincount(numbers, minlength=16).min() > 60
    assert Hashing(16, salt="x").transform(["a"]).tolist() != Hashing(16).transform(["a"]).tolist()


# ---------------------------------------------------------------- texts and dates

TEXTS = ["the cat sat", "the dog sat", "a bird"]


def test_texts_as_counts_and_tf_idf():
    counts = TextVectorization(output_mode="count").fit(TEXTS)
    assert counts.get_vocabulary()[:3] == ["[UNK]", "sat", "the"]
    assert counts.transform(["the the fish"])[0, [0, 2]].tolist() == [1.0, 2.0]
    rare = TokenCounts(3, "tf_idf").fit([[0], [0, 1], [0]])
    weights = np.log(1 + 3 / (1 + np.array([3.0, 1.0, 0.0])))
    np.testing.assert_allclose(rare.transform([[0, 1, 1]])[0], weights * [1, 2, 0], rtol=1e-6)
    with pytest.raises(SteepestError, match="call fit"):
        TokenCounts(3, "tf_idf").transform([[0]])


def test_sparse_rows_are_the_dense_ones():
    lists = [CHANCE.integers(0, 50, 20).tolist() for _ in range(8)] + [[]]
    for mode in ("multi_hot", "count", "tf_idf"):
        dense, sparse = (TokenCounts(50, mode, flag).fit(lists) for flag in (False, True))
        rows = sparse.transform(lists).take(np.arange(9))
        np.testing.assert_array_equal(rows, dense.transform(lists))


def test_texts_as_padded_numbers():
    made = TextVectorization(max_tokens=4, output_sequence_length=2).fit(TEXTS)
    assert made.transform(["the cat sat", "sat"]).tolist() == [[3, 1], [2, 0]]


def test_parts_of_dates_are_those_of_python():
    import datetime

    days = [datetime.datetime(1969, 12, 31, 23, 59), datetime.datetime(2024, 2, 29, 5, 7)]
    names = ("year", "month", "day", "weekday", "day_of_year", "hour", "minute")
    wanted = [
        [d.year, d.month, d.day, d.weekday(), d.timetuple().tm_yday, d.hour, d.minute] for d in days
    ]
    assert date_parts(days, names).tolist() == wanted
    around = date_parts(["2023-12-31", "2023-06-30"], ["month"], cyclic=True)
    np.testing.assert_allclose(around, [[0.0, 1.0], [0.0, -1.0]], atol=1e-6)
    with pytest.raises(DataError, match="row 1 holds no date"):
        date_parts(["2023-12-31", "NaT"])
    with pytest.raises(DataError, match="2024-02-29 were expected"):
        date_parts(["yesterday"])
    with pytest.raises(ArgumentError, match="'century'"):
        date_parts(["2023-12-31"], ["century"])


# ---------------------------------------------------------------- functions of arrays


def test_multi_hot_rows_dense_and_sparse():
    lists = [[0, 2, 2], [1], []]
    dense = vectorize_sequences(lists, 4)
    assert dense.tolist() == [[1, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0]]
    assert dense.dtype == np.float32
    sparse = vectorize_sequences(lists, 4, sparse=True)
    np.testing.assert_array_equal(sparse.take(np.arange(3)), dense)
    with pytest.raises(DataError, match="row 1 holds 7, outside of 0 to 3"):
        vectorize_sequences([[0], [1, 7]], 4)
    with pytest.raises(DataError, match="row 1: a list of whole numbers"):
        vectorize_sequences([[0], "text"], 4)


def test_padding_and_cutting():
    lists = [[1], [2, 3, 4]]
    assert pad_sequences(lists).tolist() == [[0, 0, 1], [2, 3, 4]]
    assert pad_sequences(lists, 2, padding="post", truncating="post").tolist() == [[1, 0], [2, 3]]
    assert pad_sequences(lists, 2, value=9).tolist() == [[9, 1], [3, 4]]
    with pytest.raises(ArgumentError, match="'pre' or 'post'"):
        pad_sequences(lists, padding="left")


def test_one_hot_rows_of_labels():
    assert to_categorical([[1], [0]], 3).tolist() == [[0, 1, 0], [1, 0, 0]]
    with pytest.raises(DataError, match=r"label 3 at \[1\] is outside the 3 classes"):
        to_categorical([0, 3], 3)
    with pytest.raises(DataError, match="must be whole"):
        to_categorical([0.5])


def test_vectors_of_length_one():
    assert normalize(np.float32([[3, 4]])).dtype == np.float32
    assert normalize([[1.0, 3.0]], order=1).tolist() == [[0.25, 0.75]]
    assert st.utils.normalize([[3.0], [4.0]], axis=0).tolist() == [[0.6], [0.8]]


# ---------------------------------------------------------------- undone, and told of


@pytest.mark.parametrize(
    ("layer", "values"),
    [
        (layers.Normalization(), TABLE),
        (layers.RobustScaling(), TABLE),
        (layers.BinaryCodes(9), np.arange(9)),
        (layers.CategoryEncoding(9, "one_hot"), np.arange(9)),
        (layers.IntegerLookup(num_oov_indices=0), np.array([[1000], [-3], [7]])),
    ],
)
def test_what_keeps_enough_can_be_undone(layer, values):
    prepared = layer.fit_transform(values)
    np.testing.assert_allclose(layer.inverse_transform(prepared), values, rtol=1e-4, atol=1e-5)


def test_a_fraction_is_no_category():
    with pytest.raises(DataError, match=r"the category 0\.5 in row 1 is none of 0 to 2"):
        layers.CategoryEncoding(3, "one_hot")([1.0, 0.5])


def test_places_of_the_unknown_come_back_as_such():
    assert layers.IntegerLookup(vocabulary=[5]).inverse_transform([0, 1]).tolist() == [-1, 5]
    with pytest.raises(ArgumentError, match="multi_hot rows cannot be undone"):
        layers.CategoryEncoding(3).inverse_transform([[1.0, 0.0, 1.0]])


def test_a_table_of_other_columns_is_refused_by_name():
    layer = layers.Normalization().fit(TABLE)
    with pytest.raises(ShapeError, match=r"learned the mean of .* features, got an input of shape"):
        layer(TABLE[:, :1])


def test_sparse_rows_are_learned_from_with_their_zeros():
    scipy = pytest.importorskip("scipy.sparse")
    for make in (layers.Normalization, layers.MinMaxScaling):
        sparse, dense = make().fit(scipy.csr_array(TABLE)), make().fit(TABLE)
        np.testing.assert_allclose(sparse.transform(TABLE), dense.transform(TABLE), rtol=1e-5)


def test_a_missing_name_is_no_category():
    lookup = StringLookup().fit(["a", None, "b", float("nan"), "a"])
    assert lookup.get_vocabulary() == ["[UNK]", "a", "b"]
    with pytest.warns(UnseenWarning, match=r"never saw \[None\] \(first in entry 1\)"):
        assert lookup.transform(["b", None]).tolist() == [2, 0]


def test_one_text_is_not_taken_for_its_letters():
    with pytest.raises(ArgumentError, match="several texts were expected, got 'abc'"):
        TextVectorization().fit("abc")
    with pytest.raises(ArgumentError, match="put it in a list"):
        TextVectorization().fit(["abc"]).transform("abc")


def test_fractions_are_no_words():
    with pytest.raises(DataError, match=r"whole numbers were expected \(1.5 is none\)"):
        vectorize_sequences([[1], [1.5]], 3)


def test_a_date_that_is_none_is_named_by_its_row():
    with pytest.raises(DataError, match="row 1 holds 'soon'"):
        date_parts(["2024-02-29", "soon"])
    assert date_parts(["2024-02-29T23:30-02:00"], ["day", "hour"]).tolist() == [[1.0, 1.0]]

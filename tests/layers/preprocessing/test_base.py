"""Adapted layers in general: agreement with scikit-learn, inverses, errors before `adapt`."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import layers
from steepest.errors import ArgumentError, DataError, ShapeError, SteepestError

RNG = np.random.default_rng(0)
TABLE = RNG.normal(size=(60, 4)) @ RNG.normal(size=(4, 4)) + 5.0

ADAPTED = {
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


@pytest.mark.parametrize("name", ADAPTED)
def test_they_agree_with_scikit_learn_and_have_an_inverse(name):
    ours = ADAPTED[name]().fit(TABLE)
    theirs = _peer(name).fit(TABLE)
    found, wanted = ours.transform(TABLE[:9]), theirs.transform(TABLE[:9])
    if name.startswith("Principal"):  # the sign of a direction is a convention
        wanted = wanted * np.sign((found * wanted).sum(axis=0))
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(ours.inverse_transform(found), TABLE[:9], rtol=1e-9)


@pytest.mark.parametrize("name", ADAPTED)
def test_before_adapt_an_error_says_what_to_do(name):
    with pytest.raises(SteepestError, match=r"adapt\(data\) with the training set"):
        ADAPTED[name]()(TABLE)


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
def test_the_inverse_of_preprocessed_values_are_the_values(layer, values):
    prepared = layer.fit_transform(values)
    np.testing.assert_allclose(layer.inverse_transform(prepared), values, rtol=1e-4, atol=1e-5)


class Batches(st.utils.PyDataset):
    def __len__(self) -> int:
        return 3

    def __getitem__(self, index: int) -> object:
        return TABLE[index * 20 : index * 20 + 20]


@pytest.mark.parametrize("make", [layers.Normalization, layers.MinMaxScaling])
@pytest.mark.parametrize("given", [Batches, lambda: [TABLE[:7], TABLE[7:20], TABLE[20:]]])
def test_layers_adapt_to_a_pydataset_and_to_unequal_batches(make, given):
    adapted, wanted = make().fit(given()), make().fit(TABLE)
    np.testing.assert_allclose(adapted.transform(TABLE), wanted.transform(TABLE), rtol=1e-5)


@pytest.mark.parametrize("make", [layers.Normalization, layers.MinMaxScaling, layers.RobustScaling])
def test_adapting_to_another_width_is_refused(make):
    layer = make().fit(TABLE)
    with pytest.raises(ShapeError, match=r"\(60, 3\)"):
        layer.adapt(TABLE[:, :3])


def test_an_axis_that_the_data_do_not_have_is_named():
    with pytest.raises(ArgumentError, match="axis 5 is not one of the 2 axes of its inputs; give"):
        layers.Normalization(axis=5).adapt(TABLE)


NO_EXAMPLES = {
    "None": (None, "batches were expected, got None"),
    "number": (3, "batches were expected, got 3"),
    "dictionary": ({"a": [1.0, 2.0]}, r"got a dictionary of \['a'\]; give one of its entries"),
}
NO_NUMBERS = {
    "texts": ([["a", "b"]], r"adapt takes .*numbers, got \[\['a', 'b'\]\]"),
    "unequal rows": ([[1.0, 2.0], [3.0]], "rows must be equally long"),
    "unequal widths": ([np.ones((2, 3)), np.ones((2, 1))], "rows must be equally long"),
}


@pytest.mark.parametrize("case", NO_EXAMPLES)
@pytest.mark.parametrize("kind", ["Normalization", "RobustScaling", "IntegerLookup", "StringLookup",
                                  "TextVectorization"])  # fmt: skip
def test_adapt_refuses_what_is_no_set_of_examples(kind: str, case: str) -> None:
    data, words = NO_EXAMPLES[case]
    with pytest.raises(ArgumentError, match=f"layer '.*': adapt: .*{words}"):
        getattr(layers, kind)().adapt(data)


@pytest.mark.parametrize("case", NO_NUMBERS)
@pytest.mark.parametrize("kind", ["Normalization", "RobustScaling", "IntegerLookup"])
def test_adapt_refuses_what_are_no_numbers(kind: str, case: str) -> None:
    data, words = NO_NUMBERS[case]
    with pytest.raises(DataError, match=words):
        getattr(layers, kind)().adapt(data)


def test_layers_of_texts_adapt_to_numbered_batches() -> None:
    class Batches(st.utils.PyDataset):
        def __len__(self) -> int:
            return 2

        def __getitem__(self, index: int) -> np.ndarray:
            return np.array([["b"], ["a"], ["b"]])[index : index + 2]

    lookup = layers.StringLookup()
    lookup.adapt(Batches())
    assert sorted(lookup.get_vocabulary()) == ["[UNK]", "a", "b"]


@pytest.mark.parametrize("kind", ["StringLookup", "TextVectorization", "Hashing"])
def test_layers_of_texts_refuse_none(kind: str) -> None:
    made = {"Hashing": {"num_bins": 3}}.get(kind, {"vocabulary": ["a"]})
    with pytest.raises(ArgumentError, match="texts or numbers were expected, got None"):
        getattr(layers, kind)(**made)(None)


def test_an_empty_vocabulary_is_an_error() -> None:
    for kind in (layers.StringLookup, layers.IntegerLookup, layers.TextVectorization):
        with pytest.raises(ArgumentError, match="the vocabulary is empty"):
            kind(vocabulary=[])


def test_what_cannot_be_undone_says_so():
    with pytest.raises(ArgumentError, match="Hashing cannot be undone: its outputs do not suffice"):
        layers.Hashing(3).inverse_transform([1])


@pytest.mark.parametrize("make", [layers.MinMaxScaling, layers.RobustScaling])
def test_adapted_layers_need_examples(make):
    for empty in (np.zeros((0, 2)), iter([np.zeros((0, 2)), np.zeros((0, 2))])):
        with pytest.raises(ArgumentError, match="adapt was given no examples"):
            make().adapt(empty)
    assert make().fit(iter([np.zeros((0, 2)), np.ones((1, 2))])).built
    with pytest.raises(SteepestError, match=r"knows no data yet: call adapt\(data\)"):
        make().inverse_transform([[1.0]])


def test_batches_of_dictionaries_are_refused():
    with pytest.raises(ArgumentError, match=r"got a dictionary of \['a'\]"):
        layers.MinMaxScaling().adapt(iter([{"a": [1.0]}]))


def test_of_pairs_the_first_is_learned_from():
    layer = layers.MinMaxScaling().fit(iter([(np.float32([[0.0], [4.0]]), np.zeros(2))]))
    assert layer.transform([[1.0]]).tolist() == [[0.25]]

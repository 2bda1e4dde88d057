"""FeatureSpace: the encodings of Keras 3.15.1, in models and data sets, and errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, SteepestError, UnknownNameError
from steepest.utils import FeatureSpace

TABLE: dict[str, Any] = {
    "f": [0.0, 0.1, 0.2, 0.3],
    "i": [0, 1, 2, 2],
    "r": [1.0, 2.0, 3.0, 4.0],
    "s": ["zero", "one", "two", "one"],
}
LABELS = np.array([0.0, 1.0, 0.0, 1.0], "float32")


def space(**options: Any) -> FeatureSpace:
    made = FeatureSpace(
        {
            "s": "string_categorical",
            "f": "float_normalized",
            "i": "integer_categorical",
            "r": FeatureSpace.float_rescaled(scale=0.5),
        },
        **options,
    )
    made.adapt(TABLE)
    return made


WANTED = [
    [-1.34164071, 0, 0, 0, 1, 0.5, 0, 0, 1, 0],
    [-0.44721362, 0, 0, 1, 0, 1.0, 0, 1, 0, 0],
    [0.44721353, 0, 1, 0, 0, 1.5, 0, 0, 0, 1],
    [1.34164071, 0, 1, 0, 0, 2.0, 0, 1, 0, 0],
]  # as Keras gives it


def test_columns_are_encoded_by_their_kinds_in_the_order_of_their_names():
    made = space()
    np.testing.assert_allclose(made(TABLE), WANTED, rtol=1e-6)
    row = made({name: values[1] for name, values in TABLE.items()})
    np.testing.assert_allclose(row, WANTED[1], rtol=1e-6)
    assert sorted(made.get_inputs()) == ["f", "i", "r", "s"]
    assert made.get_encoded_features().shape == (None, 10)
    assert made.preprocessors["s"].get_vocabulary() == ["[UNK]", "one", "zero", "two"]


def test_a_dictionary_of_encodings_and_crosses():
    made = FeatureSpace(
        {
            "i": FeatureSpace.integer_categorical(output_mode="int"),
            "s": FeatureSpace.string_categorical(output_mode="int"),
        },
        output_mode="dict",
        crosses=[("s", "i"), FeatureSpace.cross(("i", "s"), 8, output_mode="int")],
        crossing_dim=6,
    )
    made.adapt(st.data.Dataset.from_tensor_slices({name: TABLE[name] for name in "is"}).batch(3))
    found = made({name: TABLE[name] for name in "is"})
    assert found["s"].tolist() == [[2], [1], [3], [1]]
    assert found["i"].tolist() == [[3], [2], [1], [1]]
    assert found["s_X_i"].shape == (4, 6) and found["s_X_i"].numpy().sum() == 4
    assert found["i_X_s"].shape == (4, 1) and found["i_X_s"].dtype == np.int64
    assert isinstance(made.crossers["s_X_i"], st.layers.HashedCrossing)


def test_every_kind_has_its_number_of_features():
    kinds = {
        "float": 1, "float_normalized": 1, "float_rescaled": 1, "float_discretized": 5,
        "integer_categorical": 4, "string_categorical": 4, "integer_hashed": 7, "string_hashed": 7,
    }  # fmt: skip
    for kind, width in kinds.items():
        column = TABLE["s" if "string" in kind else "i" if "integer" in kind else "r"]
        made = FeatureSpace({"x": kind}, hashing_dim=7, num_discretization_bins=5)
        made.adapt({"x": column})
        assert made({"x": column}).shape == (4, width), kind


def test_it_trains_in_a_data_set_and_serves_in_a_model(tmp_path: Path):
    made = space(crosses=[("i", "s")], crossing_dim=4)
    head = st.Sequential([st.layers.Dense(1, "sigmoid", input_shape=(14,))])
    head.compile("adam", "binary_crossentropy")
    data = st.data.Dataset.from_tensor_slices((TABLE, LABELS))
    for batches in (
        data.batch(2).map(lambda x, y: (made(x), y)),
        data.map(lambda x, y: (made(x), y)).batch(2),
    ):
        np.testing.assert_allclose(next(iter(batches))[0], made(TABLE)[:2], rtol=1e-6)
        head.fit(batches, verbose=0)
    model = st.Model(made.get_inputs(), head(made.get_encoded_features()))
    np.testing.assert_allclose(model.predict(TABLE, verbose=0), head(made(TABLE)), rtol=1e-5)
    made.save(tmp_path / "space.safetensors")
    again = st.load_model(tmp_path / "space.safetensors")
    np.testing.assert_array_equal(again.predict(TABLE, verbose=0), made(TABLE))


def test_a_layer_of_texts_may_encode_a_column():
    words = st.layers.TextVectorization(output_mode="count")
    made = FeatureSpace({"text": FeatureSpace.feature("string", words, "float")})
    made.adapt({"text": ["a b", "b b"]})
    assert made({"text": ["b b a"]}).tolist() == [[0.0, 2.0, 1.0]]


def test_wrong_uses_say_what_to_do():
    with pytest.raises(UnknownNameError, match=r"kind of feature, as of 'a', is called 'flot'"):
        FeatureSpace({"a": "flot"})
    with pytest.raises(UnknownNameError, match="no feature, as crossed in 'a_X_b', is called 'b'"):
        FeatureSpace({"a": "float"}, crosses=[("a", "b")])
    with pytest.raises(SteepestError, match=r"call adapt\(data\) with the training set"):
        FeatureSpace({"s": "string_categorical"})({"s": ["a"]})
    with pytest.raises(ArgumentError, match="a whole number, which is not joined"):
        made = FeatureSpace({"i": FeatureSpace.integer_hashed(3, output_mode="int")})
        made({"i": [1]})
    with pytest.raises(ArgumentError, match="the column 's' is missing"):
        space()({"f": [1.0], "i": [1], "r": [1.0]})
    with pytest.raises(ArgumentError, match=r"dataset\.map\(lambda x, y: x\)"):
        space().adapt([1, 2])
    with pytest.raises(ArgumentError, match="a dictionary was expected"):
        space()([1, 2])
    with pytest.raises(ArgumentError, match="at least one was expected"):
        FeatureSpace({})
    with pytest.raises(UnknownNameError, match="no output_mode of FeatureSpace"):
        FeatureSpace({"a": "float"}, output_mode="list")

"""Layers of texts and categories give the vocabularies and numbers of Keras."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import steepest as st

Peer = Callable[[str], ModuleType]
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning", "ignore:.*adapt never saw"
)
TEXTS = ["The cat sat.", "the dog, sat!", "A bird  Ä it's", "", "the the\tfish\n"]
SETTINGS: list[dict[str, Any]] = [
    {},
    {"output_sequence_length": 3},
    {"max_tokens": 5},
    {"standardize": "lower"},
    {"standardize": "strip_punctuation"},
    {"standardize": None},
    {"split": "character", "output_sequence_length": 4},
    {"split": "character", "output_mode": "multi_hot"},
    {"ngrams": 2},
    {"ngrams": 3, "output_mode": "count"},
    {"ngrams": (2,)},
    {"output_mode": "multi_hot"},
    {"output_mode": "count", "max_tokens": 12, "pad_to_max_tokens": True},
    {"output_mode": "tf_idf"},
    {"output_mode": "tf_idf", "max_tokens": 4},
    {"output_mode": "tf_idf", "max_tokens": 12, "pad_to_max_tokens": True},
]


def numbers(value: Any) -> Any:
    array = np.asarray(value)
    if array.dtype.kind == "O":
        return [part.decode() if isinstance(part, bytes) else part for part in array.ravel()]
    return array


def close(ours: Any, theirs: Any) -> None:
    np.testing.assert_allclose(numbers(ours), numbers(theirs), rtol=1e-6)


@pytest.mark.parametrize("options", SETTINGS, ids=str)
def test_texts_become_the_numbers_of_keras(options: dict[str, Any], peer: Peer) -> None:
    keras = peer("keras")
    ours, theirs = st.layers.TextVectorization(**options), keras.layers.TextVectorization(**options)
    texts = np.array(TEXTS, object)
    ours.adapt(texts)
    theirs.adapt(texts)
    assert ours.get_vocabulary() == theirs.get_vocabulary()
    assert ours.get_vocabulary(False) == theirs.get_vocabulary(False)
    assert ours.vocabulary_size() == theirs.vocabulary_size()
    close(ours(texts), theirs(texts))
    close(ours(texts[:, None]), theirs(texts[:, None]))


WORDS = np.array([["b", "a"], ["a", "c"], ["b", "b"], ["", "z"]], object)
CODES = np.array([[5, 9], [5, 2], [7, 9], [0, -3]])
LOOKUPS: list[dict[str, Any]] = [
    {},
    {"mask": True},
    {"max_tokens": 3},
    {"output_mode": "one_hot"},
    {"output_mode": "one_hot", "mask": True},
    {"output_mode": "multi_hot"},
    {"output_mode": "multi_hot", "mask": True},
    {"output_mode": "count", "mask": True},
    {"output_mode": "count", "max_tokens": 7, "pad_to_max_tokens": True},
    {"output_mode": "tf_idf"},
    {"output_mode": "tf_idf", "max_tokens": 7, "pad_to_max_tokens": True},
]


@pytest.mark.parametrize("name", ["StringLookup", "IntegerLookup"])
@pytest.mark.parametrize("options", LOOKUPS, ids=str)
def test_lookups_give_the_numbers_of_keras(name: str, options: Any, peer: Peer) -> None:
    keras = peer("keras")
    data, mask = (WORDS, "") if name == "StringLookup" else (CODES, 0)
    given = {key: value for key, value in options.items() if key != "mask"}
    if "mask" in options:
        given["mask_token"] = mask
    made = [getattr(library.layers, name)(**given) for library in (st, keras)]
    for layer in made:
        layer.adapt(data[:3])
    ours, theirs = made
    assert ours.get_vocabulary() == theirs.get_vocabulary()
    for part in (data, data[:, :1], data[:, 0]):
        close(ours(part), theirs(part))


def test_a_model_of_texts_and_numbers_predicts_and_trains_as_in_keras(peer: Peer) -> None:
    keras, rng = peer("keras"), np.random.default_rng(5)
    colours = np.array(["red", "blue", "green"], object)[rng.integers(0, 3, 64)]
    reviews = np.array(TEXTS, object)[rng.integers(0, 5, 64)]
    data = {"age": rng.normal(size=64).astype("float32"), "colour": colours, "review": reviews}
    labels = (colours == "red").astype("float32")

    def model(library: Any) -> Any:
        layers, inputs = library.layers, {}
        for name in data:
            dtype = "float32" if name == "age" else "string"
            inputs[name] = library.Input((1,), dtype=dtype, name=name)
        lookup = layers.StringLookup(vocabulary=["red", "green", "blue"])
        words = layers.TextVectorization(20, output_sequence_length=4)
        words.adapt(np.array(TEXTS, object))
        vectors = layers.Embedding(20, 3)(words(inputs["review"]))
        joined = layers.Concatenate()([
            layers.CategoryEncoding(4, output_mode="one_hot")(lookup(inputs["colour"])),
            inputs["age"],
            layers.GlobalAveragePooling1D()(vectors),
        ])  # fmt: skip
        made = library.Model(inputs, layers.Dense(1, "sigmoid")(joined))
        made.compile(library.optimizers.SGD(0.5), "binary_crossentropy", metrics=["accuracy"])
        return made

    ours, theirs = model(st), model(keras)
    ours.set_weights([np.asarray(weight) for weight in theirs.get_weights()])
    tensors = {"age": data["age"][:, None]}
    for name in ("colour", "review"):
        tensors[name] = keras.ops.convert_to_tensor(data[name][:, None].astype(str))
    close(ours.predict(data, verbose=0), theirs.predict(tensors, verbose=0))
    for library, x in ((ours, data), (theirs, tensors)):
        library.fit(x, labels, batch_size=16, epochs=3, shuffle=False, verbose=0)
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-4, atol=1e-6)
    close(ours.evaluate(data, labels, verbose=0), theirs.evaluate(tensors, labels, verbose=0))

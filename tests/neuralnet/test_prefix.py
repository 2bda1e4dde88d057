"""Models that begin with layers of texts and categories, prepared before their compiled steps."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.data.columns import SparseColumn
from steepest.errors import ArgumentError, DataError, DTypeError, ShapeError, UnseenWarning

RNG = np.random.default_rng(3)
ROWS = 24
COLOURS = np.array(["red", "blue", "green"])[RNG.integers(0, 3, ROWS)]
TABLE = {
    "colour": COLOURS,
    "age": RNG.integers(18, 80, ROWS),
    "code": RNG.integers(0, 4, ROWS) * 10,
    "income": RNG.normal(size=ROWS),
}
LABELS = (COLOURS == "red").astype("float32")
TEXTS = ["a good film", "a bad film", "good good", "so bad"] * 6
LIKED = np.array([1.0, 0.0, 1.0, 0.0] * 6, "float32")


def inputs() -> dict[str, Any]:
    dtypes = {"colour": "string", "age": None, "code": "int64", "income": None}
    return {name: st.Input((1,), dtype=dtype, name=name) for name, dtype in dtypes.items()}


def encoded(given: dict[str, Any]) -> Any:
    """The structured data of Keras's guides: a layer for each column, joined."""
    lookup = st.layers.StringLookup(name="colours").fit(COLOURS)
    one_hot = st.layers.CategoryEncoding(lookup.vocabulary_size(), output_mode="one_hot")
    ages = st.layers.Normalization(mean=40.0, variance=100.0)
    codes = st.layers.IntegerLookup(output_mode="one_hot", name="codes").fit(TABLE["code"])
    crossed = st.layers.HashedCrossing(6, output_mode="one_hot", name="crossed")
    return st.layers.Concatenate()([
        one_hot(lookup(given["colour"])),
        ages(given["age"]),
        codes(given["code"]),
        crossed((given["colour"], given["code"])),
        given["income"],
    ])  # fmt: skip


def table_model() -> st.Model:
    given = inputs()
    model = st.Model(given, st.layers.Dense(1, "sigmoid", name="out")(encoded(given)))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


def expected(model: st.Model) -> np.ndarray:
    """The predictions, by hand."""
    order = model.get_layer("colours").get_vocabulary()
    colours = np.eye(4)[[order.index(colour) for colour in COLOURS]]
    known = model.get_layer("codes").get_vocabulary()
    codes = np.eye(5)[[known.index(code) for code in TABLE["code"]]]
    crossed = model.get_layer("crossed")((COLOURS, TABLE["code"])).numpy()
    ages = (TABLE["age"][:, None] - 40.0) / 10.0
    rows = np.hstack([colours, ages, codes, crossed, TABLE["income"][:, None]])
    kernel, bias = model.get_layer("out").get_weights()
    return 1 / (1 + np.exp(-(rows @ kernel + bias)))


def test_columns_of_texts_and_numbers_go_through_their_own_layers():
    model = table_model()
    wanted = expected(model)
    np.testing.assert_allclose(model.predict(TABLE, verbose=0), wanted, rtol=1e-5)
    np.testing.assert_allclose(model(TABLE), wanted, rtol=1e-5)
    np.testing.assert_allclose(model.predict_on_batch(TABLE), wanted, rtol=1e-5)
    as_columns = {name: values[:, None] for name, values in TABLE.items()}
    np.testing.assert_allclose(model.predict(as_columns, verbose=0), wanted, rtol=1e-5)
    several = [TABLE[name] for name in sorted(TABLE)]
    np.testing.assert_allclose(model.predict(several, verbose=0), wanted, rtol=1e-5)


def test_every_way_of_training_takes_texts():
    data = st.data.Dataset.from_tensor_slices((TABLE, LABELS)).batch(8)

    def batches() -> Iterator[Any]:
        for first in range(0, ROWS, 8):
            part = slice(first, first + 8)
            yield {name: values[part] for name, values in TABLE.items()}, LABELS[part]

    def trained(*given: Any, **options: Any) -> list[np.ndarray]:
        st.utils.set_random_seed(1)
        model = table_model()
        model.fit(*given, epochs=2, verbose=0, shuffle=False, **options)
        return [*model.get_weights(), np.array(model.evaluate(*given, verbose=0))]

    first = trained(TABLE, LABELS, batch_size=8)
    for given in ((data,), (data.map(lambda x, y: (x, y)),), (batches,)):
        for ours, theirs in zip(first, trained(*given), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-5)
    model = table_model()
    history = model.fit(TABLE, LABELS, epochs=2, verbose=0, validation_data=(TABLE, LABELS)).history
    assert len(history["val_accuracy"]) == 2
    assert "val_loss" in model.fit(TABLE, LABELS, verbose=0, validation_split=0.25).history
    assert "val_loss" in model.fit(data, verbose=0, validation_data=data).history
    assert model.train_on_batch(TABLE, LABELS)[0] > model.train_on_batch(TABLE, LABELS)[0]
    assert model.test_on_batch(TABLE, LABELS) == model.evaluate(TABLE, LABELS, verbose=0)


def test_frames_are_read_by_column(peer: Any):
    model = table_model()
    wanted = model.predict(TABLE, verbose=0)
    for library in (peer("pandas"), peer("polars")):
        frame = library.DataFrame(TABLE)
        np.testing.assert_array_equal(model.predict(frame, verbose=0), wanted)
        columns = {name: frame[name] for name in TABLE}
        np.testing.assert_array_equal(model.predict(columns, verbose=0), wanted)


@pytest.mark.parametrize("first", [[], [(1,)], [()]])
@pytest.mark.parametrize("options", [{}, {"output_sequence_length": 4}, {"output_mode": "tf_idf"}])
def test_a_sequential_may_begin_with_texts(options: Any, first: Any, tmp_path: Path):
    words = st.layers.TextVectorization(8, **options).fit(TEXTS)
    middle = [st.layers.Embedding(8, 3), st.layers.GlobalAveragePooling1D()]
    start = [st.Input(shape, dtype=st.string) for shape in first]
    layers = [*start, words, *([] if "output_mode" in options else middle), st.layers.Dense(1)]
    model = st.Sequential(layers)
    model.compile("adam", "mse")
    model.fit(TEXTS, LIKED, epochs=2, verbose=0, validation_data=(np.array(TEXTS), LIKED))
    model.fit(st.data.Dataset.from_tensor_slices((TEXTS, LIKED)).batch(5), verbose=0)
    found = model.predict(np.array(TEXTS)[:, None], verbose=0)
    inner = words(TEXTS)
    for layer in model.layers[1:]:
        inner = layer(inner)
    np.testing.assert_allclose(found, inner, rtol=1e-5)
    np.testing.assert_array_equal(model(TEXTS), found)
    model.save(tmp_path / "model.safetensors")
    again = st.load_model(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(again.predict(TEXTS, verbose=0), found)
    assert again.predict(["words never seen"], verbose=0).shape == (1, 1)


def test_files_and_copies_have_the_vocabulary(tmp_path: Path):
    model = table_model()
    wanted = model.predict(TABLE, verbose=0)
    model.save(tmp_path / "model.safetensors")
    model.save_weights(tmp_path / "weights.safetensors")
    again = st.load_model(tmp_path / "model.safetensors")
    fresh = table_model()
    fresh.load_weights(tmp_path / "weights.safetensors")
    for copied in (again, fresh, copy.deepcopy(model)):
        np.testing.assert_array_equal(copied.predict(TABLE, verbose=0), wanted)
    cloned = st.models.clone_model(model)
    cloned.set_weights(model.get_weights())
    np.testing.assert_array_equal(cloned.predict(TABLE, verbose=0), wanted)


def test_a_model_of_texts_may_be_called_in_another():
    given = inputs()
    prepared = st.Model(given, encoded(given))
    outer = inputs()
    head = st.Sequential([st.layers.Dense(4, "relu"), st.layers.Dense(1)])
    model = st.Model(outer, head(prepared(outer)))
    model.compile("adam", "mse")
    model.fit(TABLE, LABELS, verbose=0)
    np.testing.assert_allclose(model.predict(TABLE, verbose=0), head(prepared(TABLE)), rtol=1e-5)
    words = st.layers.TextVectorization(output_mode="count").fit(TEXTS)
    numbers = st.Sequential([st.layers.Dense(1, input_shape=(words.vocabulary_size(),))])
    served = st.Sequential([st.Input((1,), dtype="string"), words, numbers])
    np.testing.assert_allclose(served.predict(TEXTS, verbose=0), numbers(words(TEXTS)), rtol=1e-5)


def test_texts_may_be_prepared_in_a_data_set():
    words = st.layers.TextVectorization(output_sequence_length=4).fit(TEXTS)
    model = st.Sequential([st.layers.Embedding(8, 3), st.layers.Flatten(), st.layers.Dense(1)])
    model.compile("adam", "mse")
    data = st.data.Dataset.from_tensor_slices((TEXTS, LIKED)).batch(8)
    prepared = data.map(lambda x, y: (words(x), y))
    assert next(iter(prepared))[0].tolist() == words(TEXTS[:8]).tolist()
    model.fit(prepared, verbose=0)
    found = model.predict(prepared, verbose=0)
    np.testing.assert_allclose(found, model.predict(words(TEXTS), verbose=0), rtol=1e-6)


def test_constants_may_be_texts():
    texts = st.constant(TEXTS, dtype=st.string)
    assert texts.shape == (24,) and st.expand_dims(texts, -1).shape == (24, 1)
    model = st.Sequential([st.layers.TextVectorization(output_mode="count").fit(texts)])
    np.testing.assert_array_equal(model(texts), model.predict(st.expand_dims(texts, -1), verbose=0))
    with pytest.raises(DTypeError, match=r"leave them texts: st\.constant\(texts\)"):
        st.exp(TEXTS)


def test_wide_rows_of_counts_stay_sparse():
    words = st.layers.TextVectorization(
        600, output_mode="multi_hot", pad_to_max_tokens=True, vocabulary=["good", "bad"]
    )
    model = st.Sequential([words, st.layers.Dense(1)])
    assert isinstance(model.prepared(TEXTS)[0], SparseColumn)
    np.testing.assert_allclose(
        model.predict(TEXTS, verbose=0), model.layers[1](words(TEXTS)), rtol=1e-5
    )


def test_numbers_that_the_host_reads_may_come_from_a_data_set():
    x = st.Input((1,), dtype="int64")
    model = st.Model(x, st.layers.Dense(1)(st.layers.Hashing(5, output_mode="one_hot")(x)))
    model.compile("sgd", "mse")
    data = st.data.Dataset.from_tensor_slices((TABLE["code"], LABELS)).batch(8)
    model.fit(data, verbose=0)
    wanted = model.predict(TABLE["code"], verbose=0)
    np.testing.assert_array_equal(model.predict(data, verbose=0), wanted)
    doubled = data.map(lambda code, y: (code * 2, y))  # in the step, were it not for the host
    wanted = model.predict(TABLE["code"] * 2, verbose=0)
    np.testing.assert_array_equal(model.predict(doubled, verbose=0), wanted)


def test_layers_before_one_on_the_host_run_on_the_host():
    x = st.Input((1,))
    buckets = st.layers.Hashing(5, output_mode="one_hot", name="hash")(x // 10.0)
    model = st.Model(x, st.layers.Dense(1)(buckets))
    hashed = st.layers.Hashing(5, output_mode="one_hot")(TABLE["age"][:, None] // 10)
    found = model.predict(TABLE["age"].astype("float32"), verbose=0)
    np.testing.assert_allclose(found, model.layers[-1](hashed), rtol=1e-5)
    trained = st.layers.Dense(1, name="before")(x)
    with pytest.raises(ArgumentError, match="'before' has weights to train and lies before"):
        st.Model(x, st.layers.Hashing(5)(trained))


def test_the_summary_marks_what_is_prepared():
    lines: list[str] = []
    table_model().summary(print_fn=lines.append)
    marked = [line.split(" ")[0] for line in lines if " * " in line]
    assert marked == ["colours", "crossed"]
    assert "* prepared before the step, on the host" in lines


def test_a_new_text_is_reported():
    model = table_model()
    with pytest.warns(UnseenWarning, match=r"layer 'colours': adapt never saw \['pink'\]"):
        model.predict({**TABLE, "colour": np.array(["pink"] * ROWS)}, verbose=0)


def test_wrong_inputs_say_what_to_do():
    model, given = table_model(), inputs()
    with pytest.raises(DTypeError, match=r"x\['age'\]: texts are no numbers: (red|blue|green) at"):
        model.predict({**TABLE, "age": TABLE["colour"]})
    with pytest.raises(DTypeError, match="input 'code' takes numbers, got"):
        model.predict({**TABLE, "code": TABLE["colour"]})
    with pytest.raises(DTypeError, match="layer 'colours' takes texts, got int64 numbers"):
        model.predict({**TABLE, "colour": TABLE["age"]})
    with pytest.raises(ArgumentError, match=r"takes 4 inputs \(age, code, colour, income\), got 1"):
        model.predict(TABLE["colour"])
    with pytest.raises(ArgumentError, match=r"\['income'\] are missing"):
        model.predict({name: TABLE[name] for name in ("age", "code", "colour")})
    with pytest.raises(ShapeError, match=r"input 'colour' has shape \(batch, 1\), got \(24, 2\)"):
        model.predict({**TABLE, "colour": np.stack([COLOURS, COLOURS], 1)})
    with pytest.raises(DTypeError, match="takes numbers, and 'colour' holds texts: put"):
        st.layers.Dense(1)(given["colour"])
    with pytest.raises(DTypeError, match="texts are no numbers"):
        given["colour"] + 1.0
    with pytest.raises(ArgumentError, match="serves models with one input of numbers"):
        st.Sequential([st.Input((1,), dtype="string"), st.layers.Hashing(3)]).predictor()
    with pytest.raises(DTypeError, match=r"declare it as st\.Input\(\(1,\), dtype='string'\)"):
        st.layers.StringLookup(vocabulary=["a"])(given["age"])
    with pytest.raises(ArgumentError, match="the text 'colour' is an output"):
        st.Model(given["colour"], given["colour"])
    with pytest.raises(DTypeError, match="the dtype 'string' is for"):
        st.zeros((2,), "string")


def test_texts_for_a_model_of_numbers_name_the_layers_of_texts():
    model = st.Sequential([st.layers.Dense(1, input_shape=(1,))])
    model.compile("sgd", "mse")
    data = st.data.Dataset.from_tensor_slices((TEXTS, LIKED)).batch(8)
    for given in ((TEXTS, LIKED), (data,), (data.map(lambda x, y: (x, y)),)):
        with pytest.raises(DTypeError, match="texts are no numbers: a good film at row 0; begin"):
            model.fit(*given, verbose=0)


def test_a_layer_adapted_anew_must_fit_the_model():
    words = st.layers.TextVectorization(output_mode="count").fit(TEXTS)
    model = st.Sequential([st.Input((1,), dtype="string"), words, st.layers.Dense(1)])
    words.adapt(["one", "two"])
    with pytest.raises(ShapeError, match=r"gave the shape \(batch, 3\), the model was made for"):
        model.predict(TEXTS)


def test_a_layer_of_texts_cannot_run_in_a_step():
    class Own(st.Model):
        def __init__(self) -> None:
            super().__init__()
            self.hashing = st.layers.Hashing(4)

        def call(self, x: Any) -> Any:
            return st.cast(self.hashing(x), "float32")

    with pytest.raises(ArgumentError, match="runs on the host, before the compiled steps"):
        Own().predict(np.array([[1], [2]]), verbose=0)


def test_an_unknown_text_without_an_index_is_an_error():
    text = st.Input((1,), dtype="string")
    lookup = st.layers.StringLookup(vocabulary=["a"], num_oov_indices=0, output_mode="one_hot")
    model = st.Model(text, lookup(text))
    assert model.predict(["a"], verbose=0).tolist() == [[1.0]]
    with pytest.raises(DataError, match=r"never saw \['b'\], first in row 1"):
        model.predict(["a", "b"], verbose=0)

"""Whole models in files: all that was learned travels, and a file cannot do what it should not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest import layers
from steepest.data import (
    DateParts,
    Hashing,
    Preparer,
    StringLookup,
    TextVectorization,
    TokenCounts,
)
from steepest.data.preparing.preparer import PREPARERS
from steepest.errors import ArgumentError, DataError, ShapeError, UnknownNameError
from steepest.storage import load_model, read_tensors, write_tensors

RNG = np.random.default_rng(0)
TABLE = RNG.normal([0.0, 50.0, -3.0], [1.0, 9.0, 0.1], (40, 3)).astype("float32")
GAPS = np.where(RNG.random(TABLE.shape) < 0.2, np.nan, TABLE).astype("float32")
CODES = RNG.choice([7, 1000, -5, 12], (40, 3))
SMALL = RNG.integers(0, 4, (40, 1))

Made = Callable[[], layers.Layer]
LEARNING: dict[str, tuple[Made, np.ndarray]] = {
    "Normalization": (layers.Normalization, TABLE),
    "Normalization, inverted": (lambda: layers.Normalization(invert=True), TABLE),
    "MinMaxScaling": (lambda: layers.MinMaxScaling((-1.0, 2.0)), TABLE),
    "RobustScaling": (layers.RobustScaling, TABLE),
    "PrincipalComponents": (lambda: layers.PrincipalComponents(2, whiten=True), TABLE),
    "MissingValues": (lambda: layers.MissingValues("mean"), GAPS),
    "Discretization": (lambda: layers.Discretization(num_bins=5), TABLE),
    "IntegerLookup": (layers.IntegerLookup, CODES),
}
OTHERS: dict[str, tuple[Made, np.ndarray]] = {
    "Discretization, one-hot": (
        lambda: layers.Discretization(num_bins=5, output_mode="multi_hot"),
        TABLE,
    ),
    "IntegerLookup, multi-hot": (lambda: layers.IntegerLookup(output_mode="multi_hot"), CODES),
    "CategoryEncoding": (lambda: layers.CategoryEncoding(4, "one_hot"), SMALL),
    "BinaryCodes": (lambda: layers.BinaryCodes(4), SMALL),
    "Rescaling": (lambda: layers.Rescaling([1.0, 2.0, 0.5], offset=3.0), TABLE),
}


def fitted(make: Made, data: np.ndarray) -> layers.Layer:
    layer = make()
    if hasattr(layer, "adapt"):
        layer.adapt(data)
    return layer


def network(layer: layers.Layer, width: int) -> st.Model:
    return st.Sequential([st.Input((width,)), layer, layers.Dense(2, "tanh")])


@pytest.mark.parametrize("name", [*LEARNING, *OTHERS])
def test_what_a_layer_learned_is_in_the_file_of_the_model(name: str, tmp_path: Path) -> None:
    make, data = {**LEARNING, **OTHERS}[name]
    model = network(fitted(make, data), data.shape[1])
    model.save(tmp_path / "m.safetensors")
    again = st.load_model(tmp_path / "m.safetensors")
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]
    np.testing.assert_array_equal(again.predict(data, verbose=0), model.predict(data, verbose=0))


@pytest.mark.parametrize("name", LEARNING)
def test_what_a_layer_learned_is_in_the_file_of_the_weights(name: str, tmp_path: Path) -> None:
    make, data = LEARNING[name]
    model = network(fitted(make, data), data.shape[1])
    model.save_weights(tmp_path / "w.safetensors")
    again = network(make(), data.shape[1])  # built, and never adapted
    again.load_weights(tmp_path / "w.safetensors")
    np.testing.assert_array_equal(again.predict(data, verbose=0), model.predict(data, verbose=0))


def test_the_shares_of_components_travel(tmp_path: Path) -> None:
    layer = layers.PrincipalComponents(2).fit(TABLE)
    network(layer, 3).save(tmp_path / "m.safetensors")
    again = st.load_model(tmp_path / "m.safetensors").layers[0]
    np.testing.assert_array_equal(again.explained_variance_ratio, layer.explained_variance_ratio)


def test_a_program_with_an_old_vocabulary_is_not_used_after_loading(tmp_path: Path) -> None:
    def lookup(vocabulary: list[int]) -> st.Model:
        layer = layers.IntegerLookup(num_oov_indices=0, vocabulary=vocabulary)
        return st.Sequential([st.Input((1,), dtype="int64"), layer])

    lookup([8, 9]).save_weights(tmp_path / "w.safetensors")
    model = lookup([9, 8])
    assert model.predict(np.array([[8]]), verbose=0).tolist() == [[1]]
    model.load_weights(tmp_path / "w.safetensors")
    assert model.predict(np.array([[8]]), verbose=0).tolist() == [[0]]


# ---------------------------------------------------------------- what models carry


@st.register_serializable
def by_commas(text: str) -> list[str]:
    return text.split(",")


TEXTS = ["the cat sat", "the dog sat", "a bird"]
CARRIED: dict[str, tuple[Preparer, Any]] = {
    "StringLookup": (StringLookup().fit(["b", "ä", "b"]), [["ä"], ["b"]]),
    "Hashing": (Hashing(1000, salt="x"), ["a", "b"]),
    "TokenCounts": (TokenCounts(3, "tf_idf").fit([[0], [0, 1]]), [[0, 1, 1], [2]]),
    "TextVectorization": (TextVectorization(output_mode="tf_idf").fit(TEXTS), ["the bird", ""]),
    "TextVectorization, numbers": (
        TextVectorization(4, output_sequence_length=3, split=by_commas).fit(["a,b", "b"]),
        ["b,a,z", "a"],
    ),
    "DateParts": (DateParts(["month", "hour"], cyclic=True), ["2024-02-29T05:07"]),
}


def test_all_preparers_are_shown_to_travel() -> None:
    assert {name.partition(",")[0] for name in CARRIED} == set(PREPARERS.names())


@pytest.mark.parametrize("name", CARRIED)
@pytest.mark.parametrize("whole", [True, False])
def test_preparation_travels_with_the_model(name: str, whole: bool, tmp_path: Path) -> None:
    preparer, data = CARRIED[name]
    model = st.Sequential([layers.Dense(1, input_shape=(2,))])
    model.preparation = {"column": preparer}
    (model.save if whole else model.save_weights)(tmp_path / "m.safetensors")
    again = st.Sequential([layers.Dense(1, input_shape=(2,))])
    if whole:
        again = st.load_model(tmp_path / "m.safetensors")
    else:
        again.load_weights(tmp_path / "m.safetensors")
    assert again.preparation is not None and list(again.preparation) == ["column"]
    found, wanted = again.preparation["column"].transform(data), preparer.transform(data)
    np.testing.assert_array_equal(found, wanted)
    assert found.dtype == wanted.dtype


def test_another_process_knows_the_vocabulary(tmp_path: Path) -> None:
    x = st.Input((1,))
    model = st.Model(x, layers.IntegerLookup(vocabulary=[5])(x))
    model.preparation = StringLookup().fit(["red", "blue", "red"])
    model.save(tmp_path / "m.safetensors")
    script = (
        "import sys, steepest as st; m = st.load_model(sys.argv[1]);"
        "print(m.preparation.transform(['blue', 'red']).tolist(), m([[5]]).tolist())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "m.safetensors")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "[2, 1] [[1]]\n", done.stderr[-2000:]


def test_what_cannot_be_saved_is_refused_when_it_is_given() -> None:
    model = st.Sequential([layers.Dense(1, input_shape=(2,))])
    for wrong in (layers.MinMaxScaling(), object(), {"a": 3}, {3: Hashing(4)}, [Hashing(4)]):
        with pytest.raises(ArgumentError, match="a preparer such as"):
            model.preparation = wrong
    model.preparation = TextVectorization(split=lambda text: [text]).fit(["a"])
    with pytest.raises(ArgumentError, match="has no name and cannot be saved"):
        model.save_weights("never-written.safetensors")


# ---------------------------------------------------------------- other models


class Doubled(st.Model):
    def __init__(self, units: int, **options: Any) -> None:
        super().__init__(**options)
        self.units = units
        self.inner = layers.Dense(units)

    def call(self, x: st.Tensor) -> st.Tensor:
        return self.inner(x) * 2.0


def test_a_subclassed_model_is_found_among_ones_own(tmp_path: Path) -> None:
    model = Doubled(3)
    wanted = model(TABLE).numpy()
    model.save(tmp_path / "m.safetensors")
    with pytest.raises(UnknownNameError, match="Doubled"):
        load_model(tmp_path / "m.safetensors")
    again = load_model(tmp_path / "m.safetensors", {"Doubled": Doubled})
    np.testing.assert_array_equal(again(TABLE).numpy(), wanted)


def test_a_drawn_model_with_a_shared_layer(tmp_path: Path) -> None:
    a, b = st.Input((3,), name="a"), st.Input((3,), name="b")
    shared = layers.Dense(2, name="shared")
    scaled = layers.Normalization(name="scaled")
    scaled.adapt(TABLE)
    model = st.Model({"a": a, "b": b}, layers.Add()([shared(scaled(a)), shared(b)]) * 0.5)
    model.save(tmp_path / "m.safetensors")
    again = st.load_model(tmp_path / "m.safetensors")
    given = {"a": TABLE, "b": TABLE[::-1]}
    np.testing.assert_array_equal(again(given).numpy(), model(given).numpy())
    assert again.count_params() == model.count_params()


def test_drawn_models_of_files_that_call_them_functional_are_read(tmp_path: Path) -> None:
    written = {
        "name": "functional_1",
        "trainable": False,
        "inputs": {"kind": "input", "shape": [None, 2], "dtype": "float32", "name": "x"},
        "layers": [{"class_name": "Dense", "config": {"name": "dense", "units": 1}}],
        "calls": [
            {
                "of": 0,
                "arguments": {
                    "kind": "tuple",
                    "of": [{"kind": "result", "call": -1, "place": 0}],
                },
                "options": {"kind": "dict", "of": {}},
            }
        ],
        "outputs": {"kind": "result", "call": 0, "place": 0},
    }
    write_tensors(
        tmp_path / "m.safetensors",
        {"0:dense/kernel": np.float32([[1.0], [2.0]]), "1:dense/bias": np.float32([3.0])},
        {
            "format": 1,
            "count": 2,
            "model": "functional_1",
            "config": {"class_name": "Functional", "config": written},
            "input_shape": [None, 2],
        },
    )
    model = st.load_model(tmp_path / "m.safetensors")
    assert type(model) is st.Model and model.name == "functional_1"
    assert model([[1.0, 1.0]]).tolist() == [[6.0]] and model.trainable_weights == []


def test_a_loaded_model_trains_on(tmp_path: Path) -> None:
    model = network(fitted(layers.Normalization, TABLE), 3)
    model.save(tmp_path / "m.safetensors")
    again = st.load_model(tmp_path / "m.safetensors")
    losses = []
    assert not again.compiled
    for each in (model, again):
        each.compile("adam", "mse")
        losses.append(each.fit(TABLE, TABLE[:, :2], epochs=2, seed=3, verbose=0).history["loss"])
    assert losses[0] == losses[1]


def test_whole_models_are_saved_by_checkpoints(tmp_path: Path) -> None:
    model = network(fitted(layers.MinMaxScaling, TABLE), 3)
    model.compile("adam", "mse")
    keep = st.callbacks.ModelCheckpoint(tmp_path / "m.safetensors", save_weights_only=False)
    model.fit(TABLE, TABLE[:, :2], epochs=1, callbacks=[keep], verbose=0)
    again = st.load_model(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(again(TABLE).numpy(), model(TABLE).numpy())


# ---------------------------------------------------------------- what a file cannot do


def rewritten(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    arrays, note = read_tensors(path)
    change(note)
    write_tensors(path, arrays, note)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "m.safetensors"
    st.Sequential([layers.Dense(4, input_shape=(3,)), layers.Dense(1)]).save(path)
    return path


def test_a_file_names_nothing_but_what_is_listed(saved: Path) -> None:
    def other(note: dict[str, Any]) -> None:
        note["config"]["config"]["layers"][0]["class_name"] = "os.system"

    rewritten(saved, other)
    with pytest.raises(UnknownNameError, match=r"'os\.system'"):
        load_model(saved)


def test_no_more_is_set_aside_than_the_file_holds(saved: Path) -> None:
    def greater(note: dict[str, Any]) -> None:
        note["config"]["config"]["layers"][0]["config"]["units"] = 10**15

    rewritten(saved, greater)
    with pytest.raises(DataError, match=r"'kernel' of 3,0.* numbers, .* holds 21 more"):
        load_model(saved)


def test_shapes_that_differ_are_reported(saved: Path) -> None:
    def other(note: dict[str, Any]) -> None:
        note["config"]["config"]["layers"][0]["config"]["units"] = 2

    rewritten(saved, other)
    with pytest.raises(ShapeError, match=r"the file has shape \(3, 4\)"):
        load_model(saved)


NONSENSE: list[Callable[[dict[str, Any]], Any]] = [
    lambda note: note.update(config=3),
    lambda note: note.update(config={"class_name": "Sequential", "config": {}}),
    lambda note: note["config"].update(class_name=["Sequential"]),
    lambda note: note["config"]["config"].update(layers=[3]),
    lambda note: note["config"]["config"]["layers"][0]["config"].update(nothing=1),
    lambda note: note["config"]["config"]["layers"][0]["config"].update(units="many"),
    lambda note: note["config"]["config"]["layers"][0]["config"].update(input_shape=[-3]),
    lambda note: note.update(preparation={"by_name": [1]}),
    lambda note: note.update(preparation={"one": {"class_name": "Dense", "config": {"units": 1}}}),
    lambda note: note.update(learned=[{"layer": "x"}]),
    lambda note: note.update(learned=7),
    lambda note: note.pop("config"),
]


@pytest.mark.parametrize("place", range(len(NONSENSE)))
def test_a_senseless_configuration_is_a_clear_error(place: int, saved: Path) -> None:
    rewritten(saved, NONSENSE[place])
    with pytest.raises(st.errors.SteepestError):
        load_model(saved)


def test_a_file_cut_short_or_nested_without_end_is_refused(saved: Path) -> None:
    from safetensors.numpy import save

    whole = saved.read_bytes()
    saved.write_bytes(whole[:-1])
    with pytest.raises(DataError, match="not a complete"):
        load_model(saved)
    deep = "[" * 100_000 + "]" * 100_000
    saved.write_bytes(save({"0:w": np.zeros(1)}, metadata={"steepest": deep}))
    with pytest.raises(DataError):
        load_model(saved)


def test_weights_alone_are_no_model(tmp_path: Path) -> None:
    st.Sequential([layers.Dense(1, input_shape=(2,))]).save_weights(tmp_path / "w.safetensors")
    with pytest.raises(DataError, match="holds weights only"):
        load_model(tmp_path / "w.safetensors")


def test_weights_written_before_there_were_notes_are_read(tmp_path: Path) -> None:
    values = np.float32([[1.0], [2.0]])
    write_tensors(
        tmp_path / "w.safetensors", {"0:dense/kernel": values, "1:dense/bias": np.float32([3.0])},
        {"format": 1, "count": 2, "model": "sequential"},
    )  # fmt: skip
    model = st.Sequential([layers.Dense(1, input_shape=(2,))])
    model.load_weights(tmp_path / "w.safetensors")
    assert model([[1.0, 1.0]]).tolist() == [[6.0]]


def test_a_model_that_is_built_in_part_is_not_saved(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    table = np.arange(6, dtype=np.float32).reshape(3, 2)
    embedding = st.layers.Embedding(3, 2, weights=table)
    model = st.Sequential([embedding, st.layers.GlobalAveragePooling1D(), st.layers.Dense(1)])
    with pytest.raises(st.errors.ArgumentError, match="call it on an example first"):
        model.save(path)
    assert not path.exists()
    wanted = model(np.array([[0, 2]]))
    model.save(path)
    assert np.array_equal(st.load_model(path)(np.array([[0, 2]])), wanted)


def test_a_model_without_weights_is_saved_before_it_is_built(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    st.Sequential([st.layers.Dense(3)]).save(path)
    assert st.load_model(path).layers[0].units == 3


def test_a_model_is_trained_without_the_readers_of_files() -> None:
    code = (
        "import sys, numpy as np, steepest as st; "
        "model = st.Sequential([st.layers.Dense(1)]); model.compile('sgd', 'mse'); "
        "model.fit(np.zeros((4, 2)), np.zeros(4), verbose=0); "
        "found = {'steepest.data.files', 'steepest.storage.foreign'}; "
        "assert not found & {*sys.modules}, found & {*sys.modules}"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

"""Wrong arguments that users give to models, files and callbacks: the error says what to do."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest import callbacks, layers, optimizers
from steepest.errors import ArgumentError, DataError, SteepestError, TrainingWarning

X = np.ones((4, 2), "float32")


def model() -> Any:
    made = st.Sequential([layers.Dense(1, input_shape=(2,))])
    made.compile("sgd", "mse")
    return made


def fit_with(optimizer: Any = "sgd", **given: Any) -> Any:
    made = model()
    made.compile(optimizer, "mse", **given)
    return made.fit(X, X[:, :1], verbose=0)


CASES: dict[str, tuple[Callable[[], Any], str]] = {
    "clone of None": (lambda: st.models.clone_model(None), "a model was expected, got None"),
    "clone function": (lambda: st.models.clone_model(model(), clone_function=3), "a function, got"),
    "clone misspelt": (lambda: st.models.clone_model(model(), clone_fn=3), "'clone_function'"),
    "JSON list": (lambda: st.models.model_from_json("[]"), r"a model is an object \{...\}"),
    "set_weights": (lambda: model().set_weights(None), "a list of arrays was expected, got None"),
    "get_layer": (lambda: model().get_layer(index=9), "index 9 of 1 layers"),
    "build": (lambda: st.Sequential([layers.Dense(1)]).build(None), "a shape such as"),
    "no optimizer": (lambda: fit_with(None), "optimizer=None"),
    "metric None": (lambda: fit_with(metrics=[None]), "None is no metric"),
    "call misspelt": (lambda: model()(X, trainin=True), "did you mean 'training'"),
    "layer misspelt": (lambda: layers.Dropout(0.5)(X, trainin=True), "did you mean 'training'"),
    "load misspelt": (lambda: st.load_model("m", custom_object={}), "'custom_objects'"),
    "Input misspelt": (lambda: st.Input(shap=(2,)), "did you mean 'shape'"),
    "plot misspelt": (lambda: st.utils.plot_model(model(), show_shape=1), "'show_shapes'"),
    "save None": (lambda: model().save(None), "the path of a file was expected, got None"),
    "weights None": (lambda: model().save_weights(None), "path of a file was expected, got None"),
    "load None": (lambda: st.load_model(None), "the path of a file was expected, got None"),
    "load weights": (lambda: model().load_weights(None), "path of a file was expected, got None"),
    "callback misspelt": (lambda: callbacks.EarlyStopping(patince=1), "did you mean 'patience'"),
    "min_delta": (lambda: callbacks.EarlyStopping(min_delta="a"), "min_delta must be a number"),
    "CSV None": (lambda: callbacks.CSVLogger(None), "filename must be a text or a path, got None"),
    "CSV separator": (lambda: callbacks.CSVLogger("a", separator=""), "one character, got ''"),
    "schedule None": (lambda: callbacks.LearningRateScheduler(None), "function of the epoch"),
    "hook": (lambda: callbacks.LambdaCallback(on_epoch_end=3), "on_epoch_end: a function, got 3"),
    "inputs too many": (lambda: layers.Dense(1)(X, X), r"given 2 arguments and takes 1: \(inputs"),
    "rate None": (lambda: layers.Dropout(None), "rate must be a number"),
    "top_k": (lambda: st.metrics.Precision(top_k=3)(X, X), "top_k=3 needs rows of at least"),
    "stddev": (lambda: st.random.normal((2,), 0.0, -1.0), "stddev must not be negative"),
    "normal": (lambda: st.random.truncated_normal((2,), dtype="int32"), "got dtype='int32'"),
    "binomial": (lambda: st.random.binomial((2,), 3.0, 1.5), r"probabilities lie in \[0, 1\]"),
    "config None": (lambda: layers.Dense.from_config(None), "dictionary from get_config was"),
    "shape None": (lambda: layers.Dense(1).compute_output_shape(None), "shape such as .None, 3"),
    "range": (lambda: st.data.Dataset.range("a"), "Dataset.range"),
    "apply None": (lambda: optimizers.SGD().apply_gradients(None), "pairs .* got None"),
    "apply numbers": (lambda: optimizers.SGD().apply_gradients([1.0]), "pairs .gradient, variable"),
    "apply no variable": (lambda: optimizers.SGD().apply_gradients([(1.0, 2.0)]), "got 2.0 for"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_argument_says_what_was_expected(case: str) -> None:
    call, words = CASES[case]
    with pytest.raises(SteepestError, match=words):
        call()


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match="is a folder; give the name of a file in it"):
        model().save(tmp_path)
    with pytest.raises(FileNotFoundError, match=re.escape(f"there is no file {str(tmp_path)!r}")):
        model().load_weights(str(tmp_path))


def test_verbose_of_callbacks_may_be_true() -> None:
    for made in (
        callbacks.EarlyStopping(verbose=True),
        callbacks.ReduceLROnPlateau(verbose=True),
        callbacks.ModelCheckpoint("m.keras", verbose=True),
    ):
        assert made.verbose


def test_wrong_shapes_and_axes() -> None:
    for call in (
        lambda: st.reshape(X, None),
        lambda: st.reshape(X, "ab"),
        lambda: st.random.uniform(None),
        lambda: st.random.normal("ab"),
        lambda: st.transpose(X, "ab"),
        lambda: st.transpose(X, (0.0, 1.0)),
        lambda: st.concat(None, 0),
        lambda: st.constant(X).swapaxes(0, 7),
        lambda: st.ops.swapaxes(X, 0, 7),
    ):
        with pytest.raises(ArgumentError, match=r"whole number|order of the 2 axes|join|not both"):
            call()


def test_wrong_sequences() -> None:
    utils = st.utils
    for call, words in (
        (lambda: utils.pad_sequences(None), "a list of lists was expected, got None"),
        (lambda: utils.pad_sequences([["a"]]), "texts take dtype=object"),
        (lambda: utils.pad_sequences([[1]], maxlen="a"), "a whole number from 0 was expected"),
        (lambda: utils.to_categorical(None), "must be whole numbers, got None"),
        (lambda: utils.to_categorical(["a"]), "must be whole numbers, got .*StringLookup"),
        (lambda: utils.to_categorical([1], num_class=2), "did you mean 'num_classes'"),
        (lambda: utils.normalize(None), "an array of numbers was expected, got None"),
        (lambda: utils.normalize(X, axis=7), "one of the 2 axes"),
    ):
        with pytest.raises(SteepestError, match=words):
            call()


def test_steps_beyond_the_data_are_a_warning_in_each_task() -> None:
    made, y = model(), X[:, :1]
    for call, argument in (
        (lambda: made.evaluate(X, y, batch_size=2, steps=5, verbose=0), "steps=5"),
        (lambda: made.predict(X, batch_size=2, steps=5, verbose=0), "steps=5"),
        (
            lambda: made.fit(X, y, validation_data=(X, y), validation_steps=3, verbose=0),
            "validation_steps=3",
        ),
    ):
        with pytest.warns(TrainingWarning, match=f"{argument} is more than the . batches"):
            call()


def test_weights_of_an_evaluation_are_checked() -> None:
    y = X[:, :1]
    with pytest.warns(TrainingWarning, match="all weights are 0"):
        model().evaluate(X, y, sample_weight=np.zeros(4), verbose=0)
    with pytest.raises(DataError, match="a weight is negative"):
        model().evaluate(X, y, sample_weight=-np.ones(4), verbose=0)


LAYERS: dict[str, tuple[Callable[[], Any], str]] = {
    "no axes": (lambda: layers.LayerNormalization(axis=[])(X), r"at least one axis, got \(\)"),
    "means": (lambda: layers.Normalization(mean=[1.0, 2.0, 3.0], variance=1.0)(X), "2,?.* feature"),
    "variance": (lambda: layers.Normalization(mean=0.0, variance=-1.0), "0 or more was expected"),
    "label weights": (lambda: st.metrics.AUC(label_weights=[-1.0, 1.0]), "are 0 or more, got"),
    "no shape": (lambda: st.Input(), "a shape was expected, as in st.Input"),
    "two shapes": (lambda: st.Input((1,), batch_shape=(None, 1)), "shape or batch_shape, not both"),
    "batch shape": (lambda: st.Input(batch_shape="a"), "a shape is a tuple of sizes"),
    "frequency": (
        lambda: model().fit(X, X[:, :1], validation_data=(X, X), validation_freq="a"),
        "validation_freq: a whole number from 1 was expected, got 'a'",
    ),
    "ragged": (lambda: model().fit([[1.0], [1.0, 2.0]], X), "make a table; st.utils.pad_sequences"),
}


@pytest.mark.parametrize("case", LAYERS)
def test_a_wrong_argument_of_layers_and_fit(case: str) -> None:
    call, words = LAYERS[case]
    with pytest.raises(SteepestError, match=words):
        call()


def test_a_layer_without_bias_has_none() -> None:
    assert layers.EinsumDense("ab,bc->ac", output_shape=2).bias is None


ROWS = st.data.Dataset.range(3)
PIPELINES: dict[str, tuple[Callable[[], Any], str]] = {
    "filter": (lambda: ROWS.filter(None), "Dataset.filter: a function was expected, got None"),
    "take_while": (lambda: ROWS.take_while(3), "take_while: a function was expected, got 3"),
    "reduce": (lambda: ROWS.reduce(0, None), "Dataset.reduce: a function was expected, got None"),
    "concatenate": (lambda: ROWS.concatenate(3), "concatenate: a Dataset was expected, got 3"),
    "cache": (lambda: ROWS.cache(3), "Dataset.cache: the path of a file was expected, got 3"),
    "CsvDataset": (
        lambda: st.data.experimental.CsvDataset("a.csv", None),
        "record_defaults: a dtype or a default for each column was expected, got None",
    ),
    "from_file": (
        lambda: st.data.Dataset.from_file("t.csv", delimeter=";"),
        "from_file takes no argument 'delimeter': did you mean 'delimiter'",
    ),
    "no inputs": (lambda: model().predict({}), "the data are empty: x holds no array"),
    "line": (lambda: model().summary(line_length="a"), "line_length: a whole number from 1"),
    "shared axes": (lambda: layers.PReLU(shared_axes=7)(X), r"\(7,\) are not axes 1 to 1"),
    "standardize": (
        lambda: layers.TextVectorization(standardize=lambda text: None).adapt(["a"]),
        "standardize: a function from a text to a text was expected, it gave None",
    ),
    "split": (
        lambda: layers.TextVectorization(split=lambda text: 3).adapt(["a"]),
        "split: a function from a text to a list of texts was expected, it gave 3",
    ),
}


@pytest.mark.parametrize("case", PIPELINES)
def test_a_wrong_argument_of_pipelines_and_texts(case: str) -> None:
    call, words = PIPELINES[case]
    with pytest.raises(SteepestError, match=words):
        call()


FUNCTIONS: dict[str, tuple[Callable[[], Any], str]] = {
    "function": (lambda: st.function(3), "function: a function was expected, got 3"),
    "signature": (lambda: st.function(abs, input_signature=3), "a list of st.TensorSpec, got 3"),
    "map_fn": (lambda: st.map_fn(None, X), "map_fn: a function was expected, got None"),
    "gradcheck": (lambda: st.gradcheck(None, X), "gradcheck: a function was expected, got None"),
    "custom": (lambda: st.custom_gradient(None), "custom_gradient: a function was expected"),
    "py": (lambda: st.py_function(None, [X], "float32"), "py_function: a function was expected"),
    "zeros": (lambda: st.zeros(-1), r"zeros: sizes are 0 or more, got \(-1,\)"),
    "uniform": (lambda: st.random.uniform((-1, 2)), "random: sizes are 0 or more"),
    "one_hot": (lambda: st.one_hot([1], None), "one_hot: depth: a whole number from 0"),
    "top_k": (lambda: st.math.top_k(X, "a"), "top_k: k: a whole number was expected, got 'a'"),
    "range": (lambda: st.range("a"), "range: numbers were expected, got"),
    "linspace": (lambda: st.linspace(0.0, 1.0, -1), "linspace: num: a whole number from 0"),
    "einsum": (lambda: st.einsum(None, X), "einsum: an equation such as"),
    "rate": (lambda: optimizers.SGD([0.1]), "learning_rate: a number or a schedule was expected"),
    "load_img": (lambda: st.utils.load_img(None), "load_img: the path of a file was expected"),
    "pictures": (lambda: st.utils.image_dataset_from_directory(None), "the path of a file"),
}


@pytest.mark.parametrize("case", FUNCTIONS)
def test_a_wrong_argument_of_a_function(case: str) -> None:
    call, words = FUNCTIONS[case]
    with pytest.raises(SteepestError, match=words):
        call()


def test_a_misspelt_argument_of_adapt_names_the_nearest() -> None:
    for kind in ("Normalization", "StringLookup", "IntegerLookup", "TextVectorization"):
        with pytest.raises(
            ArgumentError, match="adapt takes no argument 'dta': did you mean 'data'"
        ):
            getattr(layers, kind)().adapt(dta=X)


def test_the_place_of_the_maximum_may_keep_its_axis() -> None:
    x = st.constant([[1.0, 3.0], [4.0, 2.0]])
    assert x.argmax(1, keepdims=True).tolist() == [[1], [0]]
    assert x.argmin(0, keepdims=True).tolist() == [[0, 1]]

"""Layers that read a model's inputs first are shown what the model is given, before it runs."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import DataError, UnseenWarning
from steepest.neuralnet.readers import readers

layers = st.layers
CATEGORIES = np.arange(40).reshape(40, 1) % 3
TARGETS = np.zeros((40, 1), np.float32)
UNKNOWN = np.where(np.arange(40)[:, None] == 17, 7, CATEGORIES)
KNOWN_ONLY = "the category 7 in row 17 is none of 0 to 2"


def compiled(*stack: Any) -> Any:
    model = st.Sequential([*stack, layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def functional(first: Any) -> Any:
    number, other = st.Input((1,), name="number"), st.Input((2,), name="other")
    joined = layers.Concatenate()([first(number), other])
    return st.Model({"number": number, "other": other}, layers.Dense(1)(joined))


def one_hot() -> Any:
    return layers.CategoryEncoding(3, "one_hot")


def table(rows: int = 200) -> np.ndarray:
    return np.random.default_rng(0).normal(5.0, 2.0, (rows, 3)).astype(np.float32)


USES: dict[str, Callable[[Any, Any], Any]] = {
    "fit": lambda model, x: model.fit(x, TARGETS, verbose=0),
    "validate": lambda model, x: model.fit(
        CATEGORIES, TARGETS, validation_data=(x, TARGETS), verbose=0
    ),
    "evaluate": lambda model, x: model.evaluate(x, TARGETS, verbose=0),
    "predict": lambda model, x: model.predict(x, verbose=0),
    "train_on_batch": lambda model, x: model.train_on_batch(x, TARGETS),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("make", [one_hot, lambda: layers.BinaryCodes(3)])
def test_an_unknown_category_is_named_before_anything_is_computed(use: str, make: Any) -> None:
    model = compiled(make())
    model.fit(CATEGORIES, TARGETS, verbose=0)
    before = [w.copy() for w in model.get_weights()]
    with pytest.raises(DataError, match=KNOWN_ONLY):
        USES[use](model, UNKNOWN)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_an_unknown_category_is_named_in_drawn_and_nested_models() -> None:
    inner = st.Sequential([one_hot(), layers.Dense(2)])
    model = functional(inner)
    assert [[type(x).__name__ for x in found] for found in readers(model)] == [
        ["CategoryEncoding"],
        ["Concatenate"],
    ]
    x = {"other": np.zeros((40, 2), np.float32), "number": UNKNOWN}
    with pytest.raises(DataError, match=KNOWN_ONLY):
        model.predict(x, verbose=0)
    assert model.predict({**x, "number": CATEGORIES}, verbose=0).shape == (40, 1)


@pytest.mark.parametrize("form", [lambda a, b: [a, b], lambda a, b: {"z": a, "a": b}])
def test_inputs_are_found_in_their_order_and_by_name(form: Any) -> None:
    number, other = st.Input((1,), name="z"), st.Input((1,), name="a")
    joined = layers.Concatenate()([one_hot()(number), other])
    model = st.Model([number, other], layers.Dense(1)(joined))
    assert model.predict(form(CATEGORIES, UNKNOWN), verbose=0).shape == (40, 1)
    with pytest.raises(DataError, match=KNOWN_ONLY):
        model.predict(form(UNKNOWN, CATEGORIES), verbose=0)


def batches(x: Any) -> Iterator[Any]:
    for start in range(0, 40, 10):
        yield x[start : start + 10], TARGETS[start : start + 10]


def test_an_unknown_category_is_named_in_data_sets_and_streams() -> None:
    rows = st.data.Dataset.from_tensor_slices((UNKNOWN, TARGETS))
    shifted = rows.map(lambda x, y: (x + 0, y))
    for data in (rows.batch(8), shifted.batch(8)):
        with pytest.raises(DataError, match=KNOWN_ONLY):
            compiled(one_hot()).fit(data, verbose=0)
    with pytest.raises(DataError, match="the category 7 in row 7"):
        compiled(one_hot()).fit(batches(UNKNOWN), verbose=0)
    known = rows.take(17).concatenate(rows.skip(18))
    compiled(one_hot()).fit(known.batch(8), verbose=0)


def test_rows_that_a_data_set_leaves_out_are_not_looked_at() -> None:
    rows = st.data.Dataset.from_tensor_slices((UNKNOWN, TARGETS))
    compiled(one_hot()).fit(rows.take(17).batch(8), verbose=0)


def test_a_lookup_warns_of_what_it_never_saw() -> None:
    lookup = layers.IntegerLookup(output_mode="one_hot")
    lookup.adapt(CATEGORIES)
    model = compiled(lookup)
    model.fit(CATEGORIES, TARGETS, verbose=0)
    with pytest.warns(UnseenWarning, match=r"never saw \[7\], first in row 17"):
        model.predict(UNKNOWN, verbose=0)


def test_gaps_may_stand_where_they_are_filled() -> None:
    x = table()
    x[3, 1] = np.nan
    gaps = layers.MissingValues().fit(x)
    scaled = layers.Normalization().fit(gaps.transform(x))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = compiled(gaps, scaled)
        history = model.fit(x * 1.0, x[:, :1] * 0.0 + 1.0, validation_split=0.2, verbose=0)
    assert np.isfinite(history.history["val_loss"]).all()
    with pytest.raises(DataError, match=r"x holds nan at row 3, column 1; .*MissingValues"):
        compiled().fit(x, TARGETS[:1].repeat(200, 0), verbose=0)
    x[4, 0] = np.inf
    with pytest.raises(DataError, match="x holds inf at row 4, column 0"):
        model.fit(x, TARGETS[:1].repeat(200, 0), verbose=0)


def test_buckets_take_no_gaps() -> None:
    model = compiled(layers.Discretization([0.0, 1.0], output_mode="one_hot"))
    with pytest.raises(DataError, match="row 1 holds NaN, which falls in no bucket"):
        model.predict(np.array([[0.5], [np.nan]]), verbose=0)


SCALINGS = [layers.Normalization, layers.MinMaxScaling, layers.RobustScaling]


@pytest.mark.parametrize("make", SCALINGS)
def test_another_scale_is_reported_where_a_model_is_used(make: Any) -> None:
    x = table()
    model = compiled(make().fit(x))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.predict(x, verbose=0)
        model.predict(x[:1], verbose=0)
    other = x.copy()
    other[:, 1] *= 1000.0
    with pytest.warns(UnseenWarning, match="column 1 lies far outside of the training set's scale"):
        model.predict(other, verbose=0)
    with pytest.warns(UnseenWarning, match="no column varies by a hundredth"):
        model.predict(x / 1000.0, verbose=0)


def test_a_pixel_that_is_rarely_lit_is_no_other_scale() -> None:
    x = np.zeros((5000, 2), np.float32)
    x[:, 1] = np.arange(5000)
    x[7, 0] = 255.0
    model = compiled(layers.Normalization().fit(x))
    x[8, 0] = 200.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.predict(x, verbose=0)


def test_scaled_inputs_are_not_said_to_be_unscaled() -> None:
    x = table() * [1.0, 1e6, 1.0]
    x = x.astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compiled(layers.Normalization().fit(x)).fit(x, x[:, :1], verbose=0)


def test_inputs_that_a_batch_normalization_reads_first_are_not_said_to_be_unscaled() -> None:
    x = table() * np.float32([1.0, 1e4, 1.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compiled(layers.BatchNormalization()).fit(x, np.zeros(200), verbose=0)
    with pytest.warns(st.errors.TrainingWarning, match="columns differ in scale"):
        compiled(layers.BatchNormalization(trainable=False)).fit(
            x, np.zeros(200), epochs=0, verbose=0
        )
    with pytest.warns(st.errors.TrainingWarning, match="columns differ in scale"):
        compiled(layers.LayerNormalization()).fit(x, np.zeros(200), verbose=0)

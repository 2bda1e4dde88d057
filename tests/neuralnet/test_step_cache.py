"""A step is recorded once for each form of data and trained weights, and found again."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

import steepest as st
from steepest.core import tree
from steepest.data.columns import DenseColumn
from steepest.data.sparsify import packed
from steepest.neuralnet.input.feeds import columns_of

FLOAT = np.dtype("float32")


def model() -> st.Sequential:
    made = st.Sequential([st.layers.Dense(4, input_shape=(3,)), st.layers.Dense(1)])
    made.compile("sgd", "mse", engine="numpy")
    return made


def nest(rows: int = 8, width: int = 3) -> tuple[Any, ...]:
    x = np.ones((rows, width), np.float32)
    return columns_of(x, "x", FLOAT), columns_of(x[:, :1], "y", FLOAT)


def test_the_number_of_rows_makes_no_new_step() -> None:
    made = model()
    assert made.step_for("train", nest(8)) is made.step_for("train", nest(5))
    assert made.step_for("train", nest()) is not made.step_for("test", nest())
    assert made.step_for("predict", nest()) is not made.step_for("predict", nest()[:1])


def test_a_frozen_layer_gives_another_step_and_the_former_is_found_again() -> None:
    made = model()
    first = made.step_for("train", nest())
    made.layers[0].trainable = False
    second = made.step_for("train", nest())
    assert second is not first
    assert len(second.recording.graph.updates) < len(first.recording.graph.updates)
    made.layers[0].trainable = True
    assert made.step_for("train", nest()) is first


def test_a_frozen_layer_without_weights_to_train_gives_another_step() -> None:
    bare = st.layers.BatchNormalization(center=False, scale=False, input_shape=(3,))
    made = st.Sequential([bare, st.layers.Dense(1)])
    made.compile("sgd", "mse", engine="numpy")
    first = made.step_for("train", nest())
    bare.trainable = False
    assert made.step_for("train", nest()) is not first


def test_a_data_set_s_own_function_is_part_of_the_step() -> None:
    made = model()

    def doubled(data: Any) -> Any:
        return tree.transform(lambda tensor: tensor * 2.0, data)

    plain, prepared = (made.step_for("predict", nest()[:1], f) for f in (None, doubled))
    assert plain is not prepared
    assert made.step_for("predict", nest()[:1], doubled) is prepared


def test_columns_stored_in_two_ways_share_a_recording() -> None:
    made = model()
    dense = nest(8)[:1]
    column = dense[0]
    assert isinstance(column, DenseColumn)
    sparse = (packed(column),)
    one, other = made.step_for("predict", dense), made.step_for("predict", sparse)
    assert one is not other and one.recording is other.recording
    assert made.recorded_step("predict", sparse) is one.recording


def test_a_model_that_is_not_built_is_built_by_its_first_step() -> None:
    made = st.Sequential([st.layers.Dense(1)])
    made.compile("sgd", "mse", engine="numpy")
    step = made.step_for("train", nest())
    assert made.built and made.step_for("train", nest()) is step


def test_copies_and_compiled_models_record_anew() -> None:
    made = model()
    step = made.step_for("train", nest())
    assert copy.deepcopy(made).step_for("train", nest()) is not step
    assert made.step_for("train", nest()) is step
    made.compile("adam", "mse", engine="numpy")
    assert made.step_for("train", nest()) is not step

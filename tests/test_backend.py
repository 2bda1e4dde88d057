"""The constants of keras.backend, and its questions about dtypes."""

from __future__ import annotations

import pytest

import steepest as st
from steepest.errors import ArgumentError


def test_constants() -> None:
    backend = st.keras.backend
    assert backend.floatx() == "float32" and backend.image_data_format() == "channels_last"
    assert backend.epsilon() == 1e-7 and backend.backend() == "steepest"
    backend.set_floatx("float32")
    for call, words in (
        (lambda: backend.set_floatx("float16"), "dtype='float16'"),
        (lambda: backend.set_image_data_format("channels_first"), "moves the channels"),
        (lambda: backend.set_epsilon(0.0), "above 0"),
    ):
        with pytest.raises(ArgumentError, match=words):
            call()


def test_clear_session_is_harmless() -> None:
    layer = st.layers.Dense(1, input_shape=(2,))
    before = layer(st.ones((1, 2))).item()
    first = st.backend.get_uid("a")
    assert st.backend.get_uid("a") == first + 1
    st.utils.clear_session()
    assert st.backend.get_uid("a") == 1
    assert layer(st.ones((1, 2))).item() == before


def test_dtypes() -> None:
    assert st.backend.result_type("int32", "float32") == "float32"
    assert st.backend.standardize_dtype("float64") == "float64"
    assert st.backend.is_int_dtype(st.int64) and not st.backend.is_float_dtype("bool")
    assert st.backend.is_keras_tensor(st.Input((1,)))


def test_clear_session_starts_the_names_of_layers_again() -> None:
    st.backend.clear_session()
    assert [st.layers.Dense(1).name for _ in range(2)] == ["dense", "dense_1"]
    st.backend.clear_session()
    assert st.layers.Dense(1).name == "dense"

"""Records of CSV as tensors."""

from __future__ import annotations

import pytest

import steepest as st
from steepest.errors import DataError, DTypeError


def test_columns_have_the_dtypes_of_their_defaults() -> None:
    records = st.constant(['1.5,2,"a,b"', ",7,"])
    first, second, third = st.io.decode_csv(records, [0.5, st.int64, "none"])
    assert first.dtype == st.float32 and first.tolist() == [1.5, 0.5]
    assert second.dtype == st.int64 and second.tolist() == [2, 7]
    assert third.dtype == st.string and third.tolist() == ["a,b", "none"]


def test_one_record_gives_single_values_of_the_chosen_columns() -> None:
    (chosen,) = st.io.decode_csv("1;2;NA", [[9.0]], field_delim=";", na_value="NA", select_cols=[2])
    assert chosen.shape == () and chosen.item() == 9.0


def test_an_empty_tensor_in_place_of_a_default_refuses_missing_fields() -> None:
    required = st.constant([], dtype=st.float32)
    assert st.io.decode_csv("2.5", [required])[0].item() == 2.5
    with pytest.raises(DataError, match="record 0, column 0 is missing"):
        st.io.decode_csv([""], [required])


def test_faults_are_named() -> None:
    with pytest.raises(DataError, match="record 1 has 1 fields, record_defaults= has 2"):
        st.io.decode_csv(["1,2", "3"], [0, 0])
    with pytest.raises(DataError, match="record 0, column 1 holds 'x' where int32 was expected"):
        st.io.decode_csv(["1,x"], [0, 0])
    with pytest.raises(DTypeError, match="takes texts, got float32"):
        st.io.decode_csv([1.0], [0])

"""Fields of records: dtypes or defaults, and texts as their values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.data.fields import Field
from steepest.errors import ArgumentError, DataError


@pytest.mark.parametrize(
    "default, dtype, value",
    [
        ("int32", st.int32, None), (st.float64, st.float64, None), ("string", st.string, None),
        (np.float32, st.float32, None), (3, st.int32, 3), ([2.5], st.float32, 2.5),
        ("none", st.string, "none"), (np.int64(7), st.int64, 7),
        (st.constant([1.5]), st.float32, 1.5),
    ],
)  # fmt: skip
def test_a_field_has_a_dtype_or_a_default(default: Any, dtype: Any, value: Any) -> None:
    field = Field(default)
    assert field.dtype == dtype
    assert (None if field.default is None else field.default.item()) == value


@pytest.mark.parametrize("wrong", [[1, 2], object()])
def test_one_value_for_each_column(wrong: Any) -> None:
    with pytest.raises(
        ArgumentError, match="record_defaults: a dtype or one value for each column"
    ):
        Field(wrong)


def test_texts_as_values() -> None:
    assert Field("int32").value("-7", "", "here") == -7
    assert Field(0.5).value("", "", "here") == 0.5 and Field(0.5).value("NA", "NA", "here") == 0.5
    assert Field(0.5).value("2e3", "NA", "here") == 2000.0
    assert Field("x").value("", "", "here") == "x" and Field("x").value("a", "", "here") == "a"
    with pytest.raises(DataError, match=r"here is missing; give a value in record_defaults="):
        Field("int32").value("NA", "NA", "here")
    for dtype, text in (("int32", "1.5"), ("float32", "a"), ("int32", str(2**40))):
        with pytest.raises(DataError, match=f"here holds '{text}' where {dtype} was expected"):
            Field(dtype).value(text, "", "here")

"""A table of dtype promotions; the dtypes that arrays and Python numbers get."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.core.dtype import BY_NAME, as_dtype, computing, is_storage, meet_number, promote
from steepest.errors import DTypeError, ShapeError

DTYPES = "bool uint8 int32 int64 float16 bfloat16 float32 float64".split()
# The dtype of x + y: row by the dtype of x, columns in the order of DTYPES.
TABLE = """
bool     int32   uint8   int32   int64   float32 float32 float32 float64
uint8    uint8   uint8   int32   int64   float32 float32 float32 float64
int32    int32   int32   int32   int64   float32 float32 float32 float64
int64    int64   int64   int64   int64   float32 float32 float32 float64
float16  float32 float32 float32 float32 float32 float32 float32 float64
bfloat16 float32 float32 float32 float32 float32 float32 float32 float64
float32  float32 float32 float32 float32 float32 float32 float32 float64
float64  float64 float64 float64 float64 float64 float64 float64 float64
"""
ROWS = {line.split()[0]: line.split()[1:] for line in TABLE.strip().splitlines()}


def one(dtype: str) -> st.Tensor:
    return st.cast([1], dtype)


@pytest.mark.parametrize("left", DTYPES)
def test_dtypes_are_promoted_as_the_table_says(left: str) -> None:
    for right, meant in zip(DTYPES, ROWS[left], strict=True):
        result = one(left) + one(right)
        assert result.dtype == BY_NAME[meant], (left, right)
        assert result.tolist() == [2]


@pytest.mark.parametrize("left", DTYPES)
def test_quotients_are_fractions(left: str) -> None:
    for right in DTYPES:
        dtype = (one(left) / one(right)).dtype
        assert dtype == (np.float64 if "float64" in (left, right) else np.float32)


# What x + number gives, for a bool, a whole, a large whole and a fraction.
NUMBERS = {
    "bool": ("int32", "int32", "int64", "float32"),
    "uint8": ("uint8", "uint8", "int64", "float32"),
    "int32": ("int32", "int32", "int64", "float32"),
    "int64": ("int64", "int64", "int64", "float32"),
    "float16": ("float32",) * 4,
    "bfloat16": ("float32",) * 4,
    "float32": ("float32",) * 4,
    "float64": ("float64",) * 4,
}


@pytest.mark.parametrize("dtype", DTYPES)
def test_python_numbers_take_the_dtype_of_the_other_operand(dtype: str) -> None:
    for number, meant in zip((True, 3, 2**40, 0.5), NUMBERS[dtype], strict=True):
        for result in (one(dtype) + number, number + one(dtype)):
            assert result.dtype == BY_NAME[meant], (dtype, number)
            assert result.tolist() == [pytest.approx(1 + number)]


@pytest.mark.parametrize("scalar", [np.float64(0.5), np.float32(0.5), np.float16(0.5)])
def test_numpy_scalars_count_as_numbers(scalar: np.generic) -> None:
    assert (st.constant([1.0]) * scalar).dtype == st.float32
    assert (scalar * st.constant([1.0])).dtype == st.float32
    assert (st.constant([1.0], "float64") * scalar).dtype == st.float64
    assert (st.constant([1]) * scalar).dtype == st.float32


def test_numpy_arrays_keep_their_dtype() -> None:
    assert (st.constant([1.0]) * np.float64([0.5])).dtype == st.float64
    assert (st.constant([1]) + np.array([1], np.int64)).dtype == st.int64
    assert (st.constant([1.0]) * np.array(0.5)).dtype == st.float64


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (1, "int32"), (2**40, "int64"), (-(2**31), "int32"), (-(2**31) - 1, "int64"),
        (0.5, "float32"), (True, "bool"), ([1, 2.5], "float32"), ([], "float32"),
        ([True, False], "bool"), ([[1], [2**40]], "int64"), (np.float64(1), "float64"),
        (np.zeros(2), "float64"), (np.zeros(2, "int8"), "int32"), (np.zeros(2, "uint16"), "int32"),
        (np.zeros(2, "uint32"), "int64"), (np.zeros(2, "float16"), "float16"), (range(3), "int32"),
    ],
)  # fmt: skip
def test_values_are_converted_to_the_dtype(value: object, dtype: str) -> None:
    assert st.constant(value).dtype == dtype


def test_storage_dtypes_are_computed_with_as_float32() -> None:
    for dtype in ("float16", "bfloat16"):
        x = st.constant([1.5, -2.0], dtype)
        assert is_storage(x.dtype) and computing(x.dtype) == st.float32
        assert x.tolist() == [1.5, -2.0]
        assert st.exp(x).dtype == st.reduce_sum(x).dtype == st.matmul(x, x).dtype == st.float32
        assert abs(x).tolist() == [1.5, 2.0]
        assert x[::-1].dtype == x.reshape(2, 1).dtype == BY_NAME[dtype]


def test_promotion_does_not_depend_on_the_order() -> None:
    dtypes = [BY_NAME[name] for name in DTYPES]
    for a in dtypes:
        for b in dtypes:
            assert promote(a, b) == promote(b, a)
            for c in dtypes:
                assert promote(promote(a, b), c) == promote(a, b, c)


def test_a_number_never_widens_fractions() -> None:
    assert meet_number(st.float32, 1e300) == st.float32
    assert meet_number(st.float64, 1) == st.float64
    assert (st.constant([1.0]) * 1e300).tolist() == [np.inf]


@pytest.mark.parametrize(
    ("given", "dtype"),
    [
        ("float32", "float32"), (np.float64, "float64"), (float, "float32"), (int, "int64"),
        (bool, "bool"), (np.dtype("uint8"), "uint8"), (st.float16, "float16"), ("f8", "float64"),
    ],
)  # fmt: skip
def test_names_of_dtypes(given: object, dtype: str) -> None:
    assert as_dtype(given) == np.dtype(dtype)


def test_a_misspelt_dtype_suggests_a_similar_one() -> None:
    with pytest.raises(DTypeError, match=r"'flaot32' is not a dtype.*'float32'"):
        st.constant([1.0], "flaot32")
    with pytest.raises(DTypeError, match="not a dtype"):
        st.cast([1.0], "complex64")


def test_values_that_are_not_numbers_are_refused() -> None:
    with pytest.raises(DTypeError, match=r"values are no numbers: got .*\['a', 'b'\]"):
        st.exp(["a", "b"])
    with pytest.raises(DTypeError, match="turn text and categories into numbers"):
        st.constant([1.0]) + np.array(["x"])
    with pytest.raises(ShapeError, match="rows of unequal length"):
        st.constant([[1, 2], [3]])


def test_dtypes_are_numpy_dtypes() -> None:
    assert st.float32 == np.float32 == st.constant(1.0).dtype
    assert np.zeros(2, st.int32).dtype == np.int32


@pytest.mark.parametrize("dtype", ["complex64", "uint16", "datetime64[D]", "U5", "O"])
def test_a_dtype_of_numpy_that_is_none_of_ours_is_refused(dtype: str) -> None:
    for given in (dtype, np.dtype(dtype)):
        with pytest.raises(DTypeError, match="is not a dtype"):
            as_dtype(given)

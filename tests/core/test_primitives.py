"""Every primitive by its row of the table: value, edges, derivatives, broadcasting, sizes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.core import dispatch
from steepest.core.dtype import float64, is_float
from steepest.core.gradient_rules import GRADIENTS
from steepest.core.numpy_rules import RULES
from steepest.core.primitives import PRIMITIVES
from steepest.errors import DataError, DTypeError, ShapeError, TraceError
from tests.core.primitive_table import EDGE_SLOPES, EDGES, ROWS, Row

TOLERANCE = {"float32": 3e-6, "float64": 1e-14}
every = pytest.mark.parametrize("name", sorted(ROWS))


def bound(name: str, params: dict[str, Any]) -> Callable[..., st.Tensor]:
    return lambda *inputs: dispatch.bind(
        PRIMITIVES[name], *[st.convert_to_tensor(value) for value in inputs], **params
    )


def cases(row: Row) -> Iterator[tuple[tuple[np.ndarray, ...], dict[str, Any]]]:
    return itertools.product(row.inputs, row.params)


def legal(name: str, inputs: Any, params: dict[str, Any]) -> bool:
    """Whether the shapes fit: tables cross all inputs with all parameters."""
    try:
        PRIMITIVES[name].shape(*[np.shape(array) for array in inputs], **params)
    except (ShapeError, IndexError):
        return False
    return True


def in_dtype(inputs: Any, dtype: Any) -> list[np.ndarray]:
    return [a.astype(dtype) if a.dtype == float64 else a for a in inputs]


def test_tables_have_equal_keys() -> None:
    assert set(PRIMITIVES) == set(RULES) == set(GRADIENTS) == set(ROWS)
    assert all(name == primitive.name for name, primitive in PRIMITIVES.items())


@every
def test_value_shape_and_dtype(name: str) -> None:
    row, looked = ROWS[name], 0
    for (inputs, params), dtype in itertools.product(cases(row), row.dtypes):
        if not legal(name, inputs, params):
            continue
        given = in_dtype(inputs, dtype)
        result = bound(name, params)(*given).numpy()
        wide = [a.astype(np.float64) if a.dtype.kind == "f" else a for a in given]
        with np.errstate(all="ignore"):
            meant = np.asarray(row.meaning(*wide, **params))
        primitive = PRIMITIVES[name]
        assert result.shape == primitive.shape(*[a.shape for a in given], **params) == meant.shape
        assert result.dtype == primitive.dtype(*[a.dtype for a in given], **params)
        near = TOLERANCE.get(result.dtype.name, 0.0)
        np.testing.assert_allclose(result, meant, rtol=near, atol=near, err_msg=f"{given} {params}")
        looked += 1
    assert looked >= len(row.dtypes), "no case of the row is legal"


@pytest.mark.parametrize("name", sorted(name for name, row in ROWS.items() if row.elementwise))
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_values_at_the_edges(name: str, dtype: str) -> None:
    """Zeros of both signs, ties, infinities, NaN: as the other library has them."""
    edges = EDGES.astype(dtype)
    two = len(ROWS[name].inputs[0]) == 2
    given = [a.reshape(-1) for a in np.meshgrid(edges, edges)] if two else [edges]
    result = bound(name, {})(*given).numpy()
    with np.errstate(all="ignore"):
        meant = np.asarray(ROWS[name].meaning(*given))
    np.testing.assert_allclose(result, meant, rtol=TOLERANCE[dtype])
    zeros = (result == 0) & (result.dtype.kind == "f") & (name not in ("sign", "negative"))
    assert (np.signbit(result) == np.signbit(meant))[zeros].all()


def closed(name: str, inputs: Any, params: dict[str, Any]) -> tuple[Any, list[np.ndarray]]:
    """The function of the float arguments alone, and those."""
    places = [place for place, array in enumerate(inputs) if is_float(array.dtype)]

    def function(*floats: Any) -> st.Tensor:
        filled = list(inputs)
        for place, value in zip(places, floats, strict=True):
            filled[place] = value
        result = bound(name, params)(*filled)
        return result * np.cos(np.arange(result.size)).reshape(result.shape)

    return function, [inputs[place] for place in places]


SMOOTH = sorted(name for name, row in ROWS.items() if row.slope == "smooth")


def smooth_cases(name: str) -> Iterator[tuple[Any, list[np.ndarray]]]:
    for inputs, params in cases(ROWS[name]):
        rounding = params.get("dtype", float64) != float64  # differences are inaccurate then
        if legal(name, inputs, params) and not rounding:
            yield closed(name, inputs, params)


@pytest.mark.parametrize("name", SMOOTH)
def test_derivative_is_that_of_finite_differences(name: str) -> None:
    for function, inputs in smooth_cases(name):
        check = st.gradcheck(function, *inputs, directions=2)
        assert check, f"{check}; {inputs}"


@pytest.mark.parametrize("name", [name for name in SMOOTH if name != "cast"])
def test_second_derivative_is_that_of_finite_differences(name: str) -> None:
    for function, inputs in smooth_cases(name):
        first = lambda *x, f=function: [g for g in st.gradients(f, *x) if g is not None]  # noqa: E731
        check = st.gradcheck(first, *inputs, directions=1, tolerance=1e-5)
        assert check, f"{check}; {inputs}"


@pytest.mark.parametrize("name", SMOOTH)
def test_derivative_keeps_shape_and_dtype(name: str) -> None:
    for inputs, params in cases(ROWS[name]):
        if not legal(name, inputs, params):
            continue
        function, floats = closed(name, inputs, params)
        given = [st.constant(array, "float32") for array in floats]
        for tensor, slope in zip(given, st.gradients(function, *given), strict=True):
            assert (slope.shape, slope.dtype) == (tensor.shape, tensor.dtype)


@pytest.mark.parametrize("name", sorted(n for n, row in ROWS.items() if row.slope == "flat"))
def test_flat_functions_send_nothing_back(name: str) -> None:
    row = ROWS[name]
    given = [st.constant(array) for array in row.inputs[0]]
    with st.GradientTape() as tape:
        tape.watch(given)
        result = bound(name, row.params[0])(*given)
        value = st.cast(result, "float64")
    assert tape.gradient(value, given) == [None] * len(given)


@pytest.mark.parametrize(("name", "point", "slopes"), EDGE_SLOPES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_derivative_at_the_edges(name: str, point: Any, slopes: Any, dtype: str) -> None:
    given = [st.constant(value, dtype) for value in point]
    found = [slope.item() for slope in st.gradients(bound(name, {}), *given)]
    np.testing.assert_array_equal(found, slopes)


def test_derivative_of_an_extreme_is_shared_by_those_that_attain_it() -> None:
    for name in ("max", "min"):
        (slope,) = st.gradients(bound(name, {"axes": (1,)}), st.constant([[2.0, 2.0], [0.0, -0.0]]))
        assert slope.tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_nan_survives_comparisons_of_size() -> None:
    x = st.constant([1.0, np.nan, 3.0])
    assert np.isnan(bound("max", {"axes": (0,)})(x).item())
    assert np.isnan(bound("maximum", {})(x, 2.0).numpy()).tolist() == [False, True, False]
    assert bound("argmax", {"axis": 0})(x).tolist() == [1]


def test_argmax_takes_the_first_of_equals() -> None:
    assert bound("argmax", {"axis": 0})([2, 5, 5]).tolist() == [1]


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint8"])
def test_whole_numbers(dtype: str) -> None:
    x, y = np.array([7, 0, 9, 255], dtype), np.array([2, 3, 9, 1], dtype)
    for name, meaning in (("floor_divide", np.floor_divide), ("power", np.power), ("add", np.add)):
        result = bound(name, {})(x, y).numpy()
        assert result.dtype == dtype
        np.testing.assert_array_equal(result, meaning(x, y))


# ---------------------------------------------------------------- storage dtypes


def test_casts_go_through_storage_dtypes() -> None:
    x = st.constant([1.0, 1.0 + 2**-9, 3.14159, -1e30, np.inf, np.nan, 65504.0])
    half = st.cast(st.cast(x, "float16"), "float32").numpy()
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(half, x.numpy().astype(np.float16).astype(np.float32))
    brain = st.cast(st.cast(x, "bfloat16"), "float32").numpy()
    np.testing.assert_allclose(brain, x.numpy(), rtol=2**-8)
    assert brain[1] == 1.0 and brain[4] == np.inf and np.isnan(brain[5])


def test_bfloat16_rounds_halves_to_even() -> None:
    halves = st.constant([1.0 + 2**-8, 1.0 + 3 * 2**-8], "float32")
    assert st.cast(st.cast(halves, "bfloat16"), "float32").tolist() == [1.0, 1.0 + 2**-6]


def test_a_nan_of_low_bits_stays_nan_in_bfloat16() -> None:
    nan = np.array([0x7F800001, 0xFFC00000], np.uint32).view(np.float32)
    assert np.isnan(st.cast(st.cast(nan, "bfloat16"), "float32").numpy()).all()


def test_casts_to_integers_truncate_towards_zero() -> None:
    assert st.cast([1.9, -1.9, 0.5], "int32").tolist() == [1, -1, 0]
    assert st.cast([0.0, -0.0, 0.3, np.nan], "bool").tolist() == [False, False, True, True]


# ---------------------------------------------------------------- errors


def test_shapes_that_do_not_match_are_both_named_with_the_operation() -> None:
    for name in ("add", "multiply", "maximum", "equal", "less"):
        with pytest.raises(ShapeError, match=rf"{name}: shapes \(2, 3\) and \(4,\)"):
            bound(name, {})(np.zeros((2, 3)), np.zeros(4))
    with pytest.raises(ShapeError, match=r"matmul: shapes \(2, 3\) and \(2, 3\).*last size"):
        bound("matmul", {})(np.zeros((2, 3)), np.zeros((2, 3)))
    with pytest.raises(ShapeError, match=r"reshape: \(2, 3\) .* \(4,\)"):
        bound("reshape", {"to": (4,)})(np.zeros((2, 3)))
    with pytest.raises(ShapeError, match=r"concat: shapes \(2, 3\) and \(2, 4\)"):
        bound("concat", {"axis": 0})(np.zeros((2, 3)), np.zeros((2, 4)))
    with pytest.raises(ShapeError, match=r"broadcast_to: shapes \(2,\) and \(3,\)"):
        bound("broadcast_to", {"to": (3,)})(np.zeros(2))
    with pytest.raises(ShapeError, match=r"scatter_add: updates \(3,\) must begin with \(2,\)"):
        bound("scatter_add", {"rows": 4})(np.array([0, 1]), np.zeros(3))
    with pytest.raises(ShapeError, match="gather: a single number"):
        bound("gather", {})(1.0, 0)


@pytest.mark.parametrize("name", ["max", "min", "argmax"])
def test_nothing_to_choose_from(name: str) -> None:
    params = {"axis": 1} if name == "argmax" else {"axes": (1,)}
    with pytest.raises(ShapeError, match=rf"{name}: nothing to choose from.*\(2, 0\)"):
        bound(name, params)(np.zeros((2, 0)))


def test_dtypes_that_do_not_match_are_named_with_the_remedy() -> None:
    with pytest.raises(DTypeError, match=r"exp: does not take int32; use st\.cast"):
        bound("exp", {})(np.array([1], np.int32))
    with pytest.raises(DTypeError, match="add: dtypes must agree, got float32, float64"):
        bound("add", {})(np.float32([1]), np.float64([1]))
    with pytest.raises(DTypeError, match="add: does not take bool"):
        bound("add", {})(np.array([True]), np.array([True]))
    with pytest.raises(DTypeError, match="exp: does not take float16"):
        bound("exp", {})(np.float16([1]))
    with pytest.raises(DTypeError, match="where: the condition must be bool, got int32"):
        bound("select", {})(np.array([1], np.int32), np.float32([1]), np.float32([2]))
    with pytest.raises(DTypeError, match="gather: indices must be int32 or int64, got float32"):
        bound("gather", {})(np.float32([1]), np.float32([0]))


def test_an_index_out_of_range_is_named_with_its_position() -> None:
    with pytest.raises(DataError, match=r"index 5 at \(1,\) is outside 0\.\.2, the 3 rows"):
        bound("gather", {})(np.zeros(3), np.array([0, 5]))
    with pytest.raises(DataError, match=r"index -1 at \(0, 1\)"):
        bound("scatter_add", {"rows": 2})(np.array([[0, -1]]), np.zeros((1, 2)))


def test_the_batch_has_no_size_outside_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "drawings", [])  # of functional models, whose batch is open
    with pytest.raises(TraceError, match="only inside a recorded program"):
        bound("batch_size", {"of": None})()

"""Tensor: operators, NumPy on either side, conversion, printing, attributes."""

from __future__ import annotations

import copy
import operator
import pickle

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, DTypeError, ShapeError, TraceError

X = np.float32([[1.5, -2.0, 3.0], [4.0, 5.0, -6.5]])
ARITHMETIC = (
    operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod,
)  # fmt: skip
COMPARISONS = (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne)


@pytest.mark.parametrize("function", [*ARITHMETIC, *COMPARISONS])
def test_operators_agree_with_numpy_on_either_side(function) -> None:
    other = np.float32([2.0, -1.5, 3.0])
    meant = function(X, other)
    for left, right in (
        (st.constant(X), st.constant(other)),
        (st.constant(X), other),
        (X, st.constant(other)),
        (st.Variable(X), other),
        (X, st.Variable(other)),
        (st.constant(X), other.tolist()),
    ):
        result = function(left, right)
        assert isinstance(result, st.Tensor)
        assert result.dtype == meant.dtype
        np.testing.assert_allclose(result.numpy(), meant, rtol=1e-6)


@pytest.mark.parametrize("function", ARITHMETIC)
@pytest.mark.parametrize("number", [2, 2.5, np.float64(2.5), np.int64(2)])
def test_operators_with_numbers_on_either_side(function, number) -> None:
    for result, meant in (
        (function(st.constant(X), number), function(X, float(number))),
        (function(number, st.constant(X)), function(float(number), X)),
    ):
        assert isinstance(result, st.Tensor) and result.dtype == st.float32
        np.testing.assert_allclose(result.numpy(), meant, rtol=1e-6)


def test_remainder_has_the_sign_of_the_divisor() -> None:
    whole = np.array([7, -7, 6, -6])
    for by in (3, -3):
        assert (st.constant(whole) % by).tolist() == (whole % by).tolist()
        assert (st.constant(whole) // by).tolist() == (whole // by).tolist()


@pytest.mark.parametrize("exponent", [0, 1, 2, 3, 5, -1, -2, 0.5, 1.5, -0.5])
def test_powers(exponent: float) -> None:
    x = np.float64([0.5, 1.0, 3.0])
    np.testing.assert_allclose((st.constant(x) ** exponent).numpy(), x**exponent, rtol=1e-14)
    np.testing.assert_allclose((2.0 ** st.constant(x)).numpy(), 2.0**x, rtol=1e-14)


def test_powers_of_integers() -> None:
    assert (st.constant([2, 3]) ** 2).tolist() == [4, 9]
    assert (st.constant([2, 3]) ** 0).dtype == st.int32
    assert (st.constant([2, 4]) ** -1).tolist() == [0.5, 0.25]
    assert (2 ** st.constant([3, 4])).tolist() == [8, 16]


def test_products() -> None:
    x, y = st.constant(X), np.float32([[1.0], [2.0], [3.0]])
    assert (x @ y).tolist() == (X @ y).tolist()
    assert (X @ st.constant(y)).tolist() == (X @ y).tolist()
    assert (x @ y[:, 0]).shape == (2,)
    assert (st.constant(y)[:, 0] @ st.constant(y)[:, 0]).item() == 14.0
    assert st.matmul(x, x, transpose_b=True).tolist() == (X @ X.T).tolist()
    assert st.matmul(x, x, transpose_a=True).tolist() == (X.T @ X).tolist()


def test_signs_and_truth() -> None:
    x = st.constant([1, -2])
    assert (-x).tolist() == [-1, 2] and (+x).tolist() == [1, -2] and abs(x).tolist() == [1, 2]
    yes = st.constant([True, False])
    assert (~yes).tolist() == [False, True]
    assert (yes & True).tolist() == [True, False] and (True | yes).tolist() == [True, True]
    with pytest.raises(DTypeError, match="logical_not: bool was expected, got int32"):
        ~x


def test_comparison_with_a_value_that_is_not_a_number() -> None:
    assert (st.constant(1.0) == "one") is False
    assert (st.constant(1.0) != None) is True  # noqa: E711
    with pytest.raises(TypeError):
        assert st.constant(1.0) < "one"
    assert len({st.constant(1.0), st.constant(1.0)}) == 2


def test_the_only_axis_of_argmax_need_not_be_named() -> None:
    x = st.constant(X)
    assert st.argmax(x).tolist() == st.math.argmax(x).tolist() == X.argmax(0).tolist()
    assert st.argmin(x).tolist() == X.argmin(0).tolist()
    for method in (x.argmax, x.argmin):  # NumPy and TensorFlow mean different axes
        with pytest.raises(st.errors.ArgumentError, match=r"give an axis.*flatten"):
            method()
    assert st.argmax(x, 1, "int32").dtype == st.int32
    assert st.argmin(x, 1, st.int32, keepdims=True).shape == (2, 1)
    assert st.argmax(x, keepdims=True).shape == (1, 3)


def test_a_tensor_is_formatted_as_its_numbers() -> None:
    number, variable = st.constant(1.5), st.Variable(2.5, name="v")
    assert f"{number}" == "1.5" and f"{number:.3f} {variable:.1f}" == "1.500 2.5"
    assert f"{st.constant([1.5, 2.0])}" == "[1.5 2. ]"
    assert f"{variable}" == str(variable) and repr(number).startswith("Tensor(")
    with pytest.raises(ShapeError, match="not a single number"):
        f"{st.constant([1.5, 2.0]):.2f}"


def test_methods_are_numpys() -> None:
    x = st.constant(X)
    for name in ("sum", "mean", "max", "min"):
        assert getattr(x, name)().item() == pytest.approx(getattr(X, name)())
        for axis in (0, 1, -1):
            meant = getattr(X, name)(axis=axis)
            np.testing.assert_allclose(getattr(x, name)(axis=axis).numpy(), meant, rtol=1e-6)
            reduced = getattr(x, name)(axis=axis, keepdims=True)
            assert reduced.shape == getattr(X, name)(axis=axis, keepdims=True).shape
    assert x.flatten().argmax().item() == X.argmax() and x[0].argmin().item() == X[0].argmin()
    assert x.argmin(1).tolist() == X.argmin(1).tolist()
    assert x.reshape(3, 2).tolist() == x.reshape((3, -1)).tolist() == X.reshape(3, 2).tolist()
    assert x.transpose(1, 0).tolist() == x.transpose().tolist() == x.T.tolist() == X.T.tolist()
    assert x.flatten().shape == (6,) and x.astype("int32").dtype == st.int32
    assert (x.ndim, x.size, x.shape, len(x)) == (2, 6, (2, 3), 2)


# ---------------------------------------------------------------- conversion


def test_conversion() -> None:
    x = st.constant(X)
    assert np.asarray(x).dtype == np.float32 and np.asarray(x, np.float64).dtype == np.float64
    assert np.array_equal(np.array(x), X)
    assert float(st.constant(2.5)) == 2.5 and int(st.constant(7)) == 7
    assert [10, 20][st.constant(1)] == 20 and list(range(st.constant(2))) == [0, 1]
    assert f"{st.constant(2.5):.2f}" == "2.50"
    assert bool(st.constant([True])) and not st.constant(0.0)
    with pytest.raises(TypeError, match="only a single integer can be an index"):
        [10, 20][st.constant(1.0)]
    with pytest.raises(ValueError, match=r"shape \(2, 3\) is neither true nor false.*reduce_any"):
        bool(x)
    with pytest.raises(TypeError, match="a single number has no length"):
        len(st.constant(1.0))


def test_numpys_functions_take_tensors_and_give_arrays() -> None:
    x, w = st.constant(X), st.Variable(X)
    for value in (x, w):
        assert np.sum(value) == np.float32(X.sum()) and np.mean(value) == X.mean()
        assert np.max(value, axis=1).tolist() == X.max(axis=1).tolist()
        assert np.concatenate([value, X]).shape == (4, 3)
        assert np.allclose(value, X) and isinstance(np.exp(value), np.ndarray)
        assert np.where(value > 0, value, 0.0).tolist() == np.where(X > 0, X, 0.0).tolist()
        assert np.reshape(value, (3, 2)).shape == np.transpose(value).shape == (3, 2)


def test_a_tensor_shares_no_memory_with_its_source() -> None:
    array = np.zeros(2, np.float32)
    x = st.constant(array)
    array[0] = 1.0
    x.numpy()[0] = 2.0
    np.asarray(x)[0] = 3.0
    assert x.tolist() == [0.0, 0.0]


def test_iteration_gives_the_rows() -> None:
    rows = list(st.constant(X))
    assert [row.tolist() for row in rows] == X.tolist()
    first, second = st.constant([1, 2])
    assert (first.item(), second.item()) == (1, 2)


def test_tensors_of_tensors() -> None:
    one = st.constant(1.0)
    assert st.constant([one, 2.0]).tolist() == [1.0, 2.0]
    assert st.stack([one, st.Variable(2.0)]).tolist() == [1.0, 2.0]


def test_printing() -> None:
    assert repr(st.constant([1.0, 2.0])) == "Tensor([1. 2.], shape=(2,), dtype=float32)"
    assert repr(st.constant(3)) == "Tensor(3, shape=(), dtype=int32)"
    assert repr(st.constant([0.5], "bfloat16")) == "Tensor([0.5], shape=(1,), dtype=bfloat16)"
    assert len(repr(st.zeros((100, 100)))) < 1500
    assert repr(st.Variable([1.0], name="w")) == "Variable('w', [1.], shape=(1,), dtype=float32)"


def test_copies_and_pickles() -> None:
    for dtype in ("float32", "int64", "bool", "bfloat16", "float16"):
        x = st.constant([1, 0], dtype)
        again = pickle.loads(pickle.dumps(x))
        assert again.dtype == x.dtype and again.tolist() == x.tolist()
        assert copy.copy(x) is x and copy.deepcopy(x) is x


def test_an_unknown_attribute_suggests_a_similar_one() -> None:
    with pytest.raises(AttributeError, match=r"a Tensor has no attribute 'reshap'.*'reshape'"):
        st.constant(1.0).reshap
    with pytest.raises(AttributeError, match=r"a Variable has no attribute 'asign'.*'assign'"):
        st.Variable(1.0).asign
    with pytest.raises(AttributeError, match=r"steepest has no 'redcue_sum'.*'reduce_sum'"):
        st.redcue_sum
    assert not hasattr(st.constant(1.0), "__cuda_array_interface__")


def test_modules_suggest_similar_names_too() -> None:
    for room, wrong, near in (
        ("nn", "rellu", "relu"), ("math", "exxp", "exp"), ("random", "norml", "normal"),
        ("layers", "Dens", "Dense"), ("data", "Datset", "Dataset"), ("datasets", "mnits", "mnist"),
        ("linalg", "nrom", "norm"), ("utils", "to_categoricals", "to_categorical"),
    ):  # fmt: skip
        with pytest.raises(AttributeError, match=rf"st\.{room} has no '{wrong}': .*'{near}'"):
            getattr(getattr(st, room), wrong)
    with pytest.raises(AttributeError, match=r"none of the \d+ names is similar; dir"):
        st.qqqqqq


def test_keras_is_another_name_of_the_package() -> None:
    assert st.keras.layers.Dense is st.layers.Dense and st.keras.Sequential is st.Sequential


def test_conversions_that_need_a_single_number() -> None:
    assert round(st.constant(2.567, "float64"), 2) == 2.57 and round(st.constant(2.5)) == 2
    for ask in (float, int, round, lambda x: x.item(), lambda x: f"{x:.2f}"):
        with pytest.raises(ShapeError, match=r"shape \(2,\) is not a single number; choose one"):
            ask(st.constant([1.0, 2.0]))


def test_entries_cannot_be_set() -> None:
    for target in (st.constant([1.0]), st.Variable([1.0])):
        with pytest.raises(TypeError, match="entries cannot be set one by one"):
            target[0] = 2.0


def test_either_but_not_both() -> None:
    yes = st.constant([True, False])
    assert (yes ^ True).tolist() == (True ^ yes).tolist() == [False, True]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([1, "a"], r"text values are no numbers: got \[1, 'a'\]"),
        (1j, "complex values are no numbers"),
        (None, "object values are no numbers: got None"),
        (2**70, "whole numbers have at most 64 bits here, got 1180591620717411303424"),
    ],
)
def test_unsupported_values_are_called_by_name(value: object, message: str) -> None:
    with pytest.raises(DTypeError, match=message):
        st.constant(value)


# ---------------------------------------------------------------- indexing


# ---------------------------------------------------------------- texts


def test_texts_are_tensors_of_python_texts() -> None:
    texts = st.constant([["good film"], ["bad"]])
    assert texts.dtype == st.string and texts.shape == (2, 1)
    assert texts.numpy().tolist() == [["good film"], ["bad"]]
    assert st.constant("a").numpy() == "a" and st.constant(b"\xc3\xa9").numpy() == "é"
    assert st.convert_to_tensor(np.array(["a", "b"]))[1].numpy() == "b"
    assert repr(st.constant(["a"])) == "Tensor(['a'], shape=(1,), dtype=string)"
    assert pickle.loads(pickle.dumps(texts)).tolist() == texts.tolist()
    assert st.constant([], dtype="string").dtype == st.string


def test_texts_are_moved_and_compared() -> None:
    texts = st.constant(["a", "b", "a"])
    assert (texts == "a").tolist() == [True, False, True]
    assert (texts != ["a", "b", "c"]).tolist() == [False, False, True]
    assert st.equal("b", texts).tolist() == [False, True, False]
    assert texts[texts == "a"].tolist() == ["a", "a"]
    assert st.concat([texts, ["c"]], 0)[-2:].tolist() == ["a", "c"]
    assert st.where([True, False, True], texts, "").tolist() == ["a", "", "a"]
    assert st.expand_dims("a", 0).tolist() == ["a"]
    assert [text.numpy() for text in st.reshape(texts, (3, 1))[:, 0]] == ["a", "b", "a"]


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x + 1, lambda x: 2.0 * x, lambda x: x + x, lambda x: x + "b", lambda x: x > 1,
        lambda x: x < x, lambda x: -x, lambda x: x == 1, st.exp, st.reduce_sum,
        st.reduce_max, st.argmax, lambda x: st.cast(x, "float32"), lambda x: st.maximum(x, x),
        lambda x: st.function(lambda y: y == "a")(x), st.Variable, lambda x: st.stack([x, [1]]),
    ],
)  # fmt: skip
def test_texts_are_no_numbers(function) -> None:
    with pytest.raises(DTypeError, match="texts are no numbers: the dtype 'string' is for"):
        function(st.constant(["a"]))


def test_an_optional_part_that_is_absent_costs_no_search_for_similar_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def search(name: str, options: object) -> str:
        raise AssertionError(f"searched for {name!r}")

    monkeypatch.setattr("steepest.core.tensor.nearest", search)
    x = st.constant([1.0])
    assert getattr(x, "_keras_mask", None) is None and getattr(x, "origin", None) is None
    st.layers.Dense(1)(x[None])


def test_a_recorded_tensor_has_no_value_during_the_recording_or_after_it() -> None:
    leaked: list[st.Tensor] = []

    def asks(x: st.Tensor) -> st.Tensor:
        leaked.append(x * 2.0)
        with pytest.raises(TraceError, match=r"while a program is being recorded.*st\.where"):
            leaked[0].numpy()
        return x

    st.function(asks)(st.constant(1.0))
    with pytest.raises(TraceError, match=r"whose recording has ended.*return it from the recorded"):
        leaked[0].numpy()


def test_axes_exchanged_and_products() -> None:
    x = st.constant(X)
    assert x.swapaxes(0, -1).tolist() == x.swapaxes(1, 0).tolist() == X.T.tolist()
    for wrong in ((0, 2), (-3, 1)):
        with pytest.raises(
            ArgumentError, match=f"swapaxes: {wrong[0]} and {wrong[1]} are not both"
        ):
            x.swapaxes(*wrong)
    assert x.dot(X.T).tolist() == (X @ X.T).tolist()


def test_a_recorded_tensor_has_a_shape_and_no_length() -> None:
    def asks(x: st.Tensor) -> st.Tensor:
        assert repr(x) == "Tensor(<yet to be computed>, shape=(batch, 2), dtype=float32)"
        with pytest.raises(TraceError, match="the batch has no length while a program is recorded"):
            len(x)
        assert len(st.transpose(x)) == 2
        return x

    st.function(asks, input_signature=[st.TensorSpec((None, 2))])(np.ones((3, 2), np.float32))
    with pytest.raises(TypeError, match="a single number has no length"):
        len(st.constant(1.0))


def test_a_tensor_used_after_its_recording_names_the_operation_and_the_line() -> None:
    leaked: list[st.Tensor] = []
    st.function(lambda x: leaked.append(x * 2.0) or x)(st.constant(1.0))
    with pytest.raises(TraceError, match=r"^exp: .* after the recording ended .*test_tensor\.py:"):
        st.exp(leaked[0])

"""Formulas as text: their values are NumPy's, and any text gives a result or a clear error."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

import steepest as st
from steepest.errors import ArgumentError
from steepest.studio.expression import FUNCTIONS, Expression

X = np.linspace(0.1, 0.9, 5)
Y = np.linspace(-0.7, 0.8, 5)
BY_NUMPY = {name: getattr(np, name, None) for name in FUNCTIONS} | {
    "acos": np.arccos,
    "asin": np.arcsin,
    "atan": np.arctan,
    "min": np.minimum,
    "max": np.maximum,
    "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
    "softplus": lambda a: np.log1p(np.exp(a)),
    "erf": lambda a: st.math.erf(st.constant(a, "float64")).numpy(),
    "pi": np.pi,
    "e": np.e,
}


def values(text):
    return st.plot.Surface("formula", Expression(text)).values(X, Y)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x^2 + 3*y^2", X**2 + 3 * Y**2),
        ("-x^2", -(X**2)),
        ("2^-x^2", 2 ** -(X**2)),
        ("x - y - 1", X - Y - 1),
        ("x / y / 2", X / Y / 2),
        ("x - (y - 1)", X - (Y - 1)),
        ("- - x", X),
        ("-+-+x", X),
        ("2 ^ 3 ^ 2 + 0*x", 512 + 0 * X),
        ("(-2)^2 * x", 4 * X),
        (".5e1*x", 5 * X),
        ("1.e-2 * x", 0.01 * X),
        ("x**2", X**2),
        ("sin(pi * x) * exp(-y)", np.sin(np.pi * X) * np.exp(-Y)),
        ("max(x, y) + min(x, 0.5)", np.maximum(X, Y) + np.minimum(X, 0.5)),
        ("log(e) * x", X),
        ("7", np.full(5, 7.0)),
    ],
)
def test_values_are_those_of_arithmetic(text, expected):
    np.testing.assert_allclose(values(text), expected, rtol=1e-13)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_function_is_numpys_for_values_and_for_numbers(name):
    more = ", y" if name in ("min", "max") else ""
    expected = BY_NUMPY[name](*([X, Y] if more else [X]))
    np.testing.assert_allclose(values(f"{name}(x{more})"), expected, rtol=1e-12)
    number = ", 0.3" if more else ""
    folded = Expression(f"{name}(0.4{number})").whole.number
    assert folded == pytest.approx(BY_NUMPY[name](*([0.4, 0.3] if more else [0.4])), rel=1e-12)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is empty"),
        ("   ", "it is empty"),
        ("x +", r"position 4: the formula ends where a number, x, y or \( was expected"),
        ("2x", r"position 2: an operator \(\+ - \* / \^\) was expected before 'x'"),
        ("x y", r"position 3: an operator .* before 'y'"),
        ("(x + 1", r"position 1: this \( is not closed"),
        ("x)", r"position 2: no \( belongs to this \)"),
        ("sin x", r"position 1: the function sin needs parentheses, as in sin\(x\)"),
        ("sin(x, y)", "position 1: sin takes 1 value, got 2"),
        ("max(x)", "position 1: max takes 2 values, got 1"),
        ("sin()", r"position 5: a number, x, y or \( was expected, got '\)'"),
        ("x * * y", r"position 5: a number, x, y or \( was expected, got '\*'"),
        ("x + sinn(y)", r"position 5: 'sinn' is not known \(did you mean 'sin'"),
        ("__import__('os')", 'position 12: "\'" has no meaning here; allowed are x, y, pi, e'),
        ("x.real", r"position 2: '\.' has no meaning here"),
        ("x[0]", r"position 2: '\[' has no meaning here"),
        ("x + ²", "position 5: '²' has no meaning"),
        ("1/0 + x", "position 2: / of 1.0, 0.0 is not a finite number"),
        ("sqrt(-1)", "position 1: sqrt of -1.0 is not a finite number"),
        ("(-8)^(1/3)", r"position 5: \*\* of -8.0, .* is not a finite number"),
        ("1e999", "position 1: 1e999 is not a finite number"),
        ("9^9^9^9", "is not a finite number"),
        ("(" * 25 + "x" + ")" * 25, "at most 20 deep"),
        ("x" + "^x" * 60, "at most 20 deep"),
        ("x+" * 150 + "x", "at most 200 characters were expected, got 301"),
        (3, "a text was expected, got 3"),
    ],
)
def test_errors_say_where_and_what(text, message):
    with pytest.raises(ArgumentError, match=message):
        Expression(text)


@given(some.text(alphabet="xyzpie 0123456789.+-*/^(),sincotaqrlgmbh_\"'[]{}²\x00\n", max_size=60))
def test_any_text_is_a_function_or_a_clear_error(text):
    try:
        made = Expression(text)
    except ArgumentError as error:
        assert str(error).startswith("expression: ")
        return
    assert np.shape(values(text)) == (5,)
    assert made.python.startswith("lambda x, y: ")


@given(some.text(max_size=250))
def test_any_characters_at_all(text):
    try:
        Expression(text)
    except ArgumentError as error:
        assert str(error).startswith("expression: ")


atoms = some.sampled_from(["x", "y", "pi", "e", "2", "0.5", "3.25", "1e-1"])
formulas = some.recursive(
    atoms,
    lambda inner: some.one_of(
        some.tuples(inner, some.sampled_from(["+", "-", "*", "/", "^"]), inner).map(
            lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})"
        ),
        some.tuples(inner, some.sampled_from(["+", "-", "*"]), inner).map(" ".join),
        inner.map(lambda part: f"-{part}"),
        some.tuples(some.sampled_from(["sin", "tanh", "exp", "sigmoid"]), inner).map(
            lambda parts: f"{parts[0]}({parts[1]})"
        ),
        some.tuples(some.sampled_from(["min", "max"]), inner, inner).map(
            lambda parts: f"{parts[0]}({parts[1]}, {parts[2]})"
        ),
    ),
    max_leaves=8,
)


@given(formulas)
def test_random_formulas_have_numpys_values_and_their_python_the_same_bits(text):
    try:
        made = Expression(text)
    except ArgumentError as error:
        assert "finite" in str(error) or "characters" in str(error) or "deep" in str(error)
        return
    with np.errstate(all="ignore"):
        python = text.replace("^", "**")
        expected = eval(python, {"__builtins__": {}}, {**BY_NUMPY, "x": X, "y": Y})
        ours = values(text)
        written = st.plot.Surface("written", eval(made.python, {"st": st})).values(X, Y)
    np.testing.assert_array_equal(ours, written)
    expected = np.broadcast_to(expected, 5)
    finite = np.isfinite(expected) & (np.abs(expected) < 1e8)
    np.testing.assert_allclose(ours[finite], expected[finite], rtol=1e-6, atol=1e-9)


def test_a_formula_is_a_surface_on_which_optimizers_run_with_the_bits_of_its_python():
    made = Expression("(1 - x)^2 + 100*(y - x^2)^2 + sin(3*x) + max(y, 0)/2")
    paths = [
        st.plot.Descent(st.plot.Surface("formula", function), st.optimizers.Adam(0.02)).path(
            steps=50
        )
        for function in (made, eval(made.python, {"st": st}))
    ]
    np.testing.assert_array_equal(paths[0].points, paths[1].points)
    np.testing.assert_array_equal(paths[0].values, paths[1].values)

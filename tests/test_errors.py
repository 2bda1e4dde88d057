"""Errors: suggestions for names, where attributes are, notes, and the line that a warning names."""

from __future__ import annotations

import sys
import warnings
from types import ModuleType

import pytest

import steepest as st
from steepest import errors
from steepest.errors import (
    ArgumentError,
    ShapeError,
    TrainingWarning,
    UnknownNameError,
    caution,
    concerning,
    nearest,
    noted,
    suggest_names,
    unknown_name,
)


@pytest.mark.parametrize("name", errors.__all__)
def test_each_error_is_one_of_python_too(name: str) -> None:
    kind = getattr(errors, name)
    assert issubclass(kind, (st.errors.SteepestError, UserWarning)) and kind.__doc__
    assert getattr(kind("x"), "finding", None) is None


def test_similar_names_are_suggested_up_to_three_else_all_or_none() -> None:
    assert nearest("rellu", ["tanh", "relu"]) == "did you mean 'relu'?"
    names = ["abcd", "abce", "abcf", "abcg"]
    assert nearest("abc", names).count("'") == 6 and nearest("abc", names).count(" or ") == 2
    assert nearest("zz", ["b", "a"]) == "known names: a, b"
    many = [f"name_{n}" for n in range(40)]
    assert nearest("x", many).startswith("known names: name_0, ")
    assert nearest("x", [*many, "y"]) == "none of the 41 names is similar; dir() lists them"
    assert nearest("abcdef", ["abcxyz"], 0.5) == "did you mean 'abcxyz'?"
    assert nearest("abcdef", ["abcxyz"]) == "known names: abcxyz"
    with pytest.raises(UnknownNameError, match="no loss is called 3: known names: mae, mse"):
        raise unknown_name("loss", 3, ["mse", "mae"])


def test_notes_and_subjects_are_added_to_our_errors_only() -> None:
    with pytest.raises(ShapeError) as caught, noted("in a block"):
        raise ShapeError("x")
    assert caught.value.__notes__ == ["in a block"]
    with pytest.raises(ValueError, match="x") as plain, noted("in a block"):
        raise ValueError("x")
    assert not hasattr(plain.value, "__notes__")
    for message, shown in (("x is", "test data: x is"), ("the test set is", "the test set is")):
        with pytest.raises(ArgumentError) as error, concerning("test data"):
            raise ArgumentError(message)
        assert error.value.args == (shown,)
    with pytest.raises(ValueError, match=r"^x$"), concerning("test data"):
        raise ValueError("x")


def test_a_warning_names_the_line_outside_of_the_library() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        caution("columns differ")
    assert [w.filename for w in caught] == [__file__]
    assert caught[0].category is TrainingWarning
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        caution(DeprecationWarning("old"))
    assert caught[0].category is DeprecationWarning


def module(name: str, **names: object) -> ModuleType:
    made = ModuleType(name)
    vars(made).update(names)
    sys.modules[name] = made
    return made


@pytest.fixture
def own() -> ModuleType:
    made = module("steepest.functions.mine", relu=1, tanh=2, _hidden=3)
    yield made
    del sys.modules["steepest.functions.mine"]


def test_an_unknown_attribute_gets_advice(own: ModuleType) -> None:
    suggest_names(own.__name__)
    assert own.__all__ == ["relu", "tanh"]
    for name, advice in (
        ("rellu", "st.mine has no 'rellu': did you mean 'relu'"),
        ("Conv2D", "st.mine has no 'Conv2D': it has dense networks"),
        ("Dense", "st.mine has no 'Dense': it is st.layers.Dense"),
        ("Variable", "st.mine has no 'Variable': it is st.Variable"),
        ("zzz", "st.mine has no 'zzz': known names: relu, tanh"),
        ("_secret", "st.mine has no '_secret'$"),
        ("softmax", r"it is st\.softmax or st\.math\.softmax$"),
    ):
        with pytest.raises(AttributeError, match=advice):
            getattr(own, name)


def test_names_may_be_imported_at_their_first_use(own: ModuleType) -> None:
    own.__all__ = ["b", "a"]
    later = {"a": "json:dumps", "b": "json"}
    suggest_names(own.__name__, "st.shown", later)
    assert dir(own) == ["a", "b"]
    assert own.a([1]) == "[1]" and own.b.__name__ == "json"
    assert vars(own)["b"] is sys.modules["json"]
    with pytest.raises(AttributeError, match=r"st\.shown has no 'c': known names: a, b"):
        _ = own.c


def test_a_module_that_is_not_imported_yet_is_not_advised_about() -> None:
    with pytest.raises(AttributeError, match=r"^st\.errors has no 'here'"):
        made = module("steepest.errors_of", __path__=st.__path__, __all__=["other"])
        suggest_names(made.__name__, "st.errors")
        try:
            with pytest.raises(AttributeError, match=r"^st\.errors has no 'labels'$"):
                _ = made.labels
            _ = made.here
        finally:
            del sys.modules["steepest.errors_of"]

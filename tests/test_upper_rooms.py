"""Methods whose code is in a higher room take what their functions take."""

from __future__ import annotations

import inspect

import pytest

import steepest as st
from steepest.upper_rooms import METHODS, function_of

OWNERS = {
    "History": st.callbacks.History,
    "Model": st.Model,
    "RateRange": st.doctor.RateRange,
}
OWNERS = {"Model": st.Model, "RateRange": st.doctor.RateRange, "History": st.callbacks.History}


@pytest.mark.parametrize("name", METHODS)
def test_a_function_has_the_arguments_of_its_method(name: str) -> None:
    owner, _, method = name.partition(".")
    ours, theirs = (
        list(inspect.signature(function).parameters.values())
        for function in (getattr(OWNERS[owner], method), function_of(name))
    )
    assert ours[0].name == "self" and theirs[0].default is inspect.Parameter.empty
    described = [[(p.name, p.kind, p.default) for p in each[1:]] for each in (ours, theirs)]
    assert described[0] == described[1]

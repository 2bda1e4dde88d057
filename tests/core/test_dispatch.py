"""Interpreters and tapes stand on stacks of their thread; scopes and blocks end as they began."""

from __future__ import annotations

import threading

import pytest

import steepest as st
from steepest.core import dispatch
from steepest.core.primitives import PRIMITIVES


class Counting:
    """An interpreter that counts the operations and lets the eager one do them."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.below = dispatch.current()

    def apply(self, primitive, inputs, params):
        self.seen.append(primitive.name)
        return self.below.apply(primitive, inputs, params)


def test_every_operation_passes_the_interpreter_at_work() -> None:
    counting = Counting()
    with dispatch.interpreting(counting):
        st.softmax(st.constant([1.0, 2.0]))
        with dispatch.eagerly():
            st.exp(1.0)
    st.exp(1.0)
    assert counting.seen == ["max", "subtract", "exp", "sum", "divide"]


def test_other_threads_have_stacks_of_their_own() -> None:
    counting = Counting()
    with dispatch.interpreting(counting):
        worker = threading.Thread(target=lambda: st.exp(1.0))
        worker.start()
        worker.join()
    assert counting.seen == []


def test_stacks_are_left_as_they_were_when_something_goes_wrong() -> None:
    for block in (dispatch.interpreting(Counting()), dispatch.scope("a"), dispatch.untaped()):
        with pytest.raises(ZeroDivisionError), block:
            raise ZeroDivisionError
    stacks = dispatch.STACKS
    assert (stacks.interpreters, stacks.tapes, stacks.scopes) == ([], [], [])


def test_untaped_work_is_hidden_from_every_tape() -> None:
    x = st.constant(2.0)
    with st.GradientTape(persistent=True) as tape:
        tape.watch(x)
        with dispatch.untaped():
            hidden = x * x
        y = hidden * x
    assert tape.gradient(y, x).item() == 4.0


def test_a_primitive_prints_as_its_name() -> None:
    assert repr(PRIMITIVES["exp"]) == "exp"

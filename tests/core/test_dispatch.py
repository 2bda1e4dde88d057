"""Stacks of interpreters and tapes are per thread; blocks and scopes restore them."""

from __future__ import annotations

import threading

import pytest

import steepest as st
from steepest.core import dispatch
from steepest.core.primitives import PRIMITIVES


class Counting:
    """An interpreter that counts the operations and passes them to the eager one."""

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


def test_each_thread_has_its_own_stacks() -> None:
    counting = Counting()
    with dispatch.interpreting(counting):
        worker = threading.Thread(target=lambda: st.exp(1.0))
        worker.start()
        worker.join()
    assert counting.seen == []


def test_stacks_are_restored_after_an_error() -> None:
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

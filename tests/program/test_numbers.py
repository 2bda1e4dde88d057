"""Numbers of a program as variables: equal programs, the same bits."""

from __future__ import annotations

import numpy as np

import steepest as st
from steepest.engines.choose import bind
from steepest.program.numbers import form_and_numbers, with_numbers_as_variables
from steepest.program.trace import TensorSpec, record

X = np.linspace(-2.0, 3.0, 7).astype(np.float32)


def recorded(function):
    return record(function, [TensorSpec((7,))])


def test_programs_that_differ_in_numbers_are_one_program():
    one, other, third = (
        with_numbers_as_variables(recorded(lambda x, a=a: st.exp(x * a) + a * a))
        for a in (0.1, 0.7, 0.7)
    )
    assert one.graph.key() == other.graph.key() == third.graph.key()
    assert one.variables[0] is not other.variables[0]


def test_results_keep_their_bits_and_variables_their_updates():
    total = st.Variable(1.0)

    def function(x):
        total.assign(total.value * 0.3 + st.reduce_sum(x) / 0.7)
        return st.exp(x * 0.1) + st.sqrt(0.5), total.value - 0.25

    plain = bind(recorded(function)).call([X])
    after = total.item()
    total.assign(1.0)
    lifted = with_numbers_as_variables(recorded(function))
    assert lifted.variables[0] is total
    for one, other in zip(plain, bind(lifted).call([X]), strict=True):
        np.testing.assert_array_equal(one, other)
    assert total.item() == after


def test_numbers_that_may_drop_an_operation_stay():
    lifted = with_numbers_as_variables(recorded(lambda x: x * 1.0 + 0.0 - st.exp(0.0)))
    assert not lifted.variables


def test_whole_numbers_and_arrays_stay():
    lifted = with_numbers_as_variables(
        recorded(lambda x: x * st.constant([0.5] * 7) + st.cast(st.constant(3), "float32"))
    )
    assert [variable.item() for variable in lifted.variables] == [3.0]  # computed before


def test_a_guard_still_stops_updates():
    from steepest.program.trace import guard

    held = st.Variable(0.0)

    def step(x):
        guard(st.reduce_sum(x) < 0.5)
        held.assign(0.25)
        return x

    bound = bind(with_numbers_as_variables(recorded(step)))
    bound.call([X])
    assert held.item() == 0.0
    bound.call([-X])
    assert held.item() == 0.25


def test_the_form_is_that_of_equal_programs_and_the_numbers_those_of_the_variables():
    def function(x, a, power):
        return st.exp(x * a) / (1.0 - a) + x**power

    one, other, third = (
        recorded(lambda x, a=a, p=p: function(x, a, p)) for a, p in ((0.1, 2), (0.7, 2), (0.1, 3))
    )
    form, numbers = form_and_numbers(one)
    assert form == form_and_numbers(other)[0] != form_and_numbers(third)[0]
    for recording in (one, other):
        lifted = with_numbers_as_variables(recording)
        numbers = form_and_numbers(recording)[1]
        assert [variable.item() for variable in lifted.variables] == [n.item() for n in numbers]
    assert len(numbers) == 2


def test_arrays_and_variables_are_part_of_the_form():
    forms = [
        form_and_numbers(recorded(lambda x, a=a: x + st.constant([a] * 7)))[0] for a in (0.5, 0.25)
    ]
    assert forms[0] != forms[1]

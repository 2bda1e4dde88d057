"""cond and while_loop, eager and recorded: results, assignments and derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, ShapeError, TraceError
from steepest.program import branching
from steepest.program.trace import guard


def never() -> Any:
    raise AssertionError("a branch that is not taken was called")


# ---------------------------------------------------------------- cond


def test_outside_of_a_recording_one_branch_is_called():
    for true in (True, np.True_, 1, st.constant(2.0) > 1.0, st.Variable(True)):
        assert st.cond(true, lambda: "yes", never) == "yes"
    assert st.cond(st.constant(0), never, lambda: (1, "no")) == (1, "no")


def test_a_constant_condition_is_decided_while_recording():
    def choose(x: Any) -> Any:
        return st.cond(st.constant(3) + 1 > 2, lambda: x * 2.0, never)

    assert st.function(choose)(st.constant(2.0)).item() == 4.0


@pytest.mark.parametrize("engine", ["numpy", "cpu"])
def test_data_decide_in_a_program(engine):
    @st.function(engine=engine)
    def choose(x):
        return st.cond(
            st.reduce_sum(x) > 0, lambda: {"x": x * 2.0, "n": 1}, lambda: {"x": -x, "n": 0}
        )

    for x in ([1.0, 2.0], [-1.0, -2.0]):
        found = choose(st.constant(x))
        positive = sum(x) > 0
        assert found["x"].tolist() == [2.0 * v if positive else -v for v in x]
        assert found["n"].item() == positive
    assert choose.traces == 1


def test_only_assignments_of_the_taken_branch_take_effect():
    one, other, read = st.Variable(1.0), st.Variable(5.0), st.Variable(2.0)

    def assign_one(x: Any) -> Any:
        one.assign(one + x)
        return one * read

    def assign_other(x: Any) -> Any:
        other.assign(other * x)
        one.assign_add(100.0)
        return other * read

    run = st.function(lambda x: st.cond(x > 0, lambda: assign_one(x), lambda: assign_other(x)))
    assert run(st.constant(2.0)).item() == 6.0 and (one.item(), other.item()) == (3.0, 5.0)
    assert run(st.constant(-2.0)).item() == -20.0 and (one.item(), other.item()) == (103.0, -10.0)


def test_derivatives_flow_through_the_taken_branch():
    v, w = st.Variable(2.0), st.Variable(5.0)

    def slopes(x: Any) -> Any:
        with st.GradientTape() as tape:
            y = st.cond(x > 0, lambda: v * v * x, lambda: w * x)
        return tape.gradient(y, [v, w])

    run = st.function(slopes)
    assert [slope.item() for slope in run(st.constant(3.0))] == [12.0, 0.0]
    assert [slope.item() for slope in run(st.constant(-3.0))] == [0.0, -3.0]


def test_branches_nest():
    @st.function
    def sign(x):
        return st.cond(x > 0, lambda: 1.0, lambda: st.cond(x < 0, lambda: -1.0, lambda: 0.0))

    assert [sign(st.constant(x)).item() for x in (3.0, -2.0, 0.0)] == [1.0, -1.0, 0.0]


def test_a_model_may_use_cond_in_its_call():
    class EveryOther(st.Model):
        """Drops entries in every second batch."""

        def __init__(self) -> None:
            super().__init__()
            self.out, self.drop = st.layers.Dense(1), st.layers.Dropout(0.5, seed=1)
            self.count = st.Variable(0, trainable=False)

        def call(self, x: Any, training: bool = False) -> Any:
            self.count.assign_add(1)
            return self.out(
                st.cond(self.count % 2 == 0, lambda: self.drop(x, training=training), lambda: x)
            )

    losses = {}
    for engine in ("numpy", "cpu"):
        st.random.set_seed(1)
        model = EveryOther()
        model.compile("sgd", "mse", engine=engine)
        history = model.fit(np.ones((40, 3)), np.ones(40), 8, epochs=2, verbose=0)
        losses[engine] = history.history["loss"]
    assert losses["numpy"] == pytest.approx(losses["cpu"], rel=1e-5)


def test_functional_models_and_data_sets_may_use_cond():
    x = st.Input((2,))
    flag = st.Input(())
    model = st.Model([x, flag], st.cond(st.reduce_max(flag) > 0, lambda: x * 2.0, lambda: x))
    row = st.constant([[1.0, 2.0]])
    assert model([row, st.constant([1.0])]).tolist() == [[2.0, 4.0]]
    assert model([row, st.constant([0.0])]).tolist() == [[1.0, 2.0]]
    numbers = st.data.Dataset.range(4).map(lambda n: st.cond(n % 2 == 0, lambda: n * 10, lambda: n))
    assert [n.item() for n in numbers] == [0, 1, 20, 3]
    assert "in Python" not in repr(numbers)


def test_branches_that_do_not_fit_each_other_are_errors():
    def recorded(function: Any) -> Any:
        return st.function(function)(st.constant(1.0))

    for call, error, message in [
        (lambda: st.cond(True, 1, 2), ArgumentError, "two functions without arguments"),
        (lambda: st.cond(st.constant([True, False]), never, never), ShapeError, "st.reduce_all"),
        (
            lambda: recorded(lambda x: st.cond(x > 0, lambda: x, lambda: st.stack([x, x]))),
            ShapeError, r"tensors of equal shapes, got \(\) and \(2,\)",
        ),
        (
            lambda: recorded(lambda x: st.cond(x > 0, lambda: x, lambda: (x, x))),
            ShapeError, "equal structures",
        ),
    ]:  # fmt: skip
        with pytest.raises(error, match=message):
            call()


# ---------------------------------------------------------------- while_loop


def test_loops_run_while_the_condition_holds():
    assert st.while_loop(lambda n: n < 5, lambda n: n + 2, 0) == 6
    n, total = st.while_loop(lambda n, t: n < 4, lambda n, t: (n + 1, t * 2.0), (0, st.ones(2)))
    assert n == 4 and total.tolist() == [16.0, 16.0]
    assert st.while_loop(lambda n: True, lambda n: [n + 1], [0], maximum_iterations=7) == [7]
    assert st.while_loop(lambda n: n < 5, never, 9) == 9


def test_loops_with_a_constant_condition_are_unrolled():
    @st.function
    def power(x):
        start = [st.constant(0), st.ones_like(x)]
        return st.while_loop(lambda n, y: n < 4, lambda n, y: (n + 1, y * x), start)[1]

    assert power(st.constant([2.0, 3.0])).tolist() == [16.0, 81.0]
    (slope,) = st.gradients(power, [2.0, 3.0])
    assert slope.tolist() == [32.0, 108.0]


@pytest.mark.parametrize("engine", ["numpy", "cpu"])
def test_loops_with_a_condition_on_data_need_a_bound(engine):
    def collatz(n: Any) -> Any:
        return st.while_loop(
            lambda n, count: n > 1,
            lambda n, count: (st.where(n % 2 == 0, n // 2, 3 * n + 1), count + 1),
            (n, 0),
            maximum_iterations=20,
        )

    run = st.function(collatz, engine=engine)
    for n in (1, 6, 7, 27):  # 27 takes 111 iterations, more than the bound
        assert list(map(int, run(st.constant(n)))) == list(map(int, collatz(st.constant(n))))
    assert [int(x) for x in run(st.constant(6))] == [1, 8] and run.traces == 1


def test_illegal_loops_are_errors():
    def endless(n: Any) -> Any:
        return st.while_loop(lambda n: n > 1, lambda n: n - 1, n)

    for call, error, message in [
        (lambda: st.function(endless)(st.constant(5)), TraceError, "by maximum_iterations="),
        (
            lambda: st.while_loop(lambda a, b: a < 3, lambda a, b: a + 1, (0, 0)),
            ShapeError, "must return all 2 loop variables, it returned 1",
        ),
        (
            lambda: st.while_loop(lambda a: a < 3, lambda a: a + 1, 0, -1),
            ArgumentError, "maximum_iterations: a whole number from 0",
        ),
    ]:  # fmt: skip
        with pytest.raises(error, match=message):
            call()


def test_unrolled_loops_have_a_largest_length(monkeypatch):
    monkeypatch.setattr(branching, "MAX_ITERATIONS", 10)

    def count(x: Any) -> Any:
        return st.while_loop(lambda n, y: n < 11, lambda n, y: (n + 1, y + x), (0, x))[1]

    assert count(st.constant(1.0)).item() == 12.0
    with pytest.raises(TraceError, match="ran 10 iterations while a program was recorded"):
        st.function(count)(st.constant(1.0))


def test_a_branch_cannot_contain_a_guard():
    def checked(x: Any) -> Any:
        guard(x > 1.0)
        return x

    with pytest.raises(TraceError, match="cannot contain a guard of its own"):
        st.function(lambda x: st.cond(x > 0, lambda: checked(x), lambda: x))(st.constant(1.0))


def test_a_bound_that_is_too_large_to_unroll_is_an_error_at_once():
    body = st.function(lambda n: st.while_loop(lambda i: i < n, lambda i: i + 1, 0, 10**9))
    with pytest.raises(TraceError, match="1,000,000,000 iterations would be unrolled"):
        body(st.constant(3))


@pytest.mark.parametrize("wrong", [(3, abs), (abs, None)])
def test_conditions_and_bodies_must_be_functions(wrong):
    with pytest.raises(ArgumentError, match="while_loop: two functions of the loop variables"):
        st.while_loop(*wrong, 1)


@pytest.mark.parametrize("wrong", [(3, abs), (abs, None), (None, None)])
def test_branches_must_be_functions(wrong):
    with pytest.raises(ArgumentError, match="cond: two functions without arguments were expected"):
        st.cond(True, *wrong)


def test_a_body_that_changes_a_shape_gets_an_error_about_the_loop():
    grows = st.function(lambda n: st.while_loop(lambda i: i < n, lambda i: st.stack([i]), 0 * n, 2))
    with pytest.raises(
        ShapeError, match=r"body of while_loop .* equal shapes, got \(1,\) and \(\)"
    ):
        grows(st.constant(3))

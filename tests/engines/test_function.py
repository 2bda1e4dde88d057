"""st.function: one recording a signature, and the same results as without it."""

from __future__ import annotations

import gc
import math
import weakref

import numpy as np
import pytest

import steepest as st
from steepest.engines.function import tree_key
from steepest.errors import ArgumentError, ShapeError, TraceError

both_engines = pytest.mark.parametrize("engine", ["numpy", "cpu"])


@both_engines
def test_it_does_what_the_function_does(engine: str) -> None:
    def formula(x, y):
        return st.tanh(x) @ y + 1.0, st.reduce_sum(x)

    x, y = np.float32([[0.5, -1.0]]), np.float32([[1.0], [2.0]])
    found = st.function(formula, engine=engine)(x, y)
    for ours, meant in zip(found, formula(st.constant(x), st.constant(y)), strict=True):
        assert isinstance(ours, st.Tensor) and ours.shape == meant.shape
        np.testing.assert_allclose(ours.numpy(), meant.numpy(), rtol=1e-6)


# ---------------------------------------------------------------- signatures


def test_one_recording_for_each_signature() -> None:
    calls = []

    @st.function
    def double(x):
        calls.append(x.shape)
        return x + x

    for value in ([1.0], [2.0], [[1.0]], [1.0, 2.0], [3.0]):
        double(st.constant(value))
    double(st.constant([1], "int32"))
    double(np.float32([5.0]))
    assert double.traces == len(calls) == len(double.graphs) == 4
    assert double(st.constant([4.0])).tolist() == [8.0] and double.traces == 4


def test_a_signature_with_an_open_batch_is_recorded_once() -> None:
    @st.function(input_signature=[st.TensorSpec((None, 2))])
    def total(x):
        return st.reduce_sum(x, axis=1)

    for rows in (1, 3, 0, 7):
        assert total(np.ones((rows, 2), np.float32)).tolist() == [2.0] * rows
    assert total.traces == 1
    with pytest.raises(
        ShapeError, match=r"takes TensorSpec\(float32\(batch, 2\)\), got float32\(2, 3\)"
    ):
        total(st.ones((2, 3)))
    with pytest.raises(ShapeError, match=r"got float64\(2, 2\)"):
        total(np.ones((2, 2)))
    with pytest.raises(ArgumentError, match="total: the signature has 1 tensors, the call gave 2"):
        total(st.ones((2, 2)), st.ones((2, 2)))


def test_numbers_text_and_flags_are_part_of_the_signature() -> None:
    @st.function
    def scaled(x, factor, mode="plain", *, negative=False):
        y = x * factor if mode == "plain" else x / factor
        return -y if negative else y

    x = st.constant([6.0])
    assert scaled(x, 2).tolist() == [12.0]
    assert scaled(x, 3).tolist() == [18.0]
    assert scaled(x, 2, mode="inverse").tolist() == [3.0]
    assert scaled(x, 2, negative=True).tolist() == [-12.0]
    assert scaled(x, 2).tolist() == [12.0] and scaled.traces == 4
    for factor in (1, 1.0, True):
        scaled(x, factor)
    assert scaled.traces == 7, "1, 1.0 and True are different numbers"


def test_numpys_numbers_are_numbers() -> None:
    @st.function
    def scaled(x, factor):
        return x * factor

    for _ in range(3):
        assert scaled(st.constant([2.0]), np.float32(0.5)).tolist() == [1.0]
        assert math.isnan(scaled(st.constant([2.0]), math.nan).item())
    assert scaled.traces == 2
    assert math.copysign(1, scaled(st.constant([2.0]), 0.0).item()) == 1.0
    assert math.copysign(1, scaled(st.constant([2.0]), -0.0).item()) == -1.0


def test_objects_count_by_identity_and_live_as_long_as_their_recording() -> None:
    class Scale:
        def __init__(self, by: float) -> None:
            self.by = by

    @st.function
    def scaled(x, scale):
        return x * scale.by

    one = Scale(2.0)
    assert scaled(st.constant([1.0]), one).tolist() == [2.0]
    ref = weakref.ref(one)
    del one
    gc.collect()
    assert ref() is not None
    assert scaled(st.constant([1.0]), Scale(3.0)).tolist() == [3.0]


def test_nests_of_arguments_and_results() -> None:
    @st.function
    def swapped(pair, options):
        return {"a": pair[1], "b": [pair[0], options["add"] + 1.0], "c": None}

    one, two = st.constant([1.0]), st.constant([2.0, 3.0])
    result = swapped((one, two), {"add": st.constant(4.0)})
    assert result["a"].tolist() == [2.0, 3.0] and result["c"] is None
    assert [part.tolist() for part in result["b"]] == [[1.0], 5.0]
    swapped([one, two], {"add": st.constant(4.0)})
    assert swapped.traces == 2, "a list is not a tuple"
    assert tree_key({"b": [1, (2,)], "a": 3}) == tree_key({"a": 0, "b": [5, (7,)]})


def test_python_runs_while_recording_only() -> None:
    said = []

    @st.function
    def talking(x):
        said.append("now")
        return x

    for _ in range(3):
        talking(st.constant([1.0]))
    assert said == ["now"]


# ---------------------------------------------------------------- variables and random numbers


@both_engines
def test_variables_are_read_and_assigned_at_every_call(engine: str) -> None:
    w, n = st.Variable([1.0, 2.0]), st.Variable(0)

    @st.function(engine=engine)
    def step(x):
        n.assign_add(1)
        w.assign(w * x)
        return w + 0.0

    before = w.value
    assert step(st.constant(2.0)).tolist() == [2.0, 4.0]
    w.assign([10.0, 10.0])
    assert step(st.constant(2.0)).tolist() == [20.0, 20.0] == w.tolist()
    assert n.item() == 2 and step.traces == 1
    assert before.tolist() == [1.0, 2.0], "what was read stays"


@both_engines
def test_a_result_that_is_a_variables_value_does_not_change_later(engine: str) -> None:
    w = st.Variable([1.0])

    @st.function(engine=engine)
    def count():
        return w.assign_add([1.0]).value

    first = count()
    count()
    assert first.tolist() == [2.0] and w.tolist() == [3.0]


@both_engines
def test_training_by_hand(engine: str) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 3)).astype(np.float32)
    y = x @ np.float32([[1.0], [-2.0], [0.5]]) + 0.3
    w, b = st.Variable(np.zeros((3, 1)), dtype="float32"), st.Variable([0.0])

    @st.function(engine=engine)
    def step(x, y):
        with st.GradientTape() as tape:
            loss = st.reduce_mean(st.square(x @ w + b - y))
        for variable, slope in zip((w, b), tape.gradient(loss, [w, b]), strict=True):
            variable.assign_sub(0.2 * slope)
        return loss

    losses = [step(x, y).item() for _ in range(100)]
    assert losses[-1] < 1e-6 < losses[0]
    np.testing.assert_allclose(w.numpy()[:, 0], [1.0, -2.0, 0.5], atol=1e-3)
    assert step.traces == 1


@both_engines
def test_draws_advance_from_call_to_call(engine: str) -> None:
    draw = st.function(lambda: st.random.uniform((4,)), engine=engine)
    st.random.set_seed(5)
    drawn = [draw().tolist() for _ in range(3)]
    st.random.set_seed(5)
    assert [st.random.uniform((4,)).tolist() for _ in range(3)] == drawn
    assert drawn[0] != drawn[1] != drawn[2] and draw.traces == 1


# ---------------------------------------------------------------- methods


class Model:
    def __init__(self, weight: float) -> None:
        self.w = st.Variable(weight)

    @st.function
    def apply(self, x):
        """Times the weight."""
        return x * self.w


def test_methods() -> None:
    one, two = Model(2.0), Model(3.0)
    x = st.constant([1.0, 10.0])
    assert one.apply(x).tolist() == [2.0, 20.0] and two.apply(x).tolist() == [3.0, 30.0]
    assert one.apply is one.apply and one.apply.traces == 1
    assert Model.apply.__doc__ == "Times the weight." and one.apply.__name__ == "apply"


def test_an_instance_can_be_let_go() -> None:
    model = Model(2.0)
    model.apply(st.constant([1.0]))
    ref = weakref.ref(model)
    del model
    gc.collect()
    assert ref() is None


# ---------------------------------------------------------------- under tapes and errors


def test_under_an_outer_tape_the_function_itself_is_run() -> None:
    w = st.Variable(3.0)
    squared = st.function(lambda x: x * x * w)
    x = st.constant(2.0)
    with st.GradientTape() as tape:
        tape.watch(x)
        y = squared(x)
    assert [g.item() for g in tape.gradient(y, [x, w])] == [12.0, 4.0]
    assert squared.traces == 0


def test_a_function_inside_a_function() -> None:
    inner = st.function(lambda x: x * 2.0)
    outer = st.function(lambda x: inner(x) + inner(x))
    assert outer(st.constant([1.0])).tolist() == [4.0]
    assert inner.traces == 0 and outer.traces == 1


def test_a_branch_on_data_is_an_error_with_the_remedy() -> None:
    @st.function
    def branching(x):
        if st.reduce_sum(x) > 0:
            return x
        return -x

    with pytest.raises(TraceError, match=r"test_function\.py:\d+.*st\.where"):
        branching(st.constant([1.0]))
    assert branching.traces == 0
    assert st.function(lambda x: st.where(st.reduce_sum(x) > 0, x, -x))(
        st.constant([-1.0])
    ).tolist() == [1.0]


def test_an_error_in_the_function_is_the_functions_own() -> None:
    @st.function
    def failing(x, y):
        return x @ y

    with pytest.raises(ShapeError, match=r"matmul: shapes \(1, 2\) and \(3, 1\)"):
        failing(st.ones((1, 2)), st.ones((3, 1)))
    assert failing(st.ones((1, 2)), st.ones((2, 1))).tolist() == [[2.0]]


def test_it_says_how_often_it_was_recorded() -> None:
    @st.function
    def twice(x):
        return x + x

    twice(np.ones(2))
    assert repr(twice) == "<st.function twice, recorded once>"
    twice(np.ones(3))
    assert repr(twice) == "<st.function twice, recorded 2 times>"


def test_recording_again_and_again_gives_a_warning_with_the_remedy() -> None:
    scaled = st.function(lambda x, n: x * n, engine="numpy")
    with pytest.warns(UserWarning, match=r"recorded 16 times.* hand it in as a tensor"):
        for n in range(16):
            scaled(np.ones(2), n)
    doubled = st.function(lambda x: x * 2, engine="numpy")
    with pytest.warns(UserWarning, match="leave the batch open with input_signature="):
        for n in range(16):
            doubled(np.ones(n))


def test_a_signature_takes_lists_and_numbers() -> None:
    specs = [st.TensorSpec((None, 2)), st.TensorSpec((), "int32")]
    scaled = st.function(lambda x, n: x * n, input_signature=specs, engine="numpy")
    assert scaled([[1, 2]], 3).tolist() == [[3.0, 6.0]]
    assert scaled(np.ones((2, 2), np.float32), 2).shape == (2, 2) and scaled.traces == 1
    with pytest.raises(ShapeError, match=r"got float64\(2, 2\); st\.cast\(x, 'float32'\) first"):
        scaled(np.ones((2, 2)), 2)


def test_a_question_to_a_tensor_names_the_line_that_asks() -> None:
    @st.function
    def choose(x):
        y = x * 2.0
        if y > 0:
            return y
        return x

    with pytest.raises(TraceError) as raised:
        choose(st.constant(1.0))
    first = choose.python_function.__code__.co_firstlineno
    assert f"test_function.py:{first + 3} asks for the value of a tensor" in str(raised.value)
    assert f"computed at test_function.py:{first + 3}" in str(raised.value)
    leaked = []
    st.function(lambda x: leaked.append(x * 1.0) or x)(st.constant(1.0))
    with pytest.raises(TraceError, match="belongs to a program whose recording has ended"):
        leaked[0].numpy()


def test_equal_texts_and_numbers_are_one_signature_and_equal_objects_are_two() -> None:
    class Scale:
        def __init__(self, by: float) -> None:
            self.by = by

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Scale)

        def __hash__(self) -> int:
            return 1

    @st.function
    def scaled(x, by):
        return x * (by.by if isinstance(by, Scale) else float(by))

    x = st.constant([1.0])
    for make in (lambda: "".join(["2", "0"]), lambda: int("1000"), lambda: bytes([49, 48])):
        before = scaled.traces
        assert make() is not make()
        assert scaled(x, make()).tolist() == scaled(x, make()).tolist() == [float(make())]
        assert scaled.traces == before + 1
    two, three = Scale(2.0), Scale(3.0)
    assert scaled(x, two).tolist() == [2.0] and scaled(x, three).tolist() == [3.0]
    assert scaled(x, two).tolist() == [2.0]

"""Variables: assigning, dtypes, names, copies, what engines may change in place."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import steepest as st
from steepest.errors import DTypeError, ShapeError


def test_assigning() -> None:
    w = st.Variable([1.0, 2.0], name="w")
    assert w.assign([3, 4]) is w and w.tolist() == [3.0, 4.0]
    assert w.assign_add([1.0, 1.0]).assign_sub(0.5).tolist() == [3.5, 4.5]
    assert w.assign(np.float64([0.1, 0.2])).dtype == st.float32
    w.assign(w * 10.0)
    assert w.value.tolist() == w.read_value().tolist() == pytest.approx([1.0, 2.0])


def test_the_shape_never_changes() -> None:
    w = st.Variable([[1.0, 2.0]], name="kernel")
    with pytest.raises(ShapeError, match=r"'kernel' has shape \(1, 2\), the value has \(2,\)"):
        w.assign([1.0, 2.0])
    assert w.tolist() == [[1.0, 2.0]]


def test_initial_values() -> None:
    assert st.Variable(lambda: st.ones((2,))).tolist() == [1.0, 1.0]
    assert st.Variable(1, dtype="float64").dtype == st.float64
    first, second = st.Variable(1.0), st.Variable(1.0)
    assert first.name != second.name and first.trainable
    array = np.zeros(2, np.float32)
    w = st.Variable(array)
    array[0] = 5.0
    assert w.tolist() == [0.0, 0.0]
    assert st.Variable(w).assign_add(1.0).tolist() == [1.0, 1.0] != w.tolist()


def test_a_value_that_was_read_does_not_change_with_the_variable() -> None:
    w = st.Variable([1.0])
    before = w.value
    w.assign_add([1.0])
    w.buffer()[...] = 7.0
    assert before.tolist() == [1.0] and w.tolist() == [7.0]


def test_the_buffer_is_not_shared() -> None:
    w = st.Variable([1.0])
    held = w.held
    w.buffer()[...] = 2.0
    assert held.tolist() == [1.0] and w.tolist() == [2.0]
    assert w.buffer() is w.buffer()
    constant = st.broadcast_to(st.constant(3.0), (2,))
    w = st.Variable([0.0, 0.0]).assign(constant)
    w.buffer()[0] = 1.0
    assert w.tolist() == [1.0, 3.0] and constant.tolist() == [3.0, 3.0]


def test_copies() -> None:
    w = st.Variable([1.0, 2.0], trainable=False, name="w", dtype="float64")
    w.path = "layer/w"
    for again in (copy.deepcopy(w), pickle.loads(pickle.dumps(w))):
        again.assign([5.0, 5.0])
        assert (again.name, again.path, again.trainable) == ("w", "layer/w", False)
        assert again.dtype == st.float64 and w.tolist() == [1.0, 2.0]


def test_variables_are_operands_and_keys() -> None:
    w = st.Variable([1.0, -2.0])
    assert (w + 1.0).tolist() == [2.0, -1.0] and abs(w).tolist() == [1.0, 2.0]
    assert w[1].item() == -2.0 and (w == w).tolist() == [True, True]
    assert {w: 1}[w] == 1 and w in [w]
    assert (w.ndim, w.size, w.shape) == (1, 2, (2,))


@pytest.mark.parametrize("value", [st.zeros((3, 2)), st.constant(np.ones((2, 3)).T)])
def test_an_engine_is_handed_numbers_in_c_order(value):
    """Zeros are one number with strides of 0: machine code would read the memory behind it."""
    for variable in (st.Variable(value), st.Variable(np.ones((3, 2))).assign(value)):
        assert variable.array.flags.c_contiguous
        assert np.array_equal(variable.array, value.numpy())


def test_in_place_operators_name_the_remedy() -> None:
    w = st.Variable([1.0], name="w")
    with pytest.raises(TypeError, match=r"variable 'w'; say w\.assign_add\(x\) to change it"):
        w += 1.0
    with pytest.raises(TypeError, match=r"w\.assign_sub\(x\)"):
        w -= 1.0
    with pytest.raises(TypeError, match=r"w\.assign\(w \* x\)"):
        w *= 2.0
    with pytest.raises(TypeError, match=r"w\.assign\(w / x\)"):
        w /= 2.0
    assert w.tolist() == [1.0]


def test_fractions_are_not_cut_off_in_silence() -> None:
    count = st.Variable([1, 2], name="count")
    with pytest.raises(DTypeError, match=r"'count' holds int32, .* float32; .* st\.cast"):
        count.assign([0.5, 1.5])
    assert count.assign_add([1, 1]).tolist() == [2, 3]
    assert st.Variable([1.0]).assign([2]).dtype == st.float32


def test_long_variables_are_printed_in_columns() -> None:
    lines = repr(st.Variable(np.eye(2, dtype=np.float32), name="w")).splitlines()
    assert lines[0].index("[1") == lines[1].index("[0")


def test_a_variable_made_inside_a_recorded_function_takes_values_known_there() -> None:
    made: list[st.Variable] = []

    @st.function
    def scaled(x: st.Tensor) -> st.Tensor:
        if not made:
            made.append(st.Variable(st.zeros((2,)) + 1.0))
            made.append(st.Variable(st.random.normal((2,)), name="drawn"))
        made[0].assign_add(st.ones((2,)))
        return x * made[0]

    assert scaled(np.float32([1.0, 3.0])).tolist() == [2.0, 6.0]
    assert scaled(np.float32([1.0, 3.0])).tolist() == [3.0, 9.0]
    assert np.abs(made[1].numpy()).max() > 0


def test_a_variable_cannot_be_made_from_an_argument_of_a_recorded_function() -> None:
    with pytest.raises(st.errors.TraceError, match="depends on an argument"):
        st.function(lambda x: st.Variable(x + 1.0).value)(np.ones(2))


def test_a_part_of_a_variable_can_be_assigned() -> None:
    v = st.Variable(np.zeros((2, 3), np.float32))
    v[0, 0].assign(3.0)
    v[1].assign([1.0, 2.0, 3.0])
    v[:, 2].assign_add([5.0, 5.0])
    v[1, 0].assign_sub(1)
    assert v.tolist() == [[3.0, 0.0, 5.0], [0.0, 2.0, 8.0]]
    v.scatter_nd_update([[0, 1]], [9.0])
    v.scatter_nd_add([[0], [1]], [[1.0] * 3, [2.0] * 3])
    v.scatter_nd_sub([[1, 2]], [10.0])
    assert v.tolist() == [[4.0, 10.0, 6.0], [2.0, 4.0, 0.0]]
    with pytest.raises(ShapeError):
        v[0].assign([1.0, 2.0])


def test_a_part_is_assigned_and_differentiated_inside_a_program() -> None:
    v = st.Variable([1.0, 2.0, 3.0])

    @st.function
    def moved(x: st.Tensor) -> st.Tensor:
        v[1].assign(x)
        return v * 2.0

    assert moved(st.constant(7.0)).tolist() == [2.0, 14.0, 6.0]
    assert v.tolist() == [1.0, 7.0, 3.0]
    with st.GradientTape() as tape:
        y = v[1] * v[1]
    assert tape.gradient(y, v).tolist() == [0.0, 14.0, 0.0]


class Device:
    """Another owner of a variable's values; None: the host has them too."""

    def __init__(self, values: list[float] | None) -> None:
        self.values = values

    def fetch(self, variable: st.Variable) -> np.ndarray | None:
        return None if self.values is None else np.float32(self.values)


@pytest.mark.parametrize(
    "read",
    [
        lambda w: w.tolist(), lambda w: w.value.tolist(), lambda w: (w * 1.0).tolist(),
        lambda w: w.array.tolist(), lambda w: w.buffer().tolist(), lambda w: np.asarray(w).tolist(),
        lambda w: [float(n) for n in repr(w)[len("Variable('w', ["):].split("]")[0].split()],
        lambda w: copy.deepcopy(w).tolist(), lambda w: pickle.loads(pickle.dumps(w)).tolist(),
    ],
)  # fmt: skip
def test_values_on_a_device_are_fetched_when_they_are_read(read) -> None:
    w = st.Variable([1.0, 2.0], name="w")
    w.owner = Device([5.0, 6.0])
    assert read(w) == [5.0, 6.0]
    w.owner = Device(None)
    assert read(w) == [5.0, 6.0]


def test_what_the_host_writes_ends_the_copy_on_a_device() -> None:
    w = st.Variable([1.0, 2.0])
    for writes in (lambda: w.assign([3.0, 4.0]), w.buffer):
        w.owner = Device([5.0, 6.0])
        writes()
        assert w.owner is None


def test_a_fetched_value_is_not_changed_in_place() -> None:
    w = st.Variable([1.0, 2.0])
    assert w.buffer() is w.buffer()
    w.owner = Device([5.0, 6.0])
    shared = w.array
    assert w.buffer() is not shared and w.buffer().tolist() == [5.0, 6.0]


def test_attributes_of_variables() -> None:
    w = st.Variable(np.zeros((2, 3), np.float64), trainable=False)
    assert (w.shape, w.ndim, w.size, w.dtype) == ((2, 3), 2, 6, st.float64)
    assert not w.trainable and not w.made_trainable and w.name.startswith("variable_")

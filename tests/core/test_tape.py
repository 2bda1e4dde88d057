"""GradientTape: what is recorded, the derivatives, and which values are stored."""

from __future__ import annotations

import gc
import threading
import weakref

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, ShapeError, SteepestError


def slope_of(function, at: float) -> float:
    x = st.constant(at, "float64")
    with st.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    return tape.gradient(y, x).item()


def test_known_derivatives() -> None:
    assert slope_of(lambda x: x * x * x, 2.0) == 12.0
    assert slope_of(lambda x: 1.0 / x, 2.0) == -0.25
    assert slope_of(lambda x: x**3 - 2.0 * x, 2.0) == 10.0
    assert slope_of(lambda x: st.sqrt(x), 4.0) == 0.25
    assert slope_of(lambda x: st.reduce_sum(st.stack([x, x, 3.0 * x])), 1.0) == 5.0


def test_a_value_used_twice_adds_up() -> None:
    w = st.Variable([1.0, 2.0])
    with st.GradientTape() as tape:
        y = st.reduce_sum(w * w) + st.reduce_sum(3.0 * w)
    assert tape.gradient(y, w).tolist() == [5.0, 7.0]


def test_the_result_has_the_structure_of_the_sources() -> None:
    a, b, c = (st.Variable(value) for value in (1.0, 2.0, 3.0))
    with st.GradientTape() as tape:
        y = a * b * c
    found = tape.gradient(y, {"first": a, "rest": [b, (c,)]})
    assert found["first"].item() == 6.0
    assert found["rest"][0].item() == 3.0 and found["rest"][1][0].item() == 2.0


def test_several_targets_are_summed() -> None:
    x = st.Variable(3.0)
    with st.GradientTape() as tape:
        targets = [x * x, 2.0 * x]
    assert tape.gradient(targets, x).item() == 8.0


def test_output_gradients_weight_the_targets() -> None:
    x = st.Variable([1.0, 2.0])
    with st.GradientTape() as tape:
        y = x * x
    assert tape.gradient(y, x, output_gradients=[10.0, 1.0]).tolist() == [20.0, 4.0]
    with st.GradientTape(persistent=True) as tape:
        y, z = x * x, 3.0 * x
    weighted = tape.gradient([y, z], x, output_gradients=[None, st.constant([1.0, 2.0])])
    assert weighted.tolist() == [5.0, 10.0]
    with pytest.raises(ArgumentError, match="output_gradients: one for each target, 2, got 1"):
        tape.gradient([y, z], x, output_gradients=[1.0])


def test_sources_may_be_the_target_or_intermediate_values() -> None:
    x = st.constant(3.0)
    with st.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        z = y * y
    assert tape.gradient(z, z).item() == 1.0
    assert tape.gradient(z, y).item() == 18.0
    assert [g.item() for g in tape.gradient(z, [x, y, z])] == [108.0, 18.0, 1.0]


# ---------------------------------------------------------------- recording


def test_unconnected_sources_give_none_or_zeros() -> None:
    x, other, whole = st.Variable([1.0, 2.0]), st.Variable([[3.0]]), st.constant([1, 2])
    with st.GradientTape(persistent=True) as tape:
        y = st.reduce_sum(x)
    assert tape.gradient(y, other) is None
    assert [g is None for g in tape.gradient(y, [x, other, whole])] == [False, True, True]
    zeros = tape.gradient(y, [other, whole], unconnected_gradients="zero")
    assert zeros[0].tolist() == [[0.0]] and zeros[1].tolist() == [0, 0]
    with pytest.raises(ArgumentError, match=r"unconnected_gradients.*'nothing'"):
        tape.gradient(y, x, unconnected_gradients="nothing")


def test_constants_are_followed_only_when_watched() -> None:
    x = st.constant(3.0)
    with st.GradientTape() as tape:
        y = x * x
    assert tape.gradient(y, x) is None


def test_variables_that_are_not_trainable_must_be_watched() -> None:
    fixed = st.Variable(3.0, trainable=False)
    with st.GradientTape() as tape:
        y = fixed * fixed
    assert tape.gradient(y, fixed) is None
    with st.GradientTape() as tape:
        tape.watch(fixed)
        y = fixed * fixed
    assert tape.gradient(y, fixed).item() == 6.0


def test_a_tape_can_watch_only_what_watch_names() -> None:
    a, b = st.Variable(2.0), st.Variable(3.0)
    with st.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(a)
        y = a * b
    assert [g if g is None else g.item() for g in tape.gradient(y, [a, b])] == [3.0, None]
    with st.GradientTape() as tape:
        b * a
    assert tape.watched_variables() == (b, a)


def test_integers_cannot_be_watched() -> None:
    with (
        st.GradientTape() as tape,
        pytest.raises(ArgumentError, match="only tensors of a floating dtype"),
    ):
        tape.watch(st.constant([1, 2]))
    with (
        st.GradientTape() as tape,
        pytest.raises(ArgumentError, match=r"floating dtype .*got 1\.0"),
    ):
        tape.watch(1.0)


def test_operations_before_or_after_the_block_are_not_recorded() -> None:
    x = st.constant(2.0)
    before = x * x
    with st.GradientTape(persistent=True) as tape:
        tape.watch([x, before])
        y = before * x
    after = y * y
    assert tape.gradient(y, x).item() == 4.0
    assert tape.gradient(after, x) is None


def test_stop_recording() -> None:
    x = st.Variable(3.0)
    with st.GradientTape() as tape:
        y = x * x
        with tape.stop_recording():
            hidden = y * x
        z = y + hidden
    assert tape.gradient(z, x).item() == 6.0


def test_stop_gradient() -> None:
    assert slope_of(lambda x: x * st.stop_gradient(x * x), 3.0) == 9.0
    assert slope_of(lambda x: st.stop_gradient(x) + x, 3.0) == 1.0


def test_casts_and_integers_between_source_and_target() -> None:
    x = st.constant([1.7, 2.2])
    with st.GradientTape(persistent=True) as tape:
        tape.watch(x)
        wide = st.cast(x, "float64") * 2.0
        whole = st.cast(st.cast(x, "int32"), "float32") * x
    assert tape.gradient(wide, x).dtype == st.float32
    assert tape.gradient(wide, x).tolist() == [2.0, 2.0]
    assert tape.gradient(whole, x).tolist() == [1.0, 2.0]


@pytest.mark.parametrize("shape", [(), (3,), (1, 3), (2, 1), (2, 3), (1, 1)])
def test_broadcasting_is_summed_back(shape: tuple[int, ...]) -> None:
    """Each element of x gets the sum of the weights of the elements that it was broadcast to."""
    weights = np.float32([[1, 2, 4], [8, 16, 32]])
    wide = (1,) * (2 - len(shape)) + shape
    axes = tuple(axis for axis, size in enumerate(wide) if size == 1)
    (slope,) = st.gradients(lambda x: x * weights * 2.0, st.ones(shape))
    assert slope.shape == shape
    np.testing.assert_array_equal(slope, 2 * weights.sum(axes).reshape(shape))


# ---------------------------------------------------------------- derivatives


def test_a_tape_gives_derivatives_once_unless_it_is_persistent() -> None:
    x = st.Variable(3.0)
    with st.GradientTape() as tape:
        y = x * x
    tape.gradient(y, x)
    with pytest.raises(SteepestError, match="persistent=True"):
        tape.gradient(y, x)
    with st.GradientTape(persistent=True) as tape:
        y = x * x
    assert tape.gradient(y, x).item() == tape.gradient(y, x).item() == 6.0
    tape.reset()
    assert tape.gradient(y, x) is None


def test_a_tape_can_be_entered_again() -> None:
    x = st.Variable(3.0)
    tape = st.GradientTape()
    for power in (2.0, 3.0):
        with tape:
            y = power * x
        assert tape.gradient(y, x).item() == power


def test_asking_inside_the_block() -> None:
    x = st.Variable(3.0)
    with st.GradientTape() as tape:
        y = x * x
        assert tape.gradient(y, x).item() == 6.0


def test_sources_and_targets_must_be_tensors() -> None:
    x = st.Variable(3.0)
    with st.GradientTape(persistent=True) as tape:
        y = x * x
    with pytest.raises(ArgumentError, match=r"a source must be a tensor or a variable, got 3\.0"):
        tape.gradient(y, 3.0)
    with pytest.raises(ArgumentError, match=r"the target must be a tensor, got 9\.0"):
        tape.gradient(9.0, x)


# ---------------------------------------------------------------- higher orders


def test_second_and_third_derivatives_by_nesting() -> None:
    x = st.Variable(2.0, dtype="float64")
    with st.GradientTape() as third, st.GradientTape() as second:
        with st.GradientTape() as first:
            y = x**4 + st.exp(x)
        slope = first.gradient(y, x)
        curve = second.gradient(slope, x)
    assert slope.item() == pytest.approx(32 + np.e**2)
    assert curve.item() == pytest.approx(48 + np.e**2)
    assert third.gradient(curve, x).item() == pytest.approx(48 + np.e**2)


def test_mixed_second_derivative() -> None:
    x, y = st.Variable(2.0), st.Variable(3.0)
    with st.GradientTape() as outer:
        with st.GradientTape() as inner:
            z = x * x * y
        slope = inner.gradient(z, x)
    assert [g.item() for g in outer.gradient(slope, [x, y])] == [6.0, 4.0]


@pytest.mark.parametrize(
    "function",
    [st.tanh, st.sigmoid, st.nn.softplus, st.nn.gelu, st.nn.log_softmax, st.math.reduce_logsumexp],
)
def test_second_derivatives_of_units(function) -> None:
    assert st.gradcheck(lambda x: st.gradients(lambda x: function(x)[..., 0] if function(x).ndim
                        else function(x), x), [0.3, -0.4, 1.2], tolerance=1e-5)  # fmt: skip


def test_jacobian() -> None:
    x = st.constant([1.0, 2.0, 3.0], "float64")
    with st.GradientTape() as tape:
        tape.watch(x)
        y = st.softmax(x)
    s = y.numpy()
    meant = np.diag(s) - np.outer(s, s)
    np.testing.assert_allclose(tape.jacobian(y, x).numpy(), meant, rtol=1e-12)


@pytest.mark.parametrize("persistent", [False, True])
def test_a_tape_drops_its_entries_after_a_jacobian_unless_it_is_persistent(
    persistent: bool,
) -> None:
    x = st.constant([1.0, 2.0])
    with st.GradientTape(persistent=persistent) as tape:
        tape.watch(x)
        y = x * x
    for _ in range(2 if persistent else 1):
        assert tape.jacobian(y, x).tolist() == [[2.0, 0.0], [0.0, 4.0]]
        assert bool(tape._entries) is persistent
    if not persistent:
        with pytest.raises(SteepestError, match="has given its derivatives"):
            tape.jacobian(y, x)


def test_jacobian_of_several_sources() -> None:
    a, b = st.Variable([[1.0, 2.0]]), st.Variable(3.0)
    other = st.Variable(1.0)
    with st.GradientTape() as tape:
        y = st.reshape(a * b, (2, 1))
    by_a, by_b, by_other = tape.jacobian(y, [a, b, other])
    assert by_a.shape == (2, 1, 1, 2) and by_b.shape == (2, 1) and by_other is None
    assert by_a.tolist() == [[[[3.0, 0.0]]], [[[0.0, 3.0]]]]
    assert by_b.tolist() == [[1.0], [2.0]]


# ---------------------------------------------------------------- variables


def test_a_variable_assigned_between_readings() -> None:
    """The derivative is that of what was read, each time with the value it had."""
    w = st.Variable(2.0)
    with st.GradientTape() as tape:
        y = w * w
        w.assign(10.0)
        z = y + 3.0 * w
    assert z.item() == 34.0
    assert tape.gradient(z, w).item() == 7.0


def test_two_variables_assigned_one_tensor_have_separate_derivatives() -> None:
    a = st.Variable(2.0)
    b = st.Variable(3.0)
    b.assign(a)
    with st.GradientTape() as tape:
        y = a * 5.0 + b * 7.0
    assert [g.item() for g in tape.gradient(y, [a, b])] == [5.0, 7.0]


def test_tapes_of_other_threads_see_nothing() -> None:
    x = st.Variable(3.0)
    with st.GradientTape() as tape:
        worker = threading.Thread(target=lambda: x * x)
        worker.start()
        worker.join()
    assert tape.watched_variables() == ()


def test_an_error_inside_the_block_leaves_no_tape_behind() -> None:
    from steepest.core import dispatch

    with pytest.raises(ZeroDivisionError), st.GradientTape():
        raise ZeroDivisionError
    assert dispatch.STACKS.tapes == []


# ---------------------------------------------------------------- custom derivatives


@st.custom_gradient
def reversed_sum(x, y):
    return x + y, lambda g: (-g, 10.0 * g)


def test_custom_gradient() -> None:
    x, y = st.constant(1.0), st.constant([2.0, 3.0])
    with st.GradientTape() as tape:
        tape.watch([x, y])
        z = reversed_sum(x, y) * 2.0
    assert z.tolist() == [6.0, 8.0]
    by_x, by_y = tape.gradient(z, [x, y])
    assert by_x.item() == -4.0 and by_y.tolist() == [20.0, 20.0]


@pytest.mark.parametrize("given", [(), (1,), (3,), (2, 1)])
@pytest.mark.parametrize("shape", [(3,), (1,), (2, 3), (1, 3), (2, 1)])
def test_a_custom_gradient_of_another_shape_is_fitted(
    shape: tuple[int, ...], given: tuple[int, ...]
) -> None:
    """It is repeated along axes that it lacks and summed along those that the input lacks."""
    identity = st.custom_gradient(lambda x: (x, lambda _: st.ones(given)))
    (slope,) = st.gradients(identity, st.ones(shape))
    full = np.ones(np.broadcast_shapes(shape, given))
    extra = tuple(range(full.ndim - len(shape)))
    ones = tuple(axis for axis, size in enumerate(shape) if size == 1)
    np.testing.assert_array_equal(slope, full.sum(extra).sum(ones, keepdims=True))


def test_custom_gradient_with_variables() -> None:
    w = st.Variable(3.0)

    @st.custom_gradient
    def scaled(x):
        def pullback(g, variables):
            assert variables == [w]
            return g * 100.0, [g * 1000.0]

        return x * w, pullback

    x = st.constant(2.0)
    with st.GradientTape() as tape:
        tape.watch(x)
        y = scaled(x)
    assert [g.item() for g in tape.gradient(y, [x, w])] == [100.0, 1000.0]


def test_custom_gradient_of_several_outputs() -> None:
    @st.custom_gradient
    def both(x):
        return (x * 2.0, x * 3.0), lambda g, h: g * 10.0 + h

    x = st.constant(1.0)
    with st.GradientTape(persistent=True) as tape:
        tape.watch(x)
        a, b = both(x)
    assert tape.gradient(a, x).item() == 10.0
    assert tape.gradient([a, b], x).item() == 11.0


def test_custom_gradient_is_differentiated_again_by_its_formula() -> None:
    @st.custom_gradient
    def cubed(x):
        return x**3, lambda g: g * 3.0 * x * x

    x = st.constant(2.0)
    with st.GradientTape() as outer:
        outer.watch(x)
        with st.GradientTape() as inner:
            inner.watch(x)
            y = cubed(x)
        slope = inner.gradient(y, x)
    assert slope.item() == 12.0
    assert outer.gradient(slope, x).item() == 12.0


def test_a_custom_gradient_of_the_wrong_form() -> None:
    x, y = st.constant(1.0), st.constant(2.0)
    with pytest.raises(ArgumentError, match=r"<lambda> must return its value and a function"):
        st.custom_gradient(lambda x: x)(x)
    with st.GradientTape() as tape:
        tape.watch([x, y])
        z = st.custom_gradient(lambda x, y: (x * y, lambda g: g))(x, y)
    with pytest.raises(ArgumentError, match="each of the 2 arguments was expected, got 1"):
        tape.gradient(z, x)


def test_output_gradients_fit_the_target() -> None:
    x = st.constant([1.0, 2.0])
    with st.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    with pytest.raises(ShapeError, match=r"the target has shape \(2,\), its weight \(3,\)"):
        tape.gradient(y, x, output_gradients=[1.0, 2.0, 3.0])


def test_batch_jacobian() -> None:
    x = st.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    w = np.float32([[1.0, 0.0, 2.0], [0.0, 3.0, 1.0]])
    with st.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = st.matmul(x * x, w)
    found = tape.batch_jacobian(y, x)
    whole = tape.jacobian(y, x).numpy()
    np.testing.assert_array_equal(found.numpy(), np.stack([whole[n, :, n] for n in range(3)]))
    assert tape.batch_jacobian(y, st.ones((3, 1))) is None
    with pytest.raises(ShapeError, match=r"target \(3, 3\) and source \(2,\) must begin"):
        tape.batch_jacobian(y, st.ones(2))


# ---------------------------------------------------------------- length and memory


def test_a_chain_of_ten_thousand_operations() -> None:
    x = st.Variable(1.0, dtype="float64")
    with st.GradientTape() as tape:
        y = x * 1.0
        for _ in range(10_000):
            y = y * 1.0001
    assert tape.gradient(y, x).item() == pytest.approx(1.0001**10_000)


def test_backpropagation_drops_entries_as_it_uses_them() -> None:
    """During backpropagation values are freed entry by entry; afterwards none is stored."""
    alive: list[int] = []
    coming_back: list[int] = []
    held: list[weakref.ref[st.Tensor]] = []
    cotangents: list[weakref.ref[st.Tensor]] = []

    @st.custom_gradient
    def probe(x):
        def pullback(g):
            alive.append(sum(ref() is not None for ref in held))
            cotangents.append(weakref.ref(g))
            coming_back.append(sum(ref() is not None for ref in cotangents))
            return g * 1.0

        return x * 1.0, pullback

    x = st.constant(np.ones(10))
    with st.GradientTape() as tape:
        tape.watch(x)
        y = probe(x)
        for _ in range(200):
            y = st.tanh(probe(y))
            held.append(weakref.ref(y))
        last = st.reduce_sum(y)
        del y
    gc.disable()  # values must be freed at once, without the cycle collector
    try:
        tape.gradient(last, x)
        assert len(alive) == 201
        assert all(count <= 201 - place for place, count in enumerate(alive)), alive
        assert max(coming_back) <= 2, coming_back
    finally:
        gc.enable()


def test_a_tape_stores_only_what_the_derivatives_need() -> None:
    x = st.constant(np.ones(10))
    with st.GradientTape() as tape:
        tape.watch(x)
        middle = x + 1.0
        ref = weakref.ref(middle)
        y = middle + x
        del middle
        assert ref() is None
    assert tape.gradient(y, x).tolist() == [2.0] * 10


def test_a_factor_of_a_constant_is_not_stored() -> None:
    """Values needed only for the derivative by an input that is not followed are not stored."""
    for step in (lambda v: v * 2.0, lambda v: v / 2.0, lambda v: st.matmul(v, np.eye(3)),
                 lambda v: st.where(v > 0.0, v, 0.0)):  # fmt: skip
        x = st.constant(np.ones((3, 3)))
        with st.GradientTape() as tape:
            tape.watch(x)
            middle = st.negative(x)
            ref = weakref.ref(middle)
            y = step(middle)
            del middle
            assert ref() is None
        assert tape.gradient(y, x).shape == (3, 3)


def test_no_derivative_by_an_input_that_is_not_followed_is_recorded() -> None:
    def slope(x, w):
        with st.GradientTape() as tape:
            tape.watch(w)
            y = st.matmul(x, w)
        return tape.gradient(y, w)

    graph = st.trace(slope, [st.TensorSpec((5, 3)), st.TensorSpec((3, 2))])
    assert [node.op for node in graph.nodes].count("matmul") == 2


def test_gradients_as_functions() -> None:
    value, (by_x, by_y) = st.value_and_gradients(lambda x, y: x * y, 3.0, [1.0, 2.0])
    assert value.tolist() == [3.0, 6.0]
    assert by_x.item() == 3.0 and by_y.tolist() == [3.0, 3.0]
    w = st.Variable(2.0)
    assert st.gradients(lambda w: w * w, w)[0].item() == 4.0


def test_the_derivative_of_a_variable_by_itself_is_one() -> None:
    v, other = st.Variable([1.0, 2.0]), st.Variable(3.0)
    with st.GradientTape(persistent=True) as tape:
        target = v
    assert tape.gradient(target, v).tolist() == [1.0, 1.0]
    assert tape.gradient(target, other) is None
    with st.GradientTape() as tape:
        square = v * v
    slopes = tape.gradient([square, v], v)
    assert slopes.tolist() == [3.0, 5.0]


def test_a_spent_tape_raises_a_runtime_error() -> None:
    v = st.Variable(2.0)
    with st.GradientTape() as tape:
        y = v * v
    tape.gradient(y, v)
    with pytest.raises(RuntimeError, match="persistent=True"):
        tape.gradient(y, v)

"""Tracking: weights, inner layers and losses found among the attributes; freezing."""

from __future__ import annotations

import copy
import gc
import weakref

import numpy as np
import pytest

import steepest as st
from steepest import layers
from steepest.errors import ArgumentError, ShapeError
from tests.layers.examples import Affine, Around, Block, Pays


def names(variables: list[st.Variable]) -> list[str]:
    return [variable.name for variable in variables]


def test_weights_have_the_path_of_their_layer():
    layer = Affine(2, name="out")
    layer.build((None, 3))
    assert [w.path for w in layer.weights] == ["out/w", "out/b"]
    assert names(layer.weights) == ["w", "b"]


def test_everything_assigned_is_tracked_in_order():
    block = Block()
    block(np.ones((4, 5)))
    own = ["factor", "steps"]
    dense = ["kernel", "bias"]
    normal = ["gamma", "beta", "moving_mean", "moving_variance"]
    assert names(block.weights) == own + dense + dense + normal
    assert names(block.trainable_weights) == ["factor", *dense, *dense, "gamma", "beta"]
    assert names(block.non_trainable_weights) == ["steps", "moving_mean", "moving_variance"]
    assert names(block.variables) == [*own, *dense, *dense, *normal, "random_state"]
    assert names(block.non_trainable_variables) == [
        "steps", "moving_mean", "moving_variance", "random_state",
    ]  # fmt: skip
    assert [type(part).__name__ for part in block.sublayers] == [
        "Dense", "Dense", "Dropout", "BatchNormalization",
    ]  # fmt: skip
    assert len(block.flatten_layers()) == 5


def test_a_shared_layer_counts_once():
    class Twice(layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.a = layers.Dense(3)
            self.b = [self.a]

        def call(self, x: st.Tensor) -> st.Tensor:
            return self.b[0](self.a(x))

    layer = Twice()
    layer(np.ones((1, 3)))
    assert len(layer.weights) == 2 and layer.count_params() == 12


def test_set_weights_checks_all_before_it_changes_one():
    layer = layers.Dense(2, name="d")
    layer.build((None, 3))
    before = layer.get_weights()
    with pytest.raises(ShapeError, match=r"d/bias has shape \(2,\), got \(3,\)"):
        layer.set_weights([np.ones((3, 2)), np.ones(3)])
    with pytest.raises(ArgumentError, match=r"has 2 weights \(d/kernel, d/bias\), got 1"):
        layer.set_weights([np.ones((3, 2))])
    for now, then in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
    with pytest.raises(ArgumentError, match="no weights yet"):
        layers.Dense(2).count_params()


@pytest.mark.parametrize("value", ["x", "False", None, float("nan"), 2, [True]])
def test_trainable_is_true_or_false(value: object) -> None:
    layer = st.layers.Dense(2, input_shape=(3,))
    with pytest.raises(st.errors.ArgumentError, match="trainable: True or False was expected"):
        layer.trainable = value  # type: ignore[assignment]
    layer.trainable = np.bool_(False)  # type: ignore[assignment]
    assert layer.trainable is False


def test_weights_follow_the_layer_as_in_keras():
    layer = layers.BatchNormalization()
    layer.build((None, 2))
    order = names(layer.weights)
    layer.trainable = False
    assert [w.trainable for w in layer.weights] == [False] * 4 and names(layer.weights) == order
    layer.weights[0].trainable = True
    assert layer.trainable_weights == []
    layer.trainable = True
    assert [w.trainable for w in layer.weights] == [True, True, False, False]
    frozen = layers.Dense(1)
    frozen.trainable = False
    frozen.build((None, 2))
    assert [w.trainable for w in frozen.weights] == [False, False]
    thawed = copy.deepcopy(frozen)
    thawed.trainable = True
    assert [w.trainable for w in thawed.weights] == [True, True]
    thawed.kernel.trainable = False
    assert names(thawed.weights) == ["kernel", "bias"]


def test_freezing_reaches_inner_layers_and_stops_batch_statistics():
    block = Block()
    block(np.ones((4, 5)))
    block.trainable = False
    assert block.trainable_weights == [] and len(block.non_trainable_weights) == 10
    assert not block.first.trainable
    normal = block.named["last"][0]
    before = normal.moving_mean.numpy()
    block(np.random.default_rng(0).normal(size=(4, 5)), training=True)
    np.testing.assert_array_equal(normal.moving_mean, before)
    block.trainable = True
    block.first.trainable = False
    assert names(block.trainable_weights) == ["factor", "kernel", "bias", "gamma", "beta"]


def test_added_losses_are_those_of_the_last_outermost_call():
    pays = Pays()
    outer = Around(pays)
    outer([[1.0]])
    outer([[2.0]])
    assert [loss.item() for loss in outer.losses] == [2.0]

    class Calls(layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.inner = pays

        def call(self, x: st.Tensor) -> st.Tensor:
            return self.inner(self.inner(x) * 3.0)

    both = Calls()
    both([[1.0]])
    assert [loss.item() for loss in both.losses] == [1.0, 3.0]


def test_activity_penalty_is_of_the_outputs():
    layer = layers.Dense(1, use_bias=False, kernel_initializer="ones", activity_regularizer="l1")
    layer([[1.0, -4.0], [1.0, 1.0]])
    assert [loss.item() for loss in layer.losses] == pytest.approx([0.025])


@pytest.mark.parametrize("rows", [1, 10, 100])
def test_activity_penalty_does_not_grow_with_the_batch(rows: int):
    penalty = st.regularizers.L2(0.1)
    layer = layers.Dense(1, activity_regularizer=penalty, kernel_initializer="ones")
    layer(np.ones((rows, 2), np.float32))
    assert [loss.item() for loss in layer.losses] == pytest.approx([0.4])  # as in Keras
    model = st.Sequential([layer])
    model.compile("sgd", "mse")
    y = np.full((rows, 1), 2.0, np.float32)
    assert model.evaluate(np.ones((rows, 2), np.float32), y, 7, verbose=0) == pytest.approx(0.4)


def test_activity_penalty_of_no_rows_is_zero():
    layer = layers.ActivityRegularization(l2=1.0)
    layer(np.ones((0, 2), np.float32))
    assert [loss.item() for loss in layer.losses] == [0.0]


def test_losses_carry_derivatives():
    layer = layers.Dense(
        1, kernel_initializer="ones", kernel_regularizer="l2", activity_regularizer="l2"
    )
    with st.GradientTape() as tape:
        layer([[1.0, 2.0]])
        total = st.math.add_n(layer.losses)
    slope = tape.gradient(total, layer.kernel)
    np.testing.assert_allclose(slope, [[0.02 + 0.06], [0.02 + 0.12]], rtol=1e-6)


def test_a_dropped_layer_is_freed():
    layer = layers.Dense(3, "softmax")
    layer(np.ones((2, 4)))
    gone = weakref.ref(layer)
    del layer
    gc.collect()
    assert gone() is None


def test_losses_are_in_the_order_of_keras() -> None:
    layer = st.layers.Dense(
        5,
        kernel_initializer="ones",
        kernel_regularizer=st.regularizers.L1(0.01),
        activity_regularizer=st.regularizers.L2(0.01),
    )
    layer(2.0 * np.ones((5, 5)))
    assert [round(loss.item(), 5) for loss in layer.losses] == [5.0, 0.25]


class Measuring(layers.Layer):
    def __init__(self) -> None:
        super().__init__()
        self.mean = st.metrics.Mean(name="mean")
        self.others = [st.metrics.Sum(name="sum")]

    def call(self, x: st.Tensor) -> st.Tensor:
        self.mean.update_state(x)
        return x


def test_a_layer_has_the_metrics_of_its_attributes_and_inner_layers() -> None:
    outer = layers.Layer()
    outer.inner = Measuring()
    outer.own = st.metrics.Mean(name="own")
    assert [metric.name for metric in outer.metrics] == ["own", "mean", "sum"]
    assert len(outer.metrics_variables) == 5
    assert layers.Dense(1).metrics == [] and layers.Dense(1).autocast
    outer.metrics = [st.metrics.Mean(name="of the user")]  # an attribute of the user's own
    assert len(outer.metrics) == 1


def test_weights_are_set_from_a_list_of_arrays() -> None:
    layer = st.layers.Dense(1, input_shape=(2,))
    layer.ensure_built((None, 2))
    layer.set_weights((np.ones((2, 1)), np.zeros(1)))
    assert [weight.tolist() for weight in layer.get_weights()] == [[[1.0], [1.0]], [0.0]]
    with pytest.raises(ArgumentError, match="set_weights: a list of arrays was expected, got 3"):
        layer.set_weights(3)
    for wrong in ([], [np.ones((2, 1))], [np.ones((2, 1)), np.zeros(1), np.zeros(1)]):
        with pytest.raises(ArgumentError, match=rf"{len(wrong)}\b.*\b2\b|\b2\b.*{len(wrong)}\b"):
            layer.set_weights(wrong)


def test_one_search_gives_what_is_trained_and_the_flags() -> None:
    class Chosen(st.layers.Dense):
        @property
        def trainable_weights(self) -> list[st.Variable]:
            return super().trainable_weights[:1]

    shared = st.layers.Dense(2, name="shared")
    frozen = st.Sequential([shared, st.layers.Dense(3, name="frozen")], name="inner")
    model = st.Sequential([
        st.Input((2,)),
        frozen,
        layers.Dense(2, name="d"),
        shared,
        Chosen(1, name="c"),
    ])
    frozen._trainable = False  # its layers by themselves are trainable
    shared.bias.trainable = False
    weights, flags = model.trained_and_flags()
    paths = [weight.path for weight in weights]
    assert paths == ["d/kernel", "d/bias", "shared/kernel", "c/kernel"]
    assert weights == model.trainable_weights
    assert flags.count(False) == 3  # the inner model; the bias, an attribute and in a list
    model.trainable = False
    assert model.trained_and_flags() == ([], (False,) * len(flags))

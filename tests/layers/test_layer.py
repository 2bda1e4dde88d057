"""The Layer base: building, weights, names, inputs, errors, configuration."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import layers
from steepest.errors import ArgumentError, ShapeError, SteepestError
from steepest.program.trace import TensorSpec, record
from tests.layers.examples import Affine, Around, Block, Pays


def names(variables: list[st.Variable]) -> list[str]:
    return [variable.name for variable in variables]


# ---------------------------------------------------------------- building


def test_a_subclass_learns_without_a_backward_pass():
    layer = Affine(2)
    x = st.constant([[1.0, 2.0], [3.0, 4.0]])
    with st.GradientTape() as tape:
        loss = st.reduce_sum(layer(x))
    for_w, for_b = tape.gradient(loss, layer.trainable_weights)
    np.testing.assert_array_equal(for_w, [[4.0, 4.0], [6.0, 6.0]])
    np.testing.assert_array_equal(for_b, [2.0, 2.0])


def test_built_once_at_the_first_call_for_any_batch():
    built_for = []

    class Watched(layers.Layer):
        def build(self, input_shape: tuple[int | None, ...]) -> None:
            built_for.append(input_shape)

        def call(self, x: st.Tensor) -> st.Tensor:
            return x

    layer = Watched()
    assert not layer.built and layer.input_shape is None
    for batch in (4, 2, 7):
        layer(np.ones((batch, 3)))
    layer.build((None, 9))
    assert built_for == [(None, 3)]
    assert layer.built and layer.input_shape == (None, 3)


def test_built_inside_a_recording_it_holds_values():
    layer = layers.Dense(2)
    trial = record(lambda x: layer(x), [TensorSpec((None, 3))])
    assert layer.kernel.numpy().shape == (3, 2)
    assert [leaf.params["name"] for leaf in trial.graph.variables] == ["kernel", "bias"]
    assert not trial.graph.updates


def test_what_build_computes_are_values_even_inside_a_recording():
    class Halved(layers.Layer):
        def build(self, input_shape: tuple[int | None, ...]) -> None:
            self.half = st.sqrt(st.constant(0.25))

        def call(self, x: st.Tensor) -> st.Tensor:
            return x * self.half

    layer = Halved()
    record(lambda x: layer(x), [TensorSpec((None, 3))])
    assert layer([[2.0]]).tolist() == [[1.0]]


def test_built_under_a_tape_leaves_no_notes():
    layer = layers.Dense(2, kernel_initializer="orthogonal")
    with st.GradientTape() as tape:
        loss = st.reduce_sum(layer(np.ones((1, 3))))
    assert [tuple(g.shape) for g in tape.gradient(loss, layer.trainable_weights)] == [(3, 2), (2,)]


def test_declared_shape_wins_and_is_checked():
    layer = layers.Dense(2, input_shape=(4,))
    assert layer.input_shape == (None, 4) and layer.given_input_shape == (4,)
    with pytest.raises(ShapeError, match=r"built for inputs of shape \(batch, 4\), got \(1, 3\)"):
        layer(np.ones((1, 3)))
    assert layers.Dense(2, input_shape=4).given_input_shape == (4,)
    with pytest.raises(ArgumentError, match="without the batch"):
        layers.Dense(2, input_shape=(0, 4))
    assert layers.Dense(2, input_shape=(None, 4)).input_shape == (None, None, 4)


def test_a_failed_build_can_be_repeated():
    class Picky(layers.Layer):
        def build(self, input_shape: tuple[int | None, ...]) -> None:
            self.add_weight("w", (3,))
            if input_shape[-1] != 3:
                raise ShapeError("three, please")

        def call(self, x: st.Tensor) -> st.Tensor:
            return x

    layer = Picky()
    with pytest.raises(ShapeError):
        layer(np.ones((1, 2)))
    assert not layer.built and layer.weights == []
    layer(np.ones((1, 3)))
    assert len(layer.weights) == 1


def test_super_init_may_be_forgotten_and_build_extended():
    class Careless(layers.Dense):
        def build(self, input_shape: tuple[int | None, ...]) -> None:
            self.extra = self.add_weight("extra", (1,))
            super().build(input_shape)

    layer = Careless(2)
    layer(np.ones((1, 3)))
    assert names(layer.weights) == ["extra", "kernel", "bias"]

    class Bare(layers.Layer):
        def __init__(self) -> None:
            self.v = st.Variable([1.0])

        def call(self, x: st.Tensor) -> st.Tensor:
            return x * self.v

    bare = Bare()
    assert bare([[2.0]]).tolist() == [[2.0]]
    assert bare.name.startswith("bare") and len(bare.weights) == 1


# ---------------------------------------------------------------- weights


def test_add_weight_uses_its_arguments():
    layer = layers.Layer()
    w = layer.add_weight(
        "w", [3, 2], "ones", "float64", regularizer="l2", constraint="non_neg", trainable=False
    )
    assert (w.shape, w.dtype, w.trainable) == ((3, 2), np.float64, False)
    assert w.regularizer(w.value).item() == pytest.approx(0.06)
    assert w.constraint(-1.0 * w.value).numpy().max() == 0.0
    number = layer.add_weight(shape=(), dtype="int64")
    assert (number.item(), number.dtype, number.name) == (0, np.int64, "weight_1")
    usual = layer.add_weight("usual", (200, 100)).numpy()
    assert np.abs(usual).max() <= np.sqrt(6 / 300) and usual.std() > 0.05
    with pytest.raises(ShapeError, match="cannot depend on the batch"):
        layer.add_weight("bad", (None, 3))


# ---------------------------------------------------------------- names


def test_names_count_up_from_the_class():
    class SomeThing(layers.Layer):
        def call(self, x: st.Tensor) -> st.Tensor:
            return x

    assert [SomeThing().name for _ in range(3)] == ["some_thing", "some_thing_1", "some_thing_2"]
    assert SomeThing(name="mine").name == "mine"
    assert SomeThing().name == "some_thing_3"


# ---------------------------------------------------------------- inputs


def test_inputs_become_tensors_of_the_layers_dtype():
    seen = []

    class Looks(layers.Layer):
        def call(self, inputs: object) -> st.Tensor:
            seen.append(inputs)
            return st.constant(0.0)

    layer = Looks()
    layer([[1.0, 2.0]])
    layer(np.ones((1, 2)))
    layer({"a": np.ones((1, 2)), "b": np.ones((1, 2), np.uint8)})
    layer([np.ones(2), st.ones((2,))])
    assert (seen[0].shape, seen[0].dtype) == ((1, 2), np.float32)
    assert seen[1].dtype == np.float32
    assert (seen[2]["a"].dtype, seen[2]["b"].dtype) == (np.float32, np.uint8)
    assert [type(part) for part in seen[3]] == [st.Tensor, st.Tensor]


def test_further_arguments_reach_call():
    class Weighted(layers.Layer):
        def call(self, a: st.Tensor, b: st.Tensor, scale: float = 1.0) -> st.Tensor:
            return (a + b) * scale

    assert Weighted()([[1.0]], st.constant([[2.0]]), scale=3.0).tolist() == [[9.0]]


# ---------------------------------------------------------------- errors


def test_a_dense_layer_given_pictures_suggests_flatten():
    layer = layers.Dense(10, name="first")
    layer(np.ones((2, 784)))
    with pytest.raises(ShapeError) as caught:
        layer(np.ones((5, 28, 28)))
    assert str(caught.value) == (
        "layer 'first' was built for inputs of shape (batch, 784), got (5, 28, 28); "
        "put Flatten() before it"
    )
    with pytest.raises(ShapeError, match=r"got \(5, 3\); give it inputs of shape \(batch, 784\)"):
        layer(np.ones((5, 3)))


def test_a_single_example_is_no_batch():
    with pytest.raises(ShapeError, match=r"x\[None\]"):
        layers.Dense(2)(np.ones(784))


def test_several_tensors_for_one():
    with pytest.raises(ArgumentError, match="Concatenate"):
        layers.Dense(2)([np.ones((1, 2)), np.ones((1, 2))])
    with pytest.raises(ArgumentError, match="merges a list"):
        layers.Add()(np.ones((1, 2)))


def test_errors_inside_call_name_the_layers_on_the_way():
    class Wrong(layers.Layer):
        def call(self, x: st.Tensor) -> st.Tensor:
            return x @ st.ones((7, 7))

    with pytest.raises(SteepestError) as caught:
        Around(Wrong(name="inner"))(np.ones((2, 3)))
    assert "in layer 'inner', given (2, 3)" in caught.value.__notes__


def test_a_layer_without_call_says_so():
    with pytest.raises(NotImplementedError, match="write its method call"):
        layers.Layer()(np.ones((1, 1)))


# ---------------------------------------------------------------- configuration


def test_a_custom_layer_has_a_configuration_without_code():
    config = Affine(3, name="a", dtype="float64").get_config()
    again = Affine.from_config(config)
    assert (again.units, again.name, again.dtype) == (3, "a", np.float64)
    assert repr(Affine(3, name="a")) == "Affine(3, name='a')"


def test_name_and_frozenness_survive_a_bare_constructor():
    block = Block()
    block.trainable = False
    again = Block.from_config(block.get_config())
    assert again.name == block.name and not again.trainable and not again.first.trainable


def test_an_argument_that_no_file_can_hold_is_named():
    class Loses(layers.Layer):
        def __init__(self, size: int) -> None:
            super().__init__()

    assert Loses(3).get_config()["size"] == 3
    with pytest.raises(ArgumentError, match="takes 'size' but keeps no attribute"):
        Loses(st.Input((3,))).get_config()  # type: ignore[arg-type]


def test_output_shape_by_trial_leaves_no_trace():
    layer = Pays()
    layer([[1.0]])
    assert layer.compute_output_shape((None, 5)) == (None, 5)
    assert [loss.item() for loss in layer.losses] == [1.0]
    noisy = layers.Dropout(0.5, seed=1)
    noisy.compute_output_shape((None, 5))
    assert noisy.random.state.tolist() == [1, 0, 0]
    assert layers.Dense(3).built_output_shape((None, 5)) == (None, 3)


def test_add_weight_takes_the_shape_first_too():
    class Plain(st.layers.Layer):
        def build(self, input_shape):
            self.w = self.add_weight((input_shape[-1], 2), "ones")
            self.b = self.add_weight(2, initializer="zeros")

        def call(self, x):
            return x @ self.w + self.b

    assert Plain()([[1.0, 2.0]]).tolist() == [[3.0, 3.0]]


def test_a_call_without_return_is_an_error():
    class Silent(st.layers.Layer):
        def call(self, x):
            x * 2.0

    with pytest.raises(st.errors.ArgumentError, match="call returned nothing"):
        Silent()([[1.0]])


def test_inputs_may_be_given_by_name():
    class Sum(layers.Layer):
        def call(self, x1, x2):
            return x1 + x2

    assert Sum()(x1=np.ones(2), x2=np.ones(2)).tolist() == [2.0, 2.0]
    a, b = st.Input((2,)), st.Input((2,))
    model = st.Model([a, b], layers.Dense(1)(inputs=Sum()(x1=a, x2=b)))
    x = np.ones((3, 2), np.float32)
    assert model(inputs=[x, x]).shape == model.predict([x, x], verbose=0).shape == (3, 1)
    with pytest.raises(ArgumentError, match="called without inputs: give 'x1' first, or by name"):
        Sum()(x2=a)


def test_what_is_not_known_yet_is_no_attribute():
    assert not hasattr(st.Sequential([layers.Dense(1)]), "input_shape")
    dense = layers.Dense(1, use_bias=False)
    dense.build((None, 2))
    assert dense.bias is None


def test_a_variable_by_the_name_of_keras() -> None:
    layer = st.layers.Layer(name="own")
    made = layer.add_variable((2, 1), "ones", trainable=False, name="w")
    assert (made.path, made.trainable, made.tolist()) == ("own/w", False, [[1.0], [1.0]])
    assert layer.path == "own"
    assert layer.weights[0] is made

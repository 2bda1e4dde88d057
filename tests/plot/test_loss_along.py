"""The loss along directions: equal to evaluations at moved weights, and the model stays."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, SteepestError

L = st.layers
COEFFICIENTS = np.array([(0, 0), (1, 0), (0, 1), (-0.7, 0.4), (0.2, -1.0)])


def classifier():
    return st.Sequential([
        L.Dense(8, "relu", input_shape=(5,), kernel_regularizer="l2"), L.Dropout(0.5),
        L.BatchNormalization(), L.Dense(3, "softmax", bias_regularizer="l1"),
    ]), "sparse_categorical_crossentropy"  # fmt: skip


def branched():
    inputs = st.Input((5,))
    one, other = L.Dense(4, "tanh")(inputs), L.Dense(4, "relu")(inputs)
    shared = L.Dense(4)
    joined = L.Add()([shared(one), shared(other), one])
    return st.Model(inputs, L.Dense(3, "softmax")(joined)), "sparse_categorical_crossentropy"


def two_outputs():
    inputs = st.Input((5,))
    hidden = L.Dense(4, "tanh")(inputs)
    return st.Model(inputs, [L.Dense(1, name="a")(hidden), L.Dense(1, name="b")(hidden)]), "mse"


def frozen_first():
    return st.Sequential([
        L.Dense(6, "tanh", input_shape=(5,), trainable=False), L.Dense(6, "relu"), L.Dense(1),
    ]), "mae"  # fmt: skip


def normalised():
    return st.Sequential([
        L.Rescaling(0.5, input_shape=(5,)), L.LayerNormalization(), L.Dense(1, "sigmoid"),
    ]), "binary_crossentropy"  # fmt: skip


def data_for(make):
    random = np.random.default_rng(1)
    x = random.normal(size=(90, 5)).astype(np.float32)
    if make in (classifier, branched):
        return x, random.integers(0, 3, 90)
    y = (random.random((90, 1)) < 0.5).astype(np.float32)
    return x, [y, 2 * y] if make is two_outputs else y


def compiled(make):
    st.random.set_seed(4)
    model, loss = make()
    model.compile(st.optimizers.Adam(0.01), loss, metrics=["mae"] if loss == "mse" else None)
    model.fit(*data_for(make), epochs=2, verbose=0)
    return model


def directions_for(model, seed=9):
    random = np.random.default_rng(seed)
    return [[0.5 * random.normal(size=w.shape) for w in model.trainable_weights] for _ in range(2)]


def moved_to(model, start, directions, coefficients):
    parts = zip(model.trainable_weights, start, *directions, strict=True)
    for weight, value, one, other in parts:
        weight.assign(np.float32(value + coefficients[0] * one + coefficients[1] * other))


def state_of(model):
    variables = [
        *model.weights,
        *model.optimizer.variables,
        *(v for m in model.metrics for v in m.variables),
    ]
    return [variable.numpy().tobytes() for variable in variables]


@pytest.mark.parametrize("make", [classifier, branched, two_outputs, frozen_first, normalised])
def test_losses_are_those_of_evaluations_at_moved_weights(make):
    model, (x, y) = compiled(make), data_for(make)
    directions = directions_for(model)
    loss = st.plot.LossAlong(model, x, y, directions, rows=60, seed=2)
    got = loss.at(COEFFICIENTS)
    start = [weight.numpy().copy() for weight in model.trainable_weights]
    x, y = (
        x[loss.row_numbers],
        [part[loss.row_numbers] for part in y] if isinstance(y, list) else y[loss.row_numbers],
    )
    direct = []
    for coefficients in COEFFICIENTS:
        moved_to(model, start, directions, coefficients)
        found = model.evaluate(x, y, batch_size=60, verbose=0, return_dict=True)
        direct.append(found["loss"])
    assert loss.rows == 60 and loss.total_rows == 90
    assert got == pytest.approx(direct, rel=1e-5)
    assert got.dtype == np.float64


def test_the_model_and_its_state_do_not_change():
    model, (x, y) = compiled(classifier), data_for(classifier)
    before = state_of(model)
    loss = st.plot.LossAlong(model, x, y, directions_for(model))
    loss.at(COEFFICIENTS)
    assert state_of(model) == before


def test_later_random_numbers_are_those_without_the_computation():
    model, (x, y) = compiled(classifier), data_for(classifier)
    st.random.set_seed(3)
    expected = st.random.normal((3,)).tolist()
    st.random.set_seed(3)
    st.plot.LossAlong(model, x, y, directions_for(model)).at(np.zeros((80, 2)))
    st.plot.paths_data("bowl", "adam", steps=3, noise=0.1)
    st.plot.basins_data("bowl", "sgd", points=3, steps=3)
    assert st.random.normal((3,)).tolist() == expected


def test_an_interrupt_is_passed_on_and_leaves_the_model_as_it_was(monkeypatch):
    model, (x, y) = compiled(classifier), data_for(classifier)
    before = state_of(model)
    loss = st.plot.LossAlong(model, x, y, directions_for(model))
    call, count = loss._split.second.call, []

    def interrupted(*arguments, **options):
        count.append(1)
        if len(count) == 3:
            raise KeyboardInterrupt
        return call(*arguments, **options)

    monkeypatch.setattr(loss._split.second, "call", interrupted)
    with pytest.raises(KeyboardInterrupt):
        loss.at(COEFFICIENTS)
    assert state_of(model) == before


def test_many_points_are_in_their_order():
    model, (x, y) = compiled(normalised), data_for(normalised)
    loss = st.plot.LossAlong(model, x, y, directions_for(model))
    points = np.random.default_rng(0).normal(size=(150, 2))
    together = loss.at(points)
    assert together.tolist() == [loss.at(point).item() for point in points]
    assert loss.at(np.empty((0, 2))).shape == (0,)


def test_the_rows_are_drawn_by_the_seed():
    model, (x, y) = compiled(normalised), data_for(normalised)
    directions = directions_for(model)
    chosen = [
        st.plot.LossAlong(model, x, y, directions, rows=9, seed=s).row_numbers for s in (1, 1, 2)
    ]
    assert np.array_equal(chosen[0], chosen[1]) and not np.array_equal(chosen[0], chosen[2])
    assert np.array_equal(chosen[0], np.unique(chosen[0]))
    assert st.plot.LossAlong(model, x, y, directions, rows=None).rows == 90


def test_sample_weights_take_part():
    model, (x, y) = compiled(normalised), data_for(normalised)
    weights = np.linspace(0.0, 2.0, 90)
    directions = directions_for(model)
    loss = st.plot.LossAlong(model, x, y, directions, sample_weight=weights, rows=None)
    direct = model.evaluate(x, y, sample_weight=weights, batch_size=90, verbose=0)
    assert loss.at([0.0, 0.0]).item() == pytest.approx(direct, rel=1e-5)


def test_sparse_rows_and_inputs_by_name_are_taken_as_in_fit():
    sparse = pytest.importorskip("scipy.sparse")
    model, (x, y) = compiled(normalised), data_for(normalised)
    x = np.where(x > 1, x, 0).astype(np.float32)
    directions = directions_for(model)
    dense = st.plot.LossAlong(model, x, y, directions, rows=30).at(COEFFICIENTS)
    given = st.plot.LossAlong(model, sparse.csr_matrix(x), y, directions, rows=30)
    assert given.at(COEFFICIENTS) == pytest.approx(dense, rel=1e-6)
    inputs = {"a": st.Input((2,), name="a"), "b": st.Input((3,), name="b")}
    joined = L.Concatenate()(list(inputs.values()))
    named = st.Model(inputs, L.Dense(1, "sigmoid")(joined))
    named.compile("sgd", "binary_crossentropy")
    data = {"b": x[:, 2:], "a": x[:, :2]}
    found = st.plot.LossAlong(named, data, y, directions_for(named), rows=None).at([0.0, 0.0])
    assert found.item() == pytest.approx(named.evaluate(data, y, verbose=0), rel=1e-5)


def test_weights_of_double_precision_are_moved_in_double_precision():
    model = st.Sequential([L.Dense(1, input_shape=(1,), dtype="float64")])
    model.compile(loss="mse")
    model.set_weights([[[1.0]], [0.0]])
    loss = st.plot.LossAlong(model, [[1.0]], [[1.0]], [[[[1.0]], [0.0]]])
    assert loss.at([1e-9]).item() == pytest.approx(1e-18, rel=1e-6)


def test_another_origin():
    model, (x, y) = compiled(normalised), data_for(normalised)
    directions = directions_for(model)
    origin = [w.numpy() + d for w, d in zip(model.trainable_weights, directions[0], strict=True)]
    there = st.plot.LossAlong(model, x, y, directions, origin=origin).at([-1.0, 0.5])
    here = st.plot.LossAlong(model, x, y, directions).at([0.0, 0.5])
    assert there.item() == pytest.approx(here.item(), rel=1e-5)


def test_the_first_product_is_not_computed_again():
    model, (x, y) = compiled(branched), data_for(branched)
    loss = st.plot.LossAlong(model, x, y, directions_for(model))
    products = [n for n in loss._split.second.recording.graph.nodes if n.op == "matmul"]
    assert len(products) == 3  # of the shared layer, twice, and of the last
    assert not any(5 in n.shape for n in loss._split.second.recording.graph.nodes)


def test_wrong_arguments_are_named():
    model, (x, y) = compiled(normalised), data_for(normalised)
    right = directions_for(model)
    with pytest.raises(
        ArgumentError, match=r"LossAlong: an array for each trainable weight .*gamma"
    ):
        st.plot.LossAlong(model, x, y, [right[0][:1]])
    with pytest.raises(ArgumentError, match="arrays were expected, got a stream"):
        st.plot.LossAlong(model, iter([(x, y)]), None, right)
    with pytest.raises(ArgumentError, match="rows: a whole number from 1"):
        st.plot.LossAlong(model, x, y, right, rows=0)
    with pytest.raises(ArgumentError, match="a model was expected, got int"):
        st.plot.LossAlong(3, x, y, right)
    unbuilt = st.Sequential([L.Dense(1)])
    with pytest.raises(SteepestError, match="compile"):
        st.plot.LossAlong(unbuilt, x, y, right)
    unbuilt.compile(loss="mse")
    with pytest.raises(ArgumentError, match="has no weights to train yet; call fit"):
        st.plot.LossAlong(unbuilt, x, y, right)

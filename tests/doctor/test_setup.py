"""A setup builds what it was made of, and its changes change nothing else."""

from dataclasses import replace

import numpy as np
import pytest

import steepest as st
from steepest.doctor.rows import Rows
from steepest.doctor.setup import LayerSpec, Preparation, Setup, chain_of_layers
from steepest.doctor.writing import changed_lines, difference, written
from tests.doctor.cases.case import blobs, usual_model

x, y = blobs()


def test_trained_equals_the_same_training_by_hand():
    setup = Setup.of(usual_model(x, y), x, y, epochs=3, batch_size=16)
    model, history = setup.trained(seed=4)
    st.random.set_seed(4)
    again, second = setup.trained(seed=4)
    assert history.history == second.history and len(history.epoch) == 3
    for a, b in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_model_and_its_random_state_stay_as_they_are():
    model = usual_model(x, y)
    before = model.get_weights()
    Setup.of(model, x, y).trained(seed=1)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert int(model.optimizer.iterations) == 0


def test_an_adapted_layer_is_written_as_adapted_and_has_its_statistics():
    scaling = st.layers.Normalization(name="scaling")
    scaling.adapt(x * 5 + 2)
    model = st.Sequential([scaling, st.layers.Dense(3, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    setup = Setup.of(model, x, y)
    assert "scaling.adapt(x_train)" in written(setup)
    built = setup.seeded(0)
    np.testing.assert_array_equal(built.layers[0].get_weights()[0], scaling.get_weights()[0])


def test_frozen_weights_stay_and_go_when_the_layer_learns():
    frozen = st.layers.Dense(8, "relu", trainable=False, name="frozen")
    model = st.Sequential([st.Input((4,)), frozen, st.layers.Dense(3, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    setup = Setup.of(model, x, y)
    kernel = setup.seeded(3).layers[0].get_weights()[0]
    np.testing.assert_array_equal(kernel, frozen.get_weights()[0])
    learning = setup.with_layer("frozen", trainable=True).seeded(3).layers[0]
    assert learning.trainable
    assert not np.array_equal(learning.get_weights()[0], frozen.get_weights()[0])


def test_a_functional_chain_is_a_chain_and_a_branch_is_not():
    inputs = st.Input((4,))
    hidden = st.layers.Dense(8, "relu", name="hidden")(inputs)
    chain = st.Model(inputs, st.layers.Dense(3, "softmax")(hidden))
    chain.compile("adam", "sparse_categorical_crossentropy")
    assert [spec.kind for spec in Setup.of(chain, x, y).layers] == [st.layers.Dense] * 2
    sides = [hidden, st.layers.Dense(8)(inputs)]
    branched = st.Model(inputs, st.layers.Dense(3, "softmax")(st.layers.Add()(sides)))
    branched.compile("adam", "sparse_categorical_crossentropy")
    assert chain_of_layers(branched) is None
    setup = Setup.of(branched, x, y, epochs=2)
    changed = setup.with_layer("hidden", activation="tanh")
    assert changed.seeded(0).get_layer("hidden").activation is st.activations.tanh
    assert changed.trained(0)[1].epoch == [0, 1]
    with pytest.raises(st.errors.ArgumentError, match="chain of layers"):
        setup.with_layers(setup.layers)


def test_a_loss_of_the_user_is_used_and_named():
    def quartic(y_true, y_pred):
        return st.reduce_mean((y_true - y_pred) ** 4)

    model = st.Sequential([st.Input((4,)), st.layers.Dense(1)])
    model.compile("sgd", quartic)
    setup = Setup.of(model, x, x[:, :1])
    assert "model.compile(st.optimizers.SGD(0.01), quartic)" in written(setup)
    assert np.isfinite(setup.trained(0)[1].history["loss"][0])


def test_wrong_arguments():
    model = usual_model(x, y)
    with pytest.raises(st.errors.ArgumentError, match="a model was expected, got int"):
        Setup.of(3, x, y)
    with pytest.raises(st.errors.ArgumentError, match="is not compiled"):
        Setup.of(st.Sequential([st.layers.Dense(1, input_shape=(4,))]), x, y)
    with pytest.raises(st.errors.DataError, match="x has 60 rows and y 59"):
        Setup.of(model, x, y[1:])
    with pytest.raises(st.errors.ArgumentError, match="y is missing"):
        Setup.of(model, x)
    with pytest.raises(st.errors.ArgumentError, match=r"arrays were expected, got .*Dataset"):
        Setup.of(model, st.data.Dataset.from_tensor_slices((x, y)), y)
    with pytest.raises(st.errors.UnknownNameError, match="no layer is called 'hiden'"):
        Setup.of(model, x, y).with_layer("hiden", units=3)
    with pytest.raises(st.errors.ArgumentError, match=r"validation_data: a pair .* got int"):
        Setup.of(model, x, y, validation_data=5)
    with pytest.raises(st.errors.ArgumentError, match="callbacks: a list was expected, got 3"):
        Setup.of(model, x, y, callbacks=3)
    with pytest.raises(st.errors.ArgumentError, match="sample_weight is not examined"):
        Setup.of(model, x, y, sample_weight=np.ones(60))
    stop = st.callbacks.EarlyStopping()
    assert Setup.of(model, x, y, callbacks=stop).callbacks == (stop,)


def test_a_change_is_a_difference_of_one_line():
    setup = Setup.of(usual_model(x, y), x, y)
    for changed in (
        setup.with_fit(epochs=5),
        setup.with_layer(setup.layers[0].name, units=16),
        setup.with_compile(loss="mse"),
        setup.with_preparation(Preparation("y_train = y_train[::-1]", lambda _: lambda rows: rows)),
    ):
        assert changed_lines(difference(setup, changed)) == 1
    assert difference(setup, setup) == ""


def test_the_written_program_trains_the_same_network():
    model = st.Sequential([
        st.Input((4,)),
        st.layers.Dense(8, "relu", kernel_initializer="he_normal", name="first"),
        st.layers.BatchNormalization(),
        st.layers.Dropout(0.25, seed=5),
        st.layers.Dense(3, "softmax", kernel_regularizer=st.regularizers.L2(0.01)),
    ])
    schedule = st.schedules.ExponentialDecay(0.01, 50, 0.5)
    model.compile(
        st.optimizers.Adam(schedule, clipnorm=1.0),
        st.losses.SparseCategoricalCrossentropy(from_logits=False),
        metrics=["accuracy", st.metrics.SparseTopKCategoricalAccuracy(k=2)],
    )
    stop = st.callbacks.EarlyStopping("loss", patience=2)
    setup = Setup.of(model, x, y, callbacks=[stop], epochs=4, batch_size=16)
    text = written(setup).replace("model.fit(", "history = model.fit(verbose=0, seed=3, x=")
    text = text.replace("x=x_train, y_train", "x=x_train, y=y_train")
    names = {"x_train": x, "y_train": y}
    head, _, tail = text.partition("model = ")
    exec(head + "st.random.set_seed(3)\nmodel = " + tail, names)
    _, history = setup.trained(seed=3)
    assert names["history"].history.keys() == history.history.keys()
    assert len(names["history"].epoch) == len(history.epoch)
    assert names["model"].count_params() == setup.seeded(0).count_params()


def test_rows():
    rows = Rows.of(x, y)
    assert len(rows.sample(10)) == 10 and rows.sample(100) is rows
    first, second = rows.halves()
    assert len(first) + len(second) == len(rows)
    together = np.concatenate([first.x, second.x])
    np.testing.assert_array_equal(np.sort(together, 0), np.sort(x, 0))


def test_options_of_a_spec():
    spec = LayerSpec.of(st.layers.Dense(3))
    assert spec.changed(units=5)["units"] == 5 and spec["units"] == 3


def centred(parts=("train", "val")):
    code = "x_train, x_val = x_train - mean, x_val - mean"
    return Preparation(
        code,
        lambda training: lambda rows: replace(rows, x=rows.x - training.x.mean(axis=0)),
        "x_train = x_train - mean",
        parts,
    )


def watching(own, other):
    own, other = np.asarray(own)[:, None], np.asarray(other)[:, None]
    model = st.Sequential([st.layers.Dense(1, input_shape=(1,))])
    model.compile("sgd", "mse")
    return Setup.of(model, own, own, validation_data=(other, other))


def test_a_preparation_computes_of_the_training_rows_alone():
    setup = watching([1.0, 3.0], [10.0]).with_preparation(centred())
    assert setup.prepared(setup.rows).x.ravel().tolist() == [-1.0, 1.0]
    assert setup.prepared(setup.validation).x.ravel().tolist() == [8.0]
    assert setup.prepared(setup.rows.take([1])).x.ravel().tolist() == [1.0]


def test_a_later_preparation_computes_of_prepared_rows():
    twice = watching([1.0, 3.0], [10.0]).with_preparation(centred()).with_preparation(centred())
    assert twice.prepared(twice.validation).x.ravel().tolist() == [8.0]


def test_a_preparation_may_be_of_one_part():
    setup = watching([1.0, 3.0], [10.0]).with_preparation(centred(("val",)))
    assert setup.prepared(setup.rows).x.ravel().tolist() == [1.0, 3.0]
    assert setup.prepared(setup.validation.halves()[1]).x.ravel().tolist() == [8.0]
    x, _ = setup.fit_arguments()["validation_data"]
    assert x.ravel().tolist() == [8.0]


def test_a_preparation_is_written_for_the_rows_that_there_are():
    with_both = watching([1.0, 3.0], [10.0]).with_preparation(centred())
    assert "x_train, x_val = x_train - mean" in written(with_both)
    assert "x_val" not in written(replace(with_both, validation=None))


@pytest.mark.parametrize("shuffle", [True, False])
def test_the_rows_of_validation_split_are_those_of_fit(shuffle):
    random = np.random.default_rng(0)
    x, y = random.normal(size=(50, 2)).astype(np.float32), np.arange(50) % 3
    model = st.Sequential([st.Input((2,)), st.layers.Dense(3, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    options = {"validation_split": 0.2, "shuffle": shuffle}
    setup = Setup.of(model, x, y, **options).divided()
    history = model.fit(x, y, seed=0, verbose=0, **options)
    watched = setup.validation
    assert (len(setup.rows), len(watched)) == (40, 10)
    loss = model.evaluate(watched.x, watched.y, verbose=0)
    assert loss == pytest.approx(history.history["val_loss"][0], rel=1e-6)
    assert setup.divided() is setup and Setup.of(model, x, y).divided().validation is None


def test_a_program_with_validation_split_has_no_validation_rows_of_its_own():
    model = st.Sequential([st.Input((2,)), st.layers.Dense(1)])
    model.compile("sgd", "mse")
    setup = Setup.of(model, np.ones((10, 2)), np.ones(10), validation_split=0.2).divided()
    assert "model.fit(x_train, y_train, validation_split=0.2)" in written(setup)
    assert len(setup.fit_arguments()["validation_data"][0]) == 2

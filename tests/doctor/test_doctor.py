"""The callback Doctor records a training from inside and changes nothing of it."""

import numpy as np
import pytest

import steepest as st
from steepest.doctor.doctor import SHARE, setup_of_run, steps_between
from steepest.doctor.records import Recorder
from steepest.doctor.setup import Setup
from tests.doctor.cases.case import blobs

x, y = blobs(rows=100)


def trained(*callbacks, epochs=25, **fit):
    st.random.set_seed(3)
    model = st.Sequential([
        st.Input((4,)),
        st.layers.Dense(8, "relu"),
        st.layers.BatchNormalization(),
        st.layers.Dropout(0.25),
        st.layers.Dense(3, "softmax"),
    ])
    model.compile(st.optimizers.Adam(0.01), "sparse_categorical_crossentropy", ["accuracy"])
    options = {"epochs": epochs, "batch_size": 8, "verbose": 0, "seed": 5, **fit}
    return model, model.fit(x, y, callbacks=list(callbacks), **options)


@pytest.mark.parametrize("every", [None, 1, 7, 13, 1000])
@pytest.mark.parametrize("validates", [False, True])
def test_weights_and_history_are_the_same_bits_with_and_without(every, validates):
    data = {"validation_data": (x, y)} if validates else {}
    model, history = trained(epochs=25, **data)
    watched, second = trained(st.doctor.Doctor(every), epochs=25, **data)
    assert history.history == second.history
    for a, b in zip(model.get_weights(), watched.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("epochs", [3, 25])
def test_records_are_at_multiples_and_at_both_ends(epochs):
    _, history = trained(st.doctor.Doctor(20), epochs=epochs)
    steps = 13 * epochs
    found = [record.step for record in history.records]
    assert found == [*range(0, steps, 20), *([steps] if steps % 20 else [])]


def test_a_second_fit_counts_from_its_own_start():
    model, _ = trained(st.doctor.Doctor(20), epochs=3)
    history = model.fit(x, y, epochs=2, batch_size=8, verbose=0, callbacks=[st.doctor.Doctor(20)])
    assert [record.step for record in history.records] == [0, 20, 26]


def test_what_a_record_holds():
    """Known answers: a linear network of one weight, its gradient and its dead unit."""
    model = st.Sequential([
        st.Input((1,)),
        st.layers.Dense(2, "relu", kernel_initializer="ones", name="hidden"),
        st.layers.Dense(1, kernel_initializer="ones", use_bias=False, name="out"),
    ])
    model.compile(st.optimizers.SGD(0.0), "mse")
    kernel = np.float32([[1.0, -1.0]])  # the second unit is 0 for positive inputs
    model.set_weights([kernel, np.zeros(2), np.ones((2, 1))])
    inputs = np.linspace(1, 2, 64, dtype=np.float32)[:, None]
    recorder = Recorder(Setup.of(model, inputs, np.zeros(64, np.float32)))
    record = recorder.record(model, step=0, epoch=0)
    hidden = record.layers[0]
    assert (hidden.name, hidden.dead, hidden.constant) == ("hidden", 0.5, 0.5)
    assert hidden.mean == pytest.approx(inputs.mean() / 2)
    np.testing.assert_allclose(record.loss, np.mean(inputs**2), rtol=1e-5)
    weight = record.weight("out/kernel")
    gradient = np.mean(2 * inputs**2)  # of the first unit; the second has none
    assert weight.size == 1.0 and weight.gradient == pytest.approx(gradient / np.sqrt(2), rel=1e-4)
    model.layers[1].set_weights([np.full((2, 1), 1.5)])
    after = recorder.record(model, step=10, epoch=0).weight("out/kernel")
    assert after.change == pytest.approx(0.05)


def test_noise_is_that_of_the_rows():
    """The gradient of y = w x at w = 0 is -2 x y: its variance over the rows is known."""
    model = st.Sequential([st.Input((1,)), st.layers.Dense(1, use_bias=False, name="line")])
    model.compile("sgd", "mse")
    model.set_weights([np.zeros((1, 1))])
    random = np.random.default_rng(0)
    targets = np.float32(1.0 + 2.0 * random.normal(size=256))
    recorder = Recorder(Setup.of(model, np.ones((256, 1), np.float32), targets))
    noise = recorder.record(model, 0, 0).weights[0].noise
    assert 1.0 < noise < 16.0  # 4 of the variance over 1 of the mean's square; 4 groups are few


def line():
    model = st.Sequential([st.layers.Dense(1, input_shape=(4,))])
    model.compile("sgd", "mse")
    return model


@pytest.mark.parametrize("rows", [1, 3, 5])
def test_a_training_of_few_rows_is_recorded(rows):
    options = {"epochs": 2, "verbose": 0, "callbacks": [st.doctor.Doctor(1)]}
    history = line().fit(x[:rows], 0.3 * y[:rows], **options)
    assert [record.step for record in history.records] == [0, 1, 2]
    assert (history.records[-1].weights[0].noise is None) is (rows == 1)


class Seen(st.callbacks.Callback):
    """Knows the run that it is part of."""

    def set_run(self, run):
        self.run = run


@pytest.mark.parametrize(("rows", "places"), [(100, range(0, 100, 11)), (7, range(7))])
def test_the_sample_of_a_training_has_both_ends(rows, places, monkeypatch):
    """At most so many rows, at equal distances, in their order."""
    monkeypatch.setattr("steepest.doctor.doctor.SAMPLE", 10)
    seen, inputs = Seen(), np.arange(4 * rows, dtype=np.float32).reshape(rows, 4) / 400
    options = {"epochs": 2, "batch_size": 3, "verbose": 0, "callbacks": [seen]}
    line().fit(inputs, 0.3 * y[:rows], **options)
    setup = setup_of_run(seen.run)
    assert setup.rows.x.tolist() == inputs[list(places)].tolist()
    np.testing.assert_allclose(setup.rows.y, 0.3 * y[list(places)])
    assert (setup.fit["epochs"], setup.fit["batch_size"]) == (2, 3)


def test_data_that_it_cannot_read_are_named():
    data = [(x[:8], y[:8]), (x[8:16], y[8:16])]
    model, _ = trained(epochs=1)
    doctor = st.doctor.Doctor()
    with pytest.warns(UserWarning, match="Doctor: nothing is recorded in this training: its data"):
        history = model.fit(data, epochs=1, verbose=0, callbacks=[doctor])
    assert history.records == [] and doctor.fault == "its data are no arrays"


def test_records_cost_a_small_share_of_the_steps():
    graph = st.trace(lambda a: a @ st.ones((64, 64)), [st.TensorSpec((None, 64))])
    for batch in (1, 32, 1024):
        steps = steps_between(graph, batch)
        assert steps * SHARE * (2 * batch * 64 * 64 + 12_000) >= 4 * 64 * 2 * 64 * 64


def test_wrong_arguments():
    with pytest.raises(st.errors.ArgumentError, match="Doctor: every"):
        st.doctor.Doctor(every=0)

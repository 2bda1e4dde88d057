"""fit, evaluate, predict: batches, cached programs and weights of examples."""

from __future__ import annotations

import collections
import os
import re
import signal
import subprocess
import sys
import textwrap
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.core import memory_limit


def table(rows: int = 60, columns: int = 4) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    x = rng.standard_normal((rows, columns)).astype("float32")
    return x, (x.sum(axis=1) > 0).astype("int64")


def network(optimizer: Any = "sgd", loss: Any = "mse", units: int = 1, **options: Any) -> Any:
    st.random.set_seed(11)
    model = st.Sequential([
        st.layers.Dense(5, "tanh", input_shape=(4,)),
        st.layers.Dense(units, **options),
    ])
    model.compile(optimizer, loss, ["mae"])
    return model


def test_the_epoch_line_is_keras_line(capsys: pytest.CaptureFixture[str]) -> None:
    x, y = table(50)
    network().fit(x, y, epochs=1, batch_size=10, validation_data=(x, y), verbose=2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Epoch 1/1"
    assert lines[1].startswith("5/5 - 0s - loss: ")
    assert " - mae: " in lines[1] and " - val_loss: " in lines[1] and " - val_mae: " in lines[1]


def test_silence(capsys: pytest.CaptureFixture[str]) -> None:
    x, y = table()
    model = network()
    model.fit(x, y, verbose=0)
    model.evaluate(x, y, verbose=0)
    model.predict(x, verbose=0)
    assert capsys.readouterr() == ("", "")


def test_the_smaller_last_batch_weighs_less() -> None:
    """7 rows in batches of 3: the mean loss is that of all rows, whatever the batches."""
    x, y = table(7)
    model = network(st.optimizers.SGD(0.0))
    trained = model.fit(x, y, batch_size=3, verbose=0, check=False).history["loss"][0]
    whole = model.evaluate(x, y, batch_size=7, verbose=0)[0]
    assert trained == pytest.approx(whole, rel=1e-6)
    assert model.evaluate(x, y, batch_size=3, verbose=0)[0] == pytest.approx(whole, rel=1e-6)


def test_evaluate_agrees_with_predict() -> None:
    x, y = table()
    model = network()
    loss, mae = model.evaluate(x, y, verbose=0)
    predicted = model.predict(x, verbose=0)[:, 0]
    assert loss == pytest.approx(np.mean((predicted - y) ** 2), rel=1e-5)
    assert mae == pytest.approx(np.mean(np.abs(predicted - y)), rel=1e-5)
    assert np.array_equal(predicted, model.predict_on_batch(x)[:, 0])
    assert np.allclose(predicted, model(x).numpy()[:, 0], rtol=1e-5, atol=1e-6)


def test_one_seed_fixes_a_run_bit_for_bit() -> None:
    def run() -> list[np.ndarray]:
        st.random.set_seed(5)
        model = st.Sequential([
            st.layers.Dense(6, "relu"),
            st.layers.Dropout(0.3),
            st.layers.Dense(1, "sigmoid"),
        ])
        model.compile("adam", "binary_crossentropy")
        model.fit(*table(), epochs=3, batch_size=8, validation_split=0.2, verbose=0)
        return model.get_weights()  # type: ignore[no-any-return]

    first, second = run(), run()
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_another_seed_gives_another_run() -> None:
    weights = []
    for seed in (1, 2):
        model = network()
        model.fit(*table(), batch_size=8, seed=seed, verbose=0)
        weights.append(model.get_weights()[0])
    assert not np.array_equal(*weights)


def counting(rows: int) -> Any:
    """A model with a weight for each row of the unit matrix: a batch lowers those of its rows.

    Each by one over the size of the batch.
    """
    model = st.Sequential([
        st.layers.Dense(1, use_bias=False, kernel_initializer="zeros", input_shape=(rows,))
    ])
    model.compile(st.optimizers.SGD(1.0), lambda y, p: p)
    return model


def orders(rows: int, epochs: int, **options: Any) -> list[list[int]]:
    """The rows in the order in which `fit` meets them, for each epoch."""

    class Rows(st.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            found.append([])

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            after = self.model.get_weights()[0][:, 0]
            found[-1].append(int(np.flatnonzero(after != before[:])[0]))
            before[:] = after

    found: list[list[int]] = []
    before = np.zeros(rows, "float32")
    x, y = np.eye(rows, dtype="float32"), np.zeros(rows, "float32")
    options = {"batch_size": 1, "epochs": epochs, "callbacks": [Rows()], **options}
    counting(rows).fit(x, y, verbose=0, check=False, **options)
    return found


def test_every_epoch_has_an_order_of_its_own() -> None:
    found = orders(20, epochs=3, seed=3)
    assert [sorted(order) for order in found] == [list(range(20))] * 3
    assert len({tuple(order) for order in found}) == 3
    assert orders(20, epochs=3, seed=3) == found
    assert orders(20, epochs=3, seed=4) != found
    assert orders(20, epochs=2, shuffle=False) == [list(range(20))] * 2


def test_fit_equals_the_loop_written_out() -> None:
    """Three epochs of fit without shuffling are train_on_batch over the same batches."""
    x, y = table(20)
    fitted, stepped = network("adam"), network("adam")
    fitted.fit(x, y, epochs=3, batch_size=6, shuffle=False, verbose=0)
    for _ in range(3):
        for start in range(0, 20, 6):
            stepped.train_on_batch(x[start : start + 6], y[start : start + 6])
    for a, b in zip(fitted.get_weights(), stepped.get_weights(), strict=True):
        assert np.allclose(a, b, rtol=1e-5, atol=1e-6)


def test_sample_weights_of_zero_are_rows_left_out() -> None:
    x, y = table(12)
    weighted, fewer = network(), network()
    weights = np.r_[np.full(6, 2.0), np.zeros(6)].astype("float32")
    weighted.fit(x, y, sample_weight=weights, batch_size=12, shuffle=False, verbose=0)
    fewer.fit(x[:6], y[:6], batch_size=12, shuffle=False, verbose=0)
    for a, b in zip(weighted.get_weights(), fewer.get_weights(), strict=True):
        assert np.allclose(a, b, rtol=1e-5, atol=1e-6)


def test_class_weights_are_sample_weights() -> None:
    x, y = table(16)
    by_class, by_row = network(), network()
    by_class.fit(x, y, class_weight={0: 1.0, 1: 3.0}, shuffle=False, verbose=0)
    by_row.fit(x, y, sample_weight=np.where(y == 1, 3.0, 1.0), shuffle=False, verbose=0)
    for a, b in zip(by_class.get_weights(), by_row.get_weights(), strict=True):
        assert np.array_equal(a, b)


def test_a_class_without_weight_is_an_error() -> None:
    with pytest.raises(st.errors.ArgumentError, match=r"no weight is given for the classes \[1\]"):
        network().fit(*table(), class_weight={0: 1.0}, verbose=0)


def test_validation_split_is_stratified_and_harmless_for_sorted_labels() -> None:
    from steepest.neuralnet.input.accept import intake, split_off

    x, y = table(100)
    order = np.argsort(y)
    feed = intake(network(), x[order], y[order], shuffle=True)
    train, held = split_off(feed, 0.2, seed=1)
    assert train.count == 80 and held.count == 20
    assert not set(train.rows) & set(held.rows)
    share = y[order][held.rows].mean()
    assert share == pytest.approx(y.mean(), abs=0.05)


def test_validation_freq_and_initial_epoch() -> None:
    x, y = table()
    model = network()
    history = model.fit(
        x, y, epochs=6, initial_epoch=2, validation_data=(x, y), validation_freq=2, verbose=0
    )
    assert history.epoch == [2, 3, 4, 5]
    assert len(history.history["val_loss"]) == 2


def test_steps_per_epoch_goes_round_the_rows() -> None:
    """7 batches of 4 are 2 rounds of the 10 rows and 8 more; the next epoch goes on from there."""
    visits = []

    class Count(st.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            visits.append(sorted((-4 * self.model.get_weights()[0][:, 0]).tolist()))

    x, y = np.eye(10, dtype="float32"), np.zeros(10, "float32")
    model = counting(10)
    model.fit(
        x, y, batch_size=4, steps_per_epoch=7, epochs=2, callbacks=[Count()], verbose=0, check=False
    )
    assert int(model.optimizer.iterations.item()) == 14
    assert visits == [[2] * 2 + [3] * 8, [5] * 4 + [6] * 6]
    rounds = orders(10, epochs=2, steps_per_epoch=15, shuffle=False)
    assert [row for each in rounds for row in each] == [*range(10)] * 3


def test_a_generator_of_batches() -> None:
    x, y = table(20)

    def batches() -> Any:
        while True:
            for start in range(0, 20, 5):
                yield x[start : start + 5], y[start : start + 5]

    streamed, held = network(), network()
    streamed.fit(batches(), steps_per_epoch=4, epochs=2, verbose=0)
    held.fit(x, y, batch_size=5, shuffle=False, epochs=2, verbose=0)
    for a, b in zip(streamed.get_weights(), held.get_weights(), strict=True):
        assert np.allclose(a, b, rtol=1e-5, atol=1e-6)


def test_a_generator_that_ends_early_is_an_error() -> None:
    x, y = table(8)
    with pytest.raises(st.errors.DataError, match="ended after 2 of 5 steps"):
        network().fit(iter([(x, y), (x, y)]), steps_per_epoch=5, verbose=0)


def test_lists_tensors_and_sparse_matrices_are_taken() -> None:
    scipy_sparse = pytest.importorskip("scipy.sparse")
    x, y = table(12)
    x = np.where(x > 0, x, 0.0).astype("float32")
    results = []
    for given in (x, x.tolist(), st.constant(x), scipy_sparse.csr_matrix(x)):
        model = network()
        model.fit(given, y.tolist(), batch_size=5, shuffle=False, verbose=0)
        results.append(model.get_weights()[0])
    assert all(np.allclose(results[0], other, rtol=1e-5, atol=1e-6) for other in results[1:])


def test_programs_are_cached_between_fits() -> None:
    x, y = table()
    model = network()
    model.fit(x, y, batch_size=8, verbose=0)
    steps = dict(model._steps.steps)
    model.fit(x, y, batch_size=5, epochs=2, verbose=0)
    model.optimizer.learning_rate = 0.5
    model.fit(x, y, verbose=0)
    assert model._steps.steps == steps


def test_freezing_a_layer_changes_what_is_trained() -> None:
    x, y = table()
    model = network()
    model.fit(x, y, verbose=0)
    model.layers[0].trainable = False
    before = [weight.copy() for weight in model.get_weights()]
    model.fit(x, y, verbose=0)
    after = model.get_weights()
    assert np.array_equal(before[0], after[0]) and not np.array_equal(before[2], after[2])


def test_a_user_defined_train_step() -> None:
    class Doubled(st.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = st.layers.Dense(1)

        def call(self, x: Any) -> Any:
            return self.dense(x)

        def train_step(self, data: Any) -> dict[str, Any]:
            x, y = data
            with st.GradientTape() as tape:
                loss = st.reduce_mean(st.square(self(x, training=True)[:, 0] - y)) * 2.0
            gradients = tape.gradient(loss, self.trainable_weights)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
            return {"doubled": loss}

    x, y = table()
    model = Doubled()
    model.compile("sgd", "mse")
    history = model.fit(x, y.astype("float32"), epochs=4, verbose=0)
    losses = history.history["doubled"]
    assert len(losses) == 4 and losses[-1] < losses[0]


def test_several_inputs_and_outputs_with_shared_layers_and_skips() -> None:
    st.random.set_seed(3)
    a, b = st.Input((4,), name="a"), st.Input((4,), name="b")
    shared = st.layers.Dense(6, "tanh", name="shared")
    left, right = shared(a), shared(b)
    joined = st.layers.Concatenate()([left, right, left + right * 2.0])
    model = st.Model(
        inputs={"a": a, "b": b},
        outputs={
            "number": st.layers.Dense(1, name="number")(joined),
            "kind": st.layers.Dense(2, "softmax", name="kind")(joined),
        },
    )
    model.compile(
        "adam",
        loss={"number": "mse", "kind": "sparse_categorical_crossentropy"},
        loss_weights={"number": 0.5, "kind": 2.0},
        metrics={"kind": ["accuracy"]},
    )
    x, y = table()
    history = model.fit(
        {"a": x, "b": -x}, {"number": x[:, :1], "kind": y}, epochs=20, batch_size=10, verbose=0
    ).history
    assert set(history) == {"loss", "number_loss", "kind_loss", "kind_accuracy"}
    total = 0.5 * history["number_loss"][-1] + 2.0 * history["kind_loss"][-1]
    assert history["loss"][-1] == pytest.approx(total, rel=1e-5)
    assert history["kind_accuracy"][-1] > 0.8
    predicted = model.predict({"a": x, "b": -x}, verbose=0)
    assert predicted["number"].shape == (60, 1) and predicted["kind"].shape == (60, 2)
    assert len(model.trainable_weights) == 6


def test_layers_penalties_join_the_loss() -> None:
    st.random.set_seed(1)
    x, y = table()
    model = st.Sequential([
        st.layers.Dense(1, kernel_regularizer=st.regularizers.l2(0.5), input_shape=(4,))
    ])
    model.compile(st.optimizers.SGD(0.0), "mse")
    plain = np.mean((model.predict(x, verbose=0)[:, 0] - y) ** 2)
    penalty = 0.5 * np.sum(model.get_weights()[0] ** 2)
    assert model.evaluate(x, y, verbose=0) == pytest.approx(plain + penalty, rel=1e-5)
    history = model.fit(x, y, verbose=0, check=False)
    assert history.history["loss"][0] == pytest.approx(plain + penalty, rel=1e-5)


def test_interrupted_by_ctrl_c(tmp_path: Any) -> None:
    """A first Ctrl-C ends fit after the current engine call; weights and history are there."""
    script = textwrap.dedent("""
        import numpy as np, steepest as st
        x, y = np.ones((512, 20), "float32"), np.ones((512, 1), "float32")
        model = st.Sequential([st.layers.Dense(64, "relu", input_shape=(20,)), st.layers.Dense(1)])
        model.compile("adam", "mse")
        class Say(st.callbacks.Callback):
            def on_epoch_end(self, epoch, logs=None):
                if epoch == 0: print("ready", flush=True)
        history = model.fit(x, y, epochs=10**7, batch_size=8, verbose=0, callbacks=[Say()])
        print("ended", history.interrupted, len(history.epoch) >= 1,
              np.isfinite(model.get_weights()[0]).all())
    """)
    run = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ},
    )
    assert run.stdout is not None
    assert run.stdout.readline().strip() == "ready"
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert out.strip() == "ended True True True"
    assert "stopped by Ctrl-C" in err


def test_many_small_models_leave_memory_flat() -> None:
    """Models that were trained and dropped are collected; the programs of one form are shared."""
    import gc
    import weakref

    x, y = table(8)
    alive = []
    for _ in range(12):
        model = network()
        model.fit(x, y, verbose=0)
        alive.append(weakref.ref(model))
        del model
    gc.collect()
    assert sum(ref() is not None for ref in alive) == 0


@pytest.mark.long
def test_a_thousand_models() -> None:
    import gc
    import tracemalloc

    x, y = table(8)

    def train(count: int) -> int:
        for _ in range(count):
            network().fit(x, y, verbose=0)
        gc.collect()  # a model and its recorded steps refer to each other
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    before = train(50)
    after = train(950)
    tracemalloc.stop()
    assert after - before < 2_000_000


def test_a_step_by_hand_is_the_step_of_a_program() -> None:
    made = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    made.compile("sgd", "mse", run_eagerly=False)
    twin = st.models.clone_model(made)
    twin.compile("sgd", "mse", engine="numpy")
    twin.set_weights(made.get_weights())
    x, y = st.ones((4, 2)), st.zeros((4, 1))
    assert made.train_step((x, y))["loss"].item() == twin.train_on_batch(x, y)
    assert np.array_equal(made.get_weights()[0], twin.get_weights()[0])


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda m: m.fit(*table(), epoch=3), "epochs"),
        (lambda m: m.evaluate(*table(), batchsize=3), "batch_size"),
        (lambda m: m.predict(table()[0], batchsize=3), "batch_size"),
        (lambda m: m.compile("sgd", los="mse"), "loss"),
        (lambda m: m.train_on_batch(*table(), sample_weights=None), "sample_weight"),
    ],
)
def test_a_misspelt_argument_names_the_nearest(call: Any, name: str) -> None:
    with pytest.raises(TypeError, match=f"did you mean '{name}'") as caught:
        call(network())
    assert isinstance(caught.value, st.errors.ArgumentError)


def test_settings_that_change_nothing_are_advice() -> None:
    made = network()
    made.compile("sgd", "mse", steps_per_execution=4, jit_compile=True, auto_scale_loss=True)
    found = made.fit(*table(), verbose=0).findings
    assert [(each.rule, each.evidence["setting"]) for each in found] == [
        ("idle-setting", "steps_per_execution"), ("idle-setting", "jit_compile"),
    ]  # fmt: skip


def test_the_batch_size_beside_a_data_set_is_a_warning() -> None:
    batches = st.data.Dataset.from_tensor_slices(table(12)).batch(4)
    made = network()
    with pytest.warns(st.errors.TrainingWarning, match=r"batch_size=3 is not used.*\.batch\(3\)"):
        made.fit(batches, batch_size=3, verbose=0)
    assert int(made.optimizer.iterations.item()) == 3


def test_only_added_losses_train_too() -> None:
    class Mean(st.layers.Layer):
        def call(self, x: Any) -> Any:
            self.add_loss(st.reduce_mean(x))
            return x

    made = st.Sequential([st.layers.Dense(1, input_shape=(4,)), Mean()])
    made.compile("sgd")
    before = float(made.evaluate(table()[0], verbose=0))
    made.fit(*table(), epochs=2, verbose=0)
    assert made.evaluate(table()[0], verbose=0) < before
    bare = st.Sequential([st.layers.Dense(1, kernel_regularizer="l2", input_shape=(4,))])
    bare.compile("sgd")
    with pytest.raises(st.errors.ArgumentError, match=r"compile\(loss=\.\.\.\) is missing"):
        bare.fit(*table(), verbose=0)


def test_losses_of_outputs_may_stand_in_lists() -> None:
    x, y = table()
    inputs = st.Input((4,))
    outputs = {name: st.layers.Dense(1, name=name)(inputs) for name in ("a", "b")}
    made = st.Model(inputs, outputs)
    losses = {"a": ["mse"], "b": "mse"}
    made.compile("sgd", losses, metrics={"a": ["mae"]}, loss_weights={"a": np.float32(0.5)})
    history = made.fit(x, {"a": y, "b": y}, verbose=0).history
    assert sorted(history) == ["a_loss", "a_mae", "b_loss", "loss"]  # as in Keras
    made.compile("sgd", ["mse", "mse"], loss_weights=np.array([0.5, 2.0]))
    logs = made.test_on_batch(x, {"a": y, "b": y}, return_dict=True)
    assert logs["loss"] == pytest.approx(0.5 * logs["a_loss"] + 2.0 * logs["b_loss"])
    made.compile("sgd", {"a": ["mse", "mae"]})
    with pytest.raises(st.errors.ArgumentError, match="output 'a' takes one loss, got 2"):
        made.fit(x, {"a": y, "b": y}, verbose=0)


def test_crossentropy_alone_names_the_three() -> None:
    with pytest.raises(st.errors.ArgumentError, match=r"'binary_crossentropy'.*'sparse_cat.*'cat"):
        network(loss="crossentropy")


def test_targets_may_be_a_namedtuple() -> None:
    Pair = collections.namedtuple("Pair", ["a", "b"])
    x, y = table()
    inputs = st.Input((4,))
    made = st.Model(inputs, Pair(*(st.layers.Dense(1, name=name)(inputs) for name in "ab")))
    made.compile("sgd", ["mse", "mse"])
    assert sorted(made.fit(x, Pair(y, y), verbose=0).history) == ["a_loss", "b_loss", "loss"]
    assert type(made.predict(x, verbose=0)) is Pair


def test_a_callback_may_stop_an_evaluation_or_a_prediction() -> None:
    class Stop(st.callbacks.Callback):
        def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
            self.model.stop_evaluating = batch == 1

        def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
            self.model.stop_predicting = batch == 1

    x, y = table(32)
    made = network()
    cut = made.evaluate(x, y, 4, verbose=0, callbacks=[Stop()])
    assert cut == pytest.approx(made.evaluate(x[:8], y[:8], verbose=0))
    assert made.predict(x, 4, verbose=0, callbacks=[Stop()]).shape == (8, 1)
    assert made.predict(x, 4, verbose=0).shape == (32, 1)


def test_more_memory_than_there_is_is_refused_before_it_is_asked_for(monkeypatch: Any) -> None:
    wide = st.Sequential([st.layers.RepeatVector(10**5, input_shape=(2,))])
    inner = st.Sequential([*wide.layers, st.layers.Dense(3), st.layers.GlobalMaxPooling1D()])
    monkeypatch.setattr(memory_limit, "machine_memory", lambda: 10**7)
    x = np.ones((32, 2), np.float32)
    with pytest.raises(MemoryError, match=r"the outputs for 32 rows would need 0\.0 GB"):
        wide.predict(x, verbose=0)
    with pytest.raises(st.errors.NotEnoughMemory, match=r"would need .* this machine has"):
        inner.predict(x, verbose=0)
    with pytest.raises(st.errors.NotEnoughMemory, match="the weight 'kernel' of shape"):
        st.Sequential([st.layers.Dense(10**7, input_shape=(2,))])


@pytest.mark.parametrize("verbose", [1, 2, "auto"])
def test_evaluations_and_predictions_print_their_line(verbose: Any, capsys: Any) -> None:
    x, y = table(32)
    made = network()
    made.evaluate(x, y, 8, verbose)
    assert re.fullmatch(r"4/4 - \ds - loss: .* - mae: .*\n", capsys.readouterr().out)
    made.predict(x, 8, verbose)
    assert re.fullmatch(r"4/4 - \ds\n", capsys.readouterr().out)
    made.predict(x, 8, 0)
    assert not capsys.readouterr().out


def test_seeds_have_63_bits() -> None:
    x, y = table()
    network().fit(x, y, seed=2**63 - 1, verbose=0)
    with pytest.raises(
        st.errors.ArgumentError, match=r"seed: a number below 2\*\*63 was expected, got 9"
    ):
        network().fit(x, y, seed=2**63, verbose=0)

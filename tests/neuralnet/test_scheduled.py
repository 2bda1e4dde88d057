"""Numbers that follow the step or the progress of a fit: exact at each batch, however it runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.changes import latest_change
from steepest.errors import ArgumentError
from steepest.functions import generators

ROWS, WIDTH = 64, 50
X = np.ones((ROWS, WIDTH), "float32")
Y = np.zeros((ROWS, 1), "float32")


class Watching(st.callbacks.Callback):
    """A callback that does nothing, but must be called after each epoch."""


class Noisy(st.Model):
    """Notes of each batch what its noise layer and its clock gave."""

    def __init__(self, noise: Any, steps: int) -> None:
        super().__init__()
        self.noise, self.dense = noise, st.layers.Dense(1)
        self.shares = st.Variable(np.zeros(steps), trainable=False, name="shares")
        self.progress = st.Variable(np.zeros(steps), trainable=False, name="progress")

    def call(self, x: Any) -> Any:
        return self.dense(x)

    def train_step(self, data: Any) -> Any:
        disturbed = self.noise(data[0], training=True)
        zeros = st.reduce_mean(st.cast(disturbed == 0.0, "float64"))
        here = st.equal(st.range(self.shares.shape[0]), self.step())
        self.shares.assign(st.where(here, zeros, self.shares))
        self.progress.assign(st.where(here, self.optimizer.clock.progress, self.progress))
        return super().train_step(data)

    def step(self) -> Any:
        return st.cast(self.optimizer.iterations, "int32")


def noisy(rate: Any, steps: int, engine: str = "numpy") -> Noisy:
    st.random.set_seed(2)
    model = Noisy(st.layers.Dropout(rate, seed=5), steps)
    model.compile(st.optimizers.SGD(0.001), "mse", engine=engine)
    return model


def shares_by_hand(rates: Any, batch: int) -> list[float]:
    """The shares that are dropped at rates, by the fractions that the layer draws."""
    draws = generators.new_generator(5)
    return [
        float((draws.fractions((batch, WIDTH)).numpy() < np.float32(rate)).mean()) for rate in rates
    ]


@pytest.mark.parametrize("engine", ["numpy", "auto"])
@pytest.mark.parametrize("callbacks", [[], [Watching()]])
@pytest.mark.parametrize("epochs", [2, 25])
def test_each_batch_drops_the_share_of_its_step(
    engine: str, callbacks: list[Any], epochs: int
) -> None:
    steps = 4 * epochs  # 25 epochs without callbacks run in one call of the engine
    model = noisy(st.schedules.PolynomialDecay(1.0, steps, 0.0), steps, engine)
    model.fit(X, Y, batch_size=16, epochs=epochs, verbose=0, seed=1, callbacks=callbacks)
    rates = [np.float32(1.0 - n / steps) for n in range(steps)]
    assert model.shares.tolist() == shares_by_hand(rates, 16)
    np.testing.assert_array_equal(model.progress.numpy(), np.arange(steps) / steps)


@pytest.mark.parametrize("engine", ["numpy", "auto"])
def test_each_batch_drops_the_share_of_its_progress(engine: str) -> None:
    model = noisy(lambda progress: 0.5 * progress, 100, engine)
    model.fit(X, Y, batch_size=16, epochs=25, verbose=0, seed=1)
    assert model.shares.tolist() == shares_by_hand([n / 200 for n in range(100)], 16)


def test_a_rate_by_epochs_changes_with_the_epoch() -> None:
    model = noisy(st.schedules.PerEpoch(st.schedules.PowerDecay(0.5, 0.5)), 12)
    model.fit(X, Y, batch_size=16, epochs=3, verbose=0, seed=1)
    rates = [0.5] * 4 + [0.25] * 4 + [0.125] * 4
    assert model.shares.tolist() == shares_by_hand(rates, 16)


# ---------------------------------------------------------------- what progress is


def test_progress_counts_from_the_initial_epoch_and_begins_anew_with_each_fit() -> None:
    model = noisy(0.5, 12)
    model.fit(X, Y, batch_size=16, epochs=2, initial_epoch=1, verbose=0, seed=1)
    model.fit(X, Y, batch_size=16, epochs=1, verbose=0, seed=1)
    assert model.progress.tolist()[:8] == [0.5, 0.625, 0.75, 0.875, 0.0, 0.25, 0.5, 0.75]
    assert model.optimizer.clock.progress.item() == 1.0


def test_in_a_stream_of_unknown_length_progress_moves_between_epochs() -> None:
    def batches() -> Any:
        for start in (0, 16, 32):
            yield X[start : start + 16], Y[start : start + 16]

    model = noisy(0.5, 6)
    model.fit(batches, epochs=2, verbose=0, seed=1)
    assert model.progress.tolist() == [0.0, 0.0, 0.0, 0.5, 0.5, 0.5]


def test_a_stream_of_steps_per_epoch_has_a_plan() -> None:
    def batches() -> Any:
        while True:
            yield X[:16], Y[:16]

    model = noisy(0.5, 4)
    model.fit(batches, epochs=2, steps_per_epoch=2, verbose=0, seed=1)
    assert model.progress.tolist() == [0.0, 0.25, 0.5, 0.75]


def test_full_batch_methods_count_an_epoch_as_one_step() -> None:
    seen = []

    class Note(st.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            seen.append(self.model.optimizer.clock.progress.item())

    model = st.Sequential([st.layers.Dense(1, input_shape=(WIDTH,))])
    model.compile(st.optimizers.LBFGS(lambda progress: 1.0 - 0.5 * progress), "mse")
    model.fit(X, Y, batch_size=16, epochs=4, verbose=0, callbacks=[Note()])
    assert seen == [0.25, 0.5, 0.75, 1.0]


def test_single_steps_need_a_plan_of_their_own() -> None:
    model = noisy(lambda progress: progress, 4)
    with pytest.raises(ArgumentError, match=r"Dropout .*: rate .*optimizer.clock.plan"):
        model.train_on_batch(X, Y)
    model.optimizer.clock.plan(steps=4)
    for _ in range(4):
        model.train_on_batch(X, Y)
    assert model.shares.tolist() == shares_by_hand([0.0, 0.25, 0.5, 0.75], ROWS)


def test_a_user_defined_loop_reads_the_clock_of_its_optimizer() -> None:
    layer, optimizer = st.layers.Dropout(lambda progress: progress), st.optimizers.SGD()
    with pytest.raises(ArgumentError, match=r"Dropout .*: rate .*with optimizer.clock"):
        layer(X, training=True)
    optimizer.clock.plan(steps=2)
    w = st.Variable([0.0])
    for rate in (0.0, 0.5, 1.0):
        with optimizer.clock:
            dropped = (layer(X, training=True).numpy() == 0.0).mean()
        assert dropped == pytest.approx(rate, abs=0.05)
        optimizer.apply([[0.0]], [w])
    assert (layer(X).numpy() == 1.0).all()


# ---------------------------------------------------------------- engines, resuming, evaluation


def everything(engine: str = "numpy") -> Any:
    st.random.set_seed(4)
    model = st.Sequential([
        st.layers.Dense(8, "selu", input_shape=(4,)),
        st.layers.AlphaDropout(lambda progress: 0.25 * progress),
        st.layers.GaussianNoise(st.schedules.PowerDecay(0.5, 0.9)),
        st.layers.GaussianDropout(st.schedules.CosineDecay(0.5, 30)),
        st.layers.Dense(1, "sigmoid"),
    ])
    optimizer = st.optimizers.Adam(
        lambda t: 0.01 * (1.0 - st.cos(2 * np.pi * st.log(1.0 + 15.0 * t) / np.log(2.0))),
        beta_1=lambda t: 0.9 - 0.1 * t,
        weight_decay=lambda t: 0.1 * (1.0 - t),
        rate_factors={"bias": 0.1},
        decay_factors={"bias": 0.0},
    )
    loss = st.losses.BinaryCrossentropy(label_smoothing=lambda progress: 0.2 * (1.0 - progress))
    model.compile(optimizer, loss, engine=engine)
    return model


TABLE = np.random.default_rng(0).standard_normal((96, 4)).astype("float32")
FLAGS = (TABLE[:, :1] + TABLE[:, 1:2] > 0).astype("float32")


@pytest.mark.parametrize("epochs", [3, 30])
def test_engines_agree(epochs: int) -> None:
    runs = []
    for engine in ("numpy", "cpu"):
        model = everything(engine)
        history = model.fit(TABLE, FLAGS, epochs=epochs, batch_size=32, seed=2, verbose=0)
        runs.append((history.history["loss"], *model.get_weights()))
    for ours, theirs in zip(*runs, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2e-4, atol=2e-5)


def test_a_resumed_fit_equals_one_that_was_not_interrupted(tmp_path: Any) -> None:
    class Stop(st.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if epoch == 2:
                raise KeyboardInterrupt

    def begun() -> Any:
        model = everything()
        model.fit(TABLE, FLAGS, epochs=1, batch_size=32, seed=1, verbose=0)
        return model

    whole = begun()
    whole.fit(TABLE, FLAGS, epochs=5, batch_size=32, seed=2, verbose=0)
    backup = st.callbacks.BackupAndRestore(tmp_path)
    cut = begun()
    with pytest.raises(KeyboardInterrupt):
        cut.fit(
            TABLE, FLAGS, epochs=5, batch_size=32, seed=2, verbose=0, callbacks=[backup, Stop()]
        )
    again = everything()  # in a new process
    backup = st.callbacks.BackupAndRestore(tmp_path)
    again.fit(TABLE, FLAGS, epochs=5, batch_size=32, seed=2, verbose=0, callbacks=[backup])
    for ours, theirs in zip(again.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_evaluation_smooths_as_far_as_training_has_come() -> None:
    model = st.Sequential([st.layers.Dense(1, input_shape=(4,), kernel_initializer="ones")])
    loss = st.losses.BinaryCrossentropy(True, label_smoothing=lambda progress: 0.5 * progress)
    model.compile(st.optimizers.SGD(0.0), loss)

    def smoothed(amount: float) -> Any:
        fixed = st.losses.BinaryCrossentropy(True, label_smoothing=amount)
        return pytest.approx(fixed(FLAGS, model(TABLE)).item(), rel=1e-5)

    assert model.evaluate(TABLE, FLAGS, verbose=0) == smoothed(0.0)
    model.fit(TABLE, FLAGS, epochs=2, initial_epoch=1, batch_size=96, verbose=0, check=False)
    assert model.history.history["loss"] == [smoothed(0.25)]
    assert model.evaluate(TABLE, FLAGS, verbose=0) == smoothed(0.5)


class Rising(st.schedules.LearningRateSchedule):
    def __call__(self, step: Any) -> Any:
        return 0.125 * st.cast(step, "float32")


@pytest.mark.parametrize("epochs", [4, 40])
def test_a_value_outside_its_range_stops_before_that_step(epochs: int) -> None:
    model = noisy(Rising(), 400)
    with pytest.raises(ArgumentError, match=r"Dropout 'dropout.*rate .* 1.125 at step 9 .*Rising"):
        model.fit(X, Y, batch_size=16, epochs=epochs, verbose=0, seed=1)
    assert model.optimizer.iterations.item() == 9


# ---------------------------------------------------------------- assigned numbers


def test_a_rate_that_is_assigned_between_fits_is_followed() -> None:
    model = noisy(0.5, 12)
    model.fit(X, Y, batch_size=16, epochs=1, verbose=0, seed=1)
    model.noise.rate = 0.25
    model.fit(X, Y, batch_size=16, epochs=1, verbose=0)
    model.noise.rate = st.schedules.PowerDecay(1.0, 0.75)
    model.fit(X, Y, batch_size=16, epochs=1, verbose=0)
    rates = [0.5] * 4 + [0.25] * 4 + [0.75**n for n in range(8, 12)]
    assert model.shares.tolist() == shares_by_hand(rates, 16)
    with pytest.raises(ArgumentError, match=r"rate must lie in \[0, 1\], got 1.5"):
        model.noise.rate = 1.5


def test_a_callback_may_assign_a_rate_between_epochs() -> None:
    class Halve(st.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.model.noise.rate = 0.75 * 0.5**epoch

    model = noisy(0.125, 12)
    model.fit(X, Y, batch_size=16, epochs=3, verbose=0, seed=1, callbacks=[Halve()])
    assert model.shares.tolist() == shares_by_hand([0.75] * 4 + [0.375] * 4 + [0.1875] * 4, 16)


@pytest.mark.parametrize(
    "change",
    [
        lambda model: setattr(model.optimizer, "weight_decay", 0.5),
        lambda model: setattr(model.optimizer, "clipnorm", 0.01),
        lambda model: setattr(model.optimizer, "rate_factors", {"bias": 0.0}),
        lambda model: setattr(model.loss, "delta", 0.01),
        lambda model: setattr(model.layers[0].kernel_regularizer, "l2", 10.0),
        lambda model: setattr(model.optimizer, "learning_rate", st.schedules.PowerDecay(0.5)),
    ],
)
def test_no_number_that_is_assigned_between_fits_is_ignored(change: Any) -> None:
    def fitted(changed: bool, recorded: bool) -> list[np.ndarray]:
        st.random.set_seed(3)
        layer = st.layers.Dense(1, kernel_regularizer=st.regularizers.L2(0.1), input_shape=(4,))
        model = st.Sequential([layer])
        model.compile(st.optimizers.SGD(0.1), st.losses.Huber(1.0))
        if recorded:
            start = model.get_weights()
            model.fit(TABLE, FLAGS, batch_size=32, epochs=1, verbose=0, seed=1)
            model.set_weights(start)
            model.optimizer.iterations.assign(0)
        if changed:
            change(model)
        model.fit(TABLE, FLAGS, batch_size=32, epochs=1, verbose=0, seed=1)
        return model.get_weights()

    wanted = fitted(True, False)
    assert any((a != b).any() for a, b in zip(wanted, fitted(False, False), strict=True))
    for ours, theirs in zip(fitted(True, True), wanted, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_predictions_follow_an_assigned_number() -> None:
    model = st.Sequential([st.layers.LeakyReLU(0.5, input_shape=(1,))])
    x = np.float32([[-1.0]])
    assert model.predict_on_batch(x).tolist() == [[-0.5]]
    model.layers[0].negative_slope = 0.25
    assert model.predict_on_batch(x).tolist() == [[-0.25]]
    assert model.predict(x, verbose=0).tolist() == [[-0.25]]


def test_making_building_and_training_models_changes_no_number_of_theirs() -> None:
    before = latest_change()
    everything().fit(TABLE, FLAGS, epochs=2, verbose=0, validation_split=0.25)
    model = st.Sequential([st.layers.Dense(1, activity_regularizer="l2", input_shape=(4,))])
    model.compile("adam", "mse", metrics=["mae"], weighted_metrics=["mse"])
    model.fit(TABLE, FLAGS, epochs=2, verbose=0)
    model.evaluate(TABLE, FLAGS, verbose=0)
    assert latest_change() == before


def test_progress_begins_with_the_run_and_not_when_it_is_made() -> None:
    model = noisy(0.5, 4)
    clock = model.optimizer.clock
    run = model.training(X, Y, batch_size=16, epochs=2)
    model.fit(X, Y, batch_size=16, epochs=3, verbose=0)
    events = run.events()
    next(events)
    assert clock.progress.item() == 0.0
    for _ in events:
        pass
    assert clock.progress.item() == 1.0


# ---------------------------------------------------------------- constants, files


def test_a_constant_is_part_of_the_program_and_a_schedule_is_computed_in_it() -> None:
    def graph(rate: Any) -> Any:
        model = noisy(rate, 4)
        model.fit(X, Y, batch_size=16, epochs=1, verbose=0)
        (step,) = model._steps.steps.values()
        return step.recording.graph

    clocks = [
        {node.params["name"] for node in graph(rate).variables if "clock" in node.params["name"]}
        for rate in (0.5, st.schedules.PowerDecay(0.5), lambda progress: progress)
    ]
    assert clocks[0] == clocks[1] <= clocks[2]  # the model itself notes its progress
    lengths = [len(graph(rate).nodes) for rate in (0.5, st.schedules.PowerDecay(0.5))]
    assert lengths[0] < lengths[1]


@st.register_serializable
def half_of_the_way(progress: Any) -> Any:
    return 0.5 * progress


def test_a_saved_model_keeps_its_schedules(tmp_path: Any) -> None:
    model = st.Sequential([
        st.layers.Dropout(half_of_the_way, input_shape=(4,)),
        st.layers.GaussianNoise(st.schedules.PowerDecay(0.5, 0.9)),
        st.layers.Dense(1),
    ])
    model.save(tmp_path / "m.safetensors")
    again = st.load_model(tmp_path / "m.safetensors")
    assert repr(again.layers[:2]) == repr(model.layers[:2])
    assert "OfProgress('half_of_the_way')" in repr(again.layers[0])
    plain = st.Sequential([st.layers.Dropout(lambda p: p, input_shape=(4,)), st.layers.Dense(1)])
    with pytest.raises(ArgumentError, match=r"@st.register_serializable"):
        plain.save(tmp_path / "n.safetensors")


def test_a_loss_comes_back_from_its_configuration() -> None:
    for kind in (st.losses.BinaryCrossentropy, st.losses.CategoricalFocalCrossentropy):
        made = kind(label_smoothing=half_of_the_way)
        twin = kind.from_config(made.get_config())
        assert twin.get_config() == made.get_config()
        assert repr(twin) == repr(made) and "half_of_the_way" in repr(made)

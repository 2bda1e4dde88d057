"""Steps that Python runs batch by batch: recorded for each size of the batch, or run eagerly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.neuralnet.batchwise import BoundBySize

ROWS = 2_300
IMAGES = np.random.default_rng(0).random((ROWS, 8)).astype("float32")


class Adversaries(st.Model):
    """A generator and a discriminator, trained in turn by real examples alone."""

    def __init__(self, width: int = 4) -> None:
        super().__init__()
        self.width = width
        self.discriminator = st.Sequential([
            st.layers.Dense(16, input_shape=(8,)),
            st.layers.LeakyReLU(0.2),
            st.layers.Dense(1),
        ])
        self.generator = st.Sequential([
            st.layers.Dense(16, "relu", input_shape=(width,)),
            st.layers.Dense(8, "sigmoid"),
        ])
        self.d_mean = st.metrics.Mean(name="d_loss")
        self.g_mean = st.metrics.Mean(name="g_loss")
        self.sizes: list[Any] = []

    def compile(self, d_optimizer: Any, g_optimizer: Any, loss_fn: Any, **options: Any) -> None:
        super().compile(**options)
        self.d_optimizer, self.g_optimizer = d_optimizer, g_optimizer
        self.loss_fn = loss_fn

    @property
    def metrics(self) -> list[Any]:
        return [self.d_mean, self.g_mean]

    def train_step(self, real: Any) -> dict[str, Any]:
        batch = st.shape(real)[0]
        self.sizes.append(real.shape[0])
        made = self.generator(st.random.normal((batch, self.width)))
        both = st.concat([made, real], axis=0)
        labels = st.concat([st.ones((batch, 1)), st.zeros((batch, 1))], axis=0)
        labels += 0.05 * st.random.uniform(st.shape(labels))
        with st.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(both))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply_gradients(zip(tape.gradient(d_loss, weights), weights, strict=True))
        latent = st.random.normal((batch, self.width))
        with st.GradientTape() as tape:
            judged = self.discriminator(self.generator(latent))
            g_loss = self.loss_fn(st.zeros((batch, 1)), judged)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply_gradients(zip(tape.gradient(g_loss, weights), weights, strict=True))
        self.d_mean.update_state(d_loss)
        self.g_mean.update_state(g_loss)
        return {"d_loss": self.d_mean.result(), "g_loss": self.g_mean.result()}


def adversaries(**options: Any) -> Adversaries:
    st.utils.set_random_seed(0)
    model = Adversaries()
    loss = st.losses.BinaryCrossentropy(from_logits=True)
    model.compile(st.optimizers.Adam(3e-3), st.optimizers.Adam(3e-3), loss, **options)
    return model


def trained(batch: int, rows: int = ROWS, **options: Any) -> tuple[Any, list[np.ndarray]]:
    model = adversaries(**options)
    history = model.fit(IMAGES[:rows], batch_size=batch, epochs=2, seed=3, verbose=0)
    return history.history, [weight.numpy() for weight in model.weights]


@pytest.mark.parametrize("batch", [32, 64, 128, 256, 1000])
def test_a_step_that_joins_two_batches_trains_with_the_same_bits_for_any_threads(
    batch: int,
) -> None:
    rows = min(ROWS, 3 * batch + 7)
    history, weights = trained(batch, rows, threads=1)
    assert list(history) == ["d_loss", "g_loss"]
    for threads in (2, None):
        others, other_weights = trained(batch, rows, threads=threads)
        assert others == history
        assert all(map(np.array_equal, other_weights, weights))


@pytest.mark.parametrize("batch", [64, 1000])
def test_such_a_step_gives_the_results_of_the_same_step_run_eagerly(batch: int) -> None:
    history, weights = trained(batch, 1200)
    others, other_weights = trained(batch, 1200, run_eagerly=True)
    np.testing.assert_allclose(list(others.values()), list(history.values()), rtol=1e-5)
    for one, other in zip(weights, other_weights, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def test_such_a_step_is_recorded_once_for_each_size_of_the_batch() -> None:
    model = adversaries()
    model.fit(IMAGES[:100], batch_size=40, epochs=3, verbose=0)
    assert model.sizes == [None, 32, 40, 20]
    model.fit(IMAGES[:100], batch_size=40, epochs=3, verbose=0)
    assert model.sizes == [None, 32, 40, 20]


def test_such_a_step_trains_over_a_dataset_and_many_epochs() -> None:
    model = adversaries()
    data = st.data.Dataset.from_tensor_slices(IMAGES[:100]).shuffle(100, seed=1).batch(40)
    assert len(model.fit(data, epochs=2, verbose=0).history["g_loss"]) == 2
    stream = [IMAGES[:30], IMAGES[30:50]]
    assert len(model.fit(lambda: (yield from stream), epochs=2, verbose=0).epoch) == 2
    assert len(adversaries().fit(IMAGES[:64], epochs=25, verbose=0).history["g_loss"]) == 25


def test_callbacks_see_the_batches_of_such_a_step() -> None:
    class Seen(st.callbacks.Callback):
        def __init__(self) -> None:
            super().__init__()
            self.logs: list[Any] = []

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.logs.append((batch, sorted(logs)))

    seen = Seen()
    adversaries().fit(IMAGES[:100], batch_size=40, verbose=0, callbacks=[seen])
    assert seen.logs == [(n, ["d_loss", "g_loss"]) for n in range(3)]


def test_parts_without_an_input_shape_are_built_by_the_step() -> None:
    class Pair(Adversaries):
        def __init__(self) -> None:
            super().__init__()
            self.generator = st.Sequential([st.layers.Dense(8)])
            self.discriminator = st.Sequential([st.layers.Dense(1)])

    model = Pair()
    model.compile("sgd", "sgd", st.losses.BinaryCrossentropy(from_logits=True))
    model.d_optimizer = model.g_optimizer = st.optimizers.SGD(0.1)
    model.fit(IMAGES[:50], batch_size=20, verbose=0)
    assert len(model.weights) == 4


def test_a_call_that_takes_other_inputs_than_the_step_is_not_needed_for_training() -> None:
    class Generating(Adversaries):
        def call(self, latent: Any) -> Any:
            return self.generator(latent)

    model = Generating()
    model.compile(st.optimizers.SGD(0.1), st.optimizers.SGD(0.1), st.losses.MeanSquaredError())
    model.fit(IMAGES[:50], batch_size=20, verbose=0)
    assert model.predict(np.zeros((3, 4), np.float32), verbose=0).shape == (3, 8)


def test_a_model_without_call_and_step_is_still_an_error() -> None:
    class Empty(st.Model):
        pass

    model = Empty()
    model.compile("sgd", "mse")
    with pytest.raises(NotImplementedError, match="write its method call"):
        model.fit(IMAGES, IMAGES[:, :1], verbose=0)
    with pytest.raises(NotImplementedError, match="write its method call"):
        adversaries().predict(IMAGES, verbose=0)


class Contrasted(st.Model):
    """Its `call` doubles the batch and halves it again, which needs the size."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = st.layers.Dense(2)

    def call(self, x: Any) -> Any:
        both = self.dense(st.concat([x, -x], axis=0))
        half = both.shape[0] // 2
        return both[:half] - both[half:]


def test_predictions_and_evaluations_of_a_model_that_needs_the_size() -> None:
    model = Contrasted()
    model.compile("sgd", "mse", metrics=["mae"])
    x, y = IMAGES[:70], IMAGES[:70, :2]
    model.fit(x, y, batch_size=32, epochs=2, verbose=0, validation_data=(x, y))
    kernel = model.dense.kernel.numpy()
    outputs = model.predict(x, batch_size=32, verbose=0)
    np.testing.assert_allclose(outputs, 2.0 * x @ kernel, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(model.predict_on_batch(x[:3]), outputs[:3], rtol=1e-5)
    np.testing.assert_allclose(model.predictor()(x[:5]), outputs[:5], rtol=1e-5)
    loss, error = model.evaluate(x, y, batch_size=32, verbose=0)
    np.testing.assert_allclose(error, np.abs(outputs - y).mean(), rtol=1e-5)
    np.testing.assert_allclose(loss, ((outputs - y) ** 2).mean(), rtol=1e-5)


def test_a_loss_that_is_not_finite_stops_before_the_update() -> None:
    model = Contrasted()
    model.compile("sgd", "mse")
    model.fit(IMAGES[:64], IMAGES[:64, :2], verbose=0)
    before = model.get_weights()
    with pytest.raises(st.errors.TrainingDiverged, match="epoch 1, step 1"):
        model.fit(IMAGES[:70] * 1e30, IMAGES[:70, :2], verbose=0)
    assert all(map(np.array_equal, before, model.get_weights()))


def test_explain_of_such_a_step_says_why_there_is_no_table() -> None:
    model = Contrasted()
    with pytest.raises(st.errors.ArgumentError, match="no single program"):
        model.explain(IMAGES)


def test_a_program_for_each_size_is_made_once() -> None:
    made: list[int] = []

    def record(rows: int) -> Any:
        made.append(rows)
        return st.program.trace.record(lambda x: st.concat([x, x], 0), [st.TensorSpec((rows,))])

    bound = BoundBySize(record(1), record, joins_rows=True)
    column = st.data.columns.DenseColumn(np.arange(5, dtype=np.float32))
    done = bound.run([column], np.arange(5), batch=2)
    assert done.batches == 3
    assert done.outputs[0].tolist() == [0, 1, 0, 1, 2, 3, 2, 3, 4, 4]
    assert made == [1, 2, 1]


# ---------------------------------------------------------------- run_eagerly

X = np.random.default_rng(1).standard_normal((150, 6)).astype("float32")
Y = (X.sum(axis=1) > 0).astype("int64")


def classifier(optimizer: Any = "adam", **options: Any) -> Any:
    st.utils.set_random_seed(1)
    model = st.Sequential([
        st.layers.Dense(16, "relu", input_shape=(6,), kernel_regularizer="l2"),
        st.layers.BatchNormalization(),
        st.layers.Dropout(0.3),
        st.layers.Dense(2, "softmax"),
    ])
    model.compile(optimizer, "sparse_categorical_crossentropy", ["accuracy"], **options)
    return model


def test_run_eagerly_gives_the_results_of_programs() -> None:
    results = []
    for eagerly in (False, True):
        model = classifier(run_eagerly=eagerly)
        history = model.fit(
            X, Y, batch_size=32, epochs=3, validation_split=0.2, class_weight={0: 1.0, 1: 2.0},
            seed=5, verbose=0,
        ).history  # fmt: skip
        results.append([
            *history.values(),
            model.evaluate(X, Y, verbose=0),
            model.predict(X, verbose=0),
            model.predict_on_batch(X[:5]),
            model.train_on_batch(X[:5], Y[:5]),
            model.test_on_batch(X[:5], Y[:5]),
        ])
    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=2e-6)


def test_run_eagerly_lets_numpy_print_and_python_conditions_work_inside(
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Open(st.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = st.layers.Dense(1)
            self.batches = 0

        def call(self, x: Any, training: bool = False) -> Any:
            if training:
                self.batches += 1
            if x.numpy().max() > 100.0:
                print("large inputs")
            return self.dense(np.clip(np.asarray(x), -1.0, 1.0))

    model = Open()
    model.compile("sgd", "mse", metrics=["mae"], run_eagerly=True)
    history = model.fit(X, Y, batch_size=50, epochs=2, verbose=0, validation_data=(X * 1e3, Y))
    assert model.batches == 6
    assert list(history.history) == ["loss", "mae", "val_loss", "val_mae"]
    assert "large inputs" in capsys.readouterr().out
    assert model.fit(X, Y, epochs=1, verbose=0).epoch == [0]


def test_run_eagerly_with_a_step_of_ones_own_and_streams() -> None:
    class Own(st.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = st.layers.Dense(1)

        def call(self, x: Any) -> Any:
            return self.dense(x)

        def train_step(self, data: Any) -> Any:
            x, y = data
            return {"mean": float(np.mean(y.numpy())), "rows": st.shape(x)[0]}

    model = Own()
    model.compile(run_eagerly=True)
    pairs = st.data.Dataset.from_tensor_slices((X, Y)).batch(100)
    logs = model.fit(pairs, epochs=1, verbose=0).history
    assert logs == {"mean": [float(np.mean(Y[100:]))], "rows": [50.0]}
    monitored = st.callbacks.ModelCheckpoint("unused", monitor="rows", save_freq=10**9)
    model.fit(pairs, epochs=25, verbose=0, callbacks=[monitored])


def test_run_eagerly_stops_at_a_loss_that_is_not_finite() -> None:
    model = st.Sequential([st.layers.Dense(1, input_shape=(6,))])
    model.compile("sgd", "mse", run_eagerly=True)
    before = model.get_weights()
    with pytest.raises(st.errors.NumericalError, match="NaN or infinite"):
        model.fit(X * 1e30, Y, verbose=0)
    assert all(map(np.array_equal, before, model.get_weights()))


def test_run_eagerly_and_what_needs_programs() -> None:
    model = classifier("lbfgs", run_eagerly=True)  # whose own programs stay compiled
    assert len(model.fit(X, Y, epochs=2, verbose=0).epoch) == 2
    with pytest.raises(st.errors.ArgumentError, match="run_eagerly=True"):
        model.predictor()
    model.compile("sgd", "sparse_categorical_crossentropy")
    assert not model.run_eagerly
    assert model.predictor()(X[:1]).shape == (1, 2)


def test_a_run_of_an_eager_model_counts_its_batches() -> None:
    run = classifier(run_eagerly=True).training(X, Y, every="batch", batch_size=50, epochs=2)
    done = [event.done for event in run.events() if isinstance(event, st.events.BatchesDone)]
    assert done == [1, 2, 3, 1, 2, 3]

"""fit, evaluate and predict with limits on their epochs and batches, and their display."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import steepest as st

X, Y = np.ones((40, 2), np.float32), np.ones((40, 1), np.float32)


@pytest.fixture
def limits() -> Iterator[None]:
    st.config.set_max_epochs(2)
    st.config.set_max_steps_per_epoch(3)
    yield
    st.config.set_max_epochs(None)
    st.config.set_max_steps_per_epoch(None)


class Counting(st.callbacks.Callback):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Any] = []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.seen.append(batch)

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        self.seen.append(("test", batch))


def model() -> st.Sequential:
    made = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    made.compile("sgd", "mse")
    return made


TESTED = [("test", 0), ("test", 1), ("test", 2)]


def test_limits_hold_for_training_and_validation(limits: None) -> None:
    counting = Counting()
    history = model().fit(
        X, Y, batch_size=4, epochs=5, verbose=0, callbacks=[counting], validation_data=(X, Y)
    )
    assert history.epoch == [0, 1] and history.params["steps"] == 3
    assert counting.seen == [0, 1, 2, *TESTED] * 2


def test_limits_hold_for_evaluation_prediction_and_data_sets(limits: None) -> None:
    counting, network = Counting(), model()
    network.evaluate(X, Y, batch_size=4, verbose=0, callbacks=[counting])
    assert counting.seen == TESTED
    assert network.predict(X, batch_size=4, verbose=0).shape == (12, 1)
    assert network.predict(X[:4], batch_size=4, verbose=0).shape == (4, 1)
    counting = Counting()
    batches = st.data.Dataset.from_tensor_slices((X, Y)).batch(4)
    network.fit(batches, epochs=1, verbose=0, callbacks=[counting])
    assert counting.seen == [0, 1, 2]


def test_without_interactive_logging_auto_prints_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    st.utils.disable_interactive_logging()
    assert not st.config.is_interactive_logging_enabled()
    try:
        model().fit(X, Y, epochs=1)
    finally:
        st.utils.enable_interactive_logging()
    assert capsys.readouterr().out.startswith("Epoch 1/1\n2/2 - ")
    assert st.utils.is_interactive_logging_enabled()


class Inner(st.layers.Layer):
    def __init__(self) -> None:
        super().__init__()
        self.mean = st.metrics.Mean(name="inner")
        self.dense = st.layers.Dense(1, kernel_initializer="ones")

    def call(self, x: st.Tensor) -> st.Tensor:
        y = self.dense(x)
        self.mean.update_state(y)
        return y


def test_the_metrics_of_layers_are_in_the_logs_and_begin_anew_each_epoch() -> None:
    network = st.Sequential([Inner()])
    network.compile(st.optimizers.SGD(1e-6), "mse")
    given = (np.zeros((4, 2), np.float32), np.ones((4, 1), np.float32))
    history = network.fit(
        X[:8], Y[:8], batch_size=4, epochs=2, verbose=0, validation_data=given
    ).history
    assert [metric.name for metric in network.metrics] == ["loss", "inner"]
    np.testing.assert_allclose(history["inner"], [2.0, 2.0], rtol=1e-4)
    np.testing.assert_allclose(history["val_inner"], [0.0, 0.0], atol=1e-4)
    network.layers[0].mean.update_state(9.0)
    network.reset_metrics()
    assert network.layers[0].mean.result().item() == 0.0

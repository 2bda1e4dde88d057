"""Trainings on the XLA engine: what works on the others works here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.engines.xla.transfer import DeviceCopy

X = np.random.default_rng(0).standard_normal((70, 4)).astype(np.float32)
Y = X[:, :1] - X[:, 1:2]


def compiled(engine: str | None = "xla", **options: Any) -> Any:
    """A network with random numbers in its step, compiled."""
    st.random.set_seed(6)
    model = st.Sequential([
        st.layers.Dense(5, "tanh", input_shape=(4,)),
        st.layers.Dropout(0.2),
        st.layers.Dense(1),
    ])
    model.compile(**{"optimizer": "adam", "loss": "mse", "engine": engine, **options})
    return model


def fitted(model: Any, epochs: int, **options: Any) -> list[np.ndarray]:
    model.fit(X, Y, batch_size=16, epochs=epochs, verbose=0, seed=1, check=False, **options)
    return [variable.numpy() for variable in (*model.weights, *model.optimizer.variables)]


def test_the_engine_of_the_config_trains_evaluates_and_predicts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(st.config, "engine", "xla")
    model = compiled(engine=None)
    fitted(model, 1, validation_data=(X[:20], Y[:20]))
    assert isinstance(model.weights[0].owner, DeviceCopy)
    there = model.evaluate(X, Y, verbose=0), model.predict(X[:33], verbose=0)
    other = compiled(engine="numpy")
    other.set_weights(model.get_weights())
    assert there[0] == pytest.approx(other.evaluate(X, Y, verbose=0), rel=1e-6)
    np.testing.assert_allclose(there[1], other.predict(X[:33], verbose=0), rtol=1e-5, atol=1e-6)


def test_a_resumed_training_has_the_bits_of_one_that_was_never_interrupted(tmp_path: Path) -> None:
    whole = fitted(compiled(), 4)
    backup = st.callbacks.BackupAndRestore(tmp_path / "backup")

    class Stop(st.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if epoch == 1:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fitted(compiled(), 4, callbacks=[backup, Stop()])
    again = fitted(compiled(), 4, callbacks=[st.callbacks.BackupAndRestore(tmp_path / "backup")])
    for one, other in zip(whole, again, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_loss_that_is_no_number_ends_the_training_before_its_update() -> None:
    model = compiled()
    before = model.get_weights()
    model.compile("adam", lambda y, p: st.reduce_mean(st.math.log(p - 1e9)), engine="xla")
    with pytest.raises(st.errors.NumericalError, match="NaN"):
        fitted(model, 1)
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_many_short_epochs_run_in_one_call() -> None:
    ours, others = (fitted(compiled(engine), 25) for engine in ("xla", "cpu"))
    for one, other in zip(ours, others, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_methods_of_the_whole_set_train() -> None:
    model = compiled(optimizer=st.optimizers.LBFGS())
    before = model.evaluate(X, Y, verbose=0)
    fitted(model, 8)
    assert model.evaluate(X, Y, verbose=0) < 0.2 * before


def test_batches_of_a_data_set_and_single_batches_train() -> None:
    model = compiled()
    data = st.data.Dataset.from_tensor_slices((X, Y)).batch(16)
    losses = model.fit(data, epochs=2, verbose=0).history["loss"]
    assert losses[1] < losses[0]
    first = [model.train_on_batch(X[:10], Y[:10]) for _ in range(2)]
    assert np.isfinite(first).all()


def test_a_file_of_a_model_has_what_the_device_has(tmp_path: Path) -> None:
    model = compiled()
    fitted(model, 1)
    model.save(tmp_path / "model.safetensors")
    loaded = st.models.load_model(tmp_path / "model.safetensors")
    np.testing.assert_allclose(
        loaded.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-5, atol=1e-6
    )

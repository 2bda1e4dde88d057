"""A compiled model in a file: optimizer, its state, loss and metrics; it continues bit by bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest import layers
from steepest.errors import TrainingWarning, UnknownNameError
from steepest.optimizers.optimizer import OPTIMIZERS

RNG = np.random.default_rng(0)
X = RNG.normal(0.0, 1.0, (40, 3)).astype("float32")
Y = X @ np.float32([[1.0, 0.0], [0.5, -1.0], [0.0, 2.0]])


def network() -> st.Model:
    return st.Sequential([
        layers.Dense(6, "tanh", input_shape=(3,)),
        layers.Dropout(0.2),
        layers.BatchNormalization(),
        layers.Dense(2),
    ])


def fit(model: st.Model, epochs: int, **options: Any) -> list[float]:
    history = model.fit(X, Y, epochs=epochs, batch_size=8, verbose=0, **options)
    return history.history["loss"]


def weights_of(model: st.Model) -> list[bytes]:
    return [w.numpy().tobytes() for w in (*model.variables, *model.optimizer.variables)]


def continues(model: st.Model, path: Path, **options: Any) -> None:
    """The model of the file trains on with the bits of the one that was saved."""
    model.save(path)
    again = st.load_model(path)
    assert again.compiled and weights_of(again) == weights_of(model)
    losses = [fit(each, 2, seed=5, **options) for each in (model, again)]
    assert losses[0] == losses[1] and weights_of(again) == weights_of(model)
    assert again.evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)


NAMES = sorted(
    {OPTIMIZERS.find(name).__name__ for name in OPTIMIZERS.names()}
    - {"Optimizer", "MultiOptimizer"}
)


@pytest.mark.parametrize("name", NAMES)
def test_each_optimizer_continues_from_a_file(name: str, tmp_path: Path) -> None:
    model = network()
    if OPTIMIZERS.find(name).full_batch:
        model = st.Sequential([layers.Dense(3, "tanh", input_shape=(3,)), layers.Dense(2)])
    model.compile(name.lower(), "mse", metrics=["mae"])
    fit(model, 2, seed=1)
    continues(model, tmp_path / "m.safetensors")


def test_options_of_the_optimizer_are_in_the_file(tmp_path: Path) -> None:
    model = network()
    optimizer = st.optimizers.AdamW(
        st.schedules.ExponentialDecay(0.01, 10, 0.9), beta_1=st.schedules.PowerDecay(0.9, 0.1),
        clipnorm=1.0, use_ema=True, gradient_accumulation_steps=2, rate_factors={"bias": 0.5},
    )  # fmt: skip
    model.compile(optimizer, st.losses.Huber(0.5), metrics=["mae", st.metrics.CosineSimilarity()])
    fit(model, 2, seed=1)
    continues(model, tmp_path / "m.safetensors")
    again = st.load_model(tmp_path / "m.safetensors")
    assert again.optimizer.get_config() == optimizer.get_config()
    assert again.objectives.given["loss"].delta == 0.5


def test_the_random_state_is_in_the_file(tmp_path: Path) -> None:
    """Without a seed for `fit`, dropout continues where the saved model stood."""
    model = network()
    model.compile("sgd", "mse")
    fit(model, 1, seed=1)
    model.save(tmp_path / "m.safetensors")
    again = st.load_model(tmp_path / "m.safetensors")
    losses = [each.train_on_batch(X, Y) for each in (model, again)]
    assert losses[0] == losses[1]


def test_what_was_frozen_after_training_has_its_slots(tmp_path: Path) -> None:
    model = network()
    model.compile("adam", "mse")
    fit(model, 1, seed=1)
    model.layers[0].trainable = False
    continues(model, tmp_path / "m.safetensors")


def test_several_outputs_have_their_losses_and_metrics(tmp_path: Path) -> None:
    x = st.Input((3,), name="x")
    ends = [layers.Dense(1, name=name)(x) for name in ("a", "b")]
    model = st.Model(x, ends)
    model.compile(
        "adam", {"a": "mse", "b": st.losses.MeanAbsoluteError()},
        metrics={"a": [st.metrics.MeanSquaredError("square"), "mae"], "b": "mae"},
        loss_weights={"a": 1.0, "b": 0.5}, weighted_metrics={"b": ["mse"]},
    )  # fmt: skip
    targets = [Y[:, :1], Y[:, 1:]]
    model.fit(X, targets, epochs=1, seed=0, verbose=0)
    names = model.metrics_names
    model.save(tmp_path / "m.safetensors")
    again = st.load_model(tmp_path / "m.safetensors")
    found = again.evaluate(X, targets, verbose=0, return_dict=True)
    assert found == model.evaluate(X, targets, verbose=0, return_dict=True)
    assert again.metrics_names == names


def test_a_model_that_was_never_trained_is_compiled_too(tmp_path: Path) -> None:
    model = network()
    model.compile("adam", "mse")
    model.save(tmp_path / "m.safetensors")
    again = st.load_model(tmp_path / "m.safetensors")
    assert again.optimizer.iterations.item() == 0 and again.evaluate(X, Y, verbose=0) >= 0.0


def test_the_compiled_parts_can_be_left_out(tmp_path: Path) -> None:
    model = network()
    model.compile("adam", "mse")
    fit(model, 1)
    model.save(tmp_path / "m.safetensors")
    assert not st.load_model(tmp_path / "m.safetensors", compile=False).compiled
    model.save(tmp_path / "small.safetensors", include_optimizer=False)
    assert not st.load_model(tmp_path / "small.safetensors").compiled
    sizes = [(tmp_path / f"{name}.safetensors").stat().st_size for name in ("m", "small")]
    assert sizes[0] > sizes[1]


def test_the_weights_of_a_whole_model_can_be_loaded_alone(tmp_path: Path) -> None:
    model = network()
    model.compile("adam", "mse")
    fit(model, 1)
    model.save(tmp_path / "m.safetensors")
    other = network()
    other.load_weights(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(other(X).numpy(), model(X).numpy())


def own_loss(y_true: st.Tensor, y_pred: st.Tensor) -> st.Tensor:
    return st.reduce_mean(abs(y_true - y_pred) ** 1.5, axis=-1)


def test_a_loss_of_ones_own_is_asked_for_by_name(tmp_path: Path) -> None:
    model = network()
    model.compile("adam", own_loss, metrics=[own_loss])
    fit(model, 1)
    model.save(tmp_path / "m.safetensors")
    with pytest.raises(UnknownNameError, match=r"'own_loss'.*custom_objects=.*compile=False"):
        st.load_model(tmp_path / "m.safetensors")
    assert not st.load_model(tmp_path / "m.safetensors", compile=False).compiled
    again = st.load_model(tmp_path / "m.safetensors", {"own_loss": own_loss})
    assert again.evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)


def test_a_loss_without_a_name_is_left_out_with_a_warning(tmp_path: Path) -> None:
    model = network()
    model.compile("adam", lambda y_true, y_pred: abs(y_true - y_pred))
    fit(model, 1)
    with pytest.warns(TrainingWarning, match="saved without its optimizer, loss and metrics"):
        model.save(tmp_path / "m.safetensors")
    assert not st.load_model(tmp_path / "m.safetensors").compiled


@st.register_serializable
class TwoRates(st.Model):
    """A model whose `compile` takes other arguments, as that of a GAN does."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = layers.Dense(1)

    def call(self, x: st.Tensor) -> st.Tensor:
        return self.dense(x)

    def compile(self, first: float, second: float) -> None:
        super().compile(st.optimizers.SGD(first * second), "mse")
        self.rates = first, second


@st.register_serializable
class StoredRates(TwoRates):
    def get_compile_config(self) -> dict[str, Any]:
        return {"first": self.rates[0], "second": self.rates[1]}


@pytest.mark.parametrize("kind", [TwoRates, StoredRates])
def test_a_compile_of_ones_own_describes_itself(kind: type[TwoRates], tmp_path: Path) -> None:
    model = kind()
    model.compile(0.5, 0.25)
    model.fit(X, Y[:, :1], verbose=0)
    model.save(tmp_path / "m.safetensors")
    again = st.load_model(tmp_path / "m.safetensors")
    assert again.compiled == (kind is StoredRates)
    if again.compiled:
        assert weights_of(again) == weights_of(model)


def test_a_state_of_another_size_is_refused(tmp_path: Path) -> None:
    from steepest.storage import read_tensors, write_tensors

    model = network()
    model.compile(st.optimizers.LBFGS(memory=2), "mse")
    model.build((None, 3))
    model.save(tmp_path / "m.safetensors")
    arrays, note = read_tensors(tmp_path / "m.safetensors")
    note["compile"]["optimizer"]["config"]["memory"] = 10**12
    note["trained"] = [0, 1]
    write_tensors(tmp_path / "m.safetensors", arrays, note)
    with pytest.raises(st.errors.DataError, match="asks for a weight 'moves'"):
        st.load_model(tmp_path / "m.safetensors")


def test_metrics_variables_are_those_of_the_metrics() -> None:
    model = network()
    assert not model.compiled
    model.compile("adam", "mse", metrics=[st.metrics.MeanSquaredError("square")])
    fit(model, 1)
    assert model.compiled and len(model.metrics_variables) == 4

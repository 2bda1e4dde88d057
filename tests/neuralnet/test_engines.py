"""Models on any engine and any number of threads: the same bits, wherever the weights live."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.engines.cpu.run import code
from steepest.engines.table import ENGINES
from steepest.errors import ArgumentError
from tests.engines.device import COPIES, DeviceEngine

X = np.random.default_rng(0).standard_normal((60, 5)).astype(np.float32)
Y = (X[:, 0] * X[:, 1] > 0).astype(np.float32)[:, None]


@pytest.fixture(autouse=True)
def device(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that keeps weights in memory of its own is in the table."""
    monkeypatch.setitem(ENGINES, "device", DeviceEngine)
    COPIES.clear()


def network(engine: str, threads: int | None = None, optimizer: str = "adam") -> Any:
    st.random.set_seed(1)
    model = st.Sequential([
        st.layers.Dense(8, "relu", input_shape=(5,)),
        st.layers.BatchNormalization(),
        st.layers.Dropout(0.2),
        st.layers.Dense(1, "sigmoid"),
    ])
    model.compile(optimizer, "binary_crossentropy", ["accuracy"], engine=engine, threads=threads)
    return model


def bits(model: Any) -> list[bytes]:
    return [weight.tobytes() for weight in model.get_weights()]


def trained(model: Any, **options: Any) -> list[Any]:
    """All that a training leaves behind, with callbacks that read and write weights."""
    best = st.callbacks.EarlyStopping(monitor="loss", patience=1, restore_best_weights=True)
    history = model.fit(X, Y, batch_size=16, callbacks=[best], verbose=0, **options).history
    return [history, model.evaluate(X, Y, verbose=0), model.predict(X).tobytes(), bits(model)]


@pytest.mark.parametrize("options", [
    {"epochs": 3, "validation_split": 0.25}, {"epochs": 40}, {"epochs": 2, "shuffle": False},
])  # fmt: skip
def test_weights_on_a_device_train_as_those_in_memory(options: dict[str, Any]) -> None:
    assert trained(network("device"), **options) == trained(network("numpy"), **options)


def test_many_epochs_run_without_a_copy_to_and_fro() -> None:
    model = network("device")
    model.fit(X, Y, batch_size=16, epochs=30, verbose=0)
    assert COPIES["to"] < 40  # variables, each of them once or twice
    assert COPIES["back"] == 0
    found, plain = bits(model), network("numpy")
    plain.fit(X, Y, batch_size=16, epochs=30, verbose=0)
    assert found == bits(plain)


def test_methods_that_see_the_whole_set_move_the_weights_on_a_device() -> None:
    def moved(engine: str) -> list[bytes]:
        st.random.set_seed(1)
        model = st.Sequential([st.layers.Dense(1, input_shape=(5,))])
        model.compile(st.optimizers.LBFGS(), "mse", engine=engine)
        model.fit(X, Y, epochs=3, verbose=0)
        return bits(model)

    assert moved("device") == moved("numpy")


def test_a_model_on_a_device_is_saved_with_what_it_learned(tmp_path: Path) -> None:
    model = network("device")
    model.fit(X, Y, epochs=2, verbose=0)
    model.save(tmp_path / "model.safetensors")
    again = st.load_model(tmp_path / "model.safetensors")
    assert bits(again) == bits(model)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_all_calls_of_a_model_use_the_threads_it_was_compiled_with(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code, "_WORTH_A_THREAD", 1)
    used, real = set[int](), code.Code.launch

    def noted(self: code.Code, memory: Any, *stop: Any) -> int:
        used.add(memory.offsets.workers)
        return real(self, memory, *stop)

    monkeypatch.setattr(code.Code, "launch", noted)
    model = network("cpu", threads)
    found = trained(model, epochs=2, validation_split=0.25)
    model.predictor()(X)
    assert used == {threads}
    monkeypatch.undo()
    assert found == trained(network("cpu"), epochs=2, validation_split=0.25)


@pytest.mark.parametrize("threads", [0, -1, True, 1.5, "2"])
def test_a_number_of_threads_is_whole_and_positive(threads: Any) -> None:
    with pytest.raises(ArgumentError, match=r"compile: threads: a whole number from 1"):
        network("cpu", threads)

"""Which calls compile: each structure of program is compiled once."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.engines.cpu.machine import jit

Compiled = list[int]


@pytest.fixture(autouse=True)
def empty_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No code of other tests in memory or on disk, and no programs of theirs."""
    from steepest.engines import choose

    monkeypatch.setenv("STEEPEST_CACHE", str(tmp_path))
    monkeypatch.setattr(choose, "_programs", type(choose._programs)())
    jit.forget()
    yield
    jit.forget()


def loaded() -> int:
    """The number of modules compiled or read from disk so far."""
    counts = jit.compilations()
    return counts["compiled"] + counts["from_disk"]


def table(rows: int = 50, columns: int = 4) -> tuple[np.ndarray, np.ndarray]:
    x = np.random.default_rng(7).standard_normal((rows, columns)).astype("float32")
    return x, (x.sum(axis=1) > 0).astype("int64")


def network(units: int = 5, optimizer: Any = None) -> Any:
    model = st.Sequential([
        st.layers.Dense(units, "tanh", input_shape=(4,)),
        st.layers.Dropout(0.1),
        st.layers.Dense(1, "sigmoid"),
    ])
    optimizer = optimizer or st.optimizers.Adam(0.01)
    model.compile(optimizer, "binary_crossentropy", ["accuracy"], engine="cpu")
    return model


def compiled() -> Any:
    """A network whose programs are compiled: it has been trained, evaluated and used once."""
    model, (x, y) = network(), table()
    before = loaded()
    model.fit(x, y, batch_size=16, verbose=0, validation_data=(x, y))
    assert loaded() > before
    model.predict(x, verbose=0)
    model.predict_on_batch(x)
    return model


def test_a_second_fit_compiles_nothing() -> None:
    model = compiled()
    before = loaded()
    model.fit(*table(), batch_size=16, epochs=3, verbose=0)
    assert loaded() == before


@pytest.mark.parametrize("batch", [1, 7, 32, 1000])
def test_another_size_of_batch_compiles_nothing(batch: int) -> None:
    model, (x, y) = compiled(), table()
    before = loaded()
    model.fit(x, y, batch_size=batch, verbose=0)
    model.evaluate(x, y, batch_size=batch, verbose=0)
    model.predict(x, batch_size=batch, verbose=0)
    model.predict_on_batch(x[:batch])
    assert loaded() == before


def test_other_rows_compile_nothing() -> None:
    model = compiled()
    before = loaded()
    model.fit(*table(83), verbose=0)
    model.fit(*table(20), validation_split=0.2, steps_per_epoch=9, verbose=0, check=False)
    assert loaded() == before


def test_another_learning_rate_compiles_nothing() -> None:
    model = compiled()
    before = loaded()
    model.optimizer.learning_rate = 0.05
    model.fit(*table(), verbose=0)
    shrink = st.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5)
    model.fit(*table(), epochs=3, callbacks=[shrink], verbose=0)
    assert loaded() == before


def test_a_schedule_goes_on_without_compiling() -> None:
    schedule = st.schedules.ExponentialDecay(0.1, decay_steps=3, decay_rate=0.5)
    model = network(optimizer=st.optimizers.SGD(schedule))
    model.fit(*table(), verbose=0)
    before = loaded()
    model.fit(*table(), epochs=5, verbose=0)
    assert loaded() == before


def test_a_model_of_the_same_structure_compiles_nothing() -> None:
    compiled()
    before = loaded()
    st.random.set_seed(99)
    other, (x, y) = network(), table()
    other.fit(x, y, batch_size=9, verbose=0, validation_data=(x, y))
    other.predict(x, verbose=0)
    assert loaded() == before


def test_a_model_of_another_structure_compiles() -> None:
    compiled()
    before = loaded()
    network(units=6).fit(*table(), verbose=0)
    assert loaded() > before


def test_new_weights_and_another_seed_compile_nothing() -> None:
    model = compiled()
    before = loaded()
    model.set_weights([weight * 0.5 for weight in model.get_weights()])
    model.fit(*table(), seed=3, verbose=0)
    assert loaded() == before


def test_threads_compile_nothing() -> None:
    model = compiled()
    before = loaded()
    try:
        for st.config.threads in (1, 2, 8):
            model.fit(*table(), verbose=0)
    finally:
        st.config.threads = None
    assert loaded() == before


def test_a_recorded_function_compiles_once_for_a_signature() -> None:
    scale = st.Variable(2.0)
    double = st.function(
        lambda x: x * scale, input_signature=[st.TensorSpec((None, 3))], engine="cpu"
    )
    double(np.ones((4, 3), np.float32))
    before = loaded()
    for rows in (1, 4, 9):
        scale.assign(scale + 1.0)
        double(np.zeros((rows, 3), np.float32))
    assert loaded() == before


SCRIPT = textwrap.dedent("""
    import numpy as np, steepest as st
    from steepest.engines.cpu.machine import jit
    x = np.linspace(-1, 1, 200, dtype="float32").reshape(50, 4)
    model = st.Sequential([st.layers.Dense(5, "relu", input_shape=(4,)), st.layers.Dense(1)])
    model.compile("adam", "mse", ["mae"], engine="cpu")
    model.fit(x, x[:, :1], validation_split=0.2, epochs=2, verbose=0)
    model.predict(x, verbose=0)
    print(jit.compilations()["compiled"], jit.compilations()["from_disk"])
""")


def counts_of_a_process(hash_seed: int) -> tuple[int, int]:
    paths = os.pathsep.join(path for path in sys.path if path)
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": paths}
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, check=True, capture_output=True, text=True
    )
    count, from_disk = ran.stdout.split()
    return int(count), int(from_disk)


def test_another_process_compiles_nothing() -> None:
    count, _ = counts_of_a_process(1)
    assert count > 0
    assert counts_of_a_process(2) == (0, count)

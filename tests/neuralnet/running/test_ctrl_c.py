"""Ctrl-C in a batch that takes long: the batch ends, and nothing of it remains.

Each test has a process of its own, which sends itself the signal a little after machine code has
begun to compute the batch.
"""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

HEAD = """
import math, os, signal, threading, time
import numpy as np
import steepest as st
from steepest.engines.cpu.run import code

signal.signal(signal.SIGINT, signal.default_int_handler)
code.LONG_SECONDS = 0.0
UNITS = 1024
rng = np.random.default_rng(0)

def network():
    st.random.set_seed(3)
    model = st.Sequential([
        st.layers.Dense(UNITS, "relu", input_shape=(64,)), st.layers.Dropout(0.2),
        st.layers.Dense(UNITS, "relu"), st.layers.Dense(UNITS, "relu"), st.layers.Dense(1),
    ])
    model.compile("adam", "mse", ["mae"], threads=THREADS)
    return model

def table(rows):
    x = rng.standard_normal((rows, 64), np.float32)
    return x, x[:, :1]

def rows_that_take_long(run):
    "As many rows as a run takes half a second for; a run of few tells how many to try next."
    rows, seconds = 64, 0.0
    while seconds < 0.5:
        rows = 64 * math.ceil(rows / 64 * max(1.25, 0.6 / seconds)) if seconds else 64
        given = table(rows)
        for _ in range(2):
            start = time.perf_counter()
            run(given)
            seconds = time.perf_counter() - start
    return given

def press_in_next_call():
    together = code.run_together
    def pressed(*given):
        code.run_together = together
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
        return together(*given)
    code.run_together = pressed

def bits(model):
    return [v.numpy().tobytes() for v in (*model.weights, *model.optimizer.variables)]
"""


def lines_of(script: str, threads: int) -> tuple[list[str], str]:
    text = HEAD.replace("THREADS", str(threads)) + textwrap.dedent(script)
    run = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, timeout=300, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines(), run.stderr


@pytest.mark.parametrize("threads", [1, 2])
def test_fit_ends_with_the_weights_of_the_batch_before(threads: int) -> None:
    script = """
    x, y = rows_that_take_long(lambda given, tried=network(): tried.train_on_batch(*given))
    x, y, rows = np.concatenate([x] * 3), np.concatenate([y] * 3), len(x)

    class Watch(st.callbacks.Callback):
        def __init__(self, press):
            self.press, self.begun, self.after = press, 0, []
        def on_train_batch_begin(self, batch, logs=None):
            self.begun += 1
            if self.press and self.begun == 2:
                press_in_next_call()
        def on_train_batch_end(self, batch, logs=None):
            self.after.append(bits(self.model))

    def fit(model, x, y, press=False):
        watch = Watch(press)
        options = dict(batch_size=rows, shuffle=False, verbose=0, callbacks=[watch])
        return model.fit(x, y, **options), watch

    _, whole = fit(network(), x, y)
    model = network()
    history, watch = fit(model, x, y, press=True)
    print("interrupted", history.interrupted, watch.begun, len(watch.after))
    print("as before", bits(model) == whole.after[0] == watch.after[0])
    history, rest = fit(model, x[rows:], y[rows:])
    print("goes on", history.interrupted, rest.after == whole.after[1:])
    """
    lines, errors = lines_of(script, threads)
    assert lines == ["interrupted True 2 1", "as before True", "goes on False True"]
    assert "stopped by Ctrl-C in epoch 1" in errors


def test_one_batch_an_epoch_without_callbacks() -> None:
    """Many epochs may run in one engine call; the first of this one is stopped."""
    script = """
    x, y = rows_that_take_long(lambda given, tried=network(): tried.train_on_batch(*given))
    model = network()
    model.fit(x, y, batch_size=len(x), epochs=1, verbose=0)
    before = bits(model)
    press_in_next_call()
    history = model.fit(x, y, batch_size=len(x), epochs=50, verbose=0)
    print(history.interrupted, history.history, bits(model) == before)
    """
    assert lines_of(script, 2)[0] == ["True {} True"]


def test_evaluate_predict_and_functions_raise_keyboard_interrupt() -> None:
    script = """
    def interrupted(run):
        press_in_next_call()
        try:
            run()
        except KeyboardInterrupt:
            return True

    model = network()
    for name, run in {
        "evaluate": lambda given: model.evaluate(*given, batch_size=10**6, verbose=0),
        "predict": lambda given: model.predict(given[0], batch_size=10**6, verbose=0),
    }.items():
        given = rows_that_take_long(run)
        meant = run(given)
        print(name, interrupted(lambda: run(given)), np.array_equal(run(given), meant))

    count = st.Variable(0.0)
    @st.function
    def mean(x):
        count.assign_add(1.0)
        return st.reduce_mean(model(x), 0)
    given = rows_that_take_long(lambda given: mean(given[0]))
    before, meant = count.item(), mean(given[0]).tolist()
    print("function", interrupted(lambda: mean(given[0])), count.item() - before,
          mean(given[0]).tolist() == meant)
    """
    assert lines_of(script, 2)[0] == [
        "evaluate True True",
        "predict True True",
        "function True 1.0 True",
    ]


def test_ctrl_c_in_a_batch_of_the_validation() -> None:
    """The weights are those after the epoch's batches, and the history has the epoch."""
    script = """
    given = rows_that_take_long(
        lambda given, tried=network(): tried.evaluate(*given, batch_size=10**6, verbose=0)
    )
    class Press(st.callbacks.Callback):
        def on_test_begin(self, logs=None):
            press_in_next_call()
    x, y = table(32)
    plain, model = network(), network()
    for one, more in ((plain, {}), (model, dict(
        validation_data=given, validation_batch_size=10**6, callbacks=[Press()], epochs=3
    ))):
        history = one.fit(x, y, batch_size=16, seed=1, verbose=0, **more)
    print(history.interrupted, len(history.epoch), bits(model) == bits(plain))
    """
    assert lines_of(script, 2)[0] == ["True 1 True"]

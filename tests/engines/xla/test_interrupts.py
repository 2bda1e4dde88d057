"""Ctrl-C during a training on the XLA engine: it ends in good order between two runs of batches."""

from __future__ import annotations

import signal
import subprocess
import sys

SCRIPT = """
import signal
import sys

import numpy as np

import steepest as st

signal.signal(signal.SIGINT, signal.default_int_handler)
x = np.random.default_rng(0).standard_normal((200, 4)).astype(np.float32)
model = st.Sequential([st.layers.Dense(3, "tanh", input_shape=(4,)), st.layers.Dense(1)])
model.compile("adam", "mse", engine="xla")
before = model.get_weights()


class Say(st.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if epoch == 1:
            print("running", flush=True)


history = model.fit(x, x[:, :1], epochs=10**7, batch_size=20, verbose=0, callbacks=CALLBACKS)
changed = all(np.isfinite(w).all() for w in model.get_weights())
changed &= not np.array_equal(before[0], model.get_weights()[0])
print(history.interrupted, len(history.epoch) == len(history.history["loss"]) > 0, changed)
print(np.isfinite(model.evaluate(x, x[:, :1], verbose=0)))
"""


def interrupted(callbacks: str) -> tuple[list[str], str]:
    """What a training prints that gets Ctrl-C after its second epoch, or after its first line."""
    command = [sys.executable, "-W", "ignore", "-c", SCRIPT.replace("CALLBACKS", callbacks)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out.split("\n")[:2], err


def test_ctrl_c_keeps_the_weights_and_the_history() -> None:
    lines, message = interrupted("[Say()]")
    assert lines == ["True True True", "True"]
    assert "stopped by Ctrl-C" in message

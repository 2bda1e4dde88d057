"""A small training that tests run as a program: on virtual devices, and by several processes.

`python training.py` trains on virtual devices, and prints what it found as one line of JSON; under
`steepest launch` each process does so, and process 1 ends itself in the epoch that --dies names.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

import steepest as st

ROWS, EPOCHS = 30, 4


def rows() -> tuple[np.ndarray, np.ndarray]:
    """Three noisy classes."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, ROWS)
    return rng.normal(size=(ROWS, 5)).astype("float32") + labels[:, None], labels


def trained(callbacks: Any = None) -> dict[str, Any]:
    """What a training gives: losses, weights, outputs."""
    st.random.set_seed(3)
    x, y = rows()
    layers = st.layers
    model = st.Sequential([
        layers.Dense(512, "tanh", input_shape=(5,)),
        layers.BatchNormalization(),
        layers.Dropout(0.2),
        layers.Dense(3, "softmax"),
    ])
    optimizer = st.optimizers.Adam(0.01, global_clipnorm=0.1)
    model.compile(optimizer, "sparse_categorical_crossentropy", ["accuracy"], engine="xla")
    history = model.fit(
        x, y, batch_size=8, epochs=EPOCHS, seed=5, verbose=0, callbacks=callbacks, check=False
    )
    sharding = model.layers[0].kernel.owner.values.sharding
    return {
        "history": history.history,
        "weights": [weight.numpy().tolist() for weight in model.variables],
        "outputs": model.predict(x[:7], verbose=0).tolist(),
        "layout": [*getattr(sharding, "spec", ())],
    }


class Dies(st.callbacks.Callback):
    """Ends process 1, as a lack of memory does, when an epoch begins."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Ends it."""
        if epoch == self.at and st.distribution.process_id() == 1:
            os.kill(os.getpid(), 9)


def on_devices() -> list[dict[str, Any]]:
    """Trainings on four devices: batches divided by four, batches and wide weights by two."""
    st.distribute()
    found = [trained()]
    st.distribute(data=2, model=2)
    return [*found, trained()]


def in_job(folder: str, dies: int) -> list[dict[str, Any]]:
    """A training that is stored after each epoch."""
    st.distribute()
    callbacks = st.callbacks
    path = Path(folder)
    stored = callbacks.BackupAndRestore(path)
    log = callbacks.CSVLogger(path / "log.csv", append=True)
    return [trained(callbacks=[stored, log, Dies(dies)])]


if __name__ == "__main__":
    found = in_job(sys.argv[1], int(sys.argv[2])) if sys.argv[1:] else on_devices()
    st.distribution.set_distribution(None)
    if st.distribution.is_chief():
        print(json.dumps(found))

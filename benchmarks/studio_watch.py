"""What `st.studio.Watch` costs a training of small steps: fit with it and without, by turns.

`python -m benchmarks.studio_watch [--pairs 7] [--seconds 6]` prints ratios of the processor's
time, and the milliseconds that a fit of two epochs takes longer: those of beginning and end. The
bar is 1.02 for steps of 10 microseconds.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from typing import Any

import numpy as np

import steepest as st

ROWS, BATCH = 2048, 32


def network(units: int) -> Any:
    """A network whose step takes about ten microseconds on one core, by its units."""
    st.random.set_seed(0)
    model = st.Sequential([
        st.layers.Dense(units, "relu", input_shape=(16,)),
        st.layers.Dense(units, "relu"),
        st.layers.Dense(1),
    ])
    model.compile("adam", "mse")
    return model


def trained(units: int, x: Any, y: Any, epochs: int, callbacks: list[Any]) -> float:
    """Seconds of the processor of one fit; what is compiled is compiled already."""
    model = network(units)
    model.fit(x, y, batch_size=BATCH, epochs=2, verbose=0, seed=0)
    began = time.process_time()
    model.fit(x, y, batch_size=BATCH, epochs=epochs, verbose=0, seed=0, callbacks=callbacks)
    return time.process_time() - began


def main() -> None:
    """Prints a row for Watch alone, and for one with rows for activations and gradients."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--units", type=int, default=40)
    given = parser.parse_args()
    st.config.threads = 1
    x = np.random.default_rng(0).normal(size=(ROWS, 16)).astype(np.float32)
    y = x[:, 0] * x[:, 1]
    steps = ROWS // BATCH
    step = trained(given.units, x, y, 200, []) / (200 * steps)
    epochs = max(int(given.seconds / (step * steps)), 10)
    print(f"a step takes {1e6 * step:.1f} us of the processor; {epochs * steps:,} steps each")
    sample: dict[str, Any] = {"x": x[:200], "y": y[:200]}
    for name, options in (("Watch", {}), ("with x and y", sample)):
        with tempfile.TemporaryDirectory() as folder:  # imports, and what is compiled once
            trained(given.units, x, y, 2, [st.studio.Watch(folder, **options)])
        ratios, ends = [], []
        for pair in range(given.pairs):
            with tempfile.TemporaryDirectory() as folder:
                watch = st.studio.Watch(folder, **options)
                runs: list[list[Any]] = [[], [watch]] if pair % 2 else [[watch], []]
                times = {
                    bool(callbacks): trained(given.units, x, y, epochs, callbacks)
                    for callbacks in runs
                }
                short = [
                    trained(given.units, x, y, 2, each) for each in runs[:: 1 if pair % 2 else -1]
                ]
            ratios.append(times[True] / times[False])
            ends.append(1e3 * (short[1] - short[0]))
        low, middle, high = np.quantile(ratios, [0.25, 0.5, 0.75])
        quartiles = f"(quartiles {low:.4f} to {high:.4f})"
        print(f"{name:<14} ratio {middle:.4f} {quartiles}; {np.median(ends):.1f} ms")


if __name__ == "__main__":
    main()

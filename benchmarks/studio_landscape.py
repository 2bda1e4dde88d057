"""Times of the studio's landscape: a drag of the start, a rate, a beta; basins; the map.

`python -m benchmarks.studio_landscape` prints medians and 95th percentiles in milliseconds. The
bars are 4 ms for paths of 8 optimizers with 500 steps each, 300 ms for basins of 64 x 64 starts;
and, for the loss of a network 784-50-50-10 on 1,000 rows over a plane by another seed, 100 ms for
13 x 13 points and 1 s for 51 x 51. Beside them is the time of the processor, which counts where
others use the machine too.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import steepest as st
from steepest.studio.session import Session
from steepest.studio.view import Opened

RACERS = ("SGD", "SGD", "Adam", "RMSprop", "Adagrad", "Nadam", "Lion", "Adadelta")
STEPS, REPEATS = 500, 200


def paths(k: int, **moved: Any) -> dict[str, Any]:
    """The request of a drag: the start differs by `k`, or a setting that is given."""
    optimizers = [{"name": name, "options": {"learning_rate": 0.01}} for name in RACERS]
    optimizers[1]["options"] = {"learning_rate": 0.01, "momentum": 0.9}
    optimizers[2]["options"] = {"learning_rate": 0.01, **moved}
    start = [1.0 if moved else 1.0 + 0.001 * k, -0.5]
    state = {"surface": "himmelblau", "start": start, "steps": STEPS, "optimizers": optimizers}
    return {"view": "landscape", "do": "paths", "with": state}


def basins(k: int, surface: str = "himmelblau") -> dict[str, Any]:
    """The request of basins by a rate that differs by `k`."""
    optimizer = {"name": "SGD", "options": {"learning_rate": 0.005 + 0.00001 * k}}
    return {
        "view": "landscape",
        "do": "basins",
        "with": {"surface": surface, "optimizer": optimizer},
    }


def loss_map(k: int, points: int) -> dict[str, Any]:
    """The request of a map of the opened model's loss, by a seed that differs by `k`."""
    surface = {"model": {"plane": "random", "seed": k}}
    state = {"surface": surface, "points": points}
    return {"view": "landscape", "do": "map", "with": state}


def opened() -> Opened:
    """A network 784-50-50-10 and 1,000 rows."""
    random = np.random.default_rng(0)
    x = random.random((1000, 784)).astype(np.float32)
    model = st.Sequential([
        st.layers.Dense(50, "relu", input_shape=(784,)),
        st.layers.Dense(50, "relu"),
        st.layers.Dense(10, "softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy")
    return Opened(model, x, random.integers(0, 10, 1000))


ROWS: dict[str, tuple[Callable[[int], dict[str, Any]], int]] = {
    "paths, start dragged": (paths, REPEATS),
    "paths, rate dragged": (lambda k: paths(k, learning_rate=0.01 + 0.0001 * k), REPEATS),
    "paths, beta dragged": (lambda k: paths(k, beta_1=0.5 + 0.001 * k), REPEATS),
    "paths, decay dragged": (lambda k: paths(k, weight_decay=0.001 * k + 0.001), REPEATS),
    "map of 128 x 128": (
        lambda k: {"view": "landscape", "do": "map", "with": {"surface": "rastrigin"}},
        REPEATS,
    ),
    "basins of 64 x 64": (basins, 10),
    "basins of 64 x 64, rastrigin": (lambda k: basins(k, "rastrigin"), 10),
    "loss of a model, 13 x 13": (lambda k: loss_map(k, 13), 10),
    "loss of a model, 51 x 51": (lambda k: loss_map(k, 51), 5),
}


def main() -> None:
    """Prints a row for each kind of request: computing the frame, and its bytes."""
    session = Session(opened())
    print(f"{'ms, frame and bytes':<30}   median      p95  processor: median and p95")
    for name, (request, repeats) in ROWS.items():
        session.request(request(0))
        times, processor = [], []
        for k in range(1, repeats + 1):
            begin, began = time.perf_counter(), time.process_time()
            frame = session.request(request(k))
            frame.to_bytes()
            times.append(1e3 * (time.perf_counter() - begin))
            processor.append(1e3 * (time.process_time() - began))
            if frame.kind == "error":
                sys.exit(f"{name}: {frame.data['message']}")
        numbers = [
            f"{f(each):8.2f}"
            for each in (times, processor)
            for f in (np.median, lambda given: np.quantile(given, 0.95))
        ]
        print(f"{name:<30} {' '.join(numbers)}")


if __name__ == "__main__":
    main()

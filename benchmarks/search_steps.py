"""How many epochs successive halving needs to reach the best score of a random search.

Run `python -m benchmarks.search_steps [digits breast_cancer mnist] [--seeds 0 1 2]`. For each seed
a random search trains all trials for all epochs. Halving has a third of these epochs in all, and as
many trials as fit into that; its first trials have the options of the random search. The share is
that of the random search's epochs after which halving has a score that is as good; the last row of
a data set has the median over the seeds. MNIST is read from the folder that STEEPEST_DATA names,
10,000 rows of it.
"""

from __future__ import annotations

import argparse
import statistics
from typing import Any

import numpy as np

import steepest as st

TRIALS, EPOCHS = 27, 9
MOST_ROWS = 10_000
SPACE = {
    "topology": [[100], [100, 50], [250], [250, 100]],
    "algorithm": ["adam", "rmsprop", "sgd"],
    "rate": st.tune.log_uniform(1e-4, 1e-1),
    "dropout": [0.0, 0.2, 0.5],
    "batch_size": [16, 32, 64],
}
OPTIMIZERS: dict[str, Any] = {
    "adam": st.optimizers.Adam,
    "rmsprop": st.optimizers.RMSprop,
    "sgd": lambda rate: st.optimizers.SGD(rate, momentum=0.9),
}


def load(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Standardised rows and their classes."""
    (x, y), _ = getattr(st.datasets, name).load_data()
    x, y = x.reshape(len(x), -1)[:MOST_ROWS].astype(np.float32), y[:MOST_ROWS]
    deviation = x.std(axis=0)
    return (x - x.mean(axis=0)) / np.where(deviation > 0, deviation, 1), y


def search(name: str, strategy: str, trials: int, seed: int) -> st.tune.Study:
    """One search; all runs of a seed have the same validation rows."""
    x, y = load(name)
    classes = len(np.unique(y))

    def build(topology: list[int], algorithm: str, rate: float, dropout: float) -> Any:
        layers: list[Any] = []
        for units in topology:
            layers += [st.layers.Dense(units, "relu"), st.layers.Dropout(dropout)]
        model = st.Sequential([*layers, st.layers.Dense(classes, "softmax")])
        loss = "sparse_categorical_crossentropy"
        model.compile(OPTIMIZERS[algorithm](rate), loss, ["accuracy"])
        return model

    return st.tune.search(
        build, SPACE, x, y, trials=trials, strategy=strategy, epochs=EPOCHS, seed=seed, test=None,
        verbose=0, check=False,
    )  # fmt: skip


def halving_trials(most: int) -> int:
    """The most trials of successive halving that need at most so many epochs in all."""
    trials = 1
    while sum(cost for _, cost in rungs(trials + 1)) <= most:
        trials += 1
    return trials


def rungs(trials: int) -> list[tuple[int, int]]:
    """The epoch at which each rung ends, and the epochs of all trials within it."""
    ends, found, before = st.tune.Halving().rungs(EPOCHS), [], 0
    for end in ends:
        found.append((end, trials * (end - before)))
        trials, before = max(trials // 3, 1), end
    return found


def share_of_steps(random: st.tune.Study, halving: st.tune.Study) -> float:
    """The share of the random search's epochs after which halving is as good; inf if never."""
    goal, spent = random.best.score or 0.0, 0
    for end, cost in rungs(len(halving.trials)):
        spent += cost
        reached = [t.history["val_accuracy"][end - 1] for t in halving.trials if t.epochs >= end]
        if max(reached) >= goal:
            return spent / (TRIALS * EPOCHS)
    return float("inf")


def main() -> None:
    """Prints a row for each data set."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search_steps")
    parser.add_argument("data", nargs="*", default=["digits", "breast_cancer", "mnist"])
    parser.add_argument("--seeds", nargs="+", type=int, default=list(range(10)))
    chosen = parser.parse_args()
    trials = halving_trials(TRIALS * EPOCHS // 3)
    print(f"random: {TRIALS} trials of {EPOCHS} epochs; halving: {trials} trials, "
          f"{sum(cost for _, cost in rungs(trials))} epochs in all")  # fmt: skip
    for name in chosen.data:
        shares, gains = [], []
        for seed in chosen.seeds:
            random = search(name, "random", TRIALS, seed)
            halving = search(name, "halving", trials, seed)
            shares.append(share_of_steps(random, halving))
            gains.append((halving.best.score or 0.0) - (random.best.score or 0.0))
            print(
                f"{name}, seed {seed}: share {shares[-1]:.2f}, score {gains[-1]:+.4f}", flush=True
            )
        print(f"{name}: median share {statistics.median(shares):.2f}, "
              f"median score {statistics.median(gains):+.4f}")  # fmt: skip


if __name__ == "__main__":
    main()

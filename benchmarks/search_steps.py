"""How many epochs successive halving needs to reach the best score of a random search.

Run `python -m benchmarks.search_steps [digits breast_cancer mnist] [--seeds 0 1 2]`. For each seed
a random search trains 27 trials for 9 epochs each. Halving has at most a third of these epochs:

* rungs: successive halving that waits for each rung. It draws the options of the random search
  first, and some more, as it can afford them.
* asynchronous: the same without waiting (ASHA); it begins the 27 trials of the random search.
* own options: successive halving with other random numbers, so that none of its trials is one of
  the random search.

The share is that of the random search's epochs that halving has trained when one of its trials
first has a score that is as good; inf if none has. In brackets is the best score within a third of
the epochs minus that of the random search. All searches of a seed have the same training
and validation rows. The journals of the searches are in `benchmarks/results/search_steps`: a run
that was interrupted continues, and remove the folder to measure again. MNIST is read from the
folder that STEEPEST_DATA names, 5,000 rows of it.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import steepest as st

FOLDER = Path(__file__).parent / "results" / "search_steps"
TRIALS, EPOCHS = 27, 9
MOST_ROWS = 5_000
OTHER = 1_000  # added to the seed of a search with options of its own
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


def load(name: str, seed: int) -> list[Any]:
    """Standardised rows and their classes, as pairs for training and for validation."""
    (x, y), _ = getattr(st.datasets, name).load_data()
    x, y = x.reshape(len(x), -1)[:MOST_ROWS].astype(np.float32), y[:MOST_ROWS]
    deviation = x.std(axis=0)
    x = (x - x.mean(axis=0)) / np.where(deviation > 0, deviation, 1)
    return st.data.split(x, y, shares=(0.8, 0.2), stratify=True, seed=seed)


def search(rows: list[Any], strategy: Any, trials: int, seed: int, folder: Path) -> Path:
    """The journal of one search."""
    train, validation = rows
    classes = len(np.unique(train[1]))

    def build(topology: list[int], algorithm: str, rate: float, dropout: float) -> Any:
        layers: list[Any] = []
        for units in topology:
            layers += [st.layers.Dense(units, "relu"), st.layers.Dropout(dropout)]
        model = st.Sequential([*layers, st.layers.Dense(classes, "softmax")])
        loss = "sparse_categorical_crossentropy"
        model.compile(OPTIMIZERS[algorithm](rate), loss, ["accuracy"])
        return model

    st.tune.search(
        build, SPACE, *train, validation=validation, test=None, trials=trials, strategy=strategy,
        epochs=EPOCHS, seed=seed, storage=folder, verbose=0, check=False,
    )  # fmt: skip
    return folder / "study.jsonl"


def scores(journal: Path) -> Iterator[tuple[float, float]]:
    """The scores in the order in which they came, each with the share of epochs until then."""
    epochs: dict[int, int] = {}
    for line in journal.read_text().splitlines()[1:]:
        record = json.loads(line)
        epochs[record["trial"]] = record["epochs"]
        if record["score"] is not None:
            yield record["score"], sum(epochs.values()) / (TRIALS * EPOCHS)


def halving_trials(most: int) -> int:
    """The most trials of successive halving that need at most so many epochs in all."""

    def cost(trials: int) -> int:
        total, before = 0, 0
        for end in st.tune.Halving().rungs(EPOCHS):
            total += trials * (end - before)
            trials, before = max(trials // 3, 1), end
        return total

    trials = 1
    while cost(trials + 1) <= most:
        trials += 1
    return trials


def measured(name: str, seed: int) -> dict[str, tuple[float, float]]:
    """The share and the gain in the best score of each kind of halving."""
    rows, folder = load(name, seed), FOLDER / f"{name}-{seed}"
    most = halving_trials(TRIALS * EPOCHS // 3)
    asha = st.tune.Halving(asynchronous=True)
    random = search(rows, "random", TRIALS, seed, folder / "random")
    journals = {
        "rungs": search(rows, "halving", most, seed, folder / "rungs"),
        "asynchronous": search(rows, asha, TRIALS, seed, folder / "asynchronous"),
        "own options": search(rows, "halving", most, seed + OTHER, folder / "own"),
    }
    goal = max(score for score, _ in scores(random))
    found = {}
    for kind, journal in journals.items():
        reached = (share for score, share in scores(journal) if score >= goal)
        gain = max(score for score, share in scores(journal) if share <= 1 / 3) - goal
        found[kind] = next(reached, float("inf")), gain
    return found


def main() -> None:
    """Prints a line for each seed, and the medians of each data set."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search_steps")
    parser.add_argument("data", nargs="*", default=["digits", "breast_cancer", "mnist"])
    parser.add_argument("--seeds", nargs="+", type=int, default=list(range(10)))
    chosen = parser.parse_args()
    for name in chosen.data:
        rows = []
        for seed in chosen.seeds:
            rows.append(measured(name, seed))
            shown = (
                f"{kind} {share:.2f} ({gain:+.4f})" for kind, (share, gain) in rows[-1].items()
            )
            print(f"{name}, seed {seed}: {', '.join(shown)}", flush=True)
        for kind in rows[0]:
            shares, gains = zip(*(row[kind] for row in rows), strict=True)
            within = sum(share <= 1 / 3 for share in shares)
            print(
                f"{name}, {kind}: median share {statistics.median(shares):.2f}, median gain "
                f"{statistics.median(gains):+.4f}, within a third in {within} of {len(rows)} seeds"
            )


if __name__ == "__main__":
    main()

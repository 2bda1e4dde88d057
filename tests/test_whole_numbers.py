"""Whole numbers given by the user: the least and the greatest are taken, the next ones are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import steepest as st

X, Y = np.linspace(-1, 1, 12).reshape(6, 2).astype(np.float32), np.arange(6) % 2
ROWS = st.data.Dataset.range(6)
MOST_SEED = 2**32 - 1


def model() -> Any:
    made = st.Sequential([st.layers.Dense(1, "sigmoid", input_shape=(2,))])
    made.compile("sgd", "binary_crossentropy")
    return made


def fit(**options: Any) -> Any:
    return model().fit(X, Y, verbose=0, check=False, **{"epochs": 1, **options})


def layer(name: str, argument: str, **options: Any) -> Callable[[int], Any]:
    return lambda number: getattr(st.layers, name)(**{argument: number}, **options)


def pages(block: str, argument: str, *given: Any) -> Callable[[int], Any]:
    return lambda number: getattr(st.page, block)(*given, **{argument: number})


def data(method: str, *given: Any, **options: Any) -> Callable[[int], Any]:
    return lambda number: getattr(ROWS, method)(number, *given, **options)


BOUNDS: dict[str, tuple[Callable[[int], Any], int, int | None]] = {
    "Pictures size": (pages("Pictures", "size", np.zeros((1, 2, 2)), "P"), 8, 512),
    "Table rows": (pages("Table", "rows", {"a": [1]}, "T"), 1, None),
    "Table digits": (pages("Table", "digits", {"a": [1]}, "T"), 1, 17),
    "Heading level": (pages("Heading", "level", "H"), 2, 4),
    "epochs": (lambda n: fit(epochs=n), 0, None),
    "initial_epoch": (lambda n: fit(epochs=0, initial_epoch=n), 0, None),
    "batch_size": (lambda n: fit(batch_size=n), 1, None),
    "seed of fit": (lambda n: fit(seed=n), 0, None),
    "steps_per_epoch": (lambda n: fit(steps_per_epoch=n), 1, None),
    "validation_freq": (lambda n: fit(validation_data=(X, Y), validation_freq=n), 1, None),
    "evaluate steps": (lambda n: model().evaluate(X, Y, verbose=0, steps=n), 1, None),
    "compile threads": (lambda n: model().compile("sgd", "mse", threads=n), 1, None),
    "summary line_length": (lambda n: model().summary(line_length=n, print_fn=str), 1, None),
    "units": (layer("Dense", "units"), 1, None),
    "input_dim": (layer("Embedding", "input_dim", output_dim=1), 1, None),
    "output_dim": (layer("Embedding", "output_dim", input_dim=1), 1, None),
    "a size of Input": (lambda n: st.Input((n,)), 0, None),
    "CategoryEncoding": (layer("CategoryEncoding", "num_tokens"), 1, None),
    "BinaryCodes": (layer("BinaryCodes", "num_tokens"), 1, None),
    "Hashing": (layer("Hashing", "num_bins"), 1, None),
    "HashedCrossing": (layer("HashedCrossing", "num_bins"), 1, None),
    "num_oov_indices": (layer("StringLookup", "num_oov_indices"), 0, None),
    "ngrams": (lambda n: st.layers.TextVectorization(ngrams=(n,)), 1, None),
    "power_iterations": (
        lambda n: st.layers.SpectralNormalization(st.layers.Dense(1), power_iterations=n), 1, None
    ),
    "adapt steps": (
        lambda n: st.layers.StringLookup().adapt(st.data.Dataset.from_tensors(["a"]), steps=n),
        1, None,
    ),
    "Progbar target": (lambda n: st.utils.Progbar(n, verbose=0), 0, None),
    "as_string precision": (lambda n: st.strings.as_string([1.5], precision=n), -1, None),
    "Dataset.shuffle": (data("shuffle"), 1, None),
    "Dataset.take": (data("take"), -1, None),
    "Dataset.skip": (data("skip"), 0, None),
    "Dataset.shard": (data("shard", 0), 1, None),
    "Dataset.shard index": (lambda n: ROWS.shard(3, n), 0, 2),
    "Dataset.repeat": (data("repeat"), -1, None),
    "Dataset.batch": (data("batch"), 1, None),
    "Dataset.padded_batch": (data("padded_batch"), 1, None),
    "Dataset.window": (data("window"), 1, None),
    "Dataset.window shift": (lambda n: ROWS.window(2, shift=n), 1, None),
    "Dataset.window stride": (lambda n: ROWS.window(2, stride=n), 1, None),
    "Dataset.prefetch": (data("prefetch"), -1, None),
    "Dataset.interleave cycle_length": (
        lambda n: ROWS.interleave(lambda _: ROWS, cycle_length=n), 1, None
    ),
    "Dataset.interleave block_length": (
        lambda n: ROWS.interleave(lambda _: ROWS, block_length=n), 1, None
    ),
    "group_by_window": (
        lambda n: list(ROWS.group_by_window(lambda e: e % 2, lambda _, w: w.batch(2), n)), 1, None
    ),
    "pad_sequences maxlen": (lambda n: st.utils.pad_sequences([[1]], maxlen=n), 0, None),
    "to_categorical": (lambda n: st.utils.to_categorical([0], n), 1, None),
    "linspace": (lambda n: st.linspace(0.0, 1.0, n), 0, None),
    "one_hot": (lambda n: st.one_hot([0], n), 0, None),
    "top_k": (lambda n: st.math.top_k([1.0, 2.0, 3.0], n), 0, 3),
    "histogram_fixed_width": (
        lambda n: st.histogram_fixed_width([1.0], [0.0, 2.0], nbins=n), 1, None
    ),
    "NeuralNetwork epochs": (lambda n: st.classroom.NeuralNetwork(epochs=n), 0, None),
    "NeuralNetwork batch_size": (lambda n: st.classroom.NeuralNetwork(batch_size=n), 1, None),
    "Doctor every": (lambda n: st.doctor.Doctor(every=n), 1, None),
    "Recorder every": (lambda n: st.plot.Recorder(every=n), 1, None),
    "Recorder bins": (lambda n: st.plot.Recorder(bins=n), 2, None),
    "WeightPath every_steps": (lambda n: st.plot.WeightPath(every_steps=n), 1, None),
    "schedules steps": (lambda n: st.plot.schedules_data(0.1, n), 1, None),
    "histograms bins": (lambda n: st.plot.histograms_data(model(), bins=n), 2, None),
    "calibration bins": (lambda n: st.plot.calibration_data(Y, Y.astype(float), bins=n), 1, None),
    "surface points": (lambda n: st.plot.surface_data("bowl", points=n), 2, None),
    "basins points": (lambda n: st.plot.basins_data("bowl", "sgd", points=n, steps=1), 2, None),
    "paths steps": (lambda n: st.plot.paths_data("bowl", {"a": "sgd"}, steps=n), 1, None),
    "loss_plane points": (lambda n: st.plot.loss_plane_data(model(), X, Y, points=n), 2, None),
    "loss_plane rows": (
        lambda n: st.plot.loss_plane_data(model(), X, Y, points=2, rows=n), 1, None
    ),
    "boundary points": (lambda n: st.plot.boundary_data(model(), X, Y, points=n), 2, None),
    "mistakes count": (lambda n: st.plot.mistakes_data(model(), X, Y, count=n), 1, None),
    "set_random_seed": (lambda n: st.utils.set_random_seed(n), 0, MOST_SEED),
    "config.threads": (lambda n: setattr(st.config, "threads", n), 1, None),
}  # fmt: skip


@pytest.fixture(autouse=True)
def same_threads():
    yield
    st.config.threads = None


@pytest.mark.parametrize("name", BOUNDS)
def test_both_ends_of_what_is_taken(name: str) -> None:
    make, least, most = BOUNDS[name]
    for number in (least, *(() if most is None else (most,))):
        make(number)
    for number in (least - 1, *(() if most is None else (most + 1,))):
        with pytest.raises(st.errors.SteepestError, match=str(number)):
            make(number)

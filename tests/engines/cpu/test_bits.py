"""Trainings give the same bits for any number of threads, any runs of batches, and when repeated.

test_threads.py tests single programs; here models are fitted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.engines.cpu.engine import CpuProgram
from steepest.engines.cpu.run import code
from steepest.neuralnet.batch_count import BatchCount
from tests.agreement.test_storage import sparse_rows
from tests.engines.cpu.test_bounds import network

ROWS = 384


@pytest.fixture
def threads() -> Iterator[Callable[[int | None], None]]:
    yield lambda count: setattr(st.config, "threads", count)
    st.config.threads = None


@pytest.fixture
def teams(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of threads of runs that had several; every run is large enough for threads."""
    sizes: list[int] = []
    together = code.run_together
    monkeypatch.setattr(code, "_WORTH_A_THREAD", 1)

    def counted(entry: Any, shared: tuple[int, ...], workers: int, *stop: Any) -> int:
        sizes.append(workers)
        return together(entry, shared, workers, *stop)

    monkeypatch.setattr(code, "run_together", counted)
    return sizes


def table(width: int = 60) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    x = rng.standard_normal((ROWS, width)).astype("float32")
    return x, (x @ rng.standard_normal((width, 4))).argmax(axis=1)


def plain() -> list[Any]:
    return [st.layers.Dense(150, "relu"), st.layers.Dense(70, "tanh")]


def noisy() -> list[Any]:
    return [st.layers.Dense(150, "relu"), st.layers.Dropout(0.3), st.layers.Dense(70, "gelu")]


def normalised() -> list[Any]:
    """Batch statistics: sums over the rows of all threads."""
    return [st.layers.Dense(150), st.layers.BatchNormalization(), st.layers.Dense(70, "relu")]


def fitted(layers: Callable[[], list[Any]], x: Any, y: Any, **options: Any) -> list[bytes]:
    """The weights and the losses after two epochs."""
    st.random.set_seed(5)
    model = st.Sequential([*layers(), st.layers.Dense(4, "softmax")])
    optimizer = st.optimizers.Adam(0.01, **options)
    model.compile(optimizer, "sparse_categorical_crossentropy", ["accuracy"], engine="cpu")
    history = model.fit(x, y, batch_size=64, epochs=2, validation_split=0.2, verbose=0)
    arrays = [*model.get_weights(), *(np.array(v) for v in history.history.values())]
    return [array.tobytes() for array in arrays]


@pytest.mark.parametrize("layers", [plain, noisy, normalised])
def test_threads_change_no_bit(layers: Callable, threads: Callable, teams: list[int]) -> None:
    threads(1)
    alone = fitted(layers, *table())
    assert not teams
    for count in (2, 3, 8):
        threads(count)
        assert fitted(layers, *table()) == alone, count
    assert set(teams) == {2, 3, 8}


def test_threads_change_no_bit_of_a_clipped_training(threads: Callable, teams: list[int]) -> None:
    """The norm of all gradients is one sum over all of them."""
    threads(1)
    alone = fitted(plain, *table(), global_clipnorm=0.5)
    threads(3)
    assert fitted(plain, *table(), global_clipnorm=0.5) == alone
    assert 3 in teams


@pytest.mark.parametrize("stored", ["bytes", "ones", "sparse"])
def test_threads_change_no_bit_for_any_storage_of_rows(
    stored: str, threads: Callable, teams: list[int]
) -> None:
    x: Any = sparse_rows(ROWS, 60, stored == "ones")
    if stored == "bytes":
        x = np.random.default_rng(2).integers(0, 256, (ROWS, 60)).astype(np.uint8)
    threads(1)
    alone = fitted(plain, x, table()[1])
    threads(3)
    assert fitted(plain, x, table()[1]) == alone
    assert 3 in teams


@pytest.mark.parametrize("layers", [plain, noisy])
def test_the_length_of_runs_changes_no_bit(
    layers: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = fitted(layers, *table())
    for longest in (1, 2, 1000):
        monkeypatch.setattr(BatchCount, "next", lambda self, left, n=longest: min(n, left))
        assert fitted(layers, *table()) == whole, longest


def test_the_length_of_runs_changes_no_bit_of_sparse_rows_beside_fetched_labels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every other label of a mapped file is not read in place: each run copies its rows."""
    np.save(tmp_path / "labels.npy", np.repeat(table()[1], 2))
    labels = np.load(tmp_path / "labels.npy", mmap_mode="r")[::2]
    results = []
    for longest in (1, 3, 1000):
        monkeypatch.setattr(BatchCount, "next", lambda self, left, n=longest: min(n, left))
        results.append(fitted(plain, sparse_rows(ROWS, 60, False), labels))
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize("cuts", [[1], [2, 3], [5], [1, 2, 3, 4, 5]])
def test_an_order_may_be_cut_between_any_two_batches(cuts: list[int]) -> None:
    from steepest.data.columns import DenseColumn

    graph, state = network((60, 150, 4))
    program = CpuProgram(graph)
    columns = [DenseColumn(array) for array in table()]
    order = np.random.default_rng(4).permutation(ROWS)

    def after(pieces: list[np.ndarray]) -> list[bytes]:
        held = [np.array(array) for array in state]
        done = [program.run(held, columns, piece, 64).batches for piece in pieces]
        assert sum(done) == ROWS // 64
        return [array.tobytes() for array in held]

    assert after(np.split(order, [64 * cut for cut in cuts])) == after([order])


def test_repeated_trainings_have_the_same_bits(threads: Callable) -> None:
    first = fitted(noisy, *table())
    assert fitted(noisy, *table()) == first
    threads(2)
    assert [fitted(noisy, *table()) == first for _ in range(4)] == [True] * 4


def test_other_data_give_other_bits() -> None:
    """The comparisons above can fail: bits do change where something changes."""
    x, y = table()
    assert fitted(noisy, x, y) != fitted(noisy, x[::-1].copy(), y[::-1].copy())


def test_predictions_do_not_depend_on_threads_or_batches(
    threads: Callable, teams: list[int]
) -> None:
    x, _ = table()
    model = st.Sequential([*plain(), st.layers.Dense(4, "softmax")])
    threads(1)
    alone = model.predict(x, batch_size=ROWS, verbose=0)
    for count, batch in ((3, ROWS), (8, ROWS), (2, 100), (1, 7), (1, 1)):
        threads(count)
        assert np.array_equal(model.predict(x, batch_size=batch, verbose=0), alone), (count, batch)

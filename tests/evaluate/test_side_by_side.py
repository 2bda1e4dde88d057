"""How many trainings advance at once, and with how many threads, by the size of their networks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.engines.cores import most_threads, note_working_set
from steepest.evaluate import side_by_side
from steepest.evaluate.side_by_side import SideBySide

X = np.random.default_rng(0).standard_normal((60, 4)).astype(np.float32)
Y = X[:, :1]


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side, "_last_cache", lambda: 2**20)


class Jobs:
    """Jobs of given sizes, which note who is active and how many threads they may use."""

    def __init__(self, sizes: list[int], threads: list[int]) -> None:
        self.threads, self.active = threads, list[tuple[int, ...]]()
        self._lock, self._now = threading.Lock(), set[int]()
        self.jobs = [self._job(number, size) for number, size in enumerate(sizes)]

    def _job(self, number: int, size: int) -> Iterator[int]:
        note_working_set(size)
        with self._lock:
            self._now.add(number)
            self.active.append(tuple(sorted(self._now)))
        self.threads.append(most_threads(4))
        yield number
        with self._lock:
            self._now.remove(number)


def most_at_once(sizes: list[int], **options: Any) -> tuple[int, list[int], str]:
    jobs = Jobs(sizes, [])
    pool = SideBySide(len(sizes), cores=4, are_trainings=True, **options)
    ends = [piece.job for piece in pool.pieces(jobs.jobs) if piece.is_over]
    assert sorted(ends) == list(range(len(sizes)))
    return max(map(len, jobs.active)), jobs.threads, str(pool)


SMALL, HALF, LARGE = 2**10, 2**19, 2**22


def test_small_ones_have_a_core_each() -> None:
    most, threads, text = most_at_once([SMALL] * 8)
    assert most <= 4 and set(threads[:5]) == {1} and text == "4 at a time, 1 thread each"


@pytest.mark.parametrize(
    ("size", "most", "words"),
    [
        (HALF, 2, "2 at a time, 2 threads each: more do not fit into the cache of 1 MB"),
        (LARGE, 1, "1 at a time, 4 threads each: more do not fit into the cache of 1 MB"),
    ],
)
def test_large_ones_are_fewer_with_more_threads(size: int, most: int, words: str) -> None:
    found, threads, text = most_at_once([size] * 5)
    assert found <= most and text == words
    assert set(threads[:3]) == {4 // most} and set(threads) <= {4 // most, 4}  # the last has all


def test_the_number_follows_the_sizes() -> None:
    assert most_at_once([LARGE, LARGE, SMALL, SMALL, SMALL, SMALL, SMALL])[2] == (
        "1 to 4 at a time, 4 threads to 1 thread each: for some networks more do not fit into the "
        "cache of 1 MB"
    )


def test_a_number_that_is_given_counts() -> None:
    assert most_at_once([LARGE] * 6, workers=3)[2] == "3 at a time, 1 thread each"


def test_jobs_of_unknown_size_do_not_wait() -> None:
    def job() -> Iterator[None]:
        barrier.wait(timeout=10)
        yield None

    barrier = threading.Barrier(3)
    pool = SideBySide(3, cores=3)
    assert all(piece.error is None for piece in pool.pieces([job() for _ in range(3)]))


def test_a_first_training_that_fails_lets_the_others_begin() -> None:
    def failing() -> Iterator[None]:
        raise ValueError("no network")
        yield

    jobs = Jobs([SMALL] * 3, [])
    pool = SideBySide(4, cores=4, are_trainings=True)
    errors = [piece.error for piece in pool.pieces([failing(), *jobs.jobs]) if piece.is_over]
    assert sum(error is not None for error in errors) == 1 and len(errors) == 4


def test_the_rest_is_not_begun_when_the_pieces_are_left() -> None:
    jobs = Jobs([LARGE] * 3, [])
    pieces = SideBySide(3, cores=2, are_trainings=True).pieces(jobs.jobs)
    next(pieces)
    pieces.close()
    assert jobs.active == [(0,)]


def test_networks_that_do_not_fit_into_the_cache_are_trained_in_turn(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def build() -> Any:
        model = st.Sequential([st.layers.Dense(100, input_shape=(4,)), st.layers.Dense(1)])
        model.compile("adam", "mse")
        return model

    def trained() -> tuple[list[Any], str]:
        each = [{"seed": seed} for seed in range(3)]
        runs = st.together(build, X, Y, each=each, epochs=2).fit(verbose=2)
        weights = [weight.tobytes() for model in runs.models for weight in model.get_weights()]
        return weights, str(runs)

    monkeypatch.setattr(st.config, "threads", 2)
    weights, text = trained()
    assert text == "3 runs, 2 at a time, 1 thread each"
    # 601 weights, each with a gradient and two averages.
    monkeypatch.setattr(side_by_side, "_last_cache", lambda: 601 * 4 * 4)
    again, text = trained()
    assert again == weights
    assert text.startswith("3 runs, 1 at a time, 2 threads each: more do not fit")
    assert text in capsys.readouterr().out

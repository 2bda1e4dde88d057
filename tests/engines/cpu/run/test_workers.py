"""Workers: each runs the code once with its own number; without threads the caller runs it."""

from __future__ import annotations

import os
import threading

import pytest

from steepest.engines.cpu.run import workers as file
from steepest.engines.cpu.run.workers import bind_to_core, run_together

SHARED = (100, 200, 300)


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_each_worker_has_a_number_and_the_first_one_answers(workers: int) -> None:
    calls: list[tuple[int, ...]] = []

    def entry(*given: int) -> int:
        calls.append(given)
        return 10 + given[0]

    assert run_together(entry, SHARED, workers) == 10
    assert sorted(calls) == [(number, workers, *SHARED) for number in range(workers)]


def test_without_threads_the_caller_is_the_only_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    calls: list[tuple[int, ...]] = []

    def entry(*given: int) -> int:
        calls.append(given)
        return 7

    monkeypatch.setattr(file.threading.Thread, "start", refuse)
    assert run_together(entry, SHARED, 3) == 7
    assert calls == [(0, 1, *SHARED)]


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system binds no threads")
def test_a_worker_is_bound_to_the_core_of_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    bound: list[tuple[int, set[int]]] = []
    monkeypatch.setattr(os, "sched_getaffinity", lambda thread: {7, 2, 5})
    monkeypatch.setattr(os, "sched_setaffinity", lambda *given: bound.append(given))
    for number in range(3):
        bind_to_core(number, 3)
    assert bound == [(0, {2}), (0, {5}), (0, {7})]
    for workers in (1, 2, 4):
        bind_to_core(0, workers)
    assert len(bound) == 3


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system binds no threads")
def test_where_binding_is_forbidden_workers_run_unbound(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*given: object) -> None:
        raise PermissionError("not permitted")

    monkeypatch.setattr(os, "sched_getaffinity", lambda thread: {0, 1})
    monkeypatch.setattr(os, "sched_setaffinity", forbidden)
    assert run_together(lambda number, *rest: number + 4, SHARED, 2) == 4

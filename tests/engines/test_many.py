"""Many jobs on a pool of workers: the same bits, separate errors, an orderly end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.data.columns import DenseColumn
from steepest.engines.bound import Bound
from steepest.engines.choose import bind
from steepest.engines.cpu.run import code
from steepest.engines.many import Piece, advance, run_all
from steepest.errors import ArgumentError
from steepest.program.trace import record

ROWS = np.random.default_rng(0).standard_normal((40, 6)).astype(np.float32)


def training(rate: float) -> Bound:
    """A network with dropout that learns to reproduce its inputs."""
    network = [st.Variable(st.random.normal(shape) * 0.3) for shape in ((6, 9), (9, 6))]
    masks = st.random.Generator()

    def step(x: st.Tensor) -> st.Tensor:
        with st.GradientTape() as tape:
            retained = st.cast(masks.bernoulli((9,), 0.8), "float32")
            loss = st.reduce_mean((st.nn.relu(x @ network[0]) * retained @ network[1] - x) ** 2)
        gradients = tape.gradient(loss, network)
        for variable, gradient in zip(network, gradients, strict=True):
            variable.assign_sub(rate * gradient)
        return loss

    return bind(record(step, [st.TensorSpec((None, 6))]), engine="cpu")


def pieces_of(bound: Bound, count: int = 6) -> Iterator[bytes]:
    """A training in pieces of one epoch; the losses of each."""
    for epoch in range(count):
        order = np.random.default_rng(epoch).permutation(len(ROWS))
        yield bound.run([DenseColumn(ROWS)], order, 8, threads=1).outputs[0].tobytes()
    return [variable.numpy().tobytes() for variable in bound.recording.variables]


def made_at_work(rate: float) -> Iterator[bytes]:
    """The same, with weights drawn while other jobs run."""
    return (yield from pieces_of(training(rate)))


def counted(steps: int, log: list[str], name: str) -> Iterator[int]:
    try:
        for step in range(steps):
            log.append(f"{name}{step}")
            yield step
    finally:
        log.append(f"{name} closed")


@pytest.mark.parametrize(
    ("in_turn", "wanted"),
    [(False, "a0 a1 a2 aclosed b0 b1 bclosed"), (True, "a0 b0 a1 b1 a2 bclosed aclosed")],
)
def test_jobs_one_after_another_or_in_turn(in_turn: bool, wanted: str) -> None:
    log: list[str] = []
    jobs = [counted(3, log, "a"), counted(2, log, "b")]
    found = list(advance(jobs, workers=1, in_turn=in_turn))
    assert [entry.replace(" ", "") for entry in log] == wanted.split()
    assert [piece.value for piece in found if piece.job == 0] == [0, 1, 2, None]
    assert [piece.is_over for piece in found if piece.job == 1] == [False, False, True]


@pytest.mark.parametrize("in_turn", [False, True])
@pytest.mark.parametrize("make", [made_at_work, lambda rate: pieces_of(training(rate))])
def test_no_bit_depends_on_the_number_of_workers(make: Any, in_turn: bool) -> None:
    def found(workers: int) -> list[tuple[int, Any]]:
        st.random.set_seed(3)
        jobs = [make(rate) for rate in (0.1, 0.2, 0.3, 0.1, 0.05)]
        pieces = list(advance(jobs, workers, in_turn))
        drawn = -1, st.random.uniform(()).item()
        return [*sorted((p.job, p.value) for p in pieces if not p.is_over), drawn] + [
            (p.job, p.value) for p in sorted(pieces, key=lambda p: p.job) if p.is_over
        ]

    alone = found(1)
    assert len({str(value) for job, value in alone[-5:]}) == 5  # each job its own numbers
    for workers in (2, 3, 8):
        assert found(workers) == alone, workers


def test_models_are_fitted_side_by_side() -> None:
    def fitted(units: int) -> Iterator[float]:
        model = st.Sequential([
            st.layers.Dense(units, "relu", input_shape=(6,)),
            st.layers.Dropout(0.3),
            st.layers.Dense(6),
        ])
        model.compile("adam", "mse", engine="cpu", threads=1)
        for epoch in range(1, 4):
            options = {"initial_epoch": epoch - 1, "epochs": epoch, "verbose": 0}
            yield model.fit(ROWS, ROWS, validation_split=0.2, **options).history["loss"]
        return [weights.tobytes() for weights in model.get_weights()]

    def found(workers: int) -> list[Any]:
        st.random.set_seed(5)
        return [piece.value for piece in run_all(map(fitted, (3, 4, 3, 5)), workers)]

    alone = found(1)
    assert found(2) == found(4) == alone and alone[0] != alone[2]


def test_so_many_jobs_are_under_way_and_each_on_one_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(code, "_WORTH_A_THREAD", 1)
    used, real = set[int](), code.Code.launch

    def noted(self: code.Code, memory: Any, *stop: Any) -> int:
        used.add(memory.offsets.workers)
        return real(self, memory, *stop)

    monkeypatch.setattr(code.Code, "launch", noted)
    both, here = threading.Barrier(2, timeout=20), set[int]()

    def job(bound: Bound) -> Iterator[bytes]:
        for _ in range(3):
            both.wait()  # fails unless two jobs run
            here.add(threading.get_ident())
            yield bound.run([DenseColumn(ROWS)], np.arange(40), 8, threads=1).outputs[0].tobytes()

    last = run_all([job(training(0.1)) for _ in range(4)], workers=2)
    assert [piece.error for piece in last] == [None] * 4
    assert used == {1} and len(here) == 2


def test_an_error_ends_its_job_alone_and_says_which() -> None:
    def fails() -> Iterator[int]:
        yield 1
        raise ValueError("rate too high")

    log: list[str] = []
    last = run_all([counted(3, log, "a"), fails(), counted(2, log, "b")], workers=2)
    assert [piece.job for piece in last] == [0, 1, 2]
    assert [type(piece.error) for piece in last] == [type(None), ValueError, type(None)]
    assert last[1].error.__notes__ == ["in job 1"]
    assert {"a2", "b1"} <= set(log)


def test_a_job_can_be_ended_by_who_reads_its_pieces() -> None:
    log: list[str] = []
    jobs = [counted(100, log, name) for name in "ab"]
    for piece in advance(jobs, workers=2):
        if piece.job == 0 and piece.value == 2:
            jobs[0].close()
    assert "a2" in log and "a3" not in log and "b99" in log


def test_who_stops_reading_ends_all_jobs() -> None:
    log: list[str] = []
    before = threading.active_count()
    jobs = [counted(100, log, name) for name in "abc"]  # held, so that nothing else closes them
    pieces = advance(jobs, workers=2)
    assert all(isinstance(next(pieces), Piece) for _ in range(5))
    pieces.close()
    begun = {entry[0] for entry in log}
    assert {f"{name} closed" for name in begun} == {entry for entry in log if "closed" in entry}
    assert "c" not in begun and len(log) < 12 and threading.active_count() == before


def test_ctrl_c_ends_all_jobs_after_the_pieces_at_work() -> None:
    log: list[str] = []
    bounds = [training(0.1), training(0.2)]

    def interrupting(bound: Bound) -> Iterator[bytes]:
        try:
            for place, piece in enumerate(pieces_of(bound, 10_000)):
                if place == 5:
                    signal.raise_signal(signal.SIGINT)
                yield piece
        finally:
            log.append(f"closed after {place}")

    jobs = [interrupting(bounds[0]), pieces_of(bounds[1], 10_000)]
    with pytest.raises(KeyboardInterrupt):
        list(advance(jobs, workers=2))
    assert log == ["closed after 5"]
    assert all(np.isfinite(v.numpy()).all() for b in bounds for v in b.recording.variables)


@pytest.mark.parametrize("workers", [0, -1, True, 1.5])
def test_a_number_of_workers_is_whole_and_positive(workers: Any) -> None:
    with pytest.raises(ArgumentError, match="advance: workers: a whole number from 1"):
        advance([], workers)
    assert list(advance([])) == []

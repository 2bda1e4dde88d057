"""st.together: each run is that of the model alone; runs end, stop and fail by themselves."""

from __future__ import annotations

import os
import signal
import threading
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.engines import derived_cache
from steepest.engines.cpu.machine import jit
from steepest.engines.cpu.run.code import Code
from steepest.engines.digest import digest
from steepest.errors import ArgumentError, DataError, TrainingDiverged, TrainingWarning
from steepest.functions import generators

RNG = np.random.default_rng(0)
X = RNG.standard_normal((90, 5))
Y = (X.sum(axis=1) > 0).astype(float)


def build(
    units: int = 4, optimizer: Any = "adam", dropout: float = 0.0, **options: Any
) -> st.Model:
    layers = [st.layers.Dense(units, "tanh", **options), st.layers.BatchNormalization()]
    layers += [st.layers.Dropout(dropout)] if dropout else []
    model = st.Sequential([*layers, st.layers.Dense(1, "sigmoid")])
    model.compile(optimizer, "binary_crossentropy", ["accuracy"])
    return model


def maker(*arguments: Any, **options: Any) -> Callable[[], st.Model]:
    return lambda: build(*arguments, **options)


def made_optimizer(make: Callable[[], Any], **options: Any) -> Callable[[], st.Model]:
    return lambda: build(optimizer=make(), **options)


def early() -> list[Any]:
    return [st.callbacks.EarlyStopping("val_loss", patience=1, restore_best_weights=True)]


MIX: list[tuple[Callable[[], st.Model], dict[str, Any]]] = [
    (maker(3), {"epochs": 4}),
    (maker(4, "sgd", 0.3, input_shape=(5,)), {"epochs": 25, "batch_size": 90}),
    (made_optimizer(lambda: st.optimizers.SGD(0.2, momentum=0.9)), {"epochs": 3, "batch_size": 7}),
    (maker(4, "rmsprop", 0.5), {"epochs": 30, "validation_split": 0.3}),
    (made_optimizer(lambda: st.optimizers.Adam(0.1)), {"epochs": 40, "validation_split": 0.4}),
    (maker(3, "nadam", kernel_regularizer="l2"), {"epochs": 3, "class_weight": {0: 1, 1: 3}}),
    (made_optimizer(lambda: st.optimizers.LBFGS()), {"epochs": 3}),
    (
        made_optimizer(lambda: st.optimizers.SGD(st.schedules.ExponentialDecay(0.1, 5, 0.5))),
        {"epochs": 3, "validation_data": (X[:20], Y[:20]), "shuffle": False},
    ),
]
EARLY = 4  # the run that stops early


def outcome(model: Any, history: Any) -> Any:
    return [weights.tobytes() for weights in model.get_weights()], history.history


def alone(make: Callable[[], st.Model], seed: int, **options: Any) -> Any:
    with generators.seeded(seed):
        model = make()
    return outcome(model, model.fit(X, Y, seed=seed, verbose=0, **options))


def options_of(index: int) -> dict[str, Any]:
    own = dict(MIX[index][1])
    return own | ({"callbacks": early()} if index == EARLY else {})


@pytest.fixture(scope="module")
def alone_each() -> list[Any]:
    return [alone(make, seed, **options_of(seed)) for seed, (make, _) in enumerate(MIX)]


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("by_events", [False, True])
def test_each_run_is_that_of_its_model_alone(
    workers: int, by_events: bool, alone_each: list[Any]
) -> None:
    each = [{**options_of(seed), "seed": seed} for seed in range(len(MIX))]
    runs = st.together([make for make, _ in MIX], X, Y, each=each, workers=workers)
    if by_events:
        assert len(list(runs.events())) > len(MIX)
    else:
        runs.fit(verbose=0)
    assert [run.state for run in runs] == [
        "stopped" if index == EARLY else "complete" for index in range(len(MIX))
    ]
    assert len(runs[EARLY].history.epoch) < 40
    for run, wanted in zip(runs, alone_each, strict=True):
        assert outcome(run.model, run.history) == wanted, run.index


def test_models_that_exist_are_trained_as_by_fit() -> None:
    def made() -> list[st.Model]:
        st.random.set_seed(4)
        return [build(units, dropout=0.2, input_shape=(5,)) for units in (3, 5)]

    side_by_side, one_by_one = made(), made()
    runs = st.together(side_by_side, X, Y, epochs=3, seed=7).fit(verbose=0)
    assert runs.models == side_by_side and [run.seed for run in runs] == [7, 7]
    for model, run in zip(one_by_one, runs, strict=True):
        assert outcome(model, model.fit(X, Y, epochs=3, seed=7, verbose=0)) == outcome(
            run.model, run.model.history
        )


def test_drawn_seeds_follow_from_the_default_seed_and_are_shown() -> None:
    def found(workers: int) -> list[Any]:
        st.random.set_seed(5)
        make = maker(3, dropout=0.5, input_shape=(5,))
        runs = st.together([make] * 3, X, Y, workers=workers).fit(verbose=0)
        return [(run.seed, outcome(run.model, run.history)) for run in runs]

    first = found(1)
    assert found(3) == first and len({seed for seed, _ in first}) == 3
    assert alone(maker(3, dropout=0.5, input_shape=(5,)), first[1][0]) == first[1][1]


def test_names_of_layers_do_not_depend_on_other_runs() -> None:
    runs = st.together([maker(3)] * 6, X, Y, workers=3).fit(verbose=0)
    names = [[layer.name for layer in run.model.layers] for run in runs]
    assert names == [["dense", "batch_normalization", "dense_1"]] * 6


def test_many_small_runs_on_more_threads_than_cores() -> None:
    count = 60
    makes = [MIX[i % 4][0] for i in range(count)]
    each = [{"seed": i % 8, "epochs": 2, "batch_size": 30 + i % 4} for i in range(count)]
    runs = st.together(makes, X, Y, each=each, workers=8).fit(verbose=0)
    assert {run.state for run in runs} == {"complete"}
    for index in range(8, count):  # every eighth is the same
        assert outcome(runs[index].model, runs[index].history) == outcome(
            runs[index % 8].model, runs[index % 8].history
        )
    for index in range(0, 8, 3):
        assert alone(makes[index], **each[index]) == outcome(runs[index].model, runs[index].history)


# ---------------------------------------------------------------- sharing


def test_data_are_not_copied_for_each_run() -> None:
    x = RNG.standard_normal((20_000, 50))  # 8 MB, of which float32 takes 4 MB
    y = x[:, :1].copy()

    def network() -> st.Model:
        model = st.Sequential([st.layers.Dense(1)])
        model.compile("sgd", "mse")
        return model

    options: Any = {"epochs": 2, "batch_size": 1000, "check": False, "workers": 3}
    st.together([network], x[:10], y[:10], **options).fit(verbose=0)

    def peak(count: int) -> int:
        validation = (x, y)
        runs = st.together([network] * count, x, y, validation_data=validation, **options)
        tracemalloc.start()
        runs.fit(verbose=0)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    once = peak(1)
    assert 4 << 20 < once < 8 << 20
    assert peak(12) < once + (4 << 20)


def test_runs_on_the_same_data_read_it_once_to_pack_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A later fit reads all numbers again, so that it sees what was changed meanwhile."""
    table = np.zeros((800, 400), np.float32)
    table[::3, ::7] = 1.5
    targets, read = table[:, 0] > 0, list[Any]()

    def seen(*arrays: np.ndarray) -> bytes:
        read.extend(array for array in arrays if array.shape == table.shape)
        return digest(*arrays)

    monkeypatch.setattr(derived_cache, "digest", seen)
    each = [{"seed": seed} for seed in range(4)]
    runs = st.together(build, table, targets, each=each, epochs=2, batch_size=100)
    runs.fit(verbose=0)
    assert len(read) == 1
    with generators.seeded(3):
        model = build()
    history = model.fit(table, targets, seed=3, epochs=2, batch_size=100, verbose=0)
    assert len(read) == 2
    assert outcome(runs[3].model, runs[3].history) == outcome(model, history)


def test_equal_networks_are_compiled_once_whatever_their_numbers() -> None:
    makes = [
        made_optimizer(lambda rate=rate: st.optimizers.SGD(rate, momentum=0.9), units=7)
        for rate in (0.1, 0.01, 0.3)
    ]
    st.together(makes[:1], X, Y, seed=1, epochs=2, workers=1).fit(verbose=0)
    before = jit.compilations()
    st.together(makes, X, Y, epochs=2, workers=2).fit(verbose=0)
    assert (jit.compilations() - before)["compiled"] == 0


def test_the_last_runs_use_the_cores_of_those_that_have_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    used: list[int] = []
    real = Code.workers
    monkeypatch.setattr(Code, "useful_workers", lambda self, batch: 8)

    def noted(self: Code, batch: int, threads: int | None = None) -> int:
        used.append(real(self, batch, threads))
        return used[-1]

    monkeypatch.setattr(Code, "workers", noted)
    monkeypatch.setattr("steepest.evaluate.side_by_side.usable_cores", lambda: 2)
    monkeypatch.setattr(st.config, "threads", None)
    runs = st.together([maker(3)] * 2, X, Y, each=[{"epochs": 1}, {"epochs": 40}])
    assert str(runs) == "2 runs, 2 at a time, 1 thread each"
    for run, event in runs.events():
        if run.index == 1 and isinstance(event, st.events.EpochDone) and event.epoch == 30:
            assert runs[0].is_over
            used.clear()
    assert set(used) == {min(2, os.cpu_count() or 1)}


# ---------------------------------------------------------------- ends


def test_a_run_is_stopped_from_outside() -> None:
    runs = st.together([maker(3)] * 4, X, Y, epochs=6, workers=2)
    runs.stop(3, "not needed")
    for run, event in runs.events():
        if isinstance(event, st.events.EpochDone) and event.epoch == 1 and run.index < 2:
            if run.index == 0:
                run.stop("too slow")
            else:
                runs.stop(1, "no better")
    assert [run.reason for run in runs] == ["too slow", "no better", "complete", "not needed"]
    assert [run.state for run in runs] == ["stopped", "stopped", "complete", "stopped"]
    assert [run.history and len(run.history.epoch) for run in runs] == [2, 2, 6, None]
    assert "2 stopped" not in repr(runs) and "3 stopped" in repr(runs)


def test_who_stops_reading_keeps_what_is_done() -> None:
    runs = st.together([maker(3)] * 3, X, Y, epochs=4, workers=1)
    for run, event in runs.events():
        if run.index == 1 and isinstance(event, st.events.EpochDone):
            break
    runs.events().close()  # type: ignore[attr-defined] # a generator, typed as an iterator
    assert [run.state for run in runs] == ["complete", "stopped", "waiting"]
    assert runs[1].model.predict(X[:2], verbose=0).shape == (2, 1)


def test_ctrl_c_keeps_what_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    class Pressing(st.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if epoch == 2:
                main = threading.main_thread().ident
                assert main is not None
                signal.pthread_kill(main, signal.SIGINT)

    each = [{}, {"callbacks": [Pressing()], "epochs": 100_000}, {}]
    runs = st.together([maker(3)] * 3, X, Y, each=each, workers=1).fit(verbose=2)
    assert [run.state for run in runs] == ["complete", "stopped", "stopped"]
    assert [run.reason for run in runs] == ["complete", "Ctrl-C", "Ctrl-C"]
    assert runs[1].history.interrupted and runs[2].model is None
    printed = capsys.readouterr()
    assert "run 1: Ctrl-C" in printed.out
    assert "stopped by Ctrl-C: 1 of 3 runs are complete" in printed.err


def test_a_failed_run_does_not_end_the_others() -> None:
    makes = [maker(3), maker(3), lambda: 5]
    each: Any = [{}, {"x": np.full_like(X, np.nan)}, {}]
    runs = st.together(makes, X, Y, each=each)
    with pytest.warns(TrainingWarning, match=r"2 of 3 runs failed, run 1 first \(DataError: x ho"):
        runs.fit(verbose=0)
    assert [run.state for run in runs] == ["complete", "failed", "failed"]
    assert isinstance(runs[1].error, DataError) and "returned int" in str(runs[2].error)
    assert "run 1: failed, DataError: x holds nan" in repr(runs)
    events = [(run.index, event) for run, event in st.together(makes, X, Y, each=each).events()]
    assert (1, st.events.Stopped("failed", {})) in events
    with pytest.raises(DataError, match="x holds nan"):
        st.together(makes, X, Y, each=each).fit(verbose=0, raise_errors=True)
    with pytest.raises(DataError, match="x holds nan"):
        st.together(makes[:2], np.full_like(X, np.nan), Y).fit(verbose=0)


def test_a_diverged_run_keeps_its_history() -> None:
    def wild() -> st.Model:
        model = st.Sequential([st.layers.Dense(1, input_shape=(5,))])
        model.compile(st.optimizers.SGD(1e9), "mse")
        return model

    runs = st.together([wild, maker(3)], X, Y, epochs=9, batch_size=90, check=False)
    with pytest.warns(TrainingWarning, match="1 of 2 runs failed"):
        runs.fit(verbose=0)
    assert isinstance(runs[0].error, TrainingDiverged) and runs[0].history.epoch


def test_equal_warnings_are_given_once_at_the_line_of_the_caller() -> None:
    x = X * [1, 1, 1, 1, 1e6]
    with pytest.warns(TrainingWarning) as caught:
        st.together([maker(3)] * 3, x, Y, epochs=1).fit(verbose=0)
    assert len(caught) == 1 and caught[0].filename == __file__


def test_callbacks_for_all_runs_are_copied() -> None:
    given = st.callbacks.EarlyStopping("loss", patience=0, min_delta=1.0)
    runs = st.together([maker(3)] * 3, X, Y, epochs=9, callbacks=[given]).fit(verbose=0)
    assert [len(run.history.epoch) for run in runs] == [2, 2, 2]
    assert len({id(run.callbacks[0]) for run in runs} - {id(given)}) == 3


# ---------------------------------------------------------------- wrong arguments

SHARED = build(input_shape=(5,))
OPTIMIZER = st.optimizers.Adam()
CALLBACK = st.callbacks.TerminateOnNaN()


@pytest.mark.parametrize(
    ("models", "options", "message"),
    [
        ([], {}, "no model was given"),
        (["adam"], {}, r"models\[0\]: a model or a function that returns one was expected, got"),
        ([maker()] * 2, {"each": [{}]}, "options for 1 runs, and there are 2 models"),
        ([maker()], {"epoch": 3}, "no argument 'epoch': did you mean 'epochs'"),
        ([maker()], {"each": [{"sede": 3}]}, "no argument 'sede': did you mean 'seed'"),
        ([maker()], {"verbose": 0}, r"verbose belongs to fit"),
        ([maker()], {"epochs": -1}, "epochs: a whole number from 0"),
        ([maker()], {"workers": 0}, "workers: a whole number from 1"),
        ([maker()], {"every": "day"}, "no frequency of events is called 'day'"),
        ([maker()] * 2, {"x": iter([]), "y": None}, "yields its batches once, and 2 runs"),
        (
            [maker()] * 2,
            {"each": [{"callbacks": CALLBACK}, {"callbacks": [CALLBACK]}]},
            "2 runs have the same TerminateOnNaN object",
        ),
    ],
)
def test_wrong_arguments(models: Any, options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        st.together(models, **{"x": X, "y": Y, **options})


@pytest.mark.parametrize("makes", [[SHARED] * 2, [maker(optimizer=OPTIMIZER)] * 2])
def test_no_two_runs_change_one_object(makes: Any) -> None:
    with pytest.raises(ArgumentError, match=r"runs . and . have the same (Sequential|Adam) object"):
        st.together(makes, X, Y).fit(verbose=0, raise_errors=True)


def test_runs_begin_once() -> None:
    runs = st.together(maker(3), X, Y, epochs=1).fit(verbose=0)
    with pytest.raises(ArgumentError, match="the runs have begun"):
        runs.fit()
    with pytest.raises(ArgumentError, match="a reason was expected"):
        runs[0].stop("")

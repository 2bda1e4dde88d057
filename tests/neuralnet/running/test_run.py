"""Runs: which events come, that their consumer may stop, pause and interleave them."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.events import BatchesDone, EpochDone, EpochsDone, Event, Found, Stopped

RNG = np.random.default_rng(7)
X = RNG.standard_normal((60, 4)).astype("float32")
Y = (X.sum(axis=1) > 0).astype("float32")


def network(seed: int = 11, optimizer: Any = "adam", **options: Any) -> Any:
    st.random.set_seed(seed)
    model = st.Sequential([
        st.layers.Dense(5, "tanh", input_shape=(4,)),
        st.layers.Dropout(0.2),
        st.layers.Dense(1, "sigmoid"),
    ])
    model.compile(optimizer, "mse", ["mae"], **options)
    return model


def bits(model: Any) -> list[bytes]:
    return [weight.tobytes() for weight in model.get_weights()]


def names(events: Iterator[Event]) -> list[str]:
    """The events' types; runs of equal ones, as engine calls come, count once."""
    found: list[str] = []
    for event in events:
        name = type(event).__name__
        if isinstance(event, BatchesDone):
            name += f" {event.task}"
        if found[-1:] != [name]:
            found.append(name)
    return found


# ---------------------------------------------------------------- which events come


def test_a_training_with_validation() -> None:
    run = network().training(X, Y, epochs=2, validation_data=(X, Y), validation_freq=2)
    assert names(run.events()) == [
        "Began", "EpochBegan", "BatchesDone train", "EpochDone",
        "EpochBegan", "BatchesDone train", "Began", "BatchesDone validate", "Validated",
        "EpochDone", "Stopped",
    ]  # fmt: skip


def test_an_evaluation_and_a_prediction() -> None:
    model = network()
    run = model.evaluation(X, Y)
    assert names(run.events()) == ["Began", "BatchesDone evaluate", "Stopped"]
    assert run.result == model.evaluate(X, Y, verbose=0, return_dict=True)
    run = model.prediction(X, batch_size=7)
    assert names(run.events()) == ["Began", "BatchesDone predict", "Stopped"]
    assert np.array_equal(run.result, model.predict(X, verbose=0))


def test_what_the_events_say() -> None:
    run = network().training(X, Y, epochs=3, initial_epoch=1, batch_size=20, every="batch")
    events = list(run.events())
    assert repr(events[0]) == "Began(task='train', batches=3, epochs=3, first_epoch=1)"
    assert [event.done for event in events if isinstance(event, BatchesDone)] == [1, 2, 3] * 2
    assert [event.batch for event in events if hasattr(event, "batch")] == [0, 1, 2] * 2
    done = [event for event in events if isinstance(event, EpochDone)]
    assert [event.epoch for event in done] == [1, 2]
    assert events[-1] == Stopped("complete", done[-1].logs)


def test_outputs_come_batch_by_batch() -> None:
    model = network()
    events = model.prediction(X, batch_size=25, every="batch").events()
    parts = [event.logs["outputs"] for event in events if isinstance(event, BatchesDone)]
    assert [len(part) for part in parts] == [25, 25, 10]
    assert np.array_equal(np.concatenate(parts), model.predict(X, verbose=0))


def test_logs_are_those_at_the_time_of_the_event() -> None:
    run, early = network().training(X, Y, batch_size=20, every="batch", seed=1), []
    for event in run.events():
        if isinstance(event, BatchesDone):
            early.append(event)
            last = event.logs
        if isinstance(event, EpochDone):
            assert event.logs == last
    with pytest.raises(st.errors.SteepestError, match=r"read event\.logs before the next event"):
        _ = early[0].logs


# ---------------------------------------------------------------- by hand, in turn, with pauses


@pytest.mark.parametrize("engine", ["numpy", "auto"])
@pytest.mark.parametrize("every", ["batch", "epoch", "call"])
def test_by_hand_the_same_bits_as_fit(engine: str, every: Any) -> None:
    options: Any = {"epochs": 25, "batch_size": 8, "seed": 3}
    if every != "call":
        options |= {"epochs": 3, "validation_split": 0.2}
    fitted, stepped = network(engine=engine), network(engine=engine)
    history = fitted.fit(X, Y, verbose=0, **options).history
    events, logs = stepped.training(X, Y, every=every, **options).events(), []
    while not isinstance(event := next(events), Stopped):
        logs += epochs_of(event)
    assert bits(fitted) == bits(stepped)
    assert {name: [one.logs[name] for one in logs] for name in logs[0].logs} == history


def epochs_of(event: Event) -> list[EpochDone]:
    """The ends of epochs that an event reports."""
    if isinstance(event, EpochsDone):
        return list(event.each())
    return [event] if isinstance(event, EpochDone) else []


@pytest.mark.parametrize("every", ["batch", "epoch", "call"])
def test_two_runs_in_turn_give_the_bits_of_each_alone(every: Any) -> None:
    def started(seed: int) -> Any:
        return network(seed).training(X, Y, epochs=25, batch_size=16, seed=seed, every=every)

    alone: list[list[EpochDone]] = []
    weights = []
    for run in map(started, (1, 2)):
        alone.append([end for event in run.events() for end in epochs_of(event)])
        weights.append(bits(run.model))
    runs = [started(1), started(2)]
    together: list[list[EpochDone]] = [[], []]
    for pair in zip_longest(*(run.events() for run in runs)):
        for ends, event in zip(together, pair, strict=True):
            ends += [] if event is None else epochs_of(event)
    assert together == alone
    assert [bits(run.model) for run in runs] == weights


@pytest.mark.parametrize("every", ["batch", "call"])
def test_a_paused_run_goes_on_where_it_was(every: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also if the model is evaluated meanwhile, which uses the same metrics."""
    monkeypatch.setattr("steepest.neuralnet.batch_count.GROWTH", 1)  # calls of one batch
    whole, paused = network(), network()
    options: Any = {"epochs": 20, "batch_size": 16, "seed": 5, "every": every}
    wanted = [end for e in whole.training(X, Y, **options).events() for end in epochs_of(e)]
    run, ends = paused.training(X, Y, **options), []
    for event in run.events():
        if isinstance(event, BatchesDone) and event.done == 2:
            break
    paused.evaluate(X[:10], Y[:10], verbose=0)
    for event in run.events():
        ends += epochs_of(event)
        if ends and len(ends) < 3:
            paused.evaluate(X[:10], Y[:10], verbose=0)
    assert ends == wanted
    assert bits(paused) == bits(whole)


def test_a_callback_may_evaluate_in_the_middle_of_an_epoch() -> None:
    class Evaluate(st.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.model.evaluate(X[:10], Y[:10], verbose=0)

    histories = [
        network().fit(X, Y, epochs=2, batch_size=16, seed=5, callbacks=given, verbose=0).history
        for given in ([], [Evaluate()])
    ]
    assert histories[0] == histories[1]


# ---------------------------------------------------------------- the ends of a run


def test_a_consumer_stops_with_a_reason() -> None:
    run = network().training(X, Y, epochs=50)
    for event in run.events():
        if isinstance(event, EpochDone) and event.epoch == 2:
            run.stop("no better than the others")
    assert isinstance(event, Stopped) and event.reason == "no better than the others"
    assert run.epoch == 2 and int(run.model.optimizer.iterations.item()) == 6


def test_a_stop_within_an_epoch_runs_no_more_batches_and_reports_no_epoch() -> None:
    run = network().training(X, Y, epochs=5, batch_size=10, every="batch", validation_data=(X, Y))
    found = []
    for event in run.events():
        found.append(event)
        if isinstance(event, BatchesDone) and event.done == 4:
            run.stop("late")
    assert found[-1] == Stopped("late", {}) and isinstance(found[-2], BatchesDone)
    assert int(run.model.optimizer.iterations.item()) == 4


def test_stop_training_ends_the_epoch_and_validates_it_as_in_keras() -> None:
    run = network().training(X, Y, epochs=5, batch_size=10, every="batch", validation_data=(X, Y))
    for event in run.events():
        if isinstance(event, BatchesDone) and event.done == 4:
            run.model.stop_training = True
        if isinstance(event, EpochDone):
            assert set(event.logs) == {"loss", "mae", "val_loss", "val_mae"}
    assert isinstance(event, Stopped) and event.reason == "stop_training" and run.epoch == 0
    assert int(run.model.optimizer.iterations.item()) == 4


def test_a_stop_before_the_first_batch() -> None:
    for run in (network().training(X, Y), network().evaluation(X, Y), network().prediction(X)):
        events = run.events()
        next(events)
        run.stop("not needed")
        assert list(events) == [Stopped("not needed", {})]


@pytest.mark.parametrize("every", ["epoch", "call"])
def test_a_diverging_run_reports_it_and_raises_nothing(every: Any) -> None:
    model = st.Sequential([st.layers.Dense(1, kernel_initializer="ones", input_shape=(4,))])
    model.compile(st.optimizers.SGD(1e3), "mse")
    events = list(model.training(X, Y, epochs=30, check=False, every=every).events())
    *_, found, stopped = events
    assert isinstance(found, Found) and "learning rate 1000 is too high" in str(found.finding)
    assert isinstance(stopped, Stopped) and stopped.reason == "diverged"
    ends = [end for event in events for end in epochs_of(event)]
    assert ends and f"in epoch {len(ends) + 1}, step" in str(found.finding)
    assert np.isfinite([end.logs["loss"] for end in ends]).all()


def test_advice_comes_before_the_end() -> None:
    model = st.Sequential([st.layers.Dense(1, input_shape=(4,))])
    model.compile(st.optimizers.SGD(1e-6), "mse")
    events = list(model.training(X, Y, epochs=8, check=False).events())
    assert isinstance(events[-2], Found) and "is too small" in str(events[-2].finding)


# ---------------------------------------------------------------- ways to go through an epoch


def test_joined_epochs_are_reported_like_single_ones() -> None:
    joined, single = ([], [])
    for found, every in ((joined, "call"), (single, "epoch")):
        run = network().training(X, Y, epochs=40, batch_size=16, seed=1, every=every)
        events = list(run.events())
        found += [end for event in events for end in epochs_of(event)]
        assert any(isinstance(event, EpochsDone) for event in events) == (every == "call")
        assert events[-1] == Stopped("complete", found[-1].logs)
    assert joined == single
    assert [end.epoch for end in joined] == list(range(40))


def test_a_method_of_whole_batches_gives_the_same_kinds_of_events() -> None:
    model = network(optimizer=st.optimizers.LBFGS())
    run = model.training(X, Y, epochs=3, validation_data=(X, Y), seed=1)
    events, kinds = list(run.events()), names(iter(run.events()))
    assert kinds == []  # the events of a run come once
    assert names(iter(events))[:7] == [
        "Began", "EpochBegan", "BatchesDone train",
        "Began", "BatchesDone validate", "Validated", "EpochDone",
    ]  # fmt: skip
    twin = network(optimizer=st.optimizers.LBFGS())
    history = twin.fit(X, Y, epochs=3, validation_data=(X, Y), seed=1, verbose=0).history
    losses = [event.logs["val_loss"] for event in events if isinstance(event, EpochDone)]
    assert losses == history["val_loss"] and bits(model) == bits(twin)


# ---------------------------------------------------------------- wrong arguments


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: m.training(X, Y, epoch=3), "no argument 'epoch': did you mean 'epochs'"),
        (lambda m: m.training(X, Y, every="step"), "no frequency of events is called 'step'"),
        (lambda m: m.training(X, Y, verbose=0), "no argument 'verbose'"),
        (lambda m: m.training(X, Y).stop(""), "a reason was expected"),
        (lambda m: m.training(X, Y, validation_data=(X[:, :2], Y)), "validation data: layer"),
    ],
)
def test_wrong_arguments_are_errors_at_the_call(call: Any, message: str) -> None:
    with pytest.raises(st.errors.SteepestError) as caught:
        call(network())
    assert message in "\n".join([str(caught.value), *getattr(caught.value, "__notes__", [])])


@pytest.mark.parametrize("every", ["batch", "epoch", "call"])
def test_a_run_holds_its_data_no_longer_than_it_lasts(every: Any) -> None:
    """No cycle keeps the columns in memory until the garbage collector runs."""
    share = 0.0 if every == "call" else 0.2  # joined epochs have no validation between them
    gc.disable()
    try:
        run = network().training(X, Y, epochs=20, validation_split=share, every=every)
        data = weakref.ref(run.feed)
        list(run.events())
        del run
        assert data() is None
    finally:
        gc.enable()

"""Many networks of one shape as one program: their results are those of each alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.engines.xla import bound as xla_bound
from steepest.engines.xla import columns as on_device
from steepest.engines.xla.transfer import StackedCopy
from steepest.functions import generators

X = np.random.default_rng(0).standard_normal((60, 4)).astype(np.float32)
Y = (X[:, :1] > 0).astype(np.float32)
NEAR = 1e-5
"""How far weights may be from those of the run alone: sums are added in another order."""


def maker(rate: float = 0.01, units: int = 5, drop: float = 0.1, penalty: float = 1e-3) -> Any:
    def build() -> st.Model:
        model = st.Sequential([
            st.layers.Dense(units, "tanh", kernel_regularizer=st.regularizers.L2(penalty)),
            st.layers.Dropout(drop),
            st.layers.Dense(1, "sigmoid"),
        ])
        model.compile(st.optimizers.Adam(rate), "binary_crossentropy")
        return model

    return build


def alone(build: Callable[[], Any], seed: int, **options: Any) -> Any:
    with generators.seeded(seed):
        model = build()
    model._engine = "xla"
    model.fit(X, Y, seed=seed, batch_size=16, verbose=0, **options)
    return model


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many runs each common call had."""
    found, run_calls = list[int](), xla_bound.run_calls

    def counted(calls: Any) -> Any:
        done = run_calls(calls)
        found.extend([] if done is None else [len(calls)])
        return done

    monkeypatch.setattr(xla_bound, "run_calls", counted)
    return found


def check_equal(run: Any, model: Any) -> None:
    for one, other in zip(run.model.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=NEAR, atol=NEAR)
    mine, wanted = run.history.history, model.history.history
    assert mine.keys() == wanted.keys()
    for name, values in wanted.items():
        assert mine[name] == pytest.approx(values, rel=NEAR), name


def test_runs_that_differ_in_numbers_run_as_one_program(groups: list[int]) -> None:
    makes = [maker(), maker(rate=0.1, drop=0.5), maker(penalty=0.1)]
    each = [{"seed": 0}, {"seed": 1, "epochs": 1}, {"seed": 2}]
    options = {"epochs": 3, "validation_data": (X[:20], Y[:20])}
    runs = st.together(makes, X, Y, each=each, batch_size=16, engine="xla", **options)
    seen = [(run.index, type(event).__name__) for run, event in runs.events()]
    assert seen.count((1, "EpochDone")) == 1 and seen.count((2, "EpochDone")) == 3
    assert set(groups) == {2, 3}
    assert [run.state for run in runs] == ["complete"] * 3
    for run, make, own in zip(runs, makes, each, strict=True):
        check_equal(run, alone(make, **{**options, **own}))


def test_a_run_that_diverges_or_fails_ends_alone(groups: list[int]) -> None:
    def broken() -> Any:
        raise RuntimeError("no model")

    def infinite() -> Any:
        model = maker(rate=0.02)()
        model.build((None, 4))
        model.layers[0].kernel.assign(np.full((4, 5), np.nan, np.float32))
        return model

    makes = [maker(), infinite, broken, maker(rate=0.1)]
    runs = st.together(
        makes, X, Y, epochs=2, batch_size=16, engine="xla", each=[{"seed": n} for n in range(4)]
    )
    with pytest.warns(UserWarning):
        runs.fit(verbose=0)
    assert [run.reason for run in runs] == ["complete", "failed", "failed", "complete"]
    assert isinstance(runs[1].error, st.errors.NumericalError) and max(groups) == 3
    for number in (0, 3):
        check_equal(runs[number], alone(makes[number], number, epochs=2))


def test_networks_of_other_shapes_and_other_data_run_beside_them(groups: list[int]) -> None:
    makes = [maker(), maker(units=3), maker(rate=0.1), maker()]
    each = [{"seed": n} for n in range(3)] + [{"seed": 3, "x": X + 1, "y": Y}]
    runs = st.together(makes, X, Y, epochs=2, batch_size=16, each=each, engine="xla").fit(verbose=0)
    assert set(groups) == {2}
    for number in range(3):
        check_equal(runs[number], alone(makes[number], number, epochs=2))


def test_a_run_is_stopped_from_outside_and_the_others_go_on() -> None:
    make = maker()
    runs = st.together(
        [make, make], X, Y, epochs=4, batch_size=16, each=[{"seed": 0}, {"seed": 1}], engine="xla"
    )
    for run, event in runs.events():
        if run.index == 0 and isinstance(event, st.events.EpochDone):
            run.stop("enough")
    assert [(run.reason, len(run.history.epoch)) for run in runs] == [
        ("enough", 1),
        ("complete", 4),
    ]
    check_equal(runs[0], alone(make, 0, epochs=1))


def test_data_are_on_the_device_once_and_weights_are_read_of_each_run() -> None:
    x = X.copy()
    runs = st.together([maker()] * 3, x, Y, epochs=3, each=[{"seed": n} for n in range(3)],
                       batch_size=16, engine="xla")  # fmt: skip
    events = runs.events()
    for run, event in events:
        if run.index == 2 and isinstance(event, st.events.EpochDone) and event.epoch == 1:
            break
    columns = [column for column in on_device._uploaded if getattr(column, "array", None) is x]
    arrays = {id(array) for column in columns for array in on_device._uploaded[column][1]}
    assert columns and len(arrays) == 1
    owners = [run.model.weights[0].owner for run in runs]
    assert all(isinstance(owner, StackedCopy) for owner in owners)
    before = [run.model.get_weights()[0] for run in runs]
    assert not np.array_equal(before[0], before[1])
    assert len(list(events)) > 0


def test_sparse_rows_side_by_side(groups: list[int]) -> None:
    import scipy.sparse

    rows = scipy.sparse.random(60, 30, 0.1, format="csr", dtype=np.float32, random_state=0)
    make = maker()
    runs = st.together([make, make], rows, Y, epochs=2, batch_size=16, engine="xla",
                       each=[{"seed": 0}, {"seed": 1}]).fit(verbose=0)  # fmt: skip
    assert groups and set(groups) == {2}
    for run in runs:
        with generators.seeded(run.seed):
            model = make()
        model._engine = "xla"
        model.fit(rows, Y, seed=run.seed, epochs=2, batch_size=16, verbose=0)
        check_equal(run, model)


def test_many_short_epochs_side_by_side(groups: list[int]) -> None:
    makes = [maker(), maker(rate=0.1)]
    runs = st.together(makes, X, Y, epochs=25, batch_size=16, engine="xla",
                       each=[{"seed": 0}, {"seed": 1}]).fit(verbose=0)  # fmt: skip
    assert set(groups) == {2}
    for number, run in enumerate(runs):
        check_equal(run, alone(makes[number], number, epochs=25))


def test_a_search_and_a_cross_validation_use_it(
    groups: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st.config, "engine", "xla")
    space = {"rate": [0.01, 0.1], "penalty": [1e-3, 1e-2]}

    def build(rate: float, penalty: float) -> Any:
        return maker(rate=rate, penalty=penalty)()

    study = st.tune.search(build, space, X, Y, epochs=2, strategy="grid", verbose=0)
    assert len(study.trials) == 4 and max(groups) == 4
    assert all(trial.has_score for trial in study.trials)
    result = st.data.cross_validate(maker(), X, Y, k=2, epochs=1)
    assert len(result.scores["loss"]) == 2

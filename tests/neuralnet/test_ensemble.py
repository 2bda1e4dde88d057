"""Ensembles: the mean of outputs, greedy selection, one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, ShapeError

RNG = np.random.default_rng(3)
X = RNG.standard_normal((120, 4)).astype(np.float32)
Y = (X.sum(axis=1) > 0).astype(np.int64)


def build(units: int = 3, classes: int = 2, **options: Any) -> st.Sequential:
    model = st.Sequential([
        st.layers.Dense(units, "tanh", **options),
        st.layers.Dropout(0.3),
        st.layers.Dense(classes, "softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
    return model


def trained() -> st.Together:
    makes = [lambda units=units: build(units) for units in (2, 4, 8)]
    each = [{"seed": seed} for seed in range(3)]
    return st.together(makes, X[:80], Y[:80], epochs=15, each=each).fit(verbose=0)


@pytest.fixture(scope="module")
def runs() -> st.Together:
    return trained()


def outputs(runs: Any, x: np.ndarray = X) -> list[np.ndarray]:
    return [model.predict(x, verbose=0) for model in runs.models]


def test_the_outputs_are_the_mean_of_those_of_the_members(runs: st.Together) -> None:
    ensemble = runs.ensemble()
    mean = np.mean(outputs(runs), axis=0)
    assert np.allclose(ensemble.predict(X, verbose=0), mean, rtol=1e-6)
    loss, accuracy = ensemble.evaluate(X, Y, verbose=0)
    assert accuracy == pytest.approx(np.mean(mean.argmax(axis=1) == Y))
    assert loss == pytest.approx(-np.log(mean[np.arange(120), Y]).mean(), rel=1e-5)
    assert ensemble.input_shape == (None, 4) and ensemble.output_shape == (None, 2)
    own = {id(v) for model in runs.models for metric in model.metrics for v in metric.variables}
    assert not own & {id(v) for metric in ensemble.metrics for v in metric.variables}


def test_shares_weigh_the_members(runs: st.Together) -> None:
    first, second, _ = outputs(runs)
    ensemble = st.Ensemble(runs.models[:2], shares=[3, 1])
    assert ensemble.shares == [0.75, 0.25]
    assert np.allclose(ensemble.predict(X, verbose=0), 0.75 * first + 0.25 * second, rtol=1e-6)
    assert "of 2 models with shares 0.75, 0.25" in repr(ensemble)


def test_runs_that_failed_are_no_members() -> None:
    each: Any = [{}, {"x": np.full_like(X, np.nan)}, {}]
    failed = st.together([build] * 3, X, Y, seed=1, each=each)
    with pytest.warns(st.errors.TrainingWarning, match="1 of 3 runs failed"):
        failed.fit(verbose=0)
    assert failed.ensemble().members == [failed[0].model, failed[2].model]


def constant_models(tables: list[list[float]]) -> list[st.Sequential]:
    """Models whose output for row i (the i-th unit vector) is the i-th number of a table."""
    models = []
    for table in tables:
        kernel = np.float32(table)[:, None]
        model = st.Sequential([st.layers.Dense(1, use_bias=False, input_shape=(len(table),))])
        model.set_weights([kernel])
        model.compile("sgd", "mse", ["mae"])
        models.append(model)
    return models


def greedy(tables: np.ndarray, y: np.ndarray, rounds: int) -> list[float]:
    """Ensemble selection, written plainly."""
    chosen: list[int] = []
    best: tuple[float, list[int]] = (np.inf, [])
    for _ in range(rounds):
        errors = [np.mean((tables[[*chosen, m]].mean(0) - y) ** 2) for m in range(len(tables))]
        chosen.append(int(np.argmin(errors)))
        if min(errors) < best[0]:
            best = min(errors), list(chosen)
    counts = np.bincount(best[1], minlength=len(tables)) / len(best[1])
    return [share for share in counts.tolist() if share]


def test_selection_is_greedy_with_replacement() -> None:
    y = np.float32([0, 1, 2, 3])
    tables = np.float32([[0, 1, 2, 5], [0, 1, 2, 2], [9, 9, 9, 9], [1, 1, 2, 3]])
    models = constant_models(tables.tolist())
    chosen = st.Ensemble(models).select(np.eye(4, dtype=np.float32), y, "loss", rounds=12)
    assert chosen.shares == pytest.approx(greedy(tables, y, 12)) and len(chosen.shares) > 1
    assert models[2] not in chosen.members
    error = np.mean((chosen.predict(np.eye(4, dtype=np.float32), verbose=0)[:, 0] - y) ** 2)
    alone = min(np.mean((table - y) ** 2) for table in tables)
    assert error < alone


def test_selection_by_a_metric_that_grows(runs: st.Together) -> None:
    ensemble = runs.ensemble()
    held_out = X[80:], Y[80:]
    accuracies = [model.evaluate(*held_out, verbose=0)[1] for model in runs.models]
    for metric in (None, "accuracy", "acc"):
        chosen = ensemble.select(*held_out, metric)
        assert chosen.evaluate(*held_out, verbose=0)[1] >= max(accuracies)
    by_loss = ensemble.select(*held_out, "loss").evaluate(*held_out, verbose=0)[0]
    assert by_loss <= min(model.evaluate(*held_out, verbose=0)[0] for model in runs.models) + 1e-6


def test_one_file_holds_an_ensemble(runs: st.Together, tmp_path: Path) -> None:
    ensemble = st.Ensemble(runs.models, shares=[1, 2, 5])
    path = tmp_path / "ensemble.safetensors"
    ensemble.save(path)
    again = st.load_model(path)
    assert type(again) is st.Ensemble and again.shares == ensemble.shares
    assert np.array_equal(again.predict(X, verbose=0), ensemble.predict(X, verbose=0))
    assert again.evaluate(X, Y, verbose=0) == ensemble.evaluate(X, Y, verbose=0)
    assert again.optimizer is None and again.members[0].name == runs.models[0].name


def test_a_model_without_an_optimizer_is_saved_and_loaded(tmp_path: Path) -> None:
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    model.compile(None, "mse", ["mae"])
    model.save(tmp_path / "model.safetensors")
    again = st.load_model(tmp_path / "model.safetensors")
    assert again.optimizer is None and again.metrics_names == ["loss", "mae"]


def test_an_ensemble_trains_as_any_model(runs: st.Together) -> None:
    ensemble = trained().ensemble()
    before = ensemble.evaluate(X, Y, verbose=0)[0]
    ensemble.compile(st.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    ensemble.fit(X, Y, epochs=20, verbose=0, seed=1)
    assert ensemble.evaluate(X, Y, verbose=0) < before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([],), "a list of models was expected, got none"),
        (([build(), 5],), r"members\[1\]: a model was expected, got 5"),
        (([build(), build()], [1]), "shares: 2 numbers from 0 were expected"),
        (([build(), build()], [1, -1]), "shares: 2 numbers from 0 were expected"),
        (([build()], [0]), "at least one finite number above 0"),
        (
            ([build(input_shape=(4,)), build(classes=3, input_shape=(4,))],),
            r"members\[1\] has input and output shapes .* cannot be averaged",
        ),
    ],
)
def test_wrong_arguments(arguments: Any, message: str) -> None:
    with pytest.raises((ArgumentError, ShapeError), match=message):
        st.Ensemble(*arguments)


def test_wrong_selections(runs: st.Together) -> None:
    ensemble = runs.ensemble()
    with pytest.raises(ArgumentError, match="no metric 'acuracy': did you mean 'accuracy'"):
        ensemble.select(X, Y, "acuracy")
    with pytest.raises(ArgumentError, match="select: rounds: a whole number from 1"):
        ensemble.select(X, Y, rounds=-1)
    plain = st.Sequential([st.layers.Dense(1, input_shape=(4,))])
    with pytest.raises(ArgumentError, match="the members must be compiled"):
        st.Ensemble([plain]).select(X, Y)

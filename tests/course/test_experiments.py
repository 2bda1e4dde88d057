"""The courses' experiments as the examples run them, held to the figures that the courses give."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import steepest as st
from examples import cats, linear_regression, mnist, search, softmax_regression, xor


def test_xor_is_learned_whole_and_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="missing peer: pip install matplotlib")
    picture = tmp_path / "xor.png"
    assert xor.main(str(picture)) == 1.0
    assert picture.read_bytes().startswith(b"\x89PNG") and picture.stat().st_size > 10_000


def test_the_boundary_of_xor_parts_the_four_points() -> None:
    model, history = xor.train()
    ticks, answers = xor.boundary(model, 5)
    assert ticks.tolist() == [-0.5, 0.0, 0.5, 1.0, 1.5]
    corners = answers[1:4:2, 1:4:2]  # of the points (0, 0), (1, 0), (0, 1), (1, 1)
    np.testing.assert_allclose(corners, [[0.0, 1.0], [1.0, 0.0]], atol=0.05)
    assert history.history["accuracy"][-1] == 1.0
    assert history.history["loss"][-1] < 0.01 * history.history["loss"][0]


@pytest.fixture(scope="module")
def softmax_runs() -> dict[float, softmax_regression.Run]:
    return softmax_regression.main()


def test_a_rate_of_a_hundredth_learns(softmax_runs: dict) -> None:
    run = softmax_runs[0.01]
    assert run.losses[-1] < 0.5 * run.losses[0] and (np.diff(run.losses) < 0).all()
    assert run.accuracy == 1.0 and run.messages == []


def test_a_rate_of_one_and_a_half_overshoots_and_is_reported_so(softmax_runs: dict) -> None:
    run = softmax_runs[1.5]
    assert max(run.losses) > 2 * run.losses[0]
    assert "far too high" in run.messages[0] and "overshoots the minimum" in run.messages[1]


def test_a_rate_of_a_hundred_thousandth_hardly_moves_and_is_reported_so(softmax_runs: dict) -> None:
    run = softmax_runs[1e-5]
    assert run.losses[0] > run.losses[-1] > 0.98 * run.losses[0]
    (message,) = run.messages
    assert "hardly moved" in message and "too small" in message


def test_raw_prices_diverge_and_are_reported_as_unscaled() -> None:
    run = linear_regression.raw()
    assert "columns differ in scale" in run.messages[0]
    assert "became NaN or infinite" in run.messages[1] and "not scaled" in run.messages[1]
    assert not run.losses or run.losses[-1] > run.losses[0]


def test_scaled_prices_are_learned() -> None:
    """Within a dollar or so of shares at 800, by the scale that the model was trained in."""
    run = linear_regression.scaled()
    assert run.messages == [] and run.losses[-1] < 0.1 * run.losses[0]
    assert run.error < 1.5


def test_the_stock_example_prints_both(capsys: pytest.CaptureFixture[str]) -> None:
    linear_regression.main()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("raw: ") and lines[-1].startswith("scaled: loss 0.00")


def test_mnist_in_small(data_folder: object) -> None:
    """Two epochs of the five."""
    assert min(mnist.train(mnist.falling(2), epochs=2)) > 0.955


@pytest.mark.long
def test_mnist_reaches_the_figures(data_folder: object) -> None:
    reached = mnist.main()
    validation, test = reached["falling rate"]
    assert validation >= 0.9732 and test >= 0.9742
    assert min(reached["rate 0.001"]) > 0.955


@pytest.mark.parametrize("build", [cats.logistic, cats.deep])
def test_cats_in_small(data_folder: object, build: Callable[[], st.Sequential]) -> None:
    """100 steps of the 2,000: the loss is falling, and below that of saying 1/2 each time."""
    pytest.importorskip("h5py", reason="missing peer: pip install steepest[hdf5]")
    (x, y), _ = cats.load()
    model = build()
    losses = model.fit(x, y, epochs=100, batch_size=len(x), verbose=0).history["loss"]
    assert losses[-1] < min(losses[0], np.log(2.0))


@pytest.mark.long
def test_cats_reach_the_figures(data_folder: object) -> None:
    pytest.importorskip("h5py", reason="missing peer: pip install steepest[hdf5]")
    logistic, deep = cats.main()
    assert round(logistic, 2) >= 0.7 and round(deep, 2) >= 0.8  # of 50 pictures, in float32


def test_the_search_prints_the_best_configuration(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("sklearn", reason="missing peer: pip install scikit-learn")
    monkeypatch.delenv("STEEPEST_DATA", raising=False)
    study = search.main(trials=4, verbose=0)
    assert study.test_score.score > 0.9 and study.space.size == 72
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"best configuration: {study.best.options}"
    assert f"{study.best.score:.2%} in validation" in lines[1]


@pytest.mark.long
def test_the_search_on_mnist_reaches_the_figure(data_folder: object) -> None:
    study = search.main(verbose=0)
    assert len(study.trials) == 24 and study.test_score.score >= 0.975

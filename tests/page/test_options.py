"""Slices and parallel coordinates: every run is where its options are, the best one stands out."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from tests.page.drawn import (
    labels_of,
    legend_of,
    paths_of,
    pictures_of,
    points_of,
    remarks_of,
)
from tests.page.validator import faults_of

RUNS = {
    "rate": [0.1, 0.01, 0.001, 0.0001],
    "activation": ["relu", "tanh", "relu", None],
    "units": [[64], [64, 32], [64], [64]],
    "loss": [0.4, 0.1, 0.2, 0.3],
}


def shown(figure: st.page.Slices | st.page.Parallel) -> list[str]:
    """The pictures of a figure, whose page is valid."""
    assert faults_of(st.page.Page("Runs", figure).html()) == []
    return pictures_of(figure.markup("b1"))


def test_there_is_a_slice_for_each_option():
    pictures = shown(st.page.Slices(RUNS, "loss", "Loss", scales={"rate": "log"}))
    assert [labels_of(picture)[-1] for picture in pictures] == ["rate", "activation", "units"]
    assert [len(points_of(picture, "small")) for picture in pictures] == [4, 3, 4]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_no_slice_is_missing_of_few(count: int):
    runs = {f"option {number}": [1.0, 2.0, 3.0] for number in range(count)} | {"loss": [3, 2, 1]}
    assert len(shown(st.page.Slices(runs, "loss", "Loss"))) == count


def test_the_points_of_a_slice_are_where_its_numbers_are():
    picture = shown(st.page.Slices(RUNS, "loss", "Loss", scales={"rate": "log"}))[0]
    places = points_of(picture, "small")
    places = places[np.argsort(-places[:, 0])]
    assert np.diff(places[:, 0], 2) == pytest.approx(0, abs=2e-3)
    assert places[:, 1].argsort().tolist() == [1, 2, 3, 0]


def test_points_of_equal_names_are_spread_around_the_name():
    runs = {"activation": ["relu", "tanh"] * 50, "loss": np.arange(100.0)}
    (picture,) = shown(st.page.Slices(runs, "loss", "Loss"))
    places = points_of(picture, "small")[:, 0]
    assert len(np.unique(places)) > 50
    assert np.all(np.minimum(abs(places - 0.25), abs(places - 0.75)) <= 0.1255)


@pytest.mark.parametrize(("best", "row"), [("low", 1), ("high", 0)])
def test_the_best_run_stands_out_and_is_described(best: str, row: int):
    figure = st.page.Slices(RUNS, "loss", "Loss", best=best)
    pictures = shown(figure)
    marked = points_of(pictures[0], "s1")
    assert len(marked) == 1 and (marked[0, 1] > 0.5) == (best == "high")
    assert f"the best run: loss {RUNS['loss'][row]}" in legend_of(figure.markup("b1"))
    assert f"4 runs; best loss {RUNS['loss'][row]} with rate {RUNS['rate'][row]}," in pictures[0]


def test_runs_without_a_result_are_counted():
    runs = {"rate": [1.0, 2.0, 3.0], "loss": [np.nan, 0.1, np.inf]}
    for figure in (st.page.Slices(runs, "loss", "L"), st.page.Parallel(runs, "loss", "L")):
        assert shown(figure) and remarks_of(figure.markup("b1")) == [
            "loss: gaps where values are NaN (1), infinite (1)."
        ]
    assert "no loss to show" in legend_of(figure.markup("b1"))


@pytest.mark.parametrize("kind", [st.page.Slices, st.page.Parallel])
def test_runs_without_a_place_on_a_logarithmic_axis_are_counted(kind: type):
    runs = {"rate": [0.0, 1.0, 10.0], "loss": [0.0, 0.1, 0.2]}
    gaps = "rate: gaps where values are not above 0 on a logarithmic axis (1)."
    for scales, remarks in (({"rate": "log"}, [gaps]), ({}, [])):
        figure = kind(runs, "loss", "Loss", scales=scales)
        assert remarks_of(figure.markup("b1")) == remarks


def test_that_runs_are_left_out_is_said_before_their_gaps():
    runs = {"a": np.arange(500.0), "loss": np.append(np.arange(499.0), np.nan)}
    first, second, *_ = remarks_of(st.page.Parallel(runs, "loss", "Runs").markup("b1"))
    assert "best of 500 runs are drawn" in first and "NaN (1)" in second


def test_no_result_at_all_is_stated():
    runs = {"rate": [1.0, 2.0], "loss": [np.nan, np.nan]}
    for kind in (st.page.Slices, st.page.Parallel):
        (picture,) = shown(kind(runs, "loss", "Loss"))
        assert "2 runs; no finite loss.</desc>" in picture


def lines_of(picture: str, look: str) -> list[np.ndarray]:
    return [run for found, runs in paths_of(picture) if look in found.split() for run in runs]


def test_a_run_is_a_line_over_all_axes():
    (picture,) = shown(st.page.Parallel(RUNS, "loss", "Runs", scales={"rate": "log"}))
    thin = lines_of(picture, "thin")
    assert sorted(len(run) for run in thin) == [1, 2, 4, 4, 4]  # one run lacks an activation
    for run in thin:
        if len(run) == 4:
            assert run[:, 1] == pytest.approx([1, 2 / 3, 1 / 3, 0], abs=1e-3)
    (best,) = lines_of(picture, "best")
    assert best[0, 0] == pytest.approx(0.333 * 0.94 + 0.03 + 0.333, abs=0.03)


def test_colours_go_from_the_worst_to_the_best():
    runs = {"a": np.arange(100.0), "loss": np.arange(100.0)}
    for best in ("low", "high"):
        (picture,) = shown(st.page.Parallel(runs, "loss", "Runs", best=best))
        levels = {
            level: np.mean([run[-1, 0] for run in lines_of(picture, f"c{level}")])
            for level in range(5)
        }
        order = sorted(levels, key=levels.__getitem__)
        assert order == ([4, 3, 2, 1, 0] if best == "low" else [0, 1, 2, 3, 4])
        assert sum(len(lines_of(picture, f"c{level}")) for level in range(5)) == 100


def test_the_best_of_many_runs_are_drawn_and_that_is_said(rng: np.random.Generator):
    runs = {"a": rng.random(3_000), "loss": np.arange(3_000.0)}
    figure = st.page.Parallel(runs, "loss", "Runs")
    (picture,) = shown(figure)
    assert len(lines_of(picture, "thin")) == 400
    assert remarks_of(figure.markup("b1"))[0] == "The 400 best of 3,000 runs are drawn."
    assert max(run[-1, 0] for run in lines_of(picture, "thin")) < 0.2


@pytest.mark.parametrize(("count", "is_whole"), [(400, True), (401, False)])
def test_400_runs_are_all_drawn(count: int, is_whole: bool):
    numbers = np.arange(float(count))
    figure = st.page.Parallel({"a": numbers, "loss": numbers}, "loss", "Runs")
    remarks = remarks_of(figure.markup("b1"))
    assert ("The 400 best of 401 runs are drawn." not in remarks) == is_whole


@pytest.mark.parametrize(("options", "most"), [(1, 3000), (10, 300), (20, 200)])
def test_all_slices_together_have_3000_points(options: int, most: int):
    for count, is_whole in ((most, True), (most + 1, False)):
        across, up = np.arange(count) % 60, np.arange(count) // 60  # no two nearly coincide
        runs = {f"a{number}": across for number in range(options)}
        picture, *_ = shown(st.page.Slices({**runs, "loss": up}, "loss", "Loss"))
        assert (len(points_of(picture, "small")) == count) == is_whole


def test_the_table_holds_all_columns():
    figure = st.page.Parallel(RUNS, "loss", "Runs")
    assert [column.name for column in figure.drawing().columns] == list(RUNS)


def test_rows_and_frames_are_taken_too():
    rows = [dict(zip(RUNS, row, strict=True)) for row in zip(*RUNS.values(), strict=True)]
    wanted = st.page.Slices(RUNS, "loss", "Loss").markup("b1")
    assert st.page.Slices(rows, "loss", "Loss").markup("b1") == wanted
    pandas = pytest.importorskip("pandas")
    assert st.page.Slices(pandas.DataFrame(RUNS), "loss", "Loss").markup("b1") == wanted


WRONG = {
    "an unknown result": (
        lambda kind: kind(RUNS, "los", "Runs"),
        "no column of .* 'Runs' is called 'los': did you mean 'loss'",
    ),
    "a result of texts": (
        lambda kind: kind(RUNS, "activation", "Runs"),
        "column 'activation' needs numbers, got 'relu'",
    ),
    "an unknown scale": (
        lambda kind: kind(RUNS, "loss", "Runs", scales={"rates": "log"}),
        "no column of .* 'Runs' is called 'rates': did you mean 'rate'",
    ),
    "a wrong scale": (
        lambda kind: kind(RUNS, "loss", "Runs", scales={"rate": "lin"}),
        r"scales\['rate'\] is 'linear' or 'log', got 'lin'",
    ),
    "a wrong side": (
        lambda kind: kind(RUNS, "loss", "Runs", best="min"),
        "best is 'low' or 'high', got 'min'",
    ),
    "no options": (
        lambda kind: kind({"loss": [1, 2]}, "loss", "Runs"),
        "no column but 'loss'; give the options of the runs too",
    ),
}


@pytest.mark.parametrize("kind", [st.page.Slices, st.page.Parallel])
@pytest.mark.parametrize(("make", "message"), WRONG.values(), ids=WRONG)
def test_wrong_arguments_are_named_at_the_call(make, message: str, kind: type):
    with pytest.raises(st.errors.SteepestError, match=message):
        make(kind)

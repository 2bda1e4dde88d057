"""Lines and scattered points: they are where the numbers are, and gaps and thinning are stated."""

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


def shown(figure: st.page.Lines | st.page.Scatter) -> str:
    """The only picture of a figure, whose page is valid."""
    assert faults_of(st.page.Page("Runs", figure).html()) == []
    (picture,) = pictures_of(figure.markup("b1"))
    return picture


def line_runs(picture: str) -> list[np.ndarray]:
    return [run for look, runs in paths_of(picture) if look.startswith("line") for run in runs]


def test_a_line_goes_through_its_values():
    picture = shown(st.page.Lines(([0, 10, 40], [1.0, 3.0, 2.0]), "Loss"))
    (run,) = line_runs(picture)
    assert run[:, 0] == pytest.approx([0, 0.25, 1], abs=1e-3)
    assert run[1, 1] - run[0, 1] == pytest.approx(2 * (run[1, 1] - run[2, 1]), abs=5e-3)
    assert 0 < run[:, 1].min() < 0.1 and 0.9 < run[:, 1].max() < 1


def test_a_logarithmic_axis_makes_equal_factors_equal_distances():
    picture = shown(st.page.Lines([1.0, 10.0, 100.0], "Loss", y_scale="log", x_scale="log"))
    (run,) = line_runs(picture)
    assert np.diff(run[:, 1], 2) == pytest.approx(0, abs=3e-3)
    assert run[1, 0] == pytest.approx(np.log(2) / np.log(3), abs=1e-3)


def test_gaps_are_drawn_and_stated():
    figure = st.page.Lines({"a": [1, 2, np.nan, np.inf, 3, np.nan, 4]}, "Loss")
    assert [len(run) for run in line_runs(shown(figure))] == [2, 1, 1]
    assert remarks_of(figure.markup("b1")) == ["a: gaps where values are NaN (2), infinite (1)."]


def test_values_without_a_logarithm_are_gaps_and_stated():
    figure = st.page.Lines([1.0, 0.0, -1.0, 2.0], "Loss", y_scale="log")
    assert [len(run) for run in line_runs(shown(figure))] == [1, 1]
    assert remarks_of(figure.markup("b1")) == [
        "the series: gaps where values are not above 0 on a logarithmic axis (2)."
    ]


def test_gaps_of_x_are_stated():
    figure = st.page.Scatter({"a": ([1, np.nan], [1, 2])}, "Points")
    assert len(points_of(shown(figure), "point")) == 1
    assert remarks_of(figure.markup("b1")) == ["x of a: gaps where values are NaN (1)."]


def test_gaps_of_many_series_are_stated_in_part():
    figure = st.page.Lines({f"run {k}": [k, np.nan] for k in range(20)}, "Loss")
    remarks = remarks_of(figure.markup("b1"))
    assert remarks[5] == "run 5: gaps where values are NaN (1)." and len(remarks) == 7
    assert remarks[6] == "And 14 more."


def test_nothing_to_draw_is_stated():
    picture = shown(st.page.Lines([np.nan, np.inf], "Loss"))
    assert "no value can be drawn" in labels_of(picture) and line_runs(picture) == []


@pytest.mark.parametrize("values", [[5.0], [5.0, 5.0], [1e308, -1e308], [1e-320, 3e-320], [0, 0]])
def test_unusual_ranges_are_drawn_inside(values: list[float]):
    (run,) = line_runs(shown(st.page.Lines(values, "Loss")))
    assert len(run) == len(values) and run.min() >= 0 and run.max() <= 1


def test_many_points_are_thinned_and_the_rule_stated(rng: np.random.Generator):
    figure = st.page.Lines({"a": rng.random(50_000), "b": rng.random(50_000)}, "Loss")
    runs = line_runs(shown(figure))
    drawn = sum(map(len, runs))
    assert drawn < 3_000 and len(runs) == 2
    assert remarks_of(figure.markup("b1"))[0] == (
        f"{drawn:,} of 100,000 points are drawn: of the points in one pixel column of a line, the "
        "lowest and the highest."
    )


def test_few_points_of_a_line_are_marked():
    assert len(points_of(shown(st.page.Lines([1, 2, 3], "Loss")), "point")) == 3
    assert len(points_of(shown(st.page.Lines(range(100), "Loss")), "point")) == 0


def test_the_legend_names_all_series_but_a_single_one():
    series = {"training": [1, 2], "validation": [2, 1]}
    assert legend_of(st.page.Lines(series, "Loss").markup("b1")) == ["training", "validation"]
    single = st.page.Lines({"training": [1, 2]}, "Loss")
    assert legend_of(single.markup("b1")) == [] and "training" in labels_of(shown(single))


def test_all_but_the_highlighted_series_are_grey_and_below():
    series = {f"run {k}": [k, 1] for k in range(50)}
    figure = st.page.Lines(series, "Loss", highlight="run 7")
    looks = [look.split()[1] for look, _ in paths_of(shown(figure)) if look.startswith("line")]
    assert looks == ["rest"] * 49 + ["s0"]
    assert legend_of(figure.markup("b1")) == ["run 7", "49 others"]


def test_a_single_series_beside_the_highlighted_ones_is_named():
    figure = st.page.Lines({"trial": [1, 2], "best": [1, 1]}, "Loss", highlight="best")
    assert legend_of(figure.markup("b1")) == ["best", "trial"]


def test_repeated_looks_are_stated():
    for count, repeats in ((24, False), (25, True)):
        figure = st.page.Lines({f"run {k}": [k, 1] for k in range(count)}, "Loss")
        said = "Looks repeat; the argument highlight= names series that stand out."
        assert (said in remarks_of(figure.markup("b1"))) == repeats


def test_the_description_names_the_ends_and_extremes():
    picture = shown(
        st.page.Lines({"a": [3, 1, 2]}, "Loss", x_label="epoch", description="It falls.")
    )
    assert (
        ">It falls. a: 3 values, first 3, last 2, smallest 1 (epoch 2), largest 3 (epoch 1).</desc>"
        in picture
    )


def test_many_series_are_described_in_part():
    picture = shown(st.page.Lines({f"run {k}": [1, 2] for k in range(9)}, "Loss"))
    assert "run 5: 2 values" in picture and "run 6" not in picture and "And 3 more." in picture


def cells(figure: st.page.Lines | st.page.Scatter) -> list[list[str]]:
    """The texts of a figure's table, row by row."""
    return [[column.name, *column.texts] for column in figure.columns()]


def test_the_table_has_a_column_for_each_series():
    figure = st.page.Lines({"a": [1, 2, 3], "b": ([2, 5], [7, 8])}, "Loss", x_label="epoch")
    assert cells(figure) == [
        ["epoch", "1", "2", "3", "5"],
        ["a", "1", "2", "3", ""],
        ["b", "", "7", "", "8"],
    ]


def test_the_table_of_paths_has_a_row_for_each_point():
    figure = st.page.Lines({"a": ([1, 0, 1], [1, 2, 3]), "b": ([2], [7])}, "Paths")
    assert cells(figure) == [
        ["series", "a", "a", "a", "b"],
        ["x", "1", "0", "1", "2"],
        ["y", "1", "2", "3", "7"],
    ]


def test_points_without_an_x_are_in_the_table():
    figure = st.page.Lines({"a": ([1, np.nan], [1, 2]), "b": ([2], [7])}, "Paths")
    assert cells(figure)[1:] == [["x", "1", "NaN", "2"], ["y", "1", "2", "7"]]


def test_the_table_of_many_series_has_a_row_for_each():
    figure = st.page.Lines({f"run {k}": [k, 1, np.nan] for k in range(30)}, "Loss")
    table = cells(figure)
    assert [column[0] for column in table] == [
        "series", "values", "first", "last", "smallest", "at x", "largest", "at x",
    ]  # fmt: skip
    assert [column[4] for column in table] == ["run 3", "2", "3", "1", "1", "2", "3", "1"]


def test_scattered_points_are_where_their_numbers_are(rng: np.random.Generator):
    x, y = rng.random((2, 40))
    points = points_of(shown(st.page.Scatter((x, y), "Points")), "point")
    order, drawn = np.argsort(x), np.argsort(points[:, 0])
    for values, places in ((x, points[:, 0]), (y, points[:, 1])):
        slope, start = np.polyfit(values[order], places[drawn], 1)
        assert places[drawn] == pytest.approx(start + slope * values[order], abs=2e-3)
        assert places.min() >= 0 and places.max() <= 1 and slope > 0


def test_thousands_of_points_are_thinned_and_the_rule_stated(rng: np.random.Generator):
    figure = st.page.Scatter(tuple(rng.standard_normal((2, 30_000))), "Points")
    count = len(points_of(shown(figure), "point"))
    assert count <= 1_500
    assert remarks_of(figure.markup("b1"))[0] == (
        f"{count:,} of 30,000 points are drawn: of points that nearly coincide, one."
    )


def test_the_rows_of_an_array_are_a_pair(rng: np.random.Generator):
    points = rng.random((2, 9))
    wanted = st.page.Scatter({"a": (points[0], points[1])}, "Points").markup("b1")
    for given in (points, points.tolist()):
        assert st.page.Scatter({"a": given}, "Points").markup("b1") == wanted


WRONG = {
    "no title": (lambda: st.page.Lines([1], ""), "Lines: title is empty"),
    "a scale": (
        lambda: st.page.Lines([1], "Loss", y_scale="logarithmic"),
        "Lines 'Loss': y_scale is 'linear' or 'log', got 'logarithmic'",
    ),
    "a highlight": (
        lambda: st.page.Lines({"run 1": [1]}, "Loss", highlight="run_1"),
        "no series of Lines 'Loss' is called 'run_1': did you mean 'run 1'",
    ),
    "lengths": (lambda: st.page.Lines([1, 2], "Loss", x=[1]), "equal lengths, got 1 and 2"),
    "texts": (lambda: st.page.Lines({"a": ["b"]}, "Loss"), "Lines 'Loss': series 'a': numbers"),
    "no pair": (
        lambda: st.page.Scatter({"a": [1, 2]}, "Points"),
        r"Scatter 'Points': a pair \(x, y\) of equally long sequences was expected as series 'a'",
    ),
    "points in rows": (
        lambda: st.page.Scatter(np.ones((5, 2)), "Points"),
        r"Scatter 'Points': a pair \(x, y\) of equally long sequences was expected, got array",
    ),
    "a description": (
        lambda: st.page.Lines([1], "Loss", description=3),
        "Lines 'Loss': description: a text was expected, got 3",
    ),
}


@pytest.mark.parametrize(("make", "message"), WRONG.values(), ids=WRONG)
def test_wrong_arguments_are_named_at_the_call(make, message: str):
    with pytest.raises(st.errors.SteepestError, match=message):
        make()


def test_values_are_read_at_the_pointer():
    figure = st.page.Lines({"a": ([1, 2, 4], [1.0, np.nan, 3.0]), "b": ([2], [5.0])}, "Loss",
                           x_label="epoch", hover=True)  # fmt: skip
    picture = shown(figure)
    bands = picture.split('class="readout"')[1:]
    assert len(bands) == 3
    assert "epoch 2</text>" in bands[1] and "b 5" in bands[1] and "a NaN" in bands[1]
    assert 'x="0%" y="0%" width="16.67%"' in picture  # as far as halfway to the next
    assert 'class="readout"' not in shown(st.page.Lines([1, 2], "Loss"))


def test_bands_of_the_pointer_are_few():
    picture = shown(st.page.Lines(np.arange(5000.0), "Loss", hover=True))
    assert picture.count('class="readout"') == 120

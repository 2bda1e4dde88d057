"""The courses' experiments: the quick form of each example, and the page of the full ones."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from scripts import course

ROOT = Path(__file__).resolve().parents[2]

# What the quick form of an example reaches at least; a yes counts as 1.
FLOORS: dict[str, dict[str, float]] = {
    "xor": {"accuracy": 1.0},
    "softmax_regression": {
        "rate 0.01, 1,000 epochs: test accuracy": 1.0,
        "rate 0.01: the loss falls in every epoch": True,
        "rate 0.01: nothing is reported": True,
        "rate 1.5: last loss as a share of the first": 0.5,
        "rate 1.5: reported as too high": True,
        "rate 1e-05: last loss as a share of the first": 0.98,
        "rate 1e-05: reported as too small": True,
    },
    "linear_regression": {
        "raw: diverges": True,
        "raw: reported as not scaled": True,
        "scaled: nothing is reported": True,
        "scaled: learns": True,
    },
    "mnist": {"rate 0.001: test accuracy": 0.92, "falling rate: validation accuracy": 0.94},
    "mnist_layers": {"one hidden layer, falling rate: test accuracy": 0.8},
    "imdb": {"20 epochs: test accuracy": 0.95, "20 epochs with dropout: test accuracy": 0.95},
    "imdb_capacity": {"4 units: test accuracy": 0.85, "16 units: test accuracy": 0.95},
    "imdb_penalties": {"L1 and L2: test accuracy": 0.95, "early stopping: test accuracy": 0.95},
    "cats": {
        "logistic regression: training accuracy": 0.66,
        "four layers: training accuracy": 0.65,
    },
    "search": {"best configuration: test accuracy": 0.8},
    "activations": {
        "sigmoid: derivative is s (1 - s)": True,
        "tanh: derivative is 1 - tanh^2": True,
        "relu: largest derivative": 1.0,
    },
    "initial_weights": {
        "Glorot: deviation of the activations of layer 10": 0.1,
        "too large: deviation of the gradients of layer 1": 100.0,
        "weights in [-2, 2]: share of saturated sigmoids": 0.5,
    },
    "averages": {"b = 0.98, corrected: first average": 1.0},
    "optimizers": {"L-BFGS: minima reached, of 9": 2},
    "schedules": {"cosine: rate at step 200": 0.0499},
    "scaling": {"scaled: test accuracy": 0.9},
    "batch_sizes": {"batch 1: test accuracy": 0.75},
    "bias_variance": {
        "a small network: read as high bias or both": True,
        "a larger network: read as high variance": True,
        "more rows: read as neither": True,
    },
    "custom": {"fit: test accuracy": 0.95, "the loop: test accuracy": 0.95},
    "numpy_course": {"training accuracy": 0.95, "test accuracy": 0.9},
}


def made_reviews(num_words: int) -> Any:
    """Like `st.datasets.imdb.load_data`: each class has 300 words of its own in short reviews."""
    random = np.random.default_rng(0)
    parts = []
    for count in (4000, 1000):
        labels = random.integers(0, 2, count)
        own = random.integers(0, 300, (count, 10)) + 1000 * (1 + labels[:, np.newaxis])
        common = random.integers(3, num_words, (count, 20))
        parts.append((np.hstack([own, common]).tolist(), labels))
    return parts


@pytest.mark.parametrize("name", FLOORS)
def test_the_quick_form_runs_and_is_drawn(
    name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("matplotlib", reason="missing peer: pip install matplotlib")
    if name.startswith("imdb"):  # whose archive takes long to read
        monkeypatch.setattr(st.datasets.imdb, "load_data", made_reviews)
    elif name == "search":  # with the small digits of scikit-learn
        monkeypatch.delenv("STEEPEST_DATA", raising=False)
    elif name in course.WITH_REAL_DATA:
        request.getfixturevalue("data_folder")
    for module, extra, names in (
        ("h5py", "hdf5", {"cats"}),
        ("sklearn", "sklearn", {"scaling", "numpy_course", "search"}),
    ):
        if name in names:
            pytest.importorskip(module, reason=f"missing peer: pip install steepest[{extra}]")
    module = course.example(name)
    figures, shown = module.run(seed=3, quick=True)
    short = {key: figures[key] for key, least in FLOORS[name].items() if figures[key] < least}
    assert not short
    picture = module.draw(shown)
    assert isinstance(picture, st.plot.Picture) and picture.text


def test_averages_start_at_the_first_value_only_if_corrected() -> None:
    figures, _ = course.example("averages").run(quick=True)
    first = figures["first value"]
    assert figures["b = 0.9, corrected: first average"] == pytest.approx(first)
    assert figures["b = 0.9, not corrected: first average"] == pytest.approx(0.1 * first)


def test_equal_weights_leave_units_equal_and_small_ones_a_sigmoid_linear() -> None:
    figures, _ = course.example("initial_weights").run(quick=True)
    assert figures["equal: difference between units"] == 0.0
    assert figures["too small: deviation of the activations of layer 10"] < 1e-8
    assert figures["weights in [-0.1, 0.1]: share of saturated sigmoids"] == 0.0


OTHERS = {"demo", "many_devices"}  # examples that are no part of the courses


def test_every_example_is_on_the_page_and_has_a_quick_form() -> None:
    files = {path.stem for path in (ROOT / "examples").glob("*.py")} - OTHERS
    assert files == {*course.EXPERIMENTS, *course.DEMONSTRATIONS} == set(FLOORS)
    assert set(course.stored()) == files


def test_the_page_is_that_of_the_stored_figures() -> None:
    """`python -m scripts.course --page` writes it again."""
    assert course.PAGE.read_text(encoding="utf-8") == course.page(course.stored())


@pytest.mark.parametrize("name", [*course.EXPERIMENTS, *course.DEMONSTRATIONS])
def test_pictures_are_small(name: str) -> None:
    file = (course.FOLDER / f"{name}.png").read_bytes()
    assert file.startswith(b"\x89PNG") and len(file) <= course.LARGEST


def test_a_figure_is_reached_by_the_median_of_the_change() -> None:
    target = course.Target("xor", "accuracy", 0.9, "plain: accuracy", "more: accuracy", "epochs")
    record = course.Record(
        figures={"plain: accuracy": [0.95, 0.95, 0.95], "more: accuracy": [0.8, 0.9, 1.0]}
    )
    line = course.row(target, record)
    assert line.startswith("| [accuracy](#xor) | 90.00% | 95.00% | 90.00% (80.00% to 100.00%): ep")
    assert line.endswith("| reached |")
    record.figures["more: accuracy"] = [0.8, 0.89, 1.0]
    assert course.row(target, record).endswith("| **not reached** |")


@pytest.mark.parametrize(
    ("name", "values", "text"),
    [
        ("loss", [2.0, 1.0, 4.0], "2 (1 to 4)"),
        ("test accuracy", [0.5, 0.5], "50.00%"),
        ("loss", [2.0], "2 (one seed)"),
        ("reported", [True, False, True], "yes in 2 of 3"),
    ],
)
def test_figures_are_written_as_median_and_range(name: str, values: list, text: str) -> None:
    assert course.over_seeds(name, values) == text


def test_unknown_examples_and_missing_data_are_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STEEPEST_DATA", raising=False)
    assert course.main(["xor", "exor"]) == 2
    assert capsys.readouterr().out.startswith("no example is called exor; there are xor, softmax")
    assert course.main(["cats", "xor"]) == 2
    assert capsys.readouterr().out.startswith("set STEEPEST_DATA: cats read")


@pytest.mark.long
@pytest.mark.parametrize("name", sorted({target.example for target in course.TARGETS}))
def test_the_figures_are_reached(name: str, data_folder: object) -> None:
    figures: dict[str, list[Any]] = {}
    for seed in course.SEEDS[:3]:
        for key, value in course.example(name).run(seed)[0].items():
            figures.setdefault(key, []).append(value)
    for target in course.TARGETS:
        if target.example == name and target.least is not None:
            middle = statistics.median(figures[target.changed or target.plain])
            assert round(middle, 4) >= target.least - 0.002, target.what

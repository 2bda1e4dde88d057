"""Curves of loss and metrics by epoch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, UnknownNameError


def fitted(**options: Any) -> st.callbacks.History:
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse", metrics=["mae"])
    x = np.random.default_rng(0).standard_normal((20, 2))
    return model.fit(x, x.sum(axis=1), epochs=5, verbose=0, **options)


def test_the_curves_are_those_of_the_history():
    history = fitted(validation_split=0.2)
    data = st.plot.curves_data(history)
    assert list(data.metrics) == ["loss", "mae"]
    training, validation = data.metrics["mae"]
    assert training.epochs.tolist() == validation.epochs.tolist() == [1, 2, 3, 4, 5]
    assert validation.values.tolist() == history.history["val_mae"]
    assert (training.validation, validation.validation) == (False, True)
    assert st.plot.curves_data(history.history, "loss").metrics["loss"][0].label == "training"


@pytest.mark.parametrize(("freq", "epochs"), [(2, [2, 4]), ([1, 5], [1, 5]), (3, [3])])
def test_validation_is_at_the_epochs_that_had_it(freq: Any, epochs: list[int]):
    history = fitted(validation_split=0.2, validation_freq=freq)
    _, validation = st.plot.curves_data(history, "loss").metrics["loss"]
    assert validation.epochs.tolist() == epochs
    pytest.importorskip("matplotlib")
    assert history.plot("loss").axes[0].lines[1].get_xdata().tolist() == epochs


def test_a_continued_training_has_its_own_epochs():
    data = st.plot.curves_data(fitted(initial_epoch=3))
    assert data.metrics["loss"][0].epochs.tolist() == [4, 5]


def test_several_trainings_by_name():
    runs = {"a": fitted(validation_split=0.2), "b": {"loss": [2.0, 1.0], "f1": [0.1, 0.2]}}
    data = st.plot.curves_data(runs)
    assert list(data.metrics) == ["loss", "mae", "f1"]
    labels = [curve.label for curve in data.metrics["loss"]]
    assert labels == ["a, training", "a, validation", "b, training"]


def test_what_is_missing_is_named():
    with pytest.raises(ArgumentError, match=r"'val_loss': the training had no validation; give"):
        st.plot.curves_data(fitted(), "val_loss")
    with pytest.raises(UnknownNameError, match="did you mean 'loss'"):
        st.plot.curves_data({"loss": [1.0]}, "los")
    with pytest.raises(UnknownNameError, match="no value in the history is called 'los'"):
        fitted().plot("los")
    with pytest.raises(ArgumentError, match="the history has no epochs; train with fit first"):
        st.plot.curves_data(st.callbacks.History())
    with pytest.raises(ArgumentError, match="what fit returns, a mapping"):
        st.plot.curves_data([1.0, 2.0])
    with pytest.raises(ArgumentError, match="'loss': one number an epoch was expected"):
        st.plot.curves_data({"loss": ["a"]})


def test_the_drawing_has_a_panel_a_metric():
    pytest.importorskip("matplotlib")
    picture = st.plot.curves(fitted(validation_split=0.2), theme="dark")
    assert [axes.get_ylabel() for axes in picture.axes] == ["loss", "mae"]
    assert {axes.get_xlabel() for axes in picture.axes} == {"epoch"}
    training, validation = picture.ax.lines
    assert (training.get_linestyle(), validation.get_linestyle()) == ("-", "--")
    assert [text.get_text() for text in picture.ax.texts] == ["training", "validation"]
    assert picture.text == "loss, mae by epoch"


def test_given_axes_have_a_legend_inside():
    pytest.importorskip("matplotlib")
    from matplotlib.figure import Figure

    left, right = Figure().subplots(1, 2)
    picture = st.plot.curves(fitted(validation_split=0.2), "loss", log=True, ax=left)
    assert picture.axes == [left] and not right.lines and not left.texts
    assert left.get_yscale() == "log" and left.get_ylabel() == "loss (logarithmic)"
    assert len(left.get_legend().get_texts()) == 2
    with pytest.raises(ArgumentError, match=r"st\.plot\.curves: ax: a list of 2 matplotlib axes"):
        st.plot.curves({"loss": [1.0], "mae": [1.0]}, ax=left)


def test_several_runs_differ_without_colours():
    pytest.importorskip("matplotlib")
    runs = {"a": {"loss": [2.0, 1.0], "val_loss": [2.0, 1.5]}, "b": {"loss": [1.0, 0.5]}}
    lines = st.plot.curves(runs).ax.lines
    assert len({(line.get_linestyle(), line.get_marker()) for line in lines}) == 3

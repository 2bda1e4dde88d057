"""Trainings that are paused between rungs are the same bits as those that are not."""

from __future__ import annotations

import numpy as np

import steepest as st
from tests.tune.small_search import SPACE, build, scores, search


def test_a_training_that_was_paused_gives_the_bits_of_one_that_was_not() -> None:
    halved = search(strategy="halving", epochs=9, trials=6, threads=2)
    winner = halved.best
    assert winner.epochs == 9 and winner.level == 2
    plain = search(epochs=9, trials=6)
    same = plain.trials[winner.number]
    assert (same.options, same.seed, same.score) == (winner.options, winner.seed, winner.score)
    assert same.history == winner.history
    again = search({name: [value] for name, value in winner.options.items()}, epochs=9)
    assert again.best.options == winner.options


def test_paused_trials_have_the_score_of_their_rung() -> None:
    halved = search(strategy="halving", epochs=9, trials=6)
    assert sorted(trial.epochs for trial in halved.trials) == [1, 1, 1, 1, 3, 9]
    for trial in halved.trials:
        assert trial.score == trial.history["val_accuracy"][-1]
        assert trial.state == ("complete" if trial is halved.best else "paused")


def test_halving_does_not_depend_on_the_number_of_threads() -> None:
    one, two = (search(strategy="halving", epochs=4, threads=count) for count in (1, 2))
    assert scores(one) == scores(two)


def test_a_schedule_sees_the_whole_length_of_the_training() -> None:
    lengths = []

    def scheduled(units: int) -> object:
        model = build(units)
        rate = st.schedules.CosineDecay(0.1, 9 * 7)
        model.compile(st.optimizers.Adam(rate), "sparse_categorical_crossentropy", ["accuracy"])
        lengths.append(units)
        return model

    halved = search({"units": [4, 8, 16]}, scheduled, strategy="halving", epochs=9)
    plain = search({"units": [4, 8, 16]}, scheduled, epochs=9)
    assert halved.best.history == plain.trials[halved.best.number].history
    assert len(lengths) == 6


def test_folds_are_continued_too() -> None:
    halved = search(strategy="halving", epochs=3, folds=3, trials=3)
    plain = search(epochs=3, folds=3, trials=3)
    assert halved.best.parts == plain.trials[halved.best.number].parts
    assert np.mean(halved.best.parts) == halved.best.score


def test_the_best_model_of_halving_is_the_winner() -> None:
    halved = search(SPACE, strategy="halving", epochs=3, validation=0.2, test=0.2)
    assert halved.best_model.evaluate is not None
    assert halved.test_score.chosen == halved.best.score and halved.test_score.trials == 6
